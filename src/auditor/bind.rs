//! Which account a document is held against.

use std::sync::Arc;

use super::Reached;
use crate::claim::{ClaimsFile, Params};
use crate::config::is_account_id;
use crate::reconcile::BoundDocument;

/// A document that an audit is held against.
#[derive(Debug, Clone, Default)]
pub struct AuditDocument {
    /// Its claims.
    pub file: Arc<ClaimsFile>,
    /// What `{names}` in it stand for, on top of the file's own.
    pub params: Params,
    /// The name or the id of the account that it is held against; else the one that the file names, else the only one.
    pub account: Option<String>,
}

/// Documents, and what each wants to be held against.
#[derive(Debug)]
pub(super) struct Bindings<'a> {
    documents: &'a [AuditDocument],
    wanted: Vec<Option<String>>,
    accounts: usize,
}

impl<'a> Bindings<'a> {
    /// Those of an audit of so many accounts.
    pub fn new(documents: &'a [AuditDocument], accounts: usize) -> Bindings<'a> {
        Bindings { documents, wanted: documents.iter().map(AuditDocument::names).collect(), accounts }
    }

    /// The documents that are held against one of these accounts, each with its number. Of several that it means it gets
    /// the first.
    pub fn to(&self, reached: &[Reached]) -> Vec<(usize, BoundDocument)> {
        let account_of = |wanted: &Option<String>| match wanted {
            Some(wanted) => reached.iter().find(|reached| is_account(reached, wanted)),
            None => reached.first().filter(|_| self.accounts == 1),
        };
        let bound = self.documents.iter().zip(&self.wanted).enumerate();
        bound
            .filter_map(|(number, (document, wanted))| {
                let (account_id, unread) = outcome(account_of(wanted)?);
                Some((number, document.bound(account_id, unread)))
            })
            .collect()
    }

    /// The documents that none of the accounts had, each with its number and the reason.
    pub fn to_none(&self, has: impl Fn(usize) -> bool) -> Vec<(usize, BoundDocument)> {
        let rest = self.documents.iter().zip(&self.wanted).enumerate().filter(|(number, _)| !has(*number));
        rest.map(|(number, (document, wanted))| {
            let (account_id, reason) = match wanted {
                Some(wanted) => (wanted.as_str(), format!("the account {wanted} was not audited")),
                None => {
                    let count = self.accounts;
                    ("", format!("it names no account, and {count} were audited: bind it to one of them"))
                }
            };
            let account_id = if is_account_id(account_id) { account_id } else { "" };
            (number, document.bound(account_id.into(), Some(reason)))
        })
        .collect()
    }
}

impl AuditDocument {
    /// The name or the id of the account that it is held against, if something names one.
    pub fn names(&self) -> Option<String> {
        self.account.clone().or_else(|| self.file.filled(&self.params).account)
    }

    fn bound(&self, account_id: Arc<str>, unread: Option<String>) -> BoundDocument {
        BoundDocument { file: self.file.clone(), params: self.params.clone(), account_id, unread }
    }
}

fn is_account(reached: &Reached, wanted: &str) -> bool {
    reached.config.name.as_deref() == Some(wanted) || &*outcome(reached).0 == wanted
}

fn outcome(reached: &Reached) -> (Arc<str>, Option<String>) {
    match &reached.outcome {
        Ok((account, _)) => (account.account_id.clone(), None),
        Err(error) => {
            let id = reached.config.id().unwrap_or_default();
            (id.into(), Some(format!("the account could not be read: {error}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::AccountError;
    use crate::config::AccountConfig;

    /// An account that could not be reached, as the configuration names it.
    fn unreached(name: &str, id: &str) -> Reached {
        let error = AccountError { what: "cannot assume the role".into(), cause: "denied".into(), help: String::new() };
        let config = AccountConfig {
            name: Some(name.to_owned()),
            role_arn: Some(format!("arn:aws:iam::{id}:role/audit")),
            ..AccountConfig::default()
        };
        Reached { config, outcome: Err(error) }
    }

    fn document(account: Option<&str>, named: Option<&str>) -> AuditDocument {
        let mut file = ClaimsFile::default();
        file.account = named.map(str::to_owned);
        file.params.insert("account_id".to_owned(), "111122223333".into());
        AuditDocument { file: Arc::new(file), account: account.map(str::to_owned), ..AuditDocument::default() }
    }

    #[test]
    fn a_document_is_held_against_the_account_that_is_bound_else_named_else_the_only_one() {
        let accounts = || vec![unreached("production", "111122223333"), unreached("test", "444455556666")];
        let unread = "the account could not be read: cannot assume the role: denied";
        for (bound, named, reached, id, reason) in [
            (Some("test"), Some("{account_id}"), accounts(), "444455556666", unread),
            (Some("444455556666"), None, accounts(), "444455556666", unread),
            (None, Some("{account_id}"), accounts(), "111122223333", unread),
            (None, None, vec![unreached("test", "444455556666")], "444455556666", unread),
            (None, None, accounts(), "", "it names no account, and 2 were audited: bind it to one of them"),
            (Some("stage"), None, accounts(), "", "the account stage was not audited"),
            (None, Some("777788889999"), accounts(), "777788889999", "the account 777788889999 was not audited"),
        ] {
            let documents = [document(bound, named)];
            let bindings = Bindings::new(&documents, reached.len());
            // Accounts come one by one, as an audit reads them.
            let mut found: Vec<_> = reached.chunks(1).flat_map(|reached| bindings.to(reached)).collect();
            let is_bound = !found.is_empty();
            found.extend(bindings.to_none(|_| is_bound));
            let [(0, found)] = found.as_slice() else { panic!("{found:?}") };
            assert_eq!((&*found.account_id, found.unread.as_deref()), (id, Some(reason)));
        }
    }
}
