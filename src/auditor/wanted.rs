//! What is to be audited: from what the configuration and the command line say to the accounts.

use sha2::{Digest as _, Sha256};

use super::AuditScope;
use crate::audit::SkippedAccount;
use crate::aws::{AccountError, Fleet};
use crate::config::{AccountConfig, OrganizationSettings};
use crate::organization::{Members, members};
use crate::shard::Shard;
use crate::suggest::nearest;

/// What the configuration and the command line say. With an organization, which accounts that are shows only when it is
/// asked, which each audit does anew.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The accounts; with an organization what is different about some of its accounts.
    pub accounts: Vec<AccountConfig>,
    /// The organization.
    pub organization: Option<OrganizationSettings>,
    /// The names or ids of the accounts that are wanted; all where there are none.
    pub only: Vec<String>,
    /// Which shard of the accounts.
    pub shard: Option<Shard>,
    /// The profile for accounts that name none.
    pub profile: Option<String>,
    /// The Regions; those of the account's configuration, else all that are enabled, where there are none.
    pub regions: Vec<String>,
    /// How many accounts are read at a time.
    pub accounts_at_once: usize,
}

/// Why nothing can be audited.
#[derive(Debug, thiserror::Error)]
pub enum ScopeError {
    /// The organization did not tell its accounts.
    #[error(transparent)]
    Organization(#[from] AccountError),
    /// What is wanted is not there, or cannot be.
    #[error("{0}")]
    Wrong(String),
}

impl Wanted {
    /// The accounts of the configuration that are wanted.
    pub fn configured(&self) -> impl Iterator<Item = &AccountConfig> {
        self.accounts.iter().filter(|account| self.is_chosen(account))
    }

    /// Whether more than one account may be meant.
    pub fn is_several(&self) -> bool {
        let of_organization = self.organization.is_some() && self.only.len() != 1;
        of_organization || self.configured().nth(1).is_some()
    }

    /// A digest of what is asked for, by which an audit of the same with the same checks is known again.
    pub fn asked<'c>(&self, checks: impl Iterator<Item = &'c str>) -> String {
        let accounts: Vec<_> = self.accounts.iter().map(|account| (&account.account_id, &account.name)).collect();
        let checks: Vec<&str> = checks.collect();
        let all = (accounts, &self.organization, &self.only, self.shard, &self.profile, &self.regions, checks);
        format!("{:x}", Sha256::digest(format!("{all:?}")))
    }

    /// The accounts. Asks the organization, if there is one.
    ///
    /// # Errors
    ///
    /// Nothing can be audited.
    pub async fn scope(&self, fleet: &Fleet) -> Result<AuditScope, ScopeError> {
        let Members { mut accounts, mut skipped } = match &self.organization {
            None => Members { accounts: self.accounts.clone(), skipped: Vec::new() },
            Some(settings) => members(fleet, settings, &self.accounts, self.profile.as_deref()).await?,
        };
        self.check_names(&accounts, &skipped)?;
        accounts.retain(|account| self.is_chosen(account));
        skipped.retain(|account| self.only.is_empty() || self.only.iter().any(|name| is_called(account, name)));
        if accounts.is_empty() {
            let reasons = skipped.iter().map(|skipped| format!("\n  {}: {}", skipped.account_id, skipped.reason));
            let reasons: String = reasons.collect();
            return Err(ScopeError::Wrong(format!(
                "no account is left to audit{reasons}\n  help: check `units`, `accounts` and `exclude` of `[organization]`"
            )));
        }
        let mut elsewhere = Vec::new();
        if let Some(shard) = self.shard {
            if let Some(unknown) = accounts.iter().find(|account| account.id().is_none()) {
                let name = unknown.name.as_deref().map(|name| format!("the account `{name}`"));
                return Err(ScopeError::Wrong(format!(
                    "nobody knows to which shard {} belongs: its id is not known before it is reached\n  help: write \
                     `account_id = \"111122223333\"`, with its own id, into its `[[accounts]]`",
                    name.as_deref().unwrap_or("the account of the credentials at hand")
                )));
            }
            let here = |account: &AccountConfig| account.id().is_some_and(|id| shard.has(id));
            (accounts, elsewhere) = accounts.into_iter().partition(here);
            skipped.retain(|account| shard.has(&account.account_id));
        }
        let (profile, regions, accounts_at_once) = (self.profile.clone(), self.regions.clone(), self.accounts_at_once);
        Ok(AuditScope {
            accounts,
            profile,
            regions,
            accounts_at_once,
            skipped,
            shard: self.shard,
            elsewhere,
            focus: None,
        })
    }

    fn is_chosen(&self, account: &AccountConfig) -> bool {
        self.only.is_empty() || self.only.iter().any(|name| account.is_called(name))
    }

    fn check_names(&self, accounts: &[AccountConfig], skipped: &[SkippedAccount]) -> Result<(), ScopeError> {
        let is_there = |name: &String| {
            accounts.iter().any(|account| account.is_called(name))
                || skipped.iter().any(|account| is_called(account, name))
        };
        let Some(name) = self.only.iter().find(|name| !is_there(name)) else { return Ok(()) };
        let names = accounts.iter().filter_map(|account| account.name.as_deref());
        let help = nearest(name, names).map(|help| format!("; {help}")).unwrap_or_default();
        let whose = if self.organization.is_some() { "the organization" } else { "the configuration" };
        Err(ScopeError::Wrong(format!("{whose} has no account named `{name}`{help}")))
    }
}

fn is_called(account: &SkippedAccount, name: &str) -> bool {
    account.account_id == name || account.name.as_deref() == Some(name)
}

impl AuditScope {
    /// Whether an account, by its name or id, is left to another shard.
    pub fn is_elsewhere(&self, name: &str) -> bool {
        let Some(shard) = self.shard else { return false };
        let is_here = self.accounts.iter().any(|account| account.is_called(name));
        let is_of_others = crate::config::is_account_id(name) && !shard.has(name);
        !is_here && (is_of_others || self.elsewhere.iter().any(|account| account.is_called(name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::Limits;

    fn account(id: u64) -> AccountConfig {
        let (name, account_id) = (Some(format!("account-{id}")), Some(format!("{id:012}")));
        AccountConfig { name, account_id, ..AccountConfig::default() }
    }

    async fn scope(wanted: &Wanted) -> Result<AuditScope, ScopeError> {
        wanted.scope(&Fleet::new(Limits::default())).await
    }

    #[tokio::test]
    async fn each_account_is_in_one_shard_and_stays_there_when_others_come_and_go() {
        let shards = async |accounts: &[AccountConfig]| {
            let mut shards = Vec::new();
            for number in 1..=7 {
                let shard = Some(Shard { number, of: 7 });
                shards.push(scope(&Wanted { accounts: accounts.to_vec(), shard, ..Wanted::default() }).await.unwrap());
            }
            shards
        };
        let accounts: Vec<AccountConfig> = (100..140).map(account).collect();
        let all = shards(&accounts).await;
        let placed: usize = all.iter().map(|scope| scope.accounts.len()).sum();
        assert_eq!(placed, accounts.len());
        let few: Vec<AccountConfig> = accounts.iter().step_by(3).cloned().collect();
        for (before, after) in all.iter().zip(shards(&few).await) {
            let stayed: Vec<_> = before.accounts.iter().filter(|account| few.contains(account)).cloned().collect();
            assert_eq!(stayed, after.accounts);
        }
        for scope in &all {
            for account in &accounts {
                let name = account.name.as_deref().unwrap();
                assert_eq!(scope.is_elsewhere(name), !scope.accounts.contains(account));
            }
        }
    }

    #[tokio::test]
    async fn what_cannot_be_chosen_is_told() {
        let shard = Some(Shard { number: 1, of: 2 });
        let nameless = vec![AccountConfig::default()];
        let named = vec![AccountConfig { name: Some("staging".to_owned()), ..AccountConfig::default() }];
        for (wanted, said) in [
            (
                Wanted { accounts: nameless, shard, ..Wanted::default() },
                "the account of the credentials at hand belongs",
            ),
            (Wanted { accounts: named.clone(), shard, ..Wanted::default() }, "the account `staging` belongs"),
            (
                Wanted { accounts: named, only: vec!["stagin".to_owned()], ..Wanted::default() },
                "has no account named `stagin`; did you mean `staging`?",
            ),
        ] {
            let error = scope(&wanted).await.unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
    }
}
