//! Cron expressions of five fields: minute, hour, day of the month, month, day of the week.

use std::fmt;
use std::ops::{Range, RangeInclusive};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{AmbiguousOffset, TimeZone};

/// How far ahead a time is looked for. 29 February comes again within eight years, even around 2100.
const DAYS_AHEAD: usize = 9 * 366;

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// The times that a cron expression names, by the clocks of some time zone.
///
/// Where both the day of the month and the day of the week are restricted, either suffices, as for every cron. A time that
/// clocks skip in spring comes as much later as they skip; one that they show twice in autumn comes once, unless the hour
/// is `*`.
#[derive(Clone, PartialEq, Eq)]
pub struct Cron {
    text: String,
    minutes: Field,
    hours: Field,
    days: Field,
    months: Field,
    weekdays: Field,
}

/// Why a text is no cron expression that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct CronError {
    /// What is wrong.
    pub message: String,
    /// Where in the text: bytes.
    pub place: Range<usize>,
}

/// The values of a field that are named.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Field {
    bits: u64,
    /// Whether it begins with `*`, and so restricts no days.
    any: bool,
}

/// What a field may hold.
struct Kind {
    name: &'static str,
    values: RangeInclusive<u8>,
    names: &'static [&'static str],
    /// The value of the first name.
    first: u8,
}

const MINUTE: Kind = Kind { name: "minute", values: 0..=59, names: &[], first: 0 };
const HOUR: Kind = Kind { name: "hour", values: 0..=23, names: &[], first: 0 };
const DAY: Kind = Kind { name: "day of the month", values: 1..=31, names: &[], first: 0 };
const MONTH: Kind = Kind { name: "month", values: 1..=12, names: &MONTHS, first: 1 };
const WEEKDAY: Kind = Kind { name: "day of the week", values: 0..=7, names: &WEEKDAYS, first: 0 };

impl Cron {
    /// Reads an expression.
    ///
    /// # Errors
    ///
    /// It has not five fields, one of them is wrong, or no day is ever what it says (`0 0 30 2 *`).
    pub fn parse(text: &str) -> Result<Cron, CronError> {
        let fields: Vec<(usize, &str)> = text
            .split_ascii_whitespace()
            .map(|field| (field.as_ptr() as usize - text.as_ptr() as usize, field))
            .collect();
        let [minute, hour, day, month, weekday] = fields[..] else {
            let message = format!(
                "a cron expression has five fields (minute, hour, day of the month, month, day of the week), not {}",
                fields.len()
            );
            return Err(CronError { message, place: 0..text.len() });
        };
        let cron = Cron {
            text: fields.iter().map(|(_, field)| *field).collect::<Vec<_>>().join(" "),
            minutes: MINUTE.read(minute)?,
            hours: HOUR.read(hour)?,
            days: DAY.read(day)?,
            months: MONTH.read(month)?,
            weekdays: WEEKDAY.read(weekday)?.with_sunday_as_0(),
        };
        if cron.next(Timestamp::UNIX_EPOCH, &TimeZone::UTC).is_none() {
            let message = format!("`{}` never comes: no month named has such a day", cron.text);
            return Err(CronError { message, place: day.0..month.0 + month.1.len() });
        }
        Ok(cron)
    }

    /// The first time after `after`.
    pub fn next(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        // Where clocks are set back at midnight a day may end after the next has begun.
        let mut date = after.to_zoned(zone.clone()).date().yesterday().ok()?;
        for _ in 0..DAYS_AHEAD {
            if self.is_day(date)
                && let Some(time) = self.times_of(date, zone).filter(|time| *time > after).min()
            {
                return Some(time);
            }
            date = date.tomorrow().ok()?;
        }
        None
    }

    fn is_day(&self, date: Date) -> bool {
        let day = self.days.has(date.day().unsigned_abs());
        let weekday = self.weekdays.has(date.weekday().to_sunday_zero_offset().unsigned_abs());
        let days = if self.days.any || self.weekdays.any { day && weekday } else { day || weekday };
        days && self.months.has(date.month().unsigned_abs())
    }

    fn times_of<'a>(&'a self, date: Date, zone: &'a TimeZone) -> impl Iterator<Item = Timestamp> + 'a {
        let minutes = move |hour: i8| self.minutes.values().map(move |minute| (hour, minute));
        self.hours.values().flat_map(minutes).flat_map(move |(hour, minute)| {
            let ambiguous = zone.to_ambiguous_timestamp(date.at(hour, minute, 0, 0));
            let twice = self.hours.any && matches!(ambiguous.offset(), AmbiguousOffset::Fold { .. });
            let second = twice.then(|| ambiguous.later().ok()).flatten();
            [ambiguous.compatible().ok(), second].into_iter().flatten()
        })
    }
}

impl fmt::Display for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cron({})", self.text)
    }
}

impl Field {
    fn has(self, value: u8) -> bool {
        self.bits >> value & 1 == 1
    }

    fn values(self) -> impl Iterator<Item = i8> {
        (0..60_u8).filter(move |value| self.has(*value)).filter_map(|value| i8::try_from(value).ok())
    }

    fn with_sunday_as_0(self) -> Field {
        Field { bits: (self.bits | self.bits >> 7) & 0x7f, ..self }
    }
}

impl Kind {
    fn read(&self, (at, text): (usize, &str)) -> Result<Field, CronError> {
        let mut bits = 0;
        let mut start = at;
        for part in text.split(',') {
            bits |= self.part(part).map_err(|problem| CronError {
                message: format!("`{part}` is wrong as the {}: {problem}", self.name),
                place: start..start + part.len(),
            })?;
            start += part.len() + 1;
        }
        Ok(Field { bits, any: text.starts_with('*') })
    }

    /// `*`, `5`, `1-5`, each with a step or without.
    fn part(&self, part: &str) -> Result<u64, String> {
        let (values, step) = match part.split_once('/') {
            Some((values, step)) => (values, Some(step.parse::<u8>().ok().filter(|step| *step > 0))),
            None => (part, None),
        };
        let step = match step {
            Some(None) => return Err("the step after `/` is a number above 0".to_owned()),
            Some(Some(step)) => Some(step),
            None => None,
        };
        let (&least, &most) = (self.values.start(), self.values.end());
        let (from, to) = match values.split_once('-') {
            _ if values == "*" => (least, most),
            Some((from, to)) => (self.value(from)?, self.value(to)?),
            None => {
                let value = self.value(values)?;
                (value, if step.is_some() { most } else { value })
            }
        };
        if from > to {
            return Err(format!("it goes from {from} down to {to}"));
        }
        Ok((from..=to).step_by(usize::from(step.unwrap_or(1))).fold(0, |bits, value| bits | 1 << value))
    }

    fn value(&self, text: &str) -> Result<u8, String> {
        let named = self.names.iter().zip(self.first..).find(|(name, _)| name.eq_ignore_ascii_case(text));
        let number = text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten();
        let value = named.map(|(_, value)| value).or(number).filter(|value| self.values.contains(value));
        value.ok_or_else(|| {
            let names = self.names.first().zip(self.names.last());
            let names = names.map(|(first, last)| format!(", or {first} to {last}")).unwrap_or_default();
            format!("it has numbers from {} to {}{names}", self.values.start(), self.values.end())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(cron: &str, zone: &str, after: &str, count: usize) -> Vec<String> {
        let cron = Cron::parse(cron).unwrap();
        let zone = TimeZone::get(zone).unwrap();
        let mut at: Timestamp = after.parse().unwrap();
        (0..count)
            .map(|_| {
                at = cron.next(at, &zone).unwrap();
                at.to_zoned(zone.clone()).strftime("%m-%d %H:%M%:z").to_string()
            })
            .collect()
    }

    #[test]
    fn fields_are_values_ranges_steps_lists_and_names() {
        let next = |cron| times(cron, "UTC", "2026-03-04T05:06:07Z", 3).join(" ").replace("+00:00", "");
        assert_eq!(next("0 */6 * * *"), "03-04 06:00 03-04 12:00 03-04 18:00");
        assert_eq!(next("5-59/20 * * * *"), "03-04 05:25 03-04 05:45 03-04 06:05");
        assert_eq!(next("30 4 1,15 * *"), "03-15 04:30 04-01 04:30 04-15 04:30");
        assert_eq!(next("0 0 * JUN-jul sun"), "06-07 00:00 06-14 00:00 06-21 00:00");
        assert_eq!(next("0 0 * * 7"), "03-08 00:00 03-15 00:00 03-22 00:00");
        assert_eq!(next("0 0 */10 * *"), "03-11 00:00 03-21 00:00 03-31 00:00");
        assert_eq!(next("0 0 29 2 *"), "02-29 00:00 02-29 00:00 02-29 00:00");
    }

    #[test]
    fn of_two_restricted_days_either_suffices() {
        assert_eq!(
            times("0 0 13 * fri", "UTC", "2026-03-04T00:00:00Z", 4),
            ["03-06 00:00+00:00", "03-13 00:00+00:00", "03-20 00:00+00:00", "03-27 00:00+00:00"]
        );
    }

    #[test]
    fn a_time_that_clocks_skip_comes_later_and_one_that_they_show_twice_comes_once() {
        assert_eq!(
            times("30 2 * * *", "Europe/Zurich", "2026-03-28T12:00:00Z", 2),
            ["03-29 03:30+02:00", "03-30 02:30+02:00"]
        );
        assert_eq!(
            times("30 2 * * *", "Europe/Zurich", "2026-10-24T12:00:00Z", 2),
            ["10-25 02:30+02:00", "10-26 02:30+01:00"]
        );
        assert_eq!(
            times("0 * * * *", "Europe/Zurich", "2026-10-24T23:30:00Z", 4),
            ["10-25 02:00+02:00", "10-25 02:00+01:00", "10-25 03:00+01:00", "10-25 04:00+01:00"]
        );
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        for (text, place, said) in [
            ("0 6 * *", "0 6 * *", "five fields"),
            ("61 * * * *", "61", "minute: it has numbers from 0 to 59"),
            ("0 0 0 * *", "0", "day of the month"),
            ("0 0 * mai *", "mai", "or jan to dec"),
            ("0 0 * * 1,9", "9", "day of the week"),
            ("*/0 * * * *", "*/0", "above 0"),
            ("0 17-9 * * *", "17-9", "down to 9"),
            ("0 0 30 2 *", "30 2", "never comes"),
            ("0 0 31 4,6 *", "31 4,6", "never comes"),
            ("0 +5 * * *", "+5", "hour"),
        ] {
            let error = Cron::parse(text).unwrap_err();
            assert!(error.message.contains(said), "{text}: {error}");
            assert_eq!(&text[error.place], place, "{text}");
        }
    }
}
