//! The command line: one file for each command, which only wires the other modules together.

mod against;
mod attest;
mod audit;
mod checks;
mod claims;
mod daemon;
mod document;
mod exit;
mod findings;
mod inventory;
mod logging;
mod merge;
mod notify;
mod output;
mod place;
mod policy;
mod preflight;
mod probe;
mod progress;
mod scope;
mod store;
mod time;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand, ValueEnum};

pub use exit::{CliError, Exit};

/// Holds a live AWS account against its audit: reads it, judges it, remembers, and tells what changed.
///
/// It only ever reads the account.
#[derive(Debug, Parser)]
#[command(name = "plumbline", version, max_term_width = 100, after_help = exit::HELP)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Options of every command.
#[derive(Debug, clap::Args)]
struct Global {
    /// The configuration [default: the text in PLUMBLINE_CONFIG_TOML, else plumbline.toml, if there is one]
    #[arg(long, global = true, value_name = "FILE", env = "PLUMBLINE_CONFIG")]
    config: Option<PathBuf>,
    /// More log lines on stderr; twice for every call
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
    /// How log lines are written
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text", env = "PLUMBLINE_LOG_FORMAT")]
    log_format: logging::LogFormat,
    /// No progress bar and no notes on stderr, errors excepted
    #[arg(short, long, global = true)]
    quiet: bool,
    /// No colours
    #[arg(long, global = true)]
    no_color: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Read the accounts, judge them, remember the verdicts and tell what changed
    Audit(Box<audit::Arguments>),
    /// Make one store of the audits of shards, and tell what changed in one digest
    Merge(merge::Arguments),
    /// Audit on a schedule, remember, tell, and answer on HTTP how things stand
    Daemon(Box<daemon::Arguments>),
    /// List, show and test checks
    #[command(subcommand)]
    Checks(checks::Command),
    /// Read what audit documents claim, and show what became of it
    #[command(subcommand)]
    Claims(claims::Command),
    /// Show what the store remembers, and mute findings
    #[command(subcommand)]
    Findings(findings::Command),
    /// Vouch for what no API shows, so that claims count as attested
    Attest(Box<attest::Arguments>),
    /// Try the channels that alerts are sent to
    #[command(subcommand)]
    Notify(notify::Command),
    /// Show what an audit would see
    #[command(subcommand)]
    Inventory(inventory::Command),
    /// Print the least-privilege IAM policy for the selected checks
    Policy(policy::Arguments),
    /// Say who is calling and what this identity cannot read
    Preflight(preflight::Arguments),
    /// Print the JSON schema of `audit --format json`, or of another command's
    Schema {
        /// Of what
        #[arg(default_value = "audit")]
        of: SchemaOf,
    },
    /// Print a completion script
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// What has a JSON schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SchemaOf {
    /// `audit --format json`
    Audit,
    /// `claims report --format json`, of one document
    Claims,
    /// `claims read --format json`, of one document
    Reading,
}

/// Runs the command that the arguments name.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    logging::start(&cli.global, matches!(cli.command, Command::Daemon(_)));
    let outcome = dispatch(&cli);
    match outcome {
        Ok(exit) => exit.into(),
        Err(error) => {
            error.print();
            error.exit().into()
        }
    }
}

fn dispatch(cli: &Cli) -> Result<Exit, CliError> {
    let global = &cli.global;
    match &cli.command {
        Command::Audit(arguments) => audit::run(arguments, global),
        Command::Merge(arguments) => merge::run(arguments, global),
        Command::Daemon(arguments) => daemon::run(arguments, global),
        Command::Checks(command) => checks::run(command, global),
        Command::Claims(command) => claims::run(command, global),
        Command::Findings(command) => findings::run(command, global),
        Command::Attest(arguments) => attest::run(arguments, global),
        Command::Notify(command) => notify::run(command, global),
        Command::Inventory(command) => inventory::run(command, global),
        Command::Policy(arguments) => policy::run(arguments, global),
        Command::Preflight(arguments) => preflight::run(arguments, global),
        Command::Schema { of } => output::print(&format!(
            "{:#}\n",
            match of {
                SchemaOf::Audit => crate::report::schema(),
                SchemaOf::Claims => crate::report::claims_schema(),
                SchemaOf::Reading => crate::report::reading_schema(),
            }
        )),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "plumbline", &mut script);
            output::print(&String::from_utf8_lossy(&script))
        }
    }
}

/// Runs asynchronous work until it ends or somebody presses Ctrl-C (or a supervisor sends SIGTERM).
fn block_on<T>(work: impl Future<Output = Result<T, CliError>>) -> Result<T, CliError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::failed("cannot start", &error))?;
    let outcome = runtime.block_on(async {
        tokio::select! {
            // First, so that signals are heeded from before the work begins.
            biased;
            () = stopped() => Err(CliError::Interrupted),
            outcome = work => outcome,
        }
    });
    // Calls that are still under way are dropped: nothing waits for an answer that nobody reads.
    runtime.shutdown_background();
    outcome
}

async fn stopped() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = interrupt.await;
}
