//! Listeners with their TLS policies, certificates and rules.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws_sdk_elasticloadbalancingv2 as sdk;
use aws_sdk_elasticloadbalancingv2::types::ProtocolEnum;

use super::{AT_ONCE, DESCRIBE_LOAD_BALANCERS, PAGE_SIZE};
use crate::aws::Failure;
use crate::collect::convert::{after, always_sent, text};
use crate::collect::{Context, Gone, Outcome};
use crate::inventory::{Observed, Operation};
use crate::{operation, record, resource};

operation!(DESCRIBE_LISTENERS, "elasticloadbalancing", "DescribeListeners", "elasticloadbalancing:DescribeListeners",
           gone: ["LoadBalancerNotFound"]);
operation!(DESCRIBE_RULES, "elasticloadbalancing", "DescribeRules", "elasticloadbalancing:DescribeRules",
           gone: ["ListenerNotFound"]);
operation!(DESCRIBE_LISTENER_CERTIFICATES, "elasticloadbalancing", "DescribeListenerCertificates",
           "elasticloadbalancing:DescribeListenerCertificates", gone: ["ListenerNotFound"]);
operation!(
    DESCRIBE_SSL_POLICIES,
    "elasticloadbalancing",
    "DescribeSSLPolicies",
    "elasticloadbalancing:DescribeSSLPolicies"
);

resource! {
    /// A listener of a load balancer.
    pub struct Listener: "AWS::ElasticLoadBalancingV2::Listener"
        listed by [DESCRIBE_LOAD_BALANCERS, DESCRIBE_LISTENERS] named by ["listenerArn", "resourceArns"] {
        /// The ARN.
        listener_arn: String,
        /// The load balancer's ARN.
        load_balancer_arn: String,
        /// `HTTP`, `HTTPS`, `TCP`, `TLS`, `UDP` and so on; null for gateway load balancers.
        protocol: Option<String>,
        /// The port; null for gateway load balancers.
        port: Option<i32>,
        /// The name of its TLS policy; null where it does not end TLS.
        ssl_policy: Option<String>,
        /// The protocols that its TLS policy allows, such as `TLSv1.2`; null where it does not end TLS.
        ssl_protocols: Observed<Option<Vec<String>>> = [DESCRIBE_SSL_POLICIES],
        /// The ARNs of its certificates, the default one and those chosen by host name alike.
        certificate_arns: Observed<Vec<String>> = [DESCRIBE_LISTENER_CERTIFICATES],
        /// What happens to a request that no rule matches.
        default_actions: Vec<Action>,
        /// The rules of a listener that speaks plain HTTP, its default rule included. Empty for any other
        /// protocol, whose rules are not read.
        http_rules: Observed<Vec<Rule>> = [DESCRIBE_RULES],
    }
}

record! {
    /// A rule of a listener.
    pub struct Rule {
        /// The ARN.
        rule_arn: Option<String>,
        /// What happens to a request that it matches.
        actions: Vec<Action>,
    }
}

record! {
    /// What a listener does with a request.
    pub struct Action {
        /// `forward`, `redirect`, `fixed-response`, `authenticate-oidc` and so on.
        r#type: Observed<String>,
        /// Where a redirect leads; null for other actions.
        redirect_config: Option<RedirectActionConfig>,
        /// The target groups that it forwards to; empty for other actions.
        target_group_arns: Vec<String>,
    }
}

record! {
    /// Where a redirect leads. Placeholders as AWS writes them: `#{protocol}` and `#{port}` keep the request's.
    pub struct RedirectActionConfig {
        /// `HTTP`, `HTTPS` or `#{protocol}`, which is AWS's documented default.
        protocol: String,
        /// The port, or `#{port}`, which is AWS's documented default.
        port: String,
        /// `HTTP_301` (permanent) or `HTTP_302` (temporary).
        status_code: Option<String>,
    }
}

/// Files the listeners of these load balancers.
pub async fn collect(cx: &Context, elb: &sdk::Client, load_balancers: Vec<String>) -> Outcome {
    let (listeners, outcomes): (Vec<_>, Vec<Outcome>) = cx
        .gather(load_balancers, AT_ONCE, |arn| async move {
            cx.pages(
                &DESCRIBE_LISTENERS,
                |marker| {
                    elb.describe_listeners().load_balancer_arn(&arn).page_size(PAGE_SIZE).set_marker(marker).send()
                },
                |page| (page.listeners.unwrap_or_default(), page.next_marker),
            )
            .await
        })
        .await
        .into_iter()
        .unzip();
    let listeners: Vec<sdk::types::Listener> = listeners.into_iter().flatten().collect();
    let policies = if listeners.iter().any(ends_tls) { ssl_policies(cx, elb).await } else { Ok(BTreeMap::new()) };
    cx.for_each(listeners, AT_ONCE, |listener| async {
        let (Some(arn), Some(load_balancer)) = (listener.listener_arn.clone(), listener.load_balancer_arn.clone())
        else {
            return;
        };
        let Some(cx) = &cx.of::<Listener>(after(&arn, ":listener/"), &arn) else { return };
        if let Ok(read) = read_listener(cx, elb, &policies, &arn, load_balancer, listener).await {
            cx.add(after(&arn, ":listener/"), arn.as_str(), read);
        }
    })
    .await;
    outcomes.into_iter().collect()
}

async fn read_listener(
    cx: &Context,
    elb: &sdk::Client,
    policies: &Observed<BTreeMap<String, Vec<String>>>,
    arn: &str,
    load_balancer_arn: String,
    listener: sdk::types::Listener,
) -> Result<Listener, Gone> {
    let (certificates, rules) =
        tokio::try_join!(certificate_arns(cx, elb, arn, &listener), http_rules(cx, elb, arn, &listener))?;
    let ssl_protocols = ssl_protocols(&listener, policies);
    Ok(Listener {
        listener_arn: arn.to_owned(),
        load_balancer_arn,
        ssl_protocols,
        certificate_arns: certificates,
        http_rules: rules,
        ssl_policy: if ends_tls(&listener) { listener.ssl_policy } else { None },
        protocol: text(listener.protocol),
        port: listener.port,
        default_actions: actions(listener.default_actions, &DESCRIBE_LISTENERS),
    })
}

fn ends_tls(listener: &sdk::types::Listener) -> bool {
    matches!(listener.protocol, Some(ProtocolEnum::Https | ProtocolEnum::Tls))
}

/// The protocols that each TLS policy allows.
async fn ssl_policies(cx: &Context, elb: &sdk::Client) -> Observed<BTreeMap<String, Vec<String>>> {
    let policies = cx
        .detail_pages(
            &DESCRIBE_SSL_POLICIES,
            |marker| elb.describe_ssl_policies().page_size(PAGE_SIZE).set_marker(marker).send(),
            |page| (page.ssl_policies.unwrap_or_default(), page.next_marker),
        )
        .await
        .unwrap_or_else(|Gone| Ok(Vec::new()))?;
    let protocols_by_name =
        policies.into_iter().filter_map(|policy| Some((policy.name?, policy.ssl_protocols.unwrap_or_default())));
    Ok(protocols_by_name.collect())
}

fn ssl_protocols(
    listener: &sdk::types::Listener,
    policies: &Observed<BTreeMap<String, Vec<String>>>,
) -> Observed<Option<Vec<String>>> {
    if !ends_tls(listener) {
        return Ok(None);
    }
    let policies = policies.as_ref().map_err(Arc::clone)?;
    let name = listener.ssl_policy.as_deref().unwrap_or_default();
    match policies.get(name) {
        Some(protocols) => Ok(Some(protocols.clone())),
        None => {
            let failure = Failure::broken(format!("the answer has no policy `{name}`"));
            Err(Arc::new(failure.gap(&DESCRIBE_SSL_POLICIES)))
        }
    }
}

async fn certificate_arns(
    cx: &Context,
    elb: &sdk::Client,
    arn: &str,
    listener: &sdk::types::Listener,
) -> Result<Observed<Vec<String>>, Gone> {
    if !ends_tls(listener) {
        return Ok(Ok(Vec::new()));
    }
    let certificates = cx
        .detail_pages(
            &DESCRIBE_LISTENER_CERTIFICATES,
            |marker| {
                elb.describe_listener_certificates().listener_arn(arn).page_size(PAGE_SIZE).set_marker(marker).send()
            },
            |page| (page.certificates.unwrap_or_default(), page.next_marker),
        )
        .await?;
    Ok(certificates.map(|certificates| {
        // The answer may name the default certificate twice.
        let arns: BTreeSet<String> = certificates.into_iter().filter_map(|c| c.certificate_arn).collect();
        arns.into_iter().collect()
    }))
}

async fn http_rules(
    cx: &Context,
    elb: &sdk::Client,
    arn: &str,
    listener: &sdk::types::Listener,
) -> Result<Observed<Vec<Rule>>, Gone> {
    if listener.protocol != Some(ProtocolEnum::Http) {
        return Ok(Ok(Vec::new()));
    }
    let rules = cx
        .detail_pages(
            &DESCRIBE_RULES,
            |marker| elb.describe_rules().listener_arn(arn).page_size(PAGE_SIZE).set_marker(marker).send(),
            |page| (page.rules.unwrap_or_default(), page.next_marker),
        )
        .await?;
    Ok(rules.map(|rules| {
        rules
            .into_iter()
            .map(|rule| Rule { rule_arn: rule.rule_arn, actions: actions(rule.actions, &DESCRIBE_RULES) })
            .collect()
    }))
}

fn actions(actions: Option<Vec<sdk::types::Action>>, operation: &Operation) -> Vec<Action> {
    let actions = actions.unwrap_or_default().into_iter();
    actions
        .map(|action| Action {
            target_group_arns: target_group_arns(&action),
            r#type: always_sent(text(action.r#type), "Type", operation),
            redirect_config: action.redirect_config.map(|redirect| RedirectActionConfig {
                protocol: redirect.protocol.unwrap_or_else(|| "#{protocol}".to_owned()),
                port: redirect.port.unwrap_or_else(|| "#{port}".to_owned()),
                status_code: text(redirect.status_code),
            }),
        })
        .collect()
}

/// A single target group stands in the action itself and in its configuration.
fn target_group_arns(action: &sdk::types::Action) -> Vec<String> {
    let weighted = action.forward_config().map(|forward| forward.target_groups()).unwrap_or_default().iter();
    let arns = weighted.filter_map(|group| group.target_group_arn()).chain(action.target_group_arn());
    let arns: BTreeSet<&str> = arns.collect();
    arns.into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listener(protocol: ProtocolEnum) -> sdk::types::Listener {
        sdk::types::Listener::builder().protocol(protocol).ssl_policy("strict").build()
    }

    #[test]
    fn a_policy_that_the_answer_lacks_is_a_gap_and_no_empty_list() {
        let known = Ok(BTreeMap::from([("strict".to_owned(), vec!["TLSv1.3".to_owned()])]));
        assert_eq!(ssl_protocols(&listener(ProtocolEnum::Https), &known), Ok(Some(vec!["TLSv1.3".to_owned()])));
        assert!(ssl_protocols(&listener(ProtocolEnum::Tls), &Ok(BTreeMap::new())).is_err());
        assert_eq!(ssl_protocols(&listener(ProtocolEnum::Http), &known), Ok(None));
    }

    #[test]
    fn a_redirect_keeps_what_it_does_not_change() {
        let redirect = sdk::types::RedirectActionConfig::builder().path("/moved").build();
        let action = sdk::types::Action::builder().r#type("redirect".into()).redirect_config(redirect).build();
        let config = actions(Some(vec![action]), &DESCRIBE_RULES).remove(0).redirect_config.unwrap();
        assert_eq!((config.protocol.as_str(), config.port.as_str()), ("#{protocol}", "#{port}"));
    }

    #[test]
    fn a_target_group_that_is_named_twice_is_one() {
        let group = |arn: &str| sdk::types::TargetGroupTuple::builder().target_group_arn(arn).build();
        let forward =
            sdk::types::ForwardActionConfig::builder().target_groups(group("blue")).target_groups(group("green"));
        let action = sdk::types::Action::builder().target_group_arn("blue").forward_config(forward.build()).build();
        assert_eq!(target_group_arns(&action), ["blue", "green"]);
    }
}
