use serde_json::json;

use super::*;
use crate::notify::testing::{Reply, TestServer, change, digest, sdk, small_digest};

const TOPIC: &str = "arn:aws:sns:eu-west-1:111122223333:alerts";

fn config(json: serde_json::Value) -> Result<ChannelConfig, serde_json::Error> {
    serde_json::from_value(json)
}

#[test]
fn a_configuration_reads_as_it_is_written() {
    let sns = config(json!({ "kind": "sns", "topic_arn": TOPIC, "min_severity": "high" })).unwrap();
    assert_eq!(sns, ChannelConfig::Sns(SnsConfig { topic_arn: TOPIC.to_owned(), min_severity: Severity::High }));
    let slack = config(json!({ "kind": "slack", "webhook": "env:SLACK_WEBHOOK" })).unwrap();
    let webhook = SecretSource::Env("SLACK_WEBHOOK".to_owned());
    assert_eq!(slack, ChannelConfig::Slack(SlackConfig { webhook, min_severity: Severity::Medium }));
}

#[test]
fn a_configuration_reads_from_toml() {
    let text = "kind = \"sns\"\ntopic_arn = \"arn:aws:sns:eu-west-1:111122223333:alerts\"\n";
    assert!(matches!(toml::from_str::<ChannelConfig>(text).unwrap(), ChannelConfig::Sns(_)));
}

#[test]
fn a_wrong_configuration_is_refused() {
    for (json, told) in [
        (json!({ "kind": "sns", "topic": TOPIC }), "unknown field `topic`"),
        (json!({ "kind": "slack", "webhook": "env:A", "color": "red" }), "unknown field `color`"),
        (json!({ "kind": "slack" }), "missing field `webhook`"),
        (json!({ "kind": "pager" }), "unknown variant `pager`"),
        (json!({ "kind": "sns", "topic_arn": TOPIC, "min_severity": "bad" }), "unknown variant `bad`"),
    ] {
        let error = config(json).unwrap_err().to_string();
        assert!(error.contains(told), "{error}");
    }
}

#[test]
fn a_channel_that_cannot_work_is_refused_by_name_and_without_secrets() {
    let sdk = sdk("http://127.0.0.1:9");
    let sns = config(json!({ "kind": "sns", "topic_arn": "alerts" })).unwrap();
    assert_eq!(
        Channel::new("ops", &sns, &sdk).unwrap_err().to_string(),
        "`topic_arn` of channel `ops` is no topic's ARN: `alerts`; write arn:aws:sns:REGION:ACCOUNT:NAME"
    );
    let pasted =
        config(json!({ "kind": "slack", "webhook": "https://hooks.slack.com/services/T/B/invented" })).unwrap();
    assert!(!format!("{pasted:?}").contains("invented"));
    let error = Channel::new("ops", &pasted, &sdk).unwrap_err();
    insta::assert_snapshot!(error, @"`webhook` of channel `ops` cannot be used: it does not say where the secret is kept; write env:NAME, file:PATH, secretsmanager:NAME[#key], ssm:/path or an ARN; never the secret itself");
    assert!(!format!("{error} {error:?}").contains("invented"));
}

#[tokio::test]
async fn only_what_is_severe_enough_is_sent() {
    let server = TestServer::start(vec![Reply::new(200, "ok")]);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), server.url("/services/invented")).unwrap();
    let slack =
        json!({ "kind": "slack", "webhook": format!("file:{}", file.path().display()), "min_severity": "high" });
    let channel = Channel::new("ops", &config(slack).unwrap(), &server.sdk()).unwrap();

    let quiet = digest(vec![change("a", Severity::Medium, "x")], vec![], vec![]);
    assert!(!channel.wants(&quiet));
    channel.send(&quiet).await.unwrap();
    assert!(server.requests().is_empty(), "an empty digest is not sent");

    assert!(channel.wants(&small_digest()));
    channel.send(&small_digest()).await.unwrap();
    assert!(!server.requests()[0].body.contains("medium"));
}

#[tokio::test]
async fn an_error_names_the_channel() {
    let server = TestServer::start(vec![Reply::new(429, "rate_limited").header("Retry-After", "7")]);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), server.url("/services/invented")).unwrap();
    let slack = json!({ "kind": "slack", "webhook": format!("file:{}", file.path().display()) });
    let channel = Channel::new("ops", &config(slack).unwrap(), &server.sdk()).unwrap();
    let error = channel.send(&small_digest()).await.unwrap_err();
    assert_eq!(error.to_string(), "cannot send to channel `ops`: Slack answered HTTP 429, rate_limited");
    assert_eq!(error.retry_after, Some(std::time::Duration::from_secs(7)));
    assert!(channel.to_string().starts_with("ops (Slack, webhook from file:"));
}
