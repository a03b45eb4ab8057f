//! A digest as a Slack message: Block Kit, one section for each check and document that changed, within Slack's limits.

use std::fmt::Write;

use serde_json::{Value, json};

use super::change::{AttestationChange, Change, ChangeKind, ClaimChange, News};
use super::claim_blocks::{
    attestation_line, attestations_end, attestations_heading, claim_line, claims_end, claims_heading,
};
use super::digest::Digest;
use crate::finding::Severity;
use crate::text;

/// The longest text of a header. All limits here are Slack's in characters, held in bytes.
/// <https://docs.slack.dev/reference/block-kit/blocks>
const LONGEST_HEADER: usize = 150;

/// The longest text of a section.
const LONGEST_SECTION: usize = 3_000;

/// Blocks in a message.
const MOST_BLOCKS: usize = 50;

/// All blocks together, as JSON. Slack documents no such limit but answers `msg_blocks_too_long` from some 12,000
/// characters on, containers counted (slackapi/bolt-js issues 2509 and 2867).
const LARGEST_BLOCKS: usize = 11_000;

/// What follows the sections: what was left out, and the closing line.
const LARGEST_END: usize = 1_000;

/// Resources shown of one check, and claims of one document. The others are counted: ten buckets with the same fault are one
/// thing to do.
const MOST_SHOWN: usize = 5;

/// Longest texts within a section, so that one long message does not push the others out.
pub(super) const LONGEST_NAME: usize = 200;
pub(super) const LONGEST_TITLE: usize = 300;
pub(super) const LONGEST_MESSAGE: usize = 600;
pub(super) const LONGEST_COMMAND: usize = 900;

/// The body of a webhook request.
pub(super) fn body(digest: &Digest) -> Value {
    let headline = digest.headline();
    let mut blocks = vec![json!({
        "type": "header",
        "text": { "type": "plain_text", "text": text::cut(&headline, LONGEST_HEADER), "emoji": true },
    })];
    let mut size = LARGEST_END + json_len(&blocks[0]);
    let mut left_out = digest.left_out;
    let mut is_full = false;
    for group in groups(digest) {
        let section = json!({ "type": "section", "text": mrkdwn(&section_text(&group)) });
        // Once one does not fit, none that matters less takes its place.
        is_full |= size + json_len(&section) > LARGEST_BLOCKS || blocks.len() + 2 >= MOST_BLOCKS;
        if is_full {
            (0..group.news.len()).for_each(|_| left_out.add(group.kind));
        } else {
            size += json_len(&section);
            blocks.push(section);
        }
    }
    if let Some(words) = left_out.words_and_commands() {
        blocks.push(json!({ "type": "section", "text": mrkdwn(&words) }));
    }
    let closing = format!("{} · audited as of {}", digest.open_now_words(), digest.as_of);
    blocks.push(json!({ "type": "context", "elements": [mrkdwn(&closing)] }));
    // Shown where blocks are not: in notifications, and to screen readers.
    json!({ "text": escape(&headline, LONGEST_SECTION), "blocks": blocks })
}

/// The changes of one kind that one check found, or that concern one document, or attestations.
struct Group<'a> {
    kind: ChangeKind,
    news: Same<'a>,
}

/// Changes that are told together. There is at least one.
enum Same<'a> {
    Findings(Vec<&'a Change>),
    Claims(Vec<&'a ClaimChange>),
    Attestations(Vec<&'a AttestationChange>),
}

impl<'a> Same<'a> {
    fn of(news: News<'a>) -> Same<'a> {
        match news {
            News::Finding(change) => Same::Findings(vec![change]),
            News::Claim(change) => Same::Claims(vec![change]),
            News::Attestation(change) => Same::Attestations(vec![change]),
        }
    }

    /// Takes one in that is told together with these; false if it is not.
    fn take(&mut self, news: News<'a>) -> bool {
        match (self, news) {
            (Same::Findings(same), News::Finding(change)) if same.iter().all(|other| is_alike(other, change)) => {
                same.push(change);
            }
            (Same::Claims(same), News::Claim(change)) if same.iter().all(|other| is_beside(other, change)) => {
                same.push(change);
            }
            (Same::Attestations(same), News::Attestation(change)) => same.push(change),
            _ => return false,
        }
        true
    }

    fn len(&self) -> usize {
        match self {
            Same::Findings(same) => same.len(),
            Same::Claims(same) => same.len(),
            Same::Attestations(same) => same.len(),
        }
    }
}

/// What belongs into one section, in the order of what matters most.
fn groups(digest: &Digest) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for (kind, news) in digest.ranked() {
        let joined = groups.last_mut().is_some_and(|group| group.kind == kind && group.news.take(news));
        if !joined {
            groups.push(Group { kind, news: Same::of(news) });
        }
    }
    groups
}

fn is_alike(one: &Change, other: &Change) -> bool {
    one.check == other.check && one.severity == other.severity
}

fn is_beside(one: &ClaimChange, other: &ClaimChange) -> bool {
    one.document == other.document && one.account_id == other.account_id
}

fn section_text(group: &Group<'_>) -> String {
    let kind = group.kind;
    match &group.news {
        Same::Findings(changes) => {
            let heading = changes.first().map(|first| heading(kind, first)).unwrap_or_default();
            listed(heading, changes.iter().map(|change| resource_line(kind, change)), &fix(kind, changes))
        }
        Same::Claims(changes) => {
            let heading = changes.first().map(|first| claims_heading(kind, first)).unwrap_or_default();
            listed(heading, changes.iter().map(|change| claim_line(kind, change)), &claims_end(kind, changes))
        }
        Same::Attestations(changes) => {
            let lines = changes.iter().map(|change| attestation_line(kind, change));
            listed(attestations_heading(kind), lines, &attestations_end(changes))
        }
    }
}

/// As many lines as there is room for, the others counted, and the end.
fn listed(heading: String, lines: impl ExactSizeIterator<Item = String>, end: &str) -> String {
    const ROOM_FOR_MORE: usize = 30;
    let (mut text, number, mut shown) = (heading, lines.len(), 0);
    for line in lines.take(MOST_SHOWN) {
        if text.len() + line.len() + end.len() + ROOM_FOR_MORE > LONGEST_SECTION {
            break;
        }
        text.push_str(&line);
        shown += 1;
    }
    if shown < number {
        // Writing to a String cannot fail.
        let _ = write!(text, "\nand {} more", number - shown);
    }
    text.push_str(end);
    text
}

fn heading(kind: ChangeKind, first: &Change) -> String {
    format!(
        "{} *{}*: {} ({})",
        symbol(kind, first.severity),
        match kind {
            ChangeKind::Closed => format!("closed, was {}", first.severity),
            kind => format!("{} {}", first.severity, kind.words()),
        },
        escape(&first.title, LONGEST_TITLE),
        code(&first.check),
    )
}

fn resource_line(kind: ChangeKind, change: &Change) -> String {
    let message = match kind {
        ChangeKind::Closed if change.resource_gone => "the resource is gone".into(),
        _ => escape(&change.message, LONGEST_MESSAGE),
    };
    let place = format!("{}, {}, {}", change.resource_type, change.region, change.account());
    let colon = if message.is_empty() { "" } else { ": " };
    format!("\n• {} ({}){colon}{message}", code(&change.resource_id), escape(&place, LONGEST_NAME))
}

/// What to do about the first of those that one check found. A command that is too long to show whole would only be run cut.
fn fix(kind: ChangeKind, changes: &[&Change]) -> String {
    let command = changes.first().map(|change| command(&change.remediation)).unwrap_or_default();
    if kind == ChangeKind::Closed || command.is_empty() || command.len() > LONGEST_COMMAND {
        return String::new();
    }
    let which = if changes.len() > 1 { " (the first of them)" } else { "" };
    format!("\n*Fix*{which}:\n```{command}```")
}

/// Commands as they stand between the marks of code.
pub(super) fn command(text: &str) -> String {
    let lines: Vec<String> = text::lines(text).collect();
    escape_marks(&lines.join("\n").replace('`', "'"))
}

fn symbol(kind: ChangeKind, severity: Severity) -> &'static str {
    match (kind, severity) {
        (ChangeKind::Closed, _) => ":white_check_mark:",
        (_, Severity::Critical) => ":red_circle:",
        (_, Severity::High) => ":large_orange_circle:",
        (_, Severity::Medium) => ":large_yellow_circle:",
        (_, Severity::Low) => ":large_blue_circle:",
        (_, Severity::Info) => ":white_circle:",
    }
}

/// A text object in Slack's markup. `verbatim`, so that no word of it becomes a link, a channel or a mention.
fn mrkdwn(text: &str) -> Value {
    json!({ "type": "mrkdwn", "text": text, "verbatim": true })
}

pub(super) fn code(text: &str) -> String {
    format!("`{}`", escape(text, LONGEST_NAME).replace('`', "'"))
}

/// Text in which Slack sees no markup, in one line of at most `longest` bytes; `…` shows a cut.
pub(super) fn escape(text: &str, longest: usize) -> String {
    let line = text::line(text);
    let whole = escape_marks(&line);
    if whole.len() <= longest {
        return whole;
    }
    let mut escaped = String::new();
    for c in line.chars() {
        let next = escape_marks(c.encode_utf8(&mut [0; 4]));
        if escaped.len() + next.len() + "…".len() > longest {
            break;
        }
        escaped.push_str(&next);
    }
    escaped + "…"
}

fn escape_marks(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn json_len(value: &Value) -> usize {
    value.to_string().len() + ",".len()
}

#[cfg(test)]
mod tests;
