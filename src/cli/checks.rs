//! `plumbline checks`: the checks at hand.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};

use super::exit::{CliError, Exit};
use super::scope::{CheckArguments, config};
use super::{Global, output};
use crate::check::{self, Check, FRAMEWORKS, Library};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// List checks
    List {
        #[command(flatten)]
        checks: CheckArguments,
        /// How the list is written
        #[arg(long, value_name = "FORMAT", default_value = "table")]
        format: Format,
    },
    /// Show a check: what it judges, why, and how to fix a fail
    Show {
        /// Its id
        id: String,
        /// A folder of your own checks; may be repeated
        #[arg(long = "checks-dir", value_name = "DIR")]
        checks_dirs: Vec<PathBuf>,
    },
    /// Write the manual of the built-in checks as Markdown, a page for each service
    Docs {
        /// The folder for the pages
        #[arg(long, short, value_name = "DIR")]
        output: PathBuf,
    },
    /// Run the examples of check files, or of all built-in checks
    Test {
        /// Check files, or folders of them
        files: Vec<PathBuf>,
    },
}

/// How a list is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Table,
    /// One JSON object a line.
    Ndjson,
}

pub fn run(command: &Command, global: &Global) -> Result<Exit, CliError> {
    match command {
        Command::List { checks, format } => list(checks, *format, global),
        Command::Show { id, checks_dirs } => {
            let arguments = CheckArguments { checks_dirs: checks_dirs.clone(), ..CheckArguments::default() };
            let library = arguments.library(&config(global)?)?;
            output::print(&show(library.get(id)?))
        }
        Command::Docs { output } => docs(output),
        Command::Test { files } => test(files),
    }
}

fn docs(folder: &Path) -> Result<Exit, CliError> {
    let library = Library::load(&[], &BTreeMap::new())?;
    let cannot =
        |path: &Path, error: &std::io::Error| CliError::failed(&format!("cannot write `{}`", path.display()), error);
    std::fs::create_dir_all(folder).map_err(|error| cannot(folder, &error))?;
    let pages = check::manual(&library);
    for (name, text) in &pages {
        let path = folder.join(name);
        output::write(Some(&path), text)?;
    }
    output::print(&format!("{} pages\n", pages.len()))
}

fn list(arguments: &CheckArguments, format: Format, global: &Global) -> Result<Exit, CliError> {
    let library = arguments.library(&config(global)?)?;
    let checks = library.select(&arguments.selection())?;
    let mut text = String::new();
    for check in &checks {
        let _ = match format {
            Format::Table => writeln!(text, "{:<9} {:<42} {}", check.severity, check.id, check.title),
            Format::Ndjson => writeln!(text, "{}", described(check)),
        };
    }
    if format == Format::Table {
        let _ = writeln!(text, "{} checks", checks.len());
    }
    output::print(&text)
}

/// A check as one JSON object, with the IAM actions that it needs.
fn described(check: &Check) -> serde_json::Value {
    let themes: Vec<&str> = check.file.themes.iter().map(|theme| theme.value.as_str()).collect();
    let actions: Vec<&str> = check::plan([check]).actions().into_values().flatten().collect();
    let params: serde_json::Map<_, _> =
        check.params.iter().map(|(name, param)| (name.clone(), param.value.clone())).collect();
    serde_json::json!({
        "id": check.id,
        "title": check.title,
        "severity": check.severity,
        "resource_types": check.file.resource.all(),
        "themes": themes,
        "frameworks": check.file.frameworks,
        "params": params,
        "actions": actions,
    })
}

fn show(check: &Check) -> String {
    let file = &check.file;
    let mut text = format!("{} ({})\n{}\n\n", check.id, check.severity, check.title);
    let _ = writeln!(text, "{}\n", file.why.trim());
    let _ = writeln!(text, "judges:    {}", file.resource.all().join(", "));
    if let Some(when) = &file.when {
        let _ = writeln!(text, "when:      {}", one_line(&when.value));
    }
    for (name, related) in &file.related {
        let on: Vec<String> =
            related.on.iter().map(|(key, text)| format!("{key} = {}", one_line(&text.value))).collect();
        let _ = writeln!(text, "related:   {name}: {} {}", related.resource_type.value, on.join(", "));
    }
    let _ = writeln!(text, "pass:      {}", one_line(&file.pass.value));
    for (name, param) in &check.params {
        let _ = writeln!(text, "parameter: {name} = {} (default {}): {}", param.value, param.default, param.doc);
    }
    let themes: Vec<&str> = file.themes.iter().map(|theme| theme.value.as_str()).collect();
    let _ = writeln!(text, "themes:    {}", themes.join(", "));
    for (name, controls) in &file.frameworks {
        let title = FRAMEWORKS.iter().find(|(key, _)| key == name).map_or(name.as_str(), |(_, title)| *title);
        let _ = writeln!(text, "controls:  {title}: {}", controls.join(", "));
    }
    let remediation = &file.remediation;
    for (what, how) in [
        ("AWS CLI", remediation.cli.as_ref().map(|cli| cli.value.as_str())),
        ("Terraform", remediation.terraform.as_deref()),
        ("CloudFormation", remediation.cloudformation.as_deref()),
    ] {
        if let Some(how) = how {
            let _ = writeln!(text, "\n{what}:\n{}", indented(how));
        }
    }
    text
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn indented(text: &str) -> String {
    text.trim_end().lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}

fn test(paths: &[PathBuf]) -> Result<Exit, CliError> {
    let mut problems = Vec::new();
    let mut examples = 0;
    let mut count = |outcome: Result<usize, check::LibraryError>| match outcome {
        Ok(number) => examples += number,
        Err(error) => problems.push(error.to_string()),
    };
    if paths.is_empty() {
        count(check::test_built_in());
    }
    for path in paths {
        if path.is_dir() {
            for file in check::files_below(path)? {
                count(check::test_file(&file));
            }
        } else {
            count(check::test_file(path));
        }
    }
    if !problems.is_empty() {
        return Err(CliError::Usage(problems.join("\n\n")));
    }
    output::print(&format!("{examples} examples hold\n"))
}
