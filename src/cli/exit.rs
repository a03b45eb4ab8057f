//! Exit codes, and the errors that lead to them.

use std::error::Error;
use std::fmt::Write as _;
use std::process::ExitCode;

use crate::check::LibraryError;
use crate::config::ConfigError;

/// What `--help` says of exit codes.
pub const HELP: &str = "\
Exit codes:
  0    nothing fails at or above --fail-on
  1    plumbline itself failed
  2    wrong usage or configuration
  3    something fails at or above --fail-on, or a document's claim is contradicted (which counts as high)
  4    nothing fails, but something could not be established
  130  interrupted";

/// How a command ended. Codes are documented in `--help` and never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Nothing fails.
    Success,
    /// Something fails at or above `--fail-on`.
    Failing,
    /// Nothing fails, but something could not be established.
    Unknown,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Success => 0,
            Exit::Failing => 3,
            Exit::Unknown => 4,
        })
    }
}

/// Why a command could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The arguments or the configuration are wrong.
    #[error("{0}")]
    Usage(String),
    /// Something went wrong on the way.
    #[error("{0}")]
    Failed(String),
    /// Somebody pressed Ctrl-C.
    #[error("interrupted")]
    Interrupted,
    /// Whoever read the output went away: nothing is left to say.
    #[error("the reader of the output went away")]
    PipeClosed,
}

impl CliError {
    /// A failure, with its causes behind it.
    pub fn failed(what: &str, error: &(dyn Error + 'static)) -> CliError {
        let mut text = what.to_owned();
        let mut cause = Some(error);
        while let Some(error) = cause {
            let _ = write!(text, "\n  cause: {error}");
            cause = error.source();
        }
        CliError::Failed(text)
    }

    /// The exit code.
    pub fn exit(&self) -> ErrorExit {
        ErrorExit(match self {
            CliError::Usage(_) => 2,
            CliError::Failed(_) => 1,
            CliError::Interrupted => 130,
            CliError::PipeClosed => 0,
        })
    }

    /// Tells a person.
    pub fn print(&self) {
        match self {
            CliError::PipeClosed => {}
            CliError::Interrupted => anstream::eprintln!("interrupted"),
            // Problems in files come with their own heading.
            CliError::Usage(text) if text.starts_with("error") => anstream::eprintln!("{text}"),
            CliError::Usage(text) | CliError::Failed(text) => anstream::eprintln!("error: {text}"),
        }
    }
}

/// The exit code of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorExit(u8);

impl From<ErrorExit> for ExitCode {
    fn from(exit: ErrorExit) -> ExitCode {
        ExitCode::from(exit.0)
    }
}

impl From<ConfigError> for CliError {
    fn from(error: ConfigError) -> CliError {
        CliError::Usage(error.to_string())
    }
}

impl From<LibraryError> for CliError {
    fn from(error: LibraryError) -> CliError {
        CliError::Usage(error.to_string())
    }
}
