//! `[organization]`: the accounts of an AWS Organization, or of a part of it.

use std::collections::BTreeSet;

use serde::Deserialize;
use toml::Spanned;

use super::AccountConfig;
use super::daemon::Misfit;

/// The table as it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrganizationConfig {
    /// The role to assume in each account, with its path.
    role_name: Spanned<String>,
    /// The external id that the roles ask for.
    external_id: Option<String>,
    /// The name under which CloudTrail shows the sessions.
    session_name: Option<String>,
    /// The profile whose credentials start the chain.
    profile: Option<String>,
    /// The Regions to audit, instead of the general ones.
    #[serde(default)]
    regions: Vec<String>,
    /// These organizational units, with everything below them.
    #[serde(default)]
    units: Vec<Spanned<String>>,
    /// These accounts, without asking Organizations.
    #[serde(default)]
    accounts: Vec<Spanned<String>>,
    /// Accounts, and organizational units with everything below them, that are left out.
    #[serde(default)]
    exclude: Vec<Spanned<String>>,
}

/// The table as it is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationSettings {
    /// The role to assume in each account, with its path and without a slash before it.
    pub role_name: String,
    /// The external id that the roles ask for.
    pub external_id: Option<String>,
    /// The name under which CloudTrail shows the sessions.
    pub session_name: Option<String>,
    /// The profile whose credentials start the chain.
    pub profile: Option<String>,
    /// The Regions to audit, instead of the general ones.
    pub regions: Vec<String>,
    /// Where the accounts come from.
    pub members: MemberSource,
    /// Accounts and organizational units that are left out.
    pub exclude: BTreeSet<String>,
}

/// Where the accounts come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MemberSource {
    /// The whole organization.
    Whole,
    /// These organizational units, with everything below them.
    Units(Vec<String>),
    /// These accounts; Organizations is not asked.
    Listed(Vec<String>),
}

impl OrganizationConfig {
    /// What the table means.
    pub(super) fn settings(&self) -> Result<OrganizationSettings, Misfit> {
        if let (Some(unit), false) = (self.units.first(), self.accounts.is_empty()) {
            let message = "`[organization]` has both `units` and `accounts`".to_owned();
            return Err(Misfit::of(unit, message).help("keep one: `accounts` are audited without asking Organizations"));
        }
        for unit in &self.units {
            if !is_unit(unit.get_ref()) {
                let message = format!("`{}` is no organizational unit", unit.get_ref());
                return Err(Misfit::of(unit, message).help(
                    "write its id, such as `ou-ab12-cdefgh34`; without `units` the whole organization is audited",
                ));
            }
        }
        for account in &self.accounts {
            if !is_account_id(account.get_ref()) {
                return Err(no_account(account));
            }
        }
        for left_out in &self.exclude {
            let id = left_out.get_ref();
            if !is_account_id(id) && !is_unit(id) {
                let message = format!("`{id}` is neither an account nor an organizational unit");
                return Err(Misfit::of(left_out, message)
                    .help("write the twelve digits of the account's id, or an id such as `ou-ab12-cdefgh34`"));
            }
            if is_unit(id) && !self.accounts.is_empty() {
                let message = format!("with `accounts` nobody knows what belongs to `{id}`");
                return Err(
                    Misfit::of(left_out, message).help("leave its accounts out one by one, or write `units` instead")
                );
            }
        }
        let names = |list: &[Spanned<String>]| list.iter().map(|name| name.get_ref().clone()).collect::<Vec<_>>();
        Ok(OrganizationSettings {
            role_name: self.role_name()?,
            external_id: self.external_id.clone(),
            session_name: self.session_name.clone(),
            profile: self.profile.clone(),
            regions: self.regions.clone(),
            members: match (self.units.is_empty(), self.accounts.is_empty()) {
                (true, true) => MemberSource::Whole,
                (false, _) => MemberSource::Units(names(&self.units)),
                (true, false) => MemberSource::Listed(names(&self.accounts)),
            },
            exclude: names(&self.exclude).into_iter().collect(),
        })
    }

    fn role_name(&self) -> Result<String, Misfit> {
        let written = self.role_name.get_ref();
        let name = written.strip_prefix('/').unwrap_or(written);
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "+=,.@_-/".contains(c);
        if name.is_empty() || name.ends_with('/') || written.starts_with("arn:") || !name.chars().all(is_plain) {
            let message = format!("`{written}` is no name of a role");
            return Err(Misfit::of(&self.role_name, message).help(
                "write the name alone, with its path if it has one: `plumbline-audit`, `audit/plumbline-audit`; the \
                 accounts come from the organization",
            ));
        }
        Ok(name.to_owned())
    }

    /// What of the accounts' own tables does not go with this one: the place of the first in the list, and why.
    pub(super) fn misfit_of(&self, accounts: &[AccountConfig]) -> Option<(usize, String)> {
        let mut met = BTreeSet::new();
        accounts.iter().enumerate().find_map(|(index, account)| match account.id() {
            None => Some((index, "beside `[organization]` an account needs its `account_id`".to_owned())),
            Some(id) if !met.insert(id.to_owned()) => Some((index, format!("the account {id} is there twice"))),
            Some(_) => None,
        })
    }
}

impl OrganizationSettings {
    /// The role to assume in an account.
    pub fn role_arn(&self, partition: &str, account_id: &str) -> String {
        format!("arn:{partition}:iam::{account_id}:role/{}", self.role_name)
    }

    /// The excluded ids that are organizational units.
    pub fn excluded_units(&self) -> impl Iterator<Item = &str> {
        self.exclude.iter().map(String::as_str).filter(|id| is_unit(id))
    }
}

fn no_account(written: &Spanned<String>) -> Misfit {
    let message = format!("`{}` is no account id", written.get_ref());
    Misfit::of(written, message).help("write its twelve digits, in quotes")
}

/// Whether a text is the id of an account.
pub fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text is the id of an organizational unit.
fn is_unit(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let is_code = |part: &str, least: usize| {
        (least..=32).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    matches!(parts.as_slice(), ["ou", root, unit] if is_code(root, 4) && is_code(unit, 8))
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    fn parse(text: &str) -> Result<OrganizationSettings, String> {
        let config = Config::parse("plumbline.toml", text).map_err(|error| error.to_string())?;
        config.organization_settings().map_err(|error| error.to_string())?.ok_or_else(|| "there is none".to_owned())
    }

    #[test]
    fn the_table_says_which_accounts_are_meant() {
        let role = "[organization]\nrole_name = \"/audit/plumbline\"\n";
        let whole = parse(role).unwrap();
        assert_eq!(whole.members, MemberSource::Whole);
        assert_eq!(whole.role_arn("aws-cn", "111122223333"), "arn:aws-cn:iam::111122223333:role/audit/plumbline");
        let units =
            parse(&format!("{role}units = [\"ou-ab12-cdefgh34\"]\nexclude = [\"ou-ab12-11111111\", \"444455556666\"]"));
        let units = units.unwrap();
        assert_eq!(units.members, MemberSource::Units(vec!["ou-ab12-cdefgh34".to_owned()]));
        assert_eq!(units.excluded_units().collect::<Vec<_>>(), ["ou-ab12-11111111"]);
        let listed = parse(&format!("{role}accounts = [\"111122223333\"]")).unwrap();
        assert_eq!(listed.members, MemberSource::Listed(vec!["111122223333".to_owned()]));
    }

    #[test]
    fn what_cannot_be_meant_is_refused_with_its_place() {
        let role = "[organization]\nrole_name = \"audit\"\n";
        for (text, place, said) in [
            (
                "[organization]\nrole_name = \"arn:aws:iam::111122223333:role/a\"\n".to_owned(),
                ":2:13",
                "is no name of a role",
            ),
            (format!("{role}units = [\"ou-AB12-cdefgh34\"]"), ":3:10", "is no organizational unit"),
            (format!("{role}units = [\"r-ab12\"]"), ":3:10", "the whole organization"),
            (format!("{role}accounts = [\"1111\"]"), ":3:13", "twelve digits"),
            (format!("{role}exclude = [\"production\"]"), ":3:12", "neither an account nor"),
            (format!("{role}units = [\"ou-ab12-cdefgh34\"]\naccounts = [\"111122223333\"]"), ":3:10", "keep one"),
            (format!("{role}accounts = [\"111122223333\"]\nexclude = [\"ou-ab12-cdefgh34\"]"), ":4:12", "one by one"),
            (format!("{role}[[accounts]]\nname = \"a\"\n"), ":3:3", "needs its `account_id`"),
            ("[[accounts]]\naccount_id = \"1\"\n".to_owned(), ":2:14", "twelve digits"),
            (
                "[[accounts]]\naccount_id = \"111122223333\"\nrole_arn = \"arn:aws:iam::444455556666:role/a\"\n"
                    .to_owned(),
                ":2:14",
                "444455556666",
            ),
        ] {
            let error = parse(&text).unwrap_err();
            assert!(error.contains(said) && error.contains(place), "{text}: {error}");
        }
    }
}
