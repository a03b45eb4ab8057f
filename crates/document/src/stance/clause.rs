//! Which words of a statement speak of one clause of it.

use super::lexicon::{Found, WORDS};
use super::saying::{Said, Saying, Words};
use super::tokens::{Before, Token, clip, tokens};
use super::words::Word;

/// What a statement says of a clause of it: the clause's own words first, then those that govern it from outside (`no X, Y or
/// Z`, `X (a, b) is missing`), in its clause and then in its sentence.
pub(super) fn say(text: &str, clause: &str) -> Option<Saying> {
    let text = clip(text, text.find(clause).unwrap_or(0).saturating_sub(500));
    let tokens = tokens(text);
    let found = WORDS.scan(&tokens);
    let words = Words { text, tokens: &tokens, found: &found, doubtful: true };
    let (from, to) = stretch(&tokens, text, clause)?;
    let own = own_words(&words, from, to);
    let whole = from == 0 && to == tokens.len();
    if whole {
        return own;
    }
    if let Some(own) = own {
        if matches!(own.said, Said::Denied | Said::Lacking | Said::Disabled)
            && let Some(reason) = reason_behind(&words, to)
        {
            return Some(Saying { said: Said::Off, by: reason, turns: false });
        }
        return Some(denied_from_outside(&words, from, to, &own).unwrap_or(own));
    }
    [Before::Clause, Before::Sentence].into_iter().find_map(|border| around(&words, from, to, border))
}

/// `no network for the functions (on purpose)`: a reason in brackets right behind a clause.
fn reason_behind(words: &Words, to: usize) -> Option<String> {
    let depth = words.tokens.get(to.checked_sub(1)?)?.depth;
    let end = (to..words.tokens.len())
        .find(|at| words.tokens.get(*at).is_some_and(|token| token.depth <= depth))
        .unwrap_or(words.tokens.len());
    let reason =
        words.found.iter().find(|found| found.kind == Word::Deliberate && found.first >= to && found.last < end)?;
    let at = words.tokens.get(reason.first).zip(words.tokens.get(reason.last));
    at.and_then(|(first, last)| words.text.get(first.at.start..last.at.end)).map(|words| format!("`{words}`"))
}

/// Whether `but` or the like begins what follows a clause.
pub(super) fn turns_behind(text: &str, clause: &str) -> bool {
    let Some(at) = text.find(clause) else { return false };
    let rest = text.get(at + clause.len()..).unwrap_or_default();
    let tokens = tokens(rest);
    WORDS.at(&tokens, 0).is_some_and(|found| found.kind == Word::But)
}

/// `omits parameter groups, automated backups, ...`: an adjective of the clause does not take it out of the list that is denied.
fn denied_from_outside(words: &Words, from: usize, to: usize, own: &Saying) -> Option<Saying> {
    let Said::Done { finite } = own.said else { return None };
    let joined = from
        .checked_sub(1)
        .and_then(|at| words.tokens.get(at))
        .is_some_and(|token| ["or", "nor"].contains(&token.word.as_str()));
    if finite && !joined {
        return None;
    }
    let adjective =
        words.found.iter().any(|found| found.first == from && found.kind == Word::Done && found.last + 1 < to);
    let outside: Vec<Found<Word>> = words
        .found
        .iter()
        .filter(|found| match found.kind {
            Word::No | Word::LackOf => found.last < from,
            Word::Lack => found.last < from || found.first >= to && adjective,
            _ => false,
        })
        .filter(|found| {
            let between = if found.last < from { (found.last + 1, from) } else { (to, found.first) };
            let turned = words
                .found
                .iter()
                .any(|other| other.kind == Word::But && other.first >= between.0 && other.last < between.1);
            let divided = words
                .tokens
                .get(between.0..=between.1.max(between.0))
                .unwrap_or_default()
                .iter()
                .any(|token| token.before == Before::Sentence);
            !turned && !divided
        })
        .copied()
        .collect();
    let first = *outside.first()?;
    let (begin, end) = (first.first.min(from), first.last.max(to - 1) + 1);
    words.say_of(&[first], begin, end).filter(|saying| matches!(saying.said, Said::Denied | Said::Lacking))
}

/// A clause may hold several parts itself: the first that says something decides, unless a later one turns it.
fn own_words(words: &Words, from: usize, to: usize) -> Option<Saying> {
    let mut first = None;
    let mut begin = from;
    let mut parts = Vec::new();
    let depth = words.tokens.get(from).map_or(0, |token| token.depth);
    for at in from + 1..to {
        let turns = words.found.iter().any(|found| found.first == at && found.kind == Word::But)
            && words
                .tokens
                .get(at)
                .is_some_and(|token| token.before >= Before::Comma || token.word == "but" || token.word == "although");
        if turns || words.tokens.get(at).is_some_and(|token| token.before >= Before::Clause && token.depth == depth) {
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
    use Said::{Already, Bad, Denied, Disabled, Done, Lacking, Off, Optional, Partly, Planned};
    let good = matches!(first.said, Done { .. } | Already);
    match second.said {
        Lacking | Denied | Disabled | Bad | Planned | Partly if good && second.turns => {
            Saying { said: Partly, by: format!("{} and then {}", first.by, second.by), turns: false }
        }
        Off if matches!(first.said, Disabled | Lacking | Denied) => second,
        Lacking | Denied if second.turns && matches!(first.said, Optional | Planned) => second,
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
    // `... of the proposed design and lacks X, Y`: what lacks them is nearer than what is proposed.
    let lack = words
        .found
        .iter()
        .rfind(|found| found.kind == Word::LackOf && found.first >= begin && found.last < from)
        .map_or(begin, |found| found.first);
    let governing: Vec<Found<Word>> = words
        .found
        .iter()
        .filter(|found| found.first >= lack && found.last < end)
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
