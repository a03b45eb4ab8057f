//! A proxy between the program and the emulator: it knows which operation each request asks for, keeps
//! answers, and can refuse, break or count them.

use std::collections::{BTreeMap, HashMap};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, LazyLock, Mutex};

use crate::wire::{
    Request, denied_code, find, plain, read_request, refusal, throttle_code, throttle_status, understand,
};

/// What is done to a matching request.
#[derive(Debug, Clone)]
pub enum Fault {
    /// Answered as AWS answers without permission.
    Deny,
    /// Answered as AWS throttles.
    Throttle,
    /// HTTP 500.
    ServerError,
    /// The connection is closed in the middle of the answer.
    Truncate,
    /// HTTP 200 with noise.
    Garbage,
    /// The connection is closed without an answer.
    Reset,
    /// No answer ever comes.
    Hang,
    /// Answered with this content type and body, instead of by whatever stands behind the gate.
    Answer(&'static str, String),
}

type Rule = Box<dyn Fn(&Request, usize) -> Option<Fault> + Send + Sync>;

/// Answers, kept for the whole run: the emulator's clocks move (a trail's last delivery is always now), and tests compare.
static KEPT: LazyLock<Mutex<HashMap<String, Vec<u8>>>> = LazyLock::new(Mutex::default);

/// Which role each temporary access key is of: its sessions share their answers.
static ROLES: LazyLock<Mutex<HashMap<String, String>>> = LazyLock::new(Mutex::default);

fn account_of(access_key: &str) -> String {
    ROLES.lock().unwrap().get(access_key).cloned().unwrap_or_else(|| access_key.to_owned())
}

fn note_role(request: &Request, answer: &[u8]) {
    let answer = String::from_utf8_lossy(answer);
    let key = answer.split("<AccessKeyId>").nth(1).and_then(|text| text.split('<').next());
    let role = request.body.split('&').find_map(|pair| pair.strip_prefix("RoleArn="));
    if let (Some(key), Some(role)) = (key, role) {
        ROLES.lock().unwrap().insert(key.to_owned(), role.to_owned());
    }
}

/// The proxy. It ends with the test process.
#[derive(Clone)]
pub struct Gate {
    pub endpoint: String,
    shared: Arc<Shared>,
}

struct Shared {
    upstream: String,
    rule: Mutex<Option<Rule>>,
    calls: Mutex<BTreeMap<String, usize>>,
}

impl Gate {
    /// A proxy before `upstream` (`http://127.0.0.1:PORT`).
    pub fn before(upstream: &str) -> Gate {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let upstream = upstream.trim_start_matches("http://").to_owned();
        let shared = Arc::new(Shared { upstream, rule: Mutex::default(), calls: Mutex::default() });
        let serving = shared.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = serving.clone();
                std::thread::spawn(move || {
                    let _ = serve(stream, &shared);
                });
            }
        });
        Gate { endpoint, shared }
    }

    /// A proxy with nothing behind it: the rule answers everything.
    pub fn alone() -> Gate {
        // Port 0 takes no connections.
        Gate::before("http://127.0.0.1:0")
    }

    /// From now on this rule decides; it gets the request and how often its operation was asked for before.
    pub fn rule(&self, rule: impl Fn(&Request, usize) -> Option<Fault> + Send + Sync + 'static) {
        *self.shared.rule.lock().unwrap() = Some(Box::new(rule));
        self.shared.calls.lock().unwrap().clear();
    }

    /// Nothing is refused any more.
    pub fn open(&self) {
        *self.shared.rule.lock().unwrap() = None;
        self.shared.calls.lock().unwrap().clear();
    }

    /// What was asked for since the rule was set, by `service:Operation`.
    pub fn calls(&self) -> BTreeMap<String, usize> {
        self.shared.calls.lock().unwrap().clone()
    }
}

fn serve(mut stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let mut buffer = Vec::new();
    loop {
        let Some((head, body)) = read_request(&mut stream, &mut buffer)? else { return Ok(()) };
        let request = understand(&head, &body);
        let before = {
            let mut calls = shared.calls.lock().unwrap();
            let count = calls.entry(request.operation.clone()).or_default();
            *count += 1;
            *count - 1
        };
        let fault = shared.rule.lock().unwrap().as_ref().and_then(|rule| rule(&request, before));
        let answer = match fault {
            None => fetch(shared, &request, &head, &body)?,
            Some(Fault::Deny) => refusal(&request, 403, denied_code(&request), "not authorized to perform this"),
            Some(Fault::Throttle) => {
                refusal(&request, throttle_status(&request), throttle_code(&request), "Rate exceeded")
            }
            Some(Fault::ServerError) => refusal(&request, 500, "InternalFailure", "try again"),
            Some(Fault::Garbage) => plain(200, "text/plain", b"\x00\x01<<<<{{{{not an answer"),
            Some(Fault::Reset) => return Ok(()),
            Some(Fault::Hang) => return std::io::copy(&mut stream, &mut std::io::sink()).map(drop),
            Some(Fault::Answer(kind, text)) => plain(200, kind, text.as_bytes()),
            Some(Fault::Truncate) => {
                let whole = fetch(shared, &request, &head, &body)?;
                stream.write_all(&whole[..whole.len() * 3 / 4])?;
                return Ok(());
            }
        };
        stream.write_all(&answer)?;
    }
}

fn fetch(shared: &Shared, request: &Request, head: &str, body: &[u8]) -> std::io::Result<Vec<u8>> {
    let Request { operation, region, target, .. } = request;
    let key = format!("{} {region} {operation} {target} {}", account_of(&request.access_key), request.body);
    let changes = request.operation.starts_with("sts:") || request.operation.starts_with("sns:");
    if !changes && let Some(answer) = KEPT.lock().unwrap().get(&key) {
        return Ok(answer.clone());
    }
    let mut upstream = TcpStream::connect(&shared.upstream)?;
    upstream.write_all(head.as_bytes())?;
    upstream.write_all(b"\r\n\r\n")?;
    upstream.write_all(body)?;
    let mut answer = Vec::new();
    upstream.read_to_end(&mut answer)?;
    // The emulator closes every connection; the program's may stay open.
    let end = find(&answer, b"\r\n\r\n").unwrap_or(answer.len());
    let lines = String::from_utf8_lossy(&answer[..end]).into_owned();
    let kept: Vec<&str> = lines.lines().filter(|line| !line.to_ascii_lowercase().starts_with("connection:")).collect();
    let mut whole = kept.join("\r\n").replacen("HTTP/1.0", "HTTP/1.1", 1).into_bytes();
    whole.extend_from_slice(&answer[end..]);
    if request.operation == "sts:AssumeRole" {
        note_role(request, &whole);
    }
    if !changes {
        // Two tests may ask at once: the first answer counts for both.
        return Ok(KEPT.lock().unwrap().entry(key).or_insert(whole).clone());
    }
    Ok(whole)
}
