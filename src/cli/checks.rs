//! `plumbline checks`: the checks at hand.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;

use crate::check;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the examples of check files, or of all built-in checks
    Test {
        /// Check files, or folders of them
        files: Vec<PathBuf>,
    },
}

pub fn run(command: Command) -> ExitCode {
    match command {
        Command::Test { files } => test(&files),
    }
}

fn test(paths: &[PathBuf]) -> ExitCode {
    let mut failed = false;
    let mut examples = 0;
    let mut count = |outcome: Result<usize, check::LibraryError>| match outcome {
        Ok(number) => examples += number,
        Err(error) => {
            eprintln!("{error}\n");
            failed = true;
        }
    };
    if paths.is_empty() {
        count(check::test_built_in());
    }
    for path in paths {
        if path.is_dir() {
            match check::files_below(path) {
                Ok(files) => files.iter().for_each(|file| count(check::test_file(file))),
                Err(error) => count(Err(error)),
            }
        } else {
            count(check::test_file(path));
        }
    }
    if failed {
        return ExitCode::from(2);
    }
    println!("{examples} examples hold");
    ExitCode::SUCCESS
}
