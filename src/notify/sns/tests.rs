use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::finding::Severity;
use crate::notify::testing::{
    Reply, TestServer, change, claims_digest, digest, large_claims_digest, large_digest, sdk, small_digest,
};

const TOPIC: &str = "arn:aws:sns:eu-west-1:111122223333:alerts";

const PUBLISHED: &str = "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishResult>\
    <MessageId>m-1</MessageId></PublishResult><ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata>\
    </PublishResponse>";

fn error(code: &str) -> String {
    format!(
        "<ErrorResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><Error><Type>Sender</Type><Code>{code}</Code>\
         <Message>it says why</Message></Error><RequestId>r-1</RequestId></ErrorResponse>"
    )
}

/// A form's fields, decoded.
fn form(body: &str) -> BTreeMap<String, String> {
    let url = reqwest::Url::parse(&format!("http://localhost/?{body}")).unwrap();
    url.query_pairs().into_owned().collect()
}

async fn publish(
    topic_arn: &str,
    replies: Vec<Reply>,
    digest: &Digest,
) -> (Result<(), Refusal>, Vec<BTreeMap<String, String>>) {
    let server = TestServer::start(replies);
    let sent = Topic::new(topic_arn, &server.sdk()).unwrap().send(digest).await;
    (sent, server.requests().iter().map(|request| form(&request.body)).collect())
}

fn message_of(publication: &Publication) -> Value {
    serde_json::from_str(&publication.message).unwrap()
}

fn size(publication: &Publication) -> usize {
    let attributes = publication.attributes.iter().map(|a| a.name.len() + a.data_type.len() + a.value.len());
    publication.message.len() + attributes.sum::<usize>()
}

#[tokio::test]
async fn a_digest_is_one_publication_with_attributes_to_filter_on() {
    let (sent, forms) = publish(TOPIC, vec![Reply::new(200, PUBLISHED)], &small_digest()).await;
    sent.unwrap();
    assert_eq!(forms.len(), 1);
    let form = &forms[0];
    assert_eq!(form["Action"], "Publish");
    assert_eq!(form["TopicArn"], TOPIC);
    assert_eq!(form["MessageStructure"], "json");
    assert!(!form.contains_key("MessageGroupId"));
    let attributes: Vec<(&str, &str, &str)> = (1..=4)
        .map(|number| {
            let field = |name: &str| form[&format!("MessageAttributes.entry.{number}.{name}")].as_str();
            (field("Name"), field("Value.DataType"), field("Value.StringValue"))
        })
        .collect();
    let sorted: std::collections::BTreeSet<_> = attributes.into_iter().collect();
    assert_eq!(
        sorted.into_iter().collect::<Vec<_>>(),
        [
            ("account_id", "String.Array", r#"["111122223333"]"#),
            ("dedup_key", "String", "audit-7"),
            ("kind", "String.Array", r#"["opened","came_back","closed"]"#),
            ("severity", "String", "critical"),
        ]
    );
}

#[tokio::test]
async fn the_region_of_the_topic_is_called() {
    let server = TestServer::start(vec![Reply::new(200, PUBLISHED)]);
    Topic::new(TOPIC, &server.sdk()).unwrap().send(&small_digest()).await.unwrap();
    assert!(server.requests()[0].headers["authorization"].contains("/eu-west-1/sns/"));
}

#[tokio::test]
async fn a_fifo_topic_gets_a_group_and_a_deduplication_id() {
    let mut digest = small_digest();
    let (sent, forms) = publish(&format!("{TOPIC}.fifo"), vec![Reply::new(200, PUBLISHED)], &digest).await;
    sent.unwrap();
    assert_eq!(forms[0]["MessageGroupId"], "plumbline");
    assert_eq!(forms[0]["MessageDeduplicationId"], "audit-7");

    digest.dedup_key = format!("with blanks {}", "x".repeat(200));
    let id = Publication::of(&digest).unwrap().dedup_id;
    assert_eq!(id.len(), 64);
    assert_eq!(id, Publication::of(&digest).unwrap().dedup_id);
}

#[test]
fn programs_get_json_mailboxes_text_and_phones_a_line() {
    let publication = Publication::of(&small_digest()).unwrap();
    let message = message_of(&publication);
    let default: Digest = serde_json::from_str(message["default"].as_str().unwrap()).unwrap();
    assert_eq!(default, small_digest().cut_to(4));
    assert_eq!(message["sms"], small_digest().headline());
    insta::assert_snapshot!(message["email"].as_str().unwrap(), @"
    plumbline: 1 critical, 1 high opened; 1 high came back; 1 medium closed in production
    audited as of 2026-04-01T12:00:00Z, open now: 1 critical, 3 high

    OPENED

    CRITICAL  rds-not-public: what rds-not-public looks for
      AWS::RDS::DBInstance orders in eu-west-1, production (111122223333)
      orders is not as it should be
      fix: aws rds modify-db-instance --db-instance-identifier orders

    HIGH  rds-multi-az: what rds-multi-az looks for
      AWS::RDS::DBInstance orders in eu-west-1, production (111122223333)
      orders is not as it should be
      fix: aws rds modify-db-instance --db-instance-identifier orders

    CAME BACK

    HIGH  rds-encrypted: what rds-encrypted looks for
      AWS::RDS::DBInstance ledger in eu-west-1, production (111122223333)
      ledger is not as it should be
      fix: aws rds modify-db-instance --db-instance-identifier ledger

    CLOSED

    MEDIUM  rds-backups: what rds-backups looks for
      AWS::RDS::DBInstance scratch in eu-west-1, production (111122223333)
      the resource is gone; failed since 2026-03-30T08:00:00Z
    ");
    assert_eq!(
        publication.subject,
        "plumbline: 1 critical, 1 high opened; 1 high came back; 1 medium closed in production"
    );
}

#[test]
fn claims_are_told_to_programs_mailboxes_and_filters() {
    let publication = Publication::of(&claims_digest()).unwrap();
    let message = message_of(&publication);
    let default: Digest = serde_json::from_str(message["default"].as_str().unwrap()).unwrap();
    assert_eq!(default, claims_digest().cut_to(usize::MAX));
    let kinds = &publication.attributes.iter().find(|attribute| attribute.name == "kind").unwrap().value;
    assert_eq!(
        kinds,
        r#"["contradicted","opened","attestations_expired","attestations_expiring","claims_closed","mended"]"#
    );
    insta::assert_snapshot!(message["email"].as_str().unwrap(), @r#"
    plumbline: 2 claims contradicted; 1 critical opened; 1 attestation expired; 1 attestation expiring soon; 1 stated gap closed; 1 claim no longer contradicted in production
    audited as of 2026-04-01T12:00:00Z, open now: 1 critical, 3 high

    CONTRADICTED

    club-app.md:20, production (111122223333)
      the document says done: "rds-encrypted is so"
      the account: rds-encrypted is otherwise
      fix: aws mend rds-encrypted
      or correct the document at club-app.md:20

    club-app.md:66, production (111122223333)
      the document says done: "rds-multi-az is so"
      the account: rds-multi-az is otherwise
      fix: aws mend rds-multi-az
      or correct the document at club-app.md:66

    OPENED

    CRITICAL  rds-not-public: what rds-not-public looks for
      AWS::RDS::DBInstance orders in eu-west-1, production (111122223333)
      orders is not as it should be
      fix: aws rds modify-db-instance --db-instance-identifier orders

    ATTESTATIONS EXPIRED

    att-dr-plan: club-app.md, production (111122223333)
      jo vouched for it until 2026-04-01T12:00:00Z
      evidence: https://clubapp.example/plan
      renew: plumbline attest att-dr-plan --by NAME --evidence LINK --account 111122223333 --document club-app.md

    ATTESTATIONS EXPIRING SOON

    att-bcp: every document, every account
      jo vouches for it until 2026-04-01T12:00:00Z
      evidence: https://clubapp.example/plan
      renew: plumbline attest att-bcp --by NAME --evidence LINK

    STATED GAPS CLOSED

    club-app.md:90, production (111122223333)
      the document says missing: "logs-retention is so"
      it is there now: logs-retention is otherwise
      the document can say that it is done

    NO LONGER CONTRADICTED

    club-app.md:12, production (111122223333)
      the document says missing: "nat-per-zone is so"
      had been contradicted since 2026-03-30T08:00:00Z; now: the document now says missing; nat-per-zone is otherwise
    "#);
}

#[test]
fn the_subject_is_short_ascii() {
    let mut digest = small_digest().above(Severity::Critical);
    digest.accounts[0].name = Some("Größe\nΩ\u{1b}[31m".to_owned());
    let subject = subject(&digest);
    assert_eq!(subject, "plumbline: 1 critical opened in Gr??e ?\\u{1b}[31m");
    digest.accounts[0].name = Some("n".repeat(200));
    assert_eq!(super::subject(&digest).len(), 99);
}

#[test]
fn a_thousand_changes_fit_and_the_rest_is_counted() {
    let cases = [(100, true), (1_000, false), (5_000, false)];
    let digests = cases.map(|(changes, all)| (large_digest(changes), changes, all)).into_iter();
    let claims = (large_claims_digest(5_000), 5_000, false);
    for (digest, changes, all) in digests.chain([claims]) {
        let publication = Publication::of(&digest).unwrap();
        assert!(size(&publication) <= 262_144, "{changes}: {}", size(&publication));
        let default: Digest = serde_json::from_str(message_of(&publication)["default"].as_str().unwrap()).unwrap();
        assert_eq!(default.len() + default.left_out.total() as usize, changes);
        assert_eq!(default.left_out.total() == 0, all, "{changes}");
        if !all {
            assert!(size(&publication) > 250_000, "as much as fits: {}", size(&publication));
        }
    }
}

#[test]
fn the_limit_holds_for_many_accounts() {
    let mut digest = large_digest(15_000);
    let account =
        |number| crate::notify::DigestAccount { account_id: format!("{number:012}"), name: Some("n".repeat(40)) };
    digest.accounts = (0..20_000).map(account).collect();
    for (number, change) in digest.opened.iter_mut().enumerate() {
        change.account_id = format!("{number:012}");
    }
    let publication = Publication::of(&digest).unwrap();
    assert!(size(&publication) <= 262_144, "{}", size(&publication));
    let account_ids = &publication.attributes.iter().find(|a| a.name == "account_id").unwrap().value;
    assert!(account_ids.len() <= LARGEST_ACCOUNTS + 2);
    assert!(serde_json::from_str::<Vec<String>>(account_ids).unwrap().len() > 4_000);
}

#[test]
fn the_limit_holds_for_long_texts() {
    let mut digest = large_digest(150);
    for change in &mut digest.opened {
        change.message = "\"\u{1}日".repeat(5_000);
        change.resource_id = "\\".repeat(5_000);
    }
    let publication = Publication::of(&digest).unwrap();
    assert!(size(&publication) <= 262_144, "{}", size(&publication));
    let message = message_of(&publication);
    assert!(message["email"].as_str().unwrap().len() <= 32 * 1024);
    let default: Digest = serde_json::from_str(message["default"].as_str().unwrap()).unwrap();
    assert!(default.len() > 5 && default.left_out.total() > 0);
}

#[tokio::test]
async fn refusals_pass_or_last() {
    for (status, code, retryable, told) in [
        (403, "AuthorizationError", false, "grant sns:Publish"),
        (404, "NotFound", false, "`topic_arn` is right"),
        (400, "InvalidParameter", false, ""),
        (400, "KMSDisabled", false, "kms:GenerateDataKey"),
        (400, "KMSThrottling", true, "kms:GenerateDataKey"),
        (400, "Throttling", true, ""),
        (500, "InternalError", true, ""),
        (403, "ExpiredToken", true, ""),
    ] {
        let (sent, _) = publish(TOPIC, vec![Reply::new(status, error(code))], &small_digest()).await;
        let refusal = sent.unwrap_err();
        assert_eq!(refusal.retryable, retryable, "{code}: {}", refusal.cause);
        assert_eq!(refusal.cause, format!("cannot publish to {TOPIC}: {code}: it says why"));
        assert!(refusal.help.unwrap_or_default().contains(told), "{code}");
    }
    let refusal = Topic::new(TOPIC, &sdk("http://127.0.0.1:9")).unwrap().send(&small_digest()).await.unwrap_err();
    assert!(refusal.retryable);
}

#[test]
fn only_topics_are_topics() {
    let sdk = sdk("http://127.0.0.1:9");
    assert!(Topic::new("arn:aws-us-gov:sns:us-gov-west-1:111122223333:a.fifo", &sdk).is_some());
    for arn in [
        "",
        "alerts",
        "arn:aws:sqs:eu-west-1:111122223333:alerts",
        "arn:aws:sns::111122223333:alerts",
        "arn:aws:sns:eu-west-1:1111:alerts",
        "arn:aws:sns:eu-west-1:111122223333:",
        "arn:aws:sns:eu-west-1:111122223333:alerts:6b0e71bd-subscription",
    ] {
        assert!(Topic::new(arn, &sdk).is_none(), "{arn}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn any_text_makes_a_publication_within_the_limit(id in any::<String>(), message in ".{0,3000}", changes in 0usize..120) {
        let changed = |number| {
            let mut change = change(&format!("check-{number}"), Severity::High, &id);
            change.message.clone_from(&message);
            change.remediation.clone_from(&message);
            change
        };
        let digest = digest((0..changes).map(changed).collect(), vec![], vec![]);
        let publication = Publication::of(&digest).unwrap();
        prop_assert!(size(&publication) <= 262_144);
        let default: Digest = serde_json::from_str(message_of(&publication)["default"].as_str().unwrap()).unwrap();
        prop_assert_eq!(default.len() + default.left_out.total() as usize, changes);
        prop_assert!(publication.subject.len() < 100 && publication.subject.is_ascii());
    }
}
