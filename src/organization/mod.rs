//! AWS Organizations: which accounts there are, which of them are audited, and how each is reached.

mod list;
mod members;

pub use list::operations;
pub use members::{Members, members};
