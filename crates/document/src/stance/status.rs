//! Words that are verdicts when they stand alone or first: in a status cell, or as the value of a pair.

use std::sync::LazyLock;

use super::lexicon::Lexicon;
use super::saying::{self, Said};
use super::statuses::{FAIL, NO, OFF, PARTIAL, PASS, PLANNED, YES};
use super::tokens::{Before, tokens};

/// What a status word says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// The thing is as it should be.
    Pass,
    /// The thing is not as it should be.
    Fail,
    /// The thing is there: yes, on.
    Yes,
    /// The thing is not there: no, off.
    No,
    /// In part, or begun.
    Partial,
    /// To be done.
    Planned,
    /// Left out on purpose.
    Off,
}

static STATUSES: LazyLock<Lexicon<Status>> = LazyLock::new(|| {
    Lexicon::new(&[
        (Status::Off, OFF),
        (Status::Pass, PASS),
        (Status::Fail, FAIL),
        (Status::Yes, YES),
        (Status::No, NO),
        (Status::Partial, PARTIAL),
        (Status::Planned, PLANNED),
    ])
});

/// A status and the words that say it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stated {
    /// What they say, remarks behind them heard.
    pub(super) status: Status,
    /// The words.
    pub(super) by: String,
    /// Whether nothing but a remark follows them.
    pub(super) alone: bool,
}

/// The status that a cell or a value begins with: `Yes (automatic failover)`, `No - planned`, `Enabled for CloudFront`.
pub(super) fn stated(text: &str) -> Option<Stated> {
    let tokens = tokens(text);
    let found = STATUSES.at(&tokens, 0)?;
    let last = tokens.get(found.last)?;
    let next = tokens.get(found.last + 1);
    let bounded = next.is_none_or(|next| next.before >= Before::Comma || next.depth > last.depth);
    let short = matches!(
        last.word.as_str(),
        "yes"
            | "y"
            | "no"
            | "n"
            | "na"
            | "on"
            | "off"
            | "all"
            | "none"
            | "ja"
            | "si"
            | "non"
            | "some"
            | "limited"
            | "up"
            | "set"
            | "open"
            | "good"
            | "critical"
            | "future"
            | "next"
            | "available"
            | "finding"
            | "weak"
            | "strong"
            | "automatic"
            | "automated"
            | "always"
            | "aan"
            | "uit"
            | "live"
            | "warning"
            | "required"
            | "half"
            | "zero"
            | "correct"
            | "info"
            | "never"
    );
    let trailing = next.is_some_and(|next| {
        [
            "for", "on", "in", "by", "with", "at", "to", "via", "from", "and", "since", "through", "per", "until",
            "as", "of", "due", "across", "required",
        ]
        .contains(&next.word.as_str())
    });
    if !bounded && (!trailing || short && last.word != "none") {
        return None;
    }
    let by = tokens.first().and_then(|first| text.get(first.at.start..last.at.end)).unwrap_or_default().to_owned();
    let rest = text.get(last.at.end..).unwrap_or_default();
    Some(Stated { status: remarked(found.kind, rest), by, alone: bounded })
}

/// A status as the remark behind it changes it: `Yes, except staging`, `No - planned for spring`, `Disabled (not needed)`.
pub(super) fn remarked(status: Status, rest: &str) -> Status {
    let rest = rest.trim_matches(|c: char| !c.is_alphanumeric());
    let Some(remark) = saying::say(rest) else { return status };
    match (status, remark.said) {
        (Status::No | Status::Planned | Status::Fail, Said::Off) => Status::Off,
        (Status::Yes | Status::Pass, Said::Partly) => Status::Partial,
        (Status::Yes | Status::Pass, Said::Denied | Said::Lacking | Said::Disabled | Said::Bad) if remark.turns => {
            Status::Partial
        }
        (Status::No | Status::Fail, Said::Planned) => Status::Planned,
        (Status::Pass, Said::Disabled) if !remark.turns => Status::Off,
        (Status::No | Status::Fail, Said::Partly) => Status::Partial,
        (Status::Planned, Said::Lacking | Said::Denied) => Status::Fail,
        _ => status,
    }
}

/// A sign alone in a status cell.
pub(super) fn sign(text: &str) -> Option<Stated> {
    text.chars().find_map(|c| {
        let status = match c {
            '✅' | '☑' | '✔' | '✓' | '🟢' | '👍' | '💚' => Status::Pass,
            '❌' | '✗' | '✘' | '✖' | '🔴' | '⛔' | '🚫' | '👎' => Status::Fail,
            '⚠' | '🟡' | '🟠' | '🔶' | '⏳' | '⌛' | '🚧' | '🔄' => Status::Partial,
            '🔜' | '🕒' | '📅' => Status::Planned,
            _ => return None,
        };
        Some(Stated { status, by: c.to_string(), alone: true })
    })
}

/// A score in a status cell: `100 %`, `0/5`, `3 of 4`.
pub(super) fn score(text: &str) -> Option<Stated> {
    let text = text.trim();
    let digits: String = text.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    let reached: f64 = digits.parse().ok()?;
    let rest = text.get(digits.len()..)?.trim_start();
    let (whole, by) = if rest.starts_with('%') {
        (100.0, format!("{digits} %"))
    } else {
        let rest =
            rest.strip_prefix('/').or_else(|| rest.strip_prefix("of ")).or_else(|| rest.strip_prefix("out of "))?;
        let of: String = rest.trim_start().chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        (of.parse().ok()?, format!("{digits} of {of}"))
    };
    let status = if reached >= whole {
        Status::Pass
    } else if reached == 0.0 {
        Status::Fail
    } else {
        Status::Partial
    };
    Some(Stated { status, by, alone: true })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_may_carry_a_remark() {
        for (text, status) in [
            ("Yes (automatic failover to standby)", Status::Yes),
            ("Yes, except for staging", Status::Partial),
            ("No - planned for Q3", Status::Planned),
            ("Disabled (not needed for logs)", Status::Off),
            ("NON-COMPLIANT", Status::Fail),
            ("Not implemented (simplified)", Status::Fail),
            ("Enabled for CloudFront", Status::Yes),
            ("N/A", Status::Off),
            ("Nein", Status::No),
            ("En cours", Status::Partial),
        ] {
            assert_eq!(stated(text).map(|stated| stated.status), Some(status), "{text}");
        }
    }

    #[test]
    fn a_sentence_is_no_status() {
        assert_eq!(stated("No other rules apply"), None);
        assert_eq!(stated("Open source scanner in the pipeline"), None);
        assert_eq!(stated("Encrypted volumes"), None);
    }

    #[test]
    fn scores_are_whole_nothing_or_a_part() {
        assert_eq!(score("100%").map(|s| s.status), Some(Status::Pass));
        assert_eq!(score("0/5").map(|s| s.status), Some(Status::Fail));
        assert_eq!(score("3 of 4").map(|s| s.status), Some(Status::Partial));
        assert_eq!(score("7 days"), None);
    }
}
