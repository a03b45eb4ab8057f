//! A digest as plain text, for mailboxes.

use std::fmt::Write;

use super::digest::{Change, ChangeKind, Digest};
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
        let changes: Vec<&Change> = ranked.iter().filter(|(of, _)| *of == kind).map(|(_, change)| *change).collect();
        if !changes.is_empty() {
            writeln!(mail, "\n{}", kind.words().to_uppercase())?;
        }
        for change in changes {
            write_change(mail, kind, change)?;
        }
    }
    if let Some(words) = digest.left_out.words() {
        writeln!(mail, "\n{words}. `plumbline findings list` shows all.")?;
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
        ChangeKind::Opened | ChangeKind::CameBack => {
            let mut label = "fix:";
            for line in text::lines(&change.remediation) {
                writeln!(mail, "  {label:4} {line}")?;
                label = "";
            }
            Ok(())
        }
    }
}
