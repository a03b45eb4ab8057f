//! JSON: one document, or one line a finding. Keys come in the order in which the types declare them, and the
//! same report gives the same bytes.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};

use crate::audit::{Audit, AuditReport};
use crate::claim::DocumentOutcome;
use crate::finding::Finding;
use crate::text;

/// Writes the report as one JSON document, indented, with a newline at its end.
///
/// # Errors
///
/// What `out` answers.
pub fn write_json(out: &mut dyn Write, report: &AuditReport) -> io::Result<()> {
    write_value(out, report, PrettyFormatter::new())?;
    out.write_all(b"\n")
}

/// Writes the report as lines of JSON: first the audit, then each finding as it comes, then each document. Each line
/// says in `type` which of them it is.
///
/// # Errors
///
/// What `out` answers.
pub fn write_ndjson(out: &mut dyn Write, report: &AuditReport) -> io::Result<()> {
    let mut write = |line: Line<'_>| {
        write_value(out, &line, CompactFormatter)?;
        out.write_all(b"\n")
    };
    write(Line::Audit(&report.audit))?;
    for findings in report.findings.accounts() {
        findings?.iter().try_for_each(|finding| write(Line::Finding(finding)))?;
    }
    report.documents.iter().try_for_each(|document| write(Line::Document(document)))
}

/// The JSON schema of what [`write_json`] writes.
pub fn schema() -> Value {
    schemars::schema_for!(AuditReport).to_value()
}

/// A value as indented JSON, for a report in another format.
pub(super) fn pretty(value: &impl Serialize) -> String {
    let mut bytes = Vec::new();
    match write_value(&mut bytes, value, PrettyFormatter::new()) {
        Ok(()) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) => format!("\"cannot be written as JSON: {error}\""),
    }
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Line<'a> {
    Audit(&'a Audit),
    Finding(&'a Finding),
    Document(&'a DocumentOutcome),
}

/// Writes a value; nothing in it can steer a terminal.
pub(super) fn write_value(out: &mut dyn Write, value: &impl Serialize, formatter: impl Formatter) -> io::Result<()> {
    value.serialize(&mut Serializer::with_formatter(out, Escaping(formatter))).map_err(io::Error::from)
}

/// Writes as another formatter does, and escapes in strings what a terminal would obey or not show: the same
/// value, safe to look at.
struct Escaping<F>(F);

impl<F: Formatter> Formatter for Escaping<F> {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, hidden)) = rest.char_indices().find(|(_, c)| text::is_hidden(*c)) {
            let (shown, from_hidden) = rest.split_at(at);
            self.0.write_string_fragment(writer, shown)?;
            for unit in hidden.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = &from_hidden[hidden.len_utf8()..];
        }
        self.0.write_string_fragment(writer, rest)
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests;
