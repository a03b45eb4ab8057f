//! Tables of Markdown.

use plumbline_document::{Mark, NotAClaim};

use crate::{only, pairs, read, reasons, said};

#[test]
fn rows_have_cells_a_key_and_a_value() {
    let statement = only("| # | Control | Status |\n|---|---|---|\n| 1 | MFA | ✅ on |\n");
    assert_eq!(statement.text, "1 | MFA | on");
    assert_eq!((statement.key.as_str(), statement.value.as_str()), ("MFA", "1 | on"));
    assert_eq!(statement.cells[2], ("Status".to_owned(), "on".to_owned()));
    assert_eq!(statement.marks, [Mark::Good]);
}

#[test]
fn a_cell_that_is_a_sign_keeps_it() {
    let statement = only("| Subnet | IGW |\n|-|-|\n| a | ❌ |\n");
    assert_eq!((statement.text.as_str(), statement.cells[1].1.as_str()), ("a", "❌"));
}

#[test]
fn boxes_in_cells_are_marks() {
    assert_eq!(only("| A | B |\n|-|-|\n| x | [x] |\n").marks, [Mark::Ticked]);
    assert_eq!(only("| A | B |\n|-|-|\n| [ ] | y |\n").marks, [Mark::Unticked]);
}

#[test]
fn group_rows_are_parents() {
    let markdown = "| A | B |\n|-|-|\n| **Data** | |\n| x | 1 |\n| Net | |\n| y | 2 |\n";
    assert_eq!(said(markdown), ["Row [Data] x | 1", "Row [Net] y | 2"]);
    assert_eq!(reasons(markdown)[2], Some(NotAClaim::TableHeader));
}

#[test]
fn rows_that_nobody_filled_are_rows() {
    assert_eq!(said("| A | B |\n|-|-|\n| x | |\n| y | |\n"), ["Row [] x", "Row [] y"]);
}

#[test]
fn rows_may_be_ragged() {
    let statements = read("| A | B |\n|-|-|\n| y | 1 | 2 | 3 |\n| x |\n").statements;
    assert_eq!(statements[1].text, "x");
    assert_eq!(statements[0].text, "y | 1 | 2 | 3");
    assert_eq!(statements[0].cells[3], (String::new(), "3".to_owned()));
}

#[test]
fn breaks_in_cells_are_lists() {
    assert_eq!(pairs("| A | B |\n|-|-|\n| x | - one<br>- two |\n"), [("x".to_owned(), "one; two".to_owned())]);
}

#[test]
fn an_annotation_may_follow_the_last_cell() {
    let markdown = "| A | B |\n|-|-|\n| x | **y** |\n";
    assert_eq!(&markdown[only(markdown).span], "x | **y**");
}

#[test]
fn tables_stand_in_lists_and_quotes() {
    assert_eq!(said("- S3:\n\n  | A | B |\n  |-|-|\n  | x | 1 |\n"), ["Row [S3] x | 1"]);
    assert_eq!(said("> | A | B |\n> |-|-|\n> | x | 1 |\n"), ["Row [] x | 1"]);
}

#[test]
fn a_table_that_markdown_refuses_is_a_table() {
    assert_eq!(said("| A | B | C |\n|-|-|\n| x | 1 | 2 |\n"), ["Row [] x | 1 | 2"]);
}

#[test]
fn codes_name_no_row() {
    assert_eq!(only("| ID | Risk |\n|-|-|\n| A1 | Loss |\n").key, "Loss");
    assert_eq!(only("| Which | Risk |\n|-|-|\n| R-01 | Loss |\n").key, "Loss");
    assert_eq!(only("| Service | Cost |\n|-|-|\n| S3 | $5 |\n").key, "S3");
}

#[test]
fn indented_tables_are_tables() {
    let expected = ["Row [COST] rds | 402"];
    assert_eq!(said("8. COST\n\n  item | amount\n  -----|-------\n  rds  | 402\n"), expected);
    assert_eq!(said("8. COST\n\n      item | amount\n      -----|-------\n      rds  | 402\n"), expected);
    assert_eq!(said("8.1 COST\n    item | amount\n    -----|-------\n    rds  | 402\n"), expected);
}

#[test]
fn areas_are_parents_of_their_items() {
    let markdown = "| Area | Item | State |\n|-|-|-|\n| API | WAF | n/a |\n| | Logs | off |\n| Data | 1 | OK |\n";
    let statements = read(markdown).statements;
    let read: Vec<(&str, &str, &[String])> =
        statements.iter().map(|one| (one.key.as_str(), one.value.as_str(), one.parents.as_slice())).collect();
    let api = ["API".to_owned()];
    assert_eq!(read, [("WAF", "n/a", &api[..]), ("Logs", "off", &api[..]), ("Data", "1 | OK", &[])]);
    assert_eq!(only("| Service | Cost | Note |\n|-|-|-|\n| S3 | low | x |\n").key, "S3");
}

#[test]
fn cells_that_say_several_things_are_rows_each() {
    let row = |cell: &str| said(&format!("| What | State | Detail |\n|-|-|-|\n| disk | OK | {cell} |\n"));
    assert_eq!(row("EBS=gp3, KMS=off"), ["Row [] disk | OK | EBS=gp3", "Row [] disk | OK | KMS=off"]);
    assert_eq!(
        row("It is encrypted now. Nobody restored it."),
        ["Row [] disk | OK | It is encrypted now.", "Row [] disk | OK | Nobody restored it."]
    );
    assert_eq!(row("Fine. All is well here."), ["Row [] disk | OK | Fine. All is well here."]);
    let two = "| What | Now | Detail |\n|-|-|-|\n| disk | is of some other kind | One is here. Two is there. |\n";
    assert_eq!(said(two).len(), 1);
}
