//! A document that is to be written back.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::bytes::{encode, offsets, strip_bytes};
use super::mark::mark;
use super::place::{place, place_on_line};
use super::tick::tick;
use crate::claim::Lines;
use crate::statement::Statement;
use crate::structure::{Structure, structure};
use crate::text::{DecodeError, Encoding, Text};

/// Where a claim stands in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Spot {
    /// A statement, by its position.
    Statement(usize),
    /// A line that the reader takes for no statement and a person did, from 1.
    Line(usize),
}

/// A document with its statements, without the marks that it held.
#[derive(Debug, Clone)]
pub struct Page<'b> {
    bytes: Cow<'b, [u8]>,
    text: Text,
    structure: Structure,
}

impl<'b> Page<'b> {
    /// A document.
    ///
    /// # Errors
    ///
    /// Bytes that are no document.
    pub fn new(bytes: &'b [u8]) -> Result<Page<'b>, DecodeError> {
        let bytes = strip_bytes(bytes)?;
        let text = Text::decode(&bytes)?;
        let structure = structure(&text);
        Ok(Page { bytes, text, structure })
    }

    /// The document without marks.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its text.
    pub fn text(&self) -> &Text {
        &self.text
    }

    /// Where a claim stands: at the statement on these lines, and of several at the one whose words are most like the claim's;
    /// where there is none, at the last of the lines that a mark can stand on.
    pub fn spot(&self, lines: Lines, claim: &str) -> Option<Spot> {
        let statement = self.statement(lines, claim).map(Spot::Statement);
        let last = self.structure.lines.len().min(lines.1);
        statement.or_else(|| (lines.0..=last).rev().map(Spot::Line).find(|spot| self.place(*spot).is_some()))
    }

    /// All places at which marks can stand.
    pub fn spots(&self) -> Vec<Spot> {
        let statements = (0..self.structure.statements.len()).map(Spot::Statement);
        let lines = (1..=self.structure.lines.len()).map(Spot::Line);
        statements.chain(lines.filter(|spot| self.place(*spot).is_some())).collect()
    }

    /// Behind which byte a mark stands.
    fn place(&self, spot: Spot) -> Option<usize> {
        match spot {
            Spot::Statement(at) => self.structure.statements.get(at).map(|statement| place(&self.text, statement)),
            Spot::Line(number) => {
                let at = number.checked_sub(1)?;
                place_on_line(&self.text, self.text.lines().get(at)?, self.structure.lines.get(at)?)
            }
        }
    }

    fn statement(&self, lines: Lines, claim: &str) -> Option<usize> {
        let words: BTreeSet<String> = words(claim).collect();
        let all = self.structure.statements.iter().enumerate();
        let near = all.filter(|(_, statement)| statement.lines.0 <= lines.1 && lines.0 <= statement.lines.1);
        let fit = |statement: &Statement| {
            let shared = self::words(&statement.text).filter(|word| words.contains(word)).count();
            let exact = statement.lines == lines;
            (exact || lines.0 == lines.1, statement.text.contains(claim), shared, exact, statement.lines.1 == lines.1)
        };
        near.max_by_key(|(at, statement)| (fit(statement), std::cmp::Reverse(*at))).map(|(at, _)| at)
    }

    /// Whether the box of a place is ticked; nothing where it has none.
    pub fn is_ticked(&self, spot: Spot) -> Option<bool> {
        self.tick(spot).map(|(_, ticked)| ticked)
    }

    /// The document with marks at some places.
    pub fn annotate(&self, says: &BTreeMap<Spot, String>) -> Vec<u8> {
        let mut inserts: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
        for (spot, says) in says {
            if let Some(place) = self.place(*spot) {
                inserts.entry(place).or_default().push(says);
            }
        }
        let (places, marks): (Vec<usize>, Vec<Vec<&str>>) = inserts.into_iter().unzip();
        let encoding = self.text.encoding();
        let offsets = offsets(&self.bytes, self.text.as_str(), encoding, &places);
        let mut out = Vec::with_capacity(self.bytes.len() + marks.len() * 32);
        let mut done = 0;
        for (offset, marks) in offsets.into_iter().zip(marks) {
            out.extend_from_slice(self.bytes.get(done..offset).unwrap_or_default());
            out.extend(marks.into_iter().flat_map(|says| encode(&mark(says), encoding)));
            done = offset;
        }
        out.extend_from_slice(self.bytes.get(done..).unwrap_or_default());
        out
    }

    /// The document with the boxes of some places ticked, or unticked.
    pub fn tick_all(&self, ticks: &BTreeMap<Spot, bool>) -> Vec<u8> {
        let boxes = ticks.iter().filter_map(|(spot, ticked)| Some((self.tick(*spot)?.0, *ticked)));
        let (places, ticks): (Vec<usize>, Vec<bool>) = boxes.collect::<BTreeMap<usize, bool>>().into_iter().unzip();
        let encoding = self.text.encoding();
        let mut out = self.bytes.to_vec();
        for (offset, ticked) in offsets(&self.bytes, self.text.as_str(), encoding, &places).into_iter().zip(ticks) {
            // In UTF-16 the other byte of the character is nought before and after.
            let at = if encoding == Encoding::Utf16Be { offset + 1 } else { offset };
            if let Some(byte) = out.get_mut(at) {
                *byte = if ticked { b'x' } else { b' ' };
            }
        }
        out
    }

    fn tick(&self, spot: Spot) -> Option<(usize, bool)> {
        let number = match spot {
            Spot::Statement(at) => self.structure.statements.get(at)?.lines.0,
            Spot::Line(number) => number,
        };
        let line = self.text.lines().get(number.checked_sub(1)?)?;
        let (at, ticked) = tick(self.text.line(number)?)?;
        Some((line.start + at, ticked))
    }
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 1).map(str::to_lowercase)
}
