//! SNS: one publication a digest. Subscribers get it as JSON, mailboxes as text, phones as one line.

use aws_config::SdkConfig;
use aws_sdk_sns::error::DisplayErrorContext;
use aws_sdk_sns::types::MessageAttributeValue;
use aws_types::region::Region;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::digest::Digest;
use super::error::{Refusal, passes};
use super::readable;
use crate::aws::Failure;
use crate::inventory::GapKind;
use crate::text;

/// What message and attributes together may have, in bytes. A topic can be set to take more.
/// <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>
const LARGEST: usize = 262_144;

/// "Less than 100 characters", in ASCII.
const LONGEST_SUBJECT: usize = 99;

/// What fits into one short message, in bytes.
const LONGEST_SMS: usize = 140;

/// What the ids of accounts may take of [`LARGEST`], in bytes: some 4,000 accounts.
const LARGEST_ACCOUNTS: usize = 64 * 1024;

/// All digests of a FIFO topic keep their order.
const MESSAGE_GROUP: &str = "plumbline";

/// An SNS topic.
#[derive(Debug, Clone)]
pub(super) struct Topic {
    arn: String,
    client: aws_sdk_sns::Client,
}

/// What is published of a digest.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Publication {
    pub subject: String,
    pub message: String,
    pub attributes: Vec<Attribute>,
    pub dedup_id: String,
}

/// A message attribute: name, type and value, for subscription filter policies.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Attribute {
    pub name: &'static str,
    pub data_type: &'static str,
    pub value: String,
}

impl Topic {
    /// The topic of this ARN, with a client for its Region. `None` where it is no topic's ARN.
    pub(super) fn new(arn: &str, sdk: &SdkConfig) -> Option<Topic> {
        let parts: Vec<&str> = arn.split(':').collect();
        let ["arn", partition, "sns", region, account_id, name] = parts.as_slice() else {
            return None;
        };
        let is_account = account_id.len() == 12 && account_id.bytes().all(|b| b.is_ascii_digit());
        if partition.is_empty() || region.is_empty() || name.is_empty() || !is_account {
            return None;
        }
        let config = sdk.to_builder().region(Region::new((*region).to_owned())).build();
        Some(Topic { arn: arn.to_owned(), client: aws_sdk_sns::Client::new(&config) })
    }

    pub(super) fn arn(&self) -> &str {
        &self.arn
    }

    pub(super) async fn send(&self, digest: &Digest) -> Result<(), Refusal> {
        let publication = Publication::of(digest)
            .map_err(|error| Refusal::lasting(format!("the digest cannot be written as JSON: {error}")))?;
        let mut request = self
            .client
            .publish()
            .topic_arn(&self.arn)
            .subject(publication.subject)
            .message_structure("json")
            .message(publication.message);
        for attribute in publication.attributes {
            let value = MessageAttributeValue::builder()
                .data_type(attribute.data_type)
                .string_value(attribute.value)
                .build()
                .map_err(|error| Refusal::lasting(DisplayErrorContext(error).to_string()))?;
            request = request.message_attributes(attribute.name, value);
        }
        if self.arn.ends_with(".fifo") {
            request = request.message_group_id(MESSAGE_GROUP).message_deduplication_id(publication.dedup_id);
        }
        let answer = request.send().await.map_err(|error| self.refusal(&error))?;
        tracing::debug!(topic = %self.arn, message_id = answer.message_id, "published");
        Ok(())
    }

    fn refusal(&self, error: &aws_sdk_sns::error::SdkError<aws_sdk_sns::operation::publish::PublishError>) -> Refusal {
        let failure = Failure::from_sdk(error);
        // The one throttle that AWS does not name as such.
        let retryable = passes(error, &failure) || failure.is(&["KMSThrottling", "KMSThrottlingException"]);
        let cause = format!("cannot publish to {}: {}", self.arn, failure.message);
        let refusal = if retryable { Refusal::passing(cause) } else { Refusal::lasting(cause) };
        match failure.kind {
            GapKind::Denied => refusal.help("grant sns:Publish on the topic, and look at the topic's own policy"),
            _ if failure.is(&["NotFound", "NotFoundException"]) => {
                refusal.help("see that `topic_arn` is right and the topic is there")
            }
            _ if failure.code.as_deref().is_some_and(|code| code.starts_with("KMS")) => refusal.help(
                "allow kms:GenerateDataKey and kms:Decrypt on the key that encrypts the topic, and see that it is enabled",
            ),
            _ => refusal,
        }
    }
}

impl Publication {
    /// Writes a digest so that it fits. `default` is the JSON, because all protocols but two are read by
    /// programs, and so it is in the message once.
    pub(super) fn of(digest: &Digest) -> Result<Publication, serde_json::Error> {
        let attributes = attributes(digest);
        let used: usize = attributes.iter().map(|a| a.name.len() + a.data_type.len() + a.value.len()).sum();
        let room = LARGEST - used.min(LARGEST);
        Ok(Publication {
            subject: subject(digest),
            message: fit(digest, room)?,
            attributes,
            dedup_id: dedup_id(&digest.dedup_key),
        })
    }
}

/// The longest message that fits: with as many changes as possible, found by halving.
fn fit(digest: &Digest, room: usize) -> Result<String, serde_json::Error> {
    let (mail, line) = (readable::mail(digest), text::cut(&digest.headline(), LONGEST_SMS).into_owned());
    let message = |cut: &Digest| {
        let json = serde_json::to_string(cut)?;
        serde_json::to_string(&json!({ "default": json, "email": mail, "sms": line }))
    };
    let whole = message(&digest.cut_to(usize::MAX))?;
    if whole.len() <= room {
        return Ok(whole);
    }
    let mut best = message(&digest.cut_to(0))?;
    if best.len() > room {
        best = message(&Digest { accounts: Vec::new(), ..digest.cut_to(0) })?;
    }
    let (mut fits, mut too_many) = (0, digest.len());
    while too_many - fits > 1 {
        let middle = fits + (too_many - fits) / 2;
        let tried = message(&digest.cut_to(middle))?;
        if tried.len() <= room {
            (fits, best) = (middle, tried);
        } else {
            too_many = middle;
        }
    }
    Ok(best)
}

/// What filter policies can match, for all changes, those that did not fit into the message included:
///
/// * `severity`: the highest (`String`);
/// * `account_id`: the accounts in which something changed (`String.Array`);
/// * `kind`: the names of the lists that are not empty: `opened`, `came_back`, `closed`, `contradicted`, `claims_closed`,
///   `mended`, `attestations_expired`, `attestations_expiring` (`String.Array`);
/// * `dedup_key`: the same for each delivery of the same digest (`String`).
fn attributes(digest: &Digest) -> Vec<Attribute> {
    let array = |values: Vec<&str>| json!(values).to_string();
    let mut account_ids = Vec::new();
    let mut size = 0;
    for account_id in digest.changed_accounts() {
        size += account_id.len() + r#""","#.len();
        if size > LARGEST_ACCOUNTS {
            break;
        }
        account_ids.push(account_id);
    }
    let mut attributes = Vec::new();
    if let Some(severity) = digest.worst() {
        attributes.push(Attribute { name: "severity", data_type: "String", value: severity.to_string() });
    }
    if !account_ids.is_empty() {
        attributes.push(Attribute { name: "account_id", data_type: "String.Array", value: array(account_ids) });
    }
    let kinds: Vec<&str> = digest.kinds().into_iter().map(|kind| kind.as_str()).collect();
    if !kinds.is_empty() {
        attributes.push(Attribute { name: "kind", data_type: "String.Array", value: array(kinds) });
    }
    attributes.push(Attribute { name: "dedup_key", data_type: "String", value: dedup_id(&digest.dedup_key) });
    attributes
}

fn subject(digest: &Digest) -> String {
    let ascii: String =
        digest.headline().chars().map(|c| if c == ' ' || c.is_ascii_graphic() { c } else { '?' }).collect();
    if ascii.len() <= LONGEST_SUBJECT { ascii } else { format!("{}...", &ascii[..LONGEST_SUBJECT - 3]) }
}

/// The key itself where SNS takes it, else its hash.
fn dedup_id(key: &str) -> String {
    let is_taken = (1..=128).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic());
    if is_taken { key.to_owned() } else { format!("{:x}", Sha256::digest(key)) }
}

#[cfg(test)]
mod tests;
