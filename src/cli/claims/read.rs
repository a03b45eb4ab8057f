//! `plumbline claims read`: what documents claim.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use plumbline_document::{Reading, Text};

use crate::claim::{ClaimEntry, ClaimsFile, Merged, merge};
use crate::cli::document::{self, Input, Known};
use crate::cli::exit::{CliError, Exit};
use crate::cli::scope::{CheckArguments, config};
use crate::cli::{Global, output};
use crate::report::{self, ReadingOptions};
use crate::source::Source;
use crate::text;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Audit documents in Markdown; `-` for standard input
    #[arg(required = true, value_name = "AUDIT.md")]
    files: Vec<PathBuf>,
    /// How the claims are written
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: Format,
    /// A file for the result, instead of stdout
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Read the document into this claims file: what a person corrected in it is kept
    #[arg(long, value_name = "CLAIMS.yaml", conflicts_with_all = ["format", "output"])]
    update: Option<PathBuf>,
    /// Show in the table how each claim was read
    #[arg(long)]
    explain: bool,
    /// Show in the table only what no check and no attestation decides
    #[arg(long)]
    unmapped: bool,
    /// A folder of your own checks; may be repeated
    #[arg(long = "checks-dir", value_name = "DIR")]
    checks_dirs: Vec<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Table,
    /// A claims file, to review and correct.
    Yaml,
    /// One document as a JSON object, several as a list.
    Json,
    /// One JSON object a line, for each document.
    Ndjson,
}

pub fn run(arguments: &Arguments, global: &Global) -> Result<Exit, CliError> {
    let config = config(global)?;
    let checks = CheckArguments { checks_dirs: arguments.checks_dirs.clone(), ..CheckArguments::default() };
    let known = Known::of(&checks.library(&config)?)?;
    let one = arguments.update.is_some() || arguments.format == Format::Yaml;
    if one && arguments.files.len() > 1 {
        return Err(CliError::Usage("a claims file holds one document: name one".to_owned()));
    }
    let readings = arguments.files.iter().map(|path| read(path, &known));
    let readings = readings.collect::<Result<Vec<(Reading, Text)>, CliError>>()?;
    for (reading, text) in &readings {
        if text.is_empty() && !global.quiet && arguments.format != Format::Table {
            anstream::eprintln!("note: `{}` is empty: it claims nothing", reading.document);
        }
    }
    match (&arguments.update, readings.as_slice()) {
        (Some(file), [(reading, text)]) => update(file, reading, text),
        _ => write(arguments, &readings),
    }
}

fn read(path: &Path, known: &Known) -> Result<(Reading, Text), CliError> {
    match document::input(path)? {
        Input::Document(name, bytes) => document::reading(&name, &bytes, known),
        Input::Claims(source) => {
            let help = "`plumbline claims check` checks it; name the document that it was made of";
            Err(CliError::Usage(format!("`{}` is a claims file already\n  help: {help}", source.path)))
        }
    }
}

fn write(arguments: &Arguments, readings: &[(Reading, Text)]) -> Result<Exit, CliError> {
    let file = arguments.output.as_deref();
    match arguments.format {
        Format::Table => {
            let options = ReadingOptions {
                width: if file.is_none() { output::width() } else { 100 },
                color: file.is_none() && output::coloured(),
                explain: arguments.explain,
                unmapped: arguments.unmapped,
            };
            output::stream(file, |out| {
                readings
                    .iter()
                    .try_for_each(|(reading, text)| report::write_reading_table(out, reading, text, &options))
            })?;
        }
        Format::Yaml => {
            for (reading, text) in readings {
                if let Some(file) = file.filter(|file| file.is_file()) {
                    let help = "--update reads the document into it again, and keeps what was corrected";
                    let there = format!("`{}` is there already\n  help: {help}", file.display());
                    return Err(CliError::Usage(there));
                }
                output::write(file, &document::claims_of(reading).write(Some(text.as_str())))?;
            }
        }
        Format::Json | Format::Ndjson => {
            let all: Vec<&Reading> = readings.iter().map(|(reading, _)| reading).collect();
            let one_each = arguments.format == Format::Ndjson;
            output::stream(file, |out| report::write_readings_json(out, &all, one_each))?;
        }
    }
    Ok(Exit::Success)
}

/// Reads the document into its claims file, and says what is otherwise now.
fn update(path: &Path, reading: &Reading, text: &Text) -> Result<Exit, CliError> {
    let new = document::claims_of(reading);
    let shown = path.display();
    if !path.exists() {
        output::write(Some(path), &new.write(Some(text.as_str())))?;
        return output::print(&format!("{shown}: {}, all new\n", text::count(new.claims.len() as u64, "claim")));
    }
    let Input::Claims(source) = document::input(path)? else {
        return Err(CliError::Usage(format!("`{shown}` is no claims file: nothing was changed")));
    };
    let old = document::parse(&source)?;
    refuse_other_document(&source, &old, &new)?;
    let merged = merge(&old, new);
    let written = merged.file.write(Some(text.as_str()));
    if written != *source.text {
        output::write(Some(path), &written)?;
    }
    output::print(&format!("{shown}: {}", in_words(&merged)))
}

fn refuse_other_document(source: &Source, old: &ClaimsFile, new: &ClaimsFile) -> Result<(), CliError> {
    if old.document == new.document {
        return Ok(());
    }
    let message = format!("this file holds the claims of `{}`, not of `{}`", old.document, new.document);
    let help = format!("if the document was renamed, write `document: {}`", new.document);
    let problem = source.problem_with("document:", message, Some(help));
    Err(CliError::Usage(document::rendered(&[problem])))
}

/// What is otherwise since the document was last read.
fn in_words(merged: &Merged) -> String {
    let counts = [
        (merged.new.len(), "new"),
        (merged.changed.len(), "changed"),
        (merged.gone.len(), "gone"),
        (merged.kept.len(), "kept as corrected"),
    ];
    let claims = text::count(merged.file.standing().count() as u64, "claim");
    let numbers = text::counts(counts.map(|(number, words)| (number as u64, words)));
    let numbers = if numbers.is_empty() { "as before".to_owned() } else { numbers };
    let mut out = format!("{claims}; {numbers}\n");
    let mut line = |sign: &str, entry: &ClaimEntry, more: &str| {
        let lines = entry.lines.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let _ = writeln!(out, "  {sign:8} {lines}: {}{more}", text::line(&entry.text));
    };
    merged.new.iter().for_each(|entry| line("new", entry, ""));
    for (before, after) in &merged.changed {
        line("changed", after, &format!(" (before: {})", said(before)));
    }
    for entry in &merged.gone {
        line("gone", entry, if entry.is_corrected() { " (kept in the file: it was corrected)" } else { "" });
    }
    for (kept, reads) in merged.kept.iter().filter(|(kept, reads)| said(kept) != said(reads)) {
        line("kept", kept, &format!(" (now read as: {})", said(reads)));
    }
    out
}

/// The verdict, the checks and the text of an entry.
fn said(entry: &ClaimEntry) -> String {
    format!("{}, [{}], {}", entry.verdict, entry.checks.join(", "), text::line(&entry.text))
}
