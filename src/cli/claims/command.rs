//! The commands.

use clap::Subcommand;

use super::{annotate, check, list, read, report};
use crate::cli::Global;
use crate::cli::exit::{CliError, Exit};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read audit documents: what they claim, and which checks decide it
    Read(read::Arguments),
    /// Check claims files
    Check(check::Arguments),
    /// Show what the last audit made of the claims of documents
    Report(report::Arguments),
    /// Write a document back with what became of its claims
    Annotate(annotate::Arguments),
    /// List claims
    List(list::ListArguments),
    /// Show what happened to a claim
    History(list::HistoryArguments),
}

pub fn run(command: &Command, global: &Global) -> Result<Exit, CliError> {
    match command {
        Command::Read(arguments) => read::run(arguments, global),
        Command::Check(arguments) => check::run(arguments, global),
        Command::Report(arguments) => report::run(arguments, global),
        Command::Annotate(arguments) => annotate::run(arguments, global),
        Command::List(arguments) => list::list(arguments, global),
        Command::History(arguments) => list::history(arguments, global),
    }
}
