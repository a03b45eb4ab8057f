//! Small conversions from SDK types that several collectors need.

use jiff::Timestamp;

/// A time from the SDK; out of range becomes null.
pub fn timestamp(time: Option<aws_smithy_types::DateTime>) -> Option<Timestamp> {
    time.and_then(|time| Timestamp::new(time.secs(), i32::try_from(time.subsec_nanos()).unwrap_or(0)).ok())
}
