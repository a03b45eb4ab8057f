//! How a claim stands, and what one more audit of its document makes of it. Pure: the table of claims in [`super`] in code.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::claim::Outcome;

/// What happened to a claim in an audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimTransitionKind {
    /// The account is found to be otherwise than the document says.
    Contradicted,
    /// What the document calls missing, planned or half done is found to be there.
    Closed,
    /// It was contradicted and no longer is.
    Mended,
    /// Its outcome is another one, in a way that nobody has to hear of.
    Changed,
    /// Its outcome was established before, and now could not be.
    BecameUnknown,
    /// Its outcome is established again, and is what it was before the unknown; or it is established for the first time.
    BecameKnown,
    /// The document no longer makes it.
    Gone,
}

impl ClaimTransitionKind {
    const ALL: [ClaimTransitionKind; 7] = [
        ClaimTransitionKind::Contradicted,
        ClaimTransitionKind::Closed,
        ClaimTransitionKind::Mended,
        ClaimTransitionKind::Changed,
        ClaimTransitionKind::BecameUnknown,
        ClaimTransitionKind::BecameKnown,
        ClaimTransitionKind::Gone,
    ];

    /// The name in the store and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            ClaimTransitionKind::Contradicted => "contradicted",
            ClaimTransitionKind::Closed => "closed",
            ClaimTransitionKind::Mended => "mended",
            ClaimTransitionKind::Changed => "changed",
            ClaimTransitionKind::BecameUnknown => "became_unknown",
            ClaimTransitionKind::BecameKnown => "became_known",
            ClaimTransitionKind::Gone => "gone",
        }
    }

    /// Whether people are told.
    pub fn is_told(self) -> bool {
        matches!(self, ClaimTransitionKind::Contradicted | ClaimTransitionKind::Closed | ClaimTransitionKind::Mended)
    }
}

impl fmt::Display for ClaimTransitionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for ClaimTransitionKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let named = ClaimTransitionKind::ALL.into_iter().find(|kind| kind.as_str() == text);
        named.ok_or_else(|| format!("`{text}` is no kind of transition of a claim"))
    }
}

/// How a claim stands after an audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ClaimStanding {
    /// The newest outcome. It stays when the claim is gone.
    pub outcome: Outcome,
    /// Since when. An outcome that was unknown in between, and is what it was before, counts as never interrupted.
    pub since: Timestamp,
    /// The newest outcome that was not unknown, and since when.
    pub established: Option<(Outcome, Timestamp)>,
    /// Since when the document no longer makes it.
    pub gone_at: Option<Timestamp>,
}

/// What an audit made of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ClaimStep {
    /// How it stands now.
    pub after: ClaimStanding,
    /// What happened.
    pub kind: Option<ClaimTransitionKind>,
}

impl ClaimStanding {
    /// What an audit that ended `at` and gave `outcome` makes of a claim. One that was gone is as good as new.
    pub fn see(before: Option<&ClaimStanding>, outcome: Outcome, at: Timestamp) -> ClaimStep {
        let before = before.filter(|before| before.gone_at.is_none());
        let last = before.map(|before| before.outcome);
        let established = before.and_then(|before| before.established);
        let was = established.map(|(was, _)| was);
        let kind = match outcome {
            Outcome::Unknown => {
                last.filter(|last| *last != Outcome::Unknown).map(|_| ClaimTransitionKind::BecameUnknown)
            }
            _ if was == Some(outcome) => (last != was).then_some(ClaimTransitionKind::BecameKnown),
            Outcome::Contradicted => Some(ClaimTransitionKind::Contradicted),
            Outcome::Closed => Some(ClaimTransitionKind::Closed),
            _ => match was {
                Some(Outcome::Contradicted) => Some(ClaimTransitionKind::Mended),
                Some(_) => Some(ClaimTransitionKind::Changed),
                None => last.map(|_| ClaimTransitionKind::BecameKnown),
            },
        };
        let established = match outcome {
            Outcome::Unknown => established,
            _ => Some((outcome, established.filter(|(was, _)| *was == outcome).map_or(at, |(_, since)| since))),
        };
        let since = match (outcome, before) {
            (Outcome::Unknown, Some(before)) if last == Some(Outcome::Unknown) => before.since,
            (Outcome::Unknown, _) => at,
            _ => established.map_or(at, |(_, since)| since),
        };
        ClaimStep { after: ClaimStanding { outcome, since, established, gone_at: None }, kind }
    }

    /// What becomes of a claim whose document was audited without it.
    pub fn vanish(before: &ClaimStanding, at: Timestamp) -> ClaimStep {
        let after = ClaimStanding { gone_at: Some(at), ..before.clone() };
        ClaimStep { after, kind: Some(ClaimTransitionKind::Gone) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i8) -> Timestamp {
        jiff::civil::date(2026, 3, 1).at(hour, 0, 0, 0).in_tz("UTC").unwrap().timestamp()
    }

    /// What happens to a claim audit by audit; `None` where its document is audited without it.
    fn kinds(outcomes: &[Option<Outcome>]) -> Vec<&'static str> {
        let mut standing: Option<ClaimStanding> = None;
        let mut kinds = Vec::new();
        for (hour, outcome) in (1..).zip(outcomes) {
            let step = match (outcome, &standing) {
                (Some(outcome), before) => ClaimStanding::see(before.as_ref(), *outcome, at(hour)),
                (None, Some(before)) => ClaimStanding::vanish(before, at(hour)),
                (None, None) => continue,
            };
            kinds.push(step.kind.map_or("-", ClaimTransitionKind::as_str));
            standing = Some(step.after);
        }
        kinds
    }

    #[test]
    fn the_table_of_claims() {
        use Outcome::{Attested, Closed, Confirmed, Contradicted, StillOpen, Unattested, Unknown};
        for (outcomes, expected) in [
            (vec![Contradicted, Contradicted], vec!["contradicted", "-"]),
            (vec![Closed, Closed], vec!["closed", "-"]),
            (vec![Confirmed, Confirmed], vec!["-", "-"]),
            (vec![StillOpen, Closed, StillOpen, Closed], vec!["-", "closed", "changed", "closed"]),
            (vec![Confirmed, Contradicted, Confirmed], vec!["-", "contradicted", "mended"]),
            (vec![Contradicted, StillOpen], vec!["contradicted", "mended"]),
            (vec![Contradicted, Closed], vec!["contradicted", "closed"]),
            (vec![Closed, Contradicted], vec!["closed", "contradicted"]),
            (vec![Closed, Confirmed], vec!["closed", "changed"]),
            (vec![Attested, Unattested, Attested], vec!["-", "changed", "changed"]),
            (vec![Unknown, Unknown, Confirmed], vec!["-", "-", "became_known"]),
            (vec![Unknown, Contradicted], vec!["-", "contradicted"]),
            (vec![Contradicted, Unknown, Contradicted], vec!["contradicted", "became_unknown", "became_known"]),
            (vec![Contradicted, Unknown, Confirmed], vec!["contradicted", "became_unknown", "mended"]),
            (vec![Confirmed, Unknown, Contradicted], vec!["-", "became_unknown", "contradicted"]),
            (vec![Closed, Unknown, Unknown, Closed], vec!["closed", "became_unknown", "-", "became_known"]),
            (vec![StillOpen, Unknown, Closed], vec!["-", "became_unknown", "closed"]),
            (vec![StillOpen, Unknown, Confirmed], vec!["-", "became_unknown", "changed"]),
        ] {
            let seen: Vec<_> = outcomes.iter().copied().map(Some).collect();
            assert_eq!(kinds(&seen), expected, "{outcomes:?}");
        }
    }

    #[test]
    fn a_claim_that_returns_is_as_good_as_new() {
        let (contradicted, unknown) = (Some(Outcome::Contradicted), Some(Outcome::Unknown));
        assert_eq!(kinds(&[contradicted, None, contradicted]), ["contradicted", "gone", "contradicted"]);
        assert_eq!(kinds(&[contradicted, None, Some(Outcome::Confirmed)]), ["contradicted", "gone", "-"]);
        assert_eq!(kinds(&[contradicted, None, unknown, contradicted]), ["contradicted", "gone", "-", "contradicted"]);
    }

    #[test]
    fn an_unknown_in_between_does_not_interrupt_an_outcome() {
        let see = |before: &ClaimStanding, outcome, hour| ClaimStanding::see(Some(before), outcome, at(hour)).after;
        let first = ClaimStanding::see(None, Outcome::Contradicted, at(1)).after;
        let unknown = see(&see(&first, Outcome::Unknown, 2), Outcome::Unknown, 3);
        assert_eq!((unknown.since, unknown.established), (at(2), Some((Outcome::Contradicted, at(1)))));
        assert_eq!(see(&unknown, Outcome::Contradicted, 4), first);
        let mended = see(&unknown, Outcome::Confirmed, 4);
        assert_eq!((mended.since, mended.established), (at(4), Some((Outcome::Confirmed, at(4)))));
    }
}
