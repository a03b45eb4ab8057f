//! Headings, labels, metadata and what else surrounds statements.

use plumbline_document::{Form, NotAClaim};

use crate::{only, read, reasons, said};

#[test]
fn the_title_is_the_first_heading_of_the_first_level() {
    let cases = [
        ("# One\n\n## Two\n", Some("One")),
        ("Intro.\n\n## Two\n\n# One\n", Some("One")),
        ("## First\n\ntext\n", Some("First")),
        ("Title\n=====\n\ntext\n", Some("Title")),
        ("---\ntitle: \"Front\"\n---\n\ntext\n", Some("Front")),
        ("<h1>Html</h1>\n\ntext\n", Some("Html")),
        ("text\n", None),
    ];
    for (markdown, title) in cases {
        assert_eq!(read(markdown).title.as_deref(), title, "{markdown}");
    }
}

#[test]
fn statements_know_their_headings() {
    let markdown = "# T\n## A\n### B\n- one\n## C\n- two\n# D\n- three\n";
    assert_eq!(said(markdown), ["Bullet [A / B] one", "Bullet [C] two", "Bullet [D] three"]);
    assert_eq!(read(markdown).statements[2].headings, ["T", "D"]);
}

#[test]
fn signs_stay_in_headings() {
    assert_eq!(said("# T\n## ✅ Strengths\n- one\n"), ["Bullet [✅ Strengths] one"]);
}

#[test]
fn labels_count_as_headings() {
    let cases = [
        ("**Missing**:\n- one\n", "Missing"),
        ("**Missing:**\n\n- one\n", "Missing"),
        ("**Bucket 1: x**\n```\none\n```\n", "Bucket 1: x"),
        ("PASS:\n- one\n", "PASS"),
        ("AREAS FOR IMPROVEMENT:\n\n1. one\n", "AREAS FOR IMPROVEMENT"),
        ("**Immediate** (next week):\n- one\n", "Immediate (next week)"),
        ("__Gaps__\n\n- one\n", "Gaps"),
        ("**✅ Ready**:\n- one\n", "✅ Ready"),
    ];
    for (markdown, label) in cases {
        let statement = only(markdown);
        assert_eq!((statement.headings, statement.text), (vec![label.to_owned()], "one".to_owned()), "{markdown}");
    }
}

#[test]
fn labels_end() {
    let cases = [
        ("**A**:\n- one\n\n**B**:\n- two\n", "B"),
        ("**A**:\n- one\n\n## B\n- two\n", "B"),
        ("**A**:\n- one\n\n---\n\n- two\n", ""),
        ("Missing:\n- one\n\nAll is well here.\n", ""),
    ];
    for (markdown, heading) in cases {
        let statements = read(&format!("# T\n\n{markdown}")).statements;
        assert_eq!(statements[1].headings[1..].join(""), heading, "{markdown}");
    }
}

#[test]
fn some_headings_say_something() {
    let cases = [
        ("### Status: READY FOR DEPLOYMENT", "Status", "READY FOR DEPLOYMENT"),
        ("### Compliance Score: 95%", "Compliance Score", "95%"),
        ("## VPC Flow Logs - MISSING", "VPC Flow Logs", "MISSING"),
        ("## Backups (done)", "Backups", "done"),
        ("## Multi-AZ — not implemented", "Multi-AZ", "not implemented"),
        ("## Flow logs ❌", "", ""),
        ("## Flow logs [x]", "", ""),
    ];
    for (heading, key, value) in cases {
        let statement = only(&format!("# T\n{heading}\n"));
        assert_eq!((statement.form, statement.key.as_str(), statement.value.as_str()), (Form::Heading, key, value));
        assert_eq!(statement.headings, ["T"]);
    }
    assert_eq!(said("# VPC Flow Logs - MISSING\n"), ["Heading [] VPC Flow Logs - MISSING"]);
}

#[test]
fn other_headings_do_not() {
    for heading in [
        "## Phase 1: Prerequisites",
        "## Appendix: Files",
        "## What is missing",
        "## ✅ Strengths",
        "## 3. Networking",
        "## Requirements (High Priority)",
        "# Audit: all of it",
    ] {
        assert_eq!(reasons(heading), [Some(NotAClaim::Heading)], "{heading}");
    }
}

#[test]
fn a_pair_over_dashes_is_no_heading() {
    assert_eq!(said("# T\n\n**Status**: Ready\n---\n\n- one\n"), ["Pair [] Status: Ready", "Bullet [] one"]);
}

#[test]
fn the_document_itself_is_metadata() {
    let markdown = "---\nauthor: x\n---\n# T\n\n**Author:** A. Person\nDate: today\n\n- **Reviewer**: B\n";
    use NotAClaim::{Heading, Metadata};
    let expected = [
        Some(Metadata),
        Some(Metadata),
        Some(Metadata),
        Some(Heading),
        None,
        Some(Metadata),
        Some(Metadata),
        None,
        Some(Metadata),
    ];
    assert_eq!(reasons(markdown), expected);
}

#[test]
fn lines_without_a_claim_say_why() {
    let cases = [
        ("---", NotAClaim::Rule),
        ("<!-- a comment -->", NotAClaim::Html),
        ("[a link](https://clubapp.example)", NotAClaim::Link),
        ("https://clubapp.example/a", NotAClaim::Link),
        ("![a picture](x.png)", NotAClaim::Link),
        ("- [a link](x)", NotAClaim::Link),
        ("[a]: https://clubapp.example", NotAClaim::Link),
        ("[^1]: A footnote.", NotAClaim::Link),
        ("<br>", NotAClaim::Html),
        ("════════", NotAClaim::Rule),
    ];
    for (line, reason) in cases {
        assert_eq!(reasons(&format!("{line}\n")), [Some(reason)], "{line}");
    }
}

#[test]
fn html_that_is_simple_is_read() {
    let markdown = "<details>\n<summary>Network</summary>\n\n- one\n\n</details>\n";
    assert_eq!(only(markdown).headings, ["Network"]);
    let markdown = "<ul>\n<li>VPC: one</li>\n</ul>\n";
    assert_eq!(said(markdown), ["Bullet [] VPC: one"]);
    let markdown =
        "<table>\n<tr><th>What</th><th>Status</th></tr>\n<tr>\n<td>Backups</td>\n<td>✅</td></tr>\n</table>\n";
    let statement = only(markdown);
    assert_eq!(statement.cells, [("What".into(), "Backups".into()), ("Status".into(), "✅".into())]);
}

#[test]
fn alerts_are_parents() {
    assert_eq!(said("> [!WARNING]\n> No backups exist.\n"), ["Sentence [Warning] No backups exist."]);
    assert_eq!(reasons("> [!WARNING]\n> No backups exist.\n"), [Some(NotAClaim::Heading), None]);
}
