//! What became of documents: from the store, or from a report.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use crate::audit::AuditReport;
use crate::claim::DocumentOutcome;
use crate::cli::exit::CliError;
use crate::cli::store::{self, StoreArguments};
use crate::config::Config;
use crate::report::DocumentReport;
use crate::store::{ClaimFilter, Glob};
use crate::suggest::nearest;

/// Where outcomes come from.
#[derive(Debug, Args)]
pub struct OutcomeArguments {
    #[command(flatten)]
    store: StoreArguments,
    /// A report that `plumbline audit --format json` wrote, instead of the store
    #[arg(long, value_name = "REPORT")]
    audit: Option<PathBuf>,
}

impl OutcomeArguments {
    /// The documents of matching names and account ids, by account and name.
    pub fn documents(&self, config: &Config, document: &str, account: &str) -> Result<Vec<DocumentReport>, CliError> {
        let glob = |text: &str| text.parse::<Glob>().map_err(|_| CliError::Usage("a pattern is empty".to_owned()));
        let (names, accounts) = (glob(document)?, glob(account)?);
        let mut all = match &self.audit {
            Some(path) => of_report(path)?,
            None => self.of_store(config)?,
        };
        if all.is_empty() {
            let help = "`plumbline audit --claims FILE` holds an account against a document";
            return Err(CliError::Usage(format!("no document was audited yet\n  help: {help}")));
        }
        let known: Vec<String> = all.iter().map(|report| report.outcome.document.to_string()).collect();
        all.retain(|r| names.matches(&r.outcome.document) && accounts.matches(&r.outcome.account_id));
        if all.is_empty() {
            let help = nearest(document, known.iter().map(String::as_str));
            let help = help.unwrap_or_else(|| format!("there are {}", known.join(", ")));
            let of = if account == "*" { String::new() } else { format!(" of account {account}") };
            return Err(CliError::Usage(format!("no document `{document}`{of} was audited; {help}")));
        }
        Ok(all)
    }

    fn of_store(&self, config: &Config) -> Result<Vec<DocumentReport>, CliError> {
        let store = self.store.read(config)?;
        let documents = store.documents().map_err(store::error)?;
        let mut claims: BTreeMap<(String, String), Vec<_>> = BTreeMap::new();
        for claim in store.claims(&ClaimFilter::default()).map_err(store::error)? {
            claims.entry((claim.account_id.clone(), claim.document.clone())).or_default().push(claim);
        }
        let reports = documents.into_iter().map(|document| {
            let key = (document.account_id, document.document);
            let claims = claims.remove(&key).unwrap_or_default();
            let since = claims.iter().map(|claim| (claim.claim.id.clone(), claim.since)).collect();
            let outcome = DocumentOutcome {
                document: key.1.into(),
                title: document.title,
                account_id: key.0.into(),
                claims: claims.into_iter().map(|claim| claim.claim).collect(),
                conflicts: document.conflicts,
            };
            DocumentReport { outcome, account: None, as_of: Some(document.last_seen), since }
        });
        Ok(reports.collect())
    }
}

fn of_report(path: &Path) -> Result<Vec<DocumentReport>, CliError> {
    let wrong = |what: &dyn std::fmt::Display| {
        let help = "name what `plumbline audit --format json --output FILE` wrote";
        CliError::Usage(format!("cannot read the report `{}`: {what}\n  help: {help}", path.display()))
    };
    let text = std::fs::read_to_string(path).map_err(|error| wrong(&error))?;
    let report: AuditReport = serde_json::from_str(&text).map_err(|error| wrong(&error))?;
    let names: BTreeMap<Arc<str>, Option<String>> = report
        .audit
        .accounts
        .iter()
        .map(|account| (account.account_id.as_str().into(), account.name.clone()))
        .collect();
    let as_of = Some(report.audit.as_of);
    let documents = report.documents.into_iter().map(|outcome| {
        let account = names.get(&outcome.account_id).cloned().flatten();
        DocumentReport { account, as_of, ..DocumentReport::from(outcome) }
    });
    Ok(documents.collect())
}
