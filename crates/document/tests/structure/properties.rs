//! What holds for every document.

use plumbline_document::{LineStructure, Structure, Text, structure};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Pieces that documents are made of, whole lines and parts of them.
const FRAGMENTS: &[&str] = &[
    "# Title",
    "## A: b",
    "Text: more",
    "\n",
    "\n\n",
    "- ",
    "  - ",
    "    ",
    "1. ",
    "[x] ",
    "[ ] ",
    "> ",
    "> [!NOTE]\n",
    "| a | b |\n",
    "|-|-|\n",
    "| x |\n",
    "|",
    "**",
    "**Key:** ",
    "*",
    "_",
    "`",
    "```",
    "```yaml\n",
    "```json\n",
    "```hcl\n",
    "~~~\n",
    "{",
    "}",
    "\"a\": ",
    "[",
    "]",
    "key: value\n",
    "key = 1\n",
    "├── ",
    "│   ",
    "└── ",
    "|-- ",
    "→",
    "✅",
    "❌",
    "âœ…",
    "âŒ",
    "âš ",
    "ï¸",
    "é",
    "e\u{301}",
    "\u{200B}",
    "\u{200D}",
    "م",
    "日本。",
    "\t",
    "\r",
    "\r\n",
    "---\n",
    "===\n",
    "<table>",
    "<tr><td>",
    "</td></tr>",
    "<li>",
    "<!--",
    "-->",
    "<br>",
    "<details>\n",
    "\\",
    "&amp;",
    "~~",
    "[a](b)",
    "[^1]: ",
    "a. B",
    "e.g. ",
    ":",
    ": ",
    "https://x.example",
    ":x:",
    "$ ls\n",
    "+---+\n",
    "  a   b   c\n",
    "3.1 part\n",
    "      ",
    "a: 1; b: 2\n",
    "a=1, b=2\n",
    "@a wrote: ",
    ":ship:",
    "1. PART\n\n",
    "…",
    "\u{FFFD}",
    "'",
    "\"",
];

/// What must hold of a document's structure.
fn sound(text: &Text, read: &Structure) -> Result<(), TestCaseError> {
    prop_assert_eq!(read.lines.len(), text.lines().len());
    for (number, line) in read.lines.iter().enumerate() {
        let blank = text.line(number + 1).unwrap().trim().is_empty();
        prop_assert!(!blank || *line == LineStructure::Blank, "line {} is blank", number + 1);
        if let LineStructure::Statements { begin, part } = line {
            prop_assert!(!begin.is_empty() || !part.is_empty());
            for index in begin {
                prop_assert_eq!(read.statements[*index].lines.0, number + 1);
            }
            for index in part {
                prop_assert!(read.statements[*index].lines.0 <= number && read.statements[*index].lines.1 > number);
            }
        }
    }
    let mut last = 0;
    for (index, statement) in read.statements.iter().enumerate() {
        prop_assert!(text.as_str().get(statement.span.clone()).is_some_and(|text| !text.is_empty()), "{:?}", statement);
        prop_assert!(statement.span.start >= last, "order");
        last = statement.span.start;
        prop_assert!(
            statement.lines.0 >= 1 && statement.lines.1 >= statement.lines.0 && statement.lines.1 <= read.lines.len()
        );
        prop_assert_eq!(text.line_at(statement.span.start), statement.lines.0, "{:?}", statement);
        prop_assert_eq!(text.line_at(statement.span.end - 1), statement.lines.1, "{:?}", statement);
        prop_assert!(!statement.text.is_empty());
        let listed = match &read.lines[statement.lines.0 - 1] {
            LineStructure::Statements { begin, .. } => begin.contains(&index),
            _ => false,
        };
        prop_assert!(listed, "{:?}", statement);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read(bytes in vec(any::<u8>(), 0..400)) {
        if let Ok(text) = Text::decode(&bytes) {
            sound(&text, &structure(&text))?;
        }
    }

    #[test]
    fn any_text_is_read(text in "\\PC{0,200}") {
        let text = Text::decode(text.as_bytes()).unwrap();
        sound(&text, &structure(&text))?;
    }

    #[test]
    fn any_document_is_read(fragments in vec(select(FRAGMENTS), 0..60)) {
        let text = Text::decode(fragments.concat().as_bytes()).unwrap();
        sound(&text, &structure(&text))?;
    }
}

#[test]
fn reading_takes_linear_time() {
    let pathological = [
        "[".repeat(200_000),
        "*a ".repeat(60_000),
        "|".repeat(200_000),
        "> ".repeat(5_000),
        "- ".repeat(5_000),
        "`a".repeat(100_000),
        "a.B ".repeat(60_000),
        "word ".repeat(200_000),
        "a: ".repeat(80_000),
        "- a\n".repeat(50_000),
        "| a | b |\n".repeat(30_000),
        format!("```json\n{}", "{\"a\":".repeat(50_000)),
        format!("```\n{}", "a: {\n".repeat(20_000)),
        format!("```yaml\n{}", "- ".repeat(50_000)),
        "âœ… ".repeat(50_000),
        "<td>".repeat(50_000),
        "(a. B ".repeat(30_000),
        "**a** ".repeat(40_000),
        format!("- key: {}", "One is here. ".repeat(30_000)),
        format!("- {}", "a=1, ".repeat(50_000)),
        format!("- {}", "a: 1; ".repeat(50_000)),
        "1.1 a\n  b: c\n".repeat(20_000),
        (0..600).map(|depth| format!("{}a\n", " ".repeat(depth))).collect::<String>(),
    ];
    for document in pathological {
        let text = Text::decode(document.as_bytes()).unwrap();
        let started = std::time::Instant::now();
        structure(&text);
        let name: String = document.chars().take(12).collect();
        assert!(started.elapsed().as_secs() < 10, "{name:?} took {:?}", started.elapsed());
    }
}
