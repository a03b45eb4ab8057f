//! What went wrong with a call, in the few kinds that matter to an audit.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::whole::CutAnswer;
use crate::inventory::{Gap, GapKind, Operation};

/// Error codes of throttling, in every protocol's spelling.
pub const THROTTLE_CODES: &[&str] = &[
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottledException",
    "RequestThrottled",
    "TooManyRequestsException",
    "TooManyRequests",
    "RequestLimitExceeded",
    "BandwidthLimitExceeded",
    "SlowDown",
    "EC2ThrottledException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "TransactionInProgressException",
];

const DENIED_CODES: &[&str] = &[
    "AccessDenied",
    "AccessDeniedException",
    "UnauthorizedOperation",
    "UnauthorizedAccess",
    "UnauthorizedException",
    "AuthorizationError",
    "AuthorizationErrorException",
    "NotAuthorized",
    "NotAuthorizedException",
    "Forbidden",
    "AllAccessDisabled",
];

const CREDENTIALS_CODES: &[&str] = &[
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "RequestExpired",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "SignatureDoesNotMatch",
    "InvalidSignatureException",
    "InvalidAccessKeyId",
    "InvalidToken",
    "MissingAuthenticationToken",
];

const REGION_CODES: &[&str] = &["OptInRequired", "InvalidOptInStatus", "RegionDisabledException"];

/// How services refuse credentials in a Region that is not enabled for the account: it does not know them.
const UNKNOWN_THERE: &[&str] =
    &["AuthFailure", "InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "InvalidToken"];

/// A failed call.
#[derive(Debug, Clone)]
pub struct Failure {
    /// What kind of failure it is.
    pub kind: GapKind,
    /// AWS's error code, where there is one.
    pub code: Option<String>,
    /// AWS's message, or what the transport said, in one line.
    pub message: String,
}

impl Failure {
    /// Reads an SDK error.
    pub fn from_sdk<E>(error: &SdkError<E, HttpResponse>) -> Failure
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        match error {
            SdkError::ServiceError(context) => {
                let status = context.raw().status().as_u16();
                let code = context.err().code().map(str::to_owned);
                let kind = kind_of(code.as_deref(), status);
                let message = match (&code, context.err().message()) {
                    (Some(code), Some(message)) => format!("{code}: {message}"),
                    (Some(code), None) => code.clone(),
                    (None, Some(message)) => format!("HTTP {status}: {message}"),
                    (None, None) if context.raw().status().is_success() => unreadable(status, error),
                    (None, None) => format!("HTTP {status} with an answer that is no AWS error"),
                };
                Failure { kind, code, message: one_line(&message) }
            }
            SdkError::ResponseError(context) => {
                let status = context.raw().status().as_u16();
                Failure { kind: kind_of(None, status), code: None, message: one_line(&unreadable(status, error)) }
            }
            SdkError::TimeoutError(_) => {
                Failure { kind: GapKind::Unreachable, code: None, message: "no answer in time".to_owned() }
            }
            _ if has_source::<CredentialsError>(error) => {
                Failure { kind: GapKind::Credentials, code: None, message: one_line(&chain(error)) }
            }
            SdkError::DispatchFailure(_) => {
                Failure { kind: GapKind::Unreachable, code: None, message: one_line(&chain(error)) }
            }
            _ => Failure { kind: GapKind::Error, code: None, message: one_line(&chain(error)) },
        }
    }

    /// The same failure of a call to another Region than the one in which the credentials have shown to be good.
    pub fn elsewhere(self) -> Failure {
        if self.is(UNKNOWN_THERE) { Failure { kind: GapKind::RegionDisabled, ..self } } else { self }
    }

    /// A failure of our own finding: an answer that breaks the API's contract.
    pub fn broken(message: impl Into<String>) -> Failure {
        Failure { kind: GapKind::Error, code: None, message: message.into() }
    }

    /// Whether AWS answered with one of these codes.
    pub fn is(&self, codes: &[&str]) -> bool {
        self.code.as_deref().is_some_and(|code| codes.contains(&code))
    }

    /// The gap that this failure leaves.
    pub fn gap(&self, operation: &Operation) -> Gap {
        Gap::new(self.kind, operation, self.message.clone())
    }
}

fn kind_of(code: Option<&str>, status: u16) -> GapKind {
    match code {
        Some(code) if DENIED_CODES.contains(&code) => GapKind::Denied,
        Some(code) if THROTTLE_CODES.contains(&code) => GapKind::Throttled,
        Some(code) if CREDENTIALS_CODES.contains(&code) => GapKind::Credentials,
        Some(code) if REGION_CODES.contains(&code) => GapKind::RegionDisabled,
        Some(_) => GapKind::Error,
        None if status == 429 => GapKind::Throttled,
        None => GapKind::Error,
    }
}

/// What is said of an answer that is no error, and no answer either. The last cause is the one that tells why.
fn unreadable(status: u16, error: &(dyn Error + 'static)) -> String {
    let cut = causes(error).find_map(|cause| cause.downcast_ref::<CutAnswer>());
    let cause = cut.map(ToString::to_string).or_else(|| causes(error).last().map(ToString::to_string));
    format!("HTTP {status}, and the answer cannot be read: {}", cause.unwrap_or_else(|| error.to_string()))
}

fn has_source<T: Error + 'static>(error: &(dyn Error + 'static)) -> bool {
    causes(error).any(|cause| cause.is::<T>())
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let mut next = error.source();
    std::iter::from_fn(move || {
        let cause = next?;
        next = cause.source();
        Some(cause)
    })
}

/// The causes of an error, from the second on: the SDK's first line only says which kind it is.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut parts: Vec<String> = Vec::new();
    for cause in causes(error) {
        let text = cause.to_string();
        // The SDK's names for kinds of errors tell a person nothing.
        if parts.last() != Some(&text) && text != "other" && text != "io error" {
            parts.push(text);
        }
    }
    if parts.is_empty() { error.to_string() } else { parts.join(": ") }
}

fn one_line(text: &str) -> String {
    const LONGEST: usize = 300;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &line[..end]),
        None => line,
    }
}
