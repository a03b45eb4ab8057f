//! What `/metrics` says.

use jiff::Timestamp;

use super::events::{self, EventTally, Fate};
use super::exposition::{Exposition, Family};
use super::facts::{Facts, ScopedAudit};
use super::ready::Readiness;
use super::status::{Phase, ScopeState, State};
use super::tally::{CLASSES, Outcome, Tally};
use crate::finding::{Severity, Verdict};

/// Connections to the daemon.
#[derive(Debug, Clone, Copy, Default)]
pub struct Connections {
    /// Open now.
    pub open: u64,
    /// Closed to make room for others.
    pub displaced: u64,
    /// Requests that were answered.
    pub requests: u64,
}

/// All metrics as Prometheus reads them.
pub fn metrics(state: &State, connections: Connections) -> String {
    let mut text = Exposition::default();
    let version = env!("CARGO_PKG_VERSION");
    text.family("plumbline_build_info", "gauge", "The version that runs.").sample("", &[("version", version)], 1.0);
    audits(&mut text, state);
    tally(&mut text, &state.tally);
    facts(&mut text, state);
    let flag = |flag: bool| f64::from(u8::from(flag));
    text.single("plumbline_ready", "gauge", "Whether /readyz says so.", flag(Readiness::of(state).ready));
    let help = "Whether the files say what is in use; 0 while they are broken and the previous configuration is kept.";
    text.single("plumbline_config_last_reload_successful", "gauge", help, flag(!state.broken));
    let help = "When the configuration in use was read.";
    time(&mut text.family("plumbline_config_loaded_timestamp_seconds", "gauge", help), &[], state.loaded_at);
    text.single("plumbline_http_connections", "gauge", "Connections that are open.", float(connections.open));
    let help = "Connections that were closed to make room for others.";
    text.single("plumbline_http_connections_displaced_total", "counter", help, float(connections.displaced));
    text.single("plumbline_http_requests_total", "counter", "Requests answered.", float(connections.requests));
    text.into_text()
}

fn audits(text: &mut Exposition, state: &State) {
    let mut periods = text.family("plumbline_audits_total", "counter", "Periods since the start, by how they ended.");
    for scope in &state.scopes {
        for outcome in Outcome::ALL {
            let count = state.tally.periods.get(&(scope.name.clone(), outcome)).copied().unwrap_or_default();
            periods.sample("", &of(scope, &[("result", outcome.as_str())]), float(count));
        }
    }
    let mut took = text.family("plumbline_audit_duration_seconds", "histogram", "How long audits took.");
    let mut below = 0;
    for (end, count) in CLASSES.iter().zip(&state.tally.durations) {
        below += count;
        took.sample("_bucket", &[("le", &end.to_string())], float(below));
    }
    took.sample("_bucket", &[("le", "+Inf")], float(state.tally.duration_count));
    took.sample("_sum", &[], state.tally.duration_sum);
    took.sample("_count", &[], float(state.tally.duration_count));
    let running = f64::from(u8::from(state.phase == Phase::Auditing));
    text.single("plumbline_audit_running", "gauge", "Whether an audit runs, or waits for the store.", running);
    let help = "When the newest audit ended that could read all accounts, whoever made it.";
    let mut good = text.family("plumbline_last_success_timestamp_seconds", "gauge", help);
    for scope in &state.scopes {
        time(&mut good, &of(scope, &[]), scope.good.as_ref().map(|good| good.at));
    }
    let mut next = text.family("plumbline_next_audit_timestamp_seconds", "gauge", "When the next audit is due.");
    for scope in &state.scopes {
        time(&mut next, &of(scope, &[]), scope.next);
    }
}

/// Labels with that of the scope, where there are several.
fn of<'l>(scope: &'l ScopeState, labels: &[(&'l str, &'l str)]) -> Vec<(&'l str, &'l str)> {
    let scope = (!scope.name.is_empty()).then_some(("scope", scope.name.as_str()));
    scope.into_iter().chain(labels.iter().copied()).collect()
}

fn tally(text: &mut Exposition, tally: &Tally) {
    let help = [
        "Requests to AWS, retries included.",
        "Requests to AWS that were retries.",
        "Answers of AWS that were throttles.",
    ];
    let names = ["plumbline_api_calls_total", "plumbline_api_retries_total", "plumbline_api_throttles_total"];
    for (which, (name, help)) in names.into_iter().zip(help).enumerate() {
        let mut family = text.family(name, "counter", help);
        for (service, count) in &tally.calls {
            let count = [count.calls, count.retries, count.throttles];
            family.sample("", &[("service", service)], float(count.get(which).copied().unwrap_or_default()));
        }
    }
    let mut reloads =
        text.family("plumbline_reloads_total", "counter", "Attempts to take over a changed configuration.");
    reloads.sample("", &[("result", "success")], float(tally.reloads));
    reloads.sample("", &[("result", "failure")], float(tally.broken_reloads));
    let mut alerts = text.family("plumbline_alerts_total", "counter", "Attempts to deliver an alert.");
    alerts.sample("", &[("result", "sent")], float(tally.alerts_sent));
    alerts.sample("", &[("result", "failed")], float(tally.alerts_failed));
    events(text, &tally.events);
}

fn events(text: &mut Exposition, tally: &EventTally) {
    let mut events =
        text.family("plumbline_events_total", "counter", "Messages about changes, by what became of them.");
    for fate in Fate::ALL {
        let count = tally.fates.get(fate.as_str()).copied().unwrap_or_default();
        events.sample("", &[("result", fate.as_str())], float(count));
    }
    let help = "Audits of what events said to have changed.";
    text.single("plumbline_event_audits_total", "counter", help, float(tally.audits));
    let help = "Calls to the queues of events that failed.";
    text.single("plumbline_event_queue_errors_total", "counter", help, float(tally.queue_errors));
    let help = "From a change to its recorded verdict.";
    let mut waits = text.family("plumbline_event_verdict_seconds", "histogram", help);
    let mut below = 0;
    for (end, count) in events::CLASSES.iter().zip(&tally.waits) {
        below += count;
        waits.sample("_bucket", &[("le", &end.to_string())], float(below));
    }
    waits.sample("_bucket", &[("le", "+Inf")], float(tally.wait_count));
    waits.sample("_sum", &[], tally.wait_sum);
    waits.sample("_count", &[], float(tally.wait_count));
}

fn facts(text: &mut Exposition, state: &State) {
    let facts = &state.facts;
    let help = "Findings of the store, those that are gone left out.";
    let mut findings = text.family("plumbline_findings", "gauge", help);
    for severity in Severity::ALL {
        for verdict in [Verdict::Fail, Verdict::Unknown, Verdict::Pass] {
            for muted in [false, true] {
                let count = facts.findings.get(&(severity, verdict, muted)).copied().unwrap_or_default();
                let muted = if muted { "true" } else { "false" };
                let labels = [("severity", severity.as_str()), ("verdict", verdict.as_str()), ("muted", muted)];
                findings.sample("", &labels, float(count));
            }
        }
    }
    let mut claims = text.family("plumbline_claims", "gauge", "Claims of documents, by what became of them.");
    for ((account, document, outcome), count) in &facts.claims {
        let labels = [("account_id", account.as_str()), ("document", document), ("outcome", outcome.as_str())];
        claims.sample("", &labels, float(*count));
    }
    let help = "Listings that did not come whole in the newest audit.";
    let mut gaps = text.family("plumbline_gaps", "gauge", help);
    for scope in &state.scopes {
        gaps.sample("", &of(scope, &[]), float(last(facts, scope).map_or(0, |audit| audit.gaps)));
    }
    let help = "Accounts that the newest audit could not read.";
    let mut unread = text.family("plumbline_accounts_unread", "gauge", help);
    for scope in &state.scopes {
        unread.sample("", &of(scope, &[]), float(last(facts, scope).map_or(0, |audit| audit.unread)));
    }
    text.single("plumbline_outbox_depth", "gauge", "Alerts that are still to be delivered.", float(facts.outbox));
}

/// The newest audit of a scope.
fn last<'f>(facts: &'f Facts, scope: &ScopeState) -> Option<&'f ScopedAudit> {
    facts.audits.get(&scope.name).and_then(|newest| newest.last.as_ref())
}

fn time(family: &mut Family<'_>, labels: &[(&str, &str)], time: Option<Timestamp>) {
    // What never was has no time: Prometheus would take 0 for 1970.
    if let Some(time) = time {
        family.sample("", labels, time.as_duration().as_secs_f64().round());
    }
}

/// Prometheus has no other numbers.
fn float(count: u64) -> f64 {
    count as f64
}
