//! Secrets: where they are kept, and how they are read. What was read is never shown.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use aws_config::SdkConfig;
use aws_types::region::Region;
use serde::Deserialize;

use super::error::passes;
use crate::aws::Failure;

/// A secret. It shows as `***`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret, without the white space around it.
    pub fn new(text: &str) -> Secret {
        Secret(text.trim().to_owned())
    }

    /// The secret itself: to be used, not to be shown.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

/// Where a secret is kept.
///
/// | written as | kept in |
/// |---|---|
/// | `env:NAME` | an environment variable |
/// | `file:/run/secrets/slack` | a file |
/// | `secretsmanager:NAME` or a secret's ARN, with `#key` for one key of a JSON secret | AWS Secrets Manager |
/// | `ssm:/path` or a parameter's ARN | AWS Systems Manager Parameter Store |
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub enum SecretSource {
    /// The environment variable of this name.
    Env(String),
    /// The file at this path.
    File(PathBuf),
    /// A secret in Secrets Manager.
    SecretsManager {
        /// Its name or ARN.
        id: String,
        /// The key, where the secret is a JSON object.
        json_key: Option<String>,
    },
    /// The parameter of this name or ARN.
    Parameter(String),
    /// Written in none of these ways. What was written may be the secret itself, so it is not kept.
    Unrecognised,
}

/// A secret that cannot be read.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum SecretError {
    #[error("it does not say where the secret is kept")]
    Unrecognised,
    #[error("environment variable `{0}` is not set")]
    NotSet(String),
    #[error("environment variable `{0}` is not UTF-8")]
    NotText(String),
    #[error("cannot read `{}`: {error}", path.display())]
    File { path: PathBuf, error: std::io::Error },
    #[error("`{}` is no regular file of at most {LARGEST_FILE} bytes", .0.display())]
    NotSmallFile(PathBuf),
    #[error("cannot read {source_name}: {}", failure.message)]
    Aws { source_name: String, action: &'static str, failure: Failure, retryable: bool },
    #[error("{0} holds no text")]
    NoText(String),
    #[error("{0} is no JSON object with a text under the key after the `#`")]
    NoSuchKey(String),
    #[error("{0} is empty")]
    Empty(String),
}

impl SecretError {
    /// What to do about it.
    pub fn help(&self) -> String {
        match self {
            SecretError::Unrecognised => {
                "write env:NAME, file:PATH, secretsmanager:NAME[#key], ssm:/path or an ARN; never the secret itself"
                    .to_owned()
            }
            SecretError::NotSet(name) => format!("set `{name}` for plumbline's process"),
            SecretError::Aws { action, retryable: false, .. } => {
                format!("see that the name is right, and grant {action} (and kms:Decrypt for a key of your own)")
            }
            SecretError::Aws { .. } => "nothing, unless it lasts: it is tried again".to_owned(),
            SecretError::File { .. } | SecretError::NotSmallFile(_) => {
                "see that the file is mounted and readable for plumbline's user".to_owned()
            }
            SecretError::NotText(_) | SecretError::NoText(_) | SecretError::NoSuchKey(_) | SecretError::Empty(_) => {
                "store the secret as text in the place named".to_owned()
            }
        }
    }

    /// Whether it may work later without anybody's doing.
    pub fn retryable(&self) -> bool {
        matches!(self, SecretError::Aws { retryable: true, .. })
    }
}

/// Far more than any webhook or token; bounds what a wrong path can make us read.
const LARGEST_FILE: u64 = 64 * 1024;

impl From<String> for SecretSource {
    fn from(text: String) -> SecretSource {
        SecretSource::parse(&text)
    }
}

impl fmt::Display for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SecretSource::Env(name) => write!(f, "env:{name}"),
            SecretSource::File(path) => write!(f, "file:{}", path.display()),
            SecretSource::SecretsManager { id, .. } if id.starts_with("arn:") => f.write_str(id),
            SecretSource::SecretsManager { id, .. } => write!(f, "secretsmanager:{id}"),
            SecretSource::Parameter(name) if name.starts_with("arn:") => f.write_str(name),
            SecretSource::Parameter(name) => write!(f, "ssm:{name}"),
            SecretSource::Unrecognised => f.write_str("***"),
        }
    }
}

impl SecretSource {
    /// Reads how it is written. Names are held to the characters that such names can have, so that a secret
    /// which is pasted behind a prefix is not taken for a name and shown.
    pub fn parse(text: &str) -> SecretSource {
        let named = |name: &str, also: &str| {
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || also.contains(c))
        };
        if let Some(name) = text.strip_prefix("env:") {
            return if named(name, "_") { SecretSource::Env(name.to_owned()) } else { SecretSource::Unrecognised };
        }
        if let Some(path) = text.strip_prefix("file:") {
            let is_path = !path.is_empty() && !path.contains("://");
            return if is_path { SecretSource::File(path.into()) } else { SecretSource::Unrecognised };
        }
        let arn_service = text.strip_prefix("arn:").and_then(|arn| arn.split(':').nth(1));
        let secret = text.strip_prefix("secretsmanager:").or((arn_service == Some("secretsmanager")).then_some(text));
        if let Some(secret) = secret {
            let (id, json_key) = match secret.split_once('#') {
                Some((id, key)) => (id, Some(key.to_owned())),
                None => (secret, None),
            };
            let is_id = named(id, "/_+=.@-:") && !id.contains("://");
            return if is_id && json_key.as_deref() != Some("") {
                SecretSource::SecretsManager { id: id.to_owned(), json_key }
            } else {
                SecretSource::Unrecognised
            };
        }
        let parameter = text.strip_prefix("ssm:").or((arn_service == Some("ssm")).then_some(text));
        match parameter {
            Some(name) if named(name, "/_.-:") && !name.contains("://") => SecretSource::Parameter(name.to_owned()),
            _ => SecretSource::Unrecognised,
        }
    }

    /// Reads the secret, afresh each time: it may have been rotated.
    ///
    /// # Errors
    ///
    /// It is not there, cannot be read, or is no text.
    pub async fn read(&self, sdk: &SdkConfig) -> Result<Secret, SecretError> {
        let text = match self {
            SecretSource::Unrecognised => return Err(SecretError::Unrecognised),
            SecretSource::Env(name) => match std::env::var(name) {
                Ok(text) => text,
                Err(std::env::VarError::NotPresent) => return Err(SecretError::NotSet(name.clone())),
                Err(std::env::VarError::NotUnicode(_)) => return Err(SecretError::NotText(name.clone())),
            },
            SecretSource::File(path) => read_file(path)?,
            SecretSource::SecretsManager { id, json_key } => self.read_secret(sdk, id, json_key.as_deref()).await?,
            SecretSource::Parameter(name) => self.read_parameter(sdk, name).await?,
        };
        let secret = Secret::new(&text);
        if secret.expose().is_empty() { Err(SecretError::Empty(self.to_string())) } else { Ok(secret) }
    }

    async fn read_secret(&self, sdk: &SdkConfig, id: &str, key: Option<&str>) -> Result<String, SecretError> {
        let client = aws_sdk_secretsmanager::Client::new(&in_region_of(id, sdk));
        let answer = client.get_secret_value().secret_id(id).send().await.map_err(|error| {
            let failure = Failure::from_sdk(&error);
            let retryable = passes(&error, &failure);
            let action = "secretsmanager:GetSecretValue";
            SecretError::Aws { source_name: self.to_string(), action, failure, retryable }
        })?;
        let text = answer.secret_string.ok_or_else(|| SecretError::NoText(self.to_string()))?;
        let Some(key) = key else {
            return Ok(text);
        };
        let object: Option<serde_json::Value> = serde_json::from_str(&text).ok();
        let value = object.as_ref().and_then(|object| object.get(key)).and_then(serde_json::Value::as_str);
        value.map(str::to_owned).ok_or_else(|| SecretError::NoSuchKey(self.to_string()))
    }

    async fn read_parameter(&self, sdk: &SdkConfig, name: &str) -> Result<String, SecretError> {
        let client = aws_sdk_ssm::Client::new(&in_region_of(name, sdk));
        let answer = client.get_parameter().name(name).with_decryption(true).send().await.map_err(|error| {
            let failure = Failure::from_sdk(&error);
            let retryable = passes(&error, &failure);
            SecretError::Aws { source_name: self.to_string(), action: "ssm:GetParameter", failure, retryable }
        })?;
        answer.parameter.and_then(|parameter| parameter.value).ok_or_else(|| SecretError::NoText(self.to_string()))
    }
}

/// Read in place: it is small, local and no pipe.
fn read_file(path: &Path) -> Result<String, SecretError> {
    let failed = |error| SecretError::File { path: path.to_owned(), error };
    let metadata = fs::metadata(path).map_err(failed)?;
    if !metadata.is_file() || metadata.len() > LARGEST_FILE {
        return Err(SecretError::NotSmallFile(path.to_owned()));
    }
    fs::read_to_string(path).map_err(failed)
}

/// The configuration for the Region that an ARN names; as it is for a mere name.
fn in_region_of(id: &str, sdk: &SdkConfig) -> SdkConfig {
    let region = id.strip_prefix("arn:").and_then(|arn| arn.split(':').nth(2)).filter(|region| !region.is_empty());
    match region {
        Some(region) => sdk.to_builder().region(Region::new(region.to_owned())).build(),
        None => sdk.clone(),
    }
}

#[cfg(test)]
mod tests;
