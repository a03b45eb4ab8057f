//! `plumbline claims list` and `history`: claims one by one.

use std::fmt::Write as _;

use clap::{Args, ValueEnum};

use crate::claim::Outcome;
use crate::cli::exit::{CliError, Exit};
use crate::cli::scope::config;
use crate::cli::store::{self, StoreArguments};
use crate::cli::{Global, output};
use crate::store::{ClaimFilter, Glob, StoredClaim};
use crate::suggest::nearest;
use crate::text;

#[derive(Debug, Args)]
pub struct ListArguments {
    /// Only claims of documents of this name, `*` for any text
    #[arg(long, value_name = "PATTERN", default_value = "*", hide_default_value = true)]
    document: String,
    /// Only claims of this account: its id, `*` for any text
    #[arg(long, value_name = "PATTERN", default_value = "*", hide_default_value = true)]
    account: String,
    /// Only claims of this outcome; may be repeated
    #[arg(long = "outcome", value_name = "OUTCOME")]
    outcomes: Vec<Outcome>,
    /// Claims too that their documents no longer make
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    store: StoreArguments,
    /// How the list is written
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: Format,
}

#[derive(Debug, Args)]
pub struct HistoryArguments {
    /// The claim's id, from `claims list`; its beginning is enough
    id: String,
    /// Only claims of documents of this name, `*` for any text
    #[arg(long, value_name = "PATTERN", default_value = "*", hide_default_value = true)]
    document: String,
    /// Only claims of this account: its id, `*` for any text
    #[arg(long, value_name = "PATTERN", default_value = "*", hide_default_value = true)]
    account: String,
    #[command(flatten)]
    store: StoreArguments,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Table,
    /// A JSON list.
    Json,
    /// One JSON object a line.
    Ndjson,
}

fn glob(text: &str) -> Result<Glob, CliError> {
    text.parse().map_err(|_| CliError::Usage("a pattern is empty".to_owned()))
}

fn json(value: &impl serde::Serialize, pretty: bool) -> Result<String, CliError> {
    let text = if pretty { serde_json::to_string_pretty(value) } else { serde_json::to_string(value) };
    text.map(|text| text + "\n").map_err(|error| CliError::failed("cannot write the claims", &error))
}

pub fn list(arguments: &ListArguments, global: &Global) -> Result<Exit, CliError> {
    let store = arguments.store.read(&config(global)?)?;
    let filter = ClaimFilter {
        account_id: glob(&arguments.account)?,
        document: glob(&arguments.document)?,
        outcomes: arguments.outcomes.clone(),
        gone: arguments.all,
        ..ClaimFilter::default()
    };
    let claims = store.claims(&filter).map_err(store::error)?;
    output::print(&match arguments.format {
        Format::Json => json(&claims, true)?,
        Format::Ndjson => claims.iter().map(|claim| json(claim, false)).collect::<Result<String, CliError>>()?,
        Format::Table => {
            let mut text: String = claims.iter().map(row).collect();
            let _ = writeln!(text, "{}", text::count(claims.len() as u64, "claim"));
            text
        }
    })
}

fn row(stored: &StoredClaim) -> String {
    let claim = &stored.claim;
    let gone = stored.gone_at.map(|at| format!(" (gone since {})", at.strftime("%Y-%m-%d"))).unwrap_or_default();
    format!(
        "{:<12}  {}  {}  {}\n              {}{gone}\n",
        claim.outcome,
        stored.since.strftime("%Y-%m-%d"),
        claim.id,
        place(stored),
        text::line(&claim.text),
    )
}

/// `club-app.md:25`.
fn place(stored: &StoredClaim) -> String {
    let lines = stored.claim.lines.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    format!("{}:{lines}", text::line(&stored.document))
}

pub fn history(arguments: &HistoryArguments, global: &Global) -> Result<Exit, CliError> {
    let store = arguments.store.read(&config(global)?)?;
    let filter = ClaimFilter {
        account_id: glob(&arguments.account)?,
        document: glob(&arguments.document)?,
        id: arguments.id.clone(),
        gone: true,
        ..ClaimFilter::default()
    };
    let found = store.claims(&filter).map_err(store::error)?;
    let claim = match found.as_slice() {
        [one] => one,
        [] => {
            let all = store.claims(&ClaimFilter { gone: true, ..ClaimFilter::default() }).map_err(store::error)?;
            let help = nearest(&arguments.id, all.iter().map(|claim| &*claim.claim.id));
            let help = help.unwrap_or_else(|| "`plumbline claims list` lists them".to_owned());
            return Err(CliError::Usage(format!("there is no claim `{}`; {help}", arguments.id)));
        }
        several => {
            let rows: String = several.iter().take(20).map(row).collect();
            let help = "write more of the id, or --document and --account";
            return Err(CliError::Usage(format!("`{}` names several claims; {help}\n{rows}", arguments.id)));
        }
    };
    let history = store.claim_history(claim.number).map_err(store::error)?;
    let Some((stored, transitions)) = history else {
        return Err(CliError::Usage(format!("there is no claim `{}`", arguments.id)));
    };
    let mut text = row(&stored);
    let _ = writeln!(text, "{:.0}  first seen", stored.first_seen);
    for transition in transitions {
        let outcome = |outcome: Option<Outcome>| outcome.map_or("nothing", Outcome::words);
        let (from, to) = (outcome(transition.from), outcome(transition.to));
        let reason = text::line(&transition.reason).into_owned();
        let _ = writeln!(text, "{:.0}  {from} -> {to}  {reason}", transition.at);
    }
    output::print(&text)
}
