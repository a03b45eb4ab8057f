//! The marks themselves: writing, finding and removing them.

use std::borrow::Cow;
use std::ops::Range;

/// What a mark begins with, behind the blank that parts it from the statement.
const HEAD: &str = "«plumbline: ";
/// What it ends with.
const TAIL: char = '»';

/// A mark that says `text`, with the blank before it. What the text holds can neither end the mark nor be markup, and is of
/// characters that every encoding of documents has.
pub fn mark(text: &str) -> String {
    format!(" {HEAD}{}{TAIL}", neutral(text))
}

/// Where the marks of a text are, with the blanks before them: in order, apart from one another. Without them the text holds
/// no mark, however they were nested.
pub fn marks(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if !text.contains(HEAD) {
        return found;
    }
    let mut start = 0;
    for line in text.split_inclusive(['\n', '\r']) {
        if line.contains(HEAD) {
            marks_of_line(line, start, &mut found);
        }
        start += line.len();
    }
    found
}

/// The text without its marks.
pub fn strip(text: &str) -> Cow<'_, str> {
    let marks = marks(text);
    if marks.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut rest = String::with_capacity(text.len());
    let mut done = 0;
    for mark in marks {
        rest.push_str(&text[done..mark.start]);
        done = mark.end;
    }
    rest.push_str(&text[done..]);
    Cow::Owned(rest)
}

fn marks_of_line(line: &str, start: usize, found: &mut Vec<Range<usize>>) {
    // What stays of the line, and for each byte of it where it came from: a mark may stand within another.
    let mut kept = String::with_capacity(line.len());
    let mut origins: Vec<usize> = Vec::with_capacity(line.len());
    let mut opened: Vec<usize> = Vec::new();
    for (at, c) in line.char_indices() {
        match c {
            '«' => opened.push(kept.len()),
            TAIL => {
                let open = opened.pop();
                let blank = open.and_then(|open| beginning(&kept, open));
                if let Some((blank, origin)) = blank.and_then(|blank| Some((blank, start + origins.get(blank)?))) {
                    while found.pop_if(|inner| inner.start >= origin).is_some() {}
                    found.push(origin..start + at + TAIL.len_utf8());
                    kept.truncate(blank);
                    origins.truncate(blank);
                    continue;
                }
                opened.clear();
            }
            _ => {}
        }
        kept.push(c);
        origins.extend(std::iter::repeat_n(at, c.len_utf8()));
    }
}

/// Where the blank is that a mark begins with, if one begins at this quotation mark.
fn beginning(kept: &str, open: usize) -> Option<usize> {
    let begins = kept.get(open..)?.starts_with(HEAD) && kept.get(..open)?.ends_with(' ');
    if begins { open.checked_sub(1) } else { None }
}

/// Text without markup, on one line.
fn neutral(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    let mut before = ' ';
    while let Some(c) = characters.next() {
        let within = |next: Option<&char>| before.is_alphanumeric() && next.is_some_and(|c| c.is_alphanumeric());
        let shown = match c {
            '`' | '"' | '«' | '»' | '“' | '”' | '‘' | '’' => '\'',
            '|' | '\\' => '/',
            '<' | '[' | '{' => '(',
            '>' | ']' | '}' => ')',
            '–' | '—' | '~' => '-',
            '…' => '.',
            // Within a word these are no markup.
            '_' if within(characters.peek()) => '_',
            '*' | '_' | '#' | '$' | '@' | '&' | '^' => ' ',
            c if c.is_ascii_graphic() => c,
            c if c.is_alphabetic() && u32::from(c) < 0x100 => c,
            c if c.is_alphanumeric() => '?',
            _ => ' ',
        };
        if shown != ' ' || !(out.is_empty() || out.ends_with(' ')) {
            out.push(shown);
        }
        before = c;
    }
    out.truncate(out.trim_end().len());
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn marks_are_removed_with_the_blank_before_them() {
        for (text, stripped) in [
            ("- [x] Multi-AZ «plumbline: confirmed»", "- [x] Multi-AZ"),
            ("| a | b «plumbline: still open» |", "| a | b |"),
            ("hard break «plumbline: confirmed»  \r\nnext", "hard break  \r\nnext"),
            ("one. «plumbline: unknown» Two. «plumbline: closed»", "one. Two."),
            ("« plumbline : non »", "« plumbline : non »"),
            ("a «plumbline: not\nclosed»", "a «plumbline: not\nclosed»"),
            ("a«plumbline: no blank»", "a«plumbline: no blank»"),
            ("a «quoted» b", "a «quoted» b"),
            ("a «x «plumbline: confirmed» y»", "a «x y»"),
            ("a «plumb «plumbline: x»line: y» b", "a b"),
            ("a  «plumbline: x»«plumbline: y» b", "a b"),
        ] {
            assert_eq!(strip(text), stripped, "{text}");
        }
    }

    #[test]
    fn a_mark_says_plain_text() {
        let text = "`orders` runs in *one* zone | multi_az = <false> [x](y) «a» — 日 @ann #1\nsecond";
        assert_eq!(
            mark(text),
            " «plumbline: 'orders' runs in one zone / multi_az = (false) (x)(y) 'a' - ? ann 1 second»"
        );
    }

    fn fragments() -> impl Strategy<Value = String> {
        let fragment = prop::sample::select(vec![
            " «plumbline: ",
            "»",
            "«",
            " ",
            "plumbline: ",
            "confirmed",
            "\n",
            "\r\n",
            "|",
            "é",
            "x",
        ]);
        prop::collection::vec(fragment, 0..40).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn nothing_is_left_to_strip(text in fragments()) {
            let stripped = strip(&text);
            prop_assert_eq!(strip(&stripped), stripped.clone());
        }

        #[test]
        fn what_is_put_in_is_taken_out(text in fragments(), says in any::<String>(), place in any::<prop::sample::Index>()) {
            let text = strip(&text).into_owned();
            let places: Vec<usize> = (0..=text.len()).filter(|at| text.is_char_boundary(*at)).collect();
            let at = *place.get(&places);
            let marked = format!("{}{}{}", &text[..at], mark(&says), &text[at..]);
            prop_assert_eq!(strip(&marked), text);
        }

        #[test]
        fn marks_come_in_order_and_apart(text in fragments()) {
            let marks = marks(&text);
            prop_assert!(marks.windows(2).all(|pair| pair[0].end <= pair[1].start));
        }
    }
}
