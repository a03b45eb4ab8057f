//! Tables of expectations, and the figures of a reading against them.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::AddAssign;
use std::path::{Path, PathBuf};

use plumbline_document::Claim;

/// The documents that the reader was made for.
const OWN: [&str; 5] = ["club-app", "edgars-mobile", "healthcare-tap", "mosaic-life", "wh-ephemeris"];

/// Where the documents are: `PLUMBLINE_DOCUMENTS` measures others than those that are kept here.
fn folder() -> PathBuf {
    let others = std::env::var_os("PLUMBLINE_DOCUMENTS").map(PathBuf::from);
    others.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents"))
}

/// The names of all documents.
pub fn names() -> impl Iterator<Item = String> {
    let mut names: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    names.into_iter()
}

/// The bytes of a document.
pub fn document(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(format!("{name}.md"))).unwrap()
}

/// A claim that a person found in a document.
#[derive(Debug)]
pub struct Expectation {
    pub lines: Vec<(usize, usize)>,
    pub claim: String,
    pub verdict: String,
    /// Sets of checks, each as right as the others.
    pub checks: Vec<BTreeSet<String>>,
}

impl Expectation {
    /// Whether a document is one that the reader was not made for.
    pub fn is_foreign(name: &str) -> bool {
        !OWN.contains(&name)
    }

    /// Whether a claim stands on one of its lines.
    fn stands_at(&self, claim: &Claim) -> bool {
        self.lines.iter().any(|lines| lines.0 <= claim.lines.1 && claim.lines.0 <= lines.1)
    }

    fn parse(row: &str) -> Expectation {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [lines, claim, verdict, _observable, checks, ..] = cells.as_slice() else { panic!("{row}") };
        let lines = lines.split(',').map(|range| {
            let (from, to) = range.trim().split_once('-').unwrap_or((range.trim(), range.trim()));
            (from.trim().parse().unwrap(), to.trim().parse().unwrap())
        });
        let sets = checks
            .split(" or ")
            .map(|set| set.split(',').map(|id| id.trim().to_owned()).filter(|id| !id.is_empty()).collect());
        Expectation {
            lines: lines.collect(),
            claim: (*claim).to_owned(),
            verdict: (*verdict).to_owned(),
            checks: sets.collect(),
        }
    }
}

/// The lines of a document on which a person found no claim.
pub fn lines_without_claims(name: &str) -> Vec<usize> {
    let text = std::fs::read_to_string(folder().join(format!("{name}.noclaim"))).unwrap();
    let ranges = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(|line| line.split([',', ' ']))
        .filter(|range| !range.is_empty());
    ranges
        .flat_map(|range| {
            let (from, to) = range.split_once('-').unwrap_or((range, range));
            from.parse::<usize>().unwrap()..=to.parse::<usize>().unwrap()
        })
        .collect()
}

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self
            .lines
            .iter()
            .map(|(from, to)| if from == to { from.to_string() } else { format!("{from}-{to}") })
            .collect();
        write!(f, "{} {} [{}] {:?}", lines.join(","), self.claim, self.verdict, self.checks)
    }
}

/// The claims that a person found in a document.
pub fn expectations(name: &str) -> Vec<Expectation> {
    let text = std::fs::read_to_string(folder().join(format!("{name}.expected"))).unwrap();
    text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()).map(Expectation::parse).collect()
}

/// How much of what was expected was read.
#[derive(Debug, Default, Clone, Copy)]
pub struct Figures {
    expected: usize,
    /// A claim that some check or attestation decides stands on one of its lines.
    found: usize,
    /// The verdict of the claim that fits best is the expected one.
    verdicts: usize,
    /// That claim's checks and the expected ones have some in common.
    checks: usize,
    /// Checks that were expected, and how many of these some claim on the lines has.
    ids: (usize, usize),
    /// Checks that were read on lines with expectations, and how many of these were expected there.
    read: (usize, usize),
}

impl Figures {
    /// Compares a reading with expectations.
    pub fn of(name: &str, claims: &[Claim], expectations: &[Expectation]) -> Figures {
        let mut figures = Figures::default();
        for expectation in expectations {
            let there: Vec<&Claim> =
                claims.iter().filter(|claim| expectation.stands_at(claim) && claim.is_mapped()).collect();
            figures.add(name, expectation, &there);
        }
        for claim in claims {
            let here: Vec<&Expectation> =
                expectations.iter().filter(|expectation| expectation.stands_at(claim)).collect();
            if !here.is_empty() {
                figures.read.0 += claim.checks.len();
                let expected = |id: &&String| {
                    here.iter().any(|expectation| expectation.checks.iter().any(|set| set.contains(*id)))
                };
                figures.read.1 += claim.checks.iter().filter(expected).count();
            }
        }
        figures
    }

    fn add(&mut self, name: &str, expectation: &Expectation, there: &[&Claim]) {
        self.expected += 1;
        let read: BTreeSet<&String> = there.iter().flat_map(|claim| &claim.checks).collect();
        let best_set =
            expectation.checks.iter().max_by_key(|set| set.iter().filter(|id| read.contains(id)).count()).unwrap();
        self.ids.0 += best_set.len();
        self.ids.1 += best_set.iter().filter(|id| read.contains(id)).count();
        let shared = |claim: &Claim| claim.checks.iter().filter(|id| best_set.contains(*id)).count();
        let Some(best) =
            there.iter().max_by_key(|claim| (shared(claim), claim.verdict.as_str() == expectation.verdict))
        else {
            say(&format!("MISSED  {name}:{expectation}"));
            return;
        };
        self.found += 1;
        let place = format!("{name}:{expectation}\n          read {} {:?} `{}`", best.verdict, best.checks, best.text);
        if shared(best) > 0 {
            self.checks += 1;
        } else {
            say(&format!("CHECKS  {place}"));
        }
        if best.verdict.as_str() == expectation.verdict {
            self.verdicts += 1;
        } else {
            let why =
                best.because.iter().filter(|because| because.decided == "verdict").map(|because| because.why.as_str());
            say(&format!("VERDICT {place}: {}", why.collect::<String>()));
        }
    }

    /// The share of the claims that were found.
    pub fn found(&self) -> f64 {
        share((self.expected, self.found))
    }

    /// The share of these whose verdict is right.
    pub fn verdicts(&self) -> f64 {
        share((self.found, self.verdicts))
    }

    /// The share of these whose checks are right.
    pub fn checks(&self) -> f64 {
        share((self.found, self.checks))
    }
}

/// What went wrong, for whoever looks into it: `PLUMBLINE_MISSES=1 cargo test -- --nocapture`.
fn say(text: &str) {
    if std::env::var_os("PLUMBLINE_MISSES").is_some() {
        println!("{text}");
    }
}

fn share((of, part): (usize, usize)) -> f64 {
    part as f64 / of.max(1) as f64
}

impl AddAssign for Figures {
    fn add_assign(&mut self, other: Figures) {
        self.expected += other.expected;
        self.found += other.found;
        self.verdicts += other.verdicts;
        self.checks += other.checks;
        self.ids = (self.ids.0 + other.ids.0, self.ids.1 + other.ids.1);
        self.read = (self.read.0 + other.read.0, self.read.1 + other.read.1);
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:4} claims: found {:5.1} %, verdict right {:5.1} %, checks right {:5.1} %; of all ids {:5.1} % read, of those read {:5.1} % expected",
            self.expected,
            100.0 * self.found(),
            100.0 * self.verdicts(),
            100.0 * self.checks(),
            100.0 * share(self.ids),
            100.0 * share(self.read),
        )
    }
}
