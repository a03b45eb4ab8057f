use std::io::Write;

use super::*;
use crate::notify::testing::{Reply, TestServer, sdk};

const WEBHOOK: &str = "https://hooks.slack.com/services/T00000000/B00000000/invented0token0invented0";

async fn read(source: &str, sdk: &SdkConfig) -> Result<Secret, SecretError> {
    SecretSource::parse(source).read(sdk).await
}

fn offline() -> SdkConfig {
    sdk("http://127.0.0.1:9")
}

#[test]
fn sources_read_as_they_are_written() {
    let secret = |id: &str, key: Option<&str>| SecretSource::SecretsManager {
        id: id.to_owned(),
        json_key: key.map(str::to_owned),
    };
    let arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:slack-AbCdEf";
    let parameter = "arn:aws:ssm:eu-west-1:111122223333:parameter/plumbline/slack";
    for (text, source) in [
        ("env:SLACK_WEBHOOK", SecretSource::Env("SLACK_WEBHOOK".to_owned())),
        ("file:/run/secrets/slack", SecretSource::File("/run/secrets/slack".into())),
        ("secretsmanager:plumbline/slack", secret("plumbline/slack", None)),
        ("secretsmanager:plumbline/slack#url", secret("plumbline/slack", Some("url"))),
        (arn, secret(arn, None)),
        (&format!("{arn}#url"), secret(arn, Some("url"))),
        ("ssm:/plumbline/slack", SecretSource::Parameter("/plumbline/slack".to_owned())),
        (parameter, SecretSource::Parameter(parameter.to_owned())),
    ] {
        assert_eq!(SecretSource::parse(text), source);
        assert_eq!(SecretSource::parse(&source.to_string().replace("#url", "")).to_string(), source.to_string());
    }
}

#[test]
fn a_pasted_secret_is_neither_kept_nor_shown() {
    for prefix in ["", "env:", "file:", "secretsmanager:", "ssm:", "vault:"] {
        let source = SecretSource::parse(&format!("{prefix}{WEBHOOK}"));
        assert_eq!(source, SecretSource::Unrecognised, "{prefix}");
        assert!(!format!("{source:?} {source}").contains("invented"));
    }
    for empty in ["", "env:", "file:", "ssm:", "secretsmanager:", "secretsmanager:a#", "xoxb-1-invented"] {
        assert_eq!(SecretSource::parse(empty), SecretSource::Unrecognised, "{empty}");
    }
    assert_eq!(format!("{:?}", Secret::new(WEBHOOK)), "Secret(***)");
}

#[tokio::test]
async fn a_file_is_read_without_its_last_newline() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "{WEBHOOK}").unwrap();
    let source = format!("file:{}", file.path().display());
    assert_eq!(read(&source, &offline()).await.unwrap().expose(), WEBHOOK);

    let missing = read("file:/nowhere/slack", &offline()).await.unwrap_err();
    assert!(missing.to_string().starts_with("cannot read `/nowhere/slack`: "), "{missing}");
    assert!(!missing.retryable());
    let folder = read("file:/", &offline()).await.unwrap_err();
    assert!(matches!(folder, SecretError::NotSmallFile(_)), "{folder}");
    let empty = tempfile::NamedTempFile::new().unwrap();
    let empty = read(&format!("file:{}", empty.path().display()), &offline()).await.unwrap_err();
    assert!(matches!(empty, SecretError::Empty(_)), "{empty}");
}

#[tokio::test]
async fn the_environment_is_read() {
    assert!(!read("env:PATH", &offline()).await.unwrap().expose().is_empty());
    let error = read("env:PLUMBLINE_TEST_NOT_SET", &offline()).await.unwrap_err();
    assert_eq!(error.to_string(), "environment variable `PLUMBLINE_TEST_NOT_SET` is not set");
    assert!(error.help().contains("PLUMBLINE_TEST_NOT_SET"));
}

#[tokio::test]
async fn secrets_manager_is_asked_in_the_region_of_the_arn() {
    let body = serde_json::json!({ "SecretString": serde_json::json!({ "url": WEBHOOK, "n": 1 }).to_string() });
    let server = TestServer::start(vec![Reply::new(200, body.to_string())]);
    let arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:slack-AbCdEf";
    let secret = read(&format!("{arn}#url"), &server.sdk()).await.unwrap();
    assert_eq!(secret.expose(), WEBHOOK);
    let request = &server.requests()[0];
    assert_eq!(request.headers["x-amz-target"], "secretsmanager.GetSecretValue");
    assert!(request.headers["authorization"].contains("/eu-west-1/secretsmanager/"), "{request:?}");
    assert_eq!(serde_json::from_str::<serde_json::Value>(&request.body).unwrap()["SecretId"], arn);

    for key in ["absent", "n"] {
        let error = read(&format!("{arn}#{key}"), &server.sdk()).await.unwrap_err();
        assert!(matches!(error, SecretError::NoSuchKey(_)), "{error}");
        assert!(!format!("{error} {error:?}").contains("invented"));
    }
}

#[tokio::test]
async fn the_parameter_store_is_asked_to_decrypt() {
    let body = serde_json::json!({ "Parameter": { "Name": "/slack", "Type": "SecureString", "Value": WEBHOOK } });
    let server = TestServer::start(vec![Reply::new(200, body.to_string())]);
    assert_eq!(read("ssm:/slack", &server.sdk()).await.unwrap().expose(), WEBHOOK);
    let request = &server.requests()[0];
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&request.body).unwrap(),
        serde_json::json!({ "Name": "/slack", "WithDecryption": true })
    );
    assert!(request.headers["authorization"].contains("/us-east-1/ssm/"));
}

#[tokio::test]
async fn a_denied_read_lasts_and_a_throttled_one_passes() {
    let denied =
        r#"{"__type":"AccessDeniedException","Message":"not authorized to perform secretsmanager:GetSecretValue"}"#;
    let throttled = r#"{"__type":"ThrottlingException","message":"Rate exceeded"}"#;
    let server = TestServer::start(vec![Reply::new(400, denied), Reply::new(400, throttled), Reply::new(500, "")]);
    let error = read("secretsmanager:slack", &server.sdk()).await.unwrap_err();
    assert!(!error.retryable());
    assert!(error.to_string().starts_with("cannot read secretsmanager:slack: AccessDeniedException: "), "{error}");
    assert!(error.help().contains("grant secretsmanager:GetSecretValue"));
    assert!(read("ssm:/slack", &server.sdk()).await.unwrap_err().retryable());
    assert!(read("ssm:/slack", &server.sdk()).await.unwrap_err().retryable());
    assert!(read("ssm:/slack", &offline()).await.unwrap_err().retryable());
}
