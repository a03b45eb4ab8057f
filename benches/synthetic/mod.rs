//! AWS accounts that are not there, all alike: an HTTP server that answers what the collectors ask, of any size, with AWS's
//! page sizes, request limits and a latency. Everything follows from the sizes, so nothing is stored but counts.
//!
//! Listings and details that a table of [`answers`] names are filled; all others are answered with nothing.

mod account;
mod answers;
mod buckets;
mod http;
mod request;
mod server;

pub use account::{REGIONS, Sizes};
pub use answers::least_calls;
pub use server::{Counts, Server, Settings};
