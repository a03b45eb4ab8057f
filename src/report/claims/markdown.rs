//! Documents as GitHub's Markdown.

use std::io::{self, Write};

use super::advice::{Advice, advice};
use super::document::{DocumentReport, below, date, lines};
use super::json::evidence;
use super::scorecard::Scorecard;
use crate::audit::AuditReport;
use crate::claim::{Conflict, Outcome, ReconciledClaim};
use crate::report::json::pretty;
use crate::report::markdown::{code, escape, fenced, prose};
use crate::report::summary::Accounts;

/// Writes documents: for each a scorecard, its claims under its headings, and what clashes.
///
/// # Errors
///
/// What `out` answers.
pub fn write_claims_markdown(out: &mut dyn Write, reports: &[DocumentReport], outcomes: &[Outcome]) -> io::Result<()> {
    for (at, report) in reports.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        writeln!(out, "# {}\n", escape(&report.name()))?;
        head(out, report)?;
        let mut under: &[String] = &[];
        for (at, claim) in report.claims(outcomes).into_iter().enumerate() {
            if at == 0 || claim.headings != under {
                under = &claim.headings;
                let below = below(under, &report.outcome.title);
                if !below.is_empty() {
                    writeln!(out, "## {}\n", escape(&below.join(" > ")))?;
                }
            }
            self::claim(out, claim, report, true)?;
        }
        conflicts(out, &report.outcome.conflicts)?;
    }
    Ok(())
}

/// Writes the documents of an audit into its report: what is contradicted and what is closed in full, the rest counted.
pub(in crate::report) fn write_summary(out: &mut dyn Write, report: &AuditReport) -> io::Result<()> {
    let accounts = Accounts::of(&report.audit);
    for document in &report.documents {
        let account = accounts.name(&document.account_id).map(str::to_owned);
        let document = DocumentReport { account, ..DocumentReport::from(document.clone()) };
        writeln!(out, "## Document {}\n", escape(&document.name()))?;
        head(out, &document)?;
        for outcome in [Outcome::Contradicted, Outcome::Closed] {
            for claim in document.claims(&[outcome]) {
                self::claim(out, claim, &document, outcome == Outcome::Contradicted)?;
            }
        }
        conflicts(out, &document.outcome.conflicts)?;
    }
    Ok(())
}

fn head(out: &mut dyn Write, report: &DocumentReport) -> io::Result<()> {
    let card = Scorecard::of(&report.outcome.claims, report.outcome.conflicts.len());
    let held = report.held_against();
    writeln!(out, "{}. {}.\n", capital(&escape(&held)), card.coverage_in_words())?;
    writeln!(out, "| Outcome | Claims |\n|---|---:|")?;
    for outcome in Outcome::ALL {
        writeln!(out, "| {outcome} | {} |", card.count(outcome))?;
    }
    writeln!(out)
}

fn claim(out: &mut dyn Write, claim: &ReconciledClaim, report: &DocumentReport, advise: bool) -> io::Result<()> {
    let since = report.since(claim).map(|since| format!(" since {}", date(since))).unwrap_or_default();
    let line = if matches!(claim.lines.as_slice(), [one] if one.0 == one.1) { "line" } else { "lines" };
    let (outcome, says, place) = (claim.outcome, prose(&claim.text), lines(&claim.lines));
    writeln!(out, "- **{outcome}**{since}: {says} ({line} {place})\n")?;
    if !claim.reason.trim().is_empty() {
        writeln!(out, "  {}\n", prose(&claim.reason))?;
    }
    match if advise { advice(claim) } else { Advice::None } {
        Advice::None => {}
        Advice::Words(words) if claim.outcome == Outcome::Unattested => writeln!(out, "  {}\n", code(&words))?,
        Advice::Words(words) => writeln!(out, "  {}.\n", prose(&capital(&words)))?,
        Advice::Command(fix) => fenced(out, "sh", fix)?,
    }
    let evidence = evidence(claim);
    if advise && !evidence.is_empty() {
        writeln!(out, "  <details><summary>Evidence</summary>\n")?;
        fenced(out, "json", &pretty(&evidence))?;
        writeln!(out, "  </details>\n")?;
    }
    Ok(())
}

fn conflicts(out: &mut dyn Write, conflicts: &[Conflict]) -> io::Result<()> {
    if conflicts.is_empty() {
        return Ok(());
    }
    writeln!(out, "### Claims that clash\n")?;
    for conflict in conflicts {
        writeln!(out, "- {}", prose(&capital(&conflict.message)))?;
        for side in [&conflict.one, &conflict.other] {
            writeln!(out, "  - {}: {}", code(&format!("{}:{}", side.document, side.lines)), prose(&side.text))?;
        }
    }
    writeln!(out)
}

/// A text that begins a sentence; one that begins with code stays.
fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}
