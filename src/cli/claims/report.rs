//! `plumbline claims report`.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::outcomes::OutcomeArguments;
use crate::claim::Outcome;
use crate::cli::exit::{CliError, Exit};
use crate::cli::scope::config;
use crate::cli::{Global, output};
use crate::report::{self, ClaimsOptions, DocumentReport};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Only documents of this name, `*` for any text
    #[arg(long, value_name = "PATTERN", default_value = "*", hide_default_value = true)]
    document: String,
    /// Only documents that were held against this account: its id, `*` for any text
    #[arg(long, value_name = "PATTERN", default_value = "*", hide_default_value = true)]
    account: String,
    /// Only claims of this outcome: contradicted, still-open, unattested, unknown, attested, closed or confirmed; may be repeated
    #[arg(long = "outcome", value_name = "OUTCOME")]
    outcomes: Vec<Outcome>,
    #[command(flatten)]
    from: OutcomeArguments,
    /// How the report is written
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: Format,
    /// A file for the report, instead of stdout
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Show in the table every command of a fix
    #[arg(long)]
    fixes: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Table,
    /// For a repository, an issue or a wiki.
    Markdown,
    /// One document as a JSON object, several as a list.
    Json,
    /// One JSON object a line, for each document.
    Ndjson,
}

pub fn run(arguments: &Arguments, global: &Global) -> Result<Exit, CliError> {
    let config = config(global)?;
    let documents = arguments.from.documents(&config, &arguments.document, &arguments.account)?;
    output::stream(arguments.output.as_deref(), |out| write(out, arguments, &documents))?;
    Ok(Exit::Success)
}

fn write(out: &mut dyn Write, arguments: &Arguments, documents: &[DocumentReport]) -> std::io::Result<()> {
    let outcomes = &arguments.outcomes;
    match arguments.format {
        Format::Markdown => report::write_claims_markdown(out, documents, outcomes),
        Format::Json => report::write_claims_json(out, documents, outcomes),
        Format::Ndjson => report::write_claims_ndjson(out, documents, outcomes),
        Format::Table => {
            let to_terminal = arguments.output.is_none();
            let options = ClaimsOptions {
                width: if to_terminal { output::width() } else { 100 },
                color: to_terminal && output::coloured(),
                outcomes: outcomes.clone(),
                whole_fixes: arguments.fixes,
            };
            report::write_claims_table(out, documents, &options)
        }
    }
}
