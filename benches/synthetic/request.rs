//! What a request asks for, and how it is refused: AWS has a handful of protocols, told apart by their headers.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::account::account_of_key;
use super::http::{Answer, Received};

/// How a service speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// Forms in, XML out, with EC2's own error shape.
    Ec2,
    /// Forms in, XML out.
    Query,
    /// JSON with the operation in a header.
    Json,
    /// Paths in, JSON out.
    Rest,
    /// Paths in, XML out.
    S3,
}

/// One call.
#[derive(Debug)]
pub struct Request {
    pub protocol: Protocol,
    /// The service by which the limits and the plan know it.
    pub service: String,
    pub operation: String,
    pub region: String,
    /// The account that signed it.
    pub account: String,
    /// A bucket's name.
    pub bucket: String,
    parameters: BTreeMap<String, String>,
    /// The body of a call in JSON.
    pub json: Json,
}

impl Request {
    /// Understands a request by its signature, its headers and its body.
    pub fn new(received: &Received) -> Request {
        // Credential=KEY/DATE/REGION/SERVICE/aws4_request
        let scope = received.header("authorization").split("Credential=").nth(1).unwrap_or_default();
        let part = |index: usize| scope.split(['/', ',']).nth(index).unwrap_or_default().to_owned();
        let (region, service) = (part(2), part(3));
        let account = account_of_key(&part(0)).to_owned();
        let target = received.header("x-amz-target");
        let body = String::from_utf8_lossy(&received.body);
        let mut request = Request {
            protocol: Protocol::Rest,
            service,
            operation: String::new(),
            region,
            account,
            bucket: String::new(),
            parameters: BTreeMap::new(),
            json: Json::Null,
        };
        if !target.is_empty() {
            request.protocol = Protocol::Json;
            request.operation = target.rsplit('.').next().unwrap_or_default().to_owned();
            request.json = serde_json::from_str(&body).unwrap_or_default();
            if target.starts_with("AnyScaleFrontendService") {
                request.service = "application-autoscaling".to_owned();
            }
        } else if body.contains("Action=") {
            request.parameters = pairs(&body);
            request.operation = request.parameter("Action").to_owned();
            request.protocol = if request.service == "ec2" { Protocol::Ec2 } else { Protocol::Query };
        } else {
            let (path, query) = received.path.split_once('?').unwrap_or((&received.path, ""));
            request.parameters = pairs(query);
            if request.service == "s3" {
                request.protocol = Protocol::S3;
                request.understand_s3(path);
            } else {
                request.operation = rest_operation(&received.method, path).to_owned();
            }
        }
        request
    }

    /// A parameter of the form or the query; empty if it is not there.
    pub fn parameter(&self, name: &str) -> &str {
        self.parameters.get(name).map_or("", String::as_str)
    }

    /// A parameter by its name in whatever protocol this is: a page token, a page size, an id.
    pub fn argument(&self, name: &str) -> String {
        match self.json.get(name) {
            Some(Json::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => self.parameter(name).to_owned(),
        }
    }

    fn understand_s3(&mut self, path: &str) {
        if path.starts_with("/v20180820/") {
            "s3control".clone_into(&mut self.service);
            "GetPublicAccessBlock".clone_into(&mut self.operation);
            return;
        }
        path.trim_matches('/').clone_into(&mut self.bucket);
        let operation = match () {
            () if self.bucket.is_empty() => "ListBuckets",
            () if self.parameters.contains_key("policyStatus") => "GetBucketPolicyStatus",
            () if self.parameters.contains_key("policy") => "GetBucketPolicy",
            () if self.parameters.contains_key("publicAccessBlock") => "GetPublicAccessBlock",
            () if self.parameters.contains_key("versioning") => "GetBucketVersioning",
            () if self.parameters.contains_key("encryption") => "GetBucketEncryption",
            () => "Unknown",
        };
        operation.clone_into(&mut self.operation);
    }

    /// An answer in the shape of the protocol.
    pub fn answer(&self, body: String) -> Answer {
        let kind = match self.protocol {
            Protocol::Ec2 | Protocol::Query => "text/xml",
            Protocol::Json => "application/x-amz-json-1.1",
            Protocol::Rest => "application/json",
            Protocol::S3 => "application/xml",
        };
        Answer { status: 200, kind, body }
    }

    /// An error in the shape of the protocol.
    pub fn refuse(&self, status: u16, code: &str) -> Answer {
        let body = match self.protocol {
            Protocol::Ec2 => format!("<Response><Errors><Error><Code>{code}</Code></Error></Errors></Response>"),
            Protocol::Query => format!("<ErrorResponse><Error><Code>{code}</Code></Error></ErrorResponse>"),
            Protocol::Json | Protocol::Rest => format!(r#"{{"__type":"{code}"}}"#),
            Protocol::S3 if self.service == "s3control" => {
                format!("<ErrorResponse><Error><Code>{code}</Code></Error></ErrorResponse>")
            }
            Protocol::S3 => format!("<Error><Code>{code}</Code></Error>"),
        };
        Answer { status, ..self.answer(body) }
    }

    /// What AWS answers to one call too many.
    pub fn throttle(&self) -> Answer {
        match self.protocol {
            Protocol::Ec2 => self.refuse(503, "RequestLimitExceeded"),
            Protocol::Query => self.refuse(400, "Throttling"),
            Protocol::Json => self.refuse(400, "ThrottlingException"),
            Protocol::Rest => self.refuse(429, "TooManyRequestsException"),
            Protocol::S3 => self.refuse(503, "SlowDown"),
        }
    }
}

fn rest_operation(method: &str, path: &str) -> &'static str {
    match (method, path.trim_end_matches('/')) {
        ("GET", "/2015-02-01/file-systems") => "DescribeFileSystems",
        ("GET", "/clusters") => "ListClusters",
        _ => "Unknown",
    }
}

/// The pairs of a form or a query, decoded.
fn pairs(text: &str) -> BTreeMap<String, String> {
    let pairs = text.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs.map(|(key, value)| (decode(key), decode(value))).collect()
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digits = [rest.next().unwrap_or(b'0'), rest.next().unwrap_or(b'0')];
                let digits = std::str::from_utf8(&digits).unwrap_or_default();
                bytes.push(u8::from_str_radix(digits, 16).unwrap_or(b'?'));
            }
            other => bytes.push(other),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
