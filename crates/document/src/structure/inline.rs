//! The text of one block without its markup, and the way back to the bytes that it came from.

use std::ops::Range;

use crate::text::is_invisible;

/// Text without markup. A `\n` stands for every break of a line. All ranges but the sources are of `text`.
#[derive(Debug, Default)]
pub(crate) struct Inline {
    pub(crate) text: String,
    places: Vec<Place>,
    /// Emphasis, links and other markup that wraps text, by where the wrapped text ends.
    wraps: Vec<Wrap>,
    pub(crate) strong: Vec<Range<usize>>,
    pub(crate) struck: Vec<Range<usize>>,
    pub(crate) code: Vec<Range<usize>>,
    /// Links and images.
    pub(crate) links: Vec<Range<usize>>,
    /// Where hard breaks are.
    pub(crate) hard: Vec<usize>,
}

#[derive(Debug)]
struct Place {
    text: Range<usize>,
    source: Range<usize>,
}

impl Place {
    fn is_verbatim(&self) -> bool {
        self.text.len() == self.source.len()
    }
}

#[derive(Debug)]
struct Wrap {
    text: Range<usize>,
    source: Range<usize>,
}

impl Inline {
    /// Text that stands in the source as it is.
    pub(crate) fn verbatim(text: &str, source: usize) -> Inline {
        let mut inline = Inline::default();
        inline.push(text, source..source + text.len());
        inline
    }

    /// Adds text that came from a range of the source.
    pub(crate) fn push(&mut self, text: &str, source: Range<usize>) {
        if text.is_empty() {
            return;
        }
        let start = self.text.len();
        self.text.push_str(text);
        self.places.push(Place { text: start..self.text.len(), source });
    }

    /// Adds the text of a code span.
    pub(crate) fn push_code(&mut self, text: &str, source: Range<usize>) {
        let start = self.text.len();
        // The text is a place of its own that is never taken apart: the backticks belong to it.
        self.push(text, source);
        self.code.push(start..self.text.len());
    }

    /// Notes that markup wrapped the text from a position on.
    pub(crate) fn wrap(&mut self, from: usize, source: Range<usize>) {
        if from < self.text.len() {
            self.wraps.push(Wrap { text: from..self.text.len(), source });
        }
    }

    /// Where the parts of the text came from, in order.
    pub(crate) fn sources(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        self.places.iter().map(|place| place.source.clone())
    }

    pub(crate) fn is_blank(&self) -> bool {
        crate::text::is_blank(&self.text)
    }

    /// The lines of the text.
    pub(crate) fn lines(&self) -> Vec<Range<usize>> {
        let mut start = 0;
        let mut lines = Vec::new();
        for (at, _) in self.text.match_indices('\n') {
            lines.push(start..at);
            start = at + 1;
        }
        lines.push(start..self.text.len());
        lines
    }

    /// The range without white space at its ends.
    pub(crate) fn trim(&self, range: Range<usize>) -> Range<usize> {
        let Some(text) = self.text.get(range.clone()) else { return range.start..range.start };
        let start = range.start + (text.len() - text.trim_start_matches(is_invisible).len());
        let end = range.end - (text.len() - text.trim_end_matches(is_invisible).len());
        start..end.max(start)
    }

    /// The bytes of the source behind a range of the text; markup that wraps the range's beginning or end belongs to it.
    pub(crate) fn source(&self, range: Range<usize>) -> Range<usize> {
        let range = self.trim(range);
        let start = self.source_at(range.start, false);
        let end = self.source_at(range.end, true);
        let (mut start, mut end) = (start.min(end), end);
        let first = self.wraps.partition_point(|wrap| wrap.text.end <= range.start);
        let last = self.wraps.partition_point(|wrap| wrap.text.end <= range.end);
        // Only the wraps next to the two ends are asked, however many there are between.
        let near_start = first..last.min(first + NEAR);
        let near_end = first.max(last.saturating_sub(NEAR))..last;
        for wrap in self.wraps.get(near_start).into_iter().chain(self.wraps.get(near_end)).flatten() {
            if wrap.text.start >= range.start {
                if wrap.text.start == range.start {
                    start = start.min(wrap.source.start);
                }
                if wrap.text.end == range.end {
                    end = end.max(wrap.source.end);
                }
            }
        }
        start..end
    }

    fn source_at(&self, at: usize, end: bool) -> usize {
        let index = if end {
            self.places.partition_point(|place| place.text.end < at)
        } else {
            self.places.partition_point(|place| place.text.end <= at)
        };
        let Some(place) = self.places.get(index).or(self.places.last()) else { return 0 };
        if place.is_verbatim() {
            place.source.start + at.clamp(place.text.start, place.text.end) - place.text.start
        } else if end {
            place.source.end
        } else {
            place.source.start
        }
    }

    /// Whether all that can be read in a range is bold, but for marks and a colon at the end.
    pub(crate) fn is_strong(&self, range: &Range<usize>) -> bool {
        self.is_covered(range, &self.strong)
    }

    /// Whether all that can be read in a range is struck through.
    pub(crate) fn is_struck(&self, range: &Range<usize>) -> bool {
        self.is_covered(range, &self.struck)
    }

    /// Whether all that can be read in a range is links and images.
    pub(crate) fn is_linked(&self, range: &Range<usize>) -> bool {
        self.is_covered(range, &self.links)
    }

    fn is_covered(&self, range: &Range<usize>, by: &[Range<usize>]) -> bool {
        if by.is_empty() {
            return false;
        }
        let Some(text) = self.text.get(range.clone()) else { return false };
        let mut next = by.partition_point(|covered| covered.end <= range.start);
        let mut any = false;
        for (offset, c) in text.char_indices().filter(|(_, c)| c.is_alphanumeric()) {
            let at = range.start + offset;
            while by.get(next).is_some_and(|covered| covered.end <= at) {
                next += 1;
            }
            if !by.get(next).is_some_and(|covered| covered.contains(&at)) {
                return false;
            }
            any |= c.is_alphanumeric();
        }
        any
    }

    /// Where bold text ends that a range begins with, marks aside.
    pub(crate) fn strong_lead(&self, range: &Range<usize>) -> Option<usize> {
        let text = self.text.get(range.clone())?;
        let first = range.start + text.char_indices().find(|(_, c)| c.is_alphanumeric())?.0;
        let next = self.strong.partition_point(|strong| strong.end <= first);
        let strong = self.strong.get(next).filter(|strong| strong.contains(&first))?;
        Some(strong.end.min(range.end))
    }

    /// The code spans in a range.
    pub(crate) fn code_in(&self, range: &Range<usize>) -> &[Range<usize>] {
        let first = self.code.partition_point(|code| code.start < range.start);
        let last = self.code.partition_point(|code| code.end <= range.end);
        self.code.get(first..last).unwrap_or_default()
    }
}

/// How many wraps next to an end of a range are asked.
const NEAR: usize = 8;
