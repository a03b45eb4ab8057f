//! What the structure of a document is.

use crate::statement::{NotAClaim, Statement};

/// The statements of a document, in its order, and the use of every line.
#[derive(Debug, Clone, PartialEq)]
pub struct Structure {
    /// The first heading of the first level; without one, what the front matter calls the title, or a heading that the
    /// document begins with.
    pub title: Option<String>,
    /// Everything that it states.
    pub statements: Vec<Statement>,
    /// What each line is, from the first.
    pub lines: Vec<LineStructure>,
}

/// What one line is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineStructure {
    /// Nothing but white space.
    Blank,
    /// Statements stand on it, by their positions in the list of statements. At least one list is not empty.
    Statements {
        /// Those that begin on it.
        begin: Vec<usize>,
        /// Those that began above it.
        part: Vec<usize>,
    },
    /// No statement, for this reason.
    NotAClaim(NotAClaim),
}
