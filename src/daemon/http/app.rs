//! Which path is answered how.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use http::{Method, Request, StatusCode};
use hyper::body::{Body, Incoming};
use jiff::Timestamp;
use tokio::sync::Semaphore;

use super::access::Access;
use super::answer::{Answer, Refusal, bytes, json};
use super::api::{Asked, List};
use super::openapi;
use super::server::Open;
use crate::config::Token;
use crate::daemon::exposition::CONTENT_TYPE;
use crate::daemon::metrics::metrics;
use crate::daemon::ready::Readiness;
use crate::daemon::status::Status;
use crate::keep::Replica;
use crate::store::Store;

/// Readers of the store at once: each holds what it found in memory.
const READERS: usize = 2;

/// How long a request waits for its turn to read.
const TURN: Duration = Duration::from_secs(10);

/// What is answered from.
pub struct App {
    status: Arc<Status>,
    replica: RwLock<Arc<Replica>>,
    access: RwLock<Access>,
    readers: Arc<Semaphore>,
    pub(super) open: Open,
}

/// What has a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Route {
    Health,
    Ready,
    Metrics,
    Description,
    List(List),
}

impl Route {
    fn of(path: &str) -> Option<Route> {
        Some(match path {
            "/healthz" => Route::Health,
            "/readyz" => Route::Ready,
            "/metrics" => Route::Metrics,
            "/api/v1/openapi.json" => Route::Description,
            _ => {
                Route::List([List::Findings, List::Claims, List::Audits].into_iter().find(|list| list.path() == path)?)
            }
        })
    }
}

impl App {
    /// Answers from the status and the store.
    pub fn new(status: Arc<Status>, replica: Replica, token: Option<Token>) -> App {
        App {
            status,
            replica: RwLock::new(Arc::new(replica)),
            access: RwLock::new(Access::new(token.as_ref())),
            readers: Arc::new(Semaphore::new(READERS)),
            open: Open::default(),
        }
    }

    /// From now on the store is read from here.
    pub fn read_from(&self, replica: Replica) {
        *self.replica.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(replica);
    }

    /// From now on this is the token.
    pub fn set_token(&self, token: Option<Token>) {
        *self.access.write().unwrap_or_else(PoisonError::into_inner) = Access::new(token.as_ref());
    }

    /// Answers a request.
    pub async fn answer(&self, request: Request<Incoming>) -> Answer {
        self.attempt(&request).await.unwrap_or_else(|refusal| refusal.answer())
    }

    async fn attempt(&self, request: &Request<Incoming>) -> Result<Answer, Refusal> {
        let path = request.uri().path();
        let route = Route::of(path).ok_or_else(|| {
            Refusal::new(StatusCode::NOT_FOUND, "there is nothing here")
                .help("there are /healthz, /readyz, /metrics and what /api/v1/openapi.json describes")
        })?;
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "this is only read: with GET or HEAD"));
        }
        if !request.body().is_end_stream() {
            return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "requests have no body here"));
        }
        if !matches!(route, Route::Health | Route::Ready) {
            let access = self.access.read().unwrap_or_else(PoisonError::into_inner).clone();
            access.admit(request.headers())?;
        }
        match route {
            Route::Health => Ok(bytes(StatusCode::OK, "text/plain; charset=utf-8", b"alive\n".to_vec())),
            Route::Ready => {
                let readiness = Readiness::of(&self.status.now());
                let status = if readiness.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
                Ok(json(status, &readiness))
            }
            Route::Metrics => {
                let text = metrics(&self.status.now(), self.open.counts());
                Ok(bytes(StatusCode::OK, CONTENT_TYPE, text.into_bytes()))
            }
            Route::Description => Ok(json(StatusCode::OK, &openapi::description())),
            Route::List(list) => self.read(list.asked(request.uri().query().unwrap_or_default())?).await,
        }
    }

    /// Reads a page of the store, when it is this request's turn.
    async fn read(&self, asked: Asked) -> Result<Answer, Refusal> {
        let busy = |_| Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "too many others are reading").help("try again");
        let turn = tokio::time::timeout(TURN, self.readers.clone().acquire_owned()).await.map_err(busy)?;
        let replica = self.replica.read().unwrap_or_else(PoisonError::into_inner).clone();
        let read = tokio::task::spawn_blocking(move || {
            let answer = Store::open_read_only(replica.path()).and_then(|store| asked.answer(&store, Timestamp::now()));
            // Even if nobody waits any more, the next one has to until this is done.
            drop(turn);
            answer
        });
        let failed = |error: &dyn std::fmt::Display| {
            tracing::warn!(%error, "the store cannot be read for a request");
            Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "the store cannot be read now").help("the log says why")
        };
        read.await.map_err(|error| failed(&error))?.map_err(|error| failed(&error))
    }
}
