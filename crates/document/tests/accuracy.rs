//! The reader against tables of expectations that people made: how many of the claims it finds, and how many it reads right.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test says what it means by failing"
)]

mod expectations;
mod phrases;

use expectations::{Expectation, Figures, document, expectations, lines_without_claims, names};
use phrases::knowledge;
use plumbline_document::{LineUse, Reading, Text, read};

/// A document that the reader may be measured on: its file is `tests/documents/<name>.md`.
fn reading(name: &str) -> Reading {
    let bytes = document(name);
    let text = Text::decode(&bytes).unwrap();
    read(&format!("{name}.md"), &text, knowledge())
}

fn measure(name: &str) -> Figures {
    Figures::of(name, &reading(name).claims, &expectations(name))
}

#[test]
fn the_audits_that_it_was_made_for_are_read_right() {
    let mut all = Figures::default();
    for name in ["wh-ephemeris", "mosaic-life", "edgars-mobile", "club-app", "healthcare-tap"] {
        let figures = measure(name);
        println!("{name:16} {figures}");
        all += figures;
    }
    println!("{:16} {all}", "all");
    assert!(all.found() >= 0.95, "{all}");
    assert!(all.verdicts() >= 0.95, "{all}");
    assert!(all.checks() >= 0.90, "{all}");
}

#[test]
fn other_peoples_documents_are_read_well_enough() {
    let mut all = Figures::default();
    for name in names().filter(|name| Expectation::is_foreign(name)) {
        let figures = measure(&name);
        println!("{name:16} {figures}");
        all += figures;
    }
    println!("{:16} {all}", "all");
    assert!(all.found() >= 0.90, "{all}");
    assert!(all.verdicts() >= 0.72, "{all}");
    assert!(all.checks() >= 0.84, "{all}");
}

#[test]
fn every_line_is_accounted_for() {
    for name in names() {
        let bytes = document(&name);
        let text = Text::decode(&bytes).unwrap();
        let reading = read(&name, &text, knowledge());
        assert_eq!(reading.lines.len(), text.lines().len(), "{name}");
        for (at, line) in reading.lines.iter().enumerate() {
            assert_eq!(line.line, at + 1, "{name}");
            let is_blank = text.line(line.line).unwrap().trim().is_empty();
            assert_eq!(line.is == LineUse::Blank, is_blank, "{name}:{}", line.line);
        }
    }
}

#[test]
fn what_claims_nothing_is_seldom_taken_for_a_claim() {
    let (mut silent, mut taken) = (0, 0);
    for name in names() {
        let claims = reading(&name).claims;
        for line in lines_without_claims(&name) {
            silent += 1;
            taken += usize::from(claims.iter().any(|claim| claim.is_mapped() && claim.lines.contain(line)));
        }
    }
    println!("{taken} of {silent} lines without a claim are taken for one");
    assert!(20 * taken <= silent, "{taken} of {silent}");
}
