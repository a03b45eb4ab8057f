//! Reads a code block by what it holds.

use super::classify::{Content, content};
use super::line::CodeLine;
use super::{drawn, json, outline, settings, yaml};
use crate::statement::NotAClaim;
use crate::structure::ledger::Ledger;

/// Reads the lines of a code block in a language; an empty one is unknown.
pub(crate) fn read_code(ledger: &mut Ledger<'_>, language: &str, lines: &[CodeLine]) {
    let reading = ledger.reading;
    let lines: Vec<CodeLine> = lines.iter().filter(|line| !line.text(reading).trim().is_empty()).cloned().collect();
    if lines.is_empty() {
        return;
    }
    let reason = match content(reading, language, &lines) {
        Content::Commands => NotAClaim::Command,
        Content::Diagram => NotAClaim::Diagram,
        Content::Code => NotAClaim::Code,
        Content::Json => {
            json::read(ledger, &lines);
            NotAClaim::Fence
        }
        Content::Yaml => {
            yaml::read(ledger, &lines);
            NotAClaim::Code
        }
        Content::Settings => {
            settings::read(ledger, &lines);
            NotAClaim::Code
        }
        Content::Table => {
            drawn::read(ledger, &lines);
            NotAClaim::Rule
        }
        Content::Outline => {
            outline::read(ledger, &lines);
            NotAClaim::Rule
        }
    };
    for line in lines {
        ledger.not_a_claim(line.span, reason);
    }
}
