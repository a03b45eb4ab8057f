//! Spans of time as people write them: `90s`, `6h`, `1d 12h`.

use std::time::Duration;

use jiff::{Span, SpanRelativeTo};

/// Longer than anything here is meant to take: ten years.
const LONGEST: Duration = Duration::from_secs(10 * 366 * 24 * 60 * 60);

/// A text that is no span of time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no span of time: {problem}")]
pub struct DurationError {
    text: String,
    problem: &'static str,
}

/// Reads a span of time. A day has 24 hours here, and months and years have no length.
///
/// # Errors
///
/// What is written is no span of time, or one below nothing or above ten years.
pub fn duration(text: &str) -> Result<Duration, DurationError> {
    let wrong = |problem| DurationError { text: text.to_owned(), problem };
    let span: Span =
        text.trim().parse().map_err(|_| wrong("write a number and a unit, such as `90s`, `15m` or `6h`"))?;
    let exact = span
        .to_duration(SpanRelativeTo::days_are_24_hours())
        .map_err(|_| wrong("months and years differ in length: write days or hours"))?;
    let duration = Duration::try_from(exact).map_err(|_| wrong("it is below nothing"))?;
    if duration > LONGEST { Err(wrong("it is longer than ten years")) } else { Ok(duration) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_as_people_write_them() {
        let seconds = |text| duration(text).map(|duration| duration.as_secs());
        assert_eq!(seconds("90s"), Ok(90));
        assert_eq!(seconds("6h"), Ok(6 * 3600));
        assert_eq!(seconds("1d 12h"), Ok(36 * 3600));
        assert_eq!(seconds("PT30M"), Ok(1800));
    }

    #[test]
    fn what_has_no_length_is_refused_with_what_to_write() {
        for (text, said) in [
            ("soon", "such as `90s`"),
            ("", "such as `90s`"),
            ("6", "such as `90s`"),
            ("1 month", "differ in length"),
            ("-6h", "below nothing"),
            ("20000d", "ten years"),
        ] {
            let error = duration(text).unwrap_err().to_string();
            assert!(error.contains(said), "{text}: {error}");
        }
    }
}
