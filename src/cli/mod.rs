//! The command line: one file for each command, which only wires the other modules together.

mod checks;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Holds a live AWS account against its audit.
#[derive(Debug, Parser)]
#[command(name = "plumbline", version, about, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List, show and test checks
    #[command(subcommand)]
    Checks(checks::Command),
}

/// Runs the command that the arguments name.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    match cli.command {
        Command::Checks(command) => checks::run(command),
    }
}
