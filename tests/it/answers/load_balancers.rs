//! Load balancers: target health, TLS policies, web ACLs and certificates.

use super::audit;
use crate::written::Written;

#[test]
fn targets_count_by_their_state() {
    let aws = Written::of(include_str!("balancers.txt"));
    let check = "elb-target-group-healthy";
    let report = audit(&aws, &[check]);
    // The empty half of a blue/green deployment and a group without a load balancer are not judged.
    assert_eq!(
        report.verdicts(check),
        [("draining", "pass"), ("none-healthy", "fail"), ("one-sick", "fail"), ("unused", "fail")]
    );
    let message = report.message(check, "one-sick");
    assert!(message.contains("1 healthy of 2 targets; unhealthy: 10.0.0.6 (Target.Timeout)"), "{message}");
}

#[test]
fn tls_policies_are_read_by_name_from_every_page() {
    let aws = Written::of(include_str!("balancers.txt"));
    let check = "elb-listener-tls-minimum";
    let report = audit(&aws, &[check]);
    assert_eq!(report.verdict(check, "app/shop/1/tls"), "pass");
    assert_eq!(report.verdict(check, "app/shop/1/old"), "fail");
    let message = report.message(check, "app/shop/1/old");
    assert!(message.contains("TLSv1, TLSv1.1, TLSv1.2 by its policy ELBSecurityPolicy-2016-08"), "{message}");
    assert_eq!(report.gap(check, "app/shop/1/unnamed")["operation"], "elasticloadbalancing:DescribeSSLPolicies");
    assert_eq!(aws.calls()["elasticloadbalancing:DescribeSSLPolicies"], 2);
}

#[test]
fn a_web_acl_protects_what_it_names() {
    let aws = Written::of(include_str!("balancers.txt"));
    let check = "elb-load-balancer-waf";
    let report = audit(&aws, &[check]);
    assert_eq!(report.verdicts(check), [("bare", "fail"), ("shop", "pass")]);
    assert_eq!(report.finding(check, "shop")["evidence"]["web_acls"][0]["id"], "edge");
}

#[test]
fn certificates_count_while_they_are_valid_whatever_their_key() {
    let aws = Written::of(include_str!("balancers.txt"));
    aws.add("=== elasticloadbalancing:DescribeListenerCertificates listener%2Fapp%2Fshop%2F1%2Funnamed\n<DescribeListenerCertificatesResponse><DescribeListenerCertificatesResult><Certificates><member><CertificateArn>arn:aws:iam::111122223333:server-certificate/old</CertificateArn><IsDefault>true</IsDefault></member></Certificates></DescribeListenerCertificatesResult></DescribeListenerCertificatesResponse>");
    let check = "elb-listener-certificate-acm";
    let report = audit(&aws, &[check]);
    assert_eq!(
        report.verdicts(check),
        [("app/shop/1/old", "fail"), ("app/shop/1/tls", "pass"), ("app/shop/1/unnamed", "fail")]
    );
    assert!(report.message(check, "app/shop/1/old").contains("certificate/expired"));
}

#[test]
fn a_wildcard_covers_one_label() {
    let aws = Written::of(include_str!("balancers.txt"));
    let check = "elb-listener-certificate-domain";
    for (host, verdict) in [
        ("www.example.com", "pass"),
        ("WWW.Example.com", "pass"),
        ("a.b.example.com", "fail"),
        ("example.com", "fail"),
        ("shop.example.net", "pass"),
    ] {
        let program = super::program(&aws);
        program.file("plumbline.toml", &format!("[checks.{check}.params]\nhosts = [\"{host}\"]\n"));
        let arguments =
            ["audit", "--format=json", "--no-store", "--region=us-east-1", "--check", check, "--as-of", super::AS_OF];
        let report = super::Report(program.run(&arguments).json());
        assert_eq!(report.verdict(check, "app/shop/1/tls"), verdict, "{host}");
    }
}
