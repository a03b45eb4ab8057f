use super::*;
use crate::report::testing::{
    PRODUCTION, STAGING, change_findings, denied, findings_of, gap, incomplete, mixed, report, unknown,
};

fn reasons(report: &AuditReport) -> Vec<Missing> {
    let mut reasons = Reasons::of(&report.audit.coverage);
    report.findings.accounts().for_each(|findings| reasons.add(&findings.unwrap()));
    reasons.tell(&Accounts::of(&report.audit))
}

fn whats(report: &AuditReport) -> Vec<String> {
    reasons(report).into_iter().map(|missing| missing.what).collect()
}

#[test]
fn equal_gaps_are_told_once() {
    let reasons = reasons(&mixed());
    let told: Vec<String> = reasons
        .iter()
        .map(|missing| {
            let Missing { what, cause, effect, help } = missing;
            format!("{what}\n  {cause:?}\n  {effect}\n  {help:?}")
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    kms:GetKeyPolicy, kms:ListKeys were denied in eu-west-1, us-east-1 of production (111122223333)
      Some("AccessDeniedException: not authorized to perform kms:GetKeyPolicy")
      2 checks are unknown on 2 resources; AWS::KMS::Key resources may be missing from this audit
      Some("grant kms:GetKeyPolicy, kms:ListKeys, or print the whole policy with `plumbline policy`")
    no answer from ec2, ecs in me-south-1 of production (111122223333)
      Some("dns error")
      1 check is unknown on 1 resource; AWS::EC2::VPC resources may be missing from this audit
      Some("check the network, the endpoint and the Region")
    rds-instance-tls cannot be judged
      Some("it could not be read")
      1 check is unknown on 1 resource
      None
    "#);
}

#[test]
fn places_are_named_while_they_are_few() {
    let regions = |number: usize| {
        let findings =
            (0..number).map(|number| unknown("a", "*", &format!("r-{number}"), vec![denied("kms:ListKeys")]));
        report(findings.collect())
    };
    assert_eq!(whats(&regions(1)), ["kms:ListKeys was denied in r-0 of production (111122223333)"]);
    assert_eq!(whats(&regions(3)), ["kms:ListKeys was denied in r-0, r-1, r-2 of production (111122223333)"]);
    assert_eq!(whats(&regions(17)), ["kms:ListKeys was denied in 17 Regions of production (111122223333)"]);

    let mut two = regions(1);
    let staging = findings_of(&two).into_iter().map(|finding| Finding { account_id: STAGING.into(), ..finding });
    two.findings.push(staging.collect()).unwrap();
    assert_eq!(whats(&two), ["kms:ListKeys was denied in r-0 of 2 accounts"]);
    let mut global = regions(1);
    change_findings(&mut global, |finding| finding.region = "global".into());
    assert_eq!(whats(&global), ["kms:ListKeys was denied in production (111122223333)"]);
}

#[test]
fn many_lacking_actions_are_one_thing_to_do() {
    let actions = ["s3:GetBucketAcl", "s3:GetBucketPolicy", "s3:GetBucketTagging"];
    let report = report(actions.map(|action| unknown(action, "bucket", "eu-west-1", vec![denied(action)])).to_vec());
    let reasons = reasons(&report);
    assert_eq!(reasons.len(), 1);
    assert!(reasons[0].what.starts_with("s3:GetBucketAcl, s3:GetBucketPolicy, s3:GetBucketTagging were denied in "));
    assert_eq!(reasons[0].effect, "3 checks are unknown on 1 resource");
    assert!(
        reasons[0]
            .help
            .as_ref()
            .unwrap()
            .starts_with("grant s3:GetBucketAcl, s3:GetBucketPolicy, s3:GetBucketTagging, or")
    );
}

#[test]
fn errors_of_different_calls_are_told_apart() {
    let error = |operation| gap(GapKind::Error, operation, "InternalError");
    let report =
        report(vec![unknown("a", "x", "r-1", vec![error("rds:DescribeDBInstances"), error("kms:DescribeKey")])]);
    assert_eq!(whats(&report).len(), 2);
}

#[test]
fn an_incomplete_listing_counts_even_if_no_check_met_it() {
    let mut report = report(vec![]);
    report.audit.coverage = vec![incomplete("AWS::KMS::Key", "eu-west-1", denied("kms:ListKeys"))];
    assert_eq!(reasons(&report)[0].effect, "AWS::KMS::Key resources may be missing from this audit");
}

#[test]
fn every_kind_of_gap_has_words() {
    let kinds = [
        GapKind::Denied,
        GapKind::Throttled,
        GapKind::Unreachable,
        GapKind::RegionDisabled,
        GapKind::Credentials,
        GapKind::Error,
        GapKind::Interrupted,
        GapKind::NotCollected,
    ];
    let findings = kinds.map(|kind| unknown("a", "x", "eu-west-1", vec![gap(kind, "kms:ListKeys", "")]));
    insta::assert_snapshot!(whats(&report(findings.to_vec())).join("\n"), @"
    kms:ListKeys was denied in eu-west-1 of production (111122223333)
    kms:ListKeys was throttled after all retries in eu-west-1 of production (111122223333)
    no answer from kms in eu-west-1 of production (111122223333)
    not enabled: eu-west-1 of production (111122223333)
    the credentials were refused in eu-west-1 of production (111122223333)
    kms:ListKeys failed in eu-west-1 of production (111122223333)
    interrupted before all was read in eu-west-1 of production (111122223333)
    kms:ListKeys was not called in eu-west-1 of production (111122223333)
    ");
}

#[test]
fn each_unknown_verdict_has_a_reason() {
    let mut report = mixed();
    change_findings(&mut report, |finding| finding.reason = None);
    let told = reasons(&report);
    assert!(told.iter().any(|missing| missing.what == "kms-key-rotated cannot be judged"));
    assert_eq!(accounts(&report).len(), 1);
    assert!(report.audit.accounts.iter().any(|account| account.account_id == PRODUCTION && account.error.is_none()));
}
