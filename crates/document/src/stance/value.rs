//! Whether a text states a concrete value: a number with its unit, a class, a version, a block of addresses, a name.

use super::tokens::{Before, Token, clip, tokens};
use super::words::{COUNTED, NAMES_WITH_NUMBERS, NUMERALS};

/// The first concrete value of a text. Numbers that belong to names (`Route 53`, `S3`, `AES-256`) are none.
pub(super) fn concrete(text: &str) -> Option<String> {
    let text = clip(text, 0);
    let tokens = tokens(text);
    tokens.iter().enumerate().find_map(|(at, token)| {
        let before = at.checked_sub(1).and_then(|at| tokens.get(at));
        let next = tokens.get(at + 1);
        let value =
            is_value(text, token, before, next) && !is_heading_number(text, at, token, next) && !is_since(&tokens, at)
                || is_rhythm(&tokens, at)
                || is_span(&tokens, at);
        value.then(|| {
            let end = next
                .filter(|next| COUNTED.contains(&next.word.as_str()) && next.before == Before::Nothing)
                .map_or(token.at.end, |next| next.at.end);
            text.get(token.at.start..end).unwrap_or_default().to_owned()
        })
    })
}

/// The first concrete value of a cell of evidence: dates say when somebody looked.
pub(super) fn measured(cell: &str) -> Option<String> {
    let text = clip(cell, 0);
    let tokens = tokens(text);
    let (first, rest) = tokens.split_first()?;
    if let Some(name) = named(text) {
        return Some(name.to_owned());
    }
    // `PubliclyAccessible=false`
    if let Some((key, value)) = text.split_once('=')
        && !key.ends_with(' ')
        && !value.starts_with(' ')
    {
        return Some(text.split(' ').next().unwrap_or_default().to_owned());
    }
    tokens.iter().enumerate().find_map(|(at, token)| {
        let before = at.checked_sub(1).and_then(|at| tokens.get(at));
        let next = tokens.get(at + 1);
        let digit = token.word.starts_with(|c: char| c.is_ascii_digit());
        let percent = text.get(token.at.end..).is_some_and(|rest| rest.trim_start().starts_with('%'));
        let counted = digit
            && is_value(text, token, before, next)
            && !is_date(&tokens, at)
            && !percent
            && !(rest.is_empty() && first.word.contains('.'));
        counted.then(|| {
            text.get(token.at.start..next.map_or(token.at.end, |next| next.at.end)).unwrap_or_default().to_owned()
        })
    })
}

/// `3.5 How are keys stored?`: the number of a question or a section at the front.
fn is_heading_number(text: &str, at: usize, token: &Token, next: Option<&Token>) -> bool {
    at == 0
        && token.word.contains('.')
        && token.word.chars().all(|c| c.is_ascii_digit() || c == '.')
        && next.and_then(|next| text.get(next.at.clone())).is_some_and(|next| next.starts_with(char::is_uppercase))
}

const MONTHS: &[&str] = &[
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "sept",
    "oct",
    "nov",
    "dec",
    "january",
    "february",
    "march",
    "april",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// A number that is part of a date: `14 Jun`, `2025-11`, `since 2023`.
fn is_date(tokens: &[Token], at: usize) -> bool {
    let word = |at: Option<usize>| at.and_then(|at| tokens.get(at)).map_or("", |token| token.word.as_str());
    let this = word(Some(at));
    let month = |word: &str| MONTHS.contains(&word);
    let year = |word: &str| word.len() == 4 && (word.starts_with("20") || word.starts_with("19"));
    let beside = month(word(at.checked_sub(1))) || month(word(Some(at + 1)));
    let of_year = year(word(at.checked_sub(1))) || year(word(at.checked_sub(2)));
    beside || year(this) || of_year && this.len() == 2
}

/// `since 2023`, `in March 2021`: when something began is no value of it.
fn is_since(tokens: &[Token], at: usize) -> bool {
    let before =
        |back: usize| at.checked_sub(back).and_then(|at| tokens.get(at)).map_or("", |token| token.word.as_str());
    let since = |word: &str| matches!(word, "since" | "seit" | "depuis" | "desde" | "dal" | "sinds");
    is_date(tokens, at) && (1..=3).any(|back| since(before(back)))
}

/// `16 integration tests`: how much was tested is evidence, and no value of the thing.
fn tells_of_tests(text: &str, number: &Token) -> bool {
    let rest = text.get(number.at.end..).unwrap_or_default();
    rest.split([' ', ')', ',', ';', '.']).filter(|word| !word.is_empty()).take(4).any(|word| {
        let word = word.trim_end_matches(':');
        word.eq_ignore_ascii_case("tests") || word.eq_ignore_ascii_case("test")
    })
}

/// `kept for a year`, `within an hour`.
fn is_span(tokens: &[Token], at: usize) -> bool {
    let word = |at: usize| tokens.get(at).map_or("", |token| token.word.as_str());
    at > 0
        && matches!(word(at), "a" | "an" | "one")
        && matches!(word(at + 1), "hour" | "day" | "week" | "month" | "quarter" | "year")
        && matches!(word(at - 1), "for" | "within" | "after" | "of" | "about")
}

/// A Region or an alias of a key (`us-west-2`, `alias/data`).
fn named(cell: &str) -> Option<&str> {
    cell.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric())).find(|word| {
        let mut parts = word.split('-');
        let (first, last) = (parts.next().unwrap_or_default(), parts.next_back().unwrap_or_default());
        let region = first.len() == 2
            && (3..=4).contains(&word.split('-').count())
            && matches!(last.as_bytes(), [digit] if digit.is_ascii_digit())
            && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        region || word.starts_with("alias/")
    })
}

/// `rotates yearly`, `replaced every year`: the rhythm of a change is its value.
fn is_rhythm(tokens: &[Token], at: usize) -> bool {
    let Some(token) = tokens.get(at) else { return false };
    let before = at.checked_sub(1).and_then(|at| tokens.get(at)).map_or("", |token| token.word.as_str());
    let rhythm = matches!(
        token.word.as_str(),
        "yearly" | "annually" | "monthly" | "weekly" | "quarterly" | "jährlich" | "monatlich"
    ) || matches!(token.word.as_str(), "year" | "month" | "week" | "quarter" | "an" | "jahr")
        && matches!(before, "every" | "a" | "per" | "each" | "par" | "pro" | "jedes");
    rhythm
        && tokens.iter().any(|token| {
            ["rotat", "rotier", "turns", "renew", "replaced", "changed"].iter().any(|stem| token.word.starts_with(stem))
        })
}

fn is_value(text: &str, token: &Token, before: Option<&Token>, next: Option<&Token>) -> bool {
    let word = token.word.as_str();
    let counted = || next.is_some_and(|next| COUNTED.contains(&next.word.as_str()) && next.before == Before::Nothing);
    // `single-region`: a kind of design, no count.
    if word == "single" && next.is_some_and(|next| next.word == "region") {
        return false;
    }
    if NUMERALS.contains(&word) {
        return counted();
    }
    if word.starts_with(|c: char| c.is_ascii_digit()) {
        let named = before.is_some_and(|before| {
            token.before == Before::Nothing
                && (NAMES_WITH_NUMBERS.contains(&before.word.as_str()) || is_glued(text, before, token))
        });
        let percent = text.get(token.at.end..).is_some_and(|rest| rest.starts_with('%'));
        let says_all = word == "24/7" || percent && word == "100";
        return !named && !tells_of_tests(text, token) && !says_all;
    }
    is_name(text, token)
}

/// `AES-256`: the number hangs on letters by a hyphen.
fn is_glued(text: &str, before: &Token, token: &Token) -> bool {
    text.get(before.at.end..token.at.start) == Some("-") && before.word.chars().all(char::is_alphabetic)
}

/// A class, a version, an ARN, a path: letters and digits joined by signs.
fn is_name(text: &str, token: &Token) -> bool {
    let word = token.word.as_str();
    let digits = word.chars().any(|c| c.is_ascii_digit());
    let joined = word.contains('.') || word.contains(':') || word.contains('_') && digits;
    if joined && digits {
        return true;
    }
    // A lower-case name in parts, one of them with a digit or three at least: `us-east-1a`, `shop-prod-db`.
    let rest = text.get(token.at.start..).unwrap_or_default();
    let name: &str =
        rest.split(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')).next().unwrap_or_default();
    let starts = !text.get(..token.at.start).is_some_and(|before| before.ends_with('-'));
    let parts = name.split('-').filter(|part| !part.is_empty()).count();
    starts
        && name.len() > token.word.len()
        && ((parts >= 3 && !is_prose(name)) || (parts >= 2 && has_numbered_part(name)))
}

/// Whether a part of a name is letters and then digits (`us-east-1a`), or digits.
fn has_numbered_part(name: &str) -> bool {
    name.split('-').skip(1).any(|part| part.starts_with(|c: char| c.is_ascii_digit()) && name.split('-').count() > 2)
}

/// `point-in-time`, `end-to-end`, `up-to-date`: words of prose joined by hyphens.
fn is_prose(name: &str) -> bool {
    name.split('-').any(|part| {
        [
            "in", "to", "of", "the", "and", "by", "at", "on", "non", "least", "or", "per", "up", "self", "not", "a",
            "for", "out", "as", "is", "with", "day", "time",
        ]
        .contains(&part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_seen() {
        for (text, value) in [
            ("7-day retention", "7-day"),
            ("kept for 35 days", "35 days"),
            ("Instance class db.t4g.medium", "db.t4g.medium"),
            ("VPC 10.0.0.0/16", "10.0.0.0/16"),
            ("a single NAT gateway", "single NAT"),
            ("in eu-west-1", "eu"),
            ("Engine 16.4", "16.4"),
        ] {
            assert_eq!(concrete(text).as_deref(), Some(value), "{text}");
        }
    }

    #[test]
    fn numbers_in_names_are_no_values() {
        for text in [
            "Route 53 zones",
            "S3 buckets",
            "AES-256 encryption",
            "SOC 2 controls",
            "point-in-time recovery",
            "100% coverage",
            "EC2",
            "Aurora Serverless v2",
        ] {
            assert_eq!(concrete(text), None, "{text}");
        }
    }
}
