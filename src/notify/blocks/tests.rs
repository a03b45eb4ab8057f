use proptest::prelude::*;

use super::*;
use crate::notify::sample;
use crate::notify::testing::{
    attestation, change, claim, claims_digest, digest, large_claims_digest, large_digest, noon, small_digest,
};

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
fn a_message_holds_claims_and_attestations() {
    let body = body(&claims_digest());
    assert_within_limits(&body);
    let texts: Vec<String> = texts(&body).into_iter().map(|(text, _)| text).collect();
    insta::assert_snapshot!(texts[1..texts.len() - 1].join("\n---\n"), @"
    :warning: *contradicted*: club-app.md, production (111122223333)
    • The document says “rds-encrypted is so” (`club-app.md:20`); the account: rds-encrypted is otherwise
    • The document says “rds-multi-az is so” (`club-app.md:66`); the account: rds-multi-az is otherwise
    *Fix* (the first of them), or correct the document:
    ```aws mend rds-encrypted```
    ---
    :red_circle: *critical opened*: what rds-not-public looks for (`rds-not-public`)
    • `orders` (AWS::RDS::DBInstance, eu-west-1, production (111122223333)): orders is not as it should be
    *Fix*:
    ```aws rds modify-db-instance --db-instance-identifier orders```
    ---
    :hourglass: *attestations expired*
    • `att-dr-plan` (club-app.md, production (111122223333)): jo vouched for it until 2026-04-01T12:00:00Z; evidence: https://clubapp.example/plan
    *Renew*:
    ```plumbline attest att-dr-plan --by NAME --evidence LINK --account 111122223333 --document club-app.md```
    ---
    :hourglass: *attestations expiring soon*
    • `att-bcp` (every document, every account): jo vouches for it until 2026-04-01T12:00:00Z; evidence: https://clubapp.example/plan
    *Renew*:
    ```plumbline attest att-bcp --by NAME --evidence LINK```
    ---
    :white_check_mark: *no longer contradicted*: club-app.md, production (111122223333)
    • “nat-per-zone is so” (`club-app.md:12`): the document now says missing; nat-per-zone is otherwise
    ---
    :white_check_mark: *stated gaps closed*: club-app.md, production (111122223333)
    • The document says missing: “logs-retention is so” (`club-app.md:90`); it is there now: logs-retention is otherwise
    The document can say that it is done.
    ");
}

#[test]
fn what_one_document_claims_is_one_section() {
    let mut digest = digest(vec![], vec![], vec![]);
    digest.contradicted = (0..12).map(|number| claim(&format!("claim-{number:02}"), number + 1)).collect();
    digest.attestations_expired = (0..12).map(|number| attestation(&format!("att-{number:02}"))).collect();
    let body = body(&digest);
    let sections = texts(&body);
    assert_eq!(sections.len(), 4, "header, two sections, closing line");
    assert!(sections[1].0.contains("club-app.md:5") && !sections[1].0.contains("club-app.md:6"));
    assert!(
        sections[1]
            .0
            .contains("\nand 7 more\n*Fix* (the first of them), or correct the document:\n```aws mend claim-00")
    );
    assert!(sections[2].0.contains("\nand 7 more\n*Renew* (the first of them):\n```plumbline attest att-00 --by"));
}

#[test]
fn a_thousand_claims_fit_and_the_rest_is_counted_with_where_to_find_it() {
    let mut digest = large_claims_digest(1_000);
    for claim in &mut digest.contradicted {
        claim.text = "said ".repeat(500);
        claim.reason = "seen ".repeat(500);
    }
    let body = body(&digest);
    assert_within_limits(&body);
    let texts = texts(&body);
    assert!(texts[1].0.starts_with(":warning: *contradicted*: document-0.md"), "{}", texts[1].0);
    let more = &texts[texts.len() - 2].0;
    let commands = "`plumbline claims list` and `plumbline findings list` and `plumbline attest list` show all.";
    assert!(more.starts_with("and ") && more.ends_with(commands), "{more}");
}

#[test]
fn nothing_in_a_document_becomes_markup() {
    let mut evil = claim("x", 1);
    (evil.document, evil.text) =
        ("<!channel> `*x*`.md".to_owned(), "see <https://evil.example|here> & <@U123>".to_owned());
    let attestation = crate::notify::AttestationChange { by: "<@U123>".to_owned(), ..attestation("att-`x`; rm") };
    let digest =
        Digest { contradicted: vec![evil], attestations_expired: vec![attestation], ..digest(vec![], vec![], vec![]) };
    for (text, _) in &texts(&body(&digest))[1..3] {
        assert!(!text.contains(['<', '>']), "{text}");
        assert_eq!(text.matches('`').count() % 2, 0, "{text}");
    }
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
