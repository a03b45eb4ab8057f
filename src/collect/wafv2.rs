//! Regional web ACLs and the Application Load Balancers that each protects: one listing a Region and one
//! call a web ACL. Web ACLs of CloudFront and other kinds of protected resources are not asked for.

use aws_sdk_wafv2::types::{ResourceType, Scope as WebAclScope};

use super::{Collector, Context, Scope};
use crate::inventory::Observed;
use crate::{client, operation, resource};

operation!(LIST_WEB_ACLS, "wafv2", "ListWebACLs", "wafv2:ListWebACLs");
operation!(LIST_RESOURCES_FOR_WEB_ACL, "wafv2", "ListResourcesForWebACL", "wafv2:ListResourcesForWebACL",
           gone: ["WAFNonexistentItemException"]);
// Never called: the permission that ListResourcesForWebACL takes for load balancers besides its own.
operation!(
    DESCRIBE_WEB_ACL_ASSOCIATION,
    "elasticloadbalancing",
    "DescribeWebACLAssociation",
    "elasticloadbalancing:DescribeWebACLAssociation"
);

resource! {
    /// A Regional web ACL.
    pub struct WebAcl: "AWS::WAFv2::WebACL" listed by [LIST_WEB_ACLS] named by ["name", "webACLArn"] {
        /// The name.
        name: String,
        /// The ARNs of the Application Load Balancers that it protects.
        resource_arns: Observed<Vec<String>> = [LIST_RESOURCES_FOR_WEB_ACL, DESCRIBE_WEB_ACL_ASSOCIATION],
    }
}

/// Web ACLs read at once: bounds memory, not the rate.
const WEB_ACLS_AT_ONCE: usize = 16;

pub const COLLECTOR: Collector = Collector {
    service: "wafv2",
    scope: Scope::Region,
    event_sources: &["wafv2.amazonaws.com"],
    types: || vec![WebAcl::resource_type()],
    collect: |cx| Box::pin(async move { collect(&cx).await }),
};

async fn collect(cx: &Context) {
    let waf = client!(cx.region(), aws_sdk_wafv2);
    let (web_acls, listed) = cx
        .pages(
            &LIST_WEB_ACLS,
            |marker| waf.list_web_acls().scope(WebAclScope::Regional).limit(100).set_next_marker(marker).send(),
            |page| (page.web_acls.unwrap_or_default(), page.next_marker),
        )
        .await;
    cx.for_each(web_acls, WEB_ACLS_AT_ONCE, |web_acl| async {
        let (Some(name), Some(arn)) = (web_acl.name, web_acl.arn) else { return };
        let Some(cx) = &cx.of::<WebAcl>(&name, &arn) else { return };
        let request =
            waf.list_resources_for_web_acl().web_acl_arn(&arn).resource_type(ResourceType::ApplicationLoadBalancer);
        let protected = cx.detail(&LIST_RESOURCES_FOR_WEB_ACL, || request.send(), |answer| answer.resource_arns).await;
        if let Ok(protected) = protected {
            let resource_arns = protected.map(Option::unwrap_or_default);
            cx.add(name.clone(), arn, WebAcl { name, resource_arns });
        }
    })
    .await;
    cx.listed::<WebAcl>(listed);
}
