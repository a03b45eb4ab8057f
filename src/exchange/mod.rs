//! Whole audits as files: what the tasks of a fleet write, each the audit of its shard, and what makes one store of them.
//!
//! A file is gzip'd NDJSON: a header that says which run of an audit it is, then exactly what `audit --format ndjson` writes.
//! It is written whole or not at all, and read as a stream.

mod error;
mod header;
mod read;
mod rounds;
mod write;

pub use error::ExchangeError;
pub use header::Header;
pub use read::{header, load};
pub use rounds::{Missing, missing};
pub use write::{into_folder, to_temporary};

/// What the names of the files end in.
pub const EXTENSION: &str = ".ndjson.gz";
