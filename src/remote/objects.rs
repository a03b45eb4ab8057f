//! Getting, putting and listing objects.

use std::path::Path;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumMode, ServerSideEncryption};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::base64;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::region::Region;
use sha2::{Digest, Sha256};

use crate::aws::{Access, Failure, Fleet, RetryBrokenAnswers, endpoint};
use crate::store::Store;

use super::error::{Doing, RemoteError};
use super::place::S3Place;

/// First attempt and four retries: 503 and time-outs are what S3 answers while it scales.
const ATTEMPTS: u32 = 5;

const CONNECT_TIMEOUT: Duration = Duration::from_millis(3100);

/// For one attempt: until S3 has answered, with the upload of what is put. What is fetched comes after that, and may not stall.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(300);

/// How often an object whose body broke off is fetched.
const FETCHES: u32 = 3;

/// The largest object that one request can put.
const LARGEST: u64 = 5 * 1024 * 1024 * 1024;

/// The metadata that say which schema a store has, and the SHA-256 of the bytes.
const SCHEMA: &str = "plumbline-schema";
const SHA256: &str = "plumbline-sha256";

/// What was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fetched {
    pub etag: String,
    /// In base64.
    pub sha256: String,
}

/// On which condition something is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum If<'a> {
    /// There is no such object.
    None,
    /// It is still the one with this ETag.
    Match(&'a str),
}

/// What became of a put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Put {
    /// It was put, and this is its ETag.
    Done(String),
    /// The condition was not met.
    Refused,
}

/// The objects of a bucket, reached with the identity that started the run.
#[derive(Debug)]
pub struct Objects {
    place: S3Place,
    config: SdkConfig,
    client: Client,
}

impl Objects {
    /// The bucket of this place. With its KMS key, if it names one, everything is encrypted that is put.
    pub async fn connect(fleet: &Fleet, profile: Option<&str>, place: &S3Place) -> Objects {
        let access = Access { profile: profile.map(str::to_owned), ..Access::default() };
        let config = fleet.sdk_config(&access).await;
        let client = client(&config);
        Objects { place: place.clone(), config, client }
    }

    /// The place of an object.
    pub fn place(&self, key: &str) -> S3Place {
        self.place.with_key(key)
    }

    /// The keys that begin with `prefix`, in order.
    ///
    /// # Errors
    ///
    /// They cannot be listed.
    pub async fn list(&mut self, prefix: &str) -> Result<Vec<String>, RemoteError> {
        let (mut keys, mut token) = (Vec::new(), None);
        loop {
            let request = self.client.list_objects_v2().bucket(&self.place.bucket).prefix(prefix);
            match request.set_continuation_token(token.clone()).send().await {
                Ok(page) => {
                    keys.extend(page.contents().iter().filter_map(|object| object.key()).map(str::to_owned));
                    token = page.next_continuation_token().map(str::to_owned);
                    if token.is_none() {
                        return Ok(keys);
                    }
                }
                Err(error) if self.moves(&error) => {}
                Err(error) => return Err(self.failed(Doing::List, prefix, &error)),
            }
        }
    }

    /// Fetches an object into a file, and says whether there is one. Its checksum is verified.
    ///
    /// # Errors
    ///
    /// It cannot be fetched, or is not what was put.
    pub async fn get(&mut self, key: &str, to: &Path) -> Result<bool, RemoteError> {
        Ok(self.fetch(key, to).await?.is_some())
    }

    /// Puts a file, unless there is an object with this key. Says whether the object is this file now.
    ///
    /// # Errors
    ///
    /// It cannot be put.
    pub async fn put_new(&mut self, key: &str, from: &Path) -> Result<bool, RemoteError> {
        let sha256 = sha256_of(from).map_err(|error| self.unreadable(key, &error))?;
        match self.put(key, from, &sha256, If::None, None).await? {
            Put::Done(_) => Ok(true),
            // Perhaps by this very put: its answer may have got lost.
            Put::Refused => Ok(self.sha256_there(key).await?.is_some_and(|there| there == sha256)),
        }
    }

    /// Fetches an object into a file; none where there is none.
    pub(super) async fn fetch(&mut self, key: &str, to: &Path) -> Result<Option<Fetched>, RemoteError> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.fetch_once(key, to).await {
                Err((error, true)) if tries < FETCHES => tracing::debug!(%error, "the fetch broke off"),
                outcome => return outcome.map_err(|(error, _)| error),
            }
        }
    }

    /// Fetches once; an error comes with whether it is worth another try.
    async fn fetch_once(&mut self, key: &str, to: &Path) -> Result<Option<Fetched>, (RemoteError, bool)> {
        let place = self.place(key);
        let answer = loop {
            let request = self.client.get_object().bucket(&place.bucket).key(key);
            match request.checksum_mode(ChecksumMode::Enabled).send().await {
                Ok(answer) => break answer,
                Err(error) if self.moves(&error) => {}
                Err(error) if code(&error) == Some("NoSuchKey") => return Ok(None),
                Err(error) => return Err((self.failed(Doing::Get, key, &error), false)),
            }
        };
        let metadata = answer.metadata().cloned().unwrap_or_default();
        let found = metadata.get(SCHEMA).and_then(|version| version.parse::<usize>().ok());
        if let Some(found) = found.filter(|found| *found > Store::SCHEMA) {
            let known = Store::SCHEMA;
            let cause = format!("it is of a newer plumbline: its schema is {found}, this one knows {known}");
            let help = "use the plumbline that wrote it, or a newer one";
            return Err((RemoteError::new(Doing::Get, &place, cause, help), false));
        }
        let etag = answer.e_tag().unwrap_or_default().to_owned();
        // A checksum of parts (`...-2`) is none of the whole.
        let stored = answer.checksum_sha256().filter(|sum| !sum.contains('-')).map(str::to_owned);
        let expected = stored.or_else(|| metadata.get(SHA256).cloned());
        let sha256 = receive(answer.body, to).await.map_err(|cause| {
            if cause.contains("checksum") {
                return (damaged(&place, &cause), true);
            }
            let help = "check the network and the space in the folder for temporary files (TMPDIR)";
            (RemoteError::new(Doing::Get, &place, cause, help), true)
        })?;
        if let Some(expected) = expected.filter(|expected| *expected != sha256) {
            let cause = format!("its SHA-256 is {sha256}, and should be {expected}");
            return Err((damaged(&place, &cause), true));
        }
        Ok(Some(Fetched { etag, sha256 }))
    }

    /// Puts a file on a condition, with the version of its schema where it is a store.
    pub(super) async fn put(
        &mut self,
        key: &str,
        from: &Path,
        sha256: &str,
        condition: If<'_>,
        schema: Option<usize>,
    ) -> Result<Put, RemoteError> {
        let place = self.place(key);
        let size = std::fs::metadata(from).map_err(|error| self.unreadable(key, &error))?.len();
        if size > LARGEST {
            let help = "keep the store in a file, or let it forget sooner: `[retention] days`";
            let cause = format!("it has {size} bytes, and S3 takes 5 GiB at once");
            return Err(RemoteError::new(Doing::Put, &place, cause, help));
        }
        loop {
            let body = ByteStream::from_path(from).await.map_err(|error| self.unreadable(key, &error))?;
            let request = self.client.put_object().bucket(&place.bucket).key(key).body(body);
            let request = match &place.kms {
                None => request.server_side_encryption(ServerSideEncryption::Aes256),
                Some(key) => request.server_side_encryption(ServerSideEncryption::AwsKms).ssekms_key_id(key),
            };
            let request = match condition {
                If::Match(etag) => request.if_match(etag),
                If::None => request.if_none_match("*"),
            };
            let request = match schema {
                Some(schema) => request.content_type("application/vnd.sqlite3").metadata(SCHEMA, schema.to_string()),
                None => request.content_type("application/octet-stream"),
            };
            match request.checksum_sha256(sha256).metadata(SHA256, sha256).send().await {
                Ok(answer) => return Ok(Put::Done(answer.e_tag().unwrap_or_default().to_owned())),
                Err(error) if self.moves(&error) => {}
                Err(error) => {
                    let status = error.raw_response().map(|response| response.status().as_u16());
                    let is_gone = condition != If::None && code(&error) == Some("NoSuchKey");
                    return match status {
                        Some(409 | 412) => Ok(Put::Refused),
                        _ if is_gone => Ok(Put::Refused),
                        _ => Err(self.failed(Doing::Put, key, &error)),
                    };
                }
            }
        }
    }

    /// The SHA-256 that an object was put with.
    async fn sha256_there(&mut self, key: &str) -> Result<Option<String>, RemoteError> {
        loop {
            match self.client.head_object().bucket(&self.place.bucket).key(key).send().await {
                Ok(answer) => return Ok(answer.metadata().and_then(|metadata| metadata.get(SHA256).cloned())),
                Err(error) if self.moves(&error) => {}
                Err(error) => return Err(self.failed(Doing::Get, key, &error)),
            }
        }
    }

    fn failed<E>(&self, doing: Doing, key: &str, error: &SdkError<E, HttpResponse>) -> RemoteError
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        RemoteError::failed(doing, &self.place(key), &Failure::from_sdk(error))
    }

    pub(super) fn unreadable(&self, key: &str, error: &dyn std::fmt::Display) -> RemoteError {
        let help = "check the folder for temporary files (TMPDIR)";
        RemoteError::new(Doing::Put, &self.place(key), error.to_string(), help)
    }

    /// Goes to the Region that S3 names as the bucket's, if that is another one.
    fn moves<E>(&mut self, error: &SdkError<E, HttpResponse>) -> bool {
        let Some(response) = error.raw_response() else { return false };
        let Some(region) = response.headers().get("x-amz-bucket-region") else { return false };
        let is_elsewhere = matches!(response.status().as_u16(), 301 | 307 | 400 | 403);
        if !is_elsewhere || self.config.region().is_some_and(|known| known.as_ref() == region) {
            return false;
        }
        tracing::debug!(bucket = %self.place.bucket, region, "the bucket is in another Region");
        self.config = self.config.to_builder().region(Region::new(region.to_owned())).build();
        self.client = client(&self.config);
        true
    }
}

fn damaged(place: &S3Place, cause: &str) -> RemoteError {
    let help = "restore an older version of the object, or move it away";
    RemoteError::new(Doing::Get, place, format!("it is not what was put: {cause}"), help)
}

fn code<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Option<&str> {
    error.as_service_error().and_then(ProvideErrorMetadata::code)
}

fn client(config: &SdkConfig) -> Client {
    let timeouts = TimeoutConfig::builder().connect_timeout(CONNECT_TIMEOUT).operation_attempt_timeout(ATTEMPT_TIMEOUT);
    // Emulators have no host name for each bucket.
    let path_style = endpoint::overridden(config, "S3").is_some();
    Client::from_conf(
        aws_sdk_s3::config::Builder::from(config)
            .timeout_config(timeouts.disable_operation_timeout().build())
            .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
            // A put that was done, and whose answer was lost, is refused when it is repeated, and recognised then.
            .retry_classifier(RetryBrokenAnswers)
            .force_path_style(path_style)
            .build(),
    )
}

/// Writes a body into a file and returns its SHA-256 in base64.
async fn receive(mut body: ByteStream, to: &Path) -> Result<String, String> {
    use std::io::Write;

    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(to).map_err(|error| chain(&error))?;
    let mut hash = Sha256::new();
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|error| chain(&error))?;
        hash.update(&chunk);
        file.write_all(&chunk).map_err(|error| chain(&error))?;
    }
    Ok(base64::encode(hash.finalize()))
}

/// An error with its causes, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(&format!(": {error}"));
        source = error.source();
    }
    text
}

/// The SHA-256 of a file, in base64.
pub(super) fn sha256_of(path: &Path) -> std::io::Result<String> {
    let mut hash = Sha256::new();
    std::io::copy(&mut std::fs::File::open(path)?, &mut hash)?;
    Ok(base64::encode(hash.finalize()))
}
