//! What code blocks say: trees, settings, tables, lists; and which of them say nothing.

mod classify;
mod drawn;
mod json;
mod line;
mod nodes;
mod outline;
mod read;
mod settings;
mod yaml;

pub(crate) use line::{CodeLine, indentation};
pub(crate) use read::read_code;
