//! Values that statements state, and the names of resources.

mod name;
mod quantity;
mod read;

pub use name::names;
pub use quantity::Quantity;
pub use read::{Stated, stated};
