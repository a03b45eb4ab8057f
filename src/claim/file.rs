//! The claims file: what a document claims, for a person to review and correct.

use plumbline_document::{Lines, Observable, Selector, Stance, claim_id};
use serde_json::{Map, Value as Json};
use sha2::{Digest as _, Sha256};

use super::parse;
use super::place::Places;
use super::validate::{self, Known, Problems};
use super::write;
use crate::source::{Problem, Source};

/// What `{names}` stand for, and the values that a claim states.
pub type Params = Map<String, Json>;

/// What the ids of attestations begin with.
pub const ATTESTATION: &str = "att-";

/// One document's claims, as the file holds them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ClaimsFile {
    /// The document's name: that of its file.
    pub document: String,
    /// What it calls itself.
    pub title: String,
    /// The SHA-256 of the document that the claims were read from.
    pub digest: Option<String>,
    /// The account that the document speaks of; may hold `{names}`.
    pub account: Option<String>,
    /// What `{names}` in the file stand for, unless the configuration says otherwise.
    pub params: Params,
    /// The resources that claims speak of which name none themselves.
    pub scope: Vec<ScopeEntry>,
    /// The claims, in the document's order.
    pub claims: Vec<ClaimEntry>,
    pub(super) places: Places,
}

/// Which resources the claims of some checks speak of. The first entry whose pattern matches a check counts.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ScopeEntry {
    /// The checks: an id, with `*` for any text.
    pub checks: String,
    /// The resources.
    pub selector: Selector,
}

/// One claim, as the file holds it.
#[derive(Debug, Clone, PartialEq)]
pub struct ClaimEntry {
    /// Where it stands; several where the document repeats it.
    pub lines: Vec<Lines>,
    /// What it says.
    pub text: String,
    /// The headings above it, the outermost first.
    pub under: Vec<String>,
    /// What the document says of it.
    pub verdict: Stance,
    /// The checks and attestations that decide it; none where nothing does.
    pub checks: Vec<String>,
    /// The values that it states.
    pub params: Params,
    /// The resources that it speaks of.
    pub selector: Selector,
    /// Whether one passing check is enough.
    pub any: bool,
    /// Whether it asserts that the checks fail.
    pub expect_fail: bool,
    /// Who can see whether it holds, where the checks do not tell.
    pub observable: Option<Observable>,
    /// What a person wrote beside it.
    pub note: Option<String>,
    /// The [digest](ClaimEntry::digest) of the entry as it was read; absent where a person wrote it.
    pub read: Option<String>,
    /// Whether the document no longer makes this claim. Such entries are kept because a person worked on them.
    pub gone: bool,
    pub(super) places: Places,
}

impl Default for ClaimEntry {
    fn default() -> Self {
        ClaimEntry {
            lines: Vec::new(),
            text: String::new(),
            under: Vec::new(),
            verdict: Stance::Done,
            checks: Vec::new(),
            params: Params::new(),
            selector: Selector::default(),
            any: false,
            expect_fail: false,
            observable: None,
            note: None,
            read: None,
            gone: false,
            places: Places::default(),
        }
    }
}

impl ClaimsFile {
    /// Reads a claims file.
    ///
    /// # Errors
    ///
    /// Everything in it that is no claims file, each with its place.
    pub fn parse(source: &Source) -> Result<ClaimsFile, Vec<Problem>> {
        parse::parse(source)
    }

    /// Checks what the file says against the checks that there are.
    pub fn validate(&self, known: impl Fn(&str) -> Known) -> Problems {
        validate::validate(self, &known)
    }

    /// The file as text. `document` is the text of the document, whose lines stand as comments over the entries.
    pub fn write(&self, document: Option<&str>) -> String {
        write::write(self, document)
    }

    /// A problem with the account that the file names, where it names it.
    pub fn account_problem(&self, message: impl Into<String>, help: Option<String>) -> Problem {
        self.places.problem("account", message, help)
    }

    /// The claims that the document still makes.
    pub fn standing(&self) -> impl Iterator<Item = &ClaimEntry> {
        self.claims.iter().filter(|entry| !entry.gone)
    }
}

impl ClaimEntry {
    /// A short digest of what the entry says. Its lines are no part of it: they follow the document.
    pub fn digest(&self) -> String {
        let said = serde_json::json!([
            self.text,
            self.under,
            self.verdict,
            self.checks,
            self.params,
            self.selector,
            self.any,
            self.expect_fail,
            self.observable,
            self.note,
        ]);
        hex(&Sha256::digest(said.to_string()), 8)
    }

    /// Whether a person wrote or changed it, so that reading the document again leaves it alone.
    pub fn is_corrected(&self) -> bool {
        self.read.as_ref().is_none_or(|read| *read != self.digest())
    }

    /// The line that it first stands in.
    pub fn first_line(&self) -> usize {
        self.lines.first().map_or(0, |lines| lines.0)
    }

    /// What names the claim within its document, as the reader names it. Entries with one id speak of the same thing.
    pub fn id(&self, document: &str) -> String {
        claim_id(document, &self.checks, &self.selector, &self.text)
    }
}

/// The first digits of a digest.
fn hex(digest: &[u8], digits: usize) -> String {
    let mut text: String = digest.iter().take(digits.div_ceil(2)).map(|byte| format!("{byte:02x}")).collect();
    text.truncate(digits);
    text
}
