use proptest::prelude::*;

use super::*;
use crate::notify::sample;
use crate::notify::testing::{change, digest, large_digest, noon, small_digest};

/// All texts of a message, each with the limit that Slack sets.
fn texts(body: &Value) -> Vec<(String, usize)> {
    let mut texts = Vec::new();
    for block in body["blocks"].as_array().unwrap() {
        match block["type"].as_str().unwrap() {
            "header" => texts.push((block["text"]["text"].as_str().unwrap().to_owned(), 150)),
            "section" => texts.push((block["text"]["text"].as_str().unwrap().to_owned(), 3_000)),
            "context" => {
                for element in block["elements"].as_array().unwrap() {
                    texts.push((element["text"].as_str().unwrap().to_owned(), 3_000));
                }
            }
            other => panic!("unexpected block {other}"),
        }
    }
    texts
}

fn assert_within_limits(body: &Value) {
    assert!(body["blocks"].as_array().unwrap().len() <= 50);
    assert!(body["blocks"].to_string().len() <= 12_000, "{} bytes of blocks", body["blocks"].to_string().len());
    for (text, longest) in texts(body) {
        assert!(!text.is_empty(), "Slack refuses empty texts");
        assert!(text.encode_utf16().count() <= longest, "{} characters: {text}", text.len());
    }
}

#[test]
fn a_message_holds_the_findings() {
    let body = body(&small_digest());
    assert_within_limits(&body);
    let texts: Vec<String> = texts(&body).into_iter().map(|(text, _)| text).collect();
    insta::assert_snapshot!(texts.join("\n---\n"), @"
    plumbline: 1 critical, 1 high opened; 1 high came back; 1 medium closed in production
    ---
    :red_circle: *critical opened*: what rds-not-public looks for (`rds-not-public`)
    • `orders` (AWS::RDS::DBInstance, eu-west-1, production (111122223333)): orders is not as it should be
    *Fix*:
    ```aws rds modify-db-instance --db-instance-identifier orders```
    ---
    :large_orange_circle: *high opened*: what rds-multi-az looks for (`rds-multi-az`)
    • `orders` (AWS::RDS::DBInstance, eu-west-1, production (111122223333)): orders is not as it should be
    *Fix*:
    ```aws rds modify-db-instance --db-instance-identifier orders```
    ---
    :large_orange_circle: *high came back*: what rds-encrypted looks for (`rds-encrypted`)
    • `ledger` (AWS::RDS::DBInstance, eu-west-1, production (111122223333)): ledger is not as it should be
    *Fix*:
    ```aws rds modify-db-instance --db-instance-identifier ledger```
    ---
    :white_check_mark: *closed, was medium*: what rds-backups looks for (`rds-backups`)
    • `scratch` (AWS::RDS::DBInstance, eu-west-1, production (111122223333)): the resource is gone
    ---
    open now: 1 critical, 3 high · audited as of 2026-04-01T12:00:00Z
    ");
    assert_eq!(body["text"], small_digest().headline());
    assert_eq!(body["blocks"][1]["text"]["verbatim"], true);
}

#[test]
fn what_one_check_found_is_one_section() {
    let opened = (0..12).map(|number| change("rds-multi-az", Severity::High, &format!("db-{number:02}"))).collect();
    let body = body(&digest(opened, vec![], vec![]));
    let sections = texts(&body);
    assert_eq!(sections.len(), 3, "header, one section, closing line");
    assert!(sections[1].0.contains("db-00") && sections[1].0.contains("db-04") && !sections[1].0.contains("db-05"));
    assert!(sections[1].0.contains("\nand 7 more\n*Fix* (the first of them):\n```aws rds"));
}

#[test]
fn a_thousand_changes_fit_and_the_rest_is_counted() {
    let digest = large_digest(1_000);
    let body = body(&digest);
    assert_within_limits(&body);
    let texts = texts(&body);
    assert!(texts[1].0.starts_with(":red_circle: *critical opened*"));
    let more = &texts[texts.len() - 2].0;
    assert!(more.starts_with("and ") && more.ends_with("`plumbline findings list` shows all."), "{more}");
    // What is shown, what its sections count, and what is left out make a thousand.
    let number = |text: &str| text.split("and ").last().and_then(|rest| rest.split(' ').next()?.parse::<usize>().ok());
    let shown: usize = texts[1..texts.len() - 2]
        .iter()
        .map(|(text, _)| {
            let hidden = text.lines().find(|line| line.starts_with("and ")).and_then(number).unwrap_or(0);
            text.matches("\n• ").count() + hidden
        })
        .sum();
    assert_eq!(shown + number(more).unwrap(), 1_000);
}

#[test]
fn nothing_in_a_name_becomes_markup() {
    let mut evil = change("rds-multi-az", Severity::High, "<!channel> `*x*`");
    evil.message = "see <https://evil.example|here> & <@U123>\nand *bold*".to_owned();
    let body = body(&digest(vec![evil], vec![], vec![]));
    let section = &texts(&body)[1].0;
    assert!(!section.contains(['<', '>']), "{section}");
    assert!(section.contains("`&lt;!channel&gt; '*x*'`"), "{section}");
    assert!(section.contains("see &lt;https://evil.example|here&gt; &amp; &lt;@U123&gt; and *bold*"), "{section}");
}

#[test]
fn a_command_is_whole_or_not_there() {
    let mut long = change("rds-multi-az", Severity::High, "orders");
    long.remediation = format!("aws {}", "x ".repeat(600));
    let body = body(&digest(vec![long], vec![], vec![]));
    assert!(!texts(&body)[1].0.contains("Fix"));
}

#[test]
fn a_test_says_that_it_is_one() {
    let body = body(&sample(noon()));
    assert!(texts(&body)[0].0.starts_with("plumbline test: "));
    assert_within_limits(&body);
}

#[test]
fn escaped_text_is_cut_between_characters() {
    assert_eq!(escape("a&b", 7), "a&amp;b");
    assert_eq!(escape("a&&b", 9), "a&amp;…");
    assert_eq!(escape("日本語", 8), "日…");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn any_text_stays_within_the_limits(
        texts in proptest::collection::vec((any::<String>(), ".{0,4000}", "[&<>\u{1f600}`]{0,900}"), 1..12)
    ) {
        let changes = texts.into_iter().enumerate().map(|(number, (id, message, fix))| {
            let mut change = change(&format!("check-{number}"), Severity::High, &id);
            change.title.clone_from(&message);
            change.account_name = Some(message.clone());
            (change.message, change.remediation) = (message, fix);
            change
        });
        assert_within_limits(&body(&digest(changes.collect(), vec![], vec![])));
    }
}
