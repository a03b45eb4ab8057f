//! Changes by events: what CloudTrail tells through EventBridge and SQS is audited at once, beside the schedule.

mod accounts;
mod affected;
mod burst;
mod message;
mod queue;
mod tally;
mod worker;

pub use tally::{CLASSES, EventTally, Fate};
pub use worker::Worker;
