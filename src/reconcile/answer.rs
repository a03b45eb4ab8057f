//! What one check says of the resources that a claim speaks of.

use serde_json::{Map, Value as Json};

use crate::claim::{CheckOutcome, Held};
use crate::finding::{Finding, Verdict};

/// The most resources that evidence shows, and that a message names.
const SHOWN: usize = 5;

/// Whether something holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// It could not be established.
    Unknown,
    /// There is nothing to hold it against.
    NotApplicable,
}

/// Findings of one verdict: how many there are, and the first few.
#[derive(Debug, Default)]
struct Findings {
    count: u64,
    first: Vec<Finding>,
}

impl Findings {
    fn add(&mut self, finding: Finding) {
        self.count += 1;
        if self.first.len() < SHOWN {
            self.first.push(finding);
        }
    }
}

/// What a check says, or an attestation, or why neither can.
#[derive(Debug, Default)]
pub struct Answer {
    /// The check's id, or the attestation's.
    pub id: String,
    title: String,
    pass: Findings,
    fail: Findings,
    unknown: Findings,
    not_applicable: u64,
    /// What is named and does not exist, in sentences.
    absent: Vec<String>,
    /// Why something could not be established, beside the findings.
    unread: Vec<String>,
    /// Why there is nothing to judge.
    nothing: String,
}

impl Answer {
    /// An answer that nothing has gone into yet.
    pub fn new(id: &str, title: &str) -> Answer {
        Answer { id: id.to_owned(), title: title.to_owned(), ..Answer::default() }
    }

    /// An answer that cannot be given.
    pub fn unknown(id: &str, reason: impl Into<String>) -> Answer {
        Answer { unread: vec![reason.into()], ..Answer::new(id, id) }
    }

    /// Adds what the check says of a resource; nothing where it does not apply.
    pub fn add(&mut self, finding: Option<Finding>) {
        match finding {
            None => self.not_applicable += 1,
            Some(finding) => match finding.verdict {
                Verdict::Pass => self.pass.add(finding),
                Verdict::Fail => self.fail.add(finding),
                Verdict::Unknown => self.unknown.add(finding),
            },
        }
    }

    /// Adds that something that is named does not exist.
    pub fn add_absent(&mut self, message: String) {
        self.absent.push(message);
    }

    /// Adds why something could not be established.
    pub fn add_unread(&mut self, reason: String) {
        if !self.unread.contains(&reason) {
            self.unread.push(reason);
        }
    }

    /// Says why there is nothing to judge, should that be so in the end.
    pub fn set_nothing(&mut self, message: String) {
        self.nothing = message;
    }

    /// Whether the check holds, or with `negated` its opposite, for every resource.
    pub fn holds(&self, negated: bool) -> Holds {
        let pass = self.pass.count > 0;
        let fail = self.fail.count > 0 || !self.absent.is_empty();
        let (good, bad) = if negated { (fail, pass) } else { (pass, fail) };
        if bad {
            Holds::No
        } else if self.is_unknown() {
            Holds::Unknown
        } else if good {
            Holds::Yes
        } else {
            Holds::NotApplicable
        }
    }

    fn is_unknown(&self) -> bool {
        self.unknown.count > 0 || !self.unread.is_empty()
    }

    /// Whether all that it speaks of does not exist.
    pub fn is_all_absent(&self) -> bool {
        !self.absent.is_empty() && self.pass.count + self.fail.count == 0 && !self.is_unknown()
    }

    fn held(&self) -> Held {
        if self.fail.count > 0 {
            Held::Fail
        } else if !self.absent.is_empty() {
            Held::Absent
        } else {
            match self.holds(false) {
                Holds::Unknown => Held::Unknown,
                Holds::Yes => Held::Pass,
                Holds::No | Holds::NotApplicable => Held::NotApplicable,
            }
        }
    }

    /// What was seen of what passes: the good state, and where.
    pub fn passing(&self) -> String {
        let names: Vec<&str> = self.pass.first.iter().take(2).map(|finding| &*finding.resource_id).collect();
        let more = self.pass.count - names.len() as u64;
        let names = names.join(", ");
        if more == 0 { format!("{}: {names}", self.title) } else { format!("{}: {names} and {more} more", self.title) }
    }

    /// What was seen of what fails or does not exist.
    pub fn failing(&self) -> String {
        let messages = self.fail.first.iter().map(|finding| finding.message.as_str());
        let count = self.fail.count as usize + self.absent.len();
        sentences(messages.chain(self.absent.iter().map(String::as_str)), count)
    }

    /// Why something could not be established.
    pub fn unread(&self) -> impl Iterator<Item = &str> {
        let of_findings = self.unknown.first.iter();
        let of_findings = of_findings.map(|f| f.reason.as_ref().map_or(f.message.as_str(), |reason| &reason.message));
        self.unread.iter().map(String::as_str).chain(of_findings)
    }

    /// Why there is nothing to judge.
    pub fn nothing(&self) -> &str {
        &self.nothing
    }

    /// The answer as the audit reports it.
    pub fn report(&self, negated: bool) -> CheckOutcome {
        let held = self.held();
        let message = match held {
            Held::Pass => self.passing(),
            Held::Fail | Held::Absent => self.failing(),
            Held::Unknown => each_once(self.unread()),
            Held::NotApplicable => self.nothing.clone(),
        };
        // Where the claim says that the check fails, nobody needs to be told how to make it pass.
        let remediation =
            if negated { None } else { self.fail.first.first().map(|finding| finding.remediation.clone()) };
        let mut evidence: Map<String, Json> = Map::new();
        let ordered =
            if negated { [&self.pass, &self.fail, &self.unknown] } else { [&self.fail, &self.unknown, &self.pass] };
        for finding in ordered.into_iter().flat_map(|some| &some.first).filter(|f| !f.is_for_unlisted()).take(SHOWN) {
            let id =
                if evidence.contains_key(&*finding.resource_id) { &finding.resource_arn } else { &finding.resource_id };
            evidence.insert(id.to_string(), Json::Object(finding.evidence.attributes()));
        }
        CheckOutcome {
            check: self.id.clone(),
            held,
            message,
            remediation: remediation.unwrap_or_default(),
            evidence,
            resources: self.pass.count + self.fail.count + self.unknown.count,
        }
    }
}

/// Sentences, each once.
pub fn each_once<'a>(all: impl Iterator<Item = &'a str>) -> String {
    let mut once: Vec<&str> = Vec::new();
    for sentence in all {
        if !once.contains(&sentence) {
            once.push(sentence);
        }
    }
    once.join("; ")
}

/// The first sentences, and how many there are besides.
fn sentences<'a>(all: impl Iterator<Item = &'a str>, count: usize) -> String {
    const SENTENCES: usize = 3;
    let first: Vec<&str> = all.take(SENTENCES).collect();
    match count - first.len() {
        0 => first.join("; "),
        more => format!("{}; and {more} more", first.join("; ")),
    }
}
