//! Documents and the accounts that they are held against.

use std::sync::Arc;

use crate::claim::{ClaimsFile, Params};

/// A document with the account that it is held against.
#[derive(Debug, Clone, Default)]
pub struct BoundDocument {
    /// Its claims.
    pub file: Arc<ClaimsFile>,
    /// What `{names}` in it stand for there, on top of the file's own.
    pub params: Params,
    /// The twelve-digit id of the account.
    pub account_id: Arc<str>,
    /// Why nothing of the account could be read, where that is so.
    pub unread: Option<String>,
}
