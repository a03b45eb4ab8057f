//! Tables whose columns name aspects: each cell says something of its row.

use crate::stance::is_aspect;
use crate::statement::{Form, Mark, Statement};
use crate::structure::sign;

/// Whether several columns of a table judge one aspect each of their row: `| service | encrypted | backed up | alarms |`.
pub fn is_matrix(row: &Statement) -> bool {
    let answers = row.cells.iter().skip(1).filter(|(header, cell)| is_aspect(header) && is_answer(cell));
    row.form == Form::Row && answers.count() >= 2
}

/// A sign, or a word that answers a question and says nothing else.
fn is_answer(cell: &str) -> bool {
    const ANSWERS: [&str; 18] = [
        "yes", "no", "y", "n", "n/a", "na", "none", "-", "–", "—", "on", "off", "true", "false", "partial", "partly",
        "pass", "fail",
    ];
    let words = cell.trim().trim_matches(|c: char| !c.is_alphanumeric() && !"-–—/".contains(c)).to_lowercase();
    ANSWERS.contains(&words.as_str()) || words.is_empty() && cell.chars().any(|c| sign(c).is_some())
}

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
