//! Small conversions from SDK types that several collectors need.

use std::sync::Arc;

use jiff::Timestamp;

use crate::aws::Failure;
use crate::inventory::{Gap, Observed, Operation};

/// A time from the SDK; out of range becomes null.
pub fn timestamp(time: Option<aws_smithy_types::DateTime>) -> Option<Timestamp> {
    time.and_then(|time| Timestamp::new(time.secs(), i32::try_from(time.subsec_nanos()).unwrap_or(0)).ok())
}

/// What stands for a member that an answer lacks although the API promises it.
pub fn missing(operation: &Operation, member: &str) -> Arc<Gap> {
    Arc::new(Failure::broken(format!("the answer has no {member}")).gap(operation))
}

/// One attribute of the several that come with the answer to a detail call.
pub fn part<T, V>(answer: &Observed<Option<T>>, read: impl FnOnce(&T) -> Option<V>) -> Observed<Option<V>> {
    match answer {
        Ok(answer) => Ok(answer.as_ref().and_then(read)),
        Err(gap) => Err(gap.clone()),
    }
}
