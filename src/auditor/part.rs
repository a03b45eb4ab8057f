//! One account of an audit, from reaching it to what came of it. Nothing else of it stays in memory.

use std::any::Any;
use std::collections::BTreeMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures::FutureExt;
use jiff::Timestamp;

use super::claims::Claims;
use super::{AuditScope, Progress, Reached, collect, reach};
use crate::audit::{AuditedAccount, Coverage};
use crate::aws::{AccountError, Fleet};
use crate::check::{self, Check};
use crate::claim::DocumentOutcome;
use crate::collect::{Extent, Plan};
use crate::config::AccountConfig;
use crate::finding::Finding;
use crate::inventory::{Inventory, Listing};

/// What it takes to audit an account.
pub(super) struct Work<'a> {
    pub fleet: &'a Fleet,
    pub scope: &'a AuditScope,
    pub checks: &'a [&'a Check],
    pub claims: Option<&'a Claims<'a>>,
    pub as_of: Timestamp,
    pub plan: Arc<Plan>,
    pub progress: &'a Progress,
}

/// What came of an account.
#[derive(Debug)]
pub(super) struct Part {
    /// As the configuration has it, with its place there; more than once where the configuration has it more than once.
    pub accounts: Vec<(usize, AuditedAccount)>,
    pub coverage: Vec<Coverage>,
    pub resources: u64,
    pub findings: Vec<Finding>,
    /// What became of its documents, each with its number.
    pub documents: Vec<(usize, DocumentOutcome)>,
}

/// The entries of a configuration, by their places, that are read together: those that are of one account, since its
/// resources refer to each other.
pub(super) fn by_account(accounts: &[AccountConfig]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    for (place, account) in accounts.iter().enumerate() {
        match account.id() {
            Some(id) => match known.get(id) {
                Some(group) => groups[*group].push(place),
                None => {
                    known.insert(id, groups.len());
                    groups.push(vec![place]);
                }
            },
            None => groups.push(vec![place]),
        }
    }
    groups
}

impl Work<'_> {
    /// Audits an account, given by its places in the configuration. Whatever happens to it, the others go on.
    pub async fn part(&self, places: Vec<usize>) -> Part {
        let part = match unbroken(self.read(&places)).await {
            Ok(part) => part,
            Err(error) => {
                let configs = self.configs(&places).cloned();
                let unreached = configs.map(|config| Reached { config, outcome: Err(error.clone()) });
                self.judge(&places, &unreached.collect::<Vec<_>>(), &Inventory::default())
            }
        };
        self.fleet.forget_idle();
        self.progress.finish_accounts(places.len());
        part
    }

    async fn read(&self, places: &[usize]) -> Part {
        let reached = reach(self.fleet, self.scope, self.configs(places)).await;
        let found = collect(&reached, &self.plan, self.progress).await;
        self.judge(places, &reached, &found)
    }

    fn judge(&self, places: &[usize], reached: &[Reached], found: &Inventory) -> Part {
        Part {
            accounts: places.iter().copied().zip(reached.iter().map(audited_account)).collect(),
            coverage: coverage(found, &self.plan),
            resources: found.len() as u64,
            findings: self.findings(found),
            documents: self.claims.map(|claims| claims.answer(reached, found, self.as_of)).unwrap_or_default(),
        }
    }

    /// The verdicts; none on what is read only because it is joined.
    fn findings(&self, found: &Inventory) -> Vec<Finding> {
        let mut findings = check::judge(self.checks.iter().copied(), found, self.as_of);
        findings.retain(|finding| {
            let extent = self.plan.extent(&finding.resource_type, &finding.resource_id, &finding.resource_arn);
            extent == Extent::Full || &*finding.resource_id == Finding::UNLISTED
        });
        findings
    }

    fn configs(&self, places: &[usize]) -> impl Iterator<Item = &AccountConfig> {
        places.iter().filter_map(|place| self.scope.accounts.get(*place))
    }
}

/// What work comes to, or the panic that broke it off.
async fn unbroken<T>(work: impl Future<Output = T>) -> Result<T, AccountError> {
    // What is half done is dropped: nobody sees it.
    AssertUnwindSafe(work).catch_unwind().await.map_err(|panic| {
        let cause = said(&*panic);
        tracing::error!(%cause, "the audit of an account broke off; please report this");
        let (what, help) =
            ("the audit of the account broke off", "please report this; the other accounts were audited");
        AccountError { what: what.to_owned(), cause, help: help.to_owned() }
    })
}

/// What a panic says.
fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("it does not say why").to_owned()
}

fn audited_account(reached: &Reached) -> AuditedAccount {
    let name = reached.config.name.clone();
    match &reached.outcome {
        Ok((account, regions)) => AuditedAccount {
            account_id: account.account_id.to_string(),
            name,
            regions: regions.clone(),
            error: None,
            help: None,
        },
        Err(error) => AuditedAccount {
            account_id: reached.config.id().unwrap_or_default().to_owned(),
            name,
            regions: Vec::new(),
            error: Some(error.to_string()),
            help: Some(error.help.clone()),
        },
    }
}

fn coverage(inventory: &Inventory, plan: &Plan) -> Vec<Coverage> {
    let listings = inventory.listings().map(|(name, place, listing)| Coverage {
        resource_type: name.to_owned(),
        account_id: place.account_id.to_string(),
        region: place.region.to_string(),
        complete: *listing == Listing::Complete,
        only: plan.only(name).into_iter().flatten().cloned().collect(),
        gap: match listing {
            Listing::Complete => None,
            Listing::Incomplete(gap) => Some(gap.as_ref().clone()),
        },
    });
    listings.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_one_account_are_read_together() {
        let role = |account: &str| AccountConfig {
            role_arn: Some(format!("arn:aws:iam::{account}:role/audit")),
            ..AccountConfig::default()
        };
        let profile = || AccountConfig { profile: Some("a".to_owned()), ..AccountConfig::default() };
        let accounts = [role("111122223333"), profile(), role("444455556666"), role("111122223333"), profile()];
        assert_eq!(by_account(&accounts), [vec![0, 3], vec![1], vec![2], vec![4]]);
    }

    #[tokio::test]
    async fn a_panic_is_an_error_of_its_account() {
        let number = 7;
        let error = unbroken(async { assert_eq!(number, 8, "seven is not eight") }).await.unwrap_err();
        assert!(error.cause.contains("seven is not eight"), "{error}");
        assert_eq!(unbroken(async { number }).await.unwrap(), 7);
    }
}
