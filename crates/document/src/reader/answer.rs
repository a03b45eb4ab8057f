//! Demands that the next sentence answers: `Volumes SHALL be encrypted. Conformant.`

use std::sync::LazyLock;

use regex::Regex;

use crate::claim::Stance;
use crate::stance::{Judged, stance};
use crate::statement::{Form, Statement};

static DEMAND: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)\b(?:shall|must|should|(?:is|are) required)\b").ok());

/// How an answer begins, and what it says of the demand.
static ANSWERS: LazyLock<Vec<(Regex, Stance)>> = LazyLock::new(|| {
    let table = [
        (r"(?i)^(?:part(?:ial|ially|ly)|largely|mostly)\b", Stance::Partial),
        (
            r"(?i)^(?:non|not)[- ]?(?:conform|complian|met|satisf|fulfil|implement|in place|achieved|evidenced)|^(?:fail|no\b|missing\b|absent\b)",
            Stance::Missing,
        ),
        (
            r"(?i)^(?:conform|complian|met\b|satisf|fulfil|implemented|in place|achieved|evidenced|pass|yes\b|done\b)",
            Stance::Done,
        ),
    ];
    table.into_iter().filter_map(|(regex, stance)| Some((Regex::new(regex).ok()?, stance))).collect()
});

/// What the sentence behind a demand says of it.
pub fn answered(demand: &Statement, next: Option<&Statement>) -> Option<Judged> {
    let next = next?;
    let together = demand.headings == next.headings && next.lines.0 <= demand.lines.1 && next.form != Form::Row;
    if !together || !DEMAND.as_ref()?.is_match(&demand.text) {
        return None;
    }
    let text = next.text.trim_start();
    let (_, said) = ANSWERS.iter().find(|(regex, _)| regex.is_match(text))?;
    let word = text.split([' ', ',', '.', ':', ';', '(']).next().unwrap_or_default();
    let valued = *said == Stance::Done && stance(next, &next.text).stance == Stance::Fact;
    let stance = if valued { Stance::Fact } else { *said };
    Some(Judged { stance, explicit: true, because: format!("`{word}` behind the demand") })
}
