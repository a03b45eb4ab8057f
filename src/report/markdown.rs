//! A report in GitHub's Markdown, to commit or to paste. It holds no times but `as_of`, so that its differences
//! from one audit to the next are differences of the account.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::Range;
use std::sync::Arc;

use super::claims;
use super::json::pretty;
use super::missing::{self, Missing, Reasons};
use super::summary::{self, Accounts, several};
use crate::audit::{Audit, AuditReport, Spool, Totals};
use crate::finding::{Finding, Severity, Verdict};
use crate::text;

/// How the report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MarkdownOptions {
    /// Whether each finding shows the attributes that its check read, folded away.
    pub evidence: bool,
}

impl Default for MarkdownOptions {
    fn default() -> MarkdownOptions {
        MarkdownOptions { evidence: true }
    }
}

/// Writes the report as Markdown. Names and messages in it are shown as they are: they become neither markup nor
/// HTML, nor mentions of people.
///
/// # Errors
///
/// What `out` answers.
pub fn write_markdown(out: &mut dyn Write, report: &AuditReport, options: MarkdownOptions) -> io::Result<()> {
    Markdown { out, options, accounts: Accounts::of(&report.audit) }.write(report)
}

/// Bytes of written findings that stay in memory until their chapter's turn comes.
const IN_MEMORY: usize = 8 << 20;

/// What fails of one check.
#[derive(Debug)]
struct Chapter {
    title: Arc<str>,
    number: u64,
    /// The findings, written.
    parts: Vec<Range<u64>>,
}

struct Markdown<'a> {
    out: &'a mut dyn Write,
    options: MarkdownOptions,
    accounts: Accounts<'a>,
}

impl Markdown<'_> {
    fn write(mut self, report: &AuditReport) -> io::Result<()> {
        let audit = &report.audit;
        writeln!(self.out, "# plumbline audit\n")?;
        let version = escape(&audit.version);
        writeln!(self.out, "As of {}, by plumbline {version}. {}\n", audit.as_of, summary::extent(audit))?;
        self.totals(&audit.totals)?;
        self.accounts(audit)?;
        self.reasons("Could not be read", &missing::accounts(report))?;
        if let Some(nothing) = summary::nothing_fails(audit) {
            writeln!(self.out, "{nothing}\n")?;
        }
        let mut spool = Spool::new(IN_MEMORY);
        let mut chapters: BTreeMap<(Reverse<Severity>, Arc<str>), Chapter> = BTreeMap::new();
        let mut checks: BTreeMap<Arc<str>, Totals> = BTreeMap::new();
        checks.extend(audit.checks.iter().map(|check| (check.as_str().into(), Totals::default())));
        let mut reasons = Reasons::of(&audit.coverage);
        for findings in report.findings.accounts() {
            let findings = findings?;
            self.write_fails(&findings, &mut chapters, &mut spool)?;
            for finding in findings.iter() {
                checks.entry(finding.check.clone()).or_default().add(finding);
            }
            reasons.add(&findings);
        }
        for severity in Severity::ALL {
            self.severity(severity, &chapters, &mut spool)?;
        }
        self.reasons(&format!("Unknown ({})", audit.totals.unknown), &reasons.tell(&self.accounts))?;
        claims::write_markdown_summary(self.out, report)?;
        self.checks(&checks)?;
        writeln!(self.out, "{}", summary::cost(audit, None))
    }

    /// Writes what fails in an account, each finding to its chapter.
    fn write_fails(
        &self,
        findings: &[Finding],
        chapters: &mut BTreeMap<(Reverse<Severity>, Arc<str>), Chapter>,
        spool: &mut Spool,
    ) -> io::Result<()> {
        let mut failing: BTreeMap<_, Vec<&Finding>> = BTreeMap::new();
        for finding in findings.iter().filter(|finding| finding.verdict == Verdict::Fail) {
            failing.entry((Reverse(finding.severity), finding.check.clone())).or_default().push(finding);
        }
        for (place, findings) in failing {
            let mut written = Vec::new();
            findings.iter().try_for_each(|finding| self.finding(&mut written, finding))?;
            let title = || findings.first().map(|finding| finding.title.clone()).unwrap_or_default();
            let chapter =
                chapters.entry(place).or_insert_with(|| Chapter { title: title(), number: 0, parts: Vec::new() });
            chapter.number += findings.len() as u64;
            chapter.parts.push(spool.append(|out| out.write_all(&written))?);
        }
        Ok(())
    }

    fn totals(&mut self, totals: &Totals) -> io::Result<()> {
        writeln!(self.out, "| Verdict | Findings |\n|---|---:|")?;
        for severity in Severity::ALL {
            if let Some(number) = totals.fail_by_severity.get(&severity) {
                writeln!(self.out, "| fail, {severity} | {number} |")?;
            }
        }
        writeln!(self.out, "| fail | {} |", totals.fail)?;
        writeln!(self.out, "| unknown | {} |\n| pass | {} |\n", totals.unknown, totals.pass)
    }

    fn accounts(&mut self, audit: &Audit) -> io::Result<()> {
        if audit.accounts.is_empty() && audit.skipped.is_empty() {
            return Ok(());
        }
        writeln!(self.out, "| Account | Regions | Read |\n|---|---|---|")?;
        for account in &audit.accounts {
            let name = escape(&self.accounts.call(&account.account_id));
            let regions = escape(&several(account.regions.iter().map(String::as_str), 8));
            let is_read = if account.error.is_none() { "yes" } else { "no" };
            writeln!(self.out, "| {name} | {regions} | {is_read} |")?;
        }
        for skipped in &audit.skipped {
            let name = escape(&text::account(&skipped.account_id, skipped.name.as_deref()));
            writeln!(self.out, "| {name} | | no: {} |", escape(&skipped.reason))?;
        }
        writeln!(self.out)
    }

    fn severity(
        &mut self,
        severity: Severity,
        chapters: &BTreeMap<(Reverse<Severity>, Arc<str>), Chapter>,
        spool: &mut Spool,
    ) -> io::Result<()> {
        let of_severity = || chapters.iter().filter(|((Reverse(of), _), _)| *of == severity);
        let number: u64 = of_severity().map(|(_, chapter)| chapter.number).sum();
        if number == 0 {
            return Ok(());
        }
        writeln!(self.out, "## Failed, {severity} ({number})\n")?;
        for ((_, check), chapter) in of_severity() {
            writeln!(self.out, "### {}: {}\n", code(check), prose(&chapter.title))?;
            for part in &chapter.parts {
                spool.read(part, |text| io::copy(text, self.out))?;
            }
        }
        Ok(())
    }

    fn finding(&self, out: &mut dyn Write, finding: &Finding) -> io::Result<()> {
        let place = format!("{}, {}", finding.region, self.accounts.call(&finding.account_id));
        let (id, resource_type) = (code(&finding.resource_id), code(&finding.resource_type));
        let (place, message) = (escape(&place), prose(&finding.message));
        writeln!(out, "- **{id}** ({resource_type}, {place}): {message}\n")?;
        if !finding.remediation.is_empty() {
            fenced(out, "sh", &finding.remediation)?;
        }
        if self.options.evidence && !finding.evidence.is_empty() {
            writeln!(out, "  <details><summary>Evidence</summary>\n")?;
            fenced(out, "json", &pretty(&finding.evidence))?;
            writeln!(out, "  </details>\n")?;
        }
        Ok(())
    }

    fn reasons(&mut self, heading: &str, reasons: &[Missing]) -> io::Result<()> {
        if reasons.is_empty() {
            return Ok(());
        }
        writeln!(self.out, "## {heading}\n")?;
        for reason in reasons {
            writeln!(self.out, "- **{}**", prose(&reason.what))?;
            let effect = Some(&reason.effect).filter(|effect| !effect.is_empty());
            for (label, text) in [("cause", reason.cause.as_ref()), ("effect", effect), ("help", reason.help.as_ref())]
            {
                if let Some(text) = text {
                    writeln!(self.out, "  - {label}: {}", prose(text))?;
                }
            }
        }
        writeln!(self.out)
    }

    fn checks(&mut self, checks: &BTreeMap<Arc<str>, Totals>) -> io::Result<()> {
        if checks.is_empty() {
            return Ok(());
        }
        writeln!(self.out, "<details><summary>All checks</summary>\n")?;
        writeln!(self.out, "| Check | Fail | Unknown | Pass |\n|---|---:|---:|---:|")?;
        for (check, totals) in checks {
            writeln!(self.out, "| {} | {} | {} | {} |", code(check), totals.fail, totals.unknown, totals.pass)?;
        }
        writeln!(self.out, "\n</details>\n")
    }
}

/// A block of code within a list item, behind a fence that its text does not hold.
pub(super) fn fenced(out: &mut dyn Write, language: &str, text: &str) -> io::Result<()> {
    let fence = "`".repeat(longest_run(text, '`').max(2) + 1);
    writeln!(out, "  {fence}{language}")?;
    for line in text::lines(text) {
        let indent = if line.is_empty() { "" } else { "  " };
        writeln!(out, "{indent}{line}")?;
    }
    writeln!(out, "  {fence}\n")
}

/// Text in which GitHub sees no markup. It must not stand at the beginning of a line, where also digits and
/// dashes have a meaning.
pub(super) fn escape(text: &str) -> String {
    escape_marks(&text::line(text))
}

/// The same for sentences with names between backticks: these become code.
pub(super) fn prose(text: &str) -> String {
    let line = text::line(text);
    let parts: Vec<&str> = line.split('`').collect();
    let is_paired = parts.len() % 2 == 1 && parts.iter().skip(1).step_by(2).all(|name| !name.trim().is_empty());
    if !is_paired {
        return escape_marks(&line);
    }
    let is_name = |number: usize| number % 2 == 1;
    let parts = parts.iter().enumerate();
    parts.map(|(number, part)| if is_name(number) { code(part) } else { escape_marks(part) }).collect()
}

fn escape_marks(line: &str) -> String {
    let mut escaped = String::with_capacity(line.len());
    for c in line.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // An empty comment keeps it from being a mention.
            '@' => escaped.push_str("@<!-- -->"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '$' => escaped.extend(['\\', c]),
            _ => escaped.push(c),
        }
    }
    escaped
}

/// Text as code, also within a table and a link. A name of plain characters is a code span; for any other, HTML,
/// since a code span cannot hold all characters in all places.
pub(super) fn code(text: &str) -> String {
    let line = text::line(text);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || " -_.:/+=@,*".contains(c);
    if !line.is_empty() && line.chars().all(is_plain) {
        return format!("`{line}`");
    }
    let mut html = String::from("<code>");
    for c in line.chars() {
        match c {
            c if c.is_ascii_punctuation() => html.push_str(&format!("&#{};", u32::from(c))),
            c => html.push(c),
        }
    }
    html + "</code>"
}

fn longest_run(text: &str, of: char) -> usize {
    text.split(|c| c != of).map(str::len).max().unwrap_or_default()
}

#[cfg(test)]
mod tests;
