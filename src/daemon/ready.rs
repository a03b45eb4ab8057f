//! Readiness: whether what the daemon says of the accounts is recent enough to be believed.

use jiff::Timestamp;
use serde::Serialize;

use super::status::{Phase, ScopeState, State};

/// What `/readyz` says. It needs no token, so it names nothing of the accounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Readiness {
    /// Whether it is ready.
    pub ready: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When the last good audit ended; of several scopes that of which it is the longest ago.
    pub last_good_audit: Option<Timestamp>,
    /// When the next period is due.
    pub next_audit: Option<Timestamp>,
    /// Which configuration is in use: `current`, or `previous` where the files have changed to what cannot be used.
    pub configuration: &'static str,
    /// What is wrong with the files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub configuration_problem: Option<&'static str>,
}

impl Readiness {
    /// How things are.
    pub fn of(state: &State) -> Readiness {
        let reason = reason(state);
        Readiness {
            ready: reason.is_none(),
            reason,
            last_good_audit: oldest_good(state),
            next_audit: state.scopes.iter().filter_map(|scope| scope.next).min(),
            configuration: if state.broken { "previous" } else { "current" },
            configuration_problem: state
                .broken
                .then_some("the files have changed and cannot be used: the log says what is wrong"),
        }
    }
}

fn oldest_good(state: &State) -> Option<Timestamp> {
    let good = state.scopes.iter().map(|scope| scope.good.as_ref().map(|good| good.at));
    good.min().flatten()
}

fn reason(state: &State) -> Option<String> {
    match state.phase {
        Phase::Starting => Some("the daemon is starting".to_owned()),
        Phase::Stopping => Some("the daemon is stopping".to_owned()),
        Phase::Idle | Phase::Auditing => state.scopes.iter().find_map(stale),
    }
}

/// Why what is said of a scope cannot be believed.
fn stale(scope: &ScopeState) -> Option<String> {
    let last = match scope.last {
        Some(outcome) => format!("the last audit ended as `{}`: the log says why", outcome.as_str()),
        None => "the first one is not finished".to_owned(),
    };
    let of = if scope.name.is_empty() { String::new() } else { format!("scope `{}`: ", scope.name) };
    match &scope.good {
        None => Some(format!("{of}no audit of these accounts has succeeded yet; {last}")),
        Some(good) if good.is_stale() => {
            Some(format!("{of}the last good audit ended at {:.0}, longer than two periods ago; {last}", good.at))
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::status::Good;
    use super::super::tally::Outcome;
    use super::*;

    #[test]
    fn what_was_good_too_long_ago_is_good_no_more() {
        let now: Timestamp = "2026-03-04T12:00:00Z".parse().unwrap();
        let good = |hours| {
            let at = now.checked_sub(jiff::SignedDuration::from_hours(hours)).unwrap();
            Some(Good::new(at, Duration::from_secs(12 * 3600), now))
        };
        let scope = |name: &str, good| ScopeState {
            name: name.to_owned(),
            good,
            last: Some(Outcome::Failed),
            ..ScopeState::default()
        };
        let state = |good, phase| State { phase, scopes: vec![scope("", good)], ..State::default() };
        assert!(Readiness::of(&state(good(11), Phase::Idle)).ready);
        assert!(Readiness::of(&state(good(-5), Phase::Auditing)).ready, "the clock was set back");
        for (state, said) in [
            (state(good(13), Phase::Idle), "longer than two periods ago; the last audit ended as `failed`"),
            (state(None, Phase::Idle), "has succeeded yet"),
            (state(good(1), Phase::Stopping), "stopping"),
            (state(good(1), Phase::Starting), "starting"),
        ] {
            let reason = Readiness::of(&state).reason.unwrap();
            assert!(reason.contains(said), "{reason}");
        }
        let two = vec![scope("hourly", good(1)), scope("weekly", good(13))];
        let two = Readiness::of(&State { phase: Phase::Idle, scopes: two, ..State::default() });
        assert!(two.reason.unwrap().starts_with("scope `weekly`: the last good audit"));
        assert_eq!(two.last_good_audit, good(13).map(|good| good.at));
    }
}
