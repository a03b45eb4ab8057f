//! As much of HTTP/1.1 as a client of AWS speaks: requests with a length, answers with a length, one connection for
//! many of them.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The longest head or body that is read.
const LONGEST: usize = 1 << 20;

/// A request as it came.
#[derive(Debug)]
pub struct Received {
    pub method: String,
    pub path: String,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub kind: &'static str,
    pub body: String,
}

impl Received {
    /// A header, by its name in lower case; empty if it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }
}

/// A connection with what was read of it and belongs to the next request.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Connection {
    pub fn new(stream: TcpStream) -> Connection {
        Connection { stream, read: Vec::new() }
    }

    /// The next request; none when the client has closed the connection.
    pub async fn receive(&mut self) -> io::Result<Option<Received>> {
        loop {
            if let Some(end) = self.read.windows(4).position(|window| window == b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&self.read[..end]).into_owned();
                let mut request = parse(&head);
                let length: usize = request.header("content-length").parse().unwrap_or(0);
                if length > LONGEST {
                    return Err(io::Error::other("the body is too long"));
                }
                if self.read.len() >= end + 4 + length {
                    request.body = self.read[end + 4..end + 4 + length].to_vec();
                    self.read.drain(..end + 4 + length);
                    return Ok(Some(request));
                }
            } else if self.read.len() > LONGEST {
                return Err(io::Error::other("the head is too long"));
            }
            if self.stream.read_buf(&mut self.read).await? == 0 {
                return Ok(None);
            }
        }
    }

    /// Sends an answer.
    pub async fn send(&mut self, answer: &Answer) -> io::Result<()> {
        let Answer { status, kind, body } = answer;
        let length = body.len();
        let whole = format!("HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n{body}");
        self.stream.write_all(whole.as_bytes()).await
    }
}

fn parse(head: &str) -> Received {
    let mut lines = head.lines();
    let mut words = lines.next().unwrap_or_default().split(' ').map(str::to_owned);
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let headers = lines.filter_map(|line| line.split_once(':'));
    let headers = headers.map(|(key, value)| (key.to_ascii_lowercase(), value.trim().to_owned())).collect();
    Received { method, path, headers, body: Vec::new() }
}
