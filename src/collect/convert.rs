//! Small conversions from SDK types that several collectors need.

use jiff::Timestamp;

/// A time from the SDK; out of range becomes null.
pub fn timestamp(time: Option<aws_smithy_types::DateTime>) -> Option<Timestamp> {
    time.and_then(|time| Timestamp::new(time.secs(), i32::try_from(time.subsec_nanos()).unwrap_or(0)).ok())
}

/// What follows `marker` in an ARN: `after(arn, "listener/")`. The whole ARN if the marker is not in it.
pub fn after<'a>(arn: &'a str, marker: &str) -> &'a str {
    arn.split_once(marker).map_or(arn, |(_, rest)| rest)
}
