//! ECS services as they run, and what deploys them.

use super::audit;
use crate::written::Written;

#[test]
fn services_are_steady_or_have_been_unsteady_for_too_long() {
    let aws = Written::of(include_str!("services.txt"));
    let check = "ecs-service-steady";
    let report = audit(&aws, &[check]);
    assert_eq!(
        report.verdicts(check),
        [("app/deploying", "pass"), ("app/failing", "fail"), ("app/handed-over", "pass"), ("app/web", "pass")]
    );
    let message = report.message(check, "app/failing");
    assert!(
        message.contains(
            "runs 1 of 2 tasks, 0 more are being started, and it has not been steady since 2026-11-22T09:00:00Z"
        ),
        "{message}"
    );
}

#[test]
fn services_roll_back_by_themselves_or_by_codedeploy() {
    let aws = Written::of(include_str!("services.txt"));
    let check = "ecs-service-rollback";
    let report = audit(&aws, &[check, "elb-target-group-healthy"]);
    assert_eq!(
        report.verdicts(check),
        [("app/deploying", "pass"), ("app/failing", "fail"), ("app/handed-over", "pass"), ("app/web", "pass")]
    );
    let groups = &report.finding(check, "app/handed-over")["evidence"]["deployment_groups"];
    assert_eq!(groups[0]["id"], "shop/production");
    assert_eq!(groups[0]["auto_rollback_configuration"]["events"], serde_json::json!(["DEPLOYMENT_FAILURE"]));
}

#[test]
fn a_capacity_provider_stands_in_for_the_launch_type() {
    let aws = Written::of(include_str!("services.txt"));
    let (services, _) = super::inventory(&aws, "AWS::ECS::Service");
    let web = services.iter().find(|service| service["id"] == "app/web").unwrap();
    assert!(web["attributes"]["launch_type"].is_null(), "{web}");
    let (clusters, _) = super::inventory(&aws, "AWS::ECS::Cluster");
    assert_eq!(clusters[0]["attributes"]["capacity_providers"], serde_json::json!(["FARGATE", "FARGATE_SPOT"]));
}

#[test]
fn a_service_that_cannot_be_described_leaves_the_listing_incomplete_and_one_that_vanished_does_not() {
    let aws = Written::of(include_str!("services.txt"));
    let answer = |reason: &str| {
        format!(
            "=== ecs:DescribeServices\n{{\"services\": [], \"failures\": [{{\"arn\": \"arn:aws:ecs:us-east-1:111122223333:service/app/web\", \"reason\": \"{reason}\"}}]}}"
        )
    };
    aws.add(&answer("MISSING"));
    let report = audit(&aws, &["ecs-service-active"]);
    assert!(report.verdicts("ecs-service-active").is_empty());
    aws.add(&answer("INTERNAL"));
    let report = audit(&aws, &["ecs-service-active"]);
    let gap = report.gap("ecs-service-active", "*");
    assert!(gap["message"].as_str().unwrap().ends_with("service/app/web: INTERNAL"), "{gap}");
}
