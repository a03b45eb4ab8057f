//! plumbline holds a live AWS account against its audit.
//!
//! The modules stand in the order in which data flows; each uses only those above it.

pub mod inventory;

pub mod aws;

pub mod collect;

pub mod finding;

pub mod audit;

/// Remembers findings from audit to audit, what changed between them, and what is still to be told.
pub mod store;
