//! Invented reports for the tests.

use std::collections::BTreeMap;

use plumbline_document::{Lines, Observable, Selector, Stance};

use crate::audit::{Audit, AuditReport, AuditedAccount, Coverage, Totals};
use crate::claim::{
    CheckOutcome, Conflict, ConflictKind, ConflictSide, DocumentOutcome, Held, Outcome, ReconciledClaim,
};
use crate::finding::{Finding, Reason, Severity, Verdict};
use crate::inventory::{Gap, GapKind};

pub const PRODUCTION: &str = "111122223333";
pub const STAGING: &str = "444455556666";

pub fn gap(kind: GapKind, operation: &str, message: &str) -> Gap {
    Gap { kind, operation: operation.to_owned(), action: operation.to_owned(), message: message.to_owned() }
}

pub fn denied(action: &str) -> Gap {
    gap(GapKind::Denied, action, &format!("AccessDeniedException: not authorized to perform {action}"))
}

pub fn finding(check: &str, severity: Severity, verdict: Verdict, resource_id: &str) -> Finding {
    let evidence = serde_json::json!({ "multi_az": false, "availability_zone": "eu-west-1a" });
    Finding {
        check: check.into(),
        title: "RDS instances run in more than one Availability Zone".into(),
        severity,
        verdict,
        account_id: PRODUCTION.into(),
        region: "eu-west-1".into(),
        resource_type: "AWS::RDS::DBInstance".into(),
        resource_id: resource_id.into(),
        resource_arn: format!("arn:aws:rds:eu-west-1:111122223333:db:{resource_id}").into(),
        message: format!("{resource_id} runs in eu-west-1a only, so a fault of that zone takes it down"),
        evidence: evidence.as_object().unwrap().clone().into(),
        reason: None,
        remediation: match verdict {
            Verdict::Fail => {
                format!(
                    "aws rds modify-db-instance --db-instance-identifier {resource_id} --multi-az --apply-immediately"
                )
            }
            _ => String::new(),
        },
    }
}

pub fn unknown(check: &str, resource_id: &str, region: &str, gaps: Vec<Gap>) -> Finding {
    Finding {
        region: region.into(),
        reason: Some(Reason { message: "it could not be read".to_owned(), gaps }),
        ..finding(check, Severity::High, Verdict::Unknown, resource_id)
    }
}

pub fn account(account_id: &str, name: Option<&str>, error: Option<&str>) -> AuditedAccount {
    AuditedAccount {
        account_id: account_id.to_owned(),
        name: name.map(str::to_owned),
        regions: vec!["eu-west-1".to_owned(), "us-east-1".to_owned()],
        error: error.map(str::to_owned),
        help: error.map(|_| "check the role's trust policy".to_owned()),
    }
}

pub fn incomplete(resource_type: &str, region: &str, gap: Gap) -> Coverage {
    Coverage {
        resource_type: resource_type.to_owned(),
        account_id: PRODUCTION.to_owned(),
        region: region.to_owned(),
        complete: false,
        only: Vec::new(),
        gap: Some(gap),
    }
}

pub fn report(findings: Vec<Finding>) -> AuditReport {
    let checks: std::collections::BTreeSet<String> = findings.iter().map(|finding| finding.check.to_string()).collect();
    AuditReport {
        audit: Audit {
            version: "0.1.0".to_owned(),
            as_of: "2026-04-01T12:00:00Z".parse().unwrap(),
            accounts: vec![account(PRODUCTION, Some("production"), None)],
            skipped: Vec::new(),
            partial: false,
            checks: checks.into_iter().collect(),
            coverage: Vec::new(),
            resources: 212,
            calls: 96,
            retries: 0,
            throttles: 0,
            calls_by_operation: BTreeMap::new(),
            totals: Totals::of(&findings),
        },
        findings: findings.into(),
        documents: Vec::new(),
    }
}

/// The findings of a report.
pub fn findings_of(report: &AuditReport) -> Vec<Finding> {
    report.findings.accounts().flat_map(|findings| findings.unwrap().into_owned()).collect()
}

/// Changes each finding of a report.
pub fn change_findings(report: &mut AuditReport, change: impl FnMut(&mut Finding)) {
    let mut findings = findings_of(report);
    findings.iter_mut().for_each(change);
    report.findings = findings.into();
}

/// Something of everything: two resources that fail, one of them twice, denied calls, a dead Region, an account that
/// cannot be read.
pub fn mixed() -> AuditReport {
    let listing = |region| unknown("kms-key-rotated", "*", region, vec![denied("kms:ListKeys")]);
    let mut report = report(vec![
        finding("rds-instance-deletion-protected", Severity::Medium, Verdict::Fail, "orders"),
        finding("rds-instance-encrypted", Severity::High, Verdict::Pass, "orders"),
        finding("rds-instance-multi-az", Severity::High, Verdict::Fail, "ledger"),
        finding("rds-instance-not-public", Severity::Critical, Verdict::Fail, "orders"),
        listing("eu-west-1"),
        listing("us-east-1"),
        unknown("kms-key-policy-closed", "key-1", "eu-west-1", vec![denied("kms:GetKeyPolicy")]),
        unknown("kms-key-policy-closed", "key-2", "us-east-1", vec![denied("kms:GetKeyPolicy")]),
        unknown(
            "ecs-service-in-two-zones",
            "web",
            "me-south-1",
            vec![gap(GapKind::Unreachable, "ecs:DescribeServices", "no answer in time")],
        ),
        unknown("rds-instance-tls", "orders", "eu-west-1", vec![]),
    ]);
    report.audit.accounts.push(account(
        STAGING,
        Some("staging"),
        Some("AccessDenied: not authorized to perform sts:AssumeRole on arn:aws:iam::444455556666:role/auditor"),
    ));
    let dead = gap(GapKind::Unreachable, "ec2:DescribeVpcs", "dns error");
    report.audit.coverage = vec![
        incomplete("AWS::KMS::Key", "eu-west-1", denied("kms:ListKeys")),
        incomplete("AWS::KMS::Key", "us-east-1", denied("kms:ListKeys")),
        incomplete("AWS::EC2::VPC", "me-south-1", dead),
    ];
    report
}

/// A claim of a document in its database chapter.
pub fn claim(line: usize, text: &str, verdict: Stance, outcome: Outcome) -> ReconciledClaim {
    let (held, message) = match outcome {
        Outcome::Contradicted | Outcome::StillOpen => {
            (Held::Fail, "orders runs in eu-west-1a only, so a fault of that zone takes it down")
        }
        Outcome::Unknown => (Held::Unknown, "rds:DescribeDBInstances was denied in eu-west-1"),
        _ => (Held::Pass, "RDS instances run in more than one Availability Zone: orders"),
    };
    let evidence = serde_json::json!({ "orders": { "multi_az": held == Held::Pass } });
    ReconciledClaim {
        id: format!("rds-instance-multi-az-{line:04}").as_str().into(),
        lines: vec![Lines(line, line)],
        headings: vec![
            "AWS deep dive of the Club App".to_owned(),
            "Infrastructure".to_owned(),
            "Database Setup".to_owned(),
        ],
        text: text.to_owned(),
        verdict,
        observable: Some(Observable::Api),
        checks: vec!["rds-instance-multi-az".to_owned()],
        selector: Selector { resources: vec!["orders".to_owned()], ..Selector::default() },
        params: serde_json::Map::new(),
        outcome,
        reason: message.to_owned(),
        results: vec![CheckOutcome {
            check: "rds-instance-multi-az".to_owned(),
            held,
            message: message.to_owned(),
            remediation: match held {
                Held::Fail => {
                    "aws rds modify-db-instance --db-instance-identifier orders --multi-az --apply-immediately"
                }
                _ => "",
            }
            .to_owned(),
            evidence: evidence.as_object().unwrap().clone(),
            resources: 1,
        }],
    }
}

/// A claim that only a person can vouch for.
pub fn vouched(line: usize, text: &str, outcome: Outcome, reason: &str) -> ReconciledClaim {
    ReconciledClaim {
        id: format!("att-dr-plan-{line:04}").as_str().into(),
        headings: vec!["AWS deep dive of the Club App".to_owned(), "Operations".to_owned()],
        observable: Some(Observable::Attest),
        checks: vec!["att-dr-plan".to_owned()],
        selector: Selector::default(),
        reason: reason.to_owned(),
        results: Vec::new(),
        ..claim(line, text, Stance::Done, outcome)
    }
}

/// A document with a claim of every outcome and a clash.
pub fn document() -> DocumentOutcome {
    let one = |line, text: &str| ConflictSide {
        document: "club-app.md".to_owned(),
        claim: "rds-instance-multi-az-0066".into(),
        lines: Lines(line, line),
        text: text.to_owned(),
    };
    DocumentOutcome {
        document: "club-app.md".into(),
        title: "AWS deep dive of the Club App".to_owned(),
        account_id: PRODUCTION.into(),
        claims: vec![
            ReconciledClaim {
                lines: vec![Lines(66, 66), Lines(143, 144)],
                ..claim(66, "The database runs in Multi-AZ", Stance::Done, Outcome::Contradicted)
            },
            claim(67, "Backups are kept for 7 days", Stance::Fact, Outcome::Confirmed),
            claim(70, "A read replica is missing", Stance::Missing, Outcome::StillOpen),
            claim(71, "Deletion protection is to be switched on", Stance::Planned, Outcome::Closed),
            claim(72, "Storage is encrypted", Stance::Done, Outcome::Unknown),
            vouched(
                90,
                "There is a disaster recovery plan",
                Outcome::Unattested,
                "nobody vouches for it: `att-dr-plan` is not attested",
            ),
            vouched(
                91,
                "The runbook is rehearsed",
                Outcome::Attested,
                "Ann vouches for it until 2027-01-31 (https://wiki.clubapp.example/dr)",
            ),
        ],
        conflicts: vec![Conflict {
            kind: ConflictKind::Verdict,
            one: one(66, "The database runs in Multi-AZ"),
            other: one(201, "Multi-AZ is not enabled"),
            message: "line 66 says `done`, line 201 `missing`; the account bears out line 201".to_owned(),
        }],
    }
}
