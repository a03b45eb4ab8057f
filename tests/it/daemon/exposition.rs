//! Prometheus's text format: read by a parser of it, and held to the rules of `promtool check metrics` that a parser lets pass.

use std::collections::{BTreeMap, BTreeSet};

use prometheus_parse::{HistogramCount, Sample, Scrape, Value};

type Labels = BTreeMap<String, String>;

/// The samples by name and labels.
#[derive(Debug)]
pub struct Metrics(BTreeMap<(String, Labels), f64>);

impl Metrics {
    /// Reads a text, and fails on whatever the format does not allow.
    pub fn parse(text: &str) -> Metrics {
        assert!(text.ends_with('\n'), "the last line ends");
        let kinds = kinds(text);
        let scrape = Scrape::parse(text.lines().map(|line| Ok(line.to_owned()))).unwrap();
        let mut samples = BTreeMap::new();
        for sample in scrape.samples {
            let labels: Labels = sample.labels.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
            for (name, labels, value) in flat(&sample, &labels, &kinds) {
                assert!(samples.insert((name, labels), value).is_none(), "twice: {sample:?}");
            }
        }
        // A parser passes over what it does not understand.
        let lines = text.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(samples.len(), lines, "a line is no sample:\n{text}");
        Metrics(samples)
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
}

/// The kinds of the metrics: each has a help and then a kind, once, and its name says which kind.
fn kinds(text: &str) -> BTreeMap<&str, &str> {
    let mut kinds = BTreeMap::new();
    let mut helped = BTreeSet::new();
    let mut last = "";
    for line in text.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, help) = help.split_once(' ').expect(line);
            assert!(!help.is_empty() && helped.insert(name), "{line}");
            last = name;
        } else if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').expect(line);
            assert_eq!(name, last, "the type follows its help");
            assert_eq!(name.ends_with("_total"), kind == "counter", "{line}");
            assert!(kinds.insert(name, kind).is_none(), "{line}");
        } else {
            let family = line.strip_prefix(last).unwrap_or_else(|| panic!("{line} in {last}"));
            let suffix = &family[..family.find(['{', ' ']).expect(line)];
            let allowed: &[&str] = if kinds[last] == "histogram" { &["_bucket", "_sum", "_count"] } else { &[""] };
            assert!(allowed.contains(&suffix), "{line} in {last}");
        }
    }
    kinds
}

/// The lines of a sample: a histogram has one for each bucket.
fn flat(sample: &Sample, labels: &Labels, kinds: &BTreeMap<&str, &str>) -> Vec<(String, Labels, f64)> {
    let name = sample.metric.clone();
    let kind = kinds.get(name.as_str()).copied();
    match &sample.value {
        Value::Counter(value) => {
            assert!(kind == Some("counter") && *value >= 0.0, "{sample:?}");
            vec![(name, labels.clone(), *value)]
        }
        Value::Gauge(value) => {
            assert_eq!(kind, Some("gauge"), "{sample:?}");
            vec![(name, labels.clone(), *value)]
        }
        // The sum and the count of a histogram.
        Value::Untyped(value) => vec![(name, labels.clone(), *value)],
        Value::Histogram(buckets) => {
            assert_eq!(kind, Some("histogram"), "{sample:?}");
            assert!(buckets.windows(2).all(|pair| rises(&pair[0], &pair[1])), "{sample:?}");
            assert!(buckets.last().is_some_and(|last| last.less_than.is_infinite()), "{sample:?}");
            let line = |bucket: &HistogramCount| {
                let mut labels = labels.clone();
                labels.insert("le".to_owned(), bucket.less_than.to_string());
                (format!("{name}_bucket"), labels, bucket.count)
            };
            buckets.iter().map(line).collect()
        }
        Value::Summary(_) => panic!("{sample:?}"),
    }
}

fn rises(bucket: &HistogramCount, next: &HistogramCount) -> bool {
    bucket.less_than < next.less_than && bucket.count <= next.count
}
