//! `plumbline findings`: what the store remembers.

use std::fmt::Write as _;

use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;

use super::exit::{CliError, Exit};
use super::scope::config;
use super::store::{self, StoreArguments};
use super::{Global, output, time};
use crate::finding::{Severity, Verdict};
use crate::store::{FindingFilter, Glob, NewSuppression, StoredFinding, Transition};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// List findings, the worst first
    List(ListArguments),
    /// Show one finding whole
    Show {
        /// Its number, from `findings list`
        id: i64,
        #[command(flatten)]
        store: StoreArguments,
    },
    /// Show what happened to a finding
    History {
        /// Its number, from `findings list`
        id: i64,
        #[command(flatten)]
        store: StoreArguments,
    },
    /// Mute findings, with a reason and an end
    Suppress(SuppressArguments),
    /// End a suppression
    Unsuppress {
        /// Its number, from `findings suppressions`
        id: i64,
        /// On whose word
        #[arg(long)]
        by: String,
        #[command(flatten)]
        store: StoreArguments,
    },
    /// List suppressions
    Suppressions {
        #[command(flatten)]
        store: StoreArguments,
    },
    /// List audits
    Audits {
        /// How many
        #[arg(long, default_value_t = 20)]
        last: u32,
        #[command(flatten)]
        store: StoreArguments,
    },
}

/// Which findings; patterns may hold `*` for any text.
#[derive(Debug, Args)]
struct Filter {
    /// The check's id
    #[arg(long, value_name = "PATTERN", default_value = "*", hide_default_value = true)]
    check: String,
    /// The account's id
    #[arg(long, value_name = "PATTERN", default_value = "*", hide_default_value = true)]
    account: String,
    /// The Region
    #[arg(long, value_name = "PATTERN", default_value = "*", hide_default_value = true)]
    region: String,
    /// The resource's id
    #[arg(long, value_name = "PATTERN", default_value = "*", hide_default_value = true)]
    resource: String,
}

#[derive(Debug, Args)]
pub struct ListArguments {
    #[command(flatten)]
    filter: Filter,
    #[command(flatten)]
    store: StoreArguments,
    /// Only findings of this verdict [default: those that are open]
    #[arg(long)]
    verdict: Option<Verdict>,
    /// Everything: passes, and what is gone
    #[arg(long, conflicts_with = "verdict")]
    all: bool,
    /// Only findings of this severity or a worse one
    #[arg(long)]
    severity: Option<Severity>,
    /// How the list is written
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Table,
    /// One JSON object a line.
    Ndjson,
}

#[derive(Debug, Args)]
pub struct SuppressArguments {
    #[command(flatten)]
    filter: Filter,
    /// On whose word
    #[arg(long)]
    by: String,
    /// Why
    #[arg(long)]
    why: String,
    /// Until when: a date, a time, or a number of days such as `30d`
    #[arg(long, value_parser = time::until)]
    until: Timestamp,
    #[command(flatten)]
    store: StoreArguments,
}

pub fn run(command: &Command, global: &Global) -> Result<Exit, CliError> {
    let config = config(global)?;
    match command {
        Command::List(arguments) => {
            let store = arguments.store.read(&config)?;
            let findings = store.findings(&arguments.filter()?, Timestamp::now()).map_err(store::error)?;
            list(&findings, arguments.format)
        }
        Command::Show { id, store } => {
            let (finding, _) = find(*id, store, &config)?;
            let text = serde_json::to_string_pretty(&finding);
            output::print(&(text.map_err(|error| CliError::failed("cannot write the finding", &error))? + "\n"))
        }
        Command::History { id, store } => {
            let (finding, history) = find(*id, store, &config)?;
            let mut text = format!("{} on {}\n", finding.finding.check, finding.finding.resource_id);
            for transition in history {
                let cause = transition.cause.map(|cause| format!(" ({})", cause.as_str())).unwrap_or_default();
                let kind = transition.kind.as_str();
                let _ = writeln!(text, "{:.0}  {kind}{cause}  {}", transition.at, one_line(&transition.message));
            }
            output::print(&text)
        }
        Command::Suppress(arguments) => suppress(arguments, &config),
        Command::Unsuppress { id, by, store } => {
            let ended =
                store.change(&config, |store| store.unsuppress(*id, by, Timestamp::now()).map_err(store::error))?;
            output::print(&format!("suppression {} has ended; what still fails is told by the next audit\n", ended.id))
        }
        Command::Suppressions { store } => suppressions(store, &config),
        Command::Audits { last, store } => audits(*last, store, &config),
    }
}

impl Filter {
    fn globs(&self) -> Result<[Glob; 4], CliError> {
        let glob = |text: &str| text.parse::<Glob>().map_err(|_| CliError::Usage("a pattern is empty".to_owned()));
        Ok([glob(&self.check)?, glob(&self.account)?, glob(&self.region)?, glob(&self.resource)?])
    }
}

impl ListArguments {
    fn filter(&self) -> Result<FindingFilter, CliError> {
        let [check, account_id, region, resource_id] = self.filter.globs()?;
        Ok(FindingFilter {
            verdict: self.verdict,
            open: self.verdict.is_none() && !self.all,
            at_least: self.severity,
            check,
            account_id,
            region,
            resource_id,
            suppressed: None,
            gone: self.all,
        })
    }
}

fn list(findings: &[StoredFinding], format: Format) -> Result<Exit, CliError> {
    let mut text = String::new();
    for stored in findings {
        match format {
            Format::Ndjson => {
                let line = serde_json::to_string(stored);
                text.push_str(&line.map_err(|error| CliError::failed("cannot write a finding", &error))?);
                text.push('\n');
            }
            Format::Table => {
                let finding = &stored.finding;
                let muted = stored.suppression.as_ref().map(|s| format!(" (muted until {:.0})", s.terms.until));
                let since = stored.opened_at.unwrap_or(stored.changed_at);
                let _ = writeln!(
                    text,
                    "{:>5}  {:<8} {:<7} {}  {}  {} {}{}\n       {}",
                    stored.id,
                    finding.severity,
                    finding.verdict,
                    since.strftime("%Y-%m-%d"),
                    finding.check,
                    finding.region,
                    finding.resource_id,
                    muted.unwrap_or_default(),
                    one_line(&finding.message),
                );
            }
        }
    }
    if format == Format::Table {
        let _ = writeln!(text, "{} findings", findings.len());
    }
    output::print(&text)
}

fn find(
    id: i64,
    store: &StoreArguments,
    config: &crate::config::Config,
) -> Result<(StoredFinding, Vec<Transition>), CliError> {
    let found = store.read(config)?.history(id, Timestamp::now()).map_err(store::error)?;
    found
        .ok_or_else(|| CliError::Usage(format!("there is no finding {id}; `plumbline findings list --all` lists them")))
}

fn suppress(arguments: &SuppressArguments, config: &crate::config::Config) -> Result<Exit, CliError> {
    let [check, account_id, region, resource_id] = arguments.filter.globs()?;
    let terms = NewSuppression {
        check,
        account_id,
        region,
        resource_id,
        who: arguments.by.clone(),
        why: arguments.why.clone(),
        until: arguments.until,
    };
    let now = Timestamp::now();
    let (suppression, covered) = arguments.store.change(config, |store| {
        let suppression = store.suppress(terms.clone(), now).map_err(store::error)?;
        let open = FindingFilter { open: true, ..FindingFilter::default() };
        Ok((suppression, store.findings(&open, now).map_err(store::error)?))
    })?;
    let covered = covered.iter().filter(|finding| suppression.matches(&finding.finding.key())).count();
    output::print(&format!(
        "suppression {} mutes {covered} open findings until {:.0}\n",
        suppression.id, suppression.terms.until
    ))
}

fn suppressions(store: &StoreArguments, config: &crate::config::Config) -> Result<Exit, CliError> {
    let now = Timestamp::now();
    let mut text = String::new();
    for suppression in store.read(config)?.suppressions().map_err(store::error)? {
        let terms = &suppression.terms;
        let state = match (suppression.is_active(now), suppression.revoked_at) {
            (true, _) => "active",
            (false, Some(_)) => "ended by hand",
            (false, None) => "expired",
        };
        let _ = writeln!(
            text,
            "{:>5}  {state}  until {:.0}  check {} account {} region {} resource {}\n       {}: {}",
            suppression.id,
            terms.until,
            terms.check.as_str(),
            terms.account_id.as_str(),
            terms.region.as_str(),
            terms.resource_id.as_str(),
            terms.who,
            one_line(&terms.why),
        );
    }
    if text.is_empty() {
        text.push_str("no suppressions\n");
    }
    output::print(&text)
}

fn audits(last: u32, store: &StoreArguments, config: &crate::config::Config) -> Result<Exit, CliError> {
    let mut text = String::new();
    for audit in store.read(config)?.audits(last).map_err(store::error)? {
        let totals = &audit.totals;
        let seconds = audit.finished_at.duration_since(audit.started_at).as_secs_f64();
        let _ = writeln!(
            text,
            "{:>5}  {:.0}  {} failed, {} unknown, {} passed; {} resources, {} calls, {} throttled, {} incomplete listings, {seconds:.1} s",
            audit.id,
            audit.finished_at,
            totals.fail,
            totals.unknown,
            totals.pass,
            audit.resources,
            audit.calls,
            audit.throttles,
            audit.incomplete,
        );
    }
    if text.is_empty() {
        text.push_str("no audits yet\n");
    }
    output::print(&text)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
