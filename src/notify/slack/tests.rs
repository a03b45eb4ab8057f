use std::io::Write;
use std::time::Instant;

use serde_json::Value;

use super::*;
use crate::notify::testing::{Reply, TestServer, large_digest, sdk, small_digest};

const PATH: &str = "/services/T00000000/B00000000/invented0token0invented0";

/// A webhook at this address, kept in a file that lives as long as the test.
fn webhook(address: &str) -> (Webhook, tempfile::NamedTempFile) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "{address}").unwrap();
    let source = SecretSource::parse(&format!("file:{}", file.path().display()));
    (Webhook::new(source, &sdk("http://127.0.0.1:9")), file)
}

async fn send_to(server: &TestServer, digest: &Digest) -> Result<(), Refusal> {
    let (webhook, _file) = webhook(&server.url(PATH));
    webhook.send(digest).await
}

async fn refusal_of(reply: Reply) -> Refusal {
    send_to(&TestServer::start(vec![reply]), &small_digest()).await.unwrap_err()
}

#[tokio::test]
async fn a_message_is_posted_as_json() {
    let server = TestServer::start(vec![Reply::new(200, "ok")]);
    send_to(&server, &small_digest()).await.unwrap();
    let requests = server.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!((requests[0].method.as_str(), requests[0].path.as_str()), ("POST", PATH));
    assert_eq!(requests[0].headers["content-type"], "application/json");
    let body: Value = serde_json::from_str(&requests[0].body).unwrap();
    assert_eq!(body, blocks::body(&small_digest()));
}

#[tokio::test]
async fn a_thousand_changes_are_one_message() {
    let server = TestServer::start(vec![Reply::new(200, "ok")]);
    send_to(&server, &large_digest(1_000)).await.unwrap();
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn too_many_requests_pass_after_the_time_asked_for() {
    let refusal = refusal_of(Reply::new(429, "rate_limited").header("Retry-After", "30")).await;
    assert!(refusal.retryable);
    assert_eq!(refusal.retry_after, Some(Duration::from_secs(30)));
    assert_eq!(refusal.cause, "Slack answered HTTP 429, rate_limited");

    let dated = Reply::new(503, "")
        .header("Date", "Wed, 01 Apr 2026 12:00:00 GMT")
        .header("Retry-After", "Wed, 01 Apr 2026 12:02:00 GMT");
    assert_eq!(refusal_of(dated).await.retry_after, Some(Duration::from_secs(120)));

    for (asked, wait) in [("999999999", Some(LONGEST_WAIT)), ("soon", None), ("-1", None)] {
        let refusal = refusal_of(Reply::new(429, "").header("Retry-After", asked)).await;
        assert_eq!((refusal.retryable, refusal.retry_after), (true, wait), "{asked}");
    }
}

#[tokio::test]
async fn a_server_error_passes() {
    for status in [408, 500, 502, 503] {
        assert!(refusal_of(Reply::new(status, "rollup_error")).await.retryable, "{status}");
    }
}

#[tokio::test]
async fn a_removed_webhook_lasts_and_says_what_to_do() {
    let refusal = refusal_of(Reply::new(404, "no_service")).await;
    assert!(!refusal.retryable);
    assert_eq!(refusal.cause, "Slack answered HTTP 404, no_service");
    let help = refusal.help.unwrap();
    assert!(
        help.starts_with("the webhook was removed or disabled: make a new one in Slack and store its address in file:"),
        "{help}"
    );

    for (status, word, told) in [
        (410, "channel_is_archived", "channel is gone"),
        (403, "action_prohibited", "workspace forbids"),
        (400, "invalid_blocks", "report it"),
        (403, "<html>Forbidden</html>", "still exists"),
    ] {
        let refusal = refusal_of(Reply::new(status, word)).await;
        assert!(!refusal.retryable, "{word}");
        assert!(refusal.help.unwrap().contains(told), "{word}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let target = TestServer::start(vec![Reply::new(200, "ok")]);
    let refusal = refusal_of(Reply::new(302, "").header("Location", target.url("/"))).await;
    assert!(!refusal.retryable);
    assert!(refusal.help.unwrap().starts_with("redirects are not followed"));
    assert!(target.requests().is_empty());
}

#[tokio::test]
async fn a_slow_answer_is_given_up() {
    let slow = Reply { after: Duration::from_secs(30), ..Reply::new(200, "ok") };
    let server = TestServer::start(vec![slow]);
    let (mut webhook, _file) = webhook(&server.url(PATH));
    webhook.timeouts.whole = Duration::from_millis(200);
    let started = Instant::now();
    let refusal = webhook.send(&small_digest()).await.unwrap_err();
    assert!(refusal.retryable);
    assert!(refusal.cause.starts_with("no answer: "), "{}", refusal.cause);
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn no_server_passes() {
    let (webhook, _file) = webhook(&format!("http://127.0.0.1:9{PATH}"));
    let refusal = webhook.send(&small_digest()).await.unwrap_err();
    assert!(refusal.retryable);
    assert!(refusal.cause.starts_with("no answer: ") && refusal.cause.contains("refused"), "{}", refusal.cause);
}

#[tokio::test]
async fn the_address_shows_nowhere() {
    let server = TestServer::start(vec![Reply::new(404, format!("no webhook at {PATH}, or invented0token0invented0"))]);
    let (webhook, _file) = webhook(&server.url(PATH));
    let told = format!("{:?} {webhook:?}", webhook.send(&small_digest()).await.unwrap_err());
    assert!(!told.contains("invented0token"), "{told}");
    assert!(!told.contains("B00000000"), "{told}");

    let (webhook, _file) = self::webhook(&format!("http://127.0.0.1:9{PATH}"));
    let told = format!("{:?}", webhook.send(&small_digest()).await.unwrap_err());
    assert!(!told.contains("services"), "{told}");
}

#[tokio::test]
async fn only_https_leaves_the_machine() {
    for (address, told) in [
        ("http://hooks.slack.com/services/invented", "plain http"),
        ("ftp://hooks.slack.com/services/invented", "no https address"),
        ("hooks.slack.com/services/invented", "no address"),
        ("http://127.0.0.1.evil.example/invented", "plain http"),
    ] {
        let (webhook, _file) = webhook(address);
        let refusal = webhook.send(&small_digest()).await.unwrap_err();
        assert!(!refusal.retryable);
        assert!(refusal.cause.contains(told), "{}", refusal.cause);
        assert!(!format!("{refusal:?}").contains("invented"));
    }
    for address in
        ["https://hooks.slack.com/services/x", "http://localhost:1/x", "http://[::1]:1/x", "http://127.1.2.3/"]
    {
        assert!(parse(&Secret::new(address)).is_ok(), "{address}");
    }
}

#[test]
fn a_client_for_https_can_be_made() {
    let url = Url::parse("https://hooks.slack.com/").unwrap();
    client(&url, Timeouts::default()).unwrap();
}
