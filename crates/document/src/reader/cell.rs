//! Tables whose columns name aspects: each cell says something of its row.

use crate::statement::{Form, Mark, Statement};
use crate::structure::sign;

/// What each cell of a row says, as a pair of its column's header and itself, hanging on the row's key.
pub fn cells(row: &Statement) -> Vec<Statement> {
    if row.form != Form::Row || row.cells.len() < 3 {
        return Vec::new();
    }
    let says = |header: &str, cell: &str| !header.is_empty() && !cell.is_empty() && cell != row.key;
    let cells = row.cells.iter().filter(|(header, cell)| says(header, cell));
    cells
        .map(|(header, cell)| {
            let marks: Vec<Mark> = cell.chars().filter_map(sign).collect();
            let mut parents = row.parents.clone();
            parents.push(row.key.clone());
            Statement {
                form: Form::Pair,
                text: format!("{header}: {cell}"),
                key: header.clone(),
                value: cell.clone(),
                cells: Vec::new(),
                code: row.code.iter().filter(|code| cell.contains(*code)).cloned().collect(),
                marks,
                parents,
                ..row.clone()
            }
        })
        .collect()
}
