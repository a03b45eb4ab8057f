//! `plumbline daemon --probe`: whether the daemon beside it is alive, for whoever can run a program and nothing else.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use super::exit::{CliError, Exit};

/// How long connecting, sending and the answer may take, each.
const PATIENCE: Duration = Duration::from_secs(3);

/// The status line needs no more.
const MOST_READ: u64 = 1024;

/// Asks for `/healthz` where the daemon listens.
pub fn run(listen: SocketAddr) -> Result<Exit, CliError> {
    let address = SocketAddr::new(reachable(listen.ip()), listen.port());
    match ask(address) {
        Ok(status) if status.split(' ').nth(1) == Some("200") => Ok(Exit::Success),
        Ok(status) => Err(CliError::Failed(format!("the daemon at {address} is not well: it answers `{status}`"))),
        Err(error) => Err(CliError::failed(&format!("the daemon at {address} does not answer"), &error)),
    }
}

/// Who listens at all addresses listens at the loopback address.
fn reachable(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    }
}

/// The status line of the answer.
fn ask(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET /healthz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.take(MOST_READ).read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned())
}
