//! The options by which several commands say what is audited and by which checks.

use std::path::PathBuf;

use clap::Args;

use super::Global;
use super::exit::CliError;
use crate::auditor::{ScopeError, Wanted};
use crate::aws::AccountError;
use crate::check::{Library, Selection};
use crate::config::Config;
use crate::finding::Severity;

/// Which accounts and Regions.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Scope")]
pub struct ScopeArguments {
    /// The profile of the AWS configuration
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// A Region; may be repeated [default: every Region that is enabled]
    #[arg(long = "region", value_name = "REGION")]
    pub regions: Vec<String>,
    /// An account, by its name or its id; may be repeated [default: all]
    #[arg(long = "account", value_name = "NAME")]
    pub accounts: Vec<String>,
}

/// Which checks.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Checks")]
pub struct CheckArguments {
    /// A check, by its id, `*` for any text; may be repeated
    #[arg(long = "check", value_name = "ID")]
    pub checks: Vec<String>,
    /// A theme; may be repeated
    #[arg(long = "theme", value_name = "THEME")]
    pub themes: Vec<String>,
    /// Only checks of this severity or a worse one
    #[arg(long, value_name = "SEVERITY")]
    pub severity: Option<Severity>,
    /// A folder of your own checks; may be repeated
    #[arg(long = "checks-dir", value_name = "DIR")]
    pub checks_dirs: Vec<PathBuf>,
}

impl ScopeArguments {
    /// What is to be audited.
    pub fn wanted(&self, config: &Config) -> Result<Wanted, CliError> {
        for region in &self.regions {
            if !is_region(region) {
                return Err(CliError::Usage(format!("`{region}` is no Region: write its code, such as `eu-west-1`")));
            }
        }
        let organization = config.organization_settings()?;
        Ok(Wanted {
            accounts: if organization.is_some() { config.accounts.clone() } else { config.accounts() },
            organization,
            only: self.accounts.clone(),
            shard: None,
            profile: self.profile.clone(),
            regions: if self.regions.is_empty() { config.regions.clone() } else { self.regions.clone() },
            accounts_at_once: config.limits.accounts_at_once.get(),
        })
    }
}

/// What keeps accounts from being audited, with what follows.
pub fn scope_error(error: ScopeError) -> CliError {
    match error {
        ScopeError::Wrong(text) => CliError::Usage(text),
        ScopeError::Organization(AccountError { what, cause, help }) => {
            CliError::Failed(format!("{what}\n  cause: {cause}\n  effect: no account was audited\n  help: {help}"))
        }
    }
}

/// Whether a text has the form of a Region's code.
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    parts.len() >= 3
        && parts
            .iter()
            .all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()))
        && parts.last().is_some_and(|last| last.chars().all(|c| c.is_ascii_digit()))
}

impl CheckArguments {
    /// All checks at hand.
    pub fn library(&self, config: &Config) -> Result<Library, CliError> {
        let directories: Vec<PathBuf> = config.checks_dirs.iter().chain(&self.checks_dirs).cloned().collect();
        Ok(Library::load(&directories, &config.settings())?)
    }

    /// Which of them are wanted.
    pub fn selection(&self) -> Selection {
        Selection { checks: self.checks.clone(), themes: self.themes.clone(), severity: self.severity }
    }
}

/// The configuration that the options name.
pub fn config(global: &Global) -> Result<Config, CliError> {
    Ok(Config::load(global.config.as_deref())?)
}
