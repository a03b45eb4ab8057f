//! plumbline holds a live AWS account against its audit.
//!
//! The modules stand in the order in which data flows; each uses only those above it.

pub mod suggest;

pub mod text;

pub mod source;

pub mod inventory;

pub mod aws;

pub mod collect;

pub mod finding;

pub mod claim;

pub mod audit;

pub mod check;

pub mod store;

pub mod remote;

pub mod notify;

pub mod report;

pub mod schedule;

pub mod shard;

pub mod keep;

pub mod config;

pub mod exchange;

pub mod organization;

pub mod reconcile;

pub mod auditor;

pub mod deliver;

pub mod daemon;

pub mod cli;
