//! The words of a statement and of what surrounds it, each with how much it counts.

use std::collections::BTreeMap;
use std::ops::Range;

use super::clause::clauses;
use super::said::{Above, IMPLIED, Said, kinds};
use crate::knowledge::{Knowledge, WordId};
use crate::statement::{Form, Statement};

/// Where around a statement a word was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Where {
    /// In what it hangs on, by distance: 0 is the nearest.
    Parent(usize),
    /// In a heading, by distance.
    Heading(usize),
    /// In what stands beside it.
    Beside,
}

impl Where {
    /// How much a word from there counts.
    fn weight(self, title: bool) -> f64 {
        match self {
            Where::Parent(distance) => (0.92 - 0.05 * distance as f64).max(0.7),
            Where::Beside => BESIDE,
            Where::Heading(_) if title => 0.4,
            Where::Heading(distance) => (0.85 - 0.08 * distance as f64).max(0.5),
        }
    }
}

/// How much a word counts of what a statement hangs on that has none of its own.
const SAID_ABOVE: f64 = 0.9;
/// How much the service counts of which the statements beside one speak.
const BESIDE: f64 = 0.65;
/// The most statements that one of them tells the service of.
const MOST_BESIDE: usize = 30;
/// The most headings above a statement, and the most parents, that are looked at: the nearest ones.
const MOST_ABOVE: usize = 20;
/// Words inside a name (`club-dev-redis`) are seldom what a statement is about.
const INSIDE_NAME: f64 = 0.55;
/// Cells behind the first one explain it.
const OTHER_CELL: f64 = 0.9;

/// A word of the statement itself.
#[derive(Debug, Clone)]
pub struct OwnWord {
    /// The word; none where no phrase has it.
    pub word: Option<WordId>,
    /// What it implies.
    pub implied: Vec<WordId>,
    /// The bytes of the statement's text that it stands in.
    pub span: Range<usize>,
    /// The clause that it stands in, by its position.
    pub clause: usize,
    /// How much it counts.
    pub weight: f64,
}

/// The words of a statement and of what surrounds it.
#[derive(Debug)]
pub struct Surroundings {
    /// The statement's own, in their order.
    pub own: Vec<OwnWord>,
    /// The clauses of its text.
    pub clauses: Vec<Range<usize>>,
    /// Those around it, each from where it counts most.
    pub around: BTreeMap<WordId, (f64, Where)>,
}

impl Surroundings {
    /// Of a statement. `section` are words that name the service of which most statements beside it speak.
    pub fn of(
        statement: &Statement,
        said: &Said,
        section: &[WordId],
        above: &mut Above,
        knowledge: &Knowledge,
    ) -> Surroundings {
        let names = names(&statement.text[..said.end], knowledge);
        let clauses = clauses(&statement.text);
        let clause_at =
            |byte: usize| clauses.partition_point(|clause| clause.end <= byte).min(clauses.len().saturating_sub(1));
        let own = said.words.iter().map(|word| {
            let inside_name = names.iter().any(|name| name.start <= word.span.start && word.span.end <= name.end);
            let behind = statement.form == Form::Row && word.span.start >= statement.key.len().max(1);
            OwnWord {
                word: word.word,
                implied: word.implied.clone(),
                weight: if inside_name { INSIDE_NAME } else { 1.0 } * if behind { OTHER_CELL } else { 1.0 },
                clause: clause_at(word.span.start),
                span: word.span.clone(),
            }
        });
        let mut own: Vec<OwnWord> = own.collect();
        for stated in &said.stated {
            for kind in kinds(stated).filter_map(|word| knowledge.word(word)) {
                let end = own
                    .iter_mut()
                    .find(|word| word.span.start >= stated.span.start && word.span.end <= stated.span.end);
                match end {
                    Some(word) => word.implied.push(kind),
                    None => own.push(OwnWord {
                        word: None,
                        implied: vec![kind],
                        clause: clause_at(stated.span.start),
                        span: stated.span.clone(),
                        weight: 1.0,
                    }),
                }
            }
        }
        own.sort_by_key(|word| word.span.start);
        if own.iter().all(|word| word.word.is_none() && word.implied.is_empty()) {
            own.extend(said_above(statement, knowledge));
        }
        let mut around = BTreeMap::new();
        for (distance, parent) in statement.parents.iter().rev().enumerate().take(MOST_ABOVE) {
            add(above.words(parent, knowledge), Where::Parent(distance), false, &mut around);
        }
        let count = statement.headings.len();
        for (distance, heading) in statement.headings.iter().rev().enumerate().take(MOST_ABOVE) {
            let title = distance + 1 == count && count > 1;
            add(above.words(heading, knowledge), Where::Heading(distance), title, &mut around);
        }
        for word in section {
            around.entry(*word).or_insert((BESIDE, Where::Beside));
        }
        Surroundings { own, clauses, around }
    }
}

/// For `Enabled: yes` the words of what it hangs on: of that it speaks.
fn said_above(statement: &Statement, knowledge: &Knowledge) -> Vec<OwnWord> {
    if !matches!(statement.form, Form::Pair | Form::Leaf | Form::Branch | Form::Row)
        || is_strange(&statement.key, knowledge)
    {
        return Vec::new();
    }
    let above = statement.parents.last().or(statement.headings.last().filter(|_| statement.headings.len() > 1));
    let words = above.map(|text| Said::of(text, knowledge).words).unwrap_or_default().into_iter();
    let own =
        words.map(|word| OwnWord { word: word.word, implied: word.implied, clause: 0, span: 0..0, weight: SAID_ABOVE });
    own.collect()
}

/// Whether a text has words that no phrase has.
fn is_strange(text: &str, knowledge: &Knowledge) -> bool {
    knowledge.vocabulary.words(text).iter().any(|word| knowledge.word(&word.text).is_none())
}

/// For each statement the words that name the service of which the statements beside it speak, where its headings name none:
/// in a list of settings one line tells the engine, and the others are its settings.
pub fn sections(statements: &[Statement], said: &[Said], knowledge: &Knowledge) -> Vec<Vec<WordId>> {
    let beside = |a: &Statement, b: &Statement| a.headings == b.headings && a.parents.first() == b.parents.first();
    let mut sections = Vec::with_capacity(statements.len());
    for section in statements.chunk_by(beside) {
        let is_listed =
            |one: &&Statement| matches!(one.form, Form::Pair | Form::Leaf | Form::Branch | Form::Bullet | Form::Task);
        let listed = section.iter().filter(is_listed).count() * 2 > section.len();
        let said = said.get(sections.len()..sections.len() + section.len()).unwrap_or_default();
        let words = if listed && section.len() <= MOST_BESIDE { services(said, knowledge) } else { Vec::new() };
        sections.extend(std::iter::repeat_n(words, section.len()));
    }
    sections
}

fn services(section: &[Said], knowledge: &Knowledge) -> Vec<WordId> {
    let mut counts: BTreeMap<WordId, usize> = BTreeMap::new();
    for said in section {
        for id in said.ids(knowledge).into_iter().filter(|id| knowledge.names_service(*id)) {
            *counts.entry(id).or_default() += 1;
        }
    }
    let most = counts.values().copied().max().unwrap_or_default();
    counts.into_iter().filter(|(_, count)| *count == most).map(|(word, _)| word).take(2).collect()
}

fn add(words: &[(WordId, f64)], place: Where, title: bool, around: &mut BTreeMap<WordId, (f64, Where)>) {
    for (word, share) in words {
        let weight = place.weight(title) * share;
        let entry = around.entry(*word).or_insert((weight, place));
        if entry.0 < weight {
            *entry = (weight, place);
        }
    }
}

/// How much an implied word of the statement itself counts.
pub const OWN_IMPLIED: f64 = IMPLIED;

/// The bytes of names: runs joined by `-`, `_`, `/`, `.` or `:` of which some part is no word of any phrase.
fn names(text: &str, knowledge: &Knowledge) -> Vec<Range<usize>> {
    let joined = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '/' | ':' | '.' | '*');
    let mut names = Vec::new();
    let mut from = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (from, joined(c)) {
            (None, true) => from = Some(at),
            (Some(start), false) => {
                let run = text[start..at].trim_end_matches(['.', ':', '-', '/']);
                if is_name(run, knowledge) {
                    names.push(start..start + run.len());
                }
                from = None;
            }
            _ => {}
        }
    }
    names
}

fn is_name(run: &str, knowledge: &Knowledge) -> bool {
    let joins = |c: char| matches!(c, '-' | '_' | ':');
    let parts = || run.split(['-', '_', '/', ':', '.', '*']).filter(|part| !part.is_empty()).count();
    // `multi-az` is a word of the vocabulary, though neither half of it is.
    run.contains(joins) && parts() >= 2 && run.chars().any(char::is_alphabetic) && is_strange(run, knowledge)
}
