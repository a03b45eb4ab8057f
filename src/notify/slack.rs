//! Slack: one message a digest, posted to an incoming webhook.
//!
//! The webhook's address is all that is needed to post, so it is a secret: it is read for each message, and
//! taken out of everything that is told about a failure.

use std::net::IpAddr;
use std::time::Duration;

use aws_config::SdkConfig;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, Url, redirect};

use super::blocks;
use super::digest::Digest;
use super::error::Refusal;
use super::secret::{Secret, SecretSource};
use crate::text;

/// How long one message may take, and how long of that the connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Timeouts {
    pub connect: Duration,
    pub whole: Duration,
}

impl Default for Timeouts {
    fn default() -> Timeouts {
        Timeouts { connect: Duration::from_secs(5), whole: Duration::from_secs(20) }
    }
}

/// The longest that an answer may make us wait. A wrong header must not silence a channel for good.
const LONGEST_WAIT: Duration = Duration::from_secs(3_600);

/// What is read of an answer's body, in bytes. Slack's are a word long.
const LONGEST_ANSWER: usize = 2_048;

/// An incoming webhook.
#[derive(Debug, Clone)]
pub(super) struct Webhook {
    source: SecretSource,
    sdk: SdkConfig,
    timeouts: Timeouts,
}

impl Webhook {
    /// The webhook whose address is kept at `source`.
    pub(super) fn new(source: SecretSource, sdk: &SdkConfig) -> Webhook {
        Webhook { source, sdk: sdk.clone(), timeouts: Timeouts::default() }
    }

    pub(super) fn source(&self) -> &SecretSource {
        &self.source
    }

    pub(super) async fn send(&self, digest: &Digest) -> Result<(), Refusal> {
        let address = self.source.read(&self.sdk).await.map_err(|error| Refusal {
            cause: error.to_string(),
            help: Some(error.help()),
            retryable: error.retryable(),
            retry_after: None,
        })?;
        let url = parse(&address).map_err(|cause| {
            Refusal::lasting(format!("what {} holds {cause}", self.source))
                .help("store the address that Slack gave: https://hooks.slack.com/services/...")
        })?;
        let client = client(&url, self.timeouts)
            .map_err(|error| Refusal::lasting(format!("cannot set up HTTPS: {}", causes(error, &address))))?;
        let answer = client.post(url).json(&blocks::body(digest)).send().await;
        let answer = answer.map_err(|error| Refusal::passing(format!("no answer: {}", causes(error, &address))))?;
        self.judge(answer, &address).await
    }

    async fn judge(&self, answer: Response, address: &Secret) -> Result<(), Refusal> {
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        let retry_after = retry_after(answer.headers());
        let word = hide(&read_answer(answer).await, address);
        let cause = format!("Slack answered HTTP {}{}{word}", status.as_u16(), if word.is_empty() { "" } else { ", " });
        let passing = status.is_server_error()
            || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY);
        let refusal = if passing { Refusal::passing(cause) } else { Refusal::lasting(cause) };
        let refusal = Refusal { retry_after: retry_after.filter(|_| passing), ..refusal };
        Err(match help(status, &word) {
            Some(help) if !passing => refusal.help(help.replace("{source}", &self.source.to_string())),
            _ => refusal,
        })
    }
}

/// What to do about an answer that stays the same.
/// <https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling_errors>
fn help(status: StatusCode, word: &str) -> Option<&'static str> {
    match word {
        "no_service" | "no_service_id" | "no_active_hooks" | "invalid_token" | "no_team" | "team_disabled" => {
            Some("the webhook was removed or disabled: make a new one in Slack and store its address in {source}")
        }
        "channel_not_found" | "channel_is_archived" => {
            Some("the webhook's channel is gone: make a webhook for another one and store its address in {source}")
        }
        "action_prohibited" | "posting_to_general_channel_denied" | "user_not_found" => {
            Some("the workspace forbids this post: ask its administrator, or make a webhook for another channel")
        }
        "invalid_payload" | "invalid_blocks" | "no_text" | "msg_blocks_too_long" | "too_many_attachments" => {
            Some("plumbline wrote a message that Slack does not take: this is a bug, please report it")
        }
        _ if status.is_redirection() => Some("redirects are not followed: store the webhook's own address in {source}"),
        _ if status == StatusCode::NOT_FOUND || status == StatusCode::GONE || status == StatusCode::FORBIDDEN => {
            Some("see that the address in {source} is a webhook that still exists")
        }
        _ => None,
    }
}

/// A webhook's address: HTTPS, or plain HTTP to this very machine, where tests and relays listen.
fn parse(address: &Secret) -> Result<Url, &'static str> {
    let url = Url::parse(address.expose()).map_err(|_| "is no address")?;
    match url.scheme() {
        "https" if url.has_host() => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err("is a plain http address, which would show the secret to the network"),
        _ => Err("is no https address"),
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let ip: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
    host == "localhost" || ip.is_some_and(|ip| ip.is_loopback())
}

/// A client for one message. Proxies are taken from the environment, but for this very machine.
fn client(url: &Url, timeouts: Timeouts) -> reqwest::Result<Client> {
    // Fails only where a provider is installed already; then that one serves.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = Client::builder()
        .user_agent(concat!("plumbline/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .connect_timeout(timeouts.connect)
        .timeout(timeouts.whole);
    if is_loopback(url) { builder.no_proxy().build() } else { builder.build() }
}

/// How long an answer asks to be left alone: in seconds, or until a time, by the answer's own clock.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name| headers.get(name).and_then(|value: &reqwest::header::HeaderValue| value.to_str().ok());
    let time = |text: &str| -> Option<Timestamp> { Some(rfc2822::parse(text).ok()?.timestamp()) };
    let asked = text(RETRY_AFTER)?;
    let wait = match asked.trim().parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => Duration::try_from(time(asked)?.duration_since(time(text(DATE)?)?)).ok()?,
    };
    Some(wait.min(LONGEST_WAIT))
}

async fn read_answer(mut answer: Response) -> String {
    let mut body = Vec::new();
    while body.len() < LONGEST_ANSWER {
        match answer.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            // The status says enough.
            Ok(None) | Err(_) => break,
        }
    }
    body.truncate(LONGEST_ANSWER);
    text::cut(&text::line(&String::from_utf8_lossy(&body)), 200).into_owned()
}

/// An error with its causes in one line, without the address.
fn causes(error: reqwest::Error, address: &Secret) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut next = std::error::Error::source(&error);
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    hide(&text::line(&text), address)
}

/// A text from which the address is taken, and each part of its path that may be a token.
fn hide(text: &str, address: &Secret) -> String {
    const SHORTEST_TOKEN: usize = 6;
    let address = address.expose();
    let tokens = address.split(['/', '?', '&', '=', '#']).skip(3).filter(|part| part.len() >= SHORTEST_TOKEN);
    let hidden = text.replace(address, "***");
    tokens.filter(|token| *token != "services").fold(hidden, |text, token| text.replace(token, "***"))
}

#[cfg(test)]
mod tests;
