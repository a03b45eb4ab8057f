//! The documents of an audit, answered with their accounts.

use jiff::Timestamp;

use super::Reached;
use super::bind::{AuditDocument, Bindings};
use crate::check::Library;
use crate::claim::{Attestation, DocumentOutcome};
use crate::collect::Plan;
use crate::inventory::Inventory;
use crate::reconcile::{BoundDocument, Questions};

/// The documents that an audit is held against.
#[derive(Clone, Copy)]
pub struct Against<'a> {
    /// The documents.
    pub documents: &'a [AuditDocument],
    /// All checks, whichever of them are selected.
    pub library: &'a Library,
    /// The title of a check that does not exist yet.
    pub planned: &'a (dyn Fn(&str) -> Option<String> + Sync),
    /// What people vouch for.
    pub attestations: &'a [Attestation],
}

/// What the documents ask, and of which accounts.
#[derive(Debug)]
pub(super) struct Claims<'a> {
    questions: Questions,
    bindings: Bindings<'a>,
    attestations: &'a [Attestation],
}

impl<'a> Claims<'a> {
    /// Those of an audit of so many accounts.
    pub fn new(against: &Against<'a>, accounts: usize) -> Claims<'a> {
        let files = against.documents.iter().map(|document| (&*document.file, &document.params));
        Claims {
            questions: Questions::of(files, against.library, against.planned),
            bindings: Bindings::new(against.documents, accounts),
            attestations: against.attestations,
        }
    }

    /// Adds to a plan what it takes to answer.
    pub fn plan(&self, plan: &mut Plan) {
        self.questions.plan(plan);
    }

    /// What becomes of the documents that are held against one of these accounts, each with its number.
    pub fn answer(&self, reached: &[Reached], found: &Inventory, as_of: Timestamp) -> Vec<(usize, DocumentOutcome)> {
        self.answer_bound(&self.bindings.to(reached), found, as_of)
    }

    /// What becomes of the documents that no account had.
    pub fn answer_rest(&self, has: impl Fn(usize) -> bool, as_of: Timestamp) -> Vec<(usize, DocumentOutcome)> {
        self.answer_bound(&self.bindings.to_none(has), &Inventory::default(), as_of)
    }

    fn answer_bound(
        &self,
        bound: &[(usize, BoundDocument)],
        found: &Inventory,
        as_of: Timestamp,
    ) -> Vec<(usize, DocumentOutcome)> {
        let outcomes = self.questions.answer(bound, found, self.attestations, as_of);
        bound.iter().map(|(number, _)| *number).zip(outcomes).collect()
    }
}
