//! Systems Manager parameters: their names and types, one listing a Region. Values are never read.

use super::convert::text;
use super::{Collector, Context, Scope};
use crate::{client, operation, resource};

operation!(DESCRIBE_PARAMETERS, "ssm", "DescribeParameters", "ssm:DescribeParameters");

resource! {
    /// A parameter in the Systems Manager Parameter Store.
    pub struct Parameter: "AWS::SSM::Parameter" listed by [DESCRIBE_PARAMETERS] named by ["name", "names"] {
        /// The name, with the path where it has one.
        name: String,
        /// `String`, `StringList` or `SecureString`.
        r#type: Option<String>,
    }
}

pub const COLLECTOR: Collector = Collector {
    service: "ssm",
    scope: Scope::Region,
    event_sources: &["ssm.amazonaws.com"],
    types: || vec![Parameter::resource_type()],
    collect: |cx| Box::pin(async move { collect(&cx).await }),
};

async fn collect(cx: &Context) {
    let ssm = client!(cx.region(), aws_sdk_ssm);
    let (parameters, listed) = cx
        .pages(
            &DESCRIBE_PARAMETERS,
            |token| ssm.describe_parameters().max_results(50).set_next_token(token).send(),
            |page| (page.parameters.unwrap_or_default(), page.next_token),
        )
        .await;
    for parameter in parameters {
        let Some(name) = parameter.name else { continue };
        let arn = parameter.arn.unwrap_or_else(|| parameter_arn(cx, &name));
        let r#type = text(parameter.r#type);
        cx.add(name.clone(), arn, Parameter { name, r#type });
    }
    cx.listed::<Parameter>(listed);
}

/// The ARN of a parameter of this account and Region. It has one slash before the name, be it a path or not.
pub fn parameter_arn(cx: &Context, name: &str) -> String {
    cx.arn("ssm", &format!("parameter/{}", name.trim_start_matches('/')))
}
