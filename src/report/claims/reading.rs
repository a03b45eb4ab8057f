//! What was read in a document: each claim with its verdict and its checks, and what every line is, counted.

use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::AnsiColor;
use plumbline_document::{Claim, LineUse, NotAClaim, Reading, Stance, Text};

use super::document::below;
use super::table::ClaimsTable;
use crate::report::paint::{FAINT, STRONG};
use crate::text;

/// How a reading is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReadingOptions {
    /// Columns of the terminal; what is below 40 or above 200 is taken for these.
    pub width: usize,
    /// Whether to colour.
    pub color: bool,
    /// Whether to say how each claim was read.
    pub explain: bool,
    /// Whether to show only what no check or attestation decides.
    pub unmapped: bool,
}

/// Columns before a claim's text: its lines, its verdict.
const GUTTER: usize = 19;

/// Writes what was read in a document.
///
/// # Errors
///
/// What `out` answers.
pub fn write_reading_table(
    out: &mut dyn Write,
    reading: &Reading,
    text: &Text,
    options: &ReadingOptions,
) -> io::Result<()> {
    let mut table = ClaimsTable::new(out, options.width, options.color, true).with_gutter(GUTTER);
    let title = reading.title.as_deref().unwrap_or_default();
    let name = if title.is_empty() { reading.document.clone() } else { format!("{}: {title}", reading.document) };
    table.text(STRONG, &name)?;
    if text.is_empty() {
        return table.text(FAINT, "the document is empty: it claims nothing");
    }
    let mut under: &[String] = &[];
    let claims = reading.claims.iter().filter(|claim| !options.unmapped || !claim.is_mapped());
    for claim in claims {
        if claim.headings != under {
            under = &claim.headings;
            writeln!(table.out)?;
            table.text(STRONG, &below(under, title).join(" > "))?;
        }
        write_claim(&mut table, claim, options.explain)?;
    }
    for line in reading.lines.iter().filter(|line| line.is == LineUse::Unmapped) {
        let says = text.line(line.line).unwrap_or_default().trim();
        let label = format!("{:>8}  {:7}  ", line.line, "?");
        let shown = table.wrapped(says);
        table.labelled(&label, FAINT, shown)?;
    }
    writeln!(table.out)?;
    for line in counts(reading) {
        table.text(FAINT, &line)?;
    }
    Ok(())
}

fn write_claim(table: &mut ClaimsTable<'_>, claim: &Claim, explain: bool) -> io::Result<()> {
    let style = match claim.verdict {
        Stance::Done | Stance::Fact => AnsiColor::Green.on_default(),
        Stance::Partial | Stance::Planned => AnsiColor::Yellow.on_default(),
        Stance::Missing => AnsiColor::Red.on_default(),
        Stance::Off => AnsiColor::Cyan.on_default(),
    };
    let says = table.wrapped(&claim.text);
    table.labelled(&format!("{:>8}  {:7}  ", claim.lines.to_string(), claim.verdict), style, says)?;
    let decided =
        if claim.is_mapped() { claim.checks.join(", ") } else { "not mapped: no check decides it".to_owned() };
    let mut rest = vec![decided];
    if !claim.selector.is_everything() {
        let named: Vec<&str> =
            claim.selector.resources.iter().chain(&claim.selector.regions).map(String::as_str).collect();
        rest.push(format!("on {}", named.join(", ")));
    }
    if !claim.params.is_empty() {
        let params = claim.params.iter().map(|(name, value)| format!("{name} = {value}"));
        rest.push(format!("with {}", params.collect::<Vec<_>>().join(", ")));
    }
    let shown = table.wrapped(&rest.join(" "));
    table.labelled("", FAINT, shown)?;
    for because in claim.because.iter().filter(|_| explain) {
        let shown = table.wrapped(&format!("{}: {}", because.decided, because.why));
        table.labelled("", FAINT, shown)?;
    }
    Ok(())
}

/// The claims by verdict, those that something decides, and the lines by use.
fn counts(reading: &Reading) -> Vec<String> {
    let claims = &reading.claims;
    let of = |stance: Stance| claims.iter().filter(|claim| claim.verdict == stance).count() as u64;
    let by_verdict = text::counts(Stance::ALL.map(|stance| (of(stance), stance.as_str())));
    let mapped = claims.iter().filter(|claim| claim.is_mapped()).count() as u64;
    let total = claims.len() as u64;
    let mut lines = vec![match total {
        0 => "0 claims".to_owned(),
        _ => format!("{}: {by_verdict}; {mapped} mapped, {} not mapped", text::count(total, "claim"), total - mapped),
    }];
    let mut uses: BTreeMap<usize, (String, u64)> = BTreeMap::new();
    for line in &reading.lines {
        let (order, words) = match &line.is {
            LineUse::Claim(_) => (0, "with claims".to_owned()),
            LineUse::Part(_) => (1, "part of them".to_owned()),
            LineUse::Unmapped => (2, "worth a look".to_owned()),
            LineUse::Blank => (usize::MAX, "blank".to_owned()),
            LineUse::NotAClaim(why) => (3 + *why as usize, words(*why)),
        };
        uses.entry(order).or_insert((words, 0)).1 += 1;
    }
    let uses = text::counts(uses.values().map(|(words, number)| (*number, words.as_str())));
    lines.push(format!("{}: {uses}", text::count(reading.lines.len() as u64, "line")));
    lines
}

/// The name of a reason, as JSON has it, in words.
fn words(why: NotAClaim) -> String {
    let name = serde_json::to_value(why).ok();
    name.as_ref().and_then(|name| name.as_str()).unwrap_or("no claim").replace('_', " ")
}
