//! The queues themselves: receiving, hiding, deleting, and giving to the dead.

use std::fmt;
use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{
    ChangeMessageVisibilityBatchRequestEntry, DeleteMessageBatchRequestEntry, MessageAttributeValue,
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;

use crate::aws::{Access, Failure, Fleet};
use crate::config::{EventSettings, Queue};
use crate::inventory::GapKind;

/// The most messages of one call.
const BATCH: usize = 10;

/// The longest that SQS waits for a message.
pub const LONGEST_POLL: Duration = Duration::from_secs(20);

/// So long a message is hidden from others, unless it is hidden again.
pub const HIDDEN: Duration = Duration::from_secs(120);

/// The queue that events come from, and the one for those that cannot be used.
#[derive(Debug)]
pub struct Queues {
    queue: End,
    dead: Option<End>,
}

#[derive(Debug)]
struct End {
    client: Client,
    queue: Queue,
}

/// A message as it was received.
#[derive(Debug)]
pub struct Message {
    /// What it is deleted and hidden by.
    pub handle: String,
    /// What it says.
    pub body: String,
}

/// Why a queue did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueError(String);

impl fmt::Display for QueueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Queues {
    /// The queues of a configuration, reached with the identity that started the daemon.
    pub async fn new(settings: &EventSettings, fleet: &Fleet, profile: Option<&str>) -> Queues {
        let sdk = fleet.sdk_config(&Access { profile: profile.map(str::to_owned), ..Access::default() }).await;
        Queues {
            queue: End::new(&settings.queue, &sdk),
            dead: settings.dead_letters.as_ref().map(|queue| End::new(queue, &sdk)),
        }
    }

    /// Waits so long for messages, and receives up to ten of them.
    ///
    /// # Errors
    ///
    /// What went wrong, with what to do.
    pub async fn receive(&self, wait: Duration) -> Result<Vec<Message>, QueueError> {
        let request = self.queue.client.receive_message().queue_url(&self.queue.queue.url);
        let request =
            request.max_number_of_messages(10).wait_time_seconds(seconds(wait)).visibility_timeout(seconds(HIDDEN));
        let answer =
            request.send().await.map_err(|error| self.queue.error("receive from", "sqs:ReceiveMessage", &error))?;
        let messages = answer.messages.unwrap_or_default().into_iter();
        Ok(messages
            .filter_map(|message| {
                Some(Message { handle: message.receipt_handle?, body: message.body.unwrap_or_default() })
            })
            .collect())
    }

    /// Deletes messages.
    ///
    /// # Errors
    ///
    /// What went wrong: the messages come again then.
    pub async fn delete(&self, handles: &[&str]) -> Result<(), QueueError> {
        for batch in handles.chunks(BATCH) {
            let entries = batch.iter().enumerate().map(|(number, handle)| {
                DeleteMessageBatchRequestEntry::builder().id(number.to_string()).receipt_handle(*handle).build()
            });
            let entries: Vec<_> = entries.flatten().collect();
            let request = self.queue.client.delete_message_batch().queue_url(&self.queue.queue.url);
            let answer = request.set_entries(Some(entries)).send().await;
            let answer = answer.map_err(|error| self.queue.error("delete from", "sqs:DeleteMessage", &error))?;
            if let Some(failed) = answer.failed.first() {
                return Err(self.queue.refused("delete from", &failed.code));
            }
        }
        Ok(())
    }

    /// Hides messages from others for so long, from now on.
    ///
    /// # Errors
    ///
    /// What went wrong: the messages may come again while they are worked on.
    pub async fn hide(&self, handles: &[&str], how_long: Duration) -> Result<(), QueueError> {
        for batch in handles.chunks(BATCH) {
            let entries = batch.iter().enumerate().map(|(number, handle)| {
                let entry = ChangeMessageVisibilityBatchRequestEntry::builder().id(number.to_string());
                entry.receipt_handle(*handle).visibility_timeout(seconds(how_long)).build()
            });
            let entries: Vec<_> = entries.flatten().collect();
            let request = self.queue.client.change_message_visibility_batch().queue_url(&self.queue.queue.url);
            let answer = request.set_entries(Some(entries)).send().await;
            let action = "sqs:ChangeMessageVisibility";
            let answer = answer.map_err(|error| self.queue.error("hide messages of", action, &error))?;
            if let Some(failed) = answer.failed.first() {
                return Err(self.queue.refused("hide messages of", &failed.code));
            }
        }
        Ok(())
    }

    /// Gives a message that cannot be used to the dead-letter queue, if there is one, and deletes it.
    ///
    /// # Errors
    ///
    /// What went wrong: the message stays in the queue then.
    pub async fn bury(&self, message: &Message, why: &str) -> Result<(), QueueError> {
        if let Some(dead) = &self.dead {
            let reason = MessageAttributeValue::builder().data_type("String").string_value(why).build();
            let mut request = dead.client.send_message().queue_url(&dead.queue.url).message_body(&message.body);
            if let Ok(reason) = reason {
                request = request.message_attributes("reason", reason);
            }
            request.send().await.map_err(|error| dead.error("send to", "sqs:SendMessage", &error))?;
        }
        self.delete(&[&message.handle]).await
    }

    /// Whether what cannot be used is kept somewhere.
    pub fn keeps_dead(&self) -> bool {
        self.dead.is_some()
    }
}

impl End {
    fn new(queue: &Queue, sdk: &SdkConfig) -> End {
        let mut config = aws_sdk_sqs::config::Builder::from(sdk);
        if let Some(region) = &queue.region {
            config = config.region(Region::new(region.clone()));
        }
        // SQS answers when a message comes, or after the longest poll.
        let attempt = LONGEST_POLL.saturating_add(Duration::from_secs(10));
        let mut timeouts = TimeoutConfig::builder().operation_attempt_timeout(attempt).operation_timeout(attempt * 2);
        timeouts.set_connect_timeout(sdk.timeout_config().and_then(TimeoutConfig::connect_timeout));
        let client = Client::from_conf(config.timeout_config(timeouts.build()).build());
        End { client, queue: queue.clone() }
    }

    fn error<E>(&self, doing: &str, action: &str, error: &SdkError<E, HttpResponse>) -> QueueError
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let failure = Failure::from_sdk(error);
        let missing = failure.code.as_deref().is_some_and(|code| {
            code.contains("NonExistentQueue") || code.contains("QueueDoesNotExist") || code == "InvalidAddress"
        });
        let help = match failure.kind {
            _ if missing => "make the queue, or correct its name, account and Region in `[daemon.events]`".to_owned(),
            GapKind::Denied => {
                format!("grant {action} on it to the daemon's identity, and look at the queue's own policy")
            }
            GapKind::Credentials => "renew the daemon's credentials".to_owned(),
            GapKind::Unreachable => "check the network, the Region of the queue and the endpoint".to_owned(),
            _ => "it is tried again".to_owned(),
        };
        QueueError(format!("cannot {doing} the queue `{}`: {}; {help}", self.queue.url, failure.message))
    }

    fn refused(&self, doing: &str, code: &str) -> QueueError {
        QueueError(format!("cannot {doing} the queue `{}`: {code}; it is tried again", self.queue.url))
    }
}

fn seconds(duration: Duration) -> i32 {
    i32::try_from(duration.as_secs()).unwrap_or(i32::MAX)
}
