//! HTTP by hand, as the servers of the tests speak it, so that they can also send what no server library would: which
//! operation a request asks for, and answers in the shape of its protocol.

use std::io::Read;
use std::net::TcpStream;

/// A request, understood.
#[derive(Debug, Clone)]
pub struct Request {
    /// `service:Operation`.
    pub operation: String,
    pub body: String,
    /// Who asks: the access key.
    pub access_key: String,
    /// The Region that it is signed for.
    pub region: String,
    /// Method and path.
    pub target: String,
    pub protocol: Protocol,
}

/// How a service speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    Json,
    Query,
    Ec2,
    S3,
    Rest,
}

/// The next request on a connection: its head and its body. None once the other side has closed it.
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

/// Where bytes stand among others.
pub fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

/// A header of a request or an answer.
pub fn header<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    head.lines().skip(1).find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// What a request asks for.
pub fn understand(head: &str, body: &[u8]) -> Request {
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
    Request {
        operation: format!("{service}:{name}"),
        access_key: identity.to_owned(),
        region: region.to_owned(),
        target: format!("{method} {path}"),
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

/// How a service says that the identity lacks a permission.
pub fn denied_code(request: &Request) -> &'static str {
    match request.protocol {
        Protocol::Ec2 => "UnauthorizedOperation",
        Protocol::S3 | Protocol::Query => "AccessDenied",
        Protocol::Json | Protocol::Rest => "AccessDeniedException",
    }
}

/// How a service says that there were too many calls.
pub fn throttle_code(request: &Request) -> &'static str {
    match request.protocol {
        Protocol::Ec2 => "RequestLimitExceeded",
        Protocol::S3 => "SlowDown",
        Protocol::Query => "Throttling",
        Protocol::Json => "ThrottlingException",
        Protocol::Rest => "TooManyRequestsException",
    }
}

/// The status that goes with it.
pub fn throttle_status(request: &Request) -> u16 {
    match request.protocol {
        Protocol::Ec2 | Protocol::S3 => 503,
        Protocol::Query | Protocol::Json => 400,
        Protocol::Rest => 429,
    }
}

/// An error in the shape of the request's protocol.
pub fn refusal(request: &Request, status: u16, code: &str, message: &str) -> Vec<u8> {
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
        // S3 Control wraps its errors as the query protocol does.
        Protocol::S3 if request.operation.starts_with("s3control:") => (
            "application/xml",
            format!("<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"),
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

/// A whole answer.
pub fn plain(status: u16, kind: &str, body: &[u8]) -> Vec<u8> {
    let mut answer =
        format!("HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n", body.len()).into_bytes();
    answer.extend_from_slice(body);
    answer
}
