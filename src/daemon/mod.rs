//! The daemon: audits on a schedule, remembers, tells, and answers on HTTP how things stand.
//!
//! One loop (`service`) owns time: it waits for the next period in slices, starts at most one job at a time and listens to signals. A
//! job works in a task of its own and holds the store's lease, so daemons and commands that share a store follow each other. What the
//! loop learns goes into [`Status`], which is all that HTTP reads beside the store.

mod error;
mod events;
mod exposition;
mod facts;
mod http;
mod job;
mod loaded;
mod metrics;
mod pace;
mod ready;
mod service;
mod signals;
mod status;
mod systemd;
mod tally;
mod turns;
mod watch;

pub use error::DaemonError;
pub use loaded::{Loaded, Loader, Scoped};
pub use service::{Options, run};
pub use status::Status;
