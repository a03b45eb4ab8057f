//! The documents that an audit is held against: those of the command line, and those of the configuration's accounts.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::document::{self, Known, is_same, params_of};
use super::exit::CliError;
use crate::audit::{AuditReport, AuditedAccount};
use crate::auditor::{AuditDocument, AuditScope, Wanted};
use crate::check::Library;
use crate::claim::Params;
use crate::config::Config;
use crate::text;

/// Documents, and what is needed to hold an account against them.
#[derive(Debug)]
pub struct Documents {
    /// The documents.
    pub documents: Vec<AuditDocument>,
    /// What is known beside checks.
    pub known: Known,
}

impl Documents {
    /// The files that are named, and those of the accounts in the scope; none where there are none.
    pub fn load(
        files: &[PathBuf],
        wanted: &Wanted,
        config: &Config,
        library: &Library,
        quiet: bool,
    ) -> Result<Option<Documents>, CliError> {
        let configured = wanted.configured().flat_map(|account| {
            account.claims.iter().map(move |path| (path, account.claims_params.clone(), account.name.clone()))
        });
        let is_configured =
            |path: &Path| wanted.configured().flat_map(|account| &account.claims).any(|other| is_same(other, path));
        let named = files.iter().filter(|path| !is_configured(path));
        let named = named.map(|path| (path, params_of(path, config), None));
        let all: Vec<(&PathBuf, Params, Option<String>)> = named.chain(configured).collect();
        if all.is_empty() {
            return Ok(None);
        }
        let known = Known::of(library)?;
        let mut documents = Vec::new();
        let mut met = BTreeSet::new();
        for (path, params, account) in all {
            let file = document::claims(path, &params, library, &known, quiet)?;
            let document = AuditDocument { file: Arc::new(file), params, account };
            let names = document.names();
            if names.is_none() && wanted.is_several() {
                return Err(unbound(path, wanted));
            }
            let name = &document.file.document;
            if !met.insert((name.clone(), names)) {
                let what = format!("two files claim to be the document `{name}` of one account");
                let help = "give one of them another `document:`, or audit them one after the other";
                return Err(CliError::Usage(format!("{what}: `{}` is the second\n  help: {help}", path.display())));
            }
            documents.push(document);
        }
        Ok(Some(Documents { documents, known }))
    }

    /// Leaves out the documents of accounts that another shard audits.
    pub fn leave_out_elsewhere(&mut self, scope: &AuditScope) {
        self.documents.retain(|document| !document.names().is_some_and(|name| scope.is_elsewhere(&name)));
    }

    /// Says of which documents the account was not audited.
    pub fn note_unreached(&self, report: &AuditReport) {
        let audited: Vec<&AuditedAccount> = report.audit.accounts.iter().collect();
        for (document, outcome) in self.documents.iter().zip(&report.documents) {
            if audited.iter().any(|account| *account.account_id == *outcome.account_id) {
                continue;
            }
            let Some(wanted) = document.names() else { continue };
            let names = audited.iter().map(|account| text::account(&account.account_id, account.name.as_deref()));
            let names = names.collect::<Vec<_>>().join(", ");
            let message = format!("the account {wanted} was not audited, so the claims of this document are unknown");
            let help = format!("audited were: {names}; `params` and `claims_params` can set what `account` names");
            let problem = document.file.account_problem(message, Some(help)).as_warning();
            anstream::eprintln!("{}", document::rendered(&[problem]));
        }
    }
}

fn unbound(path: &Path, wanted: &Wanted) -> CliError {
    let names: Vec<&str> = wanted.configured().filter_map(|account| account.name.as_deref()).collect();
    let audited = match (wanted.organization.is_some(), names.as_slice()) {
        (true, _) => "those of an organization are audited".to_owned(),
        (false, []) => format!("{} are audited", wanted.configured().count()),
        (false, names) => format!("{} are audited ({})", wanted.configured().count(), names.join(", ")),
    };
    CliError::Usage(format!(
        "`{}` names no account, and {audited}\n  help: write `account: \"111122223333\"` into it, with the \
         account's own id; or name it in `claims` of an account in plumbline.toml; or audit one account with --account",
        path.display(),
    ))
}
