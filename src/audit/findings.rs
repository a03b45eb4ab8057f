//! The findings of an audit, account by account. Those of a few accounts stay in memory; of hundreds they lie in a temporary
//! file, and whoever needs them has one account's at a time.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::io::{self, BufRead, Write};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::ser::{Error as _, SerializeSeq};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Totals;
use super::spool::{Spool, SpoolError};
use crate::finding::{Evidence, Finding, Reason, Severity, Verdict};
use crate::inventory::Gap;

/// Bytes of findings that stay in memory.
const IN_MEMORY: usize = 8 << 20;

/// Findings in a fixed order: account, Region, type, resource, check.
#[derive(Debug)]
pub struct Findings {
    accounts: BTreeMap<Arc<str>, OfAccount>,
    /// Bytes of those in memory, roughly, and how many these may be.
    held: usize,
    most_held: usize,
    spool: Option<Mutex<Spool>>,
}

#[derive(Debug)]
struct OfAccount {
    totals: Totals,
    kept: Kept,
}

#[derive(Debug)]
enum Kept {
    Held(Vec<Finding>),
    Spooled(Range<u64>),
}

impl Default for Findings {
    fn default() -> Findings {
        Findings::holding(IN_MEMORY)
    }
}

impl Findings {
    /// None so far. What comes goes to a temporary file when it is more than about `most_held` bytes.
    pub fn holding(most_held: usize) -> Findings {
        Findings { accounts: BTreeMap::new(), held: 0, most_held, spool: None }
    }

    /// Adds findings, best all of an account at once. Accounts may come in any order.
    ///
    /// # Errors
    ///
    /// There is no room for them on the disk, or they cannot be written there.
    pub fn push(&mut self, findings: Vec<Finding>) -> Result<(), SpoolError> {
        for (account_id, mut findings) in by_account(findings) {
            if let Some(known) = self.accounts.remove(&account_id) {
                findings.extend(self.take(known)?);
                findings.sort_by(|a, b| a.order().cmp(&b.order()));
                findings.dedup();
            }
            self.hold(account_id, findings);
        }
        if self.held > self.most_held { self.spill() } else { Ok(()) }
    }

    /// Each account's findings, by account.
    pub fn accounts(&self) -> impl Iterator<Item = Result<Cow<'_, [Finding]>, SpoolError>> {
        self.accounts.values().map(|account| match &account.kept {
            Kept::Held(findings) => Ok(Cow::Borrowed(findings.as_slice())),
            Kept::Spooled(part) => self.read(part).map(Cow::Owned),
        })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        let totals = self.totals();
        usize::try_from(totals.pass + totals.fail + totals.unknown).unwrap_or(usize::MAX)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many there are of each verdict and severity.
    pub fn totals(&self) -> Totals {
        self.accounts.values().fold(Totals::default(), |sum, account| sum.and(&account.totals))
    }

    /// Keeps the findings for which `keep` is true.
    ///
    /// # Errors
    ///
    /// They cannot be read back, or what is kept cannot be written.
    pub fn retain(&mut self, mut keep: impl FnMut(&Finding) -> bool) -> Result<(), SpoolError> {
        let mut kept = Findings::holding(self.most_held);
        while let Some((_, account)) = self.accounts.pop_first() {
            let mut findings = self.take(account)?;
            findings.retain(&mut keep);
            kept.push(findings)?;
        }
        *self = kept;
        Ok(())
    }

    fn hold(&mut self, account_id: Arc<str>, findings: Vec<Finding>) {
        self.held += findings.iter().map(size).sum::<usize>();
        let totals = Totals::of(&findings);
        self.accounts.insert(account_id, OfAccount { totals, kept: Kept::Held(findings) });
    }

    fn take(&mut self, account: OfAccount) -> Result<Vec<Finding>, SpoolError> {
        match account.kept {
            Kept::Held(findings) => {
                self.held -= findings.iter().map(size).sum::<usize>();
                Ok(findings)
            }
            Kept::Spooled(part) => self.read(&part),
        }
    }

    /// Puts what is in memory into the file.
    fn spill(&mut self) -> Result<(), SpoolError> {
        let spool = self.spool.get_or_insert_with(|| Mutex::new(Spool::new(0)));
        let spool = spool.get_mut().unwrap_or_else(PoisonError::into_inner);
        for account in self.accounts.values_mut() {
            if let Kept::Held(findings) = &account.kept {
                account.kept = Kept::Spooled(spool.append(|out| write_rows(findings, out))?);
            }
        }
        self.held = 0;
        Ok(())
    }

    fn read(&self, part: &Range<u64>) -> Result<Vec<Finding>, SpoolError> {
        let Some(spool) = &self.spool else { return Ok(Vec::new()) };
        spool.lock().unwrap_or_else(PoisonError::into_inner).read(part, read_rows)
    }
}

impl From<Vec<Finding>> for Findings {
    /// All of them in memory.
    fn from(findings: Vec<Finding>) -> Findings {
        let mut held = Findings::holding(usize::MAX);
        for (account_id, findings) in by_account(findings) {
            held.hold(account_id, findings);
        }
        held
    }
}

impl PartialEq for Findings {
    fn eq(&self, other: &Findings) -> bool {
        let equal = |(one, other)| matches!((one, other), (Ok(one), Ok(other)) if Cow::eq(&one, &other));
        self.accounts.len() == other.accounts.len() && self.accounts().zip(other.accounts()).all(equal)
    }
}

impl Serialize for Findings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.len()))?;
        for findings in self.accounts() {
            let findings = findings.map_err(|error| S::Error::custom(error.explained()))?;
            findings.iter().try_for_each(|finding| list.serialize_element(finding))?;
        }
        list.end()
    }
}

impl<'de> Deserialize<'de> for Findings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Findings, D::Error> {
        Vec::<Finding>::deserialize(deserializer).map(Findings::from)
    }
}

impl JsonSchema for Findings {
    fn schema_name() -> Cow<'static, str> {
        Vec::<Finding>::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Vec::<Finding>::json_schema(generator)
    }

    fn inline_schema() -> bool {
        Vec::<Finding>::inline_schema()
    }
}

/// The findings of each account, in order.
fn by_account(findings: Vec<Finding>) -> BTreeMap<Arc<str>, Vec<Finding>> {
    let mut accounts: BTreeMap<Arc<str>, Vec<Finding>> = BTreeMap::new();
    match findings.first().map(|first| first.account_id.clone()) {
        // They mostly come as one account's: those of a big one are not copied.
        Some(account_id) if findings.iter().all(|finding| finding.account_id == account_id) => {
            accounts.insert(account_id, findings);
        }
        _ => {
            for finding in findings {
                accounts.entry(finding.account_id.clone()).or_default().push(finding);
            }
        }
    }
    for findings in accounts.values_mut() {
        if !findings.is_sorted_by(|a, b| a.order() <= b.order()) {
            findings.sort_by(|a, b| a.order().cmp(&b.order()));
        }
    }
    accounts
}

/// About the memory that a finding takes. Its names are shared with others.
fn size(finding: &Finding) -> usize {
    let reason = finding.reason.as_ref();
    let gaps = reason.map_or(0, |reason| reason.message.len() + reason.gaps.len() * size_of::<Gap>());
    let text = finding.message.len() + finding.evidence.as_json().len() + finding.remediation.len();
    size_of::<Finding>() + text + gaps
}

/// A finding in the file: as in reports, but for the evidence, whose text need not be taken apart and put together again.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Finding")]
struct Row {
    check: Arc<str>,
    title: Arc<str>,
    severity: Severity,
    verdict: Verdict,
    account_id: Arc<str>,
    region: Arc<str>,
    resource_type: Arc<str>,
    resource_id: Arc<str>,
    resource_arn: Arc<str>,
    message: String,
    #[serde(serialize_with = "evidence_text", deserialize_with = "evidence_of_text")]
    evidence: Evidence,
    reason: Option<Reason>,
    remediation: String,
}

#[derive(Serialize)]
struct Written<'a>(#[serde(with = "Row")] &'a Finding);

#[derive(Deserialize)]
struct Read(#[serde(with = "Row")] Finding);

fn evidence_text<S: Serializer>(evidence: &Evidence, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(evidence.as_json())
}

fn evidence_of_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Evidence, D::Error> {
    Box::<str>::deserialize(deserializer).map(Evidence::from_json)
}

fn write_rows(findings: &[Finding], out: &mut impl Write) -> io::Result<()> {
    for finding in findings {
        serde_json::to_writer(&mut *out, &Written(finding))?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// Reads findings line by line. What they have in common is kept once, as it was before they were written.
fn read_rows(lines: &mut dyn BufRead) -> io::Result<Vec<Finding>> {
    let mut findings: Vec<Finding> = Vec::new();
    let mut names: HashSet<Arc<str>> = HashSet::new();
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line)? > 0 {
        let Read(mut finding) = serde_json::from_slice(&line)?;
        line.clear();
        let Finding { check, title, account_id, region, resource_type, .. } = &mut finding;
        for name in [check, title, account_id, region, resource_type] {
            match names.get(name) {
                Some(known) => *name = known.clone(),
                None => _ = names.insert(name.clone()),
            }
        }
        // The findings of a resource follow each other.
        if let Some(before) = findings.last().filter(|before| before.resource_arn == finding.resource_arn) {
            finding.resource_arn = before.resource_arn.clone();
        }
        if let Some(before) = findings.last().filter(|before| before.resource_id == finding.resource_id) {
            finding.resource_id = before.resource_id.clone();
        }
        findings.push(finding);
    }
    Ok(findings)
}

#[cfg(test)]
mod tests;
