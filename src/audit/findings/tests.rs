use super::*;

const ACCOUNTS: [&str; 3] = ["111122223333", "444455556666", "777788889999"];

fn finding(account_id: &str, resource_id: &str, verdict: Verdict) -> Finding {
    let reason = (verdict == Verdict::Unknown).then(|| Reason {
        message: "denied".to_owned(),
        gaps: vec![Gap {
            kind: crate::inventory::GapKind::Denied,
            operation: "rds:DescribeDBInstances".to_owned(),
            action: "rds:DescribeDBInstances".to_owned(),
            message: "no \u{1b}[31m".to_owned(),
        }],
    });
    Finding {
        check: "rds-instance-encrypted".into(),
        title: "RDS storage is encrypted".into(),
        severity: Severity::High,
        verdict,
        account_id: account_id.into(),
        region: "eu-west-1".into(),
        resource_type: "AWS::RDS::DBInstance".into(),
        resource_id: resource_id.into(),
        resource_arn: "".into(),
        message: format!("{resource_id} \"ü\" \u{2028} {verdict}"),
        evidence: Evidence::from_json(r#"{"a":1.0,"b":[null,"x\n"],"a2":18446744073709551615}"#.into()),
        reason,
        remediation: String::new(),
    }
}

/// Findings of three accounts that come one after the other, the last account first.
fn findings(most_held: usize) -> Findings {
    let mut findings = Findings::holding(most_held);
    for account_id in ACCOUNTS.iter().rev() {
        let of_account = [("b", Verdict::Unknown), ("a", Verdict::Fail), ("c", Verdict::Pass)];
        findings.push(of_account.map(|(id, verdict)| finding(account_id, id, verdict)).to_vec()).unwrap();
    }
    findings
}

fn json(findings: &Findings) -> String {
    serde_json::to_string_pretty(findings).unwrap()
}

fn resources(findings: &Findings) -> Vec<String> {
    let all = findings.accounts().flat_map(|findings| findings.unwrap().into_owned());
    all.map(|finding| format!("{}/{}", finding.account_id, finding.resource_id)).collect()
}

#[test]
fn findings_come_by_account_and_resource_wherever_they_lie() {
    let (held, spooled, mixed) = (findings(usize::MAX), findings(0), findings(1_700));
    assert!(held.spool.is_none(), "a few need no file");
    assert!(spooled.accounts.values().all(|account| matches!(account.kept, Kept::Spooled(_))));
    let in_memory = mixed.accounts.values().filter(|account| matches!(account.kept, Kept::Held(_))).count();
    assert_eq!(in_memory, 1, "the second account was too much");
    assert_eq!(resources(&held)[..4], ["111122223333/a", "111122223333/b", "111122223333/c", "444455556666/a"]);
    for other in [&spooled, &mixed] {
        assert_eq!(&held, other);
        assert_eq!(json(&held), json(other));
        assert_eq!((other.len(), other.totals()), (9, held.totals()));
    }
    assert_eq!((held.totals().fail, held.totals().unknown, held.totals().pass), (3, 3, 3));
}

#[test]
fn the_text_of_evidence_survives_the_file() {
    let text = |findings: &Findings| {
        let first = findings.accounts().next().unwrap().unwrap();
        first[0].evidence.as_json().to_owned()
    };
    assert_eq!(text(&findings(0)), text(&findings(usize::MAX)));
}

#[test]
fn what_one_account_has_twice_is_there_once() {
    for most_held in [0, usize::MAX] {
        let mut twice = findings(most_held);
        let again = [("a", Verdict::Fail), ("d", Verdict::Fail)];
        twice.push(again.map(|(id, verdict)| finding(ACCOUNTS[1], id, verdict)).to_vec()).unwrap();
        let of_account: Vec<String> = resources(&twice).into_iter().filter(|id| id.starts_with(ACCOUNTS[1])).collect();
        assert_eq!(of_account, ["a", "b", "c", "d"].map(|id| format!("{}/{id}", ACCOUNTS[1])));
        assert_eq!((twice.len(), twice.totals().fail), (10, 4));
    }
}

#[test]
fn what_is_not_kept_is_not_counted() {
    for most_held in [0, usize::MAX] {
        let mut some = findings(most_held);
        some.retain(|finding| finding.verdict == Verdict::Fail).unwrap();
        assert_eq!(resources(&some), ACCOUNTS.map(|account_id| format!("{account_id}/a")));
        assert_eq!((some.len(), some.totals().pass), (3, 0));
    }
}

#[test]
fn json_comes_back_equal() {
    let all = findings(0);
    assert_eq!(serde_json::from_str::<Findings>(&json(&all)).unwrap(), all);
}
