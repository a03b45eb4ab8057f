//! How a finding stands, and what one more sighting makes of it. Pure: this is the whole table of [`super`] in code.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::finding::Verdict;

/// What happened to a finding in an audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransitionKind {
    /// It failed, for the first time.
    Opened,
    /// It failed again, after it had been closed.
    CameBack,
    /// It was open and no longer is; the [`Cause`] says why.
    Closed,
    /// It was established before, and now could not be.
    BecameUnknown,
    /// It is established again, with the verdict it had before the unknown, or with a pass.
    BecameKnown,
    /// It still fails, and the suppression that kept it out of the alerts has ended.
    SuppressionEnded,
}

/// Why a finding was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The check passed.
    Passed,
    /// Nothing is left to judge: the resource is no longer listed (or no check applies to it any more).
    Gone,
    /// The resource is there, but the check no longer applies to it.
    NotApplicable,
}

impl TransitionKind {
    const ALL: [TransitionKind; 6] = [
        TransitionKind::Opened,
        TransitionKind::CameBack,
        TransitionKind::Closed,
        TransitionKind::BecameUnknown,
        TransitionKind::BecameKnown,
        TransitionKind::SuppressionEnded,
    ];

    /// The name in the store and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            TransitionKind::Opened => "opened",
            TransitionKind::CameBack => "came_back",
            TransitionKind::Closed => "closed",
            TransitionKind::BecameUnknown => "became_unknown",
            TransitionKind::BecameKnown => "became_known",
            TransitionKind::SuppressionEnded => "suppression_ended",
        }
    }
}

impl Cause {
    const ALL: [Cause; 3] = [Cause::Passed, Cause::Gone, Cause::NotApplicable];

    /// The name in the store and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Cause::Passed => "passed",
            Cause::Gone => "gone",
            Cause::NotApplicable => "not_applicable",
        }
    }
}

impl fmt::Display for TransitionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for TransitionKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let named = TransitionKind::ALL.into_iter().find(|kind| kind.as_str() == text);
        named.ok_or_else(|| format!("`{text}` is no kind of transition"))
    }
}

impl FromStr for Cause {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let named = Cause::ALL.into_iter().find(|cause| cause.as_str() == text);
        named.ok_or_else(|| format!("`{text}` is no cause of closing"))
    }
}

/// How a finding stands after an audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    /// The newest verdict. It stays when the finding is gone.
    pub verdict: Verdict,
    /// The newest verdict that was not unknown.
    pub established: Option<Verdict>,
    /// When the verdict last changed, or the finding went or came.
    pub changed_at: Timestamp,
    /// When it was opened last.
    pub opened_at: Option<Timestamp>,
    /// When it was closed; none while it is open or if it never was.
    pub resolved_at: Option<Timestamp>,
    /// Since when there is nothing to judge.
    pub gone_at: Option<Timestamp>,
    /// Whether it is open and a suppression kept it out of the alerts.
    pub muted: bool,
}

/// What a sighting, or a proven absence, made of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    /// How it stands now.
    pub after: Standing,
    /// What happened, in order.
    pub transitions: Vec<TransitionKind>,
    /// Why it was closed, where it was.
    pub cause: Option<Cause>,
    /// Whether people are told.
    pub told: bool,
}

impl Standing {
    /// Whether a fail was established and nothing since.
    pub fn is_open(&self) -> bool {
        self.opened_at.is_some() && self.resolved_at.is_none()
    }

    /// What an audit that ended `at` and gave `verdict` makes of a finding. `suppressed` says whether a suppression
    /// covers it now.
    pub fn see(before: Option<&Standing>, verdict: Verdict, suppressed: bool, at: Timestamp) -> Step {
        let was_open = before.is_some_and(Standing::is_open);
        let was_muted = before.is_some_and(|before| before.muted);
        let last = before.filter(|before| before.gone_at.is_none()).map(|before| before.verdict);
        let changed = last != Some(verdict);

        let kind = match (was_open, verdict) {
            (false, Verdict::Fail) if before.is_some_and(|before| before.opened_at.is_some()) => {
                Some(TransitionKind::CameBack)
            }
            (false, Verdict::Fail) => Some(TransitionKind::Opened),
            (true, Verdict::Pass) => Some(TransitionKind::Closed),
            (_, Verdict::Unknown) if last.is_some() && changed => Some(TransitionKind::BecameUnknown),
            _ if last.is_some() && changed => Some(TransitionKind::BecameKnown),
            _ => None,
        };
        let suppression_ended = was_open && was_muted && verdict == Verdict::Fail && !suppressed;

        let opens = matches!(kind, Some(TransitionKind::Opened | TransitionKind::CameBack));
        let closes = kind == Some(TransitionKind::Closed);
        let is_open = opens || (was_open && !closes);
        let after = Standing {
            verdict,
            established: match verdict {
                Verdict::Unknown => before.filter(|_| last.is_some()).and_then(|before| before.established),
                established => Some(established),
            },
            changed_at: before.map_or(at, |before| if changed { at } else { before.changed_at }),
            opened_at: if opens { Some(at) } else { before.and_then(|before| before.opened_at) },
            resolved_at: match kind {
                _ if opens => None,
                Some(TransitionKind::Closed) => Some(at),
                _ => before.and_then(|before| before.resolved_at),
            },
            gone_at: None,
            muted: is_open && (suppressed || (was_muted && verdict == Verdict::Unknown)),
        };
        Step {
            after,
            cause: closes.then_some(Cause::Passed),
            transitions: kind
                .into_iter()
                .chain(suppression_ended.then_some(TransitionKind::SuppressionEnded))
                .collect(),
            told: !suppressed && (opens || suppression_ended || (closes && !was_muted)),
        }
    }

    /// What an audit that ended `at` and proved that there is nothing to judge, for this `cause`, makes of a finding.
    pub fn vanish(before: &Standing, cause: Cause, suppressed: bool, at: Timestamp) -> Step {
        let was_open = before.is_open();
        let after = Standing {
            changed_at: at,
            resolved_at: if was_open { Some(at) } else { before.resolved_at },
            gone_at: Some(at),
            muted: false,
            ..before.clone()
        };
        Step {
            after,
            cause: was_open.then_some(cause),
            transitions: was_open.then_some(TransitionKind::Closed).into_iter().collect(),
            told: was_open && !suppressed && !before.muted,
        }
    }
}
