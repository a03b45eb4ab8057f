//! What lies in S3, for runs without a disk: objects, and the store as one of them.
//!
//! The only way to change a store in S3 is to do a change on the newest one. The object is fetched into a private file, the change
//! is done on that, and it is put back on the condition that the object is still the one that was fetched. Where somebody else was
//! faster, theirs is fetched and the change is done again on it. The object is put whole, by one request: an upload that
//! breaks off leaves the old one.

mod error;
mod objects;
mod place;
mod store;

pub use error::RemoteError;
pub use objects::Objects;
pub use place::{S3Place, WrongPlace};
pub use store::{RemoteStore, in_place};
