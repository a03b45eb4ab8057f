//! Bytes become text: decoding, lines, and the repair of text that a wrong encoding damaged.

mod decode;
mod lines;
mod reading;
mod repair;

pub(crate) use decode::decode;
pub use decode::{DecodeError, Encoding};
pub use lines::Text;
pub(crate) use lines::{is_blank, is_invisible};
pub(crate) use reading::Reading;
