//! Which accounts of the organization are audited, and how each is reached.

use std::collections::BTreeMap;

use super::list::{Member, list};
use crate::audit::SkippedAccount;
use crate::aws::{Access, AccountError, Fleet};
use crate::config::{AccountConfig, OrganizationSettings};

/// The accounts of an organization.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Members {
    /// Those that are audited, by id.
    pub accounts: Vec<AccountConfig>,
    /// Those that cannot be, and why.
    pub skipped: Vec<SkippedAccount>,
}

/// Learns which accounts there are. `tables` say what is different about single ones; `profile` starts the chain where the
/// settings name none.
///
/// # Errors
///
/// The credentials do not work, or Organizations did not tell all of the accounts.
pub async fn members(
    fleet: &Fleet,
    settings: &OrganizationSettings,
    tables: &[AccountConfig],
    profile: Option<&str>,
) -> Result<Members, AccountError> {
    let profile = settings.profile.as_deref().or(profile).map(str::to_owned);
    let caller = fleet.account(&Access { profile, ..Access::default() }).await?;
    let found = list(&caller, settings).await?;
    for id in settings.exclude.iter().filter(|id| !id.starts_with("ou-")) {
        if !found.iter().any(|member| member.account_id == *id) {
            tracing::warn!(account = %id, "`organization.exclude` names an account that is not among those audited");
        }
    }
    Ok(compose(settings, tables, caller.partition(), &caller.account_id, found))
}

fn compose(
    settings: &OrganizationSettings,
    tables: &[AccountConfig],
    partition: &str,
    own_id: &str,
    found: Vec<Member>,
) -> Members {
    let mut tables: BTreeMap<&str, &AccountConfig> =
        tables.iter().filter_map(|table| Some((table.id()?, table))).collect();
    let found: BTreeMap<String, Member> = found.into_iter().map(|member| (member.account_id.clone(), member)).collect();
    let mut members = Members::default();
    for (id, member) in found {
        let table = tables.remove(id.as_str()).cloned().unwrap_or_default();
        if settings.exclude.contains(&id) {
            continue;
        }
        let name = table.name.clone().or(member.name);
        if let Some(state) = member.inactive {
            members.skipped.push(SkippedAccount { account_id: id, name, reason: said(&state) });
            continue;
        }
        let role = table.role_arn.is_none() && table.profile.is_none();
        members.accounts.push(AccountConfig {
            name,
            profile: table.profile.or_else(|| settings.profile.clone()),
            role_arn: if role { Some(settings.role_arn(partition, &id)) } else { table.role_arn },
            external_id: table.external_id.or_else(|| settings.external_id.clone()),
            session_name: table.session_name.or_else(|| settings.session_name.clone()),
            regions: if table.regions.is_empty() { settings.regions.clone() } else { table.regions },
            claims: table.claims,
            claims_params: table.claims_params,
            is_own: role && id == own_id,
            account_id: Some(id),
        });
    }
    for (id, table) in tables.into_iter().filter(|(id, _)| !settings.exclude.contains(*id)) {
        // One that says itself how it is reached does not depend on the organization.
        if table.role_arn.is_some() || table.profile.is_some() {
            members.accounts.push(AccountConfig { account_id: Some(id.to_owned()), ..table.clone() });
        } else {
            let reason = "it is not among the organization's accounts that are audited".to_owned();
            members.skipped.push(SkippedAccount { account_id: id.to_owned(), name: table.name.clone(), reason });
        }
    }
    members.accounts.sort_by(|one, other| one.account_id.cmp(&other.account_id));
    members.skipped.sort_by(|one, other| one.account_id.cmp(&other.account_id));
    members
}

/// What a state of Organizations means: `PENDING_CLOSURE`.
fn said(state: &str) -> String {
    format!("it is {} in the organization", state.to_lowercase().replace('_', " "))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::config::MemberSource;

    const OWN: &str = "111122223333";

    fn settings(exclude: &[&str]) -> OrganizationSettings {
        OrganizationSettings {
            role_name: "audit".to_owned(),
            external_id: Some("7d1f".to_owned()),
            session_name: None,
            profile: None,
            regions: vec!["eu-west-1".to_owned()],
            members: MemberSource::Whole,
            exclude: exclude.iter().map(|id| (*id).to_owned()).collect::<BTreeSet<_>>(),
        }
    }

    fn member(id: &str, name: &str, inactive: Option<&str>) -> Member {
        Member { account_id: id.to_owned(), name: Some(name.to_owned()), inactive: inactive.map(str::to_owned) }
    }

    fn table(id: &str) -> AccountConfig {
        AccountConfig { account_id: Some(id.to_owned()), ..AccountConfig::default() }
    }

    #[test]
    fn each_account_is_reached_by_the_role_unless_its_table_says_otherwise() {
        let tables = [
            AccountConfig {
                name: Some("shop".to_owned()),
                regions: vec!["us-east-1".to_owned()],
                ..table("444455556666")
            },
            AccountConfig { profile: Some("old".to_owned()), ..table("777788889999") },
        ];
        let found = vec![
            member("777788889999", "legacy", None),
            member(OWN, "management", None),
            member("444455556666", "web", None),
        ];
        let Members { accounts, skipped } = compose(&settings(&[]), &tables, "aws", OWN, found);
        assert_eq!(skipped, []);
        let said = |account: &AccountConfig| {
            let name = account.name.clone().unwrap_or_default();
            (name, account.role_arn.clone(), account.regions.join(" "), account.is_own)
        };
        let role = |id: &str| Some(format!("arn:aws:iam::{id}:role/audit"));
        let said: Vec<_> = accounts.iter().map(said).collect();
        assert_eq!(
            said,
            [
                ("management".to_owned(), role(OWN), "eu-west-1".to_owned(), true),
                ("shop".to_owned(), role("444455556666"), "us-east-1".to_owned(), false),
                ("legacy".to_owned(), None, "eu-west-1".to_owned(), false),
            ]
        );
        assert!(accounts.iter().all(|account| account.external_id.as_deref() == Some("7d1f")));
    }

    #[test]
    fn what_cannot_be_audited_is_skipped_with_the_reason_and_what_is_excluded_is_not_spoken_of() {
        let beside =
            AccountConfig { role_arn: Some("arn:aws:iam::888899990000:role/a".to_owned()), ..AccountConfig::default() };
        let tables = [table("222233334444"), table("555566667777"), beside];
        let found = vec![
            member("333344445555", "old", Some("SUSPENDED")),
            member("666677778888", "ending", Some("PENDING_CLOSURE")),
            member("555566667777", "secret", None),
        ];
        let Members { accounts, skipped } = compose(&settings(&["555566667777"]), &tables, "aws", OWN, found);
        let audited: Vec<_> = accounts.iter().map(|account| account.account_id.as_deref().unwrap()).collect();
        assert_eq!(audited, ["888899990000"]);
        let skipped: Vec<_> = skipped.iter().map(|s| (s.account_id.as_str(), s.reason.as_str())).collect();
        assert_eq!(
            skipped,
            [
                ("222233334444", "it is not among the organization's accounts that are audited"),
                ("333344445555", "it is suspended in the organization"),
                ("666677778888", "it is pending closure in the organization"),
            ]
        );
    }
}
