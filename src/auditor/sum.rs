//! What came of all accounts together.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use jiff::Timestamp;

use super::claims::Claims;
use super::part::Part;
use crate::audit::{AuditedAccount, Coverage, Findings, SpoolError};
use crate::claim::DocumentOutcome;

/// What came of the accounts so far, in whatever order they came.
#[derive(Debug, Default)]
pub(super) struct Sum {
    /// By their places in the configuration.
    accounts: BTreeMap<usize, AuditedAccount>,
    coverage: Vec<Coverage>,
    pub resources: u64,
    pub findings: Findings,
    /// By their numbers, each with the place of its account in the configuration.
    documents: BTreeMap<usize, (usize, DocumentOutcome)>,
}

impl Sum {
    /// Takes in an account.
    pub fn add(&mut self, part: Part) -> Result<(), SpoolError> {
        let first = part.accounts.first().map_or(usize::MAX, |(place, _)| *place);
        self.accounts.extend(part.accounts);
        self.coverage.extend(part.coverage);
        self.resources += part.resources;
        for (number, outcome) in part.documents {
            match self.documents.entry(number) {
                // Two profiles of one account: the one that the configuration names first has its documents.
                Entry::Occupied(known) if known.get().0 < first => {}
                Entry::Occupied(mut known) => drop(known.insert((first, outcome))),
                Entry::Vacant(free) => drop(free.insert((first, outcome))),
            }
        }
        self.findings.push(part.findings)
    }

    /// The accounts as the configuration has them.
    pub fn take_accounts(&mut self) -> Vec<AuditedAccount> {
        std::mem::take(&mut self.accounts).into_values().collect()
    }

    /// The listings by type, account and Region. Of two of one place the incomplete one counts.
    pub fn take_coverage(&mut self) -> Vec<Coverage> {
        let mut coverage = std::mem::take(&mut self.coverage);
        fn place(listing: &Coverage) -> (&str, &str, &str) {
            (&listing.resource_type, &listing.account_id, &listing.region)
        }
        coverage.sort_by(|a, b| (place(a), a.complete).cmp(&(place(b), b.complete)));
        coverage.dedup_by(|later, first| place(later) == place(first));
        coverage
    }

    /// All documents in their order, with those that no account had.
    pub fn take_documents(&mut self, claims: Option<&Claims<'_>>, as_of: Timestamp) -> Vec<DocumentOutcome> {
        let mut documents = std::mem::take(&mut self.documents);
        let rest = claims.map(|claims| claims.answer_rest(|number| documents.contains_key(&number), as_of));
        let rest = rest.unwrap_or_default().into_iter();
        documents.extend(rest.map(|(number, outcome)| (number, (usize::MAX, outcome))));
        documents.into_values().map(|(_, outcome)| outcome).collect()
    }
}
