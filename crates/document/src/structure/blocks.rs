//! The blocks of a Markdown document, as its parser gives them.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::inline::Inline;

/// A block's place among the [`Blocks`].
pub(crate) type Id = usize;

/// One block. Blocks lie in one list and name their children, so that no nesting is too deep.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) kind: Kind,
    /// Where it stands in the text that was parsed.
    pub(crate) span: Range<usize>,
    /// The text of a heading, a paragraph or a table's cell.
    pub(crate) inline: Inline,
    pub(crate) children: Vec<Id>,
}

/// What a block is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    Document,
    Heading(usize),
    Paragraph,
    Quote {
        alert: Option<&'static str>,
    },
    List,
    /// With its box, if it is a task.
    Item {
        ticked: Option<bool>,
    },
    /// With its language; indented code has none.
    Code {
        language: String,
    },
    Html,
    Table,
    Row {
        header: bool,
    },
    Cell,
    Footnote,
    Rule,
    Metadata,
}

/// All blocks of a document; the first is the document itself.
#[derive(Debug)]
pub(crate) struct Blocks(pub(crate) Vec<Block>);

impl Blocks {
    pub(crate) fn of(text: &str) -> Blocks {
        let mut builder = Builder { blocks: Vec::new(), open: Vec::new(), wraps: Vec::new(), loose: false };
        builder.begin(Kind::Document, 0..text.len());
        let options = Options::ENABLE_TABLES
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_GFM
            | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
            | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS;
        for (event, span) in Parser::new_ext(text, options).into_offset_iter() {
            builder.take(event, span, text);
        }
        Blocks(builder.blocks)
    }

    pub(crate) fn get(&self, id: Id) -> Option<&Block> {
        self.0.get(id)
    }
}

struct Builder {
    blocks: Vec<Block>,
    /// The blocks that are open, the innermost last.
    open: Vec<Id>,
    /// Where the open inline markup began in its block's text.
    wraps: Vec<usize>,
    /// Whether the innermost open block is the text of a tight item, which the parser gives without a paragraph.
    loose: bool,
}

impl Builder {
    fn begin(&mut self, kind: Kind, span: Range<usize>) {
        let id = self.blocks.len();
        if let Some(parent) = self.open.last().and_then(|open| self.blocks.get_mut(*open)) {
            parent.children.push(id);
        }
        self.blocks.push(Block { kind, span, inline: Inline::default(), children: Vec::new() });
        self.open.push(id);
    }

    fn begin_block(&mut self, kind: Kind, span: Range<usize>) {
        self.end_loose_text();
        self.begin(kind, span);
    }

    fn end_block(&mut self) {
        self.end_loose_text();
        self.open.pop();
    }

    /// Ends the text of a tight item.
    fn end_loose_text(&mut self) {
        if std::mem::take(&mut self.loose) {
            self.open.pop();
            self.wraps.clear();
        }
    }

    /// The text that is being read; begins the paragraph of a tight item.
    fn inline(&mut self, span: &Range<usize>) -> Option<&mut Inline> {
        let id = *self.open.last()?;
        let block = self.blocks.get(id)?;
        match block.kind {
            Kind::Paragraph | Kind::Heading(_) | Kind::Cell => {}
            Kind::Item { .. } | Kind::Document | Kind::Quote { .. } | Kind::Footnote => {
                self.begin(Kind::Paragraph, span.clone());
                self.loose = true;
            }
            _ => return None,
        }
        let block = self.blocks.get_mut(*self.open.last()?)?;
        block.span.end = block.span.end.max(span.end);
        Some(&mut block.inline)
    }

    fn take(&mut self, event: Event<'_>, span: Range<usize>, source: &str) {
        match event {
            Event::Start(tag) => self.start(tag, span),
            Event::End(tag) => self.end(tag, span),
            Event::Text(text) => {
                if let Some(block) = self.open.last().and_then(|id| self.blocks.get_mut(*id))
                    && matches!(block.kind, Kind::Code { .. })
                {
                    // The lines of code are read from the source: the parser's text has its tabs expanded.
                    block.inline.push(source.get(span.clone()).unwrap_or_default(), span);
                } else if let Some(inline) = self.inline(&span) {
                    inline.push(&text, span);
                }
            }
            Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                if let Some(inline) = self.inline(&span) {
                    inline.push_code(&text, span);
                }
            }
            Event::SoftBreak | Event::HardBreak => {
                let hard = event == Event::HardBreak;
                if let Some(inline) = self.inline(&span) {
                    if hard {
                        inline.hard.push(inline.text.len());
                    }
                    inline.push("\n", span);
                }
            }
            Event::InlineHtml(html) => {
                let tag = html.trim_start_matches('<').trim_start_matches('/').to_ascii_lowercase();
                let breaks = ["br", "li", "/li", "p>", "div"].iter().any(|name| tag.starts_with(name));
                if breaks && let Some(inline) = self.inline(&span) {
                    inline.hard.push(inline.text.len());
                    inline.push("\n", span);
                }
            }
            Event::TaskListMarker(ticked) => {
                if let Some(Kind::Item { ticked: task }) = self.item() {
                    *task = Some(ticked);
                }
            }
            Event::Rule => {
                self.begin_block(Kind::Rule, span);
                self.end_block();
            }
            Event::Html(_) | Event::FootnoteReference(_) => {}
        }
    }

    fn item(&mut self) -> Option<&mut Kind> {
        let id = *self
            .open
            .iter()
            .rev()
            .find(|id| self.blocks.get(**id).is_some_and(|block| matches!(block.kind, Kind::Item { .. })))?;
        self.blocks.get_mut(id).map(|block| &mut block.kind)
    }

    fn start(&mut self, tag: Tag<'_>, span: Range<usize>) {
        let kind = match tag {
            Tag::Paragraph => Kind::Paragraph,
            Tag::Heading { level, .. } => Kind::Heading(rank(level)),
            Tag::BlockQuote(alert) => Kind::Quote { alert: alert.map(alert_name) },
            Tag::List(_) => Kind::List,
            Tag::Item => Kind::Item { ticked: None },
            Tag::CodeBlock(CodeBlockKind::Fenced(info)) => Kind::Code { language: language(&info) },
            Tag::CodeBlock(CodeBlockKind::Indented) => Kind::Code { language: String::new() },
            Tag::HtmlBlock => Kind::Html,
            Tag::Table(_) => Kind::Table,
            Tag::TableHead => Kind::Row { header: true },
            Tag::TableRow => Kind::Row { header: false },
            Tag::TableCell => Kind::Cell,
            Tag::FootnoteDefinition(_) => Kind::Footnote,
            Tag::MetadataBlock(_) => Kind::Metadata,
            Tag::DefinitionList | Tag::DefinitionListTitle | Tag::DefinitionListDefinition => Kind::Paragraph,
            Tag::Emphasis
            | Tag::Strong
            | Tag::Strikethrough
            | Tag::Superscript
            | Tag::Subscript
            | Tag::Link { .. }
            | Tag::Image { .. } => {
                let from = self.inline(&span).map_or(0, |inline| inline.text.len());
                self.wraps.push(from);
                return;
            }
        };
        self.begin_block(kind, span);
    }

    fn end(&mut self, tag: TagEnd, span: Range<usize>) {
        match tag {
            TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::Link
            | TagEnd::Image => {
                let Some(from) = self.wraps.pop() else { return };
                let Some(inline) = self.inline(&span) else { return };
                let covered = from..inline.text.len();
                inline.wrap(from, span);
                match tag {
                    TagEnd::Strong => add(&mut inline.strong, covered),
                    TagEnd::Strikethrough => add(&mut inline.struck, covered),
                    TagEnd::Link | TagEnd::Image => add(&mut inline.links, covered),
                    _ => {}
                }
            }
            _ => self.end_block(),
        }
    }
}

/// Adds a range behind the others; ranges inside it go.
fn add(ranges: &mut Vec<Range<usize>>, range: Range<usize>) {
    while ranges.last().is_some_and(|last| last.start >= range.start) {
        ranges.pop();
    }
    ranges.push(range);
}

fn rank(level: HeadingLevel) -> usize {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

fn alert_name(kind: pulldown_cmark::BlockQuoteKind) -> &'static str {
    use pulldown_cmark::BlockQuoteKind::{Caution, Important, Note, Tip, Warning};
    match kind {
        Note => "Note",
        Tip => "Tip",
        Important => "Important",
        Warning => "Warning",
        Caution => "Caution",
    }
}

/// The language that a fence names, in lower case.
fn language(info: &str) -> String {
    let word = info.trim().trim_start_matches(['{', '.']);
    word.split(|c: char| c.is_whitespace() || matches!(c, ',' | '{' | '}' | ':'))
        .next()
        .unwrap_or_default()
        .to_lowercase()
}
