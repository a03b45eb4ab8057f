//! Waiting for the next period by two clocks: the wall's, which people and other daemons go by, and the one that never jumps.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use crate::schedule::Schedule;

/// A difference between the two clocks that is no drift.
const JUMP: SignedDuration = SignedDuration::from_secs(30);

/// When the next period is due.
#[derive(Debug, Clone)]
pub struct Pace {
    due: Timestamp,
    /// The same by the clock that never jumps; only intervals go by it.
    due_steadily: Option<Instant>,
    looked: (Timestamp, Instant),
}

/// What a look at the clocks says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// How long to wait; nothing once it is due.
    pub wait: Option<Duration>,
    /// By how much the wall clock was set since the last look.
    pub jumped: Option<SignedDuration>,
}

impl Pace {
    /// Waits until what was done at `last` is due again.
    pub fn after(last: Option<Timestamp>, schedule: &Schedule, wall: Timestamp, steady: Instant) -> Pace {
        let due = schedule.next_from(last, wall);
        // What is overdue is done at once: jitter is for those who start together.
        let due = if due > wall { later(due, spread(schedule.jitter())) } else { due };
        let wait = Duration::try_from(due.duration_since(wall)).unwrap_or_default();
        let due_steadily = match schedule {
            Schedule::Every { .. } => steady.checked_add(wait),
            Schedule::At { .. } => None,
        };
        Pace { due, due_steadily, looked: (wall, steady) }
    }

    /// When it is due, by the wall clock.
    pub fn due(&self) -> Timestamp {
        self.due
    }

    /// Looks at the clocks. An interval is over when either says so: one may have been set back, the other stands still while
    /// the machine sleeps. Times of the clock are looked for anew when it was set back.
    pub fn look(&mut self, schedule: &Schedule, wall: Timestamp, steady: Instant) -> Look {
        let (wall_before, steady_before) = self.looked;
        self.looked = (wall, steady);
        let passed = SignedDuration::try_from(steady.saturating_duration_since(steady_before)).unwrap_or_default();
        let jump = wall.duration_since(wall_before) - passed;
        let jumped = (jump.abs() > JUMP).then_some(jump);
        if jumped.is_some_and(|jump| jump.is_negative()) && matches!(schedule, Schedule::At { .. }) {
            self.due = later(schedule.next(wall), spread(schedule.jitter()));
        }
        let by_wall = Duration::try_from(self.due.duration_since(wall)).unwrap_or_default();
        let steadily = self.due_steadily.map(|due| due.saturating_duration_since(steady));
        let wait = steadily.map_or(by_wall, |steadily| steadily.min(by_wall));
        Look { wait: (!wait.is_zero()).then_some(wait), jumped }
    }
}

/// A random share of a duration.
fn spread(most: Duration) -> Duration {
    if most.is_zero() {
        return most;
    }
    // Every state is seeded at random; nothing secret depends on it.
    let random = RandomState::new().build_hasher().finish();
    let millis = u64::try_from(most.as_millis()).unwrap_or(u64::MAX);
    Duration::from_millis(random % millis.saturating_add(1).max(1))
}

fn later(time: Timestamp, wait: Duration) -> Timestamp {
    SignedDuration::try_from(wait).ok().and_then(|wait| time.checked_add(wait).ok()).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn schedule(text: &str) -> Schedule {
        Schedule::parse(text, TimeZone::UTC).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn an_interval_survives_a_clock_that_is_set_back_or_forward() {
        let (every, steady) = (schedule("6h"), Instant::now());
        let noon = at("2026-03-04T12:00:00Z");
        for (wall, passed, wait, jumps) in [
            (at("2026-03-04T13:00:00Z"), HOUR, Some(5 * HOUR), false),
            (at("2025-03-04T13:00:00Z"), HOUR, Some(5 * HOUR), true),
            (at("2025-03-04T18:00:00Z"), 6 * HOUR, None, true),
            (at("2027-03-04T12:00:00Z"), HOUR, None, true),
            // The machine slept: the steady clock stood still.
            (at("2026-03-04T18:00:00Z"), HOUR, None, true),
        ] {
            let mut pace = Pace::after(Some(noon), &every, noon, steady);
            let look = pace.look(&every, wall, steady + passed);
            assert_eq!((look.wait, look.jumped.is_some()), (wait, jumps), "{wall}");
        }
    }

    #[test]
    fn times_of_the_clock_go_by_the_clock_however_it_is_set() {
        let (daily, steady) = (schedule("0 18 * * *"), Instant::now());
        let noon = at("2026-03-04T12:00:00Z");
        let mut pace = Pace::after(Some(noon), &daily, noon, steady);
        assert_eq!(pace.look(&daily, noon, steady).wait, Some(6 * HOUR));
        let back = pace.look(&daily, at("2025-03-04T13:00:00Z"), steady + HOUR);
        assert_eq!(back.wait, Some(5 * HOUR), "today's of the clock as it is now");
        let forward = pace.look(&daily, at("2026-03-09T13:00:00Z"), steady + HOUR);
        assert_eq!(forward.wait, None, "what was jumped over is made up for once");
    }

    #[test]
    fn jitter_delays_what_is_to_come_and_not_what_is_overdue() {
        let every = schedule("6h").with_jitter(HOUR).unwrap();
        let (noon, steady) = (at("2026-03-04T12:00:00Z"), Instant::now());
        let mut dues = std::collections::BTreeSet::new();
        for _ in 0..50 {
            let due = Pace::after(Some(noon), &every, noon, steady).due();
            assert!(due >= at("2026-03-04T18:00:00Z") && due <= at("2026-03-04T19:00:00Z"), "{due}");
            dues.insert(due);
        }
        assert!(dues.len() > 10, "{dues:?}");
        assert_eq!(Pace::after(None, &every, noon, steady).due(), noon);
    }
}
