//! Expressions: CEL, parsed by the `cel` crate, type-checked against the resource types and evaluated
//! with three-valued logic.
//!
//! The evaluator is our own because the project stands on what it adds to CEL: a value that could not
//! be read makes an expression *unknown* and says which call would have read it, lists can be known
//! in part, attributes are resolved to positions when a check is loaded, and nulls that were forgotten are
//! errors at load time.

mod compile;
mod eval;
mod function;
mod node;
#[cfg(test)]
mod tests;
mod ty;

pub use compile::{CompileError, Facts, Variables, compile};
pub use eval::{Bindings, Rt, RtList, Stop};
pub use node::{Expression, Reads};
pub use ty::{Ty, Typed};
