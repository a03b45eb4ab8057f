//! When something that happens again and again is due: at intervals, or by cron and a time zone.

mod cron;
mod duration;
mod plan;

pub use cron::{Cron, CronError};
pub use duration::{DurationError, duration};
pub use plan::{Schedule, ScheduleError};
