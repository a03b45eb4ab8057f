//! The account itself: what the checks of a whole account judge. One call that needs no permission.

use std::sync::Arc;

use super::convert::always_sent;
use super::{Collector, Context, Outcome, Scope};
use crate::{client, operation, resource};

operation!(GET_CALLER_IDENTITY, "sts", "GetCallerIdentity", "");

resource! {
    /// The account.
    pub struct Account: "AWS::::Account" listed by [GET_CALLER_IDENTITY] {
        /// The twelve-digit account id.
        account_id: String,
    }
}

pub const COLLECTOR: Collector = Collector {
    service: "sts",
    scope: Scope::Account,
    event_sources: &[],
    types: || vec![Account::resource_type()],
    collect: |cx| Box::pin(async move { collect(&cx).await }),
};

async fn collect(cx: &Context) {
    let outcome = find(cx).await;
    cx.listed_at::<Account>(cx.place().global(), outcome);
}

async fn find(cx: &Context) -> Outcome {
    let sts = client!(cx.region(), aws_sdk_sts);
    let identity = cx.call(&GET_CALLER_IDENTITY, || sts.get_caller_identity().send()).await;
    let identity = identity.map_err(|failure| Arc::new(failure.gap(&GET_CALLER_IDENTITY)))?;
    let account_id = always_sent(identity.account, "Account", &GET_CALLER_IDENTITY)?;
    let arn = root_arn(cx, &account_id);
    cx.add_at(cx.place().global(), account_id.clone(), arn, Account { account_id });
    Ok(())
}

/// The ARN by which policies name a whole account.
pub fn root_arn(cx: &Context, account_id: &str) -> String {
    format!("arn:{}:iam::{account_id}:root", cx.partition())
}
