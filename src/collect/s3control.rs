//! What S3 Control holds for the whole account: its public access block. One call.

use std::sync::Arc;

use aws_sdk_s3control::config::endpoint::{Endpoint, EndpointFuture, Params, ResolveEndpoint};

use super::account::root_arn;
use super::convert::always_sent;
use super::{Collector, Context, Outcome, Scope};
use crate::aws::endpoint;
use crate::{client, operation, resource};

operation!(GET_PUBLIC_ACCESS_BLOCK, "s3control", "GetPublicAccessBlock", "s3:GetAccountPublicAccessBlock",
           absent: ["NoSuchPublicAccessBlockConfiguration"]);

resource! {
    /// The account's block of public access to all of its buckets. There is none where it was never set.
    pub struct AccountPublicAccessBlock: "AWS::S3::AccountPublicAccessBlock" listed by [GET_PUBLIC_ACCESS_BLOCK] {
        /// Whether new public ACLs are refused. S3 reads a setting that is left out as false, here and below.
        block_public_acls: bool,
        /// Whether public ACLs are ignored.
        ignore_public_acls: bool,
        /// Whether bucket policies that grant public access are refused.
        block_public_policy: bool,
        /// Whether buckets with a public policy are open to AWS services and the account itself only.
        restrict_public_buckets: bool,
    }
}

pub const COLLECTOR: Collector = Collector {
    service: "s3control",
    scope: Scope::Account,
    event_sources: &["s3.amazonaws.com"],
    types: || vec![AccountPublicAccessBlock::resource_type()],
    collect: |cx| Box::pin(async move { collect(&cx).await }),
};

async fn collect(cx: &Context) {
    let outcome = find(cx).await;
    cx.listed_at::<AccountPublicAccessBlock>(cx.place().global(), outcome);
}

async fn find(cx: &Context) -> Outcome {
    let s3control = client(cx);
    let send = || s3control.get_public_access_block().account_id(cx.account_id()).send();
    let block = match cx.call(&GET_PUBLIC_ACCESS_BLOCK, send).await {
        Ok(answer) => answer.public_access_block_configuration,
        Err(failure) if failure.is(GET_PUBLIC_ACCESS_BLOCK.absent) => return Ok(()),
        Err(failure) => return Err(Arc::new(failure.gap(&GET_PUBLIC_ACCESS_BLOCK))),
    };
    let block = always_sent(block, "PublicAccessBlockConfiguration", &GET_PUBLIC_ACCESS_BLOCK)?;
    let block = AccountPublicAccessBlock {
        block_public_acls: block.block_public_acls.unwrap_or(false),
        ignore_public_acls: block.ignore_public_acls.unwrap_or(false),
        block_public_policy: block.block_public_policy.unwrap_or(false),
        restrict_public_buckets: block.restrict_public_buckets.unwrap_or(false),
    };
    cx.add_at(cx.place().global(), cx.account_id(), root_arn(cx, cx.account_id()), block);
    Ok(())
}

fn client(cx: &Context) -> aws_sdk_s3control::Client {
    match endpoint::overridden(cx.region().sdk_config(), "S3 Control") {
        Some(url) => client!(cx.region(), aws_sdk_s3control, endpoint_resolver: AsItIs { url }),
        None => client!(cx.region(), aws_sdk_s3control),
    }
}

/// An endpoint that is used as it is. The SDK's own resolver puts the account id before the host
/// name, and the host of an emulator does not answer to that.
#[derive(Debug)]
struct AsItIs {
    url: String,
}

impl ResolveEndpoint for AsItIs {
    fn resolve_endpoint<'a>(&'a self, _params: &'a Params) -> EndpointFuture<'a> {
        EndpointFuture::ready(Ok(Endpoint::builder().url(self.url.clone()).build()))
    }
}
