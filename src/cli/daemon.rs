//! `plumbline daemon`: what to audit, and the loop that does it.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::against::Documents;
use super::document::Known;
use super::exit::{CliError, Exit};
use super::scope::{CheckArguments, ScopeArguments};
use super::{Global, store};
use crate::auditor::{AuditDocument, Wanted};
use crate::check::{Library, Selection};
use crate::config::{Config, DEFAULT_FILE, ScopeSettings, listen_address};
use crate::daemon::{self, DaemonError, Loaded, Options, Scoped};

#[derive(Debug, Clone, Args)]
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
    /// Where HTTP is answered, instead of the configuration's `daemon.listen`
    #[arg(long, value_name = "ADDRESS:PORT", value_parser = listen_address)]
    listen: Option<std::net::SocketAddr>,
    /// Ask the daemon that listens there whether it is alive, and end: 0 if it is, 1 if not. For containers without a shell
    #[arg(long)]
    probe: bool,
}

pub fn run(arguments: &Arguments, global: &Global) -> Result<Exit, CliError> {
    let config = super::scope::config(global)?;
    if arguments.probe {
        return super::probe::run(arguments.listen.unwrap_or(config.daemon_settings()?.listen));
    }
    let options = Options { store: arguments.store.place(&config)? };
    let file = global.config.clone();
    let again = arguments.clone();
    let loader = Box::new(move || load(&again, file.as_deref()).map_err(|error| error.to_string()));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| CliError::failed("cannot start", &error))?;
    let ended = runtime.block_on(daemon::run(options, loader));
    // What was abandoned is not waited for.
    runtime.shutdown_background();
    match ended {
        Ok(()) => Ok(Exit::Success),
        Err(DaemonError::Store(error)) => Err(error.into()),
        Err(error @ (DaemonError::Configuration(_) | DaemonError::Open(_))) => Err(CliError::Usage(error.to_string())),
        Err(error) => Err(CliError::Failed(error.to_string())),
    }
}

/// Reads the configuration and all that it names.
fn load(arguments: &Arguments, file: Option<&std::path::Path>) -> Result<Loaded, CliError> {
    let config = Config::load(file)?;
    let mut settings = config.daemon_settings()?;
    settings.listen = arguments.listen.unwrap_or(settings.listen);
    let token = settings.token.read().map_err(CliError::Usage)?;
    let wanted = arguments.scope.wanted(&config)?;
    let library = arguments.checks.library(&config)?;
    let selection: Selection = arguments.checks.selection();
    // Notes on single claims are for those who write them.
    let documents = Documents::load(&arguments.claims, &wanted, &config, &library, true)?;
    let mut files = vec![file.map_or_else(|| PathBuf::from(DEFAULT_FILE), ToOwned::to_owned)];
    files.extend(config.checks_dirs.iter().chain(&arguments.checks.checks_dirs).cloned());
    files.extend(arguments.claims.iter().cloned());
    files.extend(wanted.configured().flat_map(|account| account.claims.iter().cloned()));
    files.extend(settings.token.file().map(ToOwned::to_owned));
    let (documents, known) = match documents {
        Some(Documents { documents, known }) => (documents, Some(known)),
        None => (Vec::new(), None),
    };
    let mut scopes = Vec::new();
    for scope in &settings.scopes {
        scopes.push(Arc::new(scoped(scope, &wanted, &selection, &library, &documents)?));
    }
    let planned = Box::new(move |id: &str| known.as_ref().and_then(|known: &Known| known.planned(id)));
    Ok(Loaded { config, settings, token, wanted, library, selection, scopes, planned, files })
}

/// What a scope of the configuration means.
fn scoped(
    settings: &ScopeSettings,
    wanted: &Wanted,
    selection: &Selection,
    library: &Library,
    documents: &[AuditDocument],
) -> Result<Scoped, CliError> {
    let of = |what: &str| format!("the scope `{}` of `[daemon]`: {what}", settings.name);
    let mut wanted = wanted.clone();
    if !settings.accounts.is_empty() {
        // An organization's accounts are known when it is asked.
        let is_there = |name: &&String| !wanted.configured().any(|account| account.is_called(name));
        if let (None, Some(name)) = (&wanted.organization, settings.accounts.iter().find(is_there)) {
            let help = "write names or ids of `[[accounts]]`";
            return Err(CliError::Usage(format!("{}\n  help: {help}", of(&format!("there is no account `{name}`")))));
        }
        wanted.only.clone_from(&settings.accounts);
    }
    if !settings.regions.is_empty() {
        wanted.regions.clone_from(&settings.regions);
    }
    // What the command line chooses holds for every scope.
    let all: BTreeSet<_> = library.select(selection)?.iter().map(|check| check.id.clone()).collect();
    let own = library.select(&settings.checks).map_err(|error| CliError::Usage(of(&error.to_string())))?;
    let checks: Vec<String> =
        own.iter().filter(|check| all.contains(&check.id)).map(|check| check.id.to_string()).collect();
    if checks.is_empty() {
        return Err(CliError::Usage(of("no check is left to judge by")));
    }
    let concerns = |document: &&AuditDocument| {
        let account = document.account.clone().or_else(|| document.file.filled(&document.params).account);
        settings.accounts.is_empty() || account.is_none_or(|account| settings.accounts.contains(&account))
    };
    Ok(Scoped {
        name: settings.name.clone(),
        schedule: settings.schedule.clone(),
        asked: wanted.asked(checks.iter().map(String::as_str)),
        wanted,
        checks: checks.len(),
        selection: Selection { checks, ..Selection::default() },
        documents: documents.iter().filter(concerns).cloned().collect(),
    })
}
