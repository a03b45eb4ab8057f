//! Where the store is kept: in a file or in S3. There is one way to read it and one to change it, wherever it lies.

mod error;
mod keeper;
mod place;
mod reading;

pub use error::KeepError;
pub use keeper::{Keeper, Recorded, Wanted};
pub use place::Place;
pub use reading::{Reading, Replica};
