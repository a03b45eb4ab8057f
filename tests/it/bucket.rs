//! A bucket with objects: as much of S3 as a store in it needs, with conditional writes, and with what goes wrong there.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::wire::{find, header, plain, read_request};

/// An object.
#[derive(Debug, Clone, Default)]
pub struct Object {
    pub body: Vec<u8>,
    pub etag: String,
    /// The headers that it was put with.
    pub headers: BTreeMap<String, String>,
}

/// What is done to a request. The connection ends where an answer is lost or cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// 503 SlowDown.
    SlowDown,
    /// 403 AccessDenied.
    Denied,
    /// 404 NoSuchBucket.
    NoBucket,
    /// 409 ConditionalRequestConflict.
    Conflict,
    /// It is done, and the connection closes without an answer.
    Mute,
    /// 301, as from another Region's endpoint.
    Elsewhere,
    /// Half of the body comes.
    Cut,
    /// The body is not read to its end; the connection stays.
    Stall,
}

type Rule = Arc<dyn Fn(&str, &str) -> Option<Trouble> + Send + Sync>;

#[derive(Default)]
struct State {
    objects: BTreeMap<String, Object>,
    log: Vec<String>,
    versions: u64,
    rule: Option<Rule>,
}

/// The bucket `audits`. It ends with the test process.
#[derive(Clone)]
pub struct Bucket {
    pub endpoint: String,
    state: Arc<Mutex<State>>,
}

impl Bucket {
    pub fn new() -> Bucket {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State::default()));
        let serving = state.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = serving.clone();
                std::thread::spawn(move || serve(stream, &state));
            }
        });
        Bucket { endpoint, state }
    }

    pub fn object(&self, key: &str) -> Option<Object> {
        self.state.lock().unwrap().objects.get(key).cloned()
    }

    /// Changes an object behind everybody's back.
    pub fn change(&self, key: &str, change: impl FnOnce(&mut Object)) {
        change(self.state.lock().unwrap().objects.entry(key.to_owned()).or_default());
    }

    /// From now on this rule decides, when the head of a request has come; it gets the method and the key, and may take its time.
    /// None: the request is served.
    pub fn rule(&self, rule: impl Fn(&str, &str) -> Option<Trouble> + Send + Sync + 'static) {
        self.state.lock().unwrap().rule = Some(Arc::new(rule));
    }

    /// Each request so far: method, key and status.
    pub fn log(&self) -> Vec<String> {
        self.state.lock().unwrap().log.clone()
    }
}

fn serve(mut stream: TcpStream, state: &Mutex<State>) {
    let mut buffer = Vec::new();
    while let Ok(true) = read_head(&mut stream, &mut buffer) {
        let head = String::from_utf8_lossy(&buffer).into_owned();
        let mut words = head.split_whitespace();
        let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let key = path.trim_start_matches('/').split_once('/').map_or("", |(_, key)| key);
        let rule = state.lock().unwrap().rule.clone();
        let trouble = rule.and_then(|rule| rule(method, key));
        if trouble == Some(Trouble::Stall) {
            // Longer than any test waits; what came so far is dropped.
            std::thread::sleep(Duration::from_secs(600));
            return;
        }
        // A request that breaks off is none: nothing of it is kept.
        let Ok(Some((head, body))) = read_request(&mut stream, &mut buffer) else { return };
        let asked = Asked { method, key, query, head: &head };
        let (answer, goes_on) = answer(&asked, body, trouble, &mut state.lock().unwrap());
        if stream.write_all(&answer).is_err() || !goes_on {
            return;
        }
    }
}

/// What a request asks for.
struct Asked<'a> {
    method: &'a str,
    key: &'a str,
    query: &'a str,
    head: &'a str,
}

/// Reads until the buffer holds the head of a request; false once the other side has closed the connection.
fn read_head(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> std::io::Result<bool> {
    let mut chunk = [0_u8; 4096];
    while find(buffer, b"\r\n\r\n").is_none() {
        let count = stream.read(&mut chunk)?;
        if count == 0 {
            return Ok(false);
        }
        buffer.extend_from_slice(&chunk[..count]);
    }
    Ok(true)
}

fn answer(asked: &Asked<'_>, body: Vec<u8>, trouble: Option<Trouble>, state: &mut State) -> (Vec<u8>, bool) {
    let Asked { method, key, query, head } = *asked;
    let (status, answer) = match trouble {
        Some(Trouble::SlowDown) => failure(503, "SlowDown", ""),
        Some(Trouble::Denied) => failure(403, "AccessDenied", ""),
        Some(Trouble::NoBucket) => failure(404, "NoSuchBucket", ""),
        Some(Trouble::Conflict) => failure(409, "ConditionalRequestConflict", ""),
        Some(Trouble::Elsewhere) => failure(301, "PermanentRedirect", "x-amz-bucket-region: eu-west-1\r\n"),
        Some(Trouble::Mute | Trouble::Cut | Trouble::Stall) | None => match method {
            "GET" if key.is_empty() => list(query, state),
            "GET" => get(key, state),
            _ => put(key.to_owned(), head, body, state),
        },
    };
    state.log.push(format!("{method} {key} {status}"));
    match trouble {
        Some(Trouble::Mute) => (Vec::new(), false),
        Some(Trouble::Cut) => (answer[..answer.len() / 2].to_vec(), false),
        _ => (answer, true),
    }
}

fn failure(status: u16, code: &str, headers: &str) -> (u16, Vec<u8>) {
    let body = format!("<Error><Code>{code}</Code><Message>{code}, as S3 says it</Message></Error>");
    let answer = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/xml\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    );
    (status, answer.into_bytes())
}

fn list(query: &str, state: &State) -> (u16, Vec<u8>) {
    let prefix = query.split('&').find_map(|pair| pair.strip_prefix("prefix=")).unwrap_or_default().replace("%2F", "/");
    let keys = state.objects.keys().filter(|key| key.starts_with(&prefix));
    let contents: String = keys.map(|key| format!("<Contents><Key>{key}</Key></Contents>")).collect();
    let body = format!("<ListBucketResult><IsTruncated>false</IsTruncated>{contents}</ListBucketResult>");
    (200, plain(200, "application/xml", body.as_bytes()))
}

fn get(key: &str, state: &State) -> (u16, Vec<u8>) {
    let Some(object) = state.objects.get(key) else { return failure(404, "NoSuchKey", "") };
    let mut answer = format!("HTTP/1.1 200 OK\r\netag: {}\r\ncontent-length: {}\r\n", object.etag, object.body.len());
    for (name, value) in &object.headers {
        if name.starts_with("x-amz-meta-") || name == "x-amz-checksum-sha256" {
            answer.push_str(&format!("{name}: {value}\r\n"));
        }
    }
    let mut answer = (answer + "\r\n").into_bytes();
    answer.extend_from_slice(&object.body);
    (200, answer)
}

fn put(key: String, head: &str, body: Vec<u8>, state: &mut State) -> (u16, Vec<u8>) {
    assert!(header(head, "transfer-encoding").is_none(), "the body comes as it is: {head}");
    let now = state.objects.get(&key).map(|object| object.etag.clone());
    let is_met = match (header(head, "if-match"), header(head, "if-none-match")) {
        (Some(etag), None) => now.as_deref() == Some(etag),
        (None, Some("*")) => now.is_none(),
        _ => panic!("a put without a condition: {head}"),
    };
    if !is_met {
        return failure(412, "PreconditionFailed", "");
    }
    state.versions += 1;
    let etag = format!("\"version-{}\"", state.versions);
    let headers = head.lines().skip(1).filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
    state.objects.insert(key, Object { body, etag: etag.clone(), headers });
    (200, format!("HTTP/1.1 200 OK\r\netag: {etag}\r\ncontent-length: 0\r\n\r\n").into_bytes())
}
