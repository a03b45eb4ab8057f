//! Names of stores in S3.

use std::fmt;
use std::str::FromStr;

const SCHEME: &str = "s3://";

/// `s3://bucket/key`, with `?kms=KEY` where it is to be encrypted with a KMS key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct S3Place {
    /// The bucket's name.
    pub bucket: String,
    /// The object's key; for a prefix, what the keys begin with.
    pub key: String,
    /// The id, alias or ARN of the KMS key; S3's own encryption where there is none.
    pub kms: Option<String>,
}

/// Why a name is none of a store in S3.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` names no store in S3: {why}; write `s3://bucket/key`, or `s3://bucket/key?kms=KEY`")]
pub struct WrongPlace {
    name: String,
    why: String,
}

impl S3Place {
    /// Whether a name is meant to be one of a store in S3.
    pub fn is_meant_by(name: &str) -> bool {
        name.starts_with(SCHEME)
    }

    /// Whether it names all objects below it, and not one.
    pub fn is_prefix(&self) -> bool {
        self.key.is_empty() || self.key.ends_with('/')
    }

    /// The same place with another key.
    pub fn with_key(&self, key: &str) -> S3Place {
        S3Place { key: key.to_owned(), ..self.clone() }
    }
}

impl FromStr for S3Place {
    type Err = WrongPlace;

    fn from_str(name: &str) -> Result<S3Place, WrongPlace> {
        let wrong = |why: &str| WrongPlace { name: name.to_owned(), why: why.to_owned() };
        let rest = name.strip_prefix(SCHEME).ok_or_else(|| wrong("it does not begin with `s3://`"))?;
        let (path, query) = rest.split_once('?').map_or((rest, None), |(path, query)| (path, Some(query)));
        let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
        let is_named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
        if bucket.len() < 3 || !bucket.chars().all(is_named) {
            return Err(wrong("it has no bucket's name after `s3://`"));
        }
        let kms = match query.map(|query| query.split_once('=')) {
            None => None,
            Some(Some(("kms", key))) if !key.is_empty() => Some(key.to_owned()),
            Some(_) => return Err(wrong("after the `?` only `kms=KEY` is known")),
        };
        if key.len() > 1024 {
            return Err(wrong("a key has at most 1024 bytes"));
        }
        Ok(S3Place { bucket: bucket.to_owned(), key: key.to_owned(), kms })
    }
}

impl fmt::Display for S3Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SCHEME}{}/{}", self.bucket, self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read() {
        let place: S3Place = "s3://audits/club/plumbline.db?kms=alias/audit".parse().unwrap();
        assert_eq!((place.bucket.as_str(), place.key.as_str()), ("audits", "club/plumbline.db"));
        assert_eq!(place.kms.as_deref(), Some("alias/audit"));
        assert_eq!(place.to_string(), "s3://audits/club/plumbline.db");
        assert!(!place.is_prefix());
        for prefix in ["s3://audits", "s3://audits/", "s3://audits/shards/"] {
            assert!(prefix.parse::<S3Place>().unwrap().is_prefix(), "{prefix}");
        }
    }

    #[test]
    fn what_is_no_name_is_refused_with_the_reason() {
        for (name, why) in [
            ("s3://", "no bucket"),
            ("s3:///key", "no bucket"),
            ("s3://a b/key", "no bucket"),
            ("s3://audits/key?kms=", "only `kms=KEY`"),
            ("s3://audits/key?versionId=1", "only `kms=KEY`"),
        ] {
            let error = name.parse::<S3Place>().unwrap_err().to_string();
            assert!(error.contains(why) && error.contains(name), "{error}");
        }
    }
}
