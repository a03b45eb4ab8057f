//! Lists and tasks.

use plumbline_document::{Form, Mark, NotAClaim};

use crate::{only, pairs, read, reasons, said};

#[test]
fn items_nest() {
    let markdown = "- **S3:**\n  - Versioning on\n    1. MFA delete off\n- EFS\n";
    let expected = ["Bullet [S3] Versioning on", "Bullet [S3 / Versioning on] MFA delete off", "Bullet [] EFS"];
    assert_eq!(said(markdown), expected);
    assert_eq!(reasons(markdown)[0], Some(NotAClaim::Parent));
}

#[test]
fn an_item_with_children_may_state_something() {
    let markdown = "1. **Implement rotation**\n   - Add a Lambda\n";
    assert_eq!(said(markdown), ["Bullet [] Implement rotation", "Bullet [Implement rotation] Add a Lambda"]);
}

#[test]
fn lists_may_be_deep() {
    for depth in [50, 300] {
        let markdown: String = (0..depth).map(|level| format!("{}- level {level}\n", "  ".repeat(level))).collect();
        let statements = read(&markdown).statements;
        assert_eq!(statements.len(), depth);
        assert_eq!(statements[depth - 1].parents.last(), Some(&format!("level {}", depth - 2)));
    }
    let statements = read(&(0..50).map(|level| format!("{}- level {level}\n", "  ".repeat(level))).collect::<String>());
    assert_eq!(statements.statements[49].parents.len(), 49);
}

#[test]
fn tasks_have_boxes() {
    let cases = [
        ("- [x] a", Mark::Ticked),
        ("* [X] a", Mark::Ticked),
        ("+ [ ] a", Mark::Unticked),
        ("1. [x] a", Mark::Ticked),
        ("- [ ]  a", Mark::Unticked),
        ("[x] a", Mark::Ticked),
        ("[ ] a", Mark::Unticked),
        ("- [-] a", Mark::Waiting),
        ("- [~] a", Mark::Waiting),
        ("- [✓] a", Mark::Ticked),
        ("- ☐ a", Mark::Unticked),
    ];
    for (markdown, mark) in cases {
        let statement = only(markdown);
        let form = if markdown.contains('[') { Form::Task } else { Form::Bullet };
        assert_eq!((statement.form, statement.marks, statement.text.as_str()), (form, vec![mark], "a"), "{markdown}");
    }
}

#[test]
fn boxes_in_lines_of_one_paragraph_are_tasks_of_their_own() {
    assert_eq!(said("[x] one\n[ ] two\n"), ["Task [] one", "Task [] two"]);
}

#[test]
fn keys_of_items() {
    let cases = [
        ("- **VPC:** text", "VPC", "text"),
        ("- **VPC**: text", "VPC", "text"),
        ("- **VPC** - text", "VPC", "text"),
        ("- **VPC** — text", "VPC", "text"),
        ("- **RDS (Postgres):** text", "RDS (Postgres)", "text"),
        ("- Multi-AZ: Yes (automatic)", "Multi-AZ", "Yes (automatic)"),
        ("- [x] VPC created: main", "VPC created", "main"),
        ("- see https://clubapp.example/a for more", "", ""),
        ("- at 10:30 it starts", "", ""),
        ("- arn:aws:s3:::main", "", ""),
        ("- ✅ **ALB**: on", "ALB", "on"),
        ("- `key`: value", "key", "value"),
    ];
    for (markdown, key, value) in cases {
        assert_eq!(pairs(markdown), [(key.to_owned(), value.to_owned())], "{markdown}");
    }
}

#[test]
fn items_may_be_loose_and_long() {
    let markdown = "- First paragraph\n  goes on.\n\n  Second one. Third one.\n\n- Other\n";
    let expected = [
        "Bullet [] First paragraph goes on.",
        "Sentence [First paragraph goes on.] Second one.",
        "Sentence [First paragraph goes on.] Third one.",
        "Bullet [] Other",
    ];
    assert_eq!(said(markdown), expected);
    assert_eq!(read(markdown).statements[0].lines.1, 2);
}

#[test]
fn pairs_in_an_item_hang_on_it() {
    let markdown = "- **Finding**: open port\n  **Severity**: high\n";
    assert_eq!(said(markdown), ["Bullet [] Finding: open port", "Pair [Finding: open port] Severity: high"]);
}

#[test]
fn lines_of_pairs_in_an_item_hang_on_it() {
    let expected = ["Bullet [] Backup", "Pair [Backup] Expected: 7", "Pair [Backup] Actual: 7"];
    assert_eq!(said("- Backup\n  Expected: 7\n  Actual: 7\n"), expected);
}

#[test]
fn a_label_in_an_item_heads_what_follows_it() {
    let markdown = "1. Rotation\n\n   **Steps:**\n   - Add it\n";
    assert_eq!(said(markdown), ["Bullet [] Rotation", "Bullet [Rotation / Steps] Add it"]);
}

#[test]
fn lists_hang_on_the_pair_above() {
    let markdown = "**VPC:** `main`\n- DNS: Yes\n\nText.\n";
    assert_eq!(said(markdown), ["Pair [] VPC: main", "Bullet [VPC: main] DNS: Yes", "Sentence [] Text."]);
}

#[test]
fn verdicts_are_no_parents() {
    assert_eq!(said("**Status**: good\n- one\n")[1], "Bullet [] one");
}

#[test]
fn bullets_that_are_no_markdown_are_bullets() {
    assert_eq!(said("• one\n• two\n"), ["Bullet [] one", "Bullet [] two"]);
    assert_eq!(said("Steps are these\n2) one\n3) two\n")[1..], ["Bullet [] one", "Bullet [] two"]);
}

#[test]
fn spans_end_where_the_text_ends() {
    let cases = [
        ("- **VPC:** text  \n", "**VPC:** text"),
        ("- see **this**\n", "see **this**"),
        ("- use `code`\n", "use `code`"),
        ("- a [link](x)\n", "a [link](x)"),
        ("- [x] done ✅\n", "done ✅"),
        ("- a &amp; b\n", "a &amp; b"),
        ("> - quoted\n", "quoted"),
    ];
    for (markdown, span) in cases {
        assert_eq!(&markdown[only(&format!("{markdown}\n")).span], span);
    }
}

#[test]
fn pairs_in_a_row_are_stated_each() {
    let cases: [(&str, &[(&str, &str)]); 7] = [
        ("- security hub: on; config: recording", &[("security hub", "on"), ("config", "recording")]),
        ("- a: 1; b: 2; and more", &[("a", "1"), ("b", "2; and more")]),
        ("- EBS=gp3, KMS=off", &[("EBS", "gp3"), ("KMS", "off")]),
        ("disk: type=gp3, kms=off", &[("type", "gp3"), ("kms", "off")]),
        ("trail: all regions, kms=off", &[("trail", "all regions"), ("kms", "off")]),
        ("- alarms: cpu, storage; all go to main", &[("alarms", "cpu, storage; all go to main")]),
        ("- open to (a: 1; b: 2)", &[("", "")]),
    ];
    for (markdown, expected) in cases {
        let expected: Vec<(String, String)> =
            expected.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        assert_eq!(pairs(markdown), expected, "{markdown}");
    }
    assert_eq!(read("disk: type=gp3, kms=off").statements[1].parents, ["disk"]);
}

#[test]
fn pairs_in_a_row_share_their_box() {
    let marks: Vec<Vec<Mark>> =
        read("- [x] a: 1; b: 2\n").statements.into_iter().map(|statement| statement.marks).collect();
    assert_eq!(marks, [[Mark::Ticked], [Mark::Ticked]]);
}

#[test]
fn whole_sentences_of_an_item_are_stated_each() {
    let cases: [(&str, &[&str]); 6] = [
        (
            "- Backups run every night. Nobody restored one.",
            &["Bullet [] Backups run every night.", "Bullet [Backups run every night.] Nobody restored one."],
        ),
        (
            "- **DB:** It runs on Postgres. Logs are off.",
            &["Bullet [] DB: It runs on Postgres.", "Bullet [] DB: Logs are off."],
        ),
        ("- Done. All keys rotate yearly.", &["Bullet [] Done. All keys rotate yearly."]),
        ("- MFA is on for all. It is a must.", &["Bullet [] MFA is on for all. It is a must."]),
        ("- MFA is on for all. See page 4 there.", &["Bullet [] MFA is on for all. See page 4 there."]),
        ("- Status: not quite ready. Work goes on here.", &["Bullet [] Status: not quite ready. Work goes on here."]),
    ];
    for (markdown, expected) in cases {
        assert_eq!(said(markdown), expected, "{markdown}");
    }
}
