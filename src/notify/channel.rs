//! Channels: what the configuration says of one, and sending to it.

use std::fmt;

use aws_config::SdkConfig;
use serde::Deserialize;

use super::digest::Digest;
use super::error::SendError;
use super::secret::{SecretError, SecretSource};
use super::slack::Webhook;
use super::sns::Topic;
use crate::finding::Severity;

/// One channel of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum ChannelConfig {
    /// An SNS topic.
    Sns(SnsConfig),
    /// A Slack channel.
    Slack(SlackConfig),
}

/// An SNS topic.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SnsConfig {
    /// The topic's ARN. Its Region is the one that is called.
    pub topic_arn: String,
    /// Only changes of this severity and above are told.
    #[serde(default = "default_min_severity")]
    pub min_severity: Severity,
}

/// A Slack channel.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlackConfig {
    /// Where the address of the incoming webhook is kept.
    pub webhook: SecretSource,
    /// Only changes of this severity and above are told.
    #[serde(default = "default_min_severity")]
    pub min_severity: Severity,
}

fn default_min_severity() -> Severity {
    Severity::Medium
}

/// A channel that the configuration describes wrongly.
#[derive(Debug, thiserror::Error)]
pub enum ChannelError {
    /// `topic_arn` is something else.
    #[error(
        "`topic_arn` of channel `{channel}` is no topic's ARN: `{topic_arn}`; write arn:aws:sns:REGION:ACCOUNT:NAME"
    )]
    TopicArn {
        /// The channel's name.
        channel: String,
        /// What is written.
        topic_arn: String,
    },
    /// `webhook` is something else: perhaps the secret itself, so it is not shown.
    #[error("`webhook` of channel `{channel}` cannot be used: {problem}; {}", problem.help())]
    Webhook {
        /// The channel's name.
        channel: String,
        /// What is wrong with it.
        problem: Box<SecretError>,
    },
}

/// Somewhere to tell people what changed.
#[derive(Debug, Clone)]
pub struct Channel {
    name: String,
    min_severity: Severity,
    way: Way,
}

#[derive(Debug, Clone)]
enum Way {
    Sns(Topic),
    Slack(Box<Webhook>),
}

impl Channel {
    /// The channel that the configuration calls `name`. `sdk` holds the credentials to publish and to read
    /// secrets with, and the Region of secrets that are not named by ARN.
    ///
    /// # Errors
    ///
    /// The configuration is wrong. Nothing is called or read before a digest is sent.
    pub fn new(name: impl Into<String>, config: &ChannelConfig, sdk: &SdkConfig) -> Result<Channel, ChannelError> {
        let channel = name.into();
        let (way, min_severity) = match config {
            ChannelConfig::Sns(SnsConfig { topic_arn, min_severity }) => match Topic::new(topic_arn, sdk) {
                Some(topic) => (Way::Sns(topic), *min_severity),
                None => return Err(ChannelError::TopicArn { channel, topic_arn: topic_arn.clone() }),
            },
            ChannelConfig::Slack(SlackConfig { webhook: SecretSource::Unrecognised, .. }) => {
                return Err(ChannelError::Webhook { channel, problem: Box::new(SecretError::Unrecognised) });
            }
            ChannelConfig::Slack(SlackConfig { webhook, min_severity }) => {
                (Way::Slack(Box::new(Webhook::new(webhook.clone(), sdk))), *min_severity)
            }
        };
        Ok(Channel { name: channel, min_severity, way })
    }

    /// Its name in the configuration.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The severity from which on it is told.
    pub fn min_severity(&self) -> Severity {
        self.min_severity
    }

    /// Whether this digest holds anything that the channel wants to hear.
    pub fn wants(&self, digest: &Digest) -> bool {
        !digest.above(self.min_severity).is_empty()
    }

    /// Delivers a digest, as far as it is severe enough. What is not wanted is not sent, which is no error.
    ///
    /// # Errors
    ///
    /// The channel did not take it, or did not say that it has: it may arrive twice, with the same `dedup_key`.
    pub async fn send(&self, digest: &Digest) -> Result<(), SendError> {
        let digest = digest.above(self.min_severity);
        if digest.is_empty() {
            return Ok(());
        }
        let sent = match &self.way {
            Way::Sns(topic) => topic.send(&digest).await,
            Way::Slack(webhook) => webhook.send(&digest).await,
        };
        sent.map_err(|refusal| refusal.of_channel(&self.name))
    }
}

/// `ops (SNS arn:aws:sns:...)`.
impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.way {
            Way::Sns(topic) => write!(f, "{} (SNS {})", self.name, topic.arn()),
            Way::Slack(webhook) => write!(f, "{} (Slack, webhook from {})", self.name, webhook.source()),
        }
    }
}

#[cfg(test)]
mod tests;
