//! `plumbline claims check`: whether claims files can be used as they are.

use std::path::PathBuf;

use clap::Args;

use crate::check::Library;
use crate::claim::{ATTESTATION, ClaimEntry};
use crate::cli::document::{self, Input, Known, params_of, rendered};
use crate::cli::exit::{CliError, Exit};
use crate::cli::scope::{CheckArguments, config};
use crate::cli::{Global, output};
use crate::text;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Claims files; `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// A folder of your own checks; may be repeated
    #[arg(long = "checks-dir", value_name = "DIR")]
    checks_dirs: Vec<PathBuf>,
}

/// Claims, by what decides them.
#[derive(Debug, Default)]
struct Counts {
    claims: u64,
    checks: u64,
    planned: u64,
    attestations: u64,
    undecided: u64,
}

pub fn run(arguments: &Arguments, global: &Global) -> Result<Exit, CliError> {
    let config = config(global)?;
    let checks = CheckArguments { checks_dirs: arguments.checks_dirs.clone(), ..CheckArguments::default() };
    let library = checks.library(&config)?;
    let known = Known::of(&library)?;
    let mut errors = Vec::new();
    let mut warnings = Vec::new();
    let mut counts = Counts::default();
    for path in &arguments.files {
        let source = match document::input(path)? {
            Input::Claims(source) => source,
            Input::Document(name, _) => {
                let help = format!("`plumbline claims read {name} --format yaml` makes one of a document");
                return Err(CliError::Usage(format!("`{name}` is no claims file\n  help: {help}")));
            }
        };
        match document::parse(&source) {
            Err(error) => errors.push(error.to_string()),
            Ok(mut file) => {
                file.params.extend(params_of(path, &config));
                let problems = known.problems(&file, &library);
                errors.extend(problems.errors.iter().map(|problem| rendered(std::slice::from_ref(problem))));
                warnings.extend(problems.warnings.iter().map(|problem| rendered(std::slice::from_ref(problem))));
                file.standing().for_each(|entry| counts.add(entry, &library));
            }
        }
    }
    if !warnings.is_empty() && !global.quiet {
        anstream::eprintln!("{}\n", warnings.join("\n\n"));
    }
    if !errors.is_empty() {
        return Err(CliError::Usage(errors.join("\n\n")));
    }
    output::print(&counts.in_words(warnings.len() as u64))
}

impl Counts {
    fn add(&mut self, entry: &ClaimEntry, library: &Library) {
        self.claims += 1;
        let counter = if entry.checks.iter().any(|check| library.get(check).is_ok()) {
            &mut self.checks
        } else if entry.checks.iter().any(|check| check.starts_with(ATTESTATION)) {
            &mut self.attestations
        } else if entry.checks.is_empty() {
            &mut self.undecided
        } else {
            &mut self.planned
        };
        *counter += 1;
    }

    fn in_words(&self, warnings: u64) -> String {
        let mut parts = vec![
            text::count(self.claims, "claim"),
            format!("{} decided by checks", self.checks),
            format!("{} no check yet", self.planned),
            text::count(self.attestations, "attestation"),
        ];
        for (number, words) in [(self.undecided, "that nothing decides"), (warnings, "warned of")] {
            if number > 0 {
                parts.push(format!("{number} {words}"));
            }
        }
        format!("ok: {}\n", parts.join(", "))
    }
}
