//! Reads an audit document: turns each statement into a [`Claim`] and accounts for every line.
//!
//! The flow: bytes are decoded to [`Text`], its structure gives [`Statement`]s, each statement's clauses are matched with
//! the phrases of [`Knowledge`], and what the words around them say gives the [`Stance`]. There is no clock, no network and no
//! randomness: the same bytes and the same phrases give the same [`Reading`].

pub mod annotation;
mod claim;
mod knowledge;
mod matching;
mod reader;
mod stance;
mod statement;
mod structure;
mod text;
mod value;
mod words;

pub use claim::{Because, Claim, Lines, Observable, Selector, Stance};
pub use knowledge::{Knowledge, KnowledgeError, KnowledgeFiles, Parameter, Subject, SubjectKind};
pub use reader::{Reading, claim_id, read};
pub use stance::{Judged, stance};
pub use statement::{Form, Line, LineUse, Mark, NotAClaim, Statement};
pub use structure::{LineStructure, Structure, structure};
pub use text::{DecodeError, Encoding, Text};
pub use value::Quantity;
pub use words::{Vocabulary, VocabularyError};
