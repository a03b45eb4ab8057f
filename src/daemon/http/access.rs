//! Who may ask.

use std::net::IpAddr;

use http::header::{AUTHORIZATION, HOST};
use http::{HeaderMap, StatusCode};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::answer::Refusal;
use crate::config::Token;

/// What who asks has to know. Only a digest is kept: it has one length, whatever the token's.
#[derive(Clone)]
pub struct Access(Option<[u8; 32]>);

impl Access {
    /// Who knows the token may ask; everyone on this machine where there is none.
    pub fn new(token: Option<&Token>) -> Access {
        Access(token.map(|token| Sha256::digest(token.expose()).into()))
    }

    /// Whether the request may be answered.
    pub fn admit(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        match &self.0 {
            Some(expected) => admit_token(expected, headers),
            None => admit_local(headers),
        }
    }
}

fn admit_token(expected: &[u8; 32], headers: &HeaderMap) -> Result<(), Refusal> {
    let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim_start())
    });
    let Some(given) = given else {
        return Err(Refusal::new(StatusCode::UNAUTHORIZED, "this needs a token")
            .help("send the header `Authorization: Bearer TOKEN`"));
    };
    let digest: [u8; 32] = Sha256::digest(given).into();
    if bool::from(digest.ct_eq(expected)) {
        Ok(())
    } else {
        Err(Refusal::new(StatusCode::UNAUTHORIZED, "the token is not the right one"))
    }
}

/// Without a token only this machine can ask; but a page of the web, open in a browser here, could too, under a name of its own
/// that it lets resolve to this machine.
fn admit_local(headers: &HeaderMap) -> Result<(), Refusal> {
    let Some(host) = headers.get(HOST) else { return Ok(()) };
    let host = host.to_str().unwrap_or_default();
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let local =
        name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    if local {
        return Ok(());
    }
    Err(Refusal::new(StatusCode::MISDIRECTED_REQUEST, "without a token only `localhost` is answered")
        .help("ask for 127.0.0.1 or localhost, or name a token in `[daemon]`"))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn status(access: &Access, name: http::HeaderName, value: &'static str) -> u16 {
        let headers = HeaderMap::from_iter([(name, HeaderValue::from_static(value))]);
        access.admit(&headers).map_or_else(|refusal| refusal.answer().status().as_u16(), |()| 200)
    }

    #[test]
    fn only_the_token_admits() {
        let config = toml::from_str::<crate::config::DaemonConfig>("token = \"a-token-of-enough-length\"");
        assert!(config.is_ok());
        let token: Token = serde_json::from_str("\"a-token-of-enough-length\"").unwrap();
        let access = Access::new(Some(&token));
        for (given, expected) in [
            ("Bearer a-token-of-enough-length", 200),
            ("bearer  a-token-of-enough-length", 200),
            ("Bearer a-token-of-enough-lengtH", 401),
            ("Bearer a-token-of-enough-length ", 401),
            ("Bearer ", 401),
            ("Bearer", 401),
            ("Basic a-token-of-enough-length", 401),
        ] {
            assert_eq!(status(&access, AUTHORIZATION, given), expected, "{given}");
        }
        assert_eq!(status(&access, HOST, "localhost"), 401);
    }

    #[test]
    fn without_a_token_foreign_names_are_refused() {
        let access = Access::new(None);
        for (host, expected) in [
            ("localhost:9180", 200),
            ("127.0.0.1:9180", 200),
            ("[::1]:9180", 200),
            ("127.0.0.1.evil.example", 421),
            ("clubapp.example:9180", 421),
            ("10.0.0.7", 421),
        ] {
            assert_eq!(status(&access, HOST, host), expected, "{host}");
        }
    }
}
