//! Knowledge: by which phrases documents speak of checks and attestations.

mod files;
mod index;
mod subject;

pub use files::{KnowledgeError, KnowledgeFiles};
pub use index::{Knowledge, Phrase, WordId};
pub use subject::{Parameter, Subject, SubjectKind};
