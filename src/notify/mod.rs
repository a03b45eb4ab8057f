//! Telling people what an audit changed, by SNS and Slack: one digest an audit. A digest comes in, and it is
//! delivered or there is an error that says whether to try again. Knows nothing of the store and its outbox.

mod blocks;
mod change;
mod channel;
mod claim_blocks;
mod digest;
mod error;
mod readable;
mod sample;
mod secret;
mod slack;
mod sns;

#[cfg(test)]
mod testing;

pub use change::{AttestationChange, Change, ChangeKind, ClaimChange, LeftOut, News};
pub use channel::{Channel, ChannelConfig, ChannelError, SlackConfig, SnsConfig};
pub use digest::{Digest, DigestAccount};
pub use error::SendError;
pub use sample::sample;
pub use secret::{Secret, SecretError, SecretSource};
