//! `plumbline audit`: read, judge, remember, tell, print.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use jiff::Timestamp;

use super::against::Documents;
use super::exit::{CliError, Exit};
use super::progress::Bar;
use super::scope::{CheckArguments, ScopeArguments, config};
use super::{Global, block_on, output, store, time};
use crate::audit::{AuditReport, AuditedAccount, Totals};
use crate::auditor::{self, Against, AuditScope, Progress};
use crate::aws::Fleet;
use crate::check::{Check, Library};
use crate::claim::Outcome;
use crate::config::Config;
use crate::deliver;
use crate::finding::{FindingKey, Severity, Verdict};
use crate::keep::{KeepError, Keeper};
use crate::notify::Channel;
use crate::report::{self, MarkdownOptions, TableOptions};
use crate::store::Run;

/// How bad it is that a document says what is not so.
const CONTRADICTED: Severity = Severity::High;

/// Failing resources that the table shows unless all are asked for.
const MOST_RESOURCES: usize = 10;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    scope: ScopeArguments,
    #[command(flatten)]
    checks: CheckArguments,
    /// A claims file, or an audit document in Markdown, that the account is held against; may be repeated
    #[arg(long = "claims", value_name = "FILE")]
    claims: Vec<PathBuf>,
    #[command(flatten)]
    store: store::StoreArguments,
    /// Remember nothing and tell nobody
    #[arg(long, conflicts_with = "store")]
    no_store: bool,
    /// How long to wait for another audit that uses the same store
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    wait: u64,
    /// How the result is written
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: Format,
    /// A file for the result, instead of stdout
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Exit with 3 if something of this severity or a worse one fails; `never` to exit with 0
    #[arg(long, value_name = "SEVERITY", default_value = "info")]
    fail_on: FailOn,
    /// The time, or the date, that ages are measured against [default: now]
    #[arg(long, value_name = "TIME", value_parser = time::instant)]
    as_of: Option<Timestamp>,
    /// Show in the table every command of a fix
    #[arg(long)]
    fixes: bool,
    /// Show every failing resource in the table, instead of the worst
    #[arg(long)]
    all: bool,
}

/// How a result is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Table,
    /// One JSON document.
    Json,
    /// One JSON object a line.
    Ndjson,
    /// For a repository, an issue or a wiki.
    Markdown,
}

/// From which severity on a fail decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct FailOn(Option<Severity>);

impl FromStr for FailOn {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "never" { Ok(FailOn(None)) } else { text.parse().map(|severity| FailOn(Some(severity))) }
    }
}

/// What is audited, and against what.
#[derive(Debug, Clone, Copy)]
struct What<'a> {
    scope: &'a AuditScope,
    checks: &'a [&'a Check],
    library: &'a Library,
    documents: Option<&'a Documents>,
}

/// An audit and what the store says of it.
struct Audited {
    report: AuditReport,
    /// What a suppression mutes.
    muted: BTreeSet<FindingKey>,
    elapsed: Duration,
    remembered: Result<(), CliError>,
}

pub fn run(arguments: &Arguments, global: &Global) -> Result<Exit, CliError> {
    let config = config(global)?;
    let scope = arguments.scope.scope(&config)?;
    let library = arguments.checks.library(&config)?;
    let checks = library.select(&arguments.checks.selection())?;
    let documents = Documents::load(&arguments.claims, &scope, &config, &library, global.quiet)?;
    let what = What { scope: &scope, checks: &checks, library: &library, documents: documents.as_ref() };
    let mut audited = block_on(audit(arguments, global, &config, &what))?;
    if let Some(documents) = documents.filter(|_| !global.quiet) {
        documents.note_unreached(&audited.report);
    }
    let exit = audited.exit(arguments.fail_on);
    if matches!(arguments.format, Format::Table | Format::Markdown) {
        audited.leave_out_muted();
    }
    let accounts = &audited.report.audit.accounts;
    let unread = accounts.iter().all(|account| account.error.is_some());
    // A table of nothing would say the same as the error.
    if !unread || arguments.format != Format::Table {
        output::stream(arguments.output.as_deref(), |out| write(out, arguments, &audited))?;
    }
    audited.remembered?;
    if unread {
        return Err(CliError::Failed(unread_accounts(accounts)));
    }
    // Who runs it by a schedule waits for this line: the daemon writes the same.
    let result = if accounts.iter().any(|account| account.error.is_some()) { "partial" } else { "success" };
    tracing::info!(result, seconds = audited.elapsed.as_secs(), "the audit ended");
    Ok(exit)
}

async fn audit(arguments: &Arguments, global: &Global, config: &Config, what: &What<'_>) -> Result<Audited, CliError> {
    let What { scope, checks, library, documents } = *what;
    let fleet = Fleet::new(config.limits());
    let channels = deliver::channels(&config.notify, &fleet, scope.profile.as_deref()).await;
    let channels = channels.map_err(|error| CliError::Usage(error.to_string()))?;
    let run = Run::begin(Timestamp::now());
    let started = run.started;
    let clock = Instant::now();
    // The store is opened and held first: nobody reads a big account to learn then that nothing can be kept.
    let mut keeper = None;
    if !arguments.no_store {
        let place = arguments.store.place(config)?;
        let keeper = keeper.insert(Keeper::open(&place, &fleet, scope.profile.as_deref()).await?);
        keeper.hold(Duration::from_secs(arguments.wait)).await.map_err(store::error)?;
    }
    let progress = Arc::new(Progress::default());
    let bar = Bar::start(global, progress.clone(), &fleet);
    // Whole seconds: ages are measured in hours and days, and people read this time.
    let as_of = arguments.as_of.unwrap_or_else(|| Timestamp::from_second(started.as_second()).unwrap_or(started));
    let attestations = match (&keeper, documents) {
        (Some(keeper), Some(_)) => keeper.read(|store| store.attestations(as_of))?,
        _ => Vec::new(),
    };
    let planned = |id: &str| documents.and_then(|documents| documents.known.planned(id));
    let against = documents.map(|documents| Against {
        documents: &documents.documents,
        library,
        planned: &planned,
        attestations: &attestations,
    });
    let report = auditor::audit(&fleet, scope, checks, against, as_of, &progress).await;
    drop(bar);
    let mut muted = BTreeSet::new();
    let mut remembered = Ok(());
    if let Some(keeper) = &mut keeper {
        remembered = remember(keeper, &report, run, &channels, config).await.map_err(CliError::from);
        muted = keeper.read(|store| store::muted(store, &report.findings))?;
    }
    Ok(Audited { report, muted, elapsed: clock.elapsed(), remembered })
}

async fn remember(
    keeper: &mut Keeper,
    report: &AuditReport,
    run: Run,
    channels: &[Channel],
    config: &Config,
) -> Result<(), KeepError> {
    let run = run.ended(Timestamp::now());
    let names: Vec<String> = channels.iter().map(|channel| channel.name().to_owned()).collect();
    let recorded = keeper.record(report, &run, &names, config.retention.before(run.finished)).await?;
    deliver::deliver(keeper, channels, recorded.due).await?;
    recorded.maintained?;
    Ok(())
}

fn unread_accounts(accounts: &[AuditedAccount]) -> String {
    let errors = accounts.iter().map(|account| {
        let help = account.help.as_ref().map(|help| format!("\n  help: {help}")).unwrap_or_default();
        let error = account.error.as_deref().unwrap_or_default();
        let (what, cause) = error.split_once(": ").unwrap_or((error, "unknown"));
        format!("{what}\n  cause: {cause}\n  effect: nothing of this account was read{help}")
    });
    errors.collect::<Vec<_>>().join("\nerror: ")
}

impl Audited {
    /// Removes the findings that are muted, as people are not to be bothered with them.
    fn leave_out_muted(&mut self) {
        let muted = &self.muted;
        self.report.findings.retain(|finding| !muted.contains(&finding.key()));
        self.report.audit.totals = Totals::of(&self.report.findings);
    }

    fn exit(&self, fail_on: FailOn) -> Exit {
        let Some(least) = fail_on.0 else { return Exit::Success };
        let counts = |verdict| {
            let mut findings = self.report.findings.iter().filter(|f| f.verdict == verdict && f.severity >= least);
            findings.any(|finding| !self.muted.contains(&finding.key()))
        };
        let unread = self.report.audit.accounts.iter().any(|account| account.error.is_some());
        let contradicted = CONTRADICTED >= least
            && self
                .report
                .documents
                .iter()
                .flat_map(|document| &document.claims)
                .any(|claim| claim.outcome == Outcome::Contradicted);
        if counts(Verdict::Fail) || contradicted {
            Exit::Failing
        } else if counts(Verdict::Unknown) || unread {
            Exit::Unknown
        } else {
            Exit::Success
        }
    }
}

fn write(out: &mut dyn Write, arguments: &Arguments, audited: &Audited) -> std::io::Result<()> {
    let report = &audited.report;
    match arguments.format {
        Format::Json => report::write_json(out, report),
        Format::Ndjson => report::write_ndjson(out, &report.audit, &report.findings, &report.documents),
        Format::Markdown => report::write_markdown(out, report, MarkdownOptions::default()),
        Format::Table => {
            let to_terminal = arguments.output.is_none();
            let options = TableOptions {
                width: if to_terminal { output::width() } else { 100 },
                color: to_terminal && output::coloured(),
                most_resources: if arguments.all { usize::MAX } else { MOST_RESOURCES },
                whole_fixes: arguments.fixes,
                elapsed: Some(audited.elapsed),
            };
            report::write_table(out, report, &options)?;
            match audited.muted.len() {
                0 => Ok(()),
                muted => writeln!(out, "{muted} muted: `plumbline findings suppressions` lists by whom and why."),
            }
        }
    }
}
