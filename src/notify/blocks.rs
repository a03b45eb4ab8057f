//! A digest as a Slack message: Block Kit, one section for each check that changed, within Slack's limits.

use std::fmt::Write;

use serde_json::{Value, json};

use super::digest::{Change, ChangeKind, Digest, LeftOut};
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

/// Resources shown of one check. The others are counted: ten buckets with the same fault are one thing to do.
const MOST_RESOURCES: usize = 5;

/// Longest texts within a section, so that one long message does not push the others out.
const LONGEST_NAME: usize = 200;
const LONGEST_TITLE: usize = 300;
const LONGEST_MESSAGE: usize = 600;
const LONGEST_COMMAND: usize = 900;

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
            group.changes.iter().for_each(|_| left_out.add(group.kind));
        } else {
            size += json_len(&section);
            blocks.push(section);
        }
    }
    if let Some(words) = more(left_out) {
        blocks.push(json!({ "type": "section", "text": mrkdwn(&words) }));
    }
    let closing = format!("{} · audited as of {}", digest.open_now_words(), digest.as_of);
    blocks.push(json!({ "type": "context", "elements": [mrkdwn(&closing)] }));
    // Shown where blocks are not: in notifications, and to screen readers.
    json!({ "text": escape(&headline, LONGEST_SECTION), "blocks": blocks })
}

/// The changes of one kind that one check found.
struct Group<'a> {
    kind: ChangeKind,
    changes: Vec<&'a Change>,
}

/// What belongs into one section, in the order of what matters most.
fn groups(digest: &Digest) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for (kind, change) in digest.ranked() {
        match groups.last_mut() {
            Some(group) if group.kind == kind && group.changes.iter().all(|other| is_alike(other, change)) => {
                group.changes.push(change);
            }
            _ => groups.push(Group { kind, changes: vec![change] }),
        }
    }
    groups
}

fn is_alike(one: &Change, other: &Change) -> bool {
    one.check == other.check && one.severity == other.severity
}

fn section_text(group: &Group<'_>) -> String {
    let Some(first) = group.changes.first() else {
        return String::new();
    };
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write!(
        text,
        "{} *{}*: {} ({})",
        symbol(group.kind, first.severity),
        match group.kind {
            ChangeKind::Closed => format!("closed, was {}", first.severity),
            kind => format!("{} {}", first.severity, kind.words()),
        },
        escape(&first.title, LONGEST_TITLE),
        code(&first.check),
    );
    let fix = fix(group);
    let mut shown = 0;
    for change in group.changes.iter().take(MOST_RESOURCES) {
        let line = resource_line(group.kind, change);
        const ROOM_FOR_MORE: usize = 30;
        if text.len() + line.len() + fix.len() + ROOM_FOR_MORE > LONGEST_SECTION {
            break;
        }
        text.push_str(&line);
        shown += 1;
    }
    if shown < group.changes.len() {
        let _ = write!(text, "\nand {} more", group.changes.len() - shown);
    }
    text.push_str(&fix);
    text
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

/// What to do about the first of a group. A command that is too long to show whole would only be run cut.
fn fix(group: &Group<'_>) -> String {
    let command = group.changes.first().map(|change| change.remediation.as_str()).unwrap_or_default();
    let command: Vec<String> = text::lines(command).collect();
    let command = escape_marks(&command.join("\n").replace('`', "'"));
    if group.kind == ChangeKind::Closed || command.is_empty() || command.len() > LONGEST_COMMAND {
        return String::new();
    }
    let which = if group.changes.len() > 1 { " (the first of them)" } else { "" };
    format!("\n*Fix*{which}:\n```{command}```")
}

fn more(left_out: LeftOut) -> Option<String> {
    left_out.words().map(|words| format!("{words}. `plumbline findings list` shows all."))
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

fn code(text: &str) -> String {
    format!("`{}`", escape(text, LONGEST_NAME).replace('`', "'"))
}

/// Text in which Slack sees no markup, in one line of at most `longest` bytes; `…` shows a cut.
fn escape(text: &str, longest: usize) -> String {
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
