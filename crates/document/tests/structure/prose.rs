//! Paragraphs.

use crate::{pairs, read, said};

#[test]
fn prose_falls_into_sentences() {
    let cases: [(&str, &[&str]); 15] = [
        ("One. Two! Three?", &["One.", "Two!", "Three?"]),
        ("We use e.g. RDS. It works.", &["We use e.g. RDS.", "It works."]),
        ("That is, i.e. The VPC.", &["That is, i.e. The VPC."]),
        ("Runs v2.0 in us-east-1. Next.", &["Runs v2.0 in us-east-1.", "Next."]),
        ("See main.tf and a.b.C now. Done.", &["See main.tf and a.b.C now.", "Done."]),
        ("It has (see Sec. 3. Or 4.) two. Yes.", &["It has (see Sec. 3. Or 4.) two.", "Yes."]),
        ("Broken over\nlines. And on.", &["Broken over lines.", "And on."]),
        ("He said “Yes.” Then no.", &["He said “Yes.”", "Then no."]),
        ("Costs approx. $5. Fine.", &["Costs approx. $5.", "Fine."]),
        ("Alle Daten sind verschlüsselt, z.B. S3. Gut.", &["Alle Daten sind verschlüsselt, z.B. S3.", "Gut."]),
        ("データは暗号化。次。", &["データは暗号化。", "次。"]),
        ("كل البيانات مشفرة. نعم.", &["كل البيانات مشفرة.", "نعم."]),
        ("This **bold end.** Next one.", &["This bold end.", "Next one."]),
        ("Am 3. März war es. Gut.", &["Am 3. März war es.", "Gut."]),
        ("One [link. Two](x) three.", &["One link.", "Two three."]),
    ];
    for (markdown, sentences) in cases {
        let read: Vec<String> = read(markdown).statements.into_iter().map(|statement| statement.text).collect();
        assert_eq!(read, sentences, "{markdown}");
    }
}

#[test]
fn sentences_know_their_lines() {
    let lines: Vec<String> =
        read("One is\nhere. Two is\nthere.\n").statements.iter().map(|statement| statement.lines.to_string()).collect();
    assert_eq!(lines, ["1-2", "2-3"]);
}

#[test]
fn lines_of_pairs_are_pairs() {
    let expected = [("Region".to_owned(), "us-east-1".to_owned()), ("Account".to_owned(), "111122223333".to_owned())];
    for markdown in [
        "Region: us-east-1\nAccount: 111122223333\n",
        "Region: us-east-1  \nAccount: 111122223333\n",
        "**Region**: us-east-1\n**Account:** 111122223333\n",
        "**Region:** us-east-1\\\n**Account:** 111122223333\n",
    ] {
        assert_eq!(pairs(markdown), expected, "{markdown}");
    }
}

#[test]
fn a_pair_goes_on_in_the_next_line() {
    assert_eq!(pairs("**Why**: because\nit is.\n"), [("Why".to_owned(), "because it is.".to_owned())]);
}

#[test]
fn a_long_introduction_says_something_and_is_a_parent() {
    let markdown = "All the needed files are present and have good structure:\n\n- one\n";
    let text = "All the needed files are present and have good structure";
    assert_eq!(said(markdown), [format!("Sentence [] {text}:"), format!("Bullet [{text}] one")]);
}

#[test]
fn text_is_plain() {
    let cases = [
        ("A *b* **c** `d` [e](f) ![g](h).", "A b c d e g."),
        ("A&nbsp;&amp;  b\tc.", "A & b c."),
        ("Zero\u{200B}width \u{FEFF}gone.", "Zerowidth gone."),
        ("می\u{200C}خواهم.", "می\u{200C}خواهم."),
        ("e\u{301}tat.", "e\u{301}tat."),
        ("A <b>bold</b> word.", "A bold word."),
    ];
    for (markdown, text) in cases {
        assert_eq!(read(markdown).statements[0].text, text, "{markdown}");
    }
}

#[test]
fn code_spans_are_listed() {
    assert_eq!(read("Use `a b` and ``c``.").statements[0].code, ["a b", "c"]);
}

#[test]
fn questions_have_answers() {
    let cases = [
        ("Is MFA on? Yes, for all.", "Is MFA on", "Yes, for all."),
        ("Q1. Is MFA on?\nA: Yes.", "Is MFA on", "Yes."),
        ("1. Are backups encrypted? KMS is used.", "Are backups encrypted", "KMS is used."),
        ("- **Do you use WAF?** No", "Do you use WAF", "No"),
        ("4.2 Is MFA on?\nFor most.", "Is MFA on", "For most."),
        ("Why so? It was cheap.", "", ""),
    ];
    for (markdown, key, value) in cases {
        assert_eq!(pairs(markdown)[0], (key.to_owned(), value.to_owned()), "{markdown}");
    }
}

#[test]
fn an_answer_hangs_on_the_question_above() {
    assert_eq!(
        said("Is MFA on?\n\nYes. For all.\n\nNext.\n")[1..],
        ["Sentence [Is MFA on?] Yes.", "Sentence [Is MFA on?] For all.", "Sentence [] Next.",]
    );
}

#[test]
fn numbered_lines_begin_anew() {
    assert_eq!(
        said("4.2.1 The data SHALL be safe.\n4.2.2 It SHALL be kept.\n"),
        ["Sentence [] 4.2.1 The data SHALL be safe.", "Sentence [] 4.2.2 It SHALL be kept.",]
    );
}

#[test]
fn a_pair_begins_where_its_author_broke_the_line() {
    let markdown =
        "Written for the Example company by somebody in March\nWorkload: the shop\nAccount 111122223333 in eu-west-1\n";
    assert_eq!(said(markdown)[1..], ["Pair [] Workload: the shop", "Sentence [] Account 111122223333 in eu-west-1"]);
}

#[test]
fn a_lead_heads_its_paragraph() {
    let expected = ["Sentence [Finding SEC-1 (HRI)] Roles are wide.", "Sentence [Finding SEC-1 (HRI)] Cut them."];
    assert_eq!(said("Finding SEC-1 (HRI). Roles are wide. Cut them.\n"), expected);
    assert_eq!(said("**Finding SEC-1 (HRI).** Roles are wide. Cut them.\n"), expected);
}

#[test]
fn indented_pairs_hang_on_the_line_above() {
    let markdown =
        "load balancer\n    name: main\n    listener\n        port: 443\n    logs: none\nnames\n    zone: a\n";
    let expected = [
        "Pair [load balancer] name: main",
        "Pair [load balancer / listener] port: 443",
        "Pair [load balancer] logs: none",
        "Pair [names] zone: a",
    ];
    assert_eq!(said(markdown), expected);
}

#[test]
fn a_sentence_may_go_on_indented() {
    assert_eq!(
        said("The data of all customers is\n    encrypted.\n"),
        ["Sentence [] The data of all customers is encrypted."]
    );
    assert_eq!(
        said("4.2.1 All data SHALL be kept safe\n      and backed up.\n"),
        ["Sentence [] 4.2.1 All data SHALL be kept safe and backed up."]
    );
}

#[test]
fn a_pair_ends_where_the_next_begins() {
    let markdown = "Words of prose come first\nzone signing (dnssec): not done, the registrar does not support it\nhealth check: https on /ping\n";
    let expected =
        ["zone signing (dnssec): not done, the registrar does not support it", "health check: https on /ping"];
    let read: Vec<String> = read(markdown).statements.into_iter().map(|statement| statement.text).collect();
    assert_eq!(read[1..], expected);
}

#[test]
fn numbers_are_no_part_of_keys() {
    assert_eq!(pairs("6.2 copies: nightly\n6.3 vault lock: no\n")[1], ("vault lock".to_owned(), "no".to_owned()));
}

#[test]
fn the_sentences_of_an_answer_are_stated_each() {
    let statements =
        read("1.4 Are servers public?\nNo. Only the balancer is. The databases sit in private subnets.\n").statements;
    let values: Vec<&str> = statements.iter().map(|statement| statement.value.as_str()).collect();
    assert_eq!(values, ["No. Only the balancer is.", "The databases sit in private subnets."]);
    assert_eq!(statements[1].key, "Are servers public?");
    assert_eq!(statements[1].lines.to_string(), "2");
    assert_eq!(statements[1].parents, ["Are servers public?"]);
}

#[test]
fn who_speaks_is_no_key() {
    let cases = [
        "**@ruo** commented: flow logs are off.\n",
        "@ruo wrote: flow logs are off.\n",
        "**@ruo**: flow logs are off.\n",
        "- @ruo: flow logs are off.\n",
    ];
    for markdown in cases {
        assert_eq!(said(markdown), ["Sentence [@ruo] flow logs are off."], "{markdown}");
    }
    assert_eq!(said("@ruo commented:\n\n> Flow logs are off.\n"), ["Sentence [@ruo] Flow logs are off."]);
}

#[test]
fn names_of_pictures_are_no_words() {
    assert_eq!(said("Delete the key :grimacing:\n"), ["Sentence [] Delete the key"]);
    assert_eq!(pairs("- delete it :grimacing:\n"), [(String::new(), String::new())]);
    assert_eq!(said("Use main :latest and a:b: c.\n"), ["Pair [] Use main :latest and a:b: c."]);
}

#[test]
fn quotes_answer_and_alerts_are_parents() {
    assert_eq!(pairs("> WAF? Nope, too expensive.\n"), [("WAF".to_owned(), "Nope, too expensive.".to_owned())]);
    let markdown = "> [!NOTE]\n> Backups are on.\n> - logs: off\n";
    assert_eq!(said(markdown), ["Sentence [Note] Backups are on.", "Bullet [Note] logs: off"]);
    let details = "<details>\n<summary>Logs</summary>\n\n- on: yes\n\n</details>\n";
    assert_eq!(said(details), ["Bullet [Logs] on: yes"]);
}
