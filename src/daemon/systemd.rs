//! What a service manager is told: readiness, reloading, stopping, and that the loop still turns. It is a datagram to the socket that
//! `NOTIFY_SOCKET` names; without one nothing is told.

use std::time::Duration;

/// Whom to tell.
#[derive(Debug, Default)]
pub struct Supervisor {
    #[cfg(unix)]
    socket: Option<unix::Socket>,
    /// How often it wants to hear that all is well.
    pub watchdog: Option<Duration>,
}

impl Supervisor {
    /// What the environment names.
    pub fn from_environment() -> Supervisor {
        let number = |name: &str| std::env::var(name).ok()?.parse::<u64>().ok();
        // `WATCHDOG_PID` names another process where the variables were inherited.
        let meant = number("WATCHDOG_PID").is_none_or(|pid| pid == u64::from(std::process::id()));
        let watchdog = number("WATCHDOG_USEC").filter(|micros| meant && *micros > 0).map(Duration::from_micros);
        Supervisor {
            #[cfg(unix)]
            socket: std::env::var_os("NOTIFY_SOCKET").and_then(|name| unix::Socket::new(&name)),
            watchdog,
        }
    }

    /// The daemon is ready for work.
    pub fn ready(&self, status: &str) {
        self.tell(&format!("READY=1\nSTATUS={status}"));
    }

    /// The configuration is read anew; [`Supervisor::ready`] follows.
    pub fn reloading(&self) {
        self.tell("RELOADING=1");
    }

    /// What it does.
    pub fn status(&self, status: &str) {
        self.tell(&format!("STATUS={status}"));
    }

    /// It stops, which may take so long.
    pub fn stopping(&self, deadline: Duration) {
        self.tell(&format!("STOPPING=1\nSTATUS=stopping\nEXTEND_TIMEOUT_USEC={}", deadline.as_micros()));
    }

    /// The loop still turns.
    pub fn alive(&self) {
        if self.watchdog.is_some() {
            self.tell("WATCHDOG=1");
        }
    }

    #[cfg(unix)]
    fn tell(&self, state: &str) {
        if let Some(socket) = &self.socket {
            socket.send(state);
        }
    }

    #[cfg(not(unix))]
    fn tell(&self, _: &str) {}
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::net::{SocketAddr, UnixDatagram};

    /// The socket of a service manager.
    #[derive(Debug)]
    pub struct Socket {
        own: UnixDatagram,
        manager: SocketAddr,
    }

    impl Socket {
        pub fn new(name: &OsStr) -> Option<Socket> {
            let manager = match name.as_bytes() {
                [] => return None,
                [b'@', name @ ..] => of_abstract_name(name)?,
                _ => SocketAddr::from_pathname(name).ok()?,
            };
            let own = UnixDatagram::unbound().ok()?;
            // A manager that does not listen must not stop the daemon.
            own.set_nonblocking(true).ok()?;
            Some(Socket { own, manager })
        }

        pub fn send(&self, state: &str) {
            if let Err(error) = self.own.send_to_addr(state.as_bytes(), &self.manager) {
                tracing::debug!(%error, "cannot tell the service manager");
            }
        }
    }

    #[cfg(target_os = "linux")]
    fn of_abstract_name(name: &[u8]) -> Option<SocketAddr> {
        <SocketAddr as std::os::linux::net::SocketAddrExt>::from_abstract_name(name).ok()
    }

    #[cfg(not(target_os = "linux"))]
    fn of_abstract_name(_: &[u8]) -> Option<SocketAddr> {
        None
    }
}
