//! Why a digest was not delivered, and whether to try again.

use std::error::Error;
use std::time::Duration;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::aws::Failure;
use crate::inventory::GapKind;

/// A digest that a channel did not take. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot send to channel `{channel}`: {cause}")]
pub struct SendError {
    /// The channel's name in the configuration.
    pub channel: String,
    /// What happened, in one line.
    pub cause: String,
    /// What to do, where there is something to do.
    pub help: Option<String>,
    /// Whether it may work later by itself. Otherwise somebody has to change something first.
    pub retryable: bool,
    /// How long the channel asks to be left alone.
    pub retry_after: Option<Duration>,
}

/// The same, before it is known for which channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub cause: String,
    pub help: Option<String>,
    pub retryable: bool,
    pub retry_after: Option<Duration>,
}

impl Refusal {
    /// Somebody has to change something first.
    pub(super) fn lasting(cause: impl Into<String>) -> Refusal {
        Refusal { cause: cause.into(), help: None, retryable: false, retry_after: None }
    }

    /// It may work later.
    pub(super) fn passing(cause: impl Into<String>) -> Refusal {
        Refusal { retryable: true, ..Refusal::lasting(cause) }
    }

    pub(super) fn help(self, help: impl Into<String>) -> Refusal {
        Refusal { help: Some(help.into()), ..self }
    }

    pub(super) fn of_channel(self, channel: &str) -> SendError {
        SendError {
            channel: channel.to_owned(),
            cause: self.cause,
            help: self.help,
            retryable: self.retryable,
            retry_after: self.retry_after,
        }
    }
}

/// Whether a failed AWS call may work later without anybody's doing. Credentials count as such: those of roles
/// are renewed by themselves.
pub(super) fn passes<E>(error: &SdkError<E, HttpResponse>, failure: &Failure) -> bool
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match failure.kind {
        GapKind::Throttled | GapKind::Unreachable | GapKind::Credentials | GapKind::Interrupted => true,
        GapKind::Denied | GapKind::RegionDisabled | GapKind::NotCollected => false,
        GapKind::Error => match error {
            SdkError::ServiceError(context) => context.raw().status().is_server_error(),
            SdkError::ResponseError(_) => true,
            _ => false,
        },
    }
}
