//! The details that are filled, each with the calls that it takes.

use serde_json::{Value as Json, json};

use super::services::{LISTENERS, load_balancer_arn, service_path, target_group_arn};
use super::{Detail, enclose, tag};
use crate::synthetic::account::{ACCOUNT_ID, REGIONS, Sizes, arn, bucket_region, id, key_arn, key_of_account, number};
use crate::synthetic::request::Request;

/// The most services that one DescribeServices takes.
const SERVICES_A_CALL: usize = 10;
/// The most clusters that one DescribeClusters takes.
const CLUSTERS_A_CALL: usize = 100;
/// The Region in which account-wide services are asked.
const HOME: &str = "us-east-1";

const fn detail(
    service: &'static str,
    operation: &'static str,
    calls: fn(&Sizes, &str) -> usize,
    answer: fn(&Request, &Sizes) -> Option<String>,
) -> Detail {
    Detail { service, operation, calls, answer }
}

/// Once for the account.
fn once(_: &Sizes, region: &str) -> usize {
    usize::from(region == HOME)
}

/// The details.
pub const DETAILS: &[Detail] = &[
    detail("sts", "GetCallerIdentity", once, identity),
    detail("sts", "AssumeRole", |_, _| 0, assumed_role),
    detail("ec2", "DescribeRegions", once, regions),
    detail("s3", "ListBuckets", once, buckets),
    detail("s3", "GetPublicAccessBlock", Sizes::buckets_of, public_access_block),
    detail("s3", "GetBucketVersioning", Sizes::buckets_of, |_, _| Some(versioning())),
    detail("s3", "GetBucketPolicyStatus", Sizes::buckets_of, |_, _| Some(policy_status())),
    detail("s3", "GetBucketEncryption", Sizes::buckets_of, encryption),
    detail("s3", "GetBucketPolicy", Sizes::buckets_of, |request, _| Some(bucket_policy(&request.bucket))),
    detail("kms", "DescribeKey", |s, _| s.keys, key),
    detail("kms", "GetKeyRotationStatus", |s, _| s.keys, rotation),
    detail("kms", "GetKeyPolicy", |s, _| s.keys, |_, _| Some(key_policy())),
    detail("secretsmanager", "GetResourcePolicy", |s, _| s.secrets, secret_policy),
    detail("ecs", "DescribeClusters", |s, _| s.clusters.div_ceil(CLUSTERS_A_CALL), clusters),
    detail("ecs", "ListServices", |s, _| s.clusters, list_services),
    detail("ecs", "DescribeServices", describe_services_calls, describe_services),
    detail("ecs", "DescribeTaskDefinition", |s, _| s.services, task_definition),
    detail("elasticloadbalancing", "DescribeListeners", |s, _| s.load_balancers, listeners),
    detail("elasticloadbalancing", "DescribeRules", |s, _| s.load_balancers, rules),
    detail("elasticloadbalancing", "DescribeListenerCertificates", |s, _| s.load_balancers, certificates),
    detail("elasticloadbalancing", "DescribeTargetHealth", |s, _| s.load_balancers, target_health),
    detail("rds", "DescribeDBSnapshotAttributes", |s, _| s.manual_snapshots(), snapshot_attributes),
    detail("rds", "DescribeDBParameters", |s, _| s.parameter_groups(), parameters),
    detail("rds", "DescribeDBClusterParameters", |s, _| s.database_clusters.min(1), parameters),
];

fn identity(request: &Request, _: &Sizes) -> Option<String> {
    let identity = format!(
        "<UserId>AIDAEXAMPLE</UserId><Account>{ACCOUNT_ID}</Account><Arn>arn:aws:iam::{ACCOUNT_ID}:user/auditor</Arn>"
    );
    Some(enclose(request, &identity))
}

fn assumed_role(request: &Request, _: &Sizes) -> Option<String> {
    let account = request.parameter("RoleArn").split(':').nth(4)?;
    let credentials = format!(
        "<Credentials><AccessKeyId>{}</AccessKeyId><SecretAccessKey>example</SecretAccessKey>\
         <SessionToken>example</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>",
        key_of_account(account)
    );
    Some(enclose(request, &credentials))
}

fn regions(request: &Request, _: &Sizes) -> Option<String> {
    let items = REGIONS.iter().map(|region| tag("item", &tag("regionName", region)));
    Some(enclose(request, &tag("regionInfo", &items.collect::<String>())))
}

fn buckets(_: &Request, sizes: &Sizes) -> Option<String> {
    let bucket = |number: usize| {
        let (name, region) = (id("bucket", number), bucket_region(number));
        format!("<Bucket><Name>{name}</Name><BucketRegion>{region}</BucketRegion></Bucket>")
    };
    let all: String = (0..sizes.buckets).map(bucket).collect();
    Some(tag("ListAllMyBucketsResult", &tag("Buckets", &all)))
}

fn public_access_block(_: &Request, _: &Sizes) -> Option<String> {
    let settings = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"];
    let settings: String = settings.iter().map(|setting| tag(setting, "true")).collect();
    Some(tag("PublicAccessBlockConfiguration", &settings))
}

fn versioning() -> String {
    tag("VersioningConfiguration", "<Status>Enabled</Status>")
}

fn policy_status() -> String {
    tag("PolicyStatus", "<IsPublic>false</IsPublic>")
}

fn encryption(request: &Request, sizes: &Sizes) -> Option<String> {
    let number = number(&request.bucket)?;
    let algorithm = match number.is_multiple_of(2) {
        true => format!(
            "<SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>{}</KMSMasterKeyID>",
            key_arn(bucket_region(number), number % sizes.keys)
        ),
        false => tag("SSEAlgorithm", "AES256"),
    };
    let rule = tag("Rule", &tag("ApplyServerSideEncryptionByDefault", &algorithm));
    Some(tag("ServerSideEncryptionConfiguration", &rule))
}

fn bucket_policy(bucket: &str) -> String {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [format!("arn:aws:s3:::{bucket}"), format!("arn:aws:s3:::{bucket}/*")],
            "Condition": { "Bool": { "aws:SecureTransport": "false" } },
        }],
    })
    .to_string()
}

fn key(request: &Request, _: &Sizes) -> Option<String> {
    let key = request.argument("KeyId");
    let metadata = json!({
        "KeyId": key,
        "Arn": key_arn(&request.region, number(&key)?),
        "KeyManager": "CUSTOMER",
        "KeyState": "Enabled",
        "KeySpec": "SYMMETRIC_DEFAULT",
        "Origin": "AWS_KMS",
    });
    Some(json!({ "KeyMetadata": metadata }).to_string())
}

fn rotation(request: &Request, _: &Sizes) -> Option<String> {
    let enabled = !number(&request.argument("KeyId"))?.is_multiple_of(5);
    Some(json!({ "KeyRotationEnabled": enabled, "RotationPeriodInDays": 365 }).to_string())
}

fn key_policy() -> String {
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "Administration",
            "Effect": "Allow",
            "Principal": { "AWS": format!("arn:aws:iam::{ACCOUNT_ID}:root") },
            "Action": "kms:*",
            "Resource": "*",
        }],
    });
    json!({ "Policy": policy.to_string(), "PolicyName": "default" }).to_string()
}

fn secret_policy(request: &Request, _: &Sizes) -> Option<String> {
    Some(json!({ "ARN": request.argument("SecretId"), "Name": "secret" }).to_string())
}

/// The texts of a list in the request.
fn texts<'r>(request: &'r Request, name: &str) -> impl Iterator<Item = &'r str> {
    let list = request.json.get(name).and_then(Json::as_array);
    list.into_iter().flatten().filter_map(Json::as_str)
}

fn clusters(request: &Request, _: &Sizes) -> Option<String> {
    let cluster = |arn: &str| {
        json!({
            "clusterArn": arn,
            "clusterName": arn.rsplit('/').next(),
            "status": "ACTIVE",
            "settings": [{ "name": "containerInsights", "value": "enhanced" }],
        })
    };
    let clusters: Vec<Json> = texts(request, "clusters").map(cluster).collect();
    Some(json!({ "clusters": clusters, "failures": [] }).to_string())
}

fn service_arn(region: &str, sizes: &Sizes, number: usize) -> String {
    arn("ecs", region, &service_path(sizes.clusters, number))
}

fn list_services(request: &Request, sizes: &Sizes) -> Option<String> {
    let services = sizes.services_of(number(&request.argument("cluster"))?);
    let arns: Vec<String> = services.map(|service| service_arn(&request.region, sizes, service)).collect();
    Some(json!({ "serviceArns": arns }).to_string())
}

fn describe_services_calls(sizes: &Sizes, _: &str) -> usize {
    (0..sizes.clusters).map(|cluster| sizes.services_of(cluster).count().div_ceil(SERVICES_A_CALL)).sum()
}

fn describe_services(request: &Request, sizes: &Sizes) -> Option<String> {
    let services: Vec<Json> =
        texts(request, "services").filter_map(number).map(|number| service(&request.region, sizes, number)).collect();
    Some(json!({ "services": services, "failures": [] }).to_string())
}

fn service(region: &str, sizes: &Sizes, number: usize) -> Json {
    let network = json!({
        "subnets": [id("subnet", number % sizes.subnets), id("subnet", (number + sizes.vpcs) % sizes.subnets)],
        "securityGroups": [id("sg", number % sizes.security_groups)],
        "assignPublicIp": "DISABLED",
    });
    let balancer = json!({
        "targetGroupArn": target_group_arn(region, number % sizes.load_balancers),
        "containerName": "app",
        "containerPort": 8080,
    });
    json!({
        "serviceArn": service_arn(region, sizes, number),
        "serviceName": id("service", number),
        "clusterArn": arn("ecs", region, &format!("cluster/{}", id("cluster", number % sizes.clusters))),
        "status": "ACTIVE",
        "schedulingStrategy": "REPLICA",
        "launchType": "FARGATE",
        "desiredCount": 2,
        "runningCount": 2,
        "pendingCount": 0,
        "taskDefinition": arn("ecs", region, &format!("task-definition/{}:1", id("task", number))),
        "deploymentConfiguration": {
            "deploymentCircuitBreaker": { "enable": number.is_multiple_of(2), "rollback": true },
            "minimumHealthyPercent": 100,
            "maximumPercent": 200,
        },
        "loadBalancers": [balancer],
        "networkConfiguration": { "awsvpcConfiguration": network },
        "events": [{ "createdAt": 1_766_000_000, "message": "(service app) has reached a steady state." }],
        "tags": [{ "key": "Environment", "value": "production" }],
    })
}

fn task_definition(request: &Request, sizes: &Sizes) -> Option<String> {
    let arn_of = request.argument("taskDefinition");
    let number = number(arn_of.split(":1").next()?)?;
    let secret =
        arn("secretsmanager", &request.region, &format!("secret:{}", id("app/secret", number % sizes.secrets)));
    let container = json!({
        "name": "app",
        "image": "registry.example.com/app:1",
        "environment": [{ "name": "LOG_LEVEL", "value": "info" }],
        "secrets": [{ "name": "DATABASE_PASSWORD", "valueFrom": secret }],
    });
    let definition = json!({
        "taskDefinitionArn": arn_of,
        "family": id("task", number),
        "revision": 1,
        "status": "ACTIVE",
        "networkMode": "awsvpc",
        "containerDefinitions": [container],
    });
    Some(json!({ "taskDefinition": definition }).to_string())
}

fn listener_arn(region: &str, number: usize) -> String {
    let balancer = number / LISTENERS;
    arn("elasticloadbalancing", region, &format!("listener/app/balancer-{balancer}/{balancer:x}/{number:x}"))
}

fn listeners(request: &Request, _: &Sizes) -> Option<String> {
    let balancer = number(&request.argument("LoadBalancerArn"))?;
    let region = &request.region;
    let listener = |number: usize, rest: &str| {
        format!(
            "<member><ListenerArn>{}</ListenerArn><LoadBalancerArn>{}</LoadBalancerArn>{rest}</member>",
            listener_arn(region, number),
            load_balancer_arn(region, balancer)
        )
    };
    let first = balancer * LISTENERS;
    let plain = format!("<Protocol>HTTP</Protocol><Port>80</Port><DefaultActions>{REDIRECT}</DefaultActions>");
    let tls = "<Protocol>HTTPS</Protocol><Port>443</Port><SslPolicy>ELBSecurityPolicy-TLS13-1-2-2021-06</SslPolicy>\
               <DefaultActions><member><Type>forward</Type></member></DefaultActions>";
    Some(enclose(request, &tag("Listeners", &(listener(first, &plain) + &listener(first + 1, tls)))))
}

/// The action that sends a browser to TLS.
const REDIRECT: &str = "<member><Type>redirect</Type><RedirectConfig><Protocol>HTTPS</Protocol><Port>443</Port>\
                        <StatusCode>HTTP_301</StatusCode></RedirectConfig></member>";

fn rules(request: &Request, _: &Sizes) -> Option<String> {
    let listener = request.argument("ListenerArn").replace(":listener/", ":listener-rule/");
    let rule = format!("<member><RuleArn>{listener}/0</RuleArn><Actions>{REDIRECT}</Actions></member>");
    Some(enclose(request, &tag("Rules", &rule)))
}

fn certificates(request: &Request, _: &Sizes) -> Option<String> {
    let certificate = arn("acm", &request.region, "certificate/0");
    let certificate =
        format!("<member><CertificateArn>{certificate}</CertificateArn><IsDefault>true</IsDefault></member>");
    Some(enclose(request, &tag("Certificates", &certificate)))
}

fn target_health(request: &Request, _: &Sizes) -> Option<String> {
    let target = |last: u8| {
        format!(
            "<member><Target><Id>10.0.0.{last}</Id><Port>8080</Port></Target>\
             <TargetHealth><State>healthy</State></TargetHealth></member>"
        )
    };
    Some(enclose(request, &tag("TargetHealthDescriptions", &(target(4) + &target(5)))))
}

fn snapshot_attributes(request: &Request, _: &Sizes) -> Option<String> {
    let attribute =
        "<DBSnapshotAttribute><AttributeName>restore</AttributeName><AttributeValues/></DBSnapshotAttribute>";
    let result = tag("DBSnapshotAttributes", attribute);
    Some(enclose(request, &tag("DBSnapshotAttributesResult", &result)))
}

fn parameters(request: &Request, _: &Sizes) -> Option<String> {
    let parameter =
        "<Parameter><ParameterName>rds.force_ssl</ParameterName><ParameterValue>1</ParameterValue></Parameter>";
    Some(enclose(request, &tag("Parameters", parameter)))
}
