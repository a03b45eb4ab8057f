//! A schedule: an interval with jitter, or a cron expression with a time zone.

use std::fmt;
use std::ops::Range;
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::cron::Cron;
use super::duration::duration;

/// The shortest interval.
const SHORTEST: Duration = Duration::from_secs(1);

/// When something is due.
#[derive(Debug, Clone, PartialEq)]
pub enum Schedule {
    /// Again and again after the same time.
    Every {
        /// From start to start.
        interval: Duration,
        /// At most so much later, at random, so that many daemons do not start together.
        jitter: Duration,
    },
    /// At times of the clock.
    At {
        /// Which.
        cron: Box<Cron>,
        /// By the clocks of this zone.
        zone: TimeZone,
        /// As for `Every`.
        jitter: Duration,
    },
}

/// Why a schedule cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ScheduleError {
    /// What is wrong.
    pub message: String,
    /// Where in the text: bytes.
    pub place: Range<usize>,
}

impl Schedule {
    /// Reads an interval (`6h`) or a cron expression (`0 */6 * * *`).
    ///
    /// # Errors
    ///
    /// It is neither, or it can never be due.
    pub fn parse(text: &str, zone: TimeZone) -> Result<Schedule, ScheduleError> {
        // Spans of time may have spaces too, but neither five parts nor a `*`.
        if text.contains('*') || text.split_ascii_whitespace().count() >= 5 {
            return match Cron::parse(text) {
                Ok(cron) => Ok(Schedule::At { cron: Box::new(cron), zone, jitter: Duration::ZERO }),
                Err(error) => Err(ScheduleError { message: error.message, place: error.place }),
            };
        }
        let wrong = |message| ScheduleError { message, place: 0..text.len() };
        let interval = duration(text)
            .map_err(|error| wrong(format!("{error}; or a cron expression of five fields, such as `0 */6 * * *`")))?;
        if interval < SHORTEST {
            return Err(wrong(format!("`{text}` is too short: nothing can be due more often than every second")));
        }
        Ok(Schedule::Every { interval, jitter: Duration::ZERO })
    }

    /// The same with a jitter.
    ///
    /// # Errors
    ///
    /// The jitter is as long as the interval, so that the order of periods would be lost; or longer than an hour for a
    /// cron expression.
    pub fn with_jitter(self, jitter: Duration) -> Result<Schedule, String> {
        match self {
            Schedule::Every { interval, .. } if jitter < interval => Ok(Schedule::Every { interval, jitter }),
            Schedule::Every { .. } => Err("the jitter must be shorter than the interval".to_owned()),
            Schedule::At { cron, zone, .. } if jitter <= Duration::from_secs(3600) => {
                Ok(Schedule::At { cron, zone, jitter })
            }
            Schedule::At { .. } => Err("the jitter of a cron expression must be an hour at most".to_owned()),
        }
    }

    /// When it is due after it was due, or done, at `after`, without jitter.
    pub fn next(&self, after: Timestamp) -> Timestamp {
        match self {
            Schedule::Every { interval, .. } => add(after, *interval),
            Schedule::At { cron, zone, .. } => cron.next(after, zone).unwrap_or(Timestamp::MAX),
        }
    }

    /// When it is due after it was done at `last`, with what is already past left out but for `now` itself: periods that
    /// were missed are made up for once.
    pub fn next_from(&self, last: Option<Timestamp>, now: Timestamp) -> Timestamp {
        match last {
            // A time ahead of the clock says that the clock was set back.
            Some(last) if last <= now => self.next(last).max(now),
            _ => now,
        }
    }

    /// How much later than due it may be at most.
    pub fn jitter(&self) -> Duration {
        match self {
            Schedule::Every { jitter, .. } | Schedule::At { jitter, .. } => *jitter,
        }
    }

    /// How long two periods are, from `from` on, jitter included: what is older than that was missed.
    pub fn two_periods(&self, from: Timestamp) -> Duration {
        let two = self.next(self.next(from)).duration_since(from);
        Duration::try_from(two).unwrap_or(Duration::MAX).saturating_add(self.jitter())
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Schedule::Every { interval, .. } => match SignedDuration::try_from(*interval) {
                Ok(interval) => write!(f, "every {interval:#}"),
                Err(_) => write!(f, "every {interval:?}"),
            },
            Schedule::At { cron, zone, .. } => write!(f, "{cron} ({})", zone.iana_name().unwrap_or("UTC")),
        }
    }
}

fn add(time: Timestamp, wait: Duration) -> Timestamp {
    SignedDuration::try_from(wait).ok().and_then(|wait| time.checked_add(wait).ok()).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn missed_periods_are_made_up_for_once() {
        let schedule = Schedule::parse("6h", TimeZone::UTC).unwrap();
        let now = at("2026-03-04T12:00:00Z");
        assert_eq!(schedule.next_from(None, now), now, "never done");
        assert_eq!(schedule.next_from(Some(at("2026-03-04T09:00:00Z")), now), at("2026-03-04T15:00:00Z"));
        assert_eq!(schedule.next_from(Some(at("2026-03-01T09:00:00Z")), now), now, "long ago");
        assert_eq!(schedule.next_from(Some(at("2027-01-01T00:00:00Z")), now), now, "the clock was set back");
        let cron = Schedule::parse("0 6 * * *", TimeZone::UTC).unwrap();
        assert_eq!(cron.next_from(Some(at("2026-03-04T06:01:00Z")), now), at("2026-03-05T06:00:00Z"));
        assert_eq!(cron.next_from(Some(at("2026-03-03T06:01:00Z")), now), now, "this morning's was missed");
    }

    #[test]
    fn two_periods_are_as_long_as_the_clock_makes_them() {
        let hours =
            |text: &str, from| Schedule::parse(text, TimeZone::UTC).unwrap().two_periods(at(from)).as_secs() / 3600;
        assert_eq!(hours("6h", "2026-03-04T12:00:00Z"), 12);
        assert_eq!(hours("0 */6 * * *", "2026-03-04T12:00:00Z"), 12);
        assert_eq!(hours("0 0 * * mon-fri", "2026-03-06T00:00:00Z"), 4 * 24, "over the weekend");
    }

    #[test]
    fn a_schedule_that_can_never_be_due_is_refused() {
        for (text, said) in [("0s", "too short"), ("0 0 31 2 *", "never comes"), ("daily", "cron expression of five")] {
            let error = Schedule::parse(text, TimeZone::UTC).unwrap_err();
            assert!(error.message.contains(said), "{text}: {error}");
        }
        let every = Schedule::parse("5m", TimeZone::UTC).unwrap();
        assert!(every.with_jitter(Duration::from_secs(300)).is_err());
    }
}
