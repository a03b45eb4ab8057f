//! From what was read in a document to a claims file.

use std::collections::HashMap;

use plumbline_document::{Claim, Observable};

use super::file::{ATTESTATION, ClaimEntry, ClaimsFile};

impl ClaimsFile {
    /// The claims of a document as they were read. What the document repeats becomes one entry with several lines.
    pub fn from_reading(document: &str, title: &str, digest: &str, claims: &[Claim]) -> ClaimsFile {
        let mut entries: Vec<(&Claim, ClaimEntry)> = Vec::new();
        let mut by_id: HashMap<&str, Vec<usize>> = HashMap::new();
        for claim in claims {
            let same = by_id.entry(&claim.id).or_default();
            let known = same.iter().copied().find(|at| says_the_same(entries[*at].0, claim));
            match known.map(|at| &mut entries[at].1.lines) {
                Some(lines) if lines.contains(&claim.lines) => {}
                Some(lines) => lines.push(claim.lines),
                None => {
                    same.push(entries.len());
                    entries.push((claim, ClaimEntry::from(claim)));
                }
            }
        }
        let mut claims: Vec<ClaimEntry> = entries.into_iter().map(|(_, entry)| entry).collect();
        for entry in &mut claims {
            entry.lines.sort();
            entry.read = Some(entry.digest());
        }
        ClaimsFile {
            document: document.to_owned(),
            title: title.to_owned(),
            digest: Some(digest.to_owned()),
            claims,
            ..ClaimsFile::default()
        }
    }
}

fn says_the_same(one: &Claim, other: &Claim) -> bool {
    one.verdict == other.verdict
        && one.text == other.text
        && one.params == other.params
        && one.checks == other.checks
        && one.selector == other.selector
}

impl From<&Claim> for ClaimEntry {
    fn from(claim: &Claim) -> Self {
        // That attestations are attested, and that checks are observed, needs no saying.
        let needs_saying = claim.observable == Some(Observable::Attest)
            && !claim.checks.iter().any(|check| check.starts_with(ATTESTATION));
        ClaimEntry {
            lines: vec![claim.lines],
            text: claim.text.clone(),
            under: claim.headings.clone(),
            verdict: claim.verdict,
            checks: claim.checks.clone(),
            params: claim.params.clone(),
            selector: claim.selector.clone(),
            observable: claim.observable.filter(|_| needs_saying),
            ..ClaimEntry::default()
        }
    }
}
