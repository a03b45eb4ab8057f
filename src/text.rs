//! Text made fit to show. Names and messages come from outside, so nothing in them may steer a terminal,
//! start a line of its own or hide what follows it. Knows nothing of findings.

use std::borrow::Cow;

/// The text as one line: white space becomes one blank, and what could not be seen is spelled out
/// (`\u{1b}`).
pub fn line(text: &str) -> Cow<'_, str> {
    let blanks = text.starts_with(' ') || text.ends_with(' ') || text.contains("  ");
    if !blanks && !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let words: Vec<&str> = text.split([' ', '\t', '\n', '\r']).filter(|word| !word.is_empty()).collect();
    Cow::Owned(spell_out(&words.join(" ")))
}

/// The text in its lines, tabs as four blanks: for commands and the like.
pub fn lines(text: &str) -> impl Iterator<Item = String> {
    text.lines().map(|line| spell_out(&line.replace('\t', "    ")).trim_end().to_owned())
}

/// The text in at most `longest` bytes; what was cut shows as `…`. A channel's limit in characters holds
/// too, however it counts them: no character is shorter than a byte.
pub fn cut(text: &str, longest: usize) -> Cow<'_, str> {
    const MARK: &str = "…";
    if text.len() <= longest {
        return Cow::Borrowed(text);
    }
    let Some(room) = longest.checked_sub(MARK.len()) else {
        return Cow::Borrowed("");
    };
    Cow::Owned(format!("{}{MARK}", &text[..text.floor_char_boundary(room)]))
}

/// A number with its noun: `1 check`, `3 checks`.
pub fn count(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// Counts with their names, without those that are nought: `2 critical, 3 high`.
pub fn counts<'a>(counts: impl IntoIterator<Item = (u64, &'a str)>) -> String {
    let named: Vec<String> =
        counts.into_iter().filter(|(number, _)| *number > 0).map(|(number, name)| format!("{number} {name}")).collect();
    named.join(", ")
}

/// An account as people call it: its name with its id, or its id.
pub fn account(account_id: &str, name: Option<&str>) -> String {
    match name {
        Some(name) if !name.trim().is_empty() => format!("{} ({})", line(name), line(account_id)),
        _ => line(account_id).into_owned(),
    }
}

fn spell_out(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Whether a character shows as nothing, or changes how others show: controls, marks of direction,
/// joiners, and the tags by which text is smuggled.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_steers_a_terminal_is_spelled_out() {
        assert_eq!(line("a\u{1b}[31mb"), "a\\u{1b}[31mb");
        assert_eq!(line("a\u{9b}31mb"), "a\\u{9b}31mb");
        assert_eq!(line("exe\u{202e}gpj"), "exe\\u{202e}gpj");
        assert_eq!(line("  a\r\n\tb  "), "a b");
        assert_eq!(line("a\u{85}b"), "a\\u{85}b");
        assert!(matches!(line("größe 日本"), Cow::Borrowed(_)));
        assert_eq!(lines("a \\\n\tb\u{7}").collect::<Vec<_>>(), ["a \\", "    b\\u{7}"]);
    }

    #[test]
    fn counts_read_as_one_would_say_them() {
        assert_eq!(count(1, "check"), "1 check");
        assert_eq!(count(0, "check"), "0 checks");
        assert_eq!(counts([(2, "critical"), (0, "high"), (3, "low")]), "2 critical, 3 low");
        assert_eq!(account("111122223333", None), "111122223333");
        assert_eq!(account("111122223333", Some("production")), "production (111122223333)");
    }

    proptest! {
        #[test]
        fn a_line_is_a_line(text in any::<String>()) {
            let shown = line(&text);
            prop_assert!(!shown.chars().any(is_hidden));
            prop_assert_eq!(line(&shown), shown.clone());
        }

        #[test]
        fn a_cut_fits_and_keeps_the_beginning(text in any::<String>(), longest in 0usize..40) {
            let shown = cut(&text, longest);
            prop_assert!(shown.len() <= longest);
            prop_assert!(text.starts_with(shown.strip_suffix('…').unwrap_or(&shown)) || text == shown);
        }
    }
}
