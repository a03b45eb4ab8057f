//! What an audit comes to, in words.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::audit::{Audit, AuditedAccount, Totals};
use crate::finding::Severity;
use crate::text;

/// Accounts that were not audited which are named for each reason.
const MOST_SKIPPED: usize = 8;

/// The names of accounts.
#[derive(Debug)]
pub(super) struct Accounts<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> Accounts<'a> {
    pub(super) fn of(audit: &'a Audit) -> Accounts<'a> {
        let named = |account: &'a AuditedAccount| Some((account.account_id.as_str(), account.name.as_deref()?));
        Accounts(audit.accounts.iter().filter_map(named).collect())
    }

    /// The name that the configuration gives an account.
    pub(super) fn name(&self, account_id: &str) -> Option<&'a str> {
        self.0.get(account_id).copied()
    }

    /// An account as people call it.
    pub(super) fn call(&self, account_id: &str) -> String {
        text::account(account_id, self.name(account_id))
    }
}

/// `2 critical, 3 high`.
pub(super) fn by_severity(numbers: &BTreeMap<Severity, u64>) -> String {
    text::counts(Severity::ALL.map(|severity| (numbers.get(&severity).copied().unwrap_or_default(), severity.as_str())))
}

/// What there is to say where nothing fails.
pub(super) fn nothing_fails(audit: &Audit) -> Option<&'static str> {
    let is_unread = !audit.accounts.is_empty() && audit.accounts.iter().all(|account| account.error.is_some());
    match &audit.totals {
        totals if totals.fail > 0 => None,
        _ if is_unread => Some("No account could be read, so nothing was judged."),
        _ if audit.checks.is_empty() => Some("No check was selected, so nothing was judged."),
        totals if totals.unknown > 0 => Some("Nothing fails of what could be judged."),
        totals if totals.pass > 0 => Some("Nothing fails."),
        _ => Some("There is nothing that the checks apply to."),
    }
}

/// `2 critical, 3 high failed; 5 unknown; 143 passed.`
pub(super) fn verdicts(totals: &Totals) -> String {
    let failed = match by_severity(&totals.fail_by_severity) {
        numbers if numbers.is_empty() => "0".to_owned(),
        numbers => numbers,
    };
    format!("{failed} failed; {} unknown; {} passed.", totals.unknown, totals.pass)
}

/// `87 checks on 212 resources in 2 accounts, 4 Regions.`
pub(super) fn extent(audit: &Audit) -> String {
    let read: Vec<&AuditedAccount> = audit.accounts.iter().filter(|account| account.error.is_none()).collect();
    let regions: BTreeSet<&str> = read.iter().flat_map(|account| &account.regions).map(String::as_str).collect();
    format!(
        "{} on {} in {}, {}.",
        text::count(audit.checks.len() as u64, "check"),
        text::count(audit.resources, "resource"),
        text::count(read.len() as u64, "account"),
        text::count(regions.len() as u64, "Region"),
    )
}

/// `not audited: old (333344445555), it is suspended in the organization`: a line for each reason.
pub(super) fn skipped(audit: &Audit) -> Vec<String> {
    let mut by_reason: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for skipped in &audit.skipped {
        let account = text::account(&skipped.account_id, skipped.name.as_deref());
        by_reason.entry(&skipped.reason).or_default().push(account);
    }
    let lines = by_reason.into_iter().map(|(reason, accounts)| {
        let accounts = several(accounts.iter().map(String::as_str), MOST_SKIPPED);
        format!("not audited: {accounts}: {}", text::line(reason))
    });
    lines.collect()
}

/// `96 calls, 0 throttled, 1.8 s.`
pub(super) fn cost(audit: &Audit, elapsed: Option<Duration>) -> String {
    let calls = format!("{}, {} throttled", text::count(audit.calls, "call"), audit.throttles);
    match elapsed {
        Some(elapsed) => format!("{calls}, {}.", duration(elapsed)),
        None => format!("{calls}."),
    }
}

fn duration(duration: Duration) -> String {
    match duration.as_secs() {
        0..60 => format!("{:.1} s", duration.as_secs_f64()),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

/// Names in a row, with those beyond `most` counted: `ec2, kms and 3 more`.
pub(super) fn several<'a>(names: impl IntoIterator<Item = &'a str>, most: usize) -> String {
    let names: Vec<_> = names.into_iter().map(text::line).collect();
    if names.len() <= most {
        return names.join(", ");
    }
    format!("{} and {} more", names[..most].join(", "), names.len() - most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_one_would_say_them() {
        assert_eq!(duration(Duration::from_millis(1_840)), "1.8 s");
        assert_eq!(duration(Duration::from_millis(3)), "0.0 s");
        assert_eq!(duration(Duration::from_secs(125)), "2 min 5 s");
    }

    #[test]
    fn many_names_are_counted() {
        assert_eq!(several(["a", "b"], 2), "a, b");
        assert_eq!(several(["a", "b", "c", "d"], 2), "a, b and 2 more");
    }
}
