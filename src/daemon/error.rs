//! Why the daemon does not start, or does not go on.

use std::net::SocketAddr;

use crate::keep::KeepError;

/// Why the daemon does not start.
#[derive(Debug, thiserror::Error)]
pub enum DaemonError {
    /// The configuration, or what it names, cannot be used.
    #[error("{0}")]
    Configuration(String),
    /// It was to be reachable from elsewhere by anyone.
    #[error(
        "the daemon would listen on {0}, beyond this machine, and anyone could read the findings\n  effect: it does not \
         start\n  help: name a token with `token_file`, `token_env` or `token` in `[daemon]`, or listen on 127.0.0.1"
    )]
    Open(SocketAddr),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}{}", help(source))]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] KeepError),
    /// The system refuses something that the daemon needs.
    #[error("{what}: {source}")]
    System {
        /// What could not be done.
        what: &'static str,
        /// Why.
        source: std::io::Error,
    },
}

fn help(error: &std::io::Error) -> &'static str {
    match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            "\n  effect: the daemon does not start\n  help: another process has this port, perhaps another daemon: stop it, or \
             name another address with --listen or `listen` in `[daemon]`"
        }
        std::io::ErrorKind::AddrNotAvailable => {
            "\n  effect: the daemon does not start\n  help: this machine has no such address: use 127.0.0.1, or 0.0.0.0 for all"
        }
        std::io::ErrorKind::PermissionDenied => {
            "\n  effect: the daemon does not start\n  help: ports below 1024 need a privilege: use a higher one"
        }
        _ => "",
    }
}
