//! What the words of a clause say, before its surroundings are heard.

use std::sync::LazyLock;

use super::lexicon::{Found, Lexicon, WORDS};
use super::tokens::{Before, Token};
use super::words::{DOUBTFUL_ORDERS, NOUN_TAILS, ORDERS, Word};

/// What the words of a clause say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// Left out on purpose.
    Off,
    /// Switched off or taken away; whether on purpose, the surroundings say.
    Disabled,
    /// Something bad is not there.
    GoodAbsence,
    /// Begun, or true of a part.
    Partly,
    /// Faintly praised.
    Weakly,
    /// Denied by a mere `no` or `without`.
    Denied,
    /// Said to lack.
    Lacking,
    /// Something bad is there.
    Bad,
    /// Announced or demanded.
    Planned,
    /// Told to do.
    Ordered,
    /// May be there or not.
    Optional,
    /// In place; `finite` where a whole sentence says so.
    Done {
        /// Whether the clause has a finite verb.
        finite: bool,
    },
    /// In place, with emphasis.
    Already,
}

/// What was said, and by which words.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Saying {
    /// What.
    pub(super) said: Said,
    /// The words.
    pub(super) by: String,
    /// Whether the clause begins with `but` or the like.
    pub(super) turns: bool,
}

/// How surely a verb tells somebody to do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Certain,
    Doubtful,
}

static ORDER_WORDS: LazyLock<Lexicon<Order>> =
    LazyLock::new(|| Lexicon::new(&[(Order::Certain, ORDERS), (Order::Doubtful, DOUBTFUL_ORDERS)]));

/// What denies.
const NEGATIVES: [Word; 5] = [Word::No, Word::Not, Word::Lack, Word::LackOf, Word::Disabled];

/// What a share of a hundred is reached of.
const COMPLETED: &[&str] = &[
    "done",
    "complete",
    "completed",
    "finished",
    "ready",
    "covered",
    "compliant",
    "migrated",
    "encrypted",
    "tagged",
    "erledigt",
    "fertig",
    "fait",
    "hecho",
];

/// A small number in digits or letters.
fn number(word: &str) -> Option<u32> {
    const LETTERS: [&str; 21] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
        "twenty",
    ];
    match word.parse() {
        Ok(number) => Some(number),
        Err(_) => LETTERS.iter().position(|letters| *letters == word).and_then(|at| u32::try_from(at).ok()),
    }
}

/// A text prepared for judging.
pub(super) struct Words<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: &'a [Token],
    pub(super) found: &'a [Found<Word>],
    /// Whether words that are as often nouns may be orders: not in headings.
    pub(super) doubtful: bool,
}

impl Words<'_> {
    /// The words of an entry and, where it denies one, of the next.
    fn quote(&self, found: &Found<Word>) -> String {
        let at = self.tokens.get(found.first).zip(self.tokens.get(found.last));
        at.and_then(|(first, last)| self.text.get(first.at.start..last.at.end))
            .map_or_else(String::new, |words| format!("`{words}`"))
    }

    fn depth(&self, found: &Found<Word>) -> usize {
        self.tokens.get(found.first).map_or(0, |token| token.depth)
    }

    fn quote_before(&self, found: &Found<Word>) -> String {
        let next = self.tokens.get(found.last + 1).filter(|token| token.before == Before::Nothing);
        match next.and_then(|next| self.text.get(next.at.clone())) {
            Some(next) => format!("{} before `{next}`", self.quote(found)),
            None => self.quote(found),
        }
    }

    /// What a stretch of tokens says, brackets within it set aside unless nothing else speaks.
    pub(super) fn say(&self, from: usize, to: usize) -> Option<Saying> {
        let inside: Vec<Found<Word>> =
            self.found.iter().filter(|found| found.first >= from && found.last < to).copied().collect();
        self.say_of(&inside, from, to)
    }

    /// What these entries say of the stretch of tokens.
    pub(super) fn say_of(&self, inside: &[Found<Word>], from: usize, to: usize) -> Option<Saying> {
        let base = self.tokens.get(from..to).unwrap_or_default().iter().map(|token| token.depth).min().unwrap_or(0);
        let (main, aside): (Vec<_>, Vec<_>) = inside.iter().copied().partition(|found| self.depth(found) <= base);
        let turns = main.first().is_some_and(|first| first.kind == Word::But);
        let make = |said, by| Some(Saying { said, by, turns });

        if let Some(needless) = inside.iter().find(|found| found.kind == Word::Needless) {
            return make(Said::Off, self.quote(needless));
        }
        let denied = main
            .iter()
            .any(|found| matches!(found.kind, Word::No | Word::Not | Word::Lack | Word::LackOf | Word::Disabled));
        if let Some(wanted) = inside.iter().find(|found| found.kind == Word::Deliberate)
            && denied
            && self.negation(&main, to).is_none_or(|said| said.said != Said::GoodAbsence)
        {
            return make(Said::Off, self.quote(wanted));
        }
        let order = self.order(from, to, &main).or_else(|| self.errand(from, to));
        if let Some(order) = order {
            return make(Said::Ordered, order);
        }
        let first_of = |kinds: &[Word]| main.iter().find(|found| kinds.contains(&found.kind));
        let planned = first_of(&[Word::Planned]);
        let negative =
            first_of(&[Word::No, Word::Not, Word::Lack, Word::LackOf, Word::Disabled, Word::Bad, Word::Partly]);
        if let Some(planned) = planned
            && negative.is_none_or(|negative| planned.first < negative.first)
        {
            return make(Said::Planned, self.quote(planned));
        }
        let partly = inside.iter().find(|found| found.kind == Word::Partly);
        if let Some(partly) = partly
            && first_of(&[Word::No, Word::Lack, Word::LackOf, Word::Disabled])
                .is_none_or(|negative| partly.first < negative.first)
        {
            return make(Said::Partly, self.quote(partly));
        }
        if let Some(share) = self.share(from, to) {
            return make(Said::Partly, share);
        }
        if let Some(mut saying) = self.negation(&main, to) {
            saying.turns = turns;
            if let Some(part) = self.in_part(&main, from) {
                saying = Saying { said: Said::Partly, by: part, turns };
            }
            return Some(saying);
        }
        if let Some(planned) = planned {
            return make(Said::Planned, self.quote(planned));
        }
        if let Some(bad) = first_of(&[Word::Bad])
            && !self.is_countered(bad, &main)
        {
            return make(Said::Bad, self.quote(bad));
        }
        if let Some(weakly) = first_of(&[Word::Weakly]) {
            return make(Said::Weakly, self.quote(weakly));
        }
        let finite = main.iter().any(|found| found.kind == Word::Finite);
        if let Some(already) = first_of(&[Word::Already]) {
            return make(Said::Already, self.quote(already));
        }
        if let Some(optional) = inside.iter().find(|found| found.kind == Word::Optional) {
            return make(Said::Optional, self.quote(optional));
        }
        if let Some(done) = first_of(&[Word::Done]) {
            // `(not enabled)` behind a thing that is not itself said to be there denies it; behind `enabled` it is a remark.
            return make(Said::Done { finite }, self.quote(done));
        }
        let mut aside_denial = None;
        for found in &aside {
            if found.kind == Word::Not || found.kind == Word::Lack || found.kind == Word::Disabled {
                aside_denial = self.negation(&aside, to);
                break;
            }
        }
        if aside_denial.is_some() {
            return aside_denial;
        }
        if let Some(planned) = aside.iter().find(|found| found.kind == Word::Planned)
            && !aside.iter().any(|found| matches!(found.kind, Word::No | Word::Nothing))
        {
            return make(Said::Optional, self.quote(planned));
        }
        None
    }

    /// What the first negation of a clause comes to.
    fn negation(&self, main: &[Found<Word>], to: usize) -> Option<Saying> {
        let (index, first) = main.iter().enumerate().find(|(_, found)| NEGATIVES.contains(&found.kind))?;
        let rest = main.get(index + 1..).unwrap_or_default();
        let reach = self.reach(first, to);
        let within: Vec<&Found<Word>> = rest.iter().filter(|found| found.first < reach).collect();
        let bad = |found: &&Found<Word>| matches!(found.kind, Word::Bad | Word::Unwanted);
        let doubled = match first.kind {
            Word::No => within.iter().find(|found| {
                matches!(
                    found.kind,
                    Word::Bad | Word::Unwanted | Word::Lack | Word::LackOf | Word::Not | Word::Disabled
                ) || (found.kind == Word::No && self.is_without(found))
            }),
            Word::Not => within.iter().find(|found| bad(found) || found.kind == Word::Lack),
            _ => within.iter().find(|found| bad(found)),
        };
        let without = rest.iter().find(|found| {
            self.is_without(found) && first.kind == Word::No && !self.breaks(first.last + 1, found.first)
        });
        let subject = main.get(..index).unwrap_or_default().iter().rfind(|found| bad(found));
        let said = match (doubled.or(without.as_ref()), subject) {
            (Some(other), _) if !self.is_countered(other, main) => {
                return Some(Saying {
                    said: Said::GoodAbsence,
                    by: format!("{} and {}", self.quote(first), self.quote(other)),
                    turns: false,
                });
            }
            (_, Some(subject))
                if matches!(first.kind, Word::Not | Word::Disabled | Word::Lack | Word::No)
                    && (first.kind != Word::No || !self.parts(subject.last + 1, first.first))
                    && !self.is_neglect(first)
                    && !self.is_countered(subject, main) =>
            {
                return Some(Saying {
                    said: Said::GoodAbsence,
                    by: format!("{} and {}", self.quote(subject), self.quote(first)),
                    turns: false,
                });
            }
            _ => match first.kind {
                Word::Disabled => Said::Disabled,
                Word::No => Said::Denied,
                _ => Said::Lacking,
            },
        };
        Some(Saying { said, by: self.quote_before(first), turns: false })
    }

    /// `Alice to turn on flow logs`: a name, and what its bearer shall do.
    fn errand(&self, from: usize, to: usize) -> Option<String> {
        let token = self.tokens.get(from + 1).filter(|token| from + 3 < to && token.word == "to")?;
        let order = self.order(from + 2, to, &[])?;
        let named = token.before == Before::Nothing && self.found.iter().all(|found| found.first != from);
        named.then_some(order)
    }

    /// `nine of fourteen buckets`, `3 of 4`, `60 % done`: true of a part.
    fn share(&self, from: usize, to: usize) -> Option<String> {
        (from..to).find_map(|at| {
            let token = self.tokens.get(at)?;
            let part = number(&token.word)?;
            let rest = self.text.get(token.at.end..).unwrap_or_default();
            let next = self.tokens.get(at + 1).filter(|_| at + 1 < to)?;
            let (whole, last) = if rest.trim_start().starts_with('%') && COMPLETED.contains(&next.word.as_str()) {
                (100, next)
            } else {
                let last = self.tokens.get(at + 2).filter(|_| at + 2 < to)?;
                let of = ["of", "von", "sur", "de", "di", "van"].contains(&next.word.as_str());
                (number(&last.word).filter(|_| of && next.before == Before::Nothing)?, last)
            };
            (part < whole).then(|| format!("`{}`", self.text.get(token.at.start..last.at.end).unwrap_or_default()))
        })
    }

    /// `works for staff, not for guests`: what was said before is denied of a part.
    fn in_part(&self, main: &[Found<Word>], from: usize) -> Option<String> {
        let first = main.iter().find(|found| NEGATIVES.contains(&found.kind))?;
        let before = first.first.checked_sub(1)?;
        let next = self.tokens.get(first.last + 1)?;
        let apart = first.kind == Word::Not
            && first.first > from + 1
            && ["for", "on", "in", "at", "für", "pour", "para"].contains(&next.word.as_str())
            && next.before == Before::Nothing
            && (self.tokens.get(first.first).is_some_and(|token| token.before == Before::Comma)
                || self.tokens.get(before).is_some_and(|token| ["but", "and"].contains(&token.word.as_str())));
        apart.then(|| self.quote_before(first))
    }

    fn is_without(&self, found: &Found<Word>) -> bool {
        self.tokens
            .get(found.first)
            .is_some_and(|token| ["without", "ohne", "sans", "sin"].contains(&token.word.as_str()))
    }

    /// `findings not looked at`: the bad thing is there, and nobody cares.
    fn is_neglect(&self, negation: &Found<Word>) -> bool {
        self.tokens.iter().skip(negation.last + 1).take(3).any(|token| {
            [
                "looked",
                "reviewed",
                "addressed",
                "closed",
                "fixed",
                "triaged",
                "handled",
                "resolved",
                "investigated",
                "remediated",
                "removed",
                "deleted",
                "rotated",
                "cleaned",
                "tracked",
            ]
            .contains(&token.word.as_str())
        })
    }

    /// Whether so much as a comma stands between two tokens.
    fn parts(&self, from: usize, to: usize) -> bool {
        self.tokens.get(from..=to).unwrap_or_default().iter().any(|token| token.before >= Before::Comma)
    }

    /// Whether a clause ends between two tokens.
    fn breaks(&self, from: usize, to: usize) -> bool {
        self.tokens.get(from..=to).unwrap_or_default().iter().any(|token| token.before >= Before::Clause)
    }

    /// Where what a negation denies ends: at a preposition, a comma, or the end of the clause.
    fn reach(&self, negation: &Found<Word>, to: usize) -> usize {
        let depth = self.depth(negation);
        let mut at = negation.last + 1;
        while at < to {
            let Some(token) = self.tokens.get(at) else { break };
            let ends = token.before >= Before::Comma || token.depth > depth;
            let preposition =
                self.found.iter().any(|found| found.first == at && matches!(found.kind, Word::Preposition | Word::But));
            if (ends && at > negation.last + 1) || preposition || token.depth < depth {
                break;
            }
            at += 1;
        }
        at
    }

    /// Whether something bad is named together with what works against it (`block public access`, `drift detection`).
    fn is_countered(&self, bad: &Found<Word>, main: &[Found<Word>]) -> bool {
        let denied = |from: usize, to: usize| {
            main.iter().any(|found| NEGATIVES.contains(&found.kind) && found.first >= from && found.last < to)
        };
        main.iter().any(|found| {
            // `scanned for vulnerabilities`: a participle that works against, though it is also one of praise.
            let against = found.kind == Word::Against
                || found.kind == Word::Done
                    && self.tokens.get(found.first).is_some_and(|token| {
                        ["scan", "block", "restrict", "protect", "monitor"]
                            .iter()
                            .any(|stem| token.word.starts_with(stem))
                    });
            against
                && ((found.last < bad.first && bad.first - found.last <= 3 && !denied(found.last + 1, bad.first))
                    || (found.first > bad.last && found.first - bad.last <= 2))
        })
    }

    /// The verb by which a clause tells somebody to do something.
    fn order(&self, from: usize, to: usize, main: &[Found<Word>]) -> Option<String> {
        let mut first = from;
        // `and enable ...`, `then enable ...`, `please enable ...`
        while self.tokens.get(first).is_some_and(|token| {
            ["and", "then", "or", "also", "please", "additionally", "finally", "first", "to", "next"]
                .contains(&token.word.as_str())
        }) {
            first += 1;
        }
        if first >= to {
            return None;
        }
        let word = self.tokens.get(first)?;
        let found = ORDER_WORDS.at(self.tokens, first).filter(|found| found.last < to);
        let alone = first + 1 >= to;
        // `Pilot-light environments`: the hyphen makes it a part of a noun.
        let joined =
            self.tokens.get(first + 1).is_some_and(|next| self.text.get(word.at.end..next.at.start) == Some("-"));
        let certain = found.filter(|found| found.kind == Order::Certain);
        if joined && certain.is_none_or(|found| found.last == first) {
            return None;
        }
        let next = self.tokens.get(first + 1).filter(|_| !alone);
        if next.is_some_and(|next| next.before >= Before::Clause) {
            return None;
        }
        if let Some(found) = certain {
            // `Use of ...`, `Secure state backend exists`
            let noun = next.is_some_and(|next| {
                ["of", "is", "are"].contains(&next.word.as_str())
                    || ["restore", "request", "store", "purchase", "start"].contains(&word.word.as_str())
                        && NOUN_TAILS.contains(&next.word.as_str())
            });
            let states = main.iter().any(|found| found.kind == Word::Finite)
                && main.iter().any(|found| found.kind == Word::Done && found.first > first + 1);
            let adjective = [
                "secure", "complete", "separate", "close", "lower", "check", "scope", "request", "redirect", "restore",
                "start", "keep",
            ]
            .contains(&word.word.as_str())
                && found.last == first
                && states;
            let alone = found.last + 1 >= to;
            return (!noun && !adjective && !alone)
                .then(|| format!("the order `{}`", self.text.get(word.at.clone()).unwrap_or_default()));
        }
        if !self.doubtful {
            return None;
        }
        found?;
        let next = next?;
        let noun = next.depth > word.depth || NOUN_TAILS.contains(&next.word.as_str());
        let states = main.iter().any(|found| matches!(found.kind, Word::Done | Word::Finite | Word::Already));
        (!noun && !states).then(|| format!("the order `{}`", self.text.get(word.at.clone()).unwrap_or_default()))
    }
}

/// What a text says by itself, wherever it stands.
pub(super) fn say(text: &str) -> Option<Saying> {
    let tokens = super::tokens::tokens(text);
    let found = WORDS.scan(&tokens);
    Words { text, tokens: &tokens, found: &found, doubtful: true }.say(0, tokens.len())
}

/// The verb by which a heading orders (`Implement rotation`).
pub(super) fn order(heading: &str) -> Option<String> {
    let tokens = super::tokens::tokens(heading);
    let found = WORDS.scan(&tokens);
    let words = Words { text: heading, tokens: &tokens, found: &found, doubtful: false };
    words.order(0, tokens.len(), &found).map(|order| order.replace('`', "").replace("the order ", ""))
}

/// Whether a thing is one whose absence is the good state: `Public access`, but not `Block public access`.
pub(super) fn is_unwanted(thing: &str) -> bool {
    let tokens = super::tokens::tokens(thing);
    let found = WORDS.scan(&tokens);
    let words = Words { text: thing, tokens: &tokens, found: &found, doubtful: true };
    let last = tokens.last().is_some_and(|token| token.word == "public" || token.word == "öffentlich");
    last || found.iter().any(|found| words.is_without(found))
        || found.iter().any(|bad| matches!(bad.kind, Word::Bad | Word::Unwanted) && !words.is_countered(bad, &found))
}

/// The words by which a text gives a reason for an absence (`by design`).
pub(super) fn deliberate(text: &str) -> Option<String> {
    let tokens = super::tokens::tokens(text);
    let found = WORDS.scan(&tokens);
    let words = Words { text, tokens: &tokens, found: &found, doubtful: true };
    found.iter().find(|found| found.kind == Word::Deliberate).map(|found| words.quote(found))
}
