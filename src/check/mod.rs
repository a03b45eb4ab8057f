//! Checks: declarative files, the engine that evaluates them, and the examples that test them.
//! Knows what was found, and neither how it was collected nor what becomes of findings.

mod compiled;
mod evidence;
mod example;
mod expression;
mod file;
#[cfg(test)]
mod hiding;
mod join;
mod judge;
mod knowledge;
mod library;
mod manual;
mod template;

pub use crate::source::{Problem, Source};
pub use compiled::{Check, FRAMEWORKS, Overrides, Param, Subject, THEMES};
#[cfg(test)]
pub use example::resource as made_up;
pub use file::{CheckFile, Expectation};
pub use judge::{Judge, judge};
pub use knowledge::{AttestationKind, attestation_kinds, knowledge};
pub use library::{
    Library, LibraryError, Selection, Setting, files_below, matches_pattern, plan, test_built_in, test_file,
};
pub use manual::manual;
