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

use expectations::{Expectation, Figures, document, expectations, names};
use phrases::knowledge;
use plumbline_document::{Reading, Text, read};

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
        let lines: Vec<usize> = reading.lines.iter().map(|line| line.line).collect();
        assert_eq!(lines, (1..=text.lines().len()).collect::<Vec<_>>(), "{name}");
    }
}
