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

#[test]
fn numbered_titles_are_sections_where_there_is_no_markup() {
    let markdown = "1. ENTRY\n\nname: main\n\n2. DATA\n\n  - encrypted\n";
    assert_eq!(said(markdown), ["Pair [ENTRY] name: main", "Bullet [DATA] encrypted"]);
    assert_eq!(reasons(markdown)[0], Some(NotAClaim::Heading));
    let small = "1. Entry\n\nOne.\n\n2. Data\n\nTwo.\n\n3. Rest\n\nThree.\n";
    assert_eq!(said(small), ["Sentence [Entry] One.", "Sentence [Data] Two.", "Sentence [Rest] Three."]);
    assert_eq!(said(&format!("# Title\n\n{small}"))[0], "Bullet [] Entry");
}

#[test]
fn items_that_say_something_are_no_titles() {
    assert_eq!(
        said("1. MFA is off\n\nWhy so.\n\n2. Logs are off\n\nSo.\n\n3. WAF is on\n\nSo.\n")[0],
        "Bullet [] MFA is off"
    );
    assert_eq!(said("1. YES\n\nText.\n")[0], "Bullet [] YES");
}

#[test]
fn numbered_lines_head_the_indented_lines_under_them() {
    let markdown = "3. ENTRY\n\n  3.1 load balancer\n      name: main\n      logs: none\n  3.2 names\n      a.example -> alias to main\n      signing: no, nobody asked for it so far\n      check: https\n\nafter: all\n";
    let expected = [
        "Pair [ENTRY / load balancer] name: main",
        "Pair [ENTRY / load balancer] logs: none",
        "Sentence [ENTRY / names] a.example -> alias to main",
        "Pair [ENTRY / names] signing: no, nobody asked for it so far",
        "Pair [ENTRY / names] check: https",
        "Pair [ENTRY] after: all",
    ];
    assert_eq!(said(markdown), expected);
    assert_eq!(reasons(markdown)[2], Some(NotAClaim::Heading));
}

#[test]
fn numbered_titles_head_blocks() {
    assert_eq!(said("3.1 load balancer\n\n      name: main\n")[0], "Pair [load balancer] name: main");
    assert_eq!(said("3.1 load balancer\n- name: main\n")[0], "Bullet [load balancer] name: main");
    assert_eq!(
        said("3.1 logs\n3.1.1 flow\n    - kept\n3.2 rest\n    - none\n"),
        ["Sentence [] 3.1 logs", "Bullet [flow] kept", "Bullet [rest] none"]
    );
}

#[test]
fn a_title_with_a_remark_says_something() {
    let markdown = "4.1 gate (fargate)\n    desired: 3\n";
    assert_eq!(said(markdown), ["Pair [] gate (fargate)", "Pair [gate (fargate)] desired: 3"]);
}
