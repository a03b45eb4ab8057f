//! AWS itself: credentials, accounts, Regions, request limits, and calls that are paced, retried,
//! counted and classified. Knows nothing of what is collected.

mod account;
mod client;
pub mod endpoint;
mod failure;
mod http;
mod limiter;
pub mod limits;
mod whole;

pub use account::{Access, Account, AccountError, Fleet};
pub use client::{CallCount, CallStats, MAX_IN_FLIGHT, RegionClient};
pub use failure::Failure;
pub use http::{NoticeThrottles, RetryBrokenAnswers};
pub use limits::Limits;
pub use whole::RefuseCutAnswers;
