//! Expressions: CEL, parsed by the `cel` crate, type-checked against the resource types and evaluated
//! with three-valued logic.
//!
//! The evaluator is our own because the project stands on what it adds to CEL: a value that could not
//! be read makes an expression *unknown* and says which call would have read it, lists can be known
//! in part, attributes are resolved to positions when a check is loaded, and nulls that were forgotten are
//! errors at load time.

mod call;
mod compile;
mod eval;
mod facts;
mod function;
mod node;
mod operate;
mod runtime;
#[cfg(test)]
mod tests;
mod ty;

pub use compile::{CompileError, Variables, compile};
pub use eval::Bindings;
pub use facts::Facts;
pub use node::{Expression, Reads};
pub use runtime::{Rt, RtList, Stop};
pub use ty::{Ty, Typed};
