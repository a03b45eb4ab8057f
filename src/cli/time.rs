//! Times as people write them.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// A time (`2027-03-31T12:00:00Z`), or a date: its beginning, UTC.
pub fn instant(text: &str) -> Result<Timestamp, String> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    let wrong = || format!("`{text}` is no time: write `2027-03-31` or `2027-03-31T12:00:00Z`");
    let date = text.parse::<Date>().map_err(|_| wrong())?;
    date.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp()).map_err(|error| error.to_string())
}

/// The same, or a number of days from now (`30d`).
pub fn until(text: &str) -> Result<Timestamp, String> {
    let Some(days) = text.strip_suffix('d').and_then(|days| days.parse::<i64>().ok()) else { return instant(text) };
    let hours = days.checked_mul(24).filter(|hours| (0..=200_000).contains(hours));
    let until = hours.and_then(|hours| Timestamp::now().checked_add(hours.hours()).ok());
    until.ok_or_else(|| format!("`{text}` is too far away"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_times_are_read() {
        assert_eq!(instant("2027-03-31").unwrap(), instant("2027-03-31T00:00:00Z").unwrap());
        assert_eq!(instant("2027-03-31T02:00:00+02:00").unwrap(), instant("2027-03-31").unwrap());
        assert!(instant("31.3.2027").unwrap_err().contains("is no time"));
        assert!(until("30d").unwrap() > Timestamp::now());
        assert!(until("99999999d").is_err());
    }
}
