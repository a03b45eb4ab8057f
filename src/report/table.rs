//! The table for the terminal: what fails, by resource and worst first, with what to do; what could not be
//! established, each reason once; one closing line; and what became of the documents' claims.

use std::io::{self, Write};
use std::time::Duration;

use anstyle::Style;

use super::missing::{self, Missing, Reasons};
use super::paint::{ERROR, FAINT, GOOD, Paint, STRONG, columns, style_of, wrap};
use super::resources::{Failing, Worst};
use super::summary::{self, Accounts};
use super::{claims, command};
use crate::audit::AuditReport;
use crate::finding::Finding;
use crate::text;

/// How the table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableOptions {
    /// Columns of the terminal; what is below 40 or above 200 is taken for these.
    pub width: usize,
    /// Whether to colour.
    pub color: bool,
    /// Resources to show with what fails on them. The others are counted.
    pub most_resources: usize,
    /// Whether commands that mend something are shown whole, or those of several lines by their first.
    pub whole_fixes: bool,
    /// How long the audit took.
    pub elapsed: Option<Duration>,
}

impl Default for TableOptions {
    fn default() -> TableOptions {
        TableOptions { width: 100, color: false, most_resources: 20, whole_fixes: true, elapsed: None }
    }
}

/// Reasons shown for what is unknown. The others are counted.
const MOST_REASONS: usize = 10;

/// Columns before a finding's text: two blanks, a severity, two blanks.
const GUTTER: usize = 12;

/// Columns by which what belongs to the line above is indented.
const INDENT: usize = 2;

/// Writes the report as a table. Names and messages in it cannot steer the terminal; lines keep to the width but
/// for commands, which stay as they can be run.
///
/// # Errors
///
/// What `out` answers.
pub fn write_table(out: &mut dyn Write, report: &AuditReport, options: &TableOptions) -> io::Result<()> {
    let width = options.width.clamp(40, 200);
    let paint = Paint { color: options.color };
    let accounts = Accounts::of(&report.audit);
    Table { out, width, paint, whole_fixes: options.whole_fixes, accounts }.write(report, options)
}

struct Table<'a> {
    out: &'a mut dyn Write,
    width: usize,
    whole_fixes: bool,
    paint: Paint,
    accounts: Accounts<'a>,
}

impl Table<'_> {
    fn write(mut self, report: &AuditReport, options: &TableOptions) -> io::Result<()> {
        for missing in missing::accounts(report) {
            self.missing("error", &missing)?;
        }
        for skipped in summary::skipped(&report.audit) {
            self.text(FAINT, &skipped)?;
            writeln!(self.out)?;
        }
        let mut worst = Worst::new(options.most_resources);
        let mut reasons = Reasons::of(&report.audit.coverage);
        for findings in report.findings.accounts() {
            let findings = findings?;
            worst.add(&findings);
            reasons.add(&findings);
        }
        for resource in &worst.shown {
            self.resource(resource)?;
        }
        self.hidden(&worst)?;
        let reasons = reasons.tell(&self.accounts);
        for reason in reasons.iter().take(MOST_REASONS) {
            self.missing("unknown", reason)?;
        }
        if let Some(more) = reasons.len().checked_sub(MOST_REASONS).filter(|more| *more > 0) {
            let more = text::count(more as u64, "more reason");
            self.text(FAINT, &format!("{more} for unknown verdicts: `--format json` has them all"))?;
            writeln!(self.out)?;
        }
        if let Some(nothing) = summary::nothing_fails(&report.audit) {
            let totals = &report.audit.totals;
            let style = if totals.pass > 0 && totals.unknown == 0 { GOOD } else { STRONG };
            self.text(style, nothing)?;
        }
        let audit = &report.audit;
        let cost = summary::cost(audit, options.elapsed);
        self.text(STRONG, &format!("{} {} {cost}", summary::verdicts(&audit.totals), summary::extent(audit)))?;
        claims::write_table_summary(self.out, report, options)
    }

    fn resource(&mut self, resource: &Failing) -> io::Result<()> {
        let Some(first) = resource.findings.first() else { return Ok(()) };
        // The type comes first: a name at the beginning of a line could pass for a line of plumbline's own.
        let name = format!("{} {}", first.resource_type, first.resource_id);
        let place = format!("{}, {}", first.region, self.accounts.call(&first.account_id));
        let (name, place) = (text::line(&name), text::line(&place));
        if columns(&name) + 2 + columns(&place) <= self.width {
            writeln!(self.out, "{}  {}", self.paint.paint(STRONG, &name), self.paint.paint(FAINT, &place))?;
        } else {
            self.indented(STRONG, &name, 0)?;
            self.indented(FAINT, &place, INDENT)?;
        }
        for finding in &resource.findings {
            self.finding(finding)?;
        }
        writeln!(self.out)
    }

    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        let severity = finding.severity.as_str().to_uppercase();
        let lines = wrap(&finding.check, self.width - GUTTER);
        self.labelled(&format!("  {severity:8}  "), style_of(finding.severity), lines)?;
        self.labelled("", FAINT, wrap(&finding.message, self.width - GUTTER))?;
        let fix = if self.whole_fixes {
            command::layout(&finding.remediation, self.width - GUTTER)
        } else {
            command::brief(&finding.remediation, self.width - GUTTER)
        };
        self.labelled("      fix:  ", FAINT, fix)
    }

    /// Lines right of the gutter, with a label in it beside the first.
    fn labelled(&mut self, label: &str, style: Style, lines: Vec<String>) -> io::Result<()> {
        for (number, line) in lines.iter().filter(|line| !line.is_empty()).enumerate() {
            let label = if number == 0 { label } else { "" };
            let padding = " ".repeat(GUTTER - label.len());
            writeln!(self.out, "{}{padding}{line}", self.paint.paint(style, label))?;
        }
        Ok(())
    }

    fn hidden(&mut self, worst: &Worst) -> io::Result<()> {
        if worst.hidden == 0 {
            return Ok(());
        }
        let noun = if worst.shown.is_empty() { "resource" } else { "more resource" };
        let verb = if worst.hidden == 1 { "fails" } else { "fail" };
        let fails = summary::by_severity(&worst.hidden_fails);
        let resources = text::count(worst.hidden, noun);
        self.text(FAINT, &format!("{resources} {verb} ({fails}): `plumbline findings list` shows all"))?;
        writeln!(self.out)
    }

    fn missing(&mut self, word: &str, missing: &Missing) -> io::Result<()> {
        let label = format!("{word}: ");
        let style = if word == "error" { ERROR } else { STRONG };
        self.hanging(&label, style, &missing.what, 2)?;
        let parts = [("cause", &missing.cause), ("effect", &Some(missing.effect.clone())), ("help", &missing.help)];
        for (label, text) in parts {
            if let Some(text) = text {
                self.hanging(&format!("  {label}: "), FAINT, text, 4)?;
            }
        }
        writeln!(self.out)
    }

    /// Text behind a label, its further lines indented.
    fn hanging(&mut self, label: &str, style: Style, text: &str, indent: usize) -> io::Result<()> {
        // Wrapped together with the label, which has no blanks that could be broken at but its last.
        let head = label.trim();
        let lines = wrap(&format!("{head} {text}"), self.width - indent);
        for (number, line) in lines.iter().enumerate() {
            match line.strip_prefix(head) {
                Some(rest) if number == 0 => {
                    let blanks = &label[..label.len() - label.trim_start().len()];
                    writeln!(self.out, "{blanks}{}{rest}", self.paint.paint(style, head))?;
                }
                _ => writeln!(self.out, "{:indent$}{line}", "")?,
            }
        }
        Ok(())
    }

    /// Text whose first line is indented by `first`, and the others as far as all is.
    fn indented(&mut self, style: Style, text: &str, first: usize) -> io::Result<()> {
        for (number, line) in wrap(text, self.width - INDENT).iter().enumerate() {
            let indent = if number == 0 { first } else { INDENT };
            writeln!(self.out, "{:indent$}{}", "", self.paint.paint(style, line))?;
        }
        Ok(())
    }

    fn text(&mut self, style: Style, text: &str) -> io::Result<()> {
        for line in wrap(text, self.width) {
            writeln!(self.out, "{}", self.paint.paint(style, &line))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
