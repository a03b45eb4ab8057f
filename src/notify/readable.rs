//! A digest as plain text, for mailboxes.

use std::fmt::Write;

use super::change::{AttestationChange, Change, ChangeKind, ClaimChange, News};
use super::digest::Digest;
use crate::text;

/// Changes in a mail. Nobody reads more, and the JSON beside it has them all.
const MOST: usize = 50;

/// What a mail may have in bytes, so that the JSON beside it has room.
const LARGEST: usize = 32 * 1024;

/// The digest as a mail's text, with as many changes as fit.
pub(super) fn mail(digest: &Digest) -> String {
    let mut most = MOST;
    loop {
        let mut mail = String::new();
        // Writing to a String cannot fail.
        let _ = write_mail(&mut mail, &digest.cut_to(most));
        if mail.len() <= LARGEST || most == 0 {
            return mail;
        }
        most /= 2;
    }
}

fn write_mail(mail: &mut String, digest: &Digest) -> std::fmt::Result {
    writeln!(mail, "{}", text::line(&digest.headline()))?;
    writeln!(mail, "audited as of {}, {}", digest.as_of, digest.open_now_words())?;
    let ranked = digest.ranked();
    for kind in ChangeKind::ALL {
        let mut news = ranked.iter().filter(|(of, _)| *of == kind).map(|(_, news)| *news).peekable();
        if news.peek().is_some() {
            writeln!(mail, "\n{}", kind.words().to_uppercase())?;
        }
        for news in news {
            match news {
                News::Finding(change) => write_change(mail, kind, change)?,
                News::Claim(change) => write_claim(mail, kind, change)?,
                News::Attestation(change) => write_attestation(mail, kind, change)?,
            }
        }
    }
    if let Some(words) = digest.left_out.words_and_commands() {
        writeln!(mail, "\n{words}")?;
    }
    Ok(())
}

fn write_claim(mail: &mut String, kind: ChangeKind, change: &ClaimChange) -> std::fmt::Result {
    writeln!(mail, "\n{}, {}", change.place(), change.account())?;
    writeln!(mail, "  the document says {}: \"{}\"", change.verdict, text::line(&change.text))?;
    match kind {
        ChangeKind::ClaimsClosed => {
            writeln!(mail, "  it is there now: {}", change.seen())?;
            writeln!(mail, "  the document can say that it is done")
        }
        ChangeKind::Mended => {
            writeln!(mail, "  had been contradicted since {}; now: {}", change.since, change.seen())
        }
        _ => {
            writeln!(mail, "  the account: {}", change.seen())?;
            write_fix(mail, &change.remediation)?;
            let or = if change.remediation.is_empty() { "mend the account, or" } else { "or" };
            writeln!(mail, "  {or} correct the document at {}", change.place())
        }
    }
}

fn write_attestation(mail: &mut String, kind: ChangeKind, change: &AttestationChange) -> std::fmt::Result {
    let verb = if kind == ChangeKind::AttestationsExpired { "vouched" } else { "vouches" };
    writeln!(mail, "\n{}: {}", text::line(&change.subject), change.scope())?;
    writeln!(mail, "  {} {verb} for it until {:.0}", text::line(&change.by), change.until)?;
    writeln!(mail, "  evidence: {}", text::line(&change.evidence))?;
    writeln!(mail, "  renew: {}", change.renewal())
}

fn write_fix(mail: &mut String, remediation: &str) -> std::fmt::Result {
    let mut label = "fix:";
    for line in text::lines(remediation) {
        writeln!(mail, "  {label:4} {line}")?;
        label = "";
    }
    Ok(())
}

fn write_change(mail: &mut String, kind: ChangeKind, change: &Change) -> std::fmt::Result {
    let severity = change.severity.as_str().to_uppercase();
    writeln!(mail, "\n{severity}  {}: {}", text::line(&change.check), text::line(&change.title))?;
    let (resource_type, resource_id) = (text::line(&change.resource_type), text::line(&change.resource_id));
    writeln!(mail, "  {resource_type} {resource_id} in {}, {}", text::line(&change.region), change.account())?;
    if !change.message.is_empty() && !change.resource_gone {
        writeln!(mail, "  {}", text::line(&change.message))?;
    }
    match kind {
        ChangeKind::Closed if change.resource_gone => {
            writeln!(mail, "  the resource is gone; failed since {}", change.since)
        }
        ChangeKind::Closed => writeln!(mail, "  failed since {}", change.since),
        _ => write_fix(mail, &change.remediation),
    }
}
