//! A strict reader of Prometheus's text format: what it accepts, Prometheus and `promtool check metrics` accept.

use std::collections::{BTreeMap, BTreeSet};

type Labels = BTreeMap<String, String>;

/// The samples by name and labels.
#[derive(Debug)]
pub struct Metrics(BTreeMap<(String, Labels), f64>);

impl Metrics {
    /// Reads a text, and fails on whatever the format does not allow.
    pub fn parse(text: &str) -> Metrics {
        assert!(text.ends_with('\n'), "the last line ends");
        let mut samples = BTreeMap::new();
        let mut families = BTreeSet::new();
        let mut family: Option<(String, String)> = None;
        let mut helped = String::new();
        for line in text.lines() {
            if let Some(help) = line.strip_prefix("# HELP ") {
                let (name, help) = help.split_once(' ').expect(line);
                assert!(is_name(name) && !help.is_empty(), "{line}");
                assert!(families.insert(name.to_owned()), "{name} stands twice");
                helped = name.to_owned();
                family = None;
            } else if let Some(kind) = line.strip_prefix("# TYPE ") {
                let (name, kind) = kind.split_once(' ').expect(line);
                assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
                assert_eq!(name, helped, "the type follows its help");
                assert_eq!(name.ends_with("_total"), kind == "counter", "{line}");
                family = Some((name.to_owned(), kind.to_owned()));
            } else {
                let (name, labels, value) = sample(line);
                let (family, kind) = family.as_ref().unwrap_or_else(|| panic!("no type before {line}"));
                let suffix = name.strip_prefix(family.as_str()).unwrap_or_else(|| panic!("{line} in {family}"));
                let suffixes: &[&str] = if kind == "histogram" { &["_bucket", "_sum", "_count"] } else { &[""] };
                assert!(suffixes.contains(&suffix), "{line}");
                assert_eq!(suffix == "_bucket", labels.contains_key("le"), "{line}");
                assert!(kind == "gauge" || value >= 0.0, "{line}");
                assert!(samples.insert((name, labels), value).is_none(), "twice: {line}");
            }
        }
        Metrics(samples).with_rising_buckets()
    }

    /// One sample.
    pub fn value(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let labels = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.0.get(&(name.to_owned(), labels)).copied()
    }

    /// The sum of all samples with at least these labels.
    pub fn sum(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let has = |all: &Labels| labels.iter().all(|(name, value)| all.get(*name).is_some_and(|known| known == value));
        self.0.iter().filter(|((known, all), _)| known == name && has(all)).map(|(_, value)| value).sum()
    }

    fn with_rising_buckets(self) -> Metrics {
        let mut buckets: BTreeMap<&str, Vec<(f64, f64)>> = BTreeMap::new();
        for ((name, labels), value) in &self.0 {
            if let Some(name) = name.strip_suffix("_bucket") {
                let end = labels["le"].replace("+Inf", "inf").parse().unwrap();
                buckets.entry(name).or_default().push((end, *value));
            }
        }
        for (name, mut ends) in buckets {
            ends.sort_by(|a, b| a.0.total_cmp(&b.0));
            assert!(ends.windows(2).all(|pair| pair[0].1 <= pair[1].1), "{name} falls: {ends:?}");
            let (end, all) = ends.last().unwrap();
            assert!(end.is_infinite() && Some(*all) == self.value(&format!("{name}_count"), &[]), "{name}");
        }
        self
    }
}

fn sample(line: &str) -> (String, Labels, f64) {
    let (name, rest) = line.split_at(line.find(['{', ' ']).expect(line));
    assert!(is_name(name), "{line}");
    let mut labels = Labels::new();
    let mut rest = rest;
    if let Some(inner) = rest.strip_prefix('{') {
        rest = inner;
        loop {
            let (label, after) = rest.split_once("=\"").expect(line);
            assert!(is_name(label) && !label.contains(':'), "{line}");
            let (value, after) = quoted(after, line);
            assert!(labels.insert(label.to_owned(), value).is_none(), "{line}");
            match after.strip_prefix(',') {
                Some(more) => rest = more,
                None => {
                    rest = after.strip_prefix('}').expect(line);
                    break;
                }
            }
        }
    }
    let value = rest.strip_prefix(' ').expect(line).parse().expect(line);
    (name.to_owned(), labels, value)
}

fn quoted<'t>(text: &'t str, line: &str) -> (String, &'t str) {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (value, &text[at + 1..]),
            '\\' => value.push(match characters.next().expect(line).1 {
                'n' => '\n',
                escaped @ ('\\' | '"') => escaped,
                _ => panic!("an unknown escape: {line}"),
            }),
            other => value.push(other),
        }
    }
    panic!("a label without an end: {line}")
}

fn is_name(text: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    text.chars().all(word) && text.starts_with(|c: char| !c.is_ascii_digit() && word(c))
}
