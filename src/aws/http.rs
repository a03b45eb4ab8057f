//! The one HTTP client under all SDK clients, and what happens around each attempt of a call: it is
//! counted, its throttles are noticed, and a retry waits for its turn like a first attempt.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::interceptors::context::{
    AfterDeserializationInterceptorContextRef, InterceptorContext,
};
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

use super::failure::THROTTLE_CODES;
use super::limiter::Limiter;
use crate::inventory::{Operation, Place};

tokio::task_local! {
    /// The call that this task is making.
    pub(super) static CALL: Arc<Call>;
}

/// A call under way.
#[derive(Debug)]
pub(super) struct Call {
    pub place: Place,
    pub operation: &'static Operation,
    pub limiter: Arc<Limiter>,
    pub attempts: AtomicU64,
    pub throttles: AtomicU64,
}

/// How long a connection is kept that nobody uses. S3 has a host for every bucket: the connections of one account are of no
/// use to the next.
const IDLE: Duration = Duration::from_secs(15);

/// The shared client: rustls on ring, connections kept and reused.
pub(super) fn client() -> SharedHttpClient {
    let builder = aws_smithy_http_client::Builder::new().pool_idle_timeout(IDLE);
    let inner = builder.tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    SharedHttpClient::new(PacedClient { inner })
}

#[derive(Debug)]
struct PacedClient {
    inner: SharedHttpClient,
}

impl HttpClient for PacedClient {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(PacedConnector { inner: self.inner.http_connector(settings, components) })
    }
}

#[derive(Debug)]
struct PacedConnector {
    inner: SharedHttpConnector,
}

impl HttpConnector for PacedConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Ok(call) = CALL.try_with(Arc::clone) else {
            // The credential chain's own calls, to STS and SSO.
            return self.inner.call(request);
        };
        let inner = self.inner.clone();
        HttpConnectorFuture::new(async move {
            // The first attempt has waited before the SDK's time-outs began to run.
            if call.attempts.fetch_add(1, Ordering::Relaxed) > 0 {
                call.limiter.acquire(&call.place, call.operation).await;
            }
            inner.call(request).await
        })
    }
}

/// Notices throttled attempts: the SDK only tells of the last one.
#[derive(Debug)]
pub struct NoticeThrottles;

#[dyn_dispatch_hint]
impl Intercept for NoticeThrottles {
    fn name(&self) -> &'static str {
        "NoticeThrottles"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response();
        if response.status().as_u16() < 400 {
            return Ok(());
        }
        let header = response.headers().get("x-amzn-errortype").unwrap_or_default();
        let body = response.body().bytes().map(String::from_utf8_lossy).unwrap_or_default();
        let throttled = response.status().as_u16() == 429
            || THROTTLE_CODES.iter().any(|code| header.contains(code) || names_code(&body, code));
        if throttled {
            let _ = CALL.try_with(|call| call.throttles.fetch_add(1, Ordering::Relaxed));
        }
        Ok(())
    }
}

/// Whether an error body gives this code, in XML (`<Code>X</Code>`) or JSON (`"__type":"a#X"`).
fn names_code(body: &str, code: &str) -> bool {
    body.match_indices(code).any(|(at, _)| {
        let before = body[..at].chars().next_back();
        let after = body[at + code.len()..].chars().next();
        matches!(before, Some('>' | '"' | '#')) && matches!(after, Some('<' | '"'))
    })
}

/// Retries what the SDK gives up on: a connection that the other side closed (HTTP/2 GOAWAY comes as
/// such a dispatch failure), and answers that were cut or garbled. All our calls are reads.
#[derive(Debug)]
pub struct RetryBrokenAnswers;

impl ClassifyRetry for RetryBrokenAnswers {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let Some(Err(error)) = context.output_or_error() else { return RetryAction::NoActionIndicated };
        let broken_off = error.is_response_error()
            || error.as_connector_error().is_some_and(|error| error.is_other() || error.is_io());
        // A success that cannot be read: the SDK takes it for an error of the operation.
        let garbled = context.response().is_some_and(|response| response.status().is_success());
        if broken_off || garbled { RetryAction::transient_error() } else { RetryAction::NoActionIndicated }
    }

    fn name(&self) -> &'static str {
        "RetryBrokenAnswers"
    }
}
