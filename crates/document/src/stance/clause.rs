//! Which words of a statement speak of one clause of it.

use super::lexicon::{Found, WORDS};
use super::saying::{Saying, Words};
use super::tokens::{Before, Token, tokens};
use super::words::Word;

/// What a statement says of a clause of it: the clause's own words first, then those that govern it from outside (`no X, Y or
/// Z`, `X (a, b) is missing`), in its clause and then in its sentence.
pub(super) fn say(text: &str, clause: &str) -> Option<Saying> {
    let tokens = tokens(text);
    let found = WORDS.scan(&tokens);
    let words = Words { text, tokens: &tokens, found: &found };
    let (from, to) = stretch(&tokens, text, clause)?;
    let own = own_words(&words, from, to);
    let whole = from == 0 && to == tokens.len();
    if own.is_some() || whole {
        return own;
    }
    [Before::Clause, Before::Sentence].into_iter().find_map(|border| around(&words, from, to, border))
}

/// A clause may hold several parts itself: the first that says something decides, unless a later one turns it.
fn own_words(words: &Words, from: usize, to: usize) -> Option<Saying> {
    let mut first = None;
    let mut begin = from;
    let mut parts = Vec::new();
    for at in from + 1..to {
        let turns = words.found.iter().any(|found| found.first == at && found.kind == Word::But)
            && words
                .tokens
                .get(at)
                .is_some_and(|token| token.before >= Before::Comma || token.word == "but" || token.word == "although");
        if turns
            || words
                .tokens
                .get(at)
                .is_some_and(|token| token.before >= Before::Clause && token.depth == words.tokens[from].depth)
        {
            parts.push((begin, at));
            begin = at;
        }
    }
    parts.push((begin, to));
    for (begin, end) in parts {
        let Some(saying) = words.say(begin, end) else { continue };
        match &first {
            None => first = Some(saying),
            Some(before) => return Some(join(before.clone(), saying)),
        }
    }
    first
}

/// Two parts of one clause: one that is in place and one that is not make a half.
fn join(first: Saying, second: Saying) -> Saying {
    use super::saying::Said::{Already, Bad, Denied, Disabled, Done, Lacking, Off, Partly, Planned};
    let good = matches!(first.said, Done { .. } | Already);
    match second.said {
        Lacking | Denied | Disabled | Bad | Planned | Partly if good && second.turns => {
            Saying { said: Partly, by: format!("{} and then {}", first.by, second.by), turns: false }
        }
        Off if matches!(first.said, Disabled | Lacking | Denied) => second,
        _ => first,
    }
}

/// The tokens of a clause.
fn stretch(tokens: &[Token], text: &str, clause: &str) -> Option<(usize, usize)> {
    let clause = clause.trim();
    let start = if clause.is_empty() { None } else { text.find(clause) };
    let Some(start) = start else { return (!tokens.is_empty()).then_some((0, tokens.len())) };
    let end = start + clause.len();
    let from = tokens.iter().position(|token| token.at.end > start)?;
    let to = tokens.iter().rposition(|token| token.at.start < end)? + 1;
    (from < to).then_some((from, to))
}

/// What governs a clause from outside, up to a border.
fn around(words: &Words, from: usize, to: usize, border: Before) -> Option<Saying> {
    let tokens = words.tokens;
    let turns = |at: usize| words.found.iter().any(|found| found.first == at && found.kind == Word::But);
    let depth = tokens.get(from).map_or(0, |token| token.depth);
    let ends = |at: usize| {
        tokens
            .get(at)
            .is_some_and(|token| token.before >= border && (border == Before::Sentence || token.depth <= depth))
            || turns(at)
    };
    let begin = (0..=from).rev().find(|at| *at == 0 || ends(*at)).unwrap_or(0);
    let end = (to..tokens.len()).find(|at| ends(*at)).unwrap_or(tokens.len());
    let governing: Vec<Found<Word>> = words
        .found
        .iter()
        .filter(|found| found.first >= begin && found.last < end)
        .filter(|found| {
            if found.last < from {
                governs_forward(found.kind)
            } else {
                found.first < to || governs_backward(found.kind)
            }
        })
        .copied()
        .collect();
    words.say_of(&governing, begin, end)
}

fn governs_forward(kind: Word) -> bool {
    !matches!(kind, Word::Bad | Word::Unwanted | Word::Weakly)
}

fn governs_backward(kind: Word) -> bool {
    !matches!(kind, Word::No | Word::LackOf | Word::Unwanted | Word::Bad)
}
