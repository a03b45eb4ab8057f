//! What the reader makes of the structure of documents in many styles.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test says what it means by failing"
)]

mod code;
mod headings;
mod lists;
mod marks;
mod properties;
mod prose;
mod tables;
mod text;

use plumbline_document::{LineStructure, NotAClaim, Statement, Structure, Text, structure};

/// Reads Markdown.
fn read(markdown: &str) -> Structure {
    structure(&Text::decode(markdown.as_bytes()).unwrap())
}

/// Every statement as `Form [headings / parents] text`, the title left out.
fn said(markdown: &str) -> Vec<String> {
    let read = read(markdown);
    let skip = usize::from(read.title.is_some());
    let said = |statement: &Statement| {
        let above: Vec<&str> =
            statement.headings.iter().skip(skip).chain(&statement.parents).map(String::as_str).collect();
        format!("{:?} [{}] {}", statement.form, above.join(" / "), statement.text)
    };
    read.statements.iter().map(said).collect()
}

/// The only statement of a document.
fn only(markdown: &str) -> Statement {
    let mut statements = read(markdown).statements;
    assert_eq!(statements.len(), 1, "{statements:#?}");
    statements.remove(0)
}

/// The key and the value of every statement.
fn pairs(markdown: &str) -> Vec<(String, String)> {
    read(markdown).statements.into_iter().map(|statement| (statement.key, statement.value)).collect()
}

/// Why each line is no claim; nothing for blank lines and lines with statements.
fn reasons(markdown: &str) -> Vec<Option<NotAClaim>> {
    let reason = |line: &LineStructure| match line {
        LineStructure::NotAClaim(reason) => Some(*reason),
        _ => None,
    };
    read(markdown).lines.iter().map(reason).collect()
}
