//! Trees, indented pairs, lists and prose in code blocks, line by line: what a line hangs on is told by where its text begins.

use super::classify::is_command;
use super::drawn::is_drawn;
use super::json;
use super::line::{CodeLine, indentation};
use crate::statement::{Form, NotAClaim};
use crate::structure::inline::Inline;
use crate::structure::ledger::{Draft, Ledger};
use crate::structure::marks::task_box;
use crate::structure::pair::split;
use crate::structure::paragraph::is_reference;
use crate::structure::plain::{Signs, plain};
use crate::structure::sentences::sentences;
use crate::structure::units::bullet;

/// Reads lines of an outline.
pub(super) fn read(ledger: &mut Ledger<'_>, lines: &[CodeLine]) {
    let reading = ledger.reading;
    let parsed: Vec<Parsed<'_>> = lines.iter().map(|line| Parsed::of(line.text(reading))).collect();
    let depth = ledger.parents.len();
    let mut open: Vec<Place> = Vec::new();
    let mut continued = false;
    // Brackets before this line are known to stay open.
    let mut barren = 0;
    let mut index = 0;
    while let (Some(line), Some(parsed_line)) = (lines.get(index), parsed.get(index)) {
        let next = parsed.get(index + 1);
        let command = continued
            || is_command(parsed_line.text)
            || parsed_line.text.starts_with("# ") && next.is_some_and(|next| is_command(next.text));
        continued = command && parsed_line.text.ends_with('\\');
        if command {
            ledger.not_a_claim(line.span.clone(), NotAClaim::Command);
            index += 1;
            continue;
        }
        let above = index.checked_sub(1).and_then(|above| lines.get(above));
        let adjacent = above.is_some_and(|above| above.number + 1 == line.number);
        close(&mut open, parsed_line, adjacent);
        ledger.parents.truncate(depth + open.len());
        let json = if index < barren { 0 } else { json_lines(lines, index, parsed_line, ledger, &mut barren) };
        if json > 0 {
            if !parsed_line.label().is_empty() {
                ledger.not_a_claim(line.span.clone(), NotAClaim::Parent);
            }
            json::read(ledger, &lines[index..index + json]);
            for line in &lines[index..index + json] {
                ledger.not_a_claim(line.span.clone(), NotAClaim::Fence);
            }
            index += json;
            continue;
        }
        index += 1;
        if parsed_line.text.is_empty() || is_drawn(parsed_line.text) {
            ledger.not_a_claim(line.span.clone(), NotAClaim::Rule);
            continue;
        }
        if parsed_line.text.chars().all(|c| matches!(c, '{' | '}' | '[' | ']' | '(' | ')' | ',' | ';')) {
            ledger.not_a_claim(line.span.clone(), NotAClaim::Fence);
            continue;
        }
        let holds = next.is_some_and(|next| next.hangs_on(parsed_line));
        state(ledger, line, parsed_line, holds, !open.is_empty());
        let introduces = parsed_line.text.ends_with([':', '：']);
        open.push(Place { marker: parsed_line.marker, text: parsed_line.column, introduces });
        ledger
            .parents
            .push(plain(&Inline::verbatim(parsed_line.label(), 0), 0..parsed_line.label().len(), Signs::Out).text);
    }
    ledger.parents.truncate(depth);
}

/// Where a line that others may hang on has its marker and its text.
struct Place {
    marker: Option<usize>,
    text: usize,
    /// Whether it is a key without a value: lines right under it hang on it even if they stand no deeper.
    introduces: bool,
}

/// A line without its drawing and its marker.
struct Parsed<'t> {
    /// The column of its branch or bullet.
    marker: Option<usize>,
    /// The column and the byte where its text begins.
    column: usize,
    at: usize,
    text: &'t str,
    branch: bool,
    listed: bool,
}

impl<'t> Parsed<'t> {
    fn of(line: &'t str) -> Parsed<'t> {
        let drawing = drawing(line);
        let drawn = &line[..drawing];
        let connector = connector_start(drawn);
        let branch = connector.is_some();
        let rest = &line[drawing..];
        let trimmed = rest.trim_start();
        let at = line.len() - trimmed.len();
        let column = width(&line[..at]);
        let marker = connector.map(|at| width(&line[..at]));
        match bullet(trimmed).filter(|_| task_box(trimmed).is_none()) {
            Some(skipped) => {
                let text = &trimmed[skipped..];
                Parsed {
                    marker: marker.or(Some(column)),
                    column: column + width(&trimmed[..skipped]),
                    at: at + skipped,
                    text,
                    branch,
                    listed: true,
                }
            }
            None => Parsed { marker, column, at, text: trimmed, branch, listed: false },
        }
    }

    fn label(&self) -> &'t str {
        self.text.trim_end_matches(['{', '[', ' ']).trim_end_matches([':', '：']).trim_end()
    }

    /// Whether the line hangs on one right above it.
    fn hangs_on(&self, above: &Parsed<'_>) -> bool {
        !is_outside(&Place { marker: above.marker, text: above.column, introduces: false }, self)
    }
}

/// Whether a line does not hang on one above it: its text begins no deeper, or its marker stands no deeper.
fn is_outside(above: &Place, line: &Parsed<'_>) -> bool {
    above.text >= line.column || matches!((above.marker, line.marker), (Some(above), Some(marker)) if above >= marker)
}

/// Goes back to what a line hangs on. A key without a value holds the lines right under it that stand as deep as itself, until a
/// blank line, another such key, or a line behind one that stands deeper.
fn close(open: &mut Vec<Place>, line: &Parsed<'_>, adjacent: bool) {
    if line.text.is_empty() {
        return;
    }
    let introduces = line.text.ends_with([':', '：']);
    let mut nested = false;
    while let Some(last) = open.last() {
        let level = last.text == line.column && last.marker.is_none() && line.marker.is_none();
        let bracket = matches!(line.text, "{" | "[" | "[{") && last.text >= line.column;
        let flat = (level || bracket) && last.introduces && adjacent && !introduces && !nested;
        if flat || !is_outside(last, line) {
            break;
        }
        nested |= last.text > line.column || last.marker.is_some();
        open.pop();
    }
}

/// The length of the lines and blanks that a tree is drawn with.
fn drawing(line: &str) -> usize {
    let mut end = 0;
    let mut characters = line.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        let drawn = match c {
            c if c.is_whitespace() => continue,
            '\u{2500}'..='\u{257F}' => true,
            '|' => true,
            '+' | '`' | '\\' => characters.peek().is_some_and(|(_, next)| *next == '-'),
            '-' => end == at && end > 0 && line[..at].ends_with(['|', '+', '`', '\\', '-']),
            _ => false,
        };
        if !drawn {
            break;
        }
        end = at + c.len_utf8();
    }
    end
}

/// Where the branch begins that a drawing ends with.
fn connector_start(drawn: &str) -> Option<usize> {
    drawn.char_indices().rev().find_map(|(at, c)| match c {
        '├' | '└' | '┣' | '┗' | '╠' | '╚' | '╰' | '┝' | '┕' => Some(at),
        '+' | '`' | '\\' => Some(at),
        '|' if drawn[at + 1..].starts_with('-') => Some(at),
        _ => None,
    })
}

fn width(text: &str) -> usize {
    if text.trim().is_empty() { indentation(text) } else { text.chars().map(|c| if c == '\t' { 4 } else { 1 }).sum() }
}

/// How many lines from this one on are JSON: an open bracket ends the line, and some line closes it.
fn json_lines(lines: &[CodeLine], index: usize, parsed: &Parsed<'_>, ledger: &Ledger<'_>, barren: &mut usize) -> usize {
    let opens = matches!(parsed.text, "{" | "[" | "[{") || parsed.text.ends_with(": {") || parsed.text.ends_with(": [");
    if !opens {
        return 0;
    }
    let mut depth = 0_usize;
    for (count, line) in lines.iter().skip(index).enumerate().take(LONGEST_JSON) {
        let mut quoted = false;
        for c in line.text(ledger.reading).chars() {
            match c {
                '"' => quoted = !quoted,
                '{' | '[' if !quoted => depth += 1,
                '}' | ']' if !quoted => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        if depth == 0 {
            return count + 1;
        }
    }
    *barren = index + LONGEST_JSON;
    0
}

/// A bracket that is closed later than this many lines on is no JSON.
const LONGEST_JSON: usize = 500;

fn state(ledger: &mut Ledger<'_>, line: &CodeLine, parsed: &Parsed<'_>, holds: bool, hangs: bool) {
    let inline = Inline::verbatim(parsed.text, line.span.start + parsed.at);
    let whole = 0..parsed.text.len();
    let split = split(parsed.text).or_else(|| variable(parsed.text));
    let pair = split.clone().filter(|(_, value)| !value.is_empty());
    if parsed.text.ends_with([':', '：']) && (holds || (split.is_some() && pair.is_none())) {
        ledger.not_a_claim(line.span.clone(), NotAClaim::Parent);
        return;
    }
    let read = plain(&inline, whole.clone(), Signs::Out);
    let form = match () {
        () if read.boxed => Form::Task,
        () if parsed.branch => Form::Branch,
        () if pair.is_some() => Form::Pair,
        () if parsed.listed || !read.marks.is_empty() => Form::Bullet,
        // A tree that is only indented.
        () if (holds || hangs) && !parsed.text.ends_with(['.', '!', '?']) => Form::Branch,
        () => Form::Sentence,
    };
    if form == Form::Sentence {
        for sentence in sentences(parsed.text, whole) {
            let draft =
                Draft::new(Form::Sentence, inline.source(sentence.clone()), plain(&inline, sentence, Signs::Out));
            ledger.state(draft);
        }
        return;
    }
    let mut draft = Draft::new(form, inline.source(whole), read);
    if let Some((key, value)) = pair {
        draft.key = plain(&inline, key, Signs::Out).text;
        draft.value = plain(&inline, value, Signs::Out).text;
    }
    if is_reference(&draft.value) || is_reference(&draft.plain.text) {
        ledger.not_a_claim(draft.span, NotAClaim::Link);
        return;
    }
    ledger.state(draft);
}

/// `NAME=value`
fn variable(text: &str) -> Option<(std::ops::Range<usize>, std::ops::Range<usize>)> {
    let at = text.find('=')?;
    let key = text[..at].trim_end();
    let name = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
    name.then_some((0..key.len(), at + 1..text.len()))
}
