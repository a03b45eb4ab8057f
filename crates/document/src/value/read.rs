//! Reading values from a text.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde_json::{Value as Json, json};

use super::quantity::Quantity;

/// A value that a text states.
#[derive(Debug, Clone, PartialEq)]
pub struct Stated {
    /// What it is.
    pub quantity: Quantity,
    /// The value: a number, a text or a list.
    pub value: Json,
    /// The bytes of the text that state it.
    pub span: Range<usize>,
}

/// How one kind of value is written. The first that matches a place has it.
struct Pattern {
    /// The signs without which it matches nothing.
    needs: u8,
    regex: Regex,
    quantity: Quantity,
    read: fn(&Captures<'_>) -> Option<Json>,
}

const DIGIT: u8 = 1;
const DOT: u8 = 1 << 1;
const SLASH: u8 = 1 << 2;
const COLON: u8 = 1 << 3;
const DASH: u8 = 1 << 4;
/// A dollar sign or `USD`.
const MONEY: u8 = 1 << 5;
/// A digit, or the word of a number.
const NUMBER: u8 = 1 << 6;

static NUMBER_WORD: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new("(?i-u)one|two|three|four|five|six|seven|eight|nine|ten|twelve").ok());

/// The signs that a text has.
fn signs(text: &str) -> u8 {
    let of_byte = |byte: &u8| match byte {
        b'0'..=b'9' => DIGIT,
        b'.' => DOT,
        b'/' => SLASH,
        b':' => COLON,
        b'-' => DASH,
        b'$' => MONEY,
        _ => 0,
    };
    let mut signs = text.as_bytes().iter().fold(0, |signs, byte| signs | of_byte(byte));
    if !text.is_ascii() && text.chars().any(char::is_numeric) {
        signs |= DIGIT;
    }
    if text.as_bytes().windows(3).any(|three| three.eq_ignore_ascii_case(b"usd")) {
        signs |= MONEY;
    }
    if signs & DIGIT != 0 || NUMBER_WORD.as_ref().is_some_and(|word| word.is_match(text)) {
        signs |= NUMBER;
    }
    signs
}

/// What reads the value of a match.
type Reads = fn(&Captures<'_>) -> Option<Json>;

static PATTERNS: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    let number = r"(?P<n>\d+(?:[.,]\d+)?|one|two|three|four|five|six|seven|eight|nine|ten|twelve)";
    let day = r"\d\d:\d\d";
    let week = r"(?:mon|tue|wed|thu|fri|sat|sun)";
    let zone = r"[a-z]{2}(?:-[a-z]+)+-\d[a-z]";
    let table: Vec<(u8, String, Quantity, Reads)> = vec![
        (DIGIT | DOT | SLASH, r"\b(?P<t>\d{1,3}(?:\.\d{1,3}){3}/\d{1,2})\b".into(), Quantity::Cidr, text),
        (DIGIT | COLON, format!(r"(?i)\b(?P<t>{week}:{day}\s*(?:-|–|to)\s*{week}:{day})"), Quantity::Window, window),
        (DIGIT | COLON, format!(r"(?i)\b(?P<t>{week}:{day}\s*(?:-|–|to)\s*{day})"), Quantity::Window, window),
        (DIGIT | COLON, format!(r"(?P<t>\b{day}\s*(?:-|–|to)\s*{day})"), Quantity::Window, window),
        (DIGIT | DASH, format!(r"\b(?P<t>{zone}(?:\s*(?:,|and|&|/|\+)\s*(?:{zone}|\d?[a-z])\b)*)"), Quantity::Zones, zones),
        (DIGIT | DASH, r"\b(?P<t>(?:us|eu|ap|ca|sa|me|af|il|mx|cn)(?:-gov)?-(?:north|south|east|west|central|northeast|southeast|northwest|southwest)-\d)\b".into(), Quantity::Region, text),
        (DOT, r"\b(?P<t>(?:db|cache)\.[a-z0-9]+\.[a-z0-9]+|[a-z]\d[a-z]{0,3}\.(?:nano|micro|small|medium|\d*x?large|metal))\b".into(), Quantity::Class, class),
        (MONEY | NUMBER, format!(r"(?i)(?:\$|usd\s*){number}\s*(?:-|–|to)\s*\$?(?P<m>\d+(?:\.\d+)?)"), Quantity::Dollars, dollar_range),
        (MONEY | NUMBER, format!(r"(?i)(?:\$|usd\s*){number}"), Quantity::Dollars, number_of),
        (NUMBER, format!(r"(?i){number}\s*%|(?i)\b{}\s*percent\b", number.replace("?P<n>", "?P<m>")), Quantity::Percent, percent),
        (NUMBER, format!(r"(?i)\b{number}[\s-]*(?P<u>days?|weeks?|months?|years?)\b"), Quantity::Days, days),
        (DIGIT, r"(?i)\b(?P<n>\d+)(?P<u>d)\b".to_string(), Quantity::Days, days),
        (NUMBER, format!(r"(?i)\b{number}[\s-]*(?P<u>hours?|hrs?)\b"), Quantity::Hours, number_of),
        (DIGIT, r"(?i)\b(?P<n>\d+)(?P<u>h)\b".into(), Quantity::Hours, number_of),
        (NUMBER, format!(r"(?i)\b{number}[\s-]*(?P<u>seconds?|secs?|minutes?|mins?)\b"), Quantity::Seconds, seconds),
        (DIGIT, r"(?i)\b(?P<n>\d+)(?P<u>s)\b".into(), Quantity::Seconds, seconds),
        (DIGIT, r"(?i)\b(?P<n>\d+(?:\.\d+)?)\s*(?P<u>GiB|GB|TiB|TB)\b".into(), Quantity::Gigabytes, gigabytes),
        (DIGIT, r"(?i)\bports?\s*:?\s*(?P<n>\d{2,5})\b".into(), Quantity::Port, number_of),
        (DIGIT, r"(?i)\b(?:tcp|udp|https?)\s*[:/(]\s*(?P<n>\d{2,5})\b".into(), Quantity::Port, number_of),
        (DIGIT, r"(?i)\b(?:v|version\s*:?\s*)(?P<t>\d+(?:\.\d+)*)\b".into(), Quantity::Version, text),
        (DIGIT | DOT, r"(?P<w>\p{L}[\p{L}\d]*|\d)[\s/:,(]+v?(?P<t>\d+\.\d+(?:\.\d+)?)\b".into(), Quantity::Version, version),
        (SLASH, r"(?:^|[\s(`])(?P<t>/[A-Za-z][\w./-]*)".into(), Quantity::Path, text),
        (NUMBER, format!(r"(?i)(?:^|[\s(×x:=><≥≤]){number}(?:[\s),;.:×x]|$)"), Quantity::Count, whole),
    ];
    let patterns = table.into_iter();
    // A pattern that does not compile would be found by the test below.
    patterns
        .filter_map(|(needs, regex, quantity, read)| {
            Some(Pattern { needs, regex: Regex::new(&regex).ok()?, quantity, read })
        })
        .collect()
});

/// The values that a text states, in its order.
pub fn stated(text: &str) -> Vec<Stated> {
    let signs = signs(text);
    // By where they begin; none overlaps another.
    let mut found: BTreeMap<usize, Stated> = BTreeMap::new();
    for pattern in PATTERNS.iter().filter(|pattern| signs & pattern.needs == pattern.needs) {
        for captures in pattern.regex.captures_iter(text) {
            let group = captures.name("t").or_else(|| captures.name("n")).or_else(|| captures.name("m"));
            let (Some(whole), Some(group)) = (captures.get(0), group) else { continue };
            let span = group.start()..whole.end().max(group.end());
            let taken = found.range(..span.end).next_back().is_some_and(|(_, other)| span.start < other.span.end);
            if !taken && let Some(value) = (pattern.read)(&captures) {
                found.insert(span.start, Stated { quantity: pattern.quantity, value, span });
            }
        }
    }
    found.into_values().collect()
}

fn text(captures: &Captures<'_>) -> Option<Json> {
    Some(captures.name("t")?.as_str().into())
}

/// The number behind a product's name; behind these it counts chapters, or protocols.
fn version(captures: &Captures<'_>) -> Option<Json> {
    const NO_PRODUCT: [&str; 14] = [
        "cis", "section", "control", "chapter", "step", "phase", "item", "no", "rule", "tls", "ssl", "to", "of", "and",
    ];
    let product = captures.name("w")?.as_str().to_lowercase();
    if NO_PRODUCT.contains(&product.as_str()) { None } else { text(captures) }
}

/// A class, and no host's name.
fn class(captures: &Captures<'_>) -> Option<Json> {
    let text = captures.name("t")?.as_str();
    (!text.contains("amazonaws")).then(|| text.into())
}

fn number(text: &str) -> Option<f64> {
    let words = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    let lower = text.to_lowercase();
    match words.iter().position(|word| *word == lower) {
        Some(at) => Some((at + 1) as f64),
        None if lower == "twelve" => Some(12.0),
        None => lower.replace(',', ".").parse().ok(),
    }
}

/// A number as JSON, whole where it is.
fn to_json(number: f64) -> Json {
    if number.fract() == 0.0 && number.abs() < 1e15 { json!(number as i64) } else { json!(number) }
}

fn number_of(captures: &Captures<'_>) -> Option<Json> {
    number(captures.name("n")?.as_str()).map(to_json)
}

fn percent(captures: &Captures<'_>) -> Option<Json> {
    number(captures.name("n").or_else(|| captures.name("m"))?.as_str()).map(to_json)
}

fn whole(captures: &Captures<'_>) -> Option<Json> {
    let number = number(captures.name("n")?.as_str())?;
    (number.fract() == 0.0).then(|| to_json(number))
}

fn dollar_range(captures: &Captures<'_>) -> Option<Json> {
    let low = number(captures.name("n")?.as_str())?;
    let high = number(captures.name("m")?.as_str())?;
    Some(json!([to_json(low), to_json(high)]))
}

fn days(captures: &Captures<'_>) -> Option<Json> {
    let number = number(captures.name("n")?.as_str())?;
    let unit = captures.name("u")?.as_str().to_lowercase();
    let days = match unit.trim_end_matches('s') {
        "week" => 7.0,
        "month" => 30.0,
        "year" => 365.0,
        _ => 1.0,
    };
    Some(to_json(number * days))
}

fn seconds(captures: &Captures<'_>) -> Option<Json> {
    let number = number(captures.name("n")?.as_str())?;
    let unit = captures.name("u")?.as_str().to_lowercase();
    Some(to_json(if unit.starts_with('m') { number * 60.0 } else { number }))
}

fn gigabytes(captures: &Captures<'_>) -> Option<Json> {
    let number = number(captures.name("n")?.as_str())?;
    let unit = captures.name("u")?.as_str().to_lowercase();
    Some(to_json(if unit.starts_with('t') { number * 1024.0 } else { number }))
}

fn window(captures: &Captures<'_>) -> Option<Json> {
    let text = captures.name("t")?.as_str().to_lowercase().replace(['–'], "-").replace("to", "-");
    Some(text.split_whitespace().collect::<String>().into())
}

/// `us-east-1a, 1b` and `us-east-1a/b` are two zones.
fn zones(captures: &Captures<'_>) -> Option<Json> {
    let text = captures.name("t")?.as_str();
    let mut zones: Vec<String> = Vec::new();
    for part in text.split([',', '&', '/', '+', ' ']).map(str::trim).filter(|part| !part.is_empty() && *part != "and") {
        let zone = match zones.first() {
            Some(first) if part.len() <= 2 => format!("{}{part}", &first[..first.len().saturating_sub(part.len())]),
            _ => part.to_owned(),
        };
        if !zones.contains(&zone) {
            zones.push(zone);
        }
    }
    Some(zones.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_patterns_compile() {
        assert_eq!(PATTERNS.len(), 23);
    }

    #[test]
    fn values_are_read_with_their_units() {
        for (text, quantity, value) in [
            ("Automated backups (7-day retention)", Quantity::Days, json!(7)),
            ("kept for two weeks", Quantity::Days, json!(14)),
            ("7 years → Delete", Quantity::Days, json!(2555)),
            ("Duration: 3 hours (window)", Quantity::Hours, json!(3)),
            ("1-minute granularity", Quantity::Seconds, json!(60)),
            ("Interval: 30 seconds", Quantity::Seconds, json!(30)),
            ("Target CPU: 70%", Quantity::Percent, json!(70)),
            ("Desired Count: 1", Quantity::Count, json!(1)),
            ("only one NAT gateway", Quantity::Count, json!(1)),
            ("Allocated Storage: 100 GB", Quantity::Gigabytes, json!(100)),
            ("Inbound: Port 5432 from the ECS group", Quantity::Port, json!(5432)),
            ("Port: 5432", Quantity::Port, json!(5432)),
            ("CIDR 10.0.0.0/16", Quantity::Cidr, json!("10.0.0.0/16")),
            ("PostgreSQL 16.4", Quantity::Version, json!("16.4")),
            ("EKS v1.30", Quantity::Version, json!("1.30")),
            ("us-east-1a, us-east-1b", Quantity::Zones, json!(["us-east-1a", "us-east-1b"])),
            ("eu-west-1a/b", Quantity::Zones, json!(["eu-west-1a", "eu-west-1b"])),
            ("in eu-central-1.", Quantity::Region, json!("eu-central-1")),
            ("db.t4g.medium", Quantity::Class, json!("db.t4g.medium")),
            ("m5.2xlarge", Quantity::Class, json!("m5.2xlarge")),
            ("03:00-04:00 UTC", Quantity::Window, json!("03:00-04:00")),
            ("sun:04:00-05:00 UTC", Quantity::Window, json!("sun:04:00-05:00")),
            ("Path: /health", Quantity::Path, json!("/health")),
            ("costs $30-40 a month", Quantity::Dollars, json!([30, 40])),
        ] {
            let found = stated(text);
            assert!(
                found.iter().any(|stated| stated.quantity == quantity && stated.value == value),
                "{text}: {found:?}"
            );
        }
    }

    #[test]
    fn a_number_with_a_unit_is_no_count() {
        assert!(stated("7 days").iter().all(|stated| stated.quantity != Quantity::Count));
        assert!(stated("10.0.0.0/16").iter().all(|stated| stated.quantity == Quantity::Cidr));
    }
}
