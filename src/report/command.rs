//! Shell commands laid out so that they can still be copied and run.

use crate::text;

/// Lines that follow the first of a command.
const INDENT: &str = "  ";

/// A command in lines of at most `width` columns, as far as that can be done: it is broken between words only,
/// with a backslash, and neither in quotes nor in a comment or a here-document.
pub(super) fn layout(command: &str, width: usize) -> Vec<String> {
    let mut laid_out = Vec::new();
    let mut is_plain = true;
    for line in joined(command) {
        let words = if is_plain { words(&line) } else { None };
        match words {
            Some(words) => laid_out.extend(fill(&words, width)),
            None => {
                // What follows may belong to the same quote or here-document.
                is_plain &= line.trim_start().starts_with('#');
                laid_out.push(line);
            }
        }
    }
    laid_out
}

/// What a command does, in short: itself where it is one, else what it says of itself in its first comment, or its
/// first command, and how much follows.
pub(super) fn brief(command: &str, width: usize) -> Vec<String> {
    let lines = joined(command);
    let commands = lines.iter().filter(|line| !line.trim_start().starts_with('#')).count();
    let Some(first) = lines.first().filter(|_| lines.len() > 1) else { return layout(command, width) };
    match first.trim_start().strip_prefix('#') {
        Some(words) if commands == 1 => {
            let mut brief = wrap(words, width);
            brief.extend(lines.iter().skip(1).flat_map(|line| layout(line, width)));
            brief
        }
        Some(words) => wrap(&format!("{} (--fixes shows the {commands} commands)", words.trim()), width),
        None => {
            let mut brief = layout(first, width);
            brief.push(format!("({} more with --fixes)", text::count((lines.len() - 1) as u64, "line")));
            brief
        }
    }
}

/// Words broken into lines.
fn wrap(words: &str, width: usize) -> Vec<String> {
    textwrap::wrap(words.trim(), width).into_iter().map(std::borrow::Cow::into_owned).collect()
}

/// The lines of a command, those that end in a backslash joined with the next.
fn joined(command: &str) -> Vec<String> {
    let mut joined: Vec<String> = Vec::new();
    let mut continues = false;
    for line in text::lines(command).filter(|line| !line.trim().is_empty()) {
        let (line, more) = match line.strip_suffix('\\') {
            Some(line) => (line.trim_end().to_owned(), true),
            None => (line, false),
        };
        match joined.last_mut() {
            Some(last) if continues => {
                last.push(' ');
                last.push_str(line.trim_start());
            }
            _ => joined.push(line),
        }
        continues = more;
    }
    joined
}

/// The words of a line with their quotes. `None` where it cannot be broken: a quote that stays open, a comment,
/// a here-document.
fn words(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (None, ' ') => {
                words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
                continue;
            }
            (None, '#') if word.is_empty() => return None,
            (None | Some('"'), '\\') => {
                word.push(c);
                word.push(chars.next()?);
                continue;
            }
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            _ => {}
        }
        word.push(c);
    }
    words.extend((!word.is_empty()).then_some(word));
    let is_here_document = words.iter().any(|word| word.starts_with("<<"));
    (quote.is_none() && !is_here_document).then_some(words)
}

fn fill(words: &[String], width: usize) -> Vec<String> {
    const BACKSLASH: usize = " \\".len();
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for (number, word) in words.iter().enumerate() {
        let after = if number + 1 < words.len() { BACKSLASH } else { 0 };
        let longer = textwrap::core::display_width(&line) + 1 + textwrap::core::display_width(word) + after;
        if !line.trim().is_empty() && longer > width {
            lines.push(std::mem::replace(&mut line, INDENT.to_owned()) + " \\");
        }
        if !line.trim().is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_long_command_is_continued() {
        let command =
            "aws rds modify-db-instance --db-instance-identifier orders \\\n    --multi-az --apply-immediately";
        assert_eq!(
            layout(command, 46),
            [
                "aws rds modify-db-instance \\",
                "  --db-instance-identifier orders --multi-az \\",
                "  --apply-immediately"
            ]
        );
        assert_eq!(layout("aws s3 ls\naws s3 cp a b", 40), ["aws s3 ls", "aws s3 cp a b"]);
    }

    #[test]
    fn several_commands_are_told_by_their_comment() {
        assert_eq!(
            brief("# Copy it, then delete it.\naws a\naws b", 60),
            ["Copy it, then delete it. (--fixes shows the 2 commands)"]
        );
        assert_eq!(brief("# No downtime.\naws a", 40), ["No downtime.", "aws a"]);
        assert_eq!(brief("aws a\naws b\naws c", 40), ["aws a", "(2 lines more with --fixes)"]);
        assert_eq!(brief("aws a", 40), ["aws a"]);
        assert_eq!(brief("", 40), Vec::<String>::new());
    }

    #[test]
    fn quotes_stay_whole() {
        let command = r#"aws s3api put-bucket-policy --policy '{"a": "b c", "d": 1}' --bucket "x \" y" z"#;
        assert_eq!(
            layout(command, 24),
            [
                "aws s3api \\",
                "  put-bucket-policy \\",
                "  --policy \\",
                r#"  '{"a": "b c", "d": 1}' \"#,
                r#"  --bucket "x \" y" z"#
            ]
        );
    }

    #[test]
    fn what_cannot_be_broken_is_left_alone() {
        let here_document = "cat <<EOF\nvery long line that is longer than the width allows\nEOF";
        assert_eq!(layout(here_document, 20), here_document.lines().collect::<Vec<_>>());
        let open_quote = "aws x --policy '{\n  \"a long key in json\": 1\n}'";
        assert_eq!(layout(open_quote, 10), open_quote.lines().collect::<Vec<_>>());
        let comment = "# a comment of some length\naws s3 ls --recursive";
        assert_eq!(layout(comment, 12), ["# a comment of some length", "aws s3 ls \\", "  --recursive"]);
    }

    proptest! {
        #[test]
        fn no_word_is_lost_or_changed(command in "[a-z'\" \\-]{0,80}", width in 10usize..60) {
            let continued = layout(&command, width).join("\n").replace(" \\\n", " ");
            let squeezed = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            prop_assert_eq!(squeezed(&continued), squeezed(&command));
        }

        #[test]
        fn any_text_can_be_laid_out(command in any::<String>(), width in 0usize..60) {
            let lines = layout(&command, width);
            prop_assert!(!lines.iter().any(|line| line.chars().any(text::is_hidden)));
        }
    }
}
