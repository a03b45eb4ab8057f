//! Calls at one account and Region: paced, bounded, counted, and failing in few kinds.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use aws_config::SdkConfig;
use aws_smithy_runtime::client::retries::RetryPartition;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::region::Region;
use tokio::sync::Semaphore;

use super::failure::Failure;
use super::http::{CALL, Call};
use super::limiter::Limiter;
use crate::inventory::{GapKind, Operation, Place};

/// Calls in flight at once over all accounts and Regions. More than about 200 connections gave DNS and
/// connect errors (aws-sdk-rust issue 1136); one HTTP/1.1 connection carries one call.
pub const MAX_IN_FLIGHT: usize = 128;

/// What a run called, by service.
#[derive(Debug, Default)]
pub struct CallStats {
    by_operation: Mutex<BTreeMap<String, Arc<OperationStats>>>,
}

/// Counts for one operation.
#[derive(Debug, Default)]
struct OperationStats {
    calls: AtomicU64,
    attempts: AtomicU64,
    throttles: AtomicU64,
}

/// A count of calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct CallCount {
    /// Requests sent, retries included.
    pub calls: u64,
    /// Requests that were retries.
    pub retries: u64,
    /// Answers that were throttles.
    pub throttles: u64,
}

impl CallStats {
    fn record(&self, call: &Call) {
        let stats = {
            let mut by_operation = self.by_operation.lock().unwrap_or_else(PoisonError::into_inner);
            by_operation.entry(call.operation.id()).or_default().clone()
        };
        stats.calls.fetch_add(1, Ordering::Relaxed);
        stats.attempts.fetch_add(call.attempts.load(Ordering::Relaxed), Ordering::Relaxed);
        stats.throttles.fetch_add(call.throttles.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    /// The counts by `service:Operation`.
    pub fn by_operation(&self) -> BTreeMap<String, CallCount> {
        let by_operation = self.by_operation.lock().unwrap_or_else(PoisonError::into_inner);
        by_operation
            .iter()
            .map(|(name, stats)| {
                let attempts = stats.attempts.load(Ordering::Relaxed);
                let retries = attempts.saturating_sub(stats.calls.load(Ordering::Relaxed));
                (
                    name.clone(),
                    CallCount { calls: attempts, retries, throttles: stats.throttles.load(Ordering::Relaxed) },
                )
            })
            .collect()
    }

    /// The sum of all.
    pub fn total(&self) -> CallCount {
        self.by_operation().values().fold(CallCount::default(), |sum, count| CallCount {
            calls: sum.calls + count.calls,
            retries: sum.retries + count.retries,
            throttles: sum.throttles + count.throttles,
        })
    }
}

/// What all Regions of an account share.
#[derive(Debug)]
pub(super) struct Shared {
    pub account_id: Arc<str>,
    pub config: SdkConfig,
    pub limiter: Arc<Limiter>,
    pub permits: Arc<Semaphore>,
    pub stats: Arc<CallStats>,
    pub partitions: Mutex<HashMap<(String, &'static str), RetryPartition>>,
    pub unreachable: Mutex<HashMap<(String, &'static str), Failure>>,
}

/// Makes calls at one account and Region.
#[derive(Debug, Clone)]
pub struct RegionClient {
    shared: Arc<Shared>,
    place: Place,
    config: Arc<SdkConfig>,
}

impl RegionClient {
    pub(super) fn new(shared: Arc<Shared>, region: &str) -> RegionClient {
        let config = shared.config.to_builder().region(Region::new(region.to_owned())).build();
        let place = Place::new(shared.account_id.clone(), region);
        RegionClient { shared, place, config: Arc::new(config) }
    }

    /// The account and Region.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The same account in another Region.
    pub fn in_region(&self, region: &str) -> RegionClient {
        RegionClient::new(self.shared.clone(), region)
    }

    /// The configuration that SDK clients are made from; use [`client!`](crate::client).
    pub fn sdk_config(&self) -> &SdkConfig {
        &self.config
    }

    /// The endpoint that stands in for AWS, where one is configured for all services.
    pub fn endpoint_url(&self) -> Option<&str> {
        self.config.endpoint_url()
    }

    /// The retry budget of one service here. The SDK's own is shared by all accounts.
    pub fn retry_partition(&self, service: &'static str) -> RetryPartition {
        let key = (self.place.region.to_string(), service);
        let mut partitions = self.shared.partitions.lock().unwrap_or_else(PoisonError::into_inner);
        partitions
            .entry(key)
            .or_insert_with(|| {
                RetryPartition::custom(format!("{}-{}-{service}", self.place.account_id, self.place.region)).build()
            })
            .clone()
    }

    /// Makes one call: waits for its turn, sends it, and counts it with its retries.
    ///
    /// # Errors
    ///
    /// What is left after the SDK's retries. A service that did not answer once is not tried again
    /// in this Region: a dead Region costs one connect time-out per service, not one per call.
    pub async fn call<T, E, F>(&self, operation: &'static Operation, send: impl FnOnce() -> F) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        if let Some(failure) = self.known_unreachable(operation) {
            return Err(failure);
        }
        self.shared.limiter.acquire(&self.place, operation).await;
        let Ok(_permit) = self.shared.permits.acquire().await else {
            return Err(Failure::broken("the audit is shutting down"));
        };
        // Others may have found out while this one waited.
        if let Some(failure) = self.known_unreachable(operation) {
            return Err(failure);
        }
        let call = Arc::new(Call {
            place: self.place.clone(),
            operation,
            limiter: self.shared.limiter.clone(),
            attempts: AtomicU64::new(0),
            throttles: AtomicU64::new(0),
        });
        let answer = CALL.scope(call.clone(), Box::pin(send())).await;
        self.shared.stats.record(&call);
        answer.map_err(|error| {
            let failure = Failure::from_sdk(&error);
            let failure = if self.is_elsewhere() { failure.elsewhere() } else { failure };
            tracing::debug!(
                operation = %operation.id(), account = %self.place.account_id, region = %self.place.region,
                error = %failure.message, "call failed"
            );
            if failure.kind == GapKind::Unreachable && !matches!(error, SdkError::TimeoutError(_)) {
                self.remember_unreachable(operation, &failure);
            }
            failure
        })
    }

    /// Makes calls until the last page has come: what came, and what went wrong before it was all.
    pub async fn pages<T, E, F, I, P>(
        &self,
        operation: &'static Operation,
        mut send: impl FnMut(Option<String>) -> F,
        mut page: impl FnMut(T) -> (P, Option<String>),
    ) -> (Vec<I>, Result<(), Failure>)
    where
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + std::error::Error + 'static,
        P: IntoIterator<Item = I>,
    {
        let mut items = Vec::new();
        let mut token: Option<String> = None;
        let mut seen = BTreeSet::new();
        loop {
            let answer = match self.call(operation, || send(token.clone())).await {
                Ok(answer) => answer,
                Err(failure) => return (items, Err(failure)),
            };
            let (found, next) = page(answer);
            items.extend(found);
            match next.filter(|next| !next.is_empty()) {
                None => return (items, Ok(())),
                // Else the pages would lead in a circle for ever.
                Some(next) if !seen.insert(next.clone()) => {
                    return (items, Err(Failure::broken("the service gave the same page token twice")));
                }
                next => token = next,
            }
        }
    }

    /// Whether this is another Region than the one in which the credentials have shown to be good.
    fn is_elsewhere(&self) -> bool {
        self.shared.config.region().is_some_and(|home| home.as_ref() != &*self.place.region)
    }

    fn known_unreachable(&self, operation: &Operation) -> Option<Failure> {
        let unreachable = self.shared.unreachable.lock().unwrap_or_else(PoisonError::into_inner);
        unreachable.get(&(self.place.region.to_string(), operation.service)).cloned()
    }

    fn remember_unreachable(&self, operation: &Operation, failure: &Failure) {
        let mut unreachable = self.shared.unreachable.lock().unwrap_or_else(PoisonError::into_inner);
        unreachable.insert((self.place.region.to_string(), operation.service), failure.clone());
    }
}

/// Makes an SDK client for a [`RegionClient`](crate::aws::RegionClient), with its retry budget and what
/// watches over its attempts: `client!(region, aws_sdk_kms)`. Further settings of its configuration can follow:
/// `client!(region, aws_sdk_s3, force_path_style: true)`.
#[macro_export]
macro_rules! client {
    ($region:expr, $sdk:ident $(, $setting:ident : $value:expr)* $(,)?) => {{
        let region: &$crate::aws::RegionClient = $region;
        $sdk::Client::from_conf(
            $sdk::config::Builder::from(region.sdk_config())
                .retry_partition(region.retry_partition(stringify!($sdk)))
                .interceptor($crate::aws::NoticeThrottles)
                .interceptor($crate::aws::RefuseCutAnswers)
                .retry_classifier($crate::aws::RetryBrokenAnswers)
                $(.$setting($value))*
                .build(),
        )
    }};
}
