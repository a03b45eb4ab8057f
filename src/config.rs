//! `plumbline.toml`: what is audited, by which checks, and who is told.

mod daemon;
mod events;
mod organization;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::aws::{Access, Limits};
use crate::check::{Setting, Source};
use crate::claim::Params;
use crate::finding::Severity;
use crate::notify::ChannelConfig;
use crate::remote::S3Place;
use crate::suggest::nearest;

use daemon::Misfit;

pub use daemon::{DaemonConfig, DaemonSettings, ScopeSettings, Token, TokenSource, listen_address};
pub use events::{EventSettings, Queue};
pub use organization::{MemberSource, OrganizationConfig, OrganizationSettings, is_account_id};

/// The file that is read where none is named.
pub const DEFAULT_FILE: &str = "plumbline.toml";

/// The environment variable that holds the configuration itself, where no file can be put beside the program.
pub const TEXT_VARIABLE: &str = "PLUMBLINE_CONFIG_TOML";

/// The whole file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where the store lies: a file, or `s3://bucket/key`.
    pub store: Option<PathBuf>,
    /// The Regions to audit; all that are enabled where there are none.
    pub regions: Vec<String>,
    /// The accounts to audit; the one of the credentials at hand where there are none.
    pub accounts: Vec<AccountConfig>,
    /// The AWS Organization whose accounts are audited.
    pub organization: Option<OrganizationConfig>,
    /// Folders of further checks.
    pub checks_dirs: Vec<PathBuf>,
    /// What is changed about single checks.
    pub checks: BTreeMap<String, CheckConfig>,
    /// How AWS's request limits are used.
    pub limits: LimitsConfig,
    /// How long the store remembers.
    pub retention: RetentionConfig,
    /// Who is told of changes, by name.
    pub notify: BTreeMap<String, ChannelConfig>,
    /// How it runs by itself.
    pub daemon: DaemonConfig,
}

/// One account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountConfig {
    /// A name for people.
    pub name: Option<String>,
    /// Its twelve-digit id: what the credentials have to lead to.
    pub account_id: Option<String>,
    /// The profile whose credentials start the chain.
    pub profile: Option<String>,
    /// The role to assume.
    pub role_arn: Option<String>,
    /// The external id that the role asks for.
    pub external_id: Option<String>,
    /// The name under which CloudTrail shows the session.
    pub session_name: Option<String>,
    /// The Regions to audit there, instead of the general ones.
    #[serde(default)]
    pub regions: Vec<String>,
    /// Claims files, or audit documents, that it is held against.
    #[serde(default)]
    pub claims: Vec<PathBuf>,
    /// What `{names}` in those files stand for here.
    #[serde(default)]
    pub claims_params: Params,
    /// Whether the credentials that start the chain are of this account, and read it where its role cannot be assumed.
    #[serde(skip)]
    pub is_own: bool,
}

/// What is changed about one check.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CheckConfig {
    /// Whether it judges at all.
    pub enabled: Option<bool>,
    /// How bad a fail is here.
    pub severity: Option<Severity>,
    /// Its parameters.
    pub params: BTreeMap<String, serde_json::Value>,
}

/// How AWS's request limits are used.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsConfig {
    /// The share of each of AWS's limits that is used, above 0 and at most 1.
    pub share: f64,
    /// Calls a second for each API bucket of a service, instead of that share: `rates.s3 = 50`.
    pub rates: BTreeMap<String, f64>,
    /// How many accounts are read at a time. Each takes memory, and all share the connections.
    pub accounts_at_once: NonZeroUsize,
}

/// Accounts that are read at a time where nothing is said of it.
const ACCOUNTS_AT_ONCE: usize = 8;

impl Default for LimitsConfig {
    fn default() -> Self {
        LimitsConfig {
            share: 0.5,
            rates: BTreeMap::new(),
            accounts_at_once: NonZeroUsize::new(ACCOUNTS_AT_ONCE).unwrap_or(NonZeroUsize::MIN),
        }
    }
}

/// How long the store remembers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RetentionConfig {
    /// Days that closed findings, transitions, audits and delivered alerts are kept.
    pub days: u32,
}

impl Default for RetentionConfig {
    fn default() -> Self {
        RetentionConfig { days: 400 }
    }
}

impl RetentionConfig {
    /// The time before which everything may go.
    pub fn before(&self, now: Timestamp) -> Timestamp {
        let hours = i64::from(self.days) * 24;
        now.checked_sub(SignedDuration::from_hours(hours)).unwrap_or(Timestamp::MIN)
    }
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It cannot be read.
    #[error("cannot read the configuration `{path}`: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is wrong.
    #[error("{0}")]
    Wrong(Box<crate::check::Problem>),
}

impl Config {
    /// Reads the configuration: the file named, else the text in [`TEXT_VARIABLE`], else `plumbline.toml` in the working
    /// directory if there is one.
    ///
    /// # Errors
    ///
    /// It cannot be read, or something in it is wrong; said with line and column.
    pub fn load(path: Option<&Path>) -> Result<Config, ConfigError> {
        let default = Path::new(DEFAULT_FILE);
        let path = match path {
            Some(path) => path,
            None if let Ok(text) = std::env::var(TEXT_VARIABLE) => return Config::parse(TEXT_VARIABLE, &text),
            None if default.exists() => default,
            None => return Ok(Config::default()),
        };
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
        let mut config = Config::parse(&path.display().to_string(), &text)?;
        // Paths are meant as seen from the file.
        let folder = path.parent().unwrap_or(Path::new(""));
        for directory in &mut config.checks_dirs {
            *directory = folder.join(&*directory);
        }
        for claims in config.accounts.iter_mut().flat_map(|account| &mut account.claims) {
            *claims = folder.join(&*claims);
        }
        config.store = config.store.map(|store| match store.to_str() {
            Some(name) if S3Place::is_meant_by(name) => store,
            _ => folder.join(store),
        });
        config.daemon.seen_from(folder);
        Ok(config)
    }

    fn parse(path: &str, text: &str) -> Result<Config, ConfigError> {
        let source = Source::new(path, text);
        let wrong = |bytes: std::ops::Range<usize>, message: String, help: Option<String>| {
            ConfigError::Wrong(Box::new(source.problem_at(bytes, message, help)))
        };
        let config: Config = toml::from_str(text).map_err(|error| {
            let message = error.message().lines().next().unwrap_or_default().to_owned();
            let help = unknown_key(&message);
            wrong(error.span().unwrap_or(0..0), message, help)
        })?;
        let share = config.limits.share;
        if !(share > 0.0 && share <= 1.0) {
            let at = text.find("share").map_or(0..0, |at| at..at + "share".len());
            return Err(wrong(at, format!("`limits.share` must be above 0 and at most 1, not {share}"), None));
        }
        if let Some((service, rate)) = config.limits.rates.iter().find(|(_, rate)| !(**rate > 0.0 && rate.is_finite()))
        {
            let at = text.find(service.as_str()).map_or(0..0, |at| at..at + service.len());
            return Err(wrong(at, format!("`limits.rates.{service}` must be above 0, not {rate}"), None));
        }
        for account in &config.accounts {
            if let Some(message) = account.misfit() {
                let id = account.account_id.as_deref().unwrap_or_default();
                let at = text.find(&format!("\"{id}\"")).map_or(0..0, |at| at..at + id.len() + 2);
                return Err(wrong(at, message, None));
            }
        }
        if let Some(organization) = &config.organization {
            if let Err(misfit) = organization.settings() {
                return Err(wrong(misfit.bytes, misfit.message, misfit.help));
            }
            if let Some((index, message)) = organization.misfit_of(&config.accounts) {
                let table = "[[accounts]]";
                let at = text.match_indices(table).nth(index).map_or(0..0, |(at, _)| at + 2..at + table.len() - 2);
                let help = Some("its table says what is different about one account of the organization".to_owned());
                return Err(wrong(at, message, help));
            }
        }
        if config.accounts.iter().any(|account| account.name.is_none() && !account.claims.is_empty()) {
            let at = text.find("claims").map_or(0..0, |at| at..at + "claims".len());
            let help = Some("write `name = \"production\"`, or as you call it".to_owned());
            return Err(wrong(at, "an account with `claims` needs a `name`".to_owned(), help));
        }
        if let Err(misfit) = config.daemon.settings() {
            return Err(wrong(misfit.bytes, misfit.message, misfit.help));
        }
        Ok(config)
    }

    /// The ways of access to the accounts; one that uses the credentials at hand where none is configured.
    pub fn accounts(&self) -> Vec<AccountConfig> {
        if self.accounts.is_empty() { vec![AccountConfig::default()] } else { self.accounts.clone() }
    }

    /// The organization whose accounts are audited, if there is one.
    ///
    /// # Errors
    ///
    /// None for what [`Config::load`] has read: that is what it refuses.
    pub fn organization_settings(&self) -> Result<Option<OrganizationSettings>, ConfigError> {
        self.organization.as_ref().map(OrganizationConfig::settings).transpose().map_err(found_before)
    }

    /// The settings of checks.
    pub fn settings(&self) -> BTreeMap<String, Setting> {
        let setting = |check: &CheckConfig| Setting {
            enabled: check.enabled,
            severity: check.severity,
            params: check.params.clone(),
        };
        self.checks.iter().map(|(id, check)| (id.clone(), setting(check))).collect()
    }

    /// How it runs by itself.
    ///
    /// # Errors
    ///
    /// None for what [`Config::load`] has read: that is what it refuses.
    pub fn daemon_settings(&self) -> Result<DaemonSettings, ConfigError> {
        self.daemon.settings().map_err(found_before)
    }

    /// The request limits in force.
    pub fn limits(&self) -> Limits {
        Limits::new(self.limits.share, self.limits.rates.clone())
    }
}

/// What is told of a misfit apart from its file.
fn found_before(misfit: Misfit) -> ConfigError {
    let problem = Source::new(DEFAULT_FILE, "").problem_at(0..0, misfit.message, misfit.help);
    ConfigError::Wrong(Box::new(problem))
}

impl AccountConfig {
    /// Its id, as far as the configuration tells it.
    pub fn id(&self) -> Option<&str> {
        let of_role = || self.role_arn.as_deref().and_then(|arn| arn.split(':').nth(4)).filter(|id| is_account_id(id));
        self.account_id.as_deref().or_else(of_role)
    }

    /// Whether this is its name or its id.
    pub fn is_called(&self, name: &str) -> bool {
        self.name.as_deref() == Some(name) || self.id() == Some(name)
    }

    /// What is wrong with its id.
    fn misfit(&self) -> Option<String> {
        let id = self.account_id.as_deref()?;
        if !is_account_id(id) {
            return Some(format!("`{id}` is no account id: write its twelve digits, in quotes"));
        }
        let of_role = AccountConfig { account_id: None, ..self.clone() };
        let other = of_role.id().filter(|other| *other != id)?;
        Some(format!("`account_id` is {id}, but `role_arn` is of the account {other}"))
    }

    /// How the account is reached.
    pub fn access(&self, profile: Option<&str>) -> Access {
        Access {
            profile: self.profile.clone().or_else(|| profile.map(str::to_owned)),
            role_arn: self.role_arn.clone(),
            external_id: self.external_id.clone(),
            session_name: self.session_name.clone(),
            account_id: self.account_id.clone(),
            is_own: self.is_own,
        }
    }
}

/// What was probably meant by an unknown key, from the parser's message that lists the known ones.
fn unknown_key(message: &str) -> Option<String> {
    let mut words = message.strip_prefix("unknown field ")?.split('`');
    let key = words.nth(1)?;
    let known: Vec<&str> = words.skip(1).step_by(2).collect();
    nearest(key, known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_configuration_is_read() {
        let config = Config::parse(
            "plumbline.toml",
            r#"
                store = "state/plumbline.db"
                regions = ["eu-west-1", "us-east-1"]
                [[accounts]]
                name = "production"
                role_arn = "arn:aws:iam::111122223333:role/audit"
                external_id = "7d1f"
                [checks.rds-instance-backup-retention]
                severity = "critical"
                params = { days = 30 }
                [limits]
                share = 0.25
                rates = { s3 = 50 }
            "#,
        )
        .unwrap();
        assert_eq!(config.accounts()[0].name.as_deref(), Some("production"));
        let setting = &config.settings()["rds-instance-backup-retention"];
        assert_eq!(setting.severity, Some(Severity::Critical));
        assert_eq!(setting.params["days"], 30);
    }

    #[test]
    fn an_unknown_key_is_refused_with_its_place_and_what_was_meant() {
        let error = Config::parse("plumbline.toml", "regions = []\nacounts = []\n").unwrap_err().to_string();
        assert!(error.contains("plumbline.toml:2:1"), "{error}");
        assert!(error.contains("did you mean `accounts`?"), "{error}");
    }

    #[test]
    fn an_account_with_claims_has_a_name() {
        let text =
            "[[accounts]]\nname = \"a\"\nclaims = [\"club-app.yaml\"]\nclaims_params = { prefix = \"clubapp-dev\" }\n";
        let config = Config::parse("plumbline.toml", text).unwrap();
        assert_eq!(config.accounts[0].claims_params["prefix"], "clubapp-dev");
        let error = Config::parse("plumbline.toml", "[[accounts]]\nclaims = [\"club-app.yaml\"]\n").unwrap_err();
        assert!(error.to_string().contains("needs a `name`"), "{error}");
    }

    #[test]
    fn no_account_at_a_time_is_refused() {
        let text = "[limits]\nshare = 0.5\naccounts_at_once = 0\n";
        let error = Config::parse("plumbline.toml", text).unwrap_err().to_string();
        assert!(error.contains("plumbline.toml:3:20") && error.contains("nonzero"), "{error}");
        assert!(Config::default().limits.accounts_at_once.get() > 1);
    }

    #[test]
    fn a_share_above_one_is_refused() {
        let error = Config::parse("plumbline.toml", "[limits]\nshare = 2.0\n").unwrap_err().to_string();
        assert!(error.contains("at most 1"), "{error}");
        assert!(error.contains(":2:1"), "{error}");
    }
}
