//! `plumbline claims`: what documents claim, and what became of it.

mod annotate;
mod check;
mod command;
mod list;
mod outcomes;
mod read;
mod report;

pub use command::{Command, run};
