//! Connections: bounded in number, in time and in what they may send. Slow and idle clients never keep others out.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::AbortHandle;

use super::app::App;
use crate::daemon::metrics::Connections;

/// Connections at once. One more takes the place of the oldest that is not being answered.
const MOST: usize = 256;

/// How long the head of a request may take, the wait for it included.
const HEAD: Duration = Duration::from_secs(10);

/// How long a connection may last; whoever still needs it makes a new one.
const LIFE: Duration = Duration::from_secs(60);

/// How long the last answer may take then.
const LAST_ANSWER: Duration = Duration::from_secs(5);

/// The longest head of a request.
const LONGEST_HEAD: usize = 16 * 1024;

/// The most headers of a request.
const MOST_HEADERS: usize = 64;

/// The wait after the system refused a connection, such as for want of file descriptors.
const BREATH: Duration = Duration::from_millis(100);

/// The connections that are open.
#[derive(Debug, Default)]
pub struct Open {
    connections: Mutex<BTreeMap<u64, Connection>>,
    displaced: AtomicU64,
    requests: AtomicU64,
}

#[derive(Debug)]
struct Connection {
    busy: Arc<AtomicBool>,
    task: AbortHandle,
}

impl Open {
    /// The counts.
    pub fn counts(&self) -> Connections {
        Connections {
            open: self.lock().len() as u64,
            displaced: self.displaced.load(Ordering::Relaxed),
            requests: self.requests.load(Ordering::Relaxed),
        }
    }

    /// Makes room for one more; there is none where all are being answered.
    fn make_room(&self) -> bool {
        let mut connections = self.lock();
        if connections.len() < MOST {
            return true;
        }
        self.displaced.fetch_add(1, Ordering::Relaxed);
        let idle = connections.iter().find(|(_, connection)| !connection.busy.load(Ordering::Relaxed));
        let Some(number) = idle.map(|(number, _)| *number) else { return false };
        if let Some(connection) = connections.remove(&number) {
            connection.task.abort();
        }
        true
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<u64, Connection>> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Answers until `closed` says that it is enough.
pub async fn serve(listener: TcpListener, app: Arc<App>, mut closed: watch::Receiver<bool>) {
    let mut number = 0;
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = closed.changed() => break,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::debug!(%error, "a connection was not accepted");
                tokio::time::sleep(BREATH).await;
                continue;
            }
        };
        if !app.open.make_room() {
            continue;
        }
        number += 1;
        let busy = Arc::new(AtomicBool::new(false));
        let (app_, busy_, closed_) = (app.clone(), busy.clone(), closed.clone());
        // The lock keeps the task from removing itself before it is there.
        let mut connections = app.open.lock();
        let task = tokio::spawn(async move {
            converse(stream, &app_, busy_, closed_).await;
            app_.open.lock().remove(&number);
        });
        connections.insert(number, Connection { busy, task: task.abort_handle() });
    }
    drop(listener);
    // Those who are being answered get their answer; `converse` sees to it.
    while app.open.counts().open > 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Sees a connection through.
async fn converse(stream: TcpStream, app: &Arc<App>, busy: Arc<AtomicBool>, mut closed: watch::Receiver<bool>) {
    let service = service_fn(|request| {
        let (app, busy) = (app.clone(), busy.clone());
        async move {
            busy.store(true, Ordering::Relaxed);
            let answer = app.answer(request).await;
            app.open.requests.fetch_add(1, Ordering::Relaxed);
            // An answer that is only read slowly does not keep others out.
            busy.store(false, Ordering::Relaxed);
            Ok::<_, Infallible>(answer)
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(LONGEST_HEAD)
        .max_headers(MOST_HEADERS)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => Some(ended),
        () = tokio::time::sleep(LIFE) => None,
        _ = closed.changed() => None,
    };
    let ended = match ended {
        Some(ended) => Ok(ended),
        None => {
            connection.as_mut().graceful_shutdown();
            tokio::time::timeout(LAST_ANSWER, connection).await
        }
    };
    if let Ok(Err(error)) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}
