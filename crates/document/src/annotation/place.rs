//! Where in a line a mark can stand without changing what the line is.

use std::ops::Range;

use crate::statement::{Form, NotAClaim, Statement};
use crate::structure::LineStructure;
use crate::text::Text;

/// The byte behind which the mark of a statement stands: its end, but behind signs that close what was opened in it (code,
/// emphasis, links, quotes), and for a row in the last cell.
pub(super) fn place(text: &Text, statement: &Statement) -> usize {
    let end = statement.span.end;
    let number = text.line_at(end.saturating_sub(1).max(statement.span.start));
    let Some(line) = number.checked_sub(1).and_then(|at| text.lines().get(at)) else { return end };
    let rest = text.as_str().get(end..line.end).unwrap_or_default();
    if statement.form == Form::Row && rest.chars().all(|c| c.is_whitespace() || c == '|') && rest.contains('|') {
        return within_last_cell(text.as_str(), line.start, line.end).unwrap_or(end).max(end);
    }
    let closed = closing(rest);
    let is_end = rest.get(closed..).is_none_or(|rest| rest.is_empty() || rest.starts_with([' ', '\t']));
    if is_end { end + closed } else { end }
}

/// The byte behind which a mark can stand on a line that is no statement; nothing where it would change what the line is.
pub(super) fn place_on_line(text: &Text, line: &Range<usize>, is: &LineStructure) -> Option<usize> {
    let LineStructure::NotAClaim(why) = is else { return None };
    let says = text.as_str().get(line.clone())?.trim_end();
    let end = line.start + says.len();
    match why {
        NotAClaim::Diagram | NotAClaim::Command | NotAClaim::Code | NotAClaim::Prose | NotAClaim::Parent => {
            // A backslash at the end breaks the line.
            let is_row = says.ends_with('|') && !says.ends_with("\\|") && *why == NotAClaim::Parent;
            if is_row { within_last_cell(text.as_str(), line.start, line.end) } else { Some(end) }
                .filter(|_| !says.is_empty() && !says.ends_with('\\'))
        }
        _ => None,
    }
}

/// Before the bar that ends a row.
fn within_last_cell(text: &str, start: usize, end: usize) -> Option<usize> {
    let line = text.get(start..end)?.trim_end();
    let cell = line.strip_suffix('|')?;
    // What is left is a bar that begins the row, or a cell. An empty one holds a blank at least.
    let kept = cell.trim_end();
    Some(start + if kept.ends_with(['|', '\\']) { cell.len() } else { kept.len() })
}

/// How many bytes of signs that close something a text begins with.
fn closing(rest: &str) -> usize {
    let mut at = 0;
    while let Some(left) = rest.get(at..) {
        if let Some(target) = left.strip_prefix("](") {
            let Some(end) = target.find(')').filter(|end| !target[..*end].contains(['(', ' '])) else { return at };
            at += 2 + end + 1;
        } else if let Some(target) = left.strip_prefix("][") {
            let Some(end) = target.find(']') else { return at };
            at += 2 + end + 1;
        } else {
            match left.chars().next() {
                Some(c) if "*_~`\"')]},.;:!?»”’".contains(c) => at += c.len_utf8(),
                _ => return at,
            }
        }
    }
    at
}
