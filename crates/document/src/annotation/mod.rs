//! What became of a document's claims, written behind its statements: ` «plumbline: confirmed»`.
//!
//! Such a mark shows when the document is rendered, keeps its line numbers and its structure, and is not part of what the
//! document says: it is stripped before anything is read.

mod bytes;
mod mark;
mod page;
mod place;
mod tick;

pub use bytes::strip_bytes;
pub use mark::{mark, marks, strip};
pub use page::{Page, Spot};
