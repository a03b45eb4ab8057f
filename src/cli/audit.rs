//! `plumbline audit`: read, judge, remember, tell, print.

use std::io::Write;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use jiff::Timestamp;

use super::against::Documents;
use super::exit::{CliError, Exit};
use super::place::AuditPlace;
use super::progress::Bar;
use super::scope::{CheckArguments, ScopeArguments, config, scope_error};
use super::{Global, block_on, output, store, time};
use crate::audit::{AuditReport, AuditedAccount, SpoolError};
use crate::auditor::{self, Against, AuditScope, Progress, Wanted};
use crate::aws::Fleet;
use crate::check::{Check, Library};
use crate::claim::{Attestation, Outcome};
use crate::config::Config;
use crate::deliver;
use crate::exchange::Header;
use crate::finding::{Finding, Severity, Verdict};
use crate::keep::{KeepError, Keeper, Place, Reading};
use crate::notify::Channel;
use crate::report::{self, MarkdownOptions, TableOptions};
use crate::shard::Shard;
use crate::store::{Run, StoreError, Suppression};

/// How bad it is that a document says what is not so.
const CONTRADICTED: Severity = Severity::High;

/// Failing resources that the table shows unless all are asked for.
const MOST_RESOURCES: usize = 10;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    scope: ScopeArguments,
    /// Audit only this shard of the accounts, such as 2/8 for the second of eight
    #[arg(long, value_name = "I/N", help_heading = "Scope")]
    shard: Option<Shard>,
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
    /// Write the whole audit into this folder, or below `s3://bucket/prefix/`, for `plumbline merge`; tell nobody, and read the
    /// store only for attestations, if one is named
    #[arg(long, value_name = "PLACE", conflicts_with = "no_store")]
    into: Option<AuditPlace>,
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
    fleet: &'a Fleet,
    scope: &'a AuditScope,
    /// The digest by which an audit of the same is known again.
    asked: &'a str,
    checks: &'a [&'a Check],
    library: &'a Library,
    documents: Option<&'a Documents>,
}

/// An audit and what the store says of it.
struct Audited {
    report: AuditReport,
    /// What mutes findings.
    suppressions: Vec<Suppression>,
    elapsed: Duration,
    remembered: Result<(), CliError>,
}

pub fn run(arguments: &Arguments, global: &Global) -> Result<Exit, CliError> {
    let config = config(global)?;
    let wanted = Wanted { shard: arguments.shard, ..arguments.scope.wanted(&config)? };
    let library = arguments.checks.library(&config)?;
    let checks = library.select(&arguments.checks.selection())?;
    let mut documents = Documents::load(&arguments.claims, &wanted, &config, &library, global.quiet)?;
    let mut audited = block_on(async {
        let fleet = Fleet::new(config.limits());
        let scope = wanted.scope(&fleet).await.map_err(scope_error)?;
        if let Some(documents) = &mut documents {
            documents.leave_out_elsewhere(&scope);
        }
        let documents = documents.as_ref();
        let asked = wanted.asked(checks.iter().map(|check| &*check.id));
        let what = What { fleet: &fleet, scope: &scope, asked: &asked, checks: &checks, library: &library, documents };
        audit(arguments, global, &config, &what).await
    })?;
    if let Some(documents) = documents.filter(|_| !global.quiet) {
        documents.note_unreached(&audited.report);
    }
    let weighed = audited.weigh(arguments.fail_on).map_err(set_aside)?;
    let exit = audited.exit(arguments.fail_on, &weighed);
    if weighed.muted > 0 && matches!(arguments.format, Format::Table | Format::Markdown) {
        audited.leave_out_muted().map_err(set_aside)?;
    }
    let accounts = &audited.report.audit.accounts;
    let unread = !accounts.is_empty() && accounts.iter().all(|account| account.error.is_some());
    if let (true, Some(shard), false) = (accounts.is_empty(), arguments.shard, global.quiet) {
        anstream::eprintln!("note: {shard} holds no account: the others audit them");
    }
    // A table of nothing would say the same as the error.
    if !unread || arguments.format != Format::Table {
        output::stream(arguments.output.as_deref(), |out| write(out, arguments, &audited, weighed.muted))?;
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
    let What { fleet, scope, asked, checks, library, documents } = *what;
    let channels = match arguments.into {
        Some(_) => Ok(Vec::new()),
        None => deliver::channels(&config.notify, fleet, scope.profile.as_deref()).await,
    };
    let channels = channels.map_err(|error| CliError::Usage(error.to_string()))?;
    let clock = Instant::now();
    // The store is opened and held first: nobody reads a big account to learn then that nothing can be kept.
    let mut keeper = None;
    if !arguments.no_store && arguments.into.is_none() {
        let place = arguments.store.place(config)?;
        let keeper = keeper.insert(Keeper::open(&place, fleet, scope.profile.as_deref()).await?);
        keeper.hold(Duration::from_secs(arguments.wait)).await.map_err(store::error)?;
    }
    // It begins when the wait is over: of two audits the one that began later counts.
    let run = Run::begin(Timestamp::now(), asked);
    let progress = Arc::new(Progress::default());
    let bar = Bar::start(global, progress.clone(), fleet);
    // Whole seconds: ages are measured in hours and days, and people read this time.
    let as_of =
        arguments.as_of.unwrap_or_else(|| Timestamp::from_second(run.started.as_second()).unwrap_or(run.started));
    let attestations = match (&keeper, documents) {
        (Some(keeper), Some(_)) => keeper.read(|store| store.attestations(as_of))?,
        (None, Some(_)) if arguments.into.is_some() => {
            attestations_of(arguments.store.named(config)?, fleet, scope.profile.as_deref(), as_of).await?
        }
        _ => Vec::new(),
    };
    let planned = |id: &str| documents.and_then(|documents| documents.known.planned(id));
    let against = documents.map(|documents| Against {
        documents: &documents.documents,
        library,
        planned: &planned,
        attestations: &attestations,
    });
    let report = auditor::audit(fleet, scope, checks, against, as_of, &progress).await;
    drop(bar);
    let report = report.map_err(set_aside)?;
    let mut suppressions = Vec::new();
    let mut remembered = Ok(());
    if let Some(keeper) = &mut keeper {
        remembered = remember(keeper, &report, run.clone(), &channels, config).await.map_err(CliError::from);
        suppressions = keeper.read(store::suppressions)?;
    }
    if let Some(place) = &arguments.into {
        let header = Header { run: run.ended(Timestamp::now()), shard: arguments.shard };
        let put = place.put(fleet, scope.profile.as_deref(), &header, &report).await;
        remembered = put.map(|name| {
            if !global.quiet {
                anstream::eprintln!("note: the audit is `{name}`");
            }
        });
    }
    Ok(Audited { report, suppressions, elapsed: clock.elapsed(), remembered })
}

/// What people vouch for, of a store that is only read. There may be none yet: the first merge makes it.
async fn attestations_of(
    place: Option<Place>,
    fleet: &Fleet,
    profile: Option<&str>,
    as_of: Timestamp,
) -> Result<Vec<Attestation>, CliError> {
    let Some(place) = place else { return Ok(Vec::new()) };
    match Reading::open(&place, fleet, profile).await {
        Ok(store) => store.attestations(as_of).map_err(store::error),
        Err(KeepError::Missing(_) | KeepError::Store(StoreError::Missing { .. })) => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
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

/// The error of one who has no room for what was found.
fn set_aside(error: SpoolError) -> CliError {
    let cause = std::error::Error::source(&error).map(|cause| format!("\n  cause: {cause}")).unwrap_or_default();
    CliError::Failed(format!("{error}{cause}\n  effect: {}\n  help: {}", error.effect(), error.help()))
}

/// What the findings that are not muted come to.
#[derive(Debug, Default)]
struct Weighed {
    muted: u64,
    fails: bool,
    unknown: bool,
}

impl Audited {
    /// Whether a suppression covers a finding that is no pass.
    fn mutes(suppressions: &[Suppression], finding: &Finding) -> bool {
        finding.verdict != Verdict::Pass
            && !suppressions.is_empty()
            && suppressions.iter().any(|suppression| suppression.matches(&finding.key()))
    }

    fn weigh(&self, fail_on: FailOn) -> Result<Weighed, SpoolError> {
        let mut weighed = Weighed::default();
        for findings in self.report.findings.accounts() {
            for finding in findings?.iter() {
                if Audited::mutes(&self.suppressions, finding) {
                    weighed.muted += 1;
                } else if fail_on.0.is_some_and(|least| finding.severity >= least) {
                    weighed.fails |= finding.verdict == Verdict::Fail;
                    weighed.unknown |= finding.verdict == Verdict::Unknown;
                }
            }
        }
        Ok(weighed)
    }

    /// Removes the findings that are muted, as people are not to be bothered with them.
    fn leave_out_muted(&mut self) -> Result<(), SpoolError> {
        let suppressions = &self.suppressions;
        self.report.findings.retain(|finding| !Audited::mutes(suppressions, finding))?;
        self.report.audit.totals = self.report.findings.totals();
        Ok(())
    }

    fn exit(&self, fail_on: FailOn, weighed: &Weighed) -> Exit {
        let Some(least) = fail_on.0 else { return Exit::Success };
        let unread = self.report.audit.accounts.iter().any(|account| account.error.is_some());
        let documents = self.report.documents.iter();
        let mut claims = documents.flat_map(|document| &document.claims);
        let contradicted = CONTRADICTED >= least && claims.any(|claim| claim.outcome == Outcome::Contradicted);
        if weighed.fails || contradicted {
            Exit::Failing
        } else if weighed.unknown || unread {
            Exit::Unknown
        } else {
            Exit::Success
        }
    }
}

fn write(out: &mut dyn Write, arguments: &Arguments, audited: &Audited, muted: u64) -> std::io::Result<()> {
    let report = &audited.report;
    match arguments.format {
        Format::Json => report::write_json(out, report),
        Format::Ndjson => report::write_ndjson(out, report),
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
            match muted {
                0 => Ok(()),
                muted => writeln!(out, "{muted} muted: `plumbline findings suppressions` lists by whom and why."),
            }
        }
    }
}
