//! Gaps: what an audit could not read, and why.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::operation::Operation;

/// Why something could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GapKind {
    /// The identity lacks the IAM action.
    Denied,
    /// Still throttled after all retries.
    Throttled,
    /// No answer: DNS, connection, TLS or time-out.
    Unreachable,
    /// The Region is not enabled for the account.
    RegionDisabled,
    /// The credentials are missing, invalid or have expired.
    Credentials,
    /// An answer that is an error, or that cannot be understood.
    Error,
    /// The audit ended before it was read.
    Interrupted,
    /// The plan did not ask for it. A check never meets this one.
    NotCollected,
}

/// Something that could not be read: the operation, the IAM action it needs and the reason.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Gap {
    /// Why.
    pub kind: GapKind,
    /// The operation that failed, as `service:Operation`.
    pub operation: String,
    /// The IAM action that the operation needs.
    pub action: String,
    /// What AWS, or the transport, answered.
    pub message: String,
}

impl Gap {
    /// A gap left by `operation`.
    pub fn new(kind: GapKind, operation: &Operation, message: impl Into<String>) -> Gap {
        Gap { kind, operation: operation.id(), action: operation.action.to_owned(), message: message.into() }
    }

    /// What to do about it, where there is something to do.
    pub fn help(&self) -> Option<String> {
        match self.kind {
            GapKind::Denied => {
                Some(format!("grant {}, or print the whole policy with `plumbline policy`", self.action))
            }
            GapKind::Throttled => Some("audit again later, or lower `limits` in the configuration".to_owned()),
            GapKind::Unreachable => Some("check the network, the endpoint and the Region".to_owned()),
            GapKind::RegionDisabled => Some("enable the Region, or leave it out with --region".to_owned()),
            GapKind::Credentials => Some("renew the credentials and audit again".to_owned()),
            GapKind::Error | GapKind::Interrupted | GapKind::NotCollected => None,
        }
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            GapKind::Denied => write!(f, "{} was denied (needs {})", self.operation, self.action),
            GapKind::Throttled => write!(f, "{} was throttled after all retries", self.operation),
            GapKind::Unreachable => write!(f, "{} got no answer: {}", self.operation, self.message),
            GapKind::RegionDisabled => write!(f, "{}: the Region is not enabled", self.operation),
            GapKind::Credentials => write!(f, "{}: {}", self.operation, self.message),
            GapKind::Error => write!(f, "{} failed: {}", self.operation, self.message),
            GapKind::Interrupted => write!(f, "{}: the audit was interrupted before it", self.operation),
            GapKind::NotCollected => write!(f, "{} was not asked for", self.operation),
        }
    }
}
