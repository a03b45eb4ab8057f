//! Colours, and text broken into lines.

use anstyle::{AnsiColor, Style};
use textwrap::core::display_width;
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};

use crate::finding::Severity;
use crate::text;

/// The text of one resource, of a heading.
pub(super) const STRONG: Style = Style::new().bold();
/// What is beside the point.
pub(super) const FAINT: Style = Style::new().dimmed();
/// Something went wrong.
pub(super) const ERROR: Style = AnsiColor::Red.on_default().bold();
/// All is well.
pub(super) const GOOD: Style = AnsiColor::Green.on_default().bold();

pub(super) fn style_of(severity: Severity) -> Style {
    match severity {
        Severity::Critical => AnsiColor::BrightRed.on_default().bold(),
        Severity::High => AnsiColor::Red.on_default(),
        Severity::Medium => AnsiColor::Yellow.on_default(),
        Severity::Low => AnsiColor::Cyan.on_default(),
        Severity::Info => FAINT,
    }
}

/// Colours text, or leaves it as it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paint {
    pub color: bool,
}

impl Paint {
    pub(super) fn paint(self, style: Style, text: &str) -> String {
        if self.color && !text.is_empty() { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}

/// Text in lines of at most `width` columns. Names with hyphens stay whole as long as they fit into a line.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let options = Options::new(width)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit)
        .break_words(true);
    textwrap::wrap(&text::line(text), options).into_iter().map(std::borrow::Cow::into_owned).collect()
}

/// How many columns a text takes.
pub(super) fn columns(text: &str) -> usize {
    display_width(text)
}
