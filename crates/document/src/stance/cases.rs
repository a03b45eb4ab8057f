//! Reads `cases.txt` and holds every verdict against [`super::stance`].

use proptest::prelude::*;

use crate::{Form, Lines, Mark, Stance, Statement};

/// The statement of one line of the table.
fn statement(form: &str, text: &str, headings: &[String], parents: &[String], columns: &[String]) -> Statement {
    let mut marks = Vec::new();
    let form = match form {
        "x" | "o" | "_" => {
            marks.push(if form == "x" { Mark::Ticked } else { Mark::Unticked });
            Form::Task
        }
        "." => Form::Sentence,
        ":" => Form::Pair,
        "=" => Form::Leaf,
        "+" => Form::Branch,
        "|" => Form::Row,
        _ => Form::Bullet,
    };
    let mut plain = String::new();
    for c in text.chars() {
        match c {
            '✅' | '🟢' => marks.push(Mark::Good),
            '❌' | '🔴' => marks.push(Mark::Bad),
            '⚠' | '🟡' => marks.push(Mark::Warning),
            '⏳' => marks.push(Mark::Waiting),
            '\u{fe0f}' | '*' => {}
            _ => plain.push(c),
        }
    }
    let original = text;
    let text = plain.trim().to_owned();
    let mut cells = Vec::new();
    let (key, value) = if form == Form::Row {
        // A cell that holds nothing but a sign keeps it.
        let cell = |(plain, signed): (&str, &str)| {
            if plain.trim().is_empty() { signed.trim().to_owned() } else { plain.trim().to_owned() }
        };
        cells = columns.iter().cloned().zip(text.split('|').zip(original.split('|')).map(cell)).collect();
        let key = cells
            .iter()
            .map(|(_, cell)| cell.clone())
            .find(|cell| !cell.starts_with(|c: char| c.is_ascii_digit()))
            .unwrap_or_default();
        let value = cells
            .iter()
            .filter(|(_, cell)| *cell != key)
            .map(|(_, cell)| cell.as_str())
            .collect::<Vec<_>>()
            .join(" | ");
        (key, value)
    } else {
        text.split_once(": ").map(|(key, value)| (key.to_owned(), value.to_owned())).unwrap_or_default()
    };
    Statement {
        form,
        lines: Lines(1, 1),
        span: 0..0,
        headings: headings.to_vec(),
        parents: parents.to_vec(),
        text,
        key,
        value,
        cells,
        marks,
        struck: false,
        siblings_ticked: false,
        code: Vec::new(),
    }
}

fn path(text: &str, separator: char) -> Vec<String> {
    text.split(separator).map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

#[test]
fn the_table_of_cases_holds() {
    let (mut headings, mut parents, mut columns) = (Vec::new(), Vec::new(), Vec::new());
    let mut wrong = Vec::new();
    let mut cases = 0;
    for (number, line) in include_str!("cases.txt").lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(rest) = line.strip_prefix("==") {
            (headings, parents, columns) = (path(rest, '>'), Vec::new(), Vec::new());
        } else if let Some(rest) = line.strip_prefix("||") {
            columns = path(rest, '|');
        } else if let Some(rest) = line.strip_prefix('^') {
            parents = path(rest, '>');
        } else {
            let mut parts = line.splitn(3, ' ');
            let expected: Stance = parts.next().unwrap().parse().unwrap();
            let (form, rest) = (parts.next().unwrap(), parts.next().unwrap());
            let (text, clause) = rest.split_once(" ~ ").unwrap_or((rest, ""));
            let mut statement = statement(form, text, &headings, &parents, &columns);
            statement.siblings_ticked = form == "o";
            let clause = if clause.is_empty() { statement.text.clone() } else { clause.to_owned() };
            let judged = super::stance(&statement, &clause);
            cases += 1;
            if judged.stance != expected {
                wrong.push(format!("{}: {expected}, not {} ({}): {rest}", number + 1, judged.stance, judged.because));
            }
            assert!(!judged.because.is_empty(), "line {}", number + 1);
        }
    }
    assert!(wrong.is_empty(), "{} of {cases} are otherwise:\n{}", wrong.len(), wrong.join("\n"));
    assert!(cases >= 200, "{cases}");
}

#[test]
fn a_megabyte_is_judged_by_what_surrounds_the_clause() {
    let text = format!("MFA is not enforced, {}", "word | ".repeat(150_000));
    let columns: Vec<String> = (0..150_000).map(|at| format!("Column {at}")).collect();
    for form in ["-", ".", ":", "|", "+", "x", "="] {
        let statement = statement(form, &text, &[], &[], &columns);
        for _ in 0..20 {
            assert!(!super::stance(&statement, &statement.text).because.is_empty());
        }
    }
    let tail = format!("{} and rotation is missing.", "word ".repeat(200_000));
    let statement = statement(".", &tail, &[], &[], &[]);
    assert_eq!(super::stance(&statement, "rotation is missing").stance, Stance::Missing);
}

proptest! {
    #[test]
    fn any_text_is_judged(text in "\\PC{0,80}", clause in "\\PC{0,20}", form in "[-xo_.:=+|]", heading in "\\PC{0,30}") {
        let columns: Vec<String> = ["Control", "Status", "Notes"].map(str::to_owned).to_vec();
        let statement = statement(&form, &text, &[heading], &[], &columns);
        let judged = super::stance(&statement, &clause);
        prop_assert_eq!(&judged, &super::stance(&statement, &clause));
        prop_assert!(!judged.because.is_empty());
    }

    #[test]
    fn words_in_any_order_are_judged(words in prop::collection::vec(prop::sample::select(vec![
        "no", "not", "but", "without", "public access", "is", "missing", "(", ")", ",", ";", ":", "|", "?", "Yes", "No", "enabled", "should", "only", "7 days", "disabled", "-", ".", "ß", "é",
    ]), 0..25), from in 0_usize..10, to in 0_usize..25) {
        let text = words.join(" ");
        let clause = words.get(from.min(words.len())..to.max(from).min(words.len())).unwrap_or_default().join(" ");
        for form in ["-", ".", ":", "|", "+", "x"] {
            let statement = statement(form, &text, &[], &[], &["Key".to_owned(), "State".to_owned()]);
            prop_assert!(!super::stance(&statement, &clause).because.is_empty());
        }
    }
}
