//! An AWS of written answers, for what the emulator cannot show. Whatever it was given no answer for is as in an
//! account that has nothing.
//!
//! Answers are texts, one after another, each below a line of its own:
//!
//! ```text
//! === ec2:DescribeVpcs
//! <DescribeVpcsResponse>...
//! === ec2:DescribeVpcs NextToken=two
//! <DescribeVpcsResponse>...
//! === 404 s3:GetBucketPolicy /reports?
//! <Error><Code>NoSuchBucketPolicy</Code>...
//! ```
//!
//! What follows the operation has to stand in the request: in its Region, method, path or body. Of several
//! answers that match, the last one counts.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use crate::wire::{Protocol, Request, plain, read_request, refusal, understand};

/// What is sent back.
pub enum Answer {
    /// A whole answer, head and body.
    Bytes(Vec<u8>),
    /// Nothing: the connection is closed.
    Close,
}

type Rule = Box<dyn Fn(&Request, usize) -> Option<Answer> + Send + Sync>;

/// The server. It ends with the test process.
pub struct Written {
    pub endpoint: String,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    answers: Mutex<Vec<WrittenAnswer>>,
    rule: Mutex<Option<Rule>>,
    requests: Mutex<Vec<Request>>,
}

struct WrittenAnswer {
    operation: String,
    asked: Vec<String>,
    status: u16,
    body: String,
}

impl Written {
    /// An account that has nothing.
    pub fn empty() -> Written {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared::default());
        let serving = shared.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = serving.clone();
                std::thread::spawn(move || {
                    let _ = serve(stream, &shared);
                });
            }
        });
        let written = Written { endpoint, shared };
        written.add(IDENTITY);
        written
    }

    /// An account of which these answers tell.
    pub fn of(text: &str) -> Written {
        let written = Written::empty();
        written.add(text);
        written
    }

    /// Further answers, which count before the earlier ones.
    pub fn add(&self, text: &str) {
        let (before, sections) = text.split_once("=== ").unwrap_or_else(|| panic!("no answers in {text}"));
        assert!(before.trim().is_empty(), "a text before the first answer: {before}");
        for section in sections.split("\n=== ") {
            self.shared.answers.lock().unwrap().push(written_answer(section));
        }
    }

    /// From now on this is asked first; it gets the request and how many came since.
    pub fn rule(&self, rule: impl Fn(&Request, usize) -> Option<Answer> + Send + Sync + 'static) {
        self.shared.requests.lock().unwrap().clear();
        *self.shared.rule.lock().unwrap() = Some(Box::new(rule));
    }

    /// How often each operation was asked for, by `service:Operation`.
    pub fn calls(&self) -> BTreeMap<String, usize> {
        let mut calls = BTreeMap::new();
        for request in self.shared.requests.lock().unwrap().iter() {
            *calls.entry(request.operation.clone()).or_default() += 1;
        }
        calls
    }

    /// The requests since the rule was set, or all if there is none.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.requests.lock().unwrap().clone()
    }
}

const IDENTITY: &str = r#"=== sts:GetCallerIdentity
<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <GetCallerIdentityResult>
    <Arn>arn:aws:sts::111122223333:assumed-role/plumbline-audit/plumbline</Arn>
    <UserId>AROAEXAMPLEEXAMPLE:plumbline</UserId>
    <Account>111122223333</Account>
  </GetCallerIdentityResult>
</GetCallerIdentityResponse>"#;

fn written_answer(section: &str) -> WrittenAnswer {
    let (asked, body) = section.split_once('\n').unwrap_or((section, ""));
    let mut words = asked.split(' ').map(str::to_owned).peekable();
    let status = words.next_if(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    let status = status.map_or(200, |status| status.parse().unwrap());
    let operation = words.next().unwrap_or_else(|| panic!("no operation: {asked}"));
    WrittenAnswer { operation, asked: words.collect(), status, body: body.trim_end().to_owned() }
}

fn serve(mut stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let mut buffer = Vec::new();
    while let Some((head, body)) = read_request(&mut stream, &mut buffer)? {
        let request = understand(&head, &body);
        let before = {
            let mut requests = shared.requests.lock().unwrap();
            requests.push(request.clone());
            requests.len() - 1
        };
        let ruled = shared.rule.lock().unwrap().as_ref().and_then(|rule| rule(&request, before));
        match ruled.unwrap_or_else(|| Answer::Bytes(answer(shared, &request))) {
            Answer::Bytes(bytes) => stream.write_all(&bytes)?,
            Answer::Close => return Ok(()),
        }
    }
    Ok(())
}

fn answer(shared: &Shared, request: &Request) -> Vec<u8> {
    let text = format!("{} {} {}", request.region, request.target, request.body);
    let answers = shared.answers.lock().unwrap();
    let found = answers
        .iter()
        .rev()
        .find(|answer| answer.operation == request.operation && answer.asked.iter().all(|word| text.contains(word)));
    match found {
        Some(found) => plain(found.status, media_type(request), found.body.as_bytes()),
        None => nothing(request),
    }
}

fn media_type(request: &Request) -> &'static str {
    match request.protocol {
        Protocol::Json => "application/x-amz-json-1.1",
        Protocol::Rest => "application/json",
        Protocol::Query | Protocol::Ec2 => "text/xml",
        Protocol::S3 => "application/xml",
    }
}

/// What AWS answers where there is nothing.
fn nothing(request: &Request) -> Vec<u8> {
    let name = request.operation.split(':').nth(1).unwrap_or_default();
    let body = match request.protocol {
        Protocol::Json | Protocol::Rest => "{}".to_owned(),
        Protocol::Ec2 => format!("<{name}Response></{name}Response>"),
        Protocol::Query => format!("<{name}Response><{name}Result></{name}Result></{name}Response>"),
        Protocol::S3 if name == "ListBuckets" => {
            "<ListAllMyBucketsResult><Buckets></Buckets></ListAllMyBucketsResult>".to_owned()
        }
        Protocol::S3 if name == "GetPublicAccessBlock" => {
            return refusal(request, 404, "NoSuchPublicAccessBlockConfiguration", "there is none");
        }
        Protocol::S3 if name == "GetBucketPolicy" || name == "GetBucketPolicyStatus" => {
            return refusal(request, 404, "NoSuchBucketPolicy", "The bucket policy does not exist");
        }
        Protocol::S3 if name == "GetBucketVersioning" => "<VersioningConfiguration/>".to_owned(),
        Protocol::S3 => {
            return refusal(request, 404, "ServerSideEncryptionConfigurationNotFoundError", "there is none");
        }
    };
    plain(200, media_type(request), body.as_bytes())
}
