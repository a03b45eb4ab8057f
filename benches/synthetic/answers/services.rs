//! Load balancers in XML; keys, secrets, log groups and containers in JSON.

use serde_json::json;

use super::Item;
use crate::synthetic::account::{arn, id, key_arn};

/// Listeners of a load balancer: one that redirects, one with TLS.
pub const LISTENERS: usize = 2;

pub fn load_balancer_arn(region: &str, number: usize) -> String {
    arn("elasticloadbalancing", region, &format!("loadbalancer/app/balancer-{number}/{number:x}"))
}

pub fn target_group_arn(region: &str, number: usize) -> String {
    arn("elasticloadbalancing", region, &format!("targetgroup/targets-{number}/{number:x}"))
}

pub fn load_balancer(item: Item) -> String {
    let number = item.number;
    let zones: String = (0..2)
        .map(|zone| (number + zone * item.sizes.vpcs) % item.sizes.subnets)
        .map(|subnet| {
            format!(
                "<member><ZoneName>{}a</ZoneName><SubnetId>{}</SubnetId></member>",
                item.region,
                id("subnet", subnet)
            )
        })
        .collect();
    format!(
        "<LoadBalancerArn>{}</LoadBalancerArn><LoadBalancerName>balancer-{number}</LoadBalancerName>\
         <DNSName>balancer-{number}.example.com</DNSName><Type>application</Type><Scheme>internet-facing</Scheme>\
         <State><Code>active</Code></State><VpcId>{}</VpcId><AvailabilityZones>{zones}</AvailabilityZones>\
         <SecurityGroups><member>{}</member></SecurityGroups>",
        load_balancer_arn(item.region, number),
        id("vpc", number % item.sizes.vpcs),
        id("sg", number * 10 % item.sizes.security_groups),
    )
}

pub fn target_group(item: Item) -> String {
    let number = item.number;
    format!(
        "<TargetGroupArn>{}</TargetGroupArn><TargetGroupName>targets-{number}</TargetGroupName><Protocol>HTTP</Protocol>\
         <Port>8080</Port><VpcId>{}</VpcId><TargetType>ip</TargetType><HealthCheckEnabled>true</HealthCheckEnabled>\
         <LoadBalancerArns><member>{}</member></LoadBalancerArns>",
        target_group_arn(item.region, number),
        id("vpc", number % item.sizes.vpcs),
        load_balancer_arn(item.region, number),
    )
}

pub fn tls_policy(_: Item) -> String {
    "<Name>ELBSecurityPolicy-TLS13-1-2-2021-06</Name>\
     <SslProtocols><member>TLSv1.2</member><member>TLSv1.3</member></SslProtocols>"
        .to_owned()
}

pub fn key(item: Item) -> String {
    json!({ "KeyId": id("key", item.number), "KeyArn": key_arn(item.region, item.number) }).to_string()
}

pub fn alias(item: Item) -> String {
    json!({ "AliasName": format!("alias/app-{}", item.number), "TargetKeyId": id("key", item.number) }).to_string()
}

pub fn secret(item: Item) -> String {
    let number = item.number;
    let name = id("app/secret", number);
    let rotation = number.is_multiple_of(2);
    json!({
        "ARN": arn("secretsmanager", item.region, &format!("secret:{name}")),
        "Name": name,
        "KmsKeyId": key_arn(item.region, number % item.sizes.keys),
        "RotationEnabled": rotation,
        "RotationRules": { "AutomaticallyAfterDays": 30 },
        "CreatedDate": 1_750_000_000,
        "LastRotatedDate": 1_766_000_000,
        "SecretVersionsToStages": { "version-1": ["AWSPREVIOUS"], "version-2": ["AWSCURRENT"] },
        "Tags": [{ "Key": "Environment", "Value": "production" }],
    })
    .to_string()
}

pub fn log_group(item: Item) -> String {
    let name = id("/app/service", item.number);
    let arn = arn("logs", item.region, &format!("log-group:{name}"));
    let mut group = json!({ "logGroupName": name, "logGroupArn": arn, "logGroupClass": "STANDARD" });
    if item.number.is_multiple_of(2) {
        group["retentionInDays"] = json!(365);
        group["kmsKeyId"] = json!(key_arn(item.region, item.number % item.sizes.keys));
    }
    group.to_string()
}

pub fn cluster_arn(item: Item) -> String {
    json!(arn("ecs", item.region, &format!("cluster/{}", id("cluster", item.number)))).to_string()
}

/// The id by which Application Auto Scaling knows a service.
pub fn service_path(clusters: usize, number: usize) -> String {
    format!("service/{}/{}", id("cluster", number % clusters), id("service", number))
}

pub fn scalable_target(item: Item) -> String {
    let path = service_path(item.sizes.clusters, item.number);
    json!({
        "ServiceNamespace": "ecs",
        "ResourceId": path,
        "ScalableDimension": "ecs:service:DesiredCount",
        "MinCapacity": 2,
        "MaxCapacity": 6,
        "RoleARN": "arn:aws:iam::111122223333:role/autoscaling",
        "CreationTime": 1_750_000_000,
        "ScalableTargetARN": arn("application-autoscaling", item.region, &format!("scalable-target/{}", item.number)),
    })
    .to_string()
}
