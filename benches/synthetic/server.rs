//! The server: it listens, waits as long as AWS would take, and counts.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use plumbline::collect::COLLECTORS;
use plumbline::inventory::Operation;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use super::account::{ACCOUNT_ID, Sizes};
use super::answers;
use super::buckets::Buckets;
use super::http::{Answer, Connection};
use super::request::Request;

/// How the account behaves.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    pub sizes: Sizes,
    /// The time from a call to its answer.
    pub latency: Duration,
    /// Whether AWS's request limits hold.
    pub limited: bool,
}

/// What was called: by Region and operation.
pub type Counts = BTreeMap<(String, String), Count>;

/// Calls, and how many of them were throttled.
#[derive(Debug, Clone, Copy, Default)]
pub struct Count {
    pub calls: u64,
    pub throttled: u64,
}

/// A running account; it stops when this is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    _runtime: Runtime,
}

#[derive(Debug)]
struct Shared {
    settings: Settings,
    operations: BTreeMap<String, Operation>,
    buckets: Buckets,
    counts: Mutex<Counts>,
}

impl Server {
    /// Starts the account on a free port of this machine.
    pub fn start(settings: Settings) -> io::Result<Server> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        let address = listener.local_addr()?;
        let operations = COLLECTORS.iter().flat_map(|collector| collector.operations());
        let operations = operations.map(|operation| (operation.id(), *operation)).collect();
        let shared = Arc::new(Shared { settings, operations, buckets: Buckets::default(), counts: Mutex::default() });
        runtime.spawn(accept(listener, shared.clone()));
        Ok(Server { address, shared, _runtime: runtime })
    }

    /// Where it is.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What was called so far.
    pub fn counts(&self) -> Counts {
        self.shared.counts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        let _ = stream.set_nodelay(true);
        let shared = shared.clone();
        tokio::spawn(async move {
            // A connection that breaks is the client's to notice.
            let _ = serve(Connection::new(stream), &shared).await;
        });
    }
}

async fn serve(mut connection: Connection, shared: &Shared) -> io::Result<()> {
    while let Some(received) = connection.receive().await? {
        let started = tokio::time::Instant::now();
        let request = Request::new(&received);
        let answer = shared.answer(&request);
        if !shared.settings.latency.is_zero() {
            tokio::time::sleep_until(started + shared.settings.latency).await;
        }
        connection.send(&answer).await?;
    }
    Ok(())
}

impl Shared {
    fn answer(&self, request: &Request) -> Answer {
        let operation = format!("{}:{}", request.service, request.operation);
        let limited = self.operations.get(&operation).filter(|_| self.settings.limited);
        let throttled =
            limited.is_some_and(|operation| !self.buckets.take(&request.account, &request.region, operation));
        {
            let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
            let count = counts.entry((request.region.clone(), operation)).or_default();
            count.calls += 1;
            count.throttled += u64::from(throttled);
        }
        if throttled {
            return request.throttle();
        }
        let mut answer = answers::answer(request, &self.settings.sizes);
        if request.account != ACCOUNT_ID {
            answer.body = answer.body.replace(ACCOUNT_ID, &request.account);
        }
        answer
    }
}
