//! Reading a document again: the new claims, with what a person corrected in the old file.
//!
//! Claims are matched by what they say and where, not by their lines, which move with every edit above them. An entry that nobody
//! touched follows the reader. One that a person touched stays as it is, only its lines follow the document. When a changed
//! document drops it, it stays in the file, marked as gone, so that no work is lost. While the document is the same, a person's
//! entries stand whatever the reader makes of their lines.

use std::collections::{BTreeSet, HashMap};

use plumbline_document::Lines;

use super::file::{ClaimEntry, ClaimsFile};

/// How alike two texts under one heading must be to be one claim, whose wording or value was edited.
const ALIKE_IN_PLACE: f64 = 0.7;

/// How alike two texts under different headings must be: a claim that moved.
const ALIKE_ELSEWHERE: f64 = 0.9;

/// The file after reading its document again, and what changed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Merged {
    /// The file.
    pub file: ClaimsFile,
    /// Claims that the document did not make before.
    pub new: Vec<ClaimEntry>,
    /// Entries that nobody had touched and that read otherwise now: before and after.
    pub changed: Vec<(ClaimEntry, ClaimEntry)>,
    /// Entries whose claim is no longer in the document. Those that a person corrected are still in the file.
    pub gone: Vec<ClaimEntry>,
    /// Entries that a person corrected, as they stay, and what the reader makes of the claim.
    pub kept: Vec<(ClaimEntry, ClaimEntry)>,
    /// Entries that a person wrote and the reader does not read in the changed document: they stay, and their lines may be wrong.
    pub unplaced: Vec<ClaimEntry>,
}

impl Merged {
    /// Whether reading again changed no claim.
    pub fn is_unchanged(&self) -> bool {
        self.new.is_empty() && self.changed.is_empty() && self.gone.is_empty() && self.unplaced.is_empty()
    }
}

/// Merges what was read now into the file that there is.
pub fn merge(old: &ClaimsFile, new: ClaimsFile) -> Merged {
    // Without a digest nothing says that the document is another.
    let same_document = old.digest.is_none() || old.digest == new.digest;
    let partners = Matching::of(old, &new, same_document).partners;
    let mut merged = Merged::default();
    let mut claims = Vec::new();
    let mut met = BTreeSet::new();
    for (entry, partner) in new.claims.iter().zip(partners) {
        let Some(partner) = partner else {
            let cover = old.claims.iter().find(|before| same_document && covers(before, entry));
            match cover {
                Some(cover) => merged.kept.push((cover.clone(), entry.clone())),
                None => {
                    merged.new.push(entry.clone());
                    claims.push(entry.clone());
                }
            }
            continue;
        };
        met.insert(partner);
        let before = &old.claims[partner];
        if before.is_corrected() {
            let lines = if same_document { before.lines.clone() } else { entry.lines.clone() };
            let mut kept = ClaimEntry { lines, gone: false, ..before.clone() };
            if kept.digest() == entry.digest() {
                // The reader has come to the same view.
                kept.read.clone_from(&entry.read);
            }
            merged.kept.push((kept.clone(), entry.clone()));
            claims.push(kept);
        } else {
            if before.digest() != entry.digest() {
                merged.changed.push((before.clone(), entry.clone()));
            }
            claims.push(entry.clone());
        }
    }
    for before in old.claims.iter().enumerate().filter(|(at, _)| !met.contains(at)).map(|(_, before)| before) {
        let stands = before.is_corrected() && !before.gone && (same_document || before.read.is_none());
        if stands {
            if !same_document {
                merged.unplaced.push(before.clone());
            }
            claims.push(before.clone());
            continue;
        }
        if !before.gone {
            merged.gone.push(before.clone());
        }
        if before.is_corrected() {
            claims.push(ClaimEntry { gone: true, ..before.clone() });
        }
    }
    claims.sort_by_key(|entry| (entry.gone, entry.first_line()));
    merged.file = ClaimsFile {
        title: if old.title.is_empty() { new.title } else { old.title.clone() },
        account: old.account.clone().or(new.account),
        params: if old.params.is_empty() { new.params } else { old.params.clone() },
        scope: if old.scope.is_empty() { new.scope } else { old.scope.clone() },
        document: new.document,
        digest: new.digest,
        claims,
        places: new.places,
    };
    merged
}

/// Whether a person has dealt with all that stands in the lines of an entry: written the claim by hand, or corrected it.
fn covers(before: &ClaimEntry, entry: &ClaimEntry) -> bool {
    let within = |lines: &Lines| before.lines.iter().any(|own| own.0 <= lines.0 && lines.1 <= own.1);
    let of_the_same = before.read.is_none()
        || entry.checks.is_empty()
        || entry.checks.iter().any(|check| before.checks.contains(check));
    before.is_corrected() && !before.gone && of_the_same && entry.lines.iter().all(within)
}

/// Pairs entries of two files, the surest pairs first.
struct Matching<'f> {
    old: &'f [ClaimEntry],
    new: &'f [ClaimEntry],
    /// The old entry of each new one.
    partners: Vec<Option<usize>>,
    taken: Vec<bool>,
}

impl<'f> Matching<'f> {
    fn of(old: &'f ClaimsFile, new: &'f ClaimsFile, same_document: bool) -> Matching<'f> {
        let mut matching = Matching {
            old: &old.claims,
            new: &new.claims,
            partners: vec![None; new.claims.len()],
            taken: vec![false; old.claims.len()],
        };
        // The reader read the very same: this finds an entry whatever a person made of it.
        matching.by_key(|entry| entry.read.clone(), |entry| entry.read.clone());
        matching.by_both(|entry| (words(&entry.text), entry.under.clone(), entry.checks.clone()));
        matching.by_both(|entry| (words(&entry.text), entry.under.clone()));
        matching.by_both(|entry| (words(&entry.text), entry.checks.clone()));
        matching.by_both(|entry| words(&entry.text));
        if same_document {
            matching.by_line_and_check();
        }
        matching.by_likeness();
        matching
    }

    fn by_both<K: std::hash::Hash + Eq>(&mut self, key: impl Fn(&ClaimEntry) -> K) {
        self.by_key(|entry| Some(key(entry)), |entry| Some(key(entry)));
    }

    /// Pairs what has the same key; several with one key in their order.
    fn by_key<K: std::hash::Hash + Eq>(
        &mut self,
        old_key: impl Fn(&ClaimEntry) -> Option<K>,
        new_key: impl Fn(&ClaimEntry) -> Option<K>,
    ) {
        let mut open: HashMap<K, Vec<usize>> = HashMap::new();
        for (at, entry) in self.old.iter().enumerate().rev().filter(|(at, _)| !self.taken[*at]) {
            if let Some(key) = old_key(entry) {
                open.entry(key).or_default().push(at);
            }
        }
        for (at, entry) in self.new.iter().enumerate() {
            if self.partners[at].is_some() {
                continue;
            }
            if let Some(before) = new_key(entry).and_then(|key| open.get_mut(&key)).and_then(Vec::pop) {
                self.pair(at, before);
            }
        }
    }

    fn by_line_and_check(&mut self) {
        let mut open: HashMap<(usize, &str), Vec<usize>> = HashMap::new();
        for (at, entry) in self.old.iter().enumerate().rev().filter(|(at, _)| !self.taken[*at]) {
            for lines in &entry.lines {
                for check in &entry.checks {
                    open.entry((lines.0, check)).or_default().push(at);
                }
            }
        }
        for at in 0..self.new.len() {
            let entry = &self.new[at];
            if self.partners[at].is_some() {
                continue;
            }
            let places =
                entry.lines.iter().flat_map(|lines| entry.checks.iter().map(move |check| (lines.0, check.as_str())));
            let candidates = places.filter_map(|place| open.get(&place)).flatten().copied();
            let before = candidates.filter(|before| !self.taken[*before]).min();
            if let Some(before) = before {
                self.pair(at, before);
            }
        }
    }

    /// Pairs texts that are alike, among those that share a heading or a check; the most alike first.
    fn by_likeness(&mut self) {
        let mut open: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, entry) in self.old.iter().enumerate().filter(|(at, _)| !self.taken[*at]) {
            for key in neighbours(entry) {
                open.entry(key).or_default().push(at);
            }
        }
        let texts: Vec<String> = self.old.iter().map(|entry| words(&entry.text)).collect();
        let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
        for (at, entry) in self.new.iter().enumerate().filter(|(at, _)| self.partners[*at].is_none()) {
            let text = words(&entry.text);
            let near: BTreeSet<usize> = neighbours(entry).filter_map(|key| open.get(key)).flatten().copied().collect();
            for before in near {
                let other = &self.old[before];
                let in_place = other.under.last() == entry.under.last();
                let least = if in_place { ALIKE_IN_PLACE } else { ALIKE_ELSEWHERE };
                let (shorter, longer) = (text.len().min(texts[before].len()), text.len().max(texts[before].len()));
                if (shorter as f64) < least / 2.0 * longer as f64 {
                    continue;
                }
                let likeness = strsim::normalized_levenshtein(&texts[before], &text);
                if likeness >= least {
                    pairs.push((likeness, at, before));
                }
            }
        }
        pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| (a.1, a.2).cmp(&(b.1, b.2))));
        for (_, at, before) in pairs {
            if self.partners[at].is_none() && !self.taken[before] {
                self.pair(at, before);
            }
        }
    }

    fn pair(&mut self, at: usize, before: usize) {
        self.partners[at] = Some(before);
        self.taken[before] = true;
    }
}

fn neighbours(entry: &ClaimEntry) -> impl Iterator<Item = &str> {
    entry.under.last().into_iter().chain(&entry.checks).map(String::as_str)
}

/// A text without what says nothing: case, white space and punctuation at its ends.
fn words(text: &str) -> String {
    let words = text.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric() && c != '%'));
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ").to_lowercase()
}
