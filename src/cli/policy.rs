//! `plumbline policy`: the IAM policy that the selected checks need, and nothing more.

use clap::Args;
use serde_json::json;

use super::exit::{CliError, Exit};
use super::scope::{CheckArguments, config};
use super::{Global, output};
use crate::aws::Account;
use crate::check;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    checks: CheckArguments,
}

pub fn run(arguments: &Arguments, global: &Global) -> Result<Exit, CliError> {
    let library = arguments.checks.library(&config(global)?)?;
    let checks = library.select(&arguments.checks.selection())?;
    let plan = check::plan(checks);
    let mut by_service = plan.actions();
    for operation in Account::operations() {
        if let Some((prefix, _)) = operation.action.split_once(':') {
            by_service.entry(prefix).or_default().insert(operation.action);
        }
    }
    // One statement a service, so that a person can read and trim it.
    let statements: Vec<_> = by_service
        .into_iter()
        .map(|(service, actions)| {
            let sid: String = service.split('-').map(capitalised).collect();
            json!({ "Sid": format!("Plumbline{sid}"), "Effect": "Allow", "Action": actions, "Resource": "*" })
        })
        .collect();
    let policy = json!({ "Version": "2012-10-17", "Statement": statements });
    output::print(&format!("{policy:#}\n"))
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}
