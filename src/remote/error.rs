//! What can go wrong in S3.

use crate::aws::Failure;
use crate::inventory::GapKind;
use crate::store::StoreError;

use super::place::S3Place;

/// Why something could not be done in S3: what, why, what follows, what to do.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    /// S3 did not do it.
    #[error("cannot {} `{place}`", .doing.words())]
    S3 {
        /// What was to be done.
        doing: Doing,
        /// With which object.
        place: Box<S3Place>,
        /// Why not.
        cause: String,
        /// What to do.
        help: String,
    },
    /// The private copy is no store that can be used.
    #[error("cannot use the store `{place}`")]
    Copy {
        /// Where the store lies.
        place: Box<S3Place>,
        /// What is wrong with the copy.
        #[source]
        source: Box<StoreError>,
    },
}

/// What was asked of S3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// Fetching an object.
    Get,
    /// Putting one.
    Put,
    /// Listing those of a prefix.
    List,
}

impl Doing {
    fn words(self) -> &'static str {
        match self {
            Doing::Get => "fetch",
            Doing::Put => "put",
            Doing::List => "list what is below",
        }
    }

    fn permission(self, place: &S3Place) -> String {
        let S3Place { bucket, key, kms } = place;
        match self {
            Doing::Get => format!(
                "allow s3:GetObject on arn:aws:s3:::{bucket}/{key} and s3:ListBucket on arn:aws:s3:::{bucket}: without the \
                 second S3 answers the same for what is not there yet (and kms:Decrypt, where a KMS key encrypts it)"
            ),
            Doing::Put => {
                let kms = kms.as_ref().map(|key| format!(", and kms:GenerateDataKey and kms:Decrypt on the key {key}"));
                format!("allow s3:PutObject on arn:aws:s3:::{bucket}/{key}{}", kms.unwrap_or_default())
            }
            Doing::List => format!("allow s3:ListBucket on arn:aws:s3:::{bucket}"),
        }
    }
}

impl RemoteError {
    /// Why, where that is no error of its own.
    pub fn cause(&self) -> Option<&str> {
        match self {
            RemoteError::S3 { cause, .. } => Some(cause),
            RemoteError::Copy { .. } => None,
        }
    }

    /// What follows from it, where that is not plain.
    pub fn effect(&self) -> Option<&'static str> {
        match self {
            RemoteError::S3 { doing: Doing::Put, .. } | RemoteError::Copy { .. } => {
                Some("what is in S3 stays as it is")
            }
            RemoteError::S3 { .. } => None,
        }
    }

    /// What to do about it, where there is something to do.
    pub fn help(&self) -> Option<&str> {
        match self {
            RemoteError::S3 { help, .. } => Some(help),
            RemoteError::Copy { source, .. } => source.help(),
        }
    }

    pub(super) fn new(doing: Doing, place: &S3Place, cause: impl Into<String>, help: impl Into<String>) -> RemoteError {
        RemoteError::S3 { doing, place: Box::new(place.clone()), cause: cause.into(), help: help.into() }
    }

    pub(super) fn failed(doing: Doing, place: &S3Place, failure: &Failure) -> RemoteError {
        let help = if failure.is(&["NoSuchBucket"]) {
            format!("create the bucket {}, or name another one: plumbline creates none", place.bucket)
        } else {
            match failure.kind {
                GapKind::Denied => doing.permission(place),
                GapKind::Credentials => {
                    "check the credentials that start the run: `aws sts get-caller-identity`".to_owned()
                }
                GapKind::Throttled => "try again later: S3 asks for fewer requests".to_owned(),
                GapKind::Unreachable => {
                    "check the network (a VPC endpoint for S3?), AWS_ENDPOINT_URL and the Region".to_owned()
                }
                _ => "try again; if it stays so, look at the bucket's policy and encryption".to_owned(),
            }
        };
        RemoteError::new(doing, place, failure.message.clone(), help)
    }

    pub(super) fn copy(place: &S3Place, source: StoreError) -> RemoteError {
        RemoteError::Copy { place: Box::new(place.clone()), source: Box::new(source) }
    }
}
