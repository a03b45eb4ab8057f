//! Claims and attestations as the text of a Slack section.

use super::blocks::{LONGEST_COMMAND, LONGEST_MESSAGE, LONGEST_NAME, LONGEST_TITLE, code, command, escape};
use super::change::{AttestationChange, ChangeKind, ClaimChange};

/// What stands over the claims of one document.
pub(super) fn claims_heading(kind: ChangeKind, first: &ClaimChange) -> String {
    let symbol = match kind {
        ChangeKind::Contradicted => ":warning:",
        _ => ":white_check_mark:",
    };
    let place = format!("{}, {}", first.document, first.account());
    format!("{symbol} *{}*: {}", kind.words(), escape(&place, LONGEST_TITLE))
}

/// A claim in a line.
pub(super) fn claim_line(kind: ChangeKind, change: &ClaimChange) -> String {
    let (place, said) = (code(&change.place()), escape(&change.text, LONGEST_MESSAGE));
    let seen = escape(&change.seen(), LONGEST_MESSAGE);
    match kind {
        ChangeKind::ClaimsClosed => {
            format!("\n• The document says {}: “{said}” ({place}); it is there now: {seen}", change.verdict)
        }
        ChangeKind::Mended => format!("\n• “{said}” ({place}): {seen}"),
        _ => format!("\n• The document says “{said}” ({place}); the account: {seen}"),
    }
}

/// What to do about the claims of one document.
pub(super) fn claims_end(kind: ChangeKind, changes: &[&ClaimChange]) -> String {
    match kind {
        ChangeKind::Contradicted => {
            let fix = changes.first().map(|change| command(&change.remediation)).unwrap_or_default();
            if fix.is_empty() || fix.len() > LONGEST_COMMAND {
                return "\nMend the account, or correct the document.".to_owned();
            }
            let which = if changes.len() > 1 { " (the first of them)" } else { "" };
            format!("\n*Fix*{which}, or correct the document:\n```{fix}```")
        }
        ChangeKind::ClaimsClosed => "\nThe document can say that it is done.".to_owned(),
        _ => String::new(),
    }
}

/// What stands over attestations.
pub(super) fn attestations_heading(kind: ChangeKind) -> String {
    format!(":hourglass: *{}*", kind.words())
}

/// An attestation in a line.
pub(super) fn attestation_line(kind: ChangeKind, change: &AttestationChange) -> String {
    let verb = if kind == ChangeKind::AttestationsExpired { "vouched" } else { "vouches" };
    let (by, scope) = (escape(&change.by, LONGEST_NAME), escape(&change.scope(), LONGEST_NAME));
    let evidence = escape(&change.evidence, LONGEST_MESSAGE);
    format!(
        "\n• {} ({scope}): {by} {verb} for it until {:.0}; evidence: {evidence}",
        code(&change.subject),
        change.until
    )
}

/// What to do about attestations.
pub(super) fn attestations_end(changes: &[&AttestationChange]) -> String {
    let renewal = changes.first().map(|change| command(&change.renewal())).unwrap_or_default();
    if renewal.is_empty() || renewal.len() > LONGEST_COMMAND {
        return String::new();
    }
    let which = if changes.len() > 1 { " (the first of them)" } else { "" };
    format!("\n*Renew*{which}:\n```{renewal}```")
}
