//! Claims: the files that people review, and what an audit made of them. Knows neither checks nor how anything is judged.

mod outcome;

pub use outcome::{
    CheckOutcome, Conflict, ConflictKind, ConflictSide, DocumentOutcome, Held, Outcome, ReconciledClaim,
};
