//! A proxy between the program and the emulator: it knows which operation each request asks for, keeps
//! answers, and can refuse, break or count them. HTTP by hand, so that it can also send what no server library would.

use std::collections::{BTreeMap, HashMap};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, LazyLock, Mutex};

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

/// A request, understood.
#[derive(Debug, Clone)]
pub struct Request {
    /// `service:Operation`.
    pub operation: String,
    pub body: String,
    key: String,
    protocol: Protocol,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protocol {
    Json,
    Query,
    Ec2,
    S3,
    Rest,
}

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

/// The next request of a connection, its head and its body; none where the connection ends.
pub fn read_request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> std::io::Result<Option<(String, Vec<u8>)>> {
    let mut chunk = [0_u8; 16 * 1024];
    loop {
        if let Some(end) = find(buffer, b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
            let length = header(&head, "content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
            if buffer.len() >= end + 4 + length {
                let body = buffer[end + 4..end + 4 + length].to_vec();
                buffer.drain(..end + 4 + length);
                return Ok(Some((head, body)));
            }
        }
        let count = stream.read(&mut chunk)?;
        if count == 0 {
            return Ok(None);
        }
        buffer.extend_from_slice(&chunk[..count]);
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

fn header<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    head.lines().skip(1).find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

fn understand(head: &str, body: &[u8]) -> Request {
    let body = String::from_utf8_lossy(body).into_owned();
    let mut words = head.lines().next().unwrap_or_default().split(' ');
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default().to_owned());
    // Credential=KEY/DATE/REGION/SERVICE/aws4_request
    let scope = header(head, "authorization").and_then(|text| text.split("Credential=").nth(1)).unwrap_or_default();
    let parts: Vec<&str> = scope.split(['/', ',']).collect();
    let part = |index: usize| parts.get(index).copied().unwrap_or_default();
    let (identity, region, signed) = (part(0), part(2), part(3));
    let (protocol, name) = if let Some(target) = header(head, "x-amz-target") {
        (Protocol::Json, target.rsplit('.').next().unwrap_or_default().to_owned())
    } else if let Some(action) = body.split('&').find_map(|pair| pair.strip_prefix("Action=")) {
        (if signed == "ec2" { Protocol::Ec2 } else { Protocol::Query }, action.to_owned())
    } else if signed == "s3" {
        (Protocol::S3, s3_operation(&path))
    } else {
        (Protocol::Rest, rest_operation(method, &path))
    };
    let service = match (signed, name.as_str()) {
        ("s3", "GetAccountPublicAccessBlock") => "s3control",
        (service, _) => service,
    };
    let name = if service == "s3control" { "GetPublicAccessBlock".to_owned() } else { name };
    let target = header(head, "x-amz-target").unwrap_or_default();
    Request {
        operation: format!("{service}:{name}"),
        key: format!("{} {region} {signed} {method} {path} {target} {body}", account_of(identity)),
        body,
        protocol,
    }
}

fn s3_operation(path: &str) -> String {
    if path.starts_with("/v20180820/configuration/publicAccessBlock") {
        return "GetAccountPublicAccessBlock".to_owned();
    }
    let (bucket, query) = path.split_once('?').unwrap_or((path, ""));
    let asks = |name: &str| query.split('&').any(|pair| pair.split('=').next() == Some(name));
    let name = match () {
        () if bucket == "/" => "ListBuckets",
        () if asks("location") => "GetBucketLocation",
        () if asks("policyStatus") => "GetBucketPolicyStatus",
        () if asks("policy") => "GetBucketPolicy",
        () if asks("publicAccessBlock") => "GetPublicAccessBlock",
        () if asks("versioning") => "GetBucketVersioning",
        () if asks("encryption") => "GetBucketEncryption",
        () => "Unknown",
    };
    name.to_owned()
}

fn rest_operation(method: &str, path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    let name = match path.trim_matches('/').split('/').collect::<Vec<_>>().as_slice() {
        ["2015-02-01", "file-systems"] => "DescribeFileSystems",
        ["2015-02-01", "mount-targets"] => "DescribeMountTargets",
        ["2015-02-01", "mount-targets", _, "security-groups"] => "DescribeMountTargetSecurityGroups",
        ["clusters"] if method == "GET" => "ListClusters",
        ["clusters", _] => "DescribeCluster",
        _ => "Unknown",
    };
    name.to_owned()
}

fn fetch(shared: &Shared, request: &Request, head: &str, body: &[u8]) -> std::io::Result<Vec<u8>> {
    let changes = request.operation.starts_with("sts:") || request.operation.starts_with("sns:");
    if !changes && let Some(answer) = KEPT.lock().unwrap().get(&request.key) {
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
        return Ok(KEPT.lock().unwrap().entry(request.key.clone()).or_insert(whole).clone());
    }
    Ok(whole)
}

fn denied_code(request: &Request) -> &'static str {
    match request.protocol {
        Protocol::Ec2 => "UnauthorizedOperation",
        Protocol::S3 | Protocol::Query => "AccessDenied",
        Protocol::Json | Protocol::Rest => "AccessDeniedException",
    }
}

fn throttle_code(request: &Request) -> &'static str {
    match request.protocol {
        Protocol::Ec2 => "RequestLimitExceeded",
        Protocol::S3 => "SlowDown",
        Protocol::Query => "Throttling",
        Protocol::Json => "ThrottlingException",
        Protocol::Rest => "TooManyRequestsException",
    }
}

fn throttle_status(request: &Request) -> u16 {
    match request.protocol {
        Protocol::Ec2 | Protocol::S3 => 503,
        Protocol::Query | Protocol::Json => 400,
        Protocol::Rest => 429,
    }
}

/// An error in the shape of the request's protocol.
fn refusal(request: &Request, status: u16, code: &str, message: &str) -> Vec<u8> {
    let (kind, body) = match request.protocol {
        Protocol::Json => ("application/x-amz-json-1.1", format!(r#"{{"__type":"{code}","message":"{message}"}}"#)),
        Protocol::Rest => ("application/json", format!(r#"{{"message":"{message}","ErrorCode":"{code}"}}"#)),
        Protocol::Query => (
            "text/xml",
            format!(
                "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
            ),
        ),
        Protocol::Ec2 => (
            "text/xml",
            format!(
                "<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors></Response>"
            ),
        ),
        Protocol::S3 => ("application/xml", format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>")),
    };
    let mut answer = plain(status, kind, body.as_bytes());
    if request.protocol == Protocol::Rest {
        let at = find(&answer, b"\r\n").unwrap_or(0) + 2;
        answer.splice(at..at, format!("x-amzn-errortype: {code}\r\n").into_bytes());
    }
    answer
}

/// An answer with nothing special about it.
pub fn plain(status: u16, kind: &str, body: &[u8]) -> Vec<u8> {
    let mut answer =
        format!("HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n", body.len()).into_bytes();
    answer.extend_from_slice(body);
    answer
}
