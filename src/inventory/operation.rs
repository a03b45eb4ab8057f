//! API operations: what a collector calls, and the IAM action that each call needs.

/// One read operation of one AWS service. Collectors declare theirs as constants; the IAM policy, the
/// plan of an audit and the limiter all work from these declarations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Operation {
    /// The service, as in the endpoint and in IAM (`ec2`, `elasticloadbalancing`). S3 Control is `s3control`.
    pub service: &'static str,
    /// The operation's name in the API (`DescribeVpcs`).
    pub name: &'static str,
    /// The IAM action, which is not always the operation's name (`s3:ListAllMyBuckets`). Empty where
    /// none is needed.
    pub action: &'static str,
    /// Error codes by which the API says that the thing asked about is not configured.
    pub absent: &'static [&'static str],
    /// Error codes by which the API says that the resource is no longer there.
    pub gone: &'static [&'static str],
}

impl Operation {
    /// `service:Operation`.
    pub fn id(&self) -> String {
        format!("{}:{}", self.service, self.name)
    }
}

/// Declares an [`Operation`](crate::inventory::Operation).
///
/// ```ignore
/// operation!(LIST_KEYS, "kms", "ListKeys", "kms:ListKeys");
/// operation!(GET_BUCKET_POLICY, "s3", "GetBucketPolicy", "s3:GetBucketPolicy",
///            absent: ["NoSuchBucketPolicy"], gone: ["NoSuchBucket"]);
/// ```
#[macro_export]
macro_rules! operation {
    ($constant:ident, $service:literal, $name:literal, $action:literal
     $(, absent: [$($absent:literal),*])? $(, gone: [$($gone:literal),*])? $(,)?) => {
        #[doc = concat!("`", $service, ":", $name, "`")]
        pub const $constant: $crate::inventory::Operation = $crate::inventory::Operation {
            service: $service,
            name: $name,
            action: $action,
            absent: &[$($($absent),*)?],
            gone: &[$($($gone),*)?],
        };
    };
}
