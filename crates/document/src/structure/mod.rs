//! The structure of a document: its statements with their surroundings, and the use of every line.

mod blocks;
mod code;
mod heading;
mod html;
mod inline;
mod item;
mod ledger;
mod marks;
mod outcome;
mod pair;
mod paragraph;
mod plain;
mod sections;
mod sentences;
mod several;
mod table;
mod units;
mod walk;
mod words;

pub(crate) use marks::sign;
pub use outcome::{LineStructure, Structure};
pub use walk::structure;
