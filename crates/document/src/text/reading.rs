//! A copy of the text for reading: damage by a wrong encoding is repaired, line ends are uniform, lines stay where they are.

use std::ops::Range;

use super::Text;
use super::repair::repairs;

/// The repaired copy, and the way back from its bytes to the document's.
pub(crate) struct Reading {
    text: String,
    lines: Vec<Range<usize>>,
    /// Where the copy and the document part: repaired runs and breaks of two bytes, in order.
    runs: Vec<Run>,
}

/// What is shorter or longer in the copy: where it stands there and in the document.
struct Run {
    copy: Range<usize>,
    document: Range<usize>,
}

impl Reading {
    pub(crate) fn of(text: &Text) -> Reading {
        let mut copy = String::with_capacity(text.as_str().len());
        let mut runs = Vec::new();
        let mut lines = Vec::with_capacity(text.lines().len());
        let mut done = 0;
        for line in text.lines() {
            push_break(&mut copy, &mut runs, done..line.start);
            let start = copy.len();
            let source = &text.as_str()[line.clone()];
            let mut at = 0;
            for (damaged, repaired) in repairs(source) {
                copy.push_str(&source[at..damaged.start]);
                let from = copy.len();
                copy.push_str(&repaired);
                runs.push(Run {
                    copy: from..copy.len(),
                    document: line.start + damaged.start..line.start + damaged.end,
                });
                at = damaged.end;
            }
            copy.push_str(&source[at..]);
            lines.push(start..copy.len());
            done = line.end;
        }
        push_break(&mut copy, &mut runs, done..text.as_str().len());
        Reading { text: copy, lines, runs }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn lines(&self) -> &[Range<usize>] {
        &self.lines
    }

    /// The line, counted from 0, that a byte of the copy is on.
    pub(crate) fn line_at(&self, byte: usize) -> usize {
        self.lines.partition_point(|line| line.start <= byte).saturating_sub(1)
    }

    /// The text of a line counted from 0.
    pub(crate) fn line(&self, number: usize) -> &str {
        self.lines.get(number).and_then(|range| self.text.get(range.clone())).unwrap_or_default()
    }

    /// The bytes of the document behind bytes of the copy.
    pub(crate) fn original(&self, span: Range<usize>) -> Range<usize> {
        let start = self.back(span.start, false);
        start..self.back(span.end, true).max(start)
    }

    fn back(&self, byte: usize, end: bool) -> usize {
        let next = self.runs.partition_point(|run| run.copy.start < byte || (run.copy.start == byte && !end));
        let Some(run) = next.checked_sub(1).and_then(|last| self.runs.get(last)) else { return byte };
        if byte >= run.copy.end {
            run.document.end + (byte - run.copy.end)
        } else if end {
            run.document.end
        } else {
            run.document.start
        }
    }
}

/// A line's break: CR and CRLF become LF.
fn push_break(copy: &mut String, runs: &mut Vec<Run>, document: Range<usize>) {
    if document.is_empty() {
        return;
    }
    let from = copy.len();
    copy.push('\n');
    if document.len() > 1 {
        runs.push(Run { copy: from..copy.len(), document });
    }
}
