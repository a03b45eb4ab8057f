//! Reads what simple HTML says: cells of tables, items of lists, headings, paragraphs, summaries.

use std::ops::Range;

use super::inline::Inline;
use super::ledger::{Draft, Ledger};
use super::pair::split;
use super::plain::{Signs, plain};
use super::sentences::sentences;
use super::table::{Cell, Row, state_rows};
use crate::statement::{Form, NotAClaim};

/// Reads blocks of HTML; a table may go on over a blank line, in the next block.
#[derive(Default)]
pub(crate) struct HtmlReader {
    headers: Vec<String>,
    row: Vec<Cell>,
    row_start: usize,
    /// What the text that is being read stands in.
    within: Within,
    /// The tag whose content is left out.
    skipped: Option<&'static str>,
    comment: bool,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Within {
    #[default]
    Nothing,
    Header,
    Cell,
    Item,
    Heading(usize),
    Summary,
}

/// Tags whose content says nothing.
const SKIPPED: [&str; 4] = ["script", "style", "pre", "svg"];

impl HtmlReader {
    /// Reads a block of the text that is being read.
    pub(crate) fn read(&mut self, ledger: &mut Ledger<'_>, span: Range<usize>) {
        let reading = ledger.reading;
        let Some(html) = reading.as_str().get(span.clone()) else { return };
        let mut content = Inline::default();
        let mut at = 0;
        while at < html.len() {
            let rest = &html[at..];
            if self.comment {
                let end = rest.find("-->").map(|end| end + 3);
                self.comment = end.is_none();
                at += end.unwrap_or(rest.len());
            } else if rest.starts_with("<!--") {
                self.comment = true;
                at += 4;
            } else if rest.starts_with('<') {
                let Some(length) = rest.find('>').map(|end| end + 1) else { break };
                self.tag(ledger, &rest[..length], span.start + at, &mut content);
                at += length;
            } else {
                let length = rest.find('<').unwrap_or(rest.len()).max(1);
                if self.skipped.is_none() {
                    content.push(&rest[..length], span.start + at..span.start + at + length);
                }
                at += length;
            }
        }
        self.flush(ledger, &mut content);
        ledger.not_a_claim(span, NotAClaim::Html);
    }

    fn tag(&mut self, ledger: &mut Ledger<'_>, tag: &str, at: usize, content: &mut Inline) {
        let closing = tag.starts_with("</");
        let name = tag.trim_start_matches(['<', '/']);
        let name = name.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default().to_ascii_lowercase();
        if let Some(skipped) = self.skipped {
            if closing && name == skipped {
                self.skipped = None;
            }
            return;
        }
        if let Some(skipped) = SKIPPED.iter().find(|skipped| **skipped == name && !closing) {
            self.skipped = Some(skipped);
            return;
        }
        match name.as_str() {
            "b" | "strong" | "i" | "em" | "code" | "a" | "span" | "u" | "sup" | "sub" | "s" | "del" | "kbd"
            | "small" | "font" | "abbr" | "img" | "input" | "mark" => return,
            "br" if matches!(self.within, Within::Cell | Within::Item) => {
                content.push("\n", at..at + tag.len());
                return;
            }
            "p" | "div" | "ul" | "ol" if self.within == Within::Cell => return,
            "li" if self.within == Within::Cell => {
                content.push("\n", at..at + tag.len());
                return;
            }
            _ => {}
        }
        self.flush(ledger, content);
        self.within = match (name.as_str(), closing) {
            ("th", false) => Within::Header,
            ("td", false) => Within::Cell,
            ("li", false) => Within::Item,
            ("summary", false) => Within::Summary,
            ("h1", false) => Within::Heading(1),
            ("h2", false) => Within::Heading(2),
            ("h3", false) => Within::Heading(3),
            ("h4", false) => Within::Heading(4),
            ("h5" | "h6", false) => Within::Heading(5),
            _ => Within::Nothing,
        };
        match (name.as_str(), closing) {
            ("table", false) => {
                self.headers.clear();
                self.row.clear();
            }
            ("tr", _) | ("table", true) => self.end_row(ledger, at),
            _ => {}
        }
    }

    /// Ends the text of an element.
    fn flush(&mut self, ledger: &mut Ledger<'_>, content: &mut Inline) {
        let inline = std::mem::take(content);
        let whole = inline.trim(0..inline.text.len());
        if whole.is_empty() {
            if self.within == Within::Cell {
                self.row.push(Cell::of(&inline));
                self.within = Within::Nothing;
            }
            return;
        }
        let source = inline.source(whole.clone());
        match self.within {
            Within::Header => {
                self.headers.push(plain(&inline, whole, Signs::Kept).text);
                ledger.not_a_claim(source, NotAClaim::TableHeader);
            }
            Within::Cell => {
                if self.row.is_empty() {
                    self.row_start = source.start;
                }
                self.row.push(Cell::of(&inline));
            }
            Within::Heading(rank) => {
                ledger.heading(rank, plain(&inline, whole, Signs::Kept).text);
                ledger.not_a_claim(source, NotAClaim::Heading);
            }
            Within::Summary => {
                ledger.label(Some((plain(&inline, whole, Signs::Kept).text, true)));
                ledger.not_a_claim(source, NotAClaim::Heading);
            }
            Within::Item => state(ledger, &inline, whole, Form::Bullet),
            Within::Nothing => {
                for sentence in sentences(&inline.text, whole) {
                    state(ledger, &inline, sentence, Form::Sentence);
                }
            }
        }
        self.within = Within::Nothing;
    }

    fn end_row(&mut self, ledger: &mut Ledger<'_>, at: usize) {
        let cells = std::mem::take(&mut self.row);
        if cells.iter().all(Cell::is_blank) {
            return;
        }
        let row = Row { span: self.row_start..at.max(self.row_start), cells };
        state_rows(ledger, &self.headers, vec![row]);
    }
}

fn state(ledger: &mut Ledger<'_>, inline: &Inline, range: Range<usize>, form: Form) {
    let mut draft = Draft::new(form, inline.source(range.clone()), plain(inline, range, Signs::Out));
    if form == Form::Bullet
        && let Some((key, value)) = split(&draft.plain.text)
    {
        draft.key = draft.plain.text[key].trim().to_owned();
        draft.value = draft.plain.text[value].trim().to_owned();
    }
    ledger.state(draft);
}
