//! A document that is to be written back.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::bytes::{encode, offsets, strip_bytes};
use super::mark::mark;
use super::place::place;
use super::tick::tick;
use crate::claim::Lines;
use crate::statement::Statement;
use crate::structure::{Structure, structure};
use crate::text::{DecodeError, Encoding, Text};

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

    /// The statement that makes a claim, by its position: the one on these lines, and of several the one whose words are most
    /// like the claim's.
    pub fn statement(&self, lines: Lines, claim: &str) -> Option<usize> {
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

    /// Whether the box of a statement is ticked; nothing where it has none.
    pub fn is_ticked(&self, statement: usize) -> Option<bool> {
        self.tick(statement).map(|(_, ticked)| ticked)
    }

    /// The document with marks behind some of its statements.
    pub fn annotate(&self, says: &BTreeMap<usize, String>) -> Vec<u8> {
        let mut inserts: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
        for (statement, says) in says {
            if let Some(statement) = self.structure.statements.get(*statement) {
                inserts.entry(place(&self.text, statement)).or_default().push(says);
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

    /// The document with the boxes of some of its statements ticked, or unticked.
    pub fn tick_all(&self, ticks: &BTreeMap<usize, bool>) -> Vec<u8> {
        let boxes = ticks.iter().filter_map(|(statement, ticked)| Some((self.tick(*statement)?.0, *ticked)));
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

    fn tick(&self, statement: usize) -> Option<(usize, bool)> {
        let number = self.structure.statements.get(statement)?.lines.0;
        let line = self.text.lines().get(number.checked_sub(1)?)?;
        let (at, ticked) = tick(self.text.line(number)?)?;
        Some((line.start + at, ticked))
    }

    /// How many statements it makes.
    pub fn statements(&self) -> usize {
        self.structure.statements.len()
    }
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 1).map(str::to_lowercase)
}
