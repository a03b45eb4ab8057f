//! Documents for the terminal.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::advice::{Advice, advice};
use super::document::{DocumentReport, below, date, lines};
use super::scorecard::Scorecard;
use crate::claim::{Conflict, ConflictSide, Outcome, ReconciledClaim};
use crate::report::command;
use crate::report::paint::{ERROR, FAINT, GOOD, Paint, STRONG, wrap};
use crate::text;

/// How documents are written for the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimsOptions {
    /// Columns of the terminal; what is below 40 or above 200 is taken for these.
    pub width: usize,
    /// Whether to colour.
    pub color: bool,
    /// The outcomes whose claims are shown; all where there are none. The scorecard counts all.
    pub outcomes: Vec<Outcome>,
    /// Whether commands that mend something are shown whole, or those of several lines by their first.
    pub whole_fixes: bool,
}

impl Default for ClaimsOptions {
    fn default() -> ClaimsOptions {
        ClaimsOptions { width: 100, color: false, outcomes: Vec::new(), whole_fixes: true }
    }
}

/// Columns before a claim's text: two blanks, an outcome, two blanks.
const GUTTER: usize = 16;

/// Writes documents: for each a scorecard, its claims under its headings, and what clashes.
///
/// # Errors
///
/// What `out` answers.
pub fn write_claims_table(out: &mut dyn Write, reports: &[DocumentReport], options: &ClaimsOptions) -> io::Result<()> {
    let mut table = ClaimsTable::new(out, options.width, options.color, options.whole_fixes);
    for (at, report) in reports.iter().enumerate() {
        if at > 0 {
            writeln!(table.out)?;
        }
        table.document(report, &options.outcomes)?;
    }
    Ok(())
}

pub(super) struct ClaimsTable<'a> {
    pub(super) out: &'a mut dyn Write,
    width: usize,
    paint: Paint,
    whole_fixes: bool,
    gutter: usize,
}

impl<'a> ClaimsTable<'a> {
    pub(super) fn new(out: &'a mut dyn Write, width: usize, color: bool, whole_fixes: bool) -> ClaimsTable<'a> {
        ClaimsTable { out, width: width.clamp(40, 200), paint: Paint { color }, whole_fixes, gutter: GUTTER }
    }

    /// The same with another number of columns before texts.
    pub(super) fn with_gutter(self, gutter: usize) -> ClaimsTable<'a> {
        ClaimsTable { gutter, ..self }
    }

    /// A text in lines right of the gutter.
    pub(super) fn wrapped(&self, text: &str) -> Vec<String> {
        wrap(text, self.width - self.gutter)
    }

    fn document(&mut self, report: &DocumentReport, outcomes: &[Outcome]) -> io::Result<()> {
        self.head(report)?;
        let claims = report.claims(outcomes);
        let mut under: &[String] = &[];
        for (at, claim) in claims.iter().enumerate() {
            if at == 0 || claim.headings != under {
                under = &claim.headings;
                writeln!(self.out)?;
                self.text(STRONG, &below(under, &report.outcome.title).join(" > "))?;
            }
            self.claim(claim, report, true)?;
        }
        self.conflicts(&report.outcome.conflicts)?;
        if claims.iter().any(|claim| claim.outcome == Outcome::Closed) {
            writeln!(self.out)?;
            self.text(
                FAINT,
                &format!("`plumbline claims annotate {} --diff` ticks what is closed", report.outcome.document),
            )?;
        }
        Ok(())
    }

    /// The document, what it was held against, and its claims counted.
    pub(super) fn head(&mut self, report: &DocumentReport) -> io::Result<()> {
        let card = Scorecard::of(&report.outcome.claims, report.outcome.conflicts.len());
        self.text(STRONG, &report.name())?;
        self.text(FAINT, &report.held_against())?;
        let style = match (card.count(Outcome::Contradicted), card.count(Outcome::Confirmed)) {
            (0, 1..) => GOOD,
            (0, 0) => STRONG,
            _ => ERROR,
        };
        self.text(style, &card.outcomes_in_words())?;
        self.text(FAINT, &card.coverage_in_words())
    }

    /// A claim with its outcome, why, since when, and what to do where that is wanted.
    pub(super) fn claim(&mut self, claim: &ReconciledClaim, report: &DocumentReport, advise: bool) -> io::Result<()> {
        let outcome = match claim.outcome {
            Outcome::Contradicted => claim.outcome.words().to_uppercase(),
            other => other.words().to_owned(),
        };
        let says = format!("{}: {}", lines(&claim.lines), claim.text);
        self.labelled(&format!("  {outcome:12}  "), style_of(claim.outcome), self.wrapped(&says))?;
        let since = report.since(claim).map(|since| format!("since {}: ", date(since))).unwrap_or_default();
        let why = format!("{since}{}", claim.reason);
        self.labelled("", FAINT, self.wrapped(why.trim_end_matches([' ', ':'])))?;
        let advice = if advise { advice(claim) } else { Advice::None };
        match advice {
            Advice::None => Ok(()),
            Advice::Words(words) => self.labelled("          do:   ", FAINT, self.wrapped(&words)),
            Advice::Command(fix) => {
                let fix = match self.whole_fixes {
                    true => command::layout(fix, self.width - self.gutter),
                    false => command::brief(fix, self.width - self.gutter),
                };
                self.labelled("          fix:  ", FAINT, fix)
            }
        }
    }

    pub(super) fn conflicts(&mut self, conflicts: &[Conflict]) -> io::Result<()> {
        if conflicts.is_empty() {
            return Ok(());
        }
        writeln!(self.out)?;
        self.text(STRONG, "Claims that clash")?;
        for conflict in conflicts {
            for (at, side) in [&conflict.one, &conflict.other].into_iter().enumerate() {
                let label = if at == 0 { "  clash         " } else { "" };
                self.labelled(label, ERROR, self.wrapped(&side_in_words(side)))?;
            }
            self.labelled("", FAINT, self.wrapped(&conflict.message))?;
        }
        Ok(())
    }

    /// Lines right of the gutter, with a label in it beside the first.
    pub(super) fn labelled(&mut self, label: &str, style: Style, lines: Vec<String>) -> io::Result<()> {
        for (number, line) in lines.iter().filter(|line| !line.is_empty()).enumerate() {
            let label = if number == 0 { label } else { "" };
            let padding = " ".repeat(self.gutter.saturating_sub(label.len()));
            writeln!(self.out, "{}{padding}{line}", self.paint.paint(style, label))?;
        }
        Ok(())
    }

    pub(super) fn text(&mut self, style: Style, text: &str) -> io::Result<()> {
        for line in wrap(text, self.width).iter().filter(|line| !line.is_empty()) {
            writeln!(self.out, "{}", self.paint.paint(style, line))?;
        }
        Ok(())
    }
}

/// `club-app.md:66: The database runs in Multi-AZ`.
pub(super) fn side_in_words(side: &ConflictSide) -> String {
    format!("{}:{}: {}", text::line(&side.document), side.lines, side.text)
}

fn style_of(outcome: Outcome) -> Style {
    match outcome {
        Outcome::Contradicted => ERROR,
        Outcome::StillOpen | Outcome::Unattested => AnsiColor::Yellow.on_default(),
        Outcome::Unknown => AnsiColor::Cyan.on_default(),
        Outcome::Closed => GOOD,
        Outcome::Attested | Outcome::Confirmed => AnsiColor::Green.on_default(),
    }
}
