//! A running daemon, and plain HTTP to it. Nothing here is timed: conditions are waited for, and only a test that would hang
//! for ever fails.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value as Json;

use super::exposition::Metrics;
use crate::inbox::TOKEN;

/// After this long something will never come.
const FOR_EVER: Duration = Duration::from_secs(120);

/// A daemon; it is killed when this is dropped.
pub struct Daemon {
    pub address: String,
    child: Child,
    said: Arc<Mutex<String>>,
}

/// An answer.
pub struct Answer {
    pub status: u16,
    pub body: String,
    head: String,
}

/// Waits for a condition.
pub fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < FOR_EVER, "it never came to this: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Asks for a path.
pub fn get(address: &str, path: &str) -> Answer {
    request(address, "GET", path, "")
}

fn request(address: &str, method: &str, path: &str, headers: &str) -> Answer {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(FOR_EVER)).unwrap();
    let head = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n");
    // What is refused may be refused before all of it is sent.
    let _ = stream.write_all(head.as_bytes());
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) =
        answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer to {method} {path}: {answer}"));
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, body: body.to_owned(), head: head.to_owned() }
}

impl Answer {
    pub fn json(&self) -> Json {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        headers.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

impl Daemon {
    /// Starts one and waits until it listens.
    pub fn start(mut command: Command) -> Daemon {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let said = Arc::new(Mutex::new(String::new()));
        let (lines, saying) = (BufReader::new(child.stderr.take().unwrap()).lines(), said.clone());
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let mut said = saying.lock().unwrap();
                said.push_str(&line);
                said.push('\n');
            }
        });
        let mut daemon = Daemon { address: String::new(), child, said };
        daemon.says("listening");
        let said = daemon.said();
        daemon.address = said.split("address=").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
        daemon
    }

    /// All that it has said so far. Whatever happens, that may not hold the webhook's secret.
    pub fn said(&self) -> String {
        let said = self.said.lock().unwrap().clone();
        assert!(!said.contains(TOKEN), "the secret was said: {said}");
        said
    }

    /// Waits until it says something.
    pub fn says(&mut self, what: &str) {
        let began = Instant::now();
        while !self.said().contains(what) {
            let running = self.child.try_wait().unwrap().is_none();
            assert!(running && began.elapsed() < FOR_EVER, "it never said `{what}`:\n{}", self.said());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    pub fn ask(&self, method: &str, path: &str, headers: &str) -> Answer {
        request(&self.address, method, path, headers)
    }

    pub fn json(&self, path: &str) -> Json {
        get(&self.address, path).json()
    }

    pub fn metrics(&self) -> Metrics {
        Metrics::parse(&get(&self.address, "/metrics").body)
    }

    /// How many periods ended so.
    pub fn count(&self, result: &str) -> u32 {
        self.metrics().value("plumbline_audits_total", &[("result", result)]).unwrap() as u32
    }

    /// Waits until so many periods have ended so.
    pub fn periods(&self, result: &str, count: u32) {
        eventually(&format!("{count} audits with {result}"), || self.count(result) >= count);
    }

    /// How many files and connections it has open.
    pub fn open_files(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.child.id())).unwrap().count()
    }

    /// The memory that it uses, in KiB.
    pub fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for its end: the exit code.
    pub fn ended(&mut self) -> Option<i32> {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(began.elapsed() < FOR_EVER, "it never ended:\n{}", self.said());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Tells it to stop and waits for its end.
    pub fn terminate(&mut self) -> Option<i32> {
        self.signal("TERM");
        self.ended()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
