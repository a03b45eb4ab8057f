//! Documents and their claims as JSON: one object a document, and in it one entry for each place where a claim stands.

use std::io::{self, Write};

use jiff::Timestamp;
use plumbline_document::{Lines, Observable, Reading, Selector, Stance};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::ser::{CompactFormatter, PrettyFormatter};
use serde_json::{Map, Value as Json};

use super::advice::remediation;
use super::document::DocumentReport;
use super::scorecard::Scorecard;
use crate::claim::{CheckOutcome, Conflict, Outcome, ReconciledClaim};
use crate::report::json::write_value;

/// A document, as `plumbline claims report --format json` writes it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JsonDocument<'d> {
    /// The document's name: that of its file.
    pub document: &'d str,
    /// What became of its claims, in its order: one entry for each place where a claim stands.
    pub claims: Vec<JsonClaim<'d>>,
    /// What the document calls itself.
    pub title: &'d str,
    /// The twelve-digit id of the account that it was held against.
    pub account_id: &'d str,
    /// The time that the audit measured ages against; null where it is not known.
    #[schemars(with = "Option<String>")]
    pub as_of: Option<Timestamp>,
    /// Its claims, counted; whatever `claims` leaves out.
    pub scorecard: Scorecard,
    /// Claims that clash with one another, or with those of another document.
    pub conflicts: &'d [Conflict],
}

/// A claim at one place.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JsonClaim<'d> {
    /// Where it stands: the first line and the last.
    pub lines: Lines,
    /// What it says.
    pub text: &'d str,
    /// What the document says of it.
    pub verdict: Stance,
    /// Who can see whether it holds; null where nothing decides it.
    pub observable: Option<Observable>,
    /// The checks and attestations that decide it.
    pub checks: &'d [String],
    /// The resources that it speaks of.
    pub selector: &'d Selector,
    /// The values that it states.
    pub params: &'d Map<String, Json>,
    /// What the audit makes of it.
    pub outcome: Outcome,
    /// The live values behind it, by resource id: what `results` have, put together.
    pub evidence: Map<String, Json>,
    /// Since when it has this outcome; null where the store does not know it.
    #[schemars(with = "Option<String>")]
    pub since: Option<Timestamp>,
    /// What names it in commands.
    pub id: &'d str,
    /// The headings above it, the outermost first.
    pub headings: &'d [String],
    /// Why it has this outcome, in a sentence.
    pub reason: &'d str,
    /// What each check says, in the order of `checks`.
    pub results: &'d [CheckOutcome],
    /// How to get to the state that it asserts or asks for; empty where nothing is to be done.
    pub remediation: &'d str,
}

impl<'d> JsonDocument<'d> {
    /// A document with the claims of some outcomes, or with all where none is given.
    pub fn of(report: &'d DocumentReport, outcomes: &[Outcome]) -> JsonDocument<'d> {
        let outcome = &report.outcome;
        let claims = outcome.claims.iter().filter(|claim| outcomes.is_empty() || outcomes.contains(&claim.outcome));
        let mut claims: Vec<JsonClaim<'d>> = claims.flat_map(|claim| places(claim, report)).collect();
        claims.sort_by_key(|claim| claim.lines);
        JsonDocument {
            document: &outcome.document,
            claims,
            title: &outcome.title,
            account_id: &outcome.account_id,
            as_of: report.as_of,
            scorecard: Scorecard::of(&outcome.claims, outcome.conflicts.len()),
            conflicts: &outcome.conflicts,
        }
    }
}

fn places<'d>(claim: &'d ReconciledClaim, report: &'d DocumentReport) -> impl Iterator<Item = JsonClaim<'d>> {
    claim.lines.iter().map(move |lines| JsonClaim {
        lines: *lines,
        text: &claim.text,
        verdict: claim.verdict,
        observable: claim.observable,
        checks: &claim.checks,
        selector: &claim.selector,
        params: &claim.params,
        outcome: claim.outcome,
        evidence: evidence(claim),
        since: report.since(claim),
        id: &claim.id,
        headings: &claim.headings,
        reason: &claim.reason,
        results: &claim.results,
        remediation: remediation(claim),
    })
}

/// The evidence of all checks, by resource id.
pub(super) fn evidence(claim: &ReconciledClaim) -> Map<String, Json> {
    let mut all: Map<String, Json> = Map::new();
    for (resource, values) in claim.results.iter().flat_map(|result| &result.evidence) {
        match (all.get_mut(resource), values) {
            (Some(Json::Object(known)), Json::Object(values)) => known.extend(values.clone()),
            (Some(known), values) => known.clone_from(values),
            (None, values) => drop(all.insert(resource.clone(), values.clone())),
        }
    }
    all
}

/// Writes documents as indented JSON: one as an object, several as a list of objects.
///
/// # Errors
///
/// What `out` answers.
pub fn write_claims_json(out: &mut dyn Write, reports: &[DocumentReport], outcomes: &[Outcome]) -> io::Result<()> {
    let documents: Vec<JsonDocument<'_>> = reports.iter().map(|report| JsonDocument::of(report, outcomes)).collect();
    match documents.as_slice() {
        [document] => write_value(out, document, PrettyFormatter::new())?,
        documents => write_value(out, &documents, PrettyFormatter::new())?,
    }
    out.write_all(b"\n")
}

/// Writes documents as lines of JSON, an object each.
///
/// # Errors
///
/// What `out` answers.
pub fn write_claims_ndjson(out: &mut dyn Write, reports: &[DocumentReport], outcomes: &[Outcome]) -> io::Result<()> {
    for report in reports {
        write_value(out, &JsonDocument::of(report, outcomes), CompactFormatter)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// Writes what was read in documents: one as an indented object, several as a list, or with `one_each` a line each.
///
/// # Errors
///
/// What `out` answers.
pub fn write_readings_json(out: &mut dyn Write, readings: &[&Reading], one_each: bool) -> io::Result<()> {
    match readings {
        readings if one_each => {
            for reading in readings {
                write_value(out, reading, CompactFormatter)?;
                out.write_all(b"\n")?;
            }
            return Ok(());
        }
        [reading] => write_value(out, reading, PrettyFormatter::new())?,
        readings => write_value(out, &readings, PrettyFormatter::new())?,
    }
    out.write_all(b"\n")
}

/// The JSON schema of what was read in one document.
pub fn reading_schema() -> Json {
    schemars::schema_for!(Reading).to_value()
}

/// The JSON schema of one document, as [`write_claims_json`] writes it.
pub fn schema() -> Json {
    schemars::schema_for!(JsonDocument<'static>).to_value()
}
