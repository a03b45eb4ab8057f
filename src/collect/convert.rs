//! Small conversions from SDK types that several collectors need.

use std::sync::Arc;

use jiff::Timestamp;

use crate::aws::Failure;
use crate::inventory::{Observed, Operation};

/// A time from the SDK; out of range becomes null.
pub fn timestamp(time: Option<aws_smithy_types::DateTime>) -> Option<Timestamp> {
    time.and_then(|time| Timestamp::new(time.secs(), i32::try_from(time.subsec_nanos()).unwrap_or(0)).ok())
}

/// What follows `marker` in an ARN: `after(arn, "listener/")`. The whole ARN if the marker is not in it.
pub fn after<'a>(arn: &'a str, marker: &str) -> &'a str {
    arn.split_once(marker).map_or(arn, |(_, rest)| rest)
}

/// A text, or one of the SDK's enumerations as AWS spells it.
pub fn text(value: Option<impl AsRef<str>>) -> Option<String> {
    value.map(|value| value.as_ref().to_owned())
}

/// A member that AWS always sends. An answer without it leaves the attribute unobserved: a default would be a guess.
pub fn always_sent<T>(value: Option<T>, member: &str, operation: &Operation) -> Observed<T> {
    value.ok_or_else(|| Arc::new(Failure::broken(format!("the answer has no {member}")).gap(operation)))
}

/// One attribute of the several that come with the answer to a detail call.
pub fn part<T, V>(answer: &Observed<Option<T>>, read: impl FnOnce(&T) -> Option<V>) -> Observed<Option<V>> {
    match answer {
        Ok(answer) => Ok(answer.as_ref().and_then(read)),
        Err(gap) => Err(gap.clone()),
    }
}
