//! Attestations: what a person vouches for, with evidence and an end, because no API shows it.

use jiff::Timestamp;
use rusqlite::{Row, Transaction};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::claim::{ATTESTATION, Attestation};

use super::column::Time;
use super::error::StoreError;
use super::open::Store;

/// What stands in a column for every account, or every document.
const ANY: &str = "*";

/// An attestation as it lies in the store. It is never deleted: who vouched for what, and by which evidence, stays known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredAttestation {
    /// Its number.
    pub id: i64,
    /// What is vouched for, by whom and for how long.
    #[serde(flatten)]
    pub terms: NewAttestation,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was withdrawn.
    pub withdrawn_at: Option<Timestamp>,
    /// Who withdrew it.
    pub withdrawn_by: Option<String>,
    /// Why.
    pub withdrawn_note: Option<String>,
}

/// An attestation to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewAttestation {
    /// The id of a claim, or the kind of attestation that claims need (`att-...`).
    pub subject: String,
    /// The account that it is about; none for every account.
    pub account_id: Option<String>,
    /// The document whose claims it is about; none for every document.
    pub document: Option<String>,
    /// Who vouches.
    pub by: String,
    /// Where the evidence is, or what it is.
    pub evidence: String,
    /// When it ends by itself.
    pub until: Timestamp,
    /// What else there is to say.
    pub note: Option<String>,
}

/// How an attestation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AttestationState {
    /// It holds.
    Valid,
    /// Its end is past.
    Expired,
    /// Somebody took it back.
    Withdrawn,
}

/// Why an attestation was not made or not withdrawn.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AttestationRefusal {
    /// A part of it says nothing.
    #[error("an attestation needs {what}")]
    Empty {
        /// What is missing, in words.
        what: &'static str,
    },
    /// It would be over before it began.
    #[error("the attestation would end at {until:.0}, which is past")]
    Past {
        /// When it would end.
        until: Timestamp,
    },
    /// There is no such attestation.
    #[error("there is no attestation {id}; `plumbline attest list --all` lists them")]
    None {
        /// The number that was asked for.
        id: i64,
    },
    /// It was withdrawn before.
    #[error("attestation {id} was withdrawn already, by {by}")]
    Withdrawn {
        /// Its number.
        id: i64,
        /// Who withdrew it.
        by: String,
    },
}

impl AttestationState {
    /// The name in JSON and for people.
    pub fn as_str(self) -> &'static str {
        match self {
            AttestationState::Valid => "valid",
            AttestationState::Expired => "expired",
            AttestationState::Withdrawn => "withdrawn",
        }
    }
}

impl NewAttestation {
    /// Whether it is about one claim, and not about all claims that need an attestation of some kind.
    pub fn is_of_one_claim(&self) -> bool {
        !is_kind(&self.subject)
    }

    fn refusal(&self, now: Timestamp) -> Option<AttestationRefusal> {
        let filled = |text: &Option<String>| text.as_ref().is_none_or(|text| !text.trim().is_empty());
        let empty = [
            (!self.subject.trim().is_empty(), "a claim, or a kind of attestation, that it is about"),
            (!self.by.trim().is_empty(), "somebody who vouches"),
            (!self.evidence.trim().is_empty(), "evidence: a link, a ticket or a sentence"),
            (filled(&self.account_id), "an account, or none at all"),
            (filled(&self.document), "a document, or none at all"),
            (filled(&self.note), "a note that says something, or none at all"),
        ];
        match empty.into_iter().find(|(filled, _)| !filled) {
            Some((_, what)) => Some(AttestationRefusal::Empty { what }),
            None => (self.until <= now).then_some(AttestationRefusal::Past { until: self.until }),
        }
    }
}

/// Whether a text names a kind of attestation, and not a claim: the ids of claims end in a mark of six hexadecimal digits.
fn is_kind(subject: &str) -> bool {
    let mark = subject.rsplit('-').next().unwrap_or_default();
    let is_mark = mark.len() == 6 && mark.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    subject.starts_with(ATTESTATION) && !is_mark
}

impl StoredAttestation {
    /// How it stands at a time.
    pub fn state(&self, at: Timestamp) -> AttestationState {
        if self.withdrawn_at.is_some() {
            AttestationState::Withdrawn
        } else if at < self.terms.until {
            AttestationState::Valid
        } else {
            AttestationState::Expired
        }
    }

    /// Whether it vouches for all that `other` vouches for.
    pub fn includes(&self, other: &StoredAttestation) -> bool {
        let takes = |own: &Option<String>, others: &Option<String>| own.is_none() || own == others;
        let (own, others) = (&self.terms, &other.terms);
        own.subject == others.subject
            && takes(&own.account_id, &others.account_id)
            && takes(&own.document, &others.document)
    }

    /// What it vouches for, as far as judging claims needs it.
    fn for_judging(self) -> Attestation {
        let NewAttestation { subject, account_id, document, by, evidence, until, note } = self.terms;
        let (claim, kind) = if is_kind(&subject) { (None, Some(subject)) } else { (Some(subject), None) };
        Attestation { account_id, document, claim, kind, by, evidence, until, note }
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<StoredAttestation> {
        let particular =
            |index| Ok::<_, rusqlite::Error>(Some(row.get::<_, String>(index)?).filter(|text| text != ANY));
        Ok(StoredAttestation {
            id: row.get(0)?,
            terms: NewAttestation {
                account_id: particular(1)?,
                document: particular(2)?,
                subject: row.get(3)?,
                by: row.get(4)?,
                evidence: row.get(5)?,
                until: row.get::<_, Time>(6)?.0,
                note: row.get(7)?,
            },
            created_at: row.get::<_, Time>(8)?.0,
            withdrawn_at: row.get::<_, Option<Time>>(9)?.map(|time| time.0),
            withdrawn_by: row.get(10)?,
            withdrawn_note: row.get(11)?,
        })
    }
}

/// All attestations, the oldest first.
pub(super) fn all(transaction: &Transaction<'_>) -> rusqlite::Result<Vec<StoredAttestation>> {
    let sql = "SELECT id, account_id, document, subject, by, evidence, until, note, created_at, withdrawn_at, withdrawn_by, \
         withdrawn_note FROM attestations ORDER BY id";
    transaction.prepare(sql)?.query_map([], StoredAttestation::read)?.collect()
}

impl Store {
    /// Records that somebody vouches for something, from now on. Earlier attestations stay: the newest valid one counts.
    ///
    /// # Errors
    ///
    /// An [`AttestationRefusal`] where something is empty or the end is past.
    pub fn attest(&mut self, terms: NewAttestation, now: Timestamp) -> Result<StoredAttestation, StoreError> {
        if let Some(refusal) = terms.refusal(now) {
            return Err(refusal.into());
        }
        let id = self.write("record the attestation", |transaction| {
            transaction.execute(
                "INSERT INTO attestations (account_id, document, subject, by, evidence, until, note, created_at) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                (
                    terms.account_id.as_deref().unwrap_or(ANY),
                    terms.document.as_deref().unwrap_or(ANY),
                    &terms.subject,
                    &terms.by,
                    &terms.evidence,
                    Time(terms.until),
                    &terms.note,
                    Time(now),
                ),
            )?;
            Ok(transaction.last_insert_rowid())
        })?;
        let (withdrawn_by, withdrawn_note) = (None, None);
        Ok(StoredAttestation { id, terms, created_at: now, withdrawn_at: None, withdrawn_by, withdrawn_note })
    }

    /// Takes an attestation back, on the word of `by` and for the reason in `note`. An older one that still holds counts again.
    ///
    /// # Errors
    ///
    /// An [`AttestationRefusal`] where somebody or the reason is missing, or there is no such attestation that was not withdrawn.
    pub fn withdraw(&mut self, id: i64, by: &str, note: &str, now: Timestamp) -> Result<StoredAttestation, StoreError> {
        for (text, what) in [(by, "somebody who withdraws it"), (note, "a reason to withdraw it")] {
            if text.trim().is_empty() {
                return Err(AttestationRefusal::Empty { what }.into());
            }
        }
        let found = self.write("withdraw the attestation", |transaction| {
            let found = all(transaction)?.into_iter().find(|attestation| attestation.id == id);
            let sql = "UPDATE attestations SET withdrawn_at = ?2, withdrawn_by = ?3, withdrawn_note = ?4 \
                 WHERE id = ?1 AND withdrawn_at IS NULL";
            transaction.execute(sql, (id, Time(now), by, note))?;
            Ok(found)
        })?;
        match found {
            None => Err(AttestationRefusal::None { id }.into()),
            Some(StoredAttestation { withdrawn_at: Some(_), withdrawn_by, .. }) => {
                Err(AttestationRefusal::Withdrawn { id, by: withdrawn_by.unwrap_or_default() }.into())
            }
            Some(attestation) => Ok(StoredAttestation {
                withdrawn_at: Some(now),
                withdrawn_by: Some(by.to_owned()),
                withdrawn_note: Some(note.to_owned()),
                ..attestation
            }),
        }
    }

    /// All attestations, those that are over too, the oldest first. [`StoredAttestation::state`] tells them apart.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    pub fn all_attestations(&self) -> Result<Vec<StoredAttestation>, StoreError> {
        self.read("list the attestations", all)
    }

    /// What there is to judge claims by: of the attestations on the same subject, account and document the newest that holds
    /// `at` this time, else the one that expired last; none that was withdrawn. Those that hold come first, the newest of
    /// them before the others.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    pub fn attestations(&self, at: Timestamp) -> Result<Vec<Attestation>, StoreError> {
        let mut all = self.all_attestations()?;
        all.retain(|attestation| attestation.withdrawn_at.is_none());
        let rank = |attestation: &StoredAttestation| match attestation.state(at) {
            AttestationState::Valid => (1, Timestamp::MIN, attestation.id),
            _ => (0, attestation.terms.until, attestation.id),
        };
        all.sort_by_key(|attestation| std::cmp::Reverse(rank(attestation)));
        let mut counting: Vec<StoredAttestation> = Vec::new();
        for attestation in all {
            if !counting.iter().any(|other| other.includes(&attestation) && attestation.includes(other)) {
                counting.push(attestation);
            }
        }
        Ok(counting.into_iter().map(StoredAttestation::for_judging).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_claims_are_told_apart() {
        assert!(is_kind("att-dr-plan"));
        assert!(!is_kind("att-dr-plan-1a2b3c"), "a claim that needs this attestation");
        assert!(!is_kind("rds-instance-encrypted-1a2b3c"));
        assert!(!is_kind("unmapped-1a2b3c"));
    }
}
