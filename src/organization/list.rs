//! Asking Organizations.

use std::collections::BTreeSet;

use aws_sdk_organizations::Client;
use aws_sdk_organizations::types::Account as Described;

use crate::aws::{Account, AccountError, Failure, RegionClient};
use crate::config::{MemberSource, OrganizationSettings};
use crate::inventory::{GapKind, Operation};
use crate::{client, operation};

operation!(LIST_ACCOUNTS, "organizations", "ListAccounts", "organizations:ListAccounts");
operation!(LIST_ROOTS, "organizations", "ListRoots", "organizations:ListRoots");
operation!(LIST_ACCOUNTS_FOR_PARENT, "organizations", "ListAccountsForParent", "organizations:ListAccountsForParent");
operation!(
    LIST_UNITS_FOR_PARENT,
    "organizations",
    "ListOrganizationalUnitsForParent",
    "organizations:ListOrganizationalUnitsForParent"
);

/// What Organizations answers to who has no organization, and to accounts that may not ask.
const NO_ORGANIZATION: &str = "AWSOrganizationsNotInUseException";
const NO_PARENT: &str = "ParentNotFoundException";

/// The state of an account that works.
const ACTIVE: &str = "ACTIVE";

/// An account of the organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The twelve-digit account id.
    pub account_id: String,
    /// Its name in the organization.
    pub name: Option<String>,
    /// Its state, if it is another one than active.
    pub inactive: Option<String>,
}

/// The operations that learning the accounts takes, for the IAM policy.
pub fn operations(settings: &OrganizationSettings) -> Vec<&'static Operation> {
    match &settings.members {
        MemberSource::Listed(_) => Vec::new(),
        MemberSource::Whole if settings.excluded_units().next().is_none() => vec![&LIST_ACCOUNTS],
        MemberSource::Whole => vec![&LIST_ROOTS, &LIST_ACCOUNTS_FOR_PARENT, &LIST_UNITS_FOR_PARENT],
        MemberSource::Units(_) => vec![&LIST_ACCOUNTS_FOR_PARENT, &LIST_UNITS_FOR_PARENT],
    }
}

/// The accounts that the settings mean, each once; those of excluded units are left out, excluded accounts are not.
///
/// # Errors
///
/// Organizations did not tell all of them.
pub async fn list(caller: &Account, settings: &OrganizationSettings) -> Result<Vec<Member>, AccountError> {
    let region = caller.region(caller.home_region());
    let asking = Asking { client: client!(&region, aws_sdk_organizations), region, caller };
    match &settings.members {
        MemberSource::Listed(ids) => {
            let member = |id: &String| Member { account_id: id.clone(), name: None, inactive: None };
            Ok(ids.iter().map(member).collect())
        }
        MemberSource::Whole if settings.excluded_units().next().is_none() => asking.all().await,
        MemberSource::Whole => {
            let roots = asking.roots().await?;
            asking.below(roots, settings).await
        }
        MemberSource::Units(units) => asking.below(units.clone(), settings).await,
    }
}

struct Asking<'a> {
    region: RegionClient,
    client: Client,
    caller: &'a Account,
}

impl Asking<'_> {
    async fn all(&self) -> Result<Vec<Member>, AccountError> {
        let (accounts, outcome) = self
            .region
            .pages(
                &LIST_ACCOUNTS,
                |token| self.client.list_accounts().set_next_token(token).send(),
                |page| (page.accounts.unwrap_or_default(), page.next_token),
            )
            .await;
        outcome.map_err(|failure| self.failed(&LIST_ACCOUNTS, &failure, None))?;
        Ok(accounts.into_iter().filter_map(member).collect())
    }

    async fn roots(&self) -> Result<Vec<String>, AccountError> {
        let (roots, outcome) = self
            .region
            .pages(
                &LIST_ROOTS,
                |token| self.client.list_roots().set_next_token(token).send(),
                |page| (page.roots.unwrap_or_default(), page.next_token),
            )
            .await;
        outcome.map_err(|failure| self.failed(&LIST_ROOTS, &failure, None))?;
        Ok(roots.into_iter().filter_map(|root| root.id).collect())
    }

    /// The accounts in these parents and in the units below them. Units that lie in one another are met once.
    async fn below(
        &self,
        mut parents: Vec<String>,
        settings: &OrganizationSettings,
    ) -> Result<Vec<Member>, AccountError> {
        let mut met: BTreeSet<String> = BTreeSet::new();
        let mut excluded = BTreeSet::new();
        let mut members = Vec::new();
        while let Some(parent) = parents.pop() {
            if settings.exclude.contains(&parent) {
                excluded.insert(parent);
                continue;
            }
            if !met.insert(parent.clone()) {
                continue;
            }
            let (accounts, outcome) = self
                .region
                .pages(
                    &LIST_ACCOUNTS_FOR_PARENT,
                    |token| self.client.list_accounts_for_parent().parent_id(&parent).set_next_token(token).send(),
                    |page| (page.accounts.unwrap_or_default(), page.next_token),
                )
                .await;
            outcome.map_err(|failure| self.failed(&LIST_ACCOUNTS_FOR_PARENT, &failure, Some(&parent)))?;
            members.extend(accounts.into_iter().filter_map(member));
            let (units, outcome) = self
                .region
                .pages(
                    &LIST_UNITS_FOR_PARENT,
                    |token| {
                        let request = self.client.list_organizational_units_for_parent();
                        request.parent_id(&parent).set_next_token(token).send()
                    },
                    |page| (page.organizational_units.unwrap_or_default(), page.next_token),
                )
                .await;
            outcome.map_err(|failure| self.failed(&LIST_UNITS_FOR_PARENT, &failure, Some(&parent)))?;
            parents.extend(units.into_iter().filter_map(|unit| unit.id));
        }
        for unit in settings.excluded_units().filter(|unit| !excluded.contains(*unit)) {
            tracing::warn!(unit, "`organization.exclude` names a unit that is not among those audited");
        }
        Ok(members)
    }

    fn failed(&self, operation: &Operation, failure: &Failure, parent: Option<&str>) -> AccountError {
        let action = operation.action;
        let id = &self.caller.account_id;
        let help = match failure.kind {
            GapKind::Denied => format!(
                "grant {action} to {}; Organizations answers only in the organization's management account and in those of \
                 delegated administrators: check that {id} is one; or list the accounts in `organization.accounts`",
                self.caller.caller_arn
            ),
            _ if failure.is(&[NO_ORGANIZATION]) => format!(
                "the account {id} belongs to no organization: check whose credentials these are, or list the accounts in \
                 `organization.accounts`"
            ),
            _ if failure.is(&[NO_PARENT]) => {
                "check `organization.units`: the ids of units are shown by `aws organizations \
                                              list-organizational-units-for-parent`"
                    .to_owned()
            }
            _ => "try again; or list the accounts in `organization.accounts`".to_owned(),
        };
        let of = parent.map(|parent| format!(" in {parent}")).unwrap_or_default();
        AccountError {
            what: format!("cannot list the accounts of the organization{of} ({action})"),
            cause: failure.message.clone(),
            help,
        }
    }
}

fn member(account: Described) -> Option<Member> {
    // `Status` is what `State` took the place of; not every answer has the newer one.
    #[allow(deprecated, reason = "answers that have nothing else")]
    let status = account.status.map(|status| status.as_str().to_owned());
    let state = account.state.map(|state| state.as_str().to_owned()).or(status);
    Some(Member { account_id: account.id?, name: account.name, inactive: state.filter(|state| state != ACTIVE) })
}
