use proptest::prelude::*;

use super::*;
use crate::notify::sample;
use crate::notify::testing::{change, claims_digest, digest, large_claims_digest, large_digest, noon, small_digest};

#[test]
fn json_comes_back_as_it_was() {
    for digest in
        [small_digest(), claims_digest(), sample(noon()), small_digest().cut_to(1), digest(vec![], vec![], vec![])]
    {
        let json = serde_json::to_string(&digest).unwrap();
        assert_eq!(serde_json::from_str::<Digest>(&json).unwrap(), digest);
    }
}

#[test]
fn json_is_the_contract() {
    let json = serde_json::to_value(small_digest().cut_to(1)).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&json).unwrap(), @r#"
    {
      "as_of": "2026-04-01T12:00:00Z",
      "accounts": [
        {
          "account_id": "111122223333",
          "name": "production"
        }
      ],
      "opened": [
        {
          "check": "rds-not-public",
          "title": "what rds-not-public looks for",
          "severity": "critical",
          "account_id": "111122223333",
          "account_name": "production",
          "region": "eu-west-1",
          "resource_type": "AWS::RDS::DBInstance",
          "resource_id": "orders",
          "resource_arn": "arn:aws:rds:eu-west-1:111122223333:db:orders",
          "message": "orders is not as it should be",
          "remediation": "aws rds modify-db-instance --db-instance-identifier orders",
          "since": "2026-03-30T08:00:00Z"
        }
      ],
      "came_back": [],
      "closed": [],
      "open_now": {
        "high": 3,
        "critical": 1
      },
      "left_out": {
        "opened": 1,
        "came_back": 1,
        "closed": 1
      },
      "dedup_key": "audit-7"
    }
    "#);
}

#[test]
fn above_keeps_what_is_as_severe() {
    let high = small_digest().above(Severity::High);
    assert_eq!((high.opened.len(), high.came_back.len(), high.closed.len()), (2, 1, 0));
    assert_eq!(high.open_now, small_digest().open_now);
    assert_eq!(high.left_out.total(), 0, "what a channel does not want is not left out");
    assert!(digest(vec![change("a", Severity::Low, "x")], vec![], vec![]).above(Severity::Medium).is_empty());
}

#[test]
fn what_fails_comes_before_what_is_closed_and_the_worst_first() {
    let digest = digest(
        vec![change("b", Severity::High, "2"), change("b", Severity::High, "1"), change("a", Severity::Low, "1")],
        vec![change("c", Severity::Critical, "1")],
        vec![change("d", Severity::Critical, "1")],
    );
    assert_eq!(order(&digest), ["c/1", "b/1", "b/2", "a/1", "d/1"]);
}

fn order(digest: &Digest) -> Vec<String> {
    let name = |(_, news): &(ChangeKind, News<'_>)| match news {
        News::Finding(change) => format!("{}/{}", change.check, change.resource_id),
        News::Claim(change) => change.place(),
        News::Attestation(change) => change.subject.clone(),
    };
    digest.ranked().iter().map(name).collect()
}

#[test]
fn what_contradicts_a_document_comes_before_all_and_what_is_good_at_the_end() {
    let mut digest = claims_digest();
    digest.closed.push(change("d", Severity::Critical, "1"));
    assert_eq!(
        order(&digest),
        [
            "club-app.md:20",
            "club-app.md:66",
            "rds-not-public/orders",
            "att-dr-plan",
            "att-bcp",
            "d/1",
            "club-app.md:12",
            "club-app.md:90",
        ]
    );
}

#[test]
fn claims_and_attestations_are_part_of_the_contract() {
    let digest = claims_digest();
    let part = |list: &str| serde_json::to_string_pretty(&serde_json::to_value(&digest).unwrap()[list]).unwrap();
    insta::assert_snapshot!(part("mended"), @r#"
    [
      {
        "severity": "high",
        "account_id": "111122223333",
        "account_name": "production",
        "document": "club-app.md",
        "claim": "nat-per-zone-1a2b3c",
        "lines": [
          [
            12,
            12
          ]
        ],
        "text": "nat-per-zone is so",
        "verdict": "missing",
        "outcome": "still-open",
        "was": "contradicted",
        "reworded": true,
        "reason": "nat-per-zone is otherwise",
        "since": "2026-03-30T08:00:00Z"
      }
    ]
    "#);
    insta::assert_snapshot!(part("attestations_expiring"), @r#"
    [
      {
        "id": 7,
        "severity": "medium",
        "account_id": null,
        "account_name": null,
        "document": null,
        "subject": "att-bcp",
        "by": "jo",
        "evidence": "https://clubapp.example/plan",
        "until": "2026-04-01T12:00:00Z"
      }
    ]
    "#);
    for list in ["contradicted", "claims_closed", "attestations_expired"] {
        assert_ne!(part(list), "null", "{list}");
    }
}

#[test]
fn a_digest_without_claims_is_the_same_as_ever() {
    let json = serde_json::to_string(&small_digest().cut_to(1)).unwrap();
    for word in ["contradicted", "claims_closed", "mended", "attestation"] {
        assert!(!json.contains(word), "{word}");
    }
}

#[test]
fn claims_are_kept_by_their_severity() {
    let high = claims_digest().above(Severity::High);
    assert_eq!((high.contradicted.len(), high.mended.len(), high.opened.len()), (2, 1, 1));
    assert_eq!(high.len(), 4, "gaps that closed and attestations are medium");
}

#[test]
fn what_concerns_every_account_concerns_those_that_were_audited() {
    let digest = Digest { contradicted: vec![], claims_closed: vec![], mended: vec![], ..claims_digest() };
    let digest = Digest { opened: vec![], attestations_expired: vec![], ..digest };
    assert_eq!(digest.changed_accounts().into_iter().collect::<Vec<_>>(), ["111122223333"]);
}

#[test]
fn a_cut_says_what_is_missing() {
    let cut = large_digest(100).cut_to(10);
    assert_eq!(cut.len(), 10);
    assert_eq!(cut.left_out.total(), 90);
    assert_eq!(cut.worst(), Some(Severity::Critical));
    assert!(cut.closed.is_empty(), "what is closed goes first");
    assert_eq!(cut.left_out.words().unwrap(), "and 90 more: 27 opened, 30 came back, 33 closed");
    assert_eq!(cut.cut_to(4).left_out.total(), 96, "cut twice, counted once");
    assert_eq!(small_digest().cut_to(99).len(), 4);
}

#[test]
fn the_headline_tells_all_in_a_line() {
    assert_eq!(
        small_digest().headline(),
        "plumbline: 1 critical, 1 high opened; 1 high came back; 1 medium closed in production"
    );
    let mut two = small_digest().above(Severity::Critical);
    two.accounts.push(DigestAccount { account_id: "444455556666".to_owned(), name: None });
    assert_eq!(two.headline(), "plumbline: 1 critical opened in 2 accounts");
    assert!(sample(noon()).headline().starts_with("plumbline test: "));
    assert_eq!(
        claims_digest().headline(),
        "plumbline: 2 claims contradicted; 1 critical opened; 1 attestation expired; 1 attestation expiring soon; \
         1 stated gap closed; 1 claim no longer contradicted in production"
    );
    assert_eq!(small_digest().open_now_words(), "open now: 1 critical, 3 high");
}

#[test]
fn the_sample_passes_every_channel() {
    let all = sample(noon());
    assert_eq!(all.above(Severity::Critical), all);
    assert_ne!(all.dedup_key, sample("2026-04-01T12:00:01Z".parse().unwrap()).dedup_key);
}

proptest! {
    #[test]
    fn nothing_is_lost_by_a_cut(changes in 0usize..60, most in 0usize..70) {
        for digest in [large_digest(changes), large_claims_digest(changes)] {
            let cut = digest.cut_to(most);
            prop_assert_eq!(cut.len() + cut.left_out.total() as usize, changes);
            prop_assert!(cut.len() <= most);
        }
    }
}
