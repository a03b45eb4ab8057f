//! The store: a SQLite file that remembers from audit to audit what each check said of each resource and what became of
//! each claim of a document, when that changed, what is muted, what people vouch for, and which alerts are still to be
//! delivered. It knows nothing of AWS, of how alerts are worded or of how they travel, and it never reads the clock:
//! every time is given.
//!
//! # What an audit changes
//!
//! A finding is *open* from the audit that established a fail until one that establishes a pass or its absence.
//! Everything of an audit is one transaction: the findings, the transitions and the alerts, or nothing.
//!
//! | the audit says | of a finding that is not open | of an open finding |
//! |---|---|---|
//! | fail | `opened`; `came_back` if it was open before | nothing; `became_known` after an unknown |
//! | pass | nothing; `became_known` after an unknown | `closed`, because it passed |
//! | unknown | `became_unknown`, after a pass | `became_unknown`; it stays open |
//! | absent, and that is proven | marked gone, silently | `closed`, because it is gone or does not apply |
//! | absent, and that is not proven | nothing | nothing |
//!
//! Absence is proven where the audit ran the check, the account could be read and the listing of the resource's
//! type at its place was complete. Hence an audit of other Regions, accounts or checks, or one that was interrupted,
//! closes nothing. A resource that other checks still judged is there: then the check no longer applies to it.
//! Where no other check speaks of it either, `gone` says no more than that nothing is left for the check to judge.
//!
//! A finding on `*` stands for resources that could not be listed. It opens nothing, and its row goes without a trace once
//! the listing works.
//!
//! Only `opened`, `came_back` and `closed` are told. A change of message, evidence, title or severity updates the row and is
//! no transition.
//!
//! # Suppressions
//!
//! While a suppression covers a finding its transitions are recorded, but not told. A finding that closes under one, or
//! in the audit after it ended, closes without a word. One that still fails when its suppression has ended (by expiry or by
//! hand) is told once more, among the opened ones, as `suppression_ended`: the expiry is the day on which someone wanted to
//! look again, so passing over it in silence would be the one wrong answer.
//!
//! # Claims
//!
//! What became of the claims of documents is recorded in the same transaction. An outcome is *established* from the audit
//! that gave it until one that gives another that is not unknown. What was unknown in between does not count.
//!
//! | the audit says | of a claim that it sees first | of one whose established outcome is another | of one whose is the same |
//! |---|---|---|---|
//! | contradicted | `contradicted` | `contradicted` | nothing; `became_known` after an unknown |
//! | closed | `closed` | `closed` | nothing; `became_known` after an unknown |
//! | confirmed, still open, attested, unattested | nothing | `mended` if it was contradicted, else `changed` | nothing; `became_known` after an unknown |
//! | unknown | nothing | `became_unknown`; the established outcome stays | `became_unknown`, if it was known before |
//! | nothing, though the document was held against the account | | `gone`, silently | `gone`, silently |
//! | nothing, and the document was not part of the audit | | nothing | nothing |
//!
//! A claim that never was anything but unknown counts as seen first, but that it `became_known` where nothing else
//! happened. One that was gone and is back is as good as new.
//!
//! Only `contradicted`, `closed` and `mended` are told: `closed` even at first sight, as the document still says that
//! it is missing. A change of lines, words or evidence updates the row and is no transition. Claims of one document
//! with one id are told apart by their order. Two documents of one name and account are one. A document whose account
//! is not known was held against nothing and is not recorded.
//!
//! # Attestations
//!
//! Attestations are only added and withdrawn, never changed: of those on the same subject the newest valid one counts.
//! That one has expired is told by the first audit after that, and that one expires soon by the first audit in the
//! fourteen days before; each once, by an audit of its account, and not at all while another vouches for the same and
//! for longer.
//!
//! # Runs
//!
//! Each [`Run`] of an audit has an id of its own: recording it again changes nothing. So may be done again what may or may
//! not have been done, as with a store in S3 whose answer got lost. Of audits that overlapped the one that began later
//! counts, in whichever order they are recorded: what it saw, or proved to be absent, the other leaves alone, and so the
//! documents that it held.
//!
//! # Two processes, and crashes
//!
//! An audit holds the [`Lease`] from before its first call until it is recorded, so audits of one store follow each
//! other and an older view never overwrites a newer one. The lease is a lock of the operating system on a file beside
//! the store: it ends with its process, however that ends. Readers and short writes (a suppression, a delivery) do not
//! need it.

mod attestation;
mod attestation_notice;
mod changes;
mod claim_changes;
mod claim_query;
mod claim_record;
mod claim_row;
mod claim_standing;
mod column;
mod digest;
mod error;
mod file_system;
mod finding_row;
mod glob;
mod lease;
mod maintain;
mod migrations;
mod open;
mod outbox;
mod precedence;
mod proof;
mod query;
mod record;
mod run;
mod standing;
mod suppression;

#[cfg(test)]
mod tests;

pub use attestation::{AttestationRefusal, AttestationState, NewAttestation, StoredAttestation};
pub use changes::{AccountName, Change, Changes};
pub use claim_changes::{AttestationChange, ClaimChange};
pub use claim_query::{ClaimFilter, ClaimTransition, StoredClaim, StoredDocument};
pub use claim_standing::ClaimTransitionKind;
pub use error::StoreError;
pub use glob::{EmptyGlob, Glob};
pub use lease::{Holder, Lease};
pub use maintain::Maintained;
pub use open::Store;
pub use outbox::Delivery;
pub use query::{FindingFilter, Page, Scope, StoredAudit, StoredFinding, Transition};
pub use run::Run;
pub use standing::{Cause, TransitionKind};
pub use suppression::{NewSuppression, Refusal, Suppression};
