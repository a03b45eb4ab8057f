//! What the tests of channels share: a small HTTP server, and invented digests.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_types::retry::RetryConfig;
use aws_types::region::Region;
use jiff::Timestamp;

use plumbline_document::{Lines, Stance};

use super::change::{AttestationChange, Change, ClaimChange, LeftOut};
use super::digest::{Digest, DigestAccount};
use crate::claim::Outcome;
use crate::finding::Severity;

/// What the server answers to one request.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
    pub after: Duration,
}

impl Reply {
    pub fn new(status: u16, body: impl Into<String>) -> Reply {
        Reply { status, headers: Vec::new(), body: body.into(), after: Duration::ZERO }
    }

    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Reply {
        self.headers.push((name, value.into()));
        self
    }
}

/// A request that the server got.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

/// Answers requests in order, one connection each, with the replies given; the last one serves for all later.
pub struct TestServer {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl TestServer {
    pub fn start(replies: Vec<Reply>) -> TestServer {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = requests.clone();
        thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                let reply = replies[number.min(replies.len() - 1)].clone();
                let (Ok(stream), seen) = (stream, seen.clone()) else { return };
                thread::spawn(move || serve(stream, &reply, &seen));
            }
        });
        TestServer { address, requests }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// An SDK configuration whose services are all this server.
    pub fn sdk(&self) -> SdkConfig {
        sdk(&self.url(""))
    }
}

/// An SDK configuration with one attempt a call and invented credentials.
pub fn sdk(endpoint: &str) -> SdkConfig {
    let http = aws_smithy_http_client::Builder::new().build_http();
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
            "AKIDEXAMPLE",
            "key",
            None,
            None,
            "test",
        )))
        .endpoint_url(endpoint)
        .http_client(http)
        .sleep_impl(aws_smithy_async::rt::sleep::SharedAsyncSleep::new(aws_smithy_async::rt::sleep::TokioSleep::new()))
        .retry_config(RetryConfig::disabled())
        .build()
}

fn serve(mut stream: TcpStream, reply: &Reply, seen: &Mutex<Vec<Request>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut line = String::new();
    if reader.read_line(&mut line).unwrap_or(0) == 0 {
        return;
    }
    let mut first = line.split_whitespace().map(str::to_owned);
    let (method, path) = (first.next().unwrap(), first.next().unwrap());
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim().split_once(':') else { break };
        headers.insert(name.to_lowercase(), value.trim().to_owned());
    }
    let length: usize = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    seen.lock().unwrap().push(Request { method, path, headers, body: String::from_utf8(body).unwrap() });
    thread::sleep(reply.after);
    let headers: String = reply.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    // The client may be gone by now.
    let _ = write!(
        stream,
        "HTTP/1.1 {} Answer\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n{}",
        reply.status,
        reply.body.len(),
        reply.body
    );
}

/// A noon in spring.
pub fn noon() -> Timestamp {
    "2026-04-01T12:00:00Z".parse().unwrap()
}

pub fn change(check: &str, severity: Severity, resource_id: &str) -> Change {
    Change {
        check: check.to_owned(),
        title: format!("what {check} looks for"),
        severity,
        account_id: "111122223333".to_owned(),
        account_name: Some("production".to_owned()),
        region: "eu-west-1".to_owned(),
        resource_type: "AWS::RDS::DBInstance".to_owned(),
        resource_id: resource_id.to_owned(),
        resource_arn: format!("arn:aws:rds:eu-west-1:111122223333:db:{resource_id}"),
        message: format!("{resource_id} is not as it should be"),
        remediation: format!("aws rds modify-db-instance --db-instance-identifier {resource_id}"),
        since: "2026-03-30T08:00:00Z".parse().unwrap(),
        resource_gone: false,
    }
}

pub fn digest(opened: Vec<Change>, came_back: Vec<Change>, closed: Vec<Change>) -> Digest {
    Digest {
        test: false,
        as_of: noon(),
        accounts: vec![DigestAccount { account_id: "111122223333".to_owned(), name: Some("production".to_owned()) }],
        opened,
        came_back,
        closed,
        contradicted: Vec::new(),
        claims_closed: Vec::new(),
        mended: Vec::new(),
        attestations_expired: Vec::new(),
        attestations_expiring: Vec::new(),
        open_now: BTreeMap::from([(Severity::High, 3), (Severity::Critical, 1)]),
        left_out: LeftOut::default(),
        dedup_key: "audit-7".to_owned(),
    }
}

/// Two that opened, one that came back, one that closed.
pub fn small_digest() -> Digest {
    digest(
        vec![change("rds-multi-az", Severity::High, "orders"), change("rds-not-public", Severity::Critical, "orders")],
        vec![change("rds-encrypted", Severity::High, "ledger")],
        vec![Change { resource_gone: true, ..change("rds-backups", Severity::Medium, "scratch") }],
    )
}

/// As many changes as asked for, in three kinds and all severities, over forty checks.
pub fn large_digest(changes: usize) -> Digest {
    let mut kinds = [Vec::new(), Vec::new(), Vec::new()];
    for number in 0..changes {
        let severity = Severity::ALL[number % 5];
        kinds[number % 3].push(change(
            &format!("check-{:02}", number % 40),
            severity,
            &format!("database-{number:04}"),
        ));
    }
    let [opened, came_back, closed] = kinds;
    digest(opened, came_back, closed)
}

/// A claim of `club-app.md` that is contradicted.
pub fn claim(id: &str, line: usize) -> ClaimChange {
    ClaimChange {
        severity: Severity::High,
        account_id: "111122223333".to_owned(),
        account_name: Some("production".to_owned()),
        document: "club-app.md".to_owned(),
        claim: format!("{id}-1a2b3c"),
        lines: vec![Lines(line, line)],
        text: format!("{id} is so"),
        verdict: Stance::Done,
        outcome: Outcome::Contradicted,
        was: Some(Outcome::Confirmed),
        reworded: false,
        reason: format!("{id} is otherwise"),
        remediation: format!("aws mend {id}"),
        since: noon(),
    }
}

/// An attestation that ends at noon.
pub fn attestation(subject: &str) -> AttestationChange {
    AttestationChange {
        id: 7,
        severity: Severity::Medium,
        account_id: Some("111122223333".to_owned()),
        account_name: Some("production".to_owned()),
        document: Some("club-app.md".to_owned()),
        subject: subject.to_owned(),
        by: "jo".to_owned(),
        evidence: "https://clubapp.example/plan".to_owned(),
        until: noon(),
    }
}

/// A digest of one opened finding and of claims and attestations of each kind.
pub fn claims_digest() -> Digest {
    let gap = ClaimChange {
        severity: Severity::Medium,
        verdict: Stance::Missing,
        outcome: Outcome::Closed,
        was: Some(Outcome::StillOpen),
        remediation: String::new(),
        ..claim("logs-retention", 90)
    };
    let mended = ClaimChange {
        verdict: Stance::Missing,
        outcome: Outcome::StillOpen,
        was: Some(Outcome::Contradicted),
        reworded: true,
        remediation: String::new(),
        since: "2026-03-30T08:00:00Z".parse().unwrap(),
        ..claim("nat-per-zone", 12)
    };
    let everywhere =
        AttestationChange { account_id: None, account_name: None, document: None, ..attestation("att-bcp") };
    Digest {
        contradicted: vec![claim("rds-multi-az", 66), claim("rds-encrypted", 20)],
        claims_closed: vec![gap],
        mended: vec![mended],
        attestations_expired: vec![attestation("att-dr-plan")],
        attestations_expiring: vec![everywhere],
        ..digest(vec![change("rds-not-public", Severity::Critical, "orders")], vec![], vec![])
    }
}

/// As many changes as asked for, of all kinds, over seven documents.
pub fn large_claims_digest(changes: usize) -> Digest {
    let mut digest = digest(vec![], vec![], vec![]);
    for number in 0..changes {
        let document = format!("document-{}.md", number % 7);
        let claim = ClaimChange { document: document.clone(), ..claim(&format!("claim-{number:04}"), number) };
        let attestation = AttestationChange { document: Some(document), ..attestation(&format!("att-{number:04}")) };
        match number % 6 {
            0 => digest.contradicted.push(claim),
            1 => digest.claims_closed.push(ClaimChange { severity: Severity::Medium, ..claim }),
            2 => digest.mended.push(claim),
            3 => digest.attestations_expired.push(attestation),
            4 => digest.attestations_expiring.push(attestation),
            _ => digest.opened.push(change(&format!("check-{:02}", number % 40), Severity::High, "orders")),
        }
    }
    digest
}
