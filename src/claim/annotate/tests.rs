use plumbline_document::{Observable, Selector};

use super::*;

fn claim(line: usize, text: &str, verdict: Stance, outcome: Outcome) -> ReconciledClaim {
    ReconciledClaim {
        id: format!("rds-instance-multi-az-{line}").as_str().into(),
        lines: vec![Lines(line, line)],
        headings: Vec::new(),
        text: text.to_owned(),
        verdict,
        observable: Some(Observable::Api),
        checks: Vec::new(),
        selector: Selector::default(),
        params: serde_json::Map::new(),
        outcome,
        reason: "orders runs in one zone".to_owned(),
        results: Vec::new(),
    }
}

fn document(claims: Vec<ReconciledClaim>) -> DocumentOutcome {
    DocumentOutcome {
        document: "a.md".into(),
        title: String::new(),
        account_id: "111122223333".into(),
        claims,
        conflicts: Vec::new(),
    }
}

fn annotated(text: &str, claims: Vec<ReconciledClaim>) -> String {
    let since = [("rds-instance-multi-az-1".into(), "2026-03-02T08:00:00Z".parse().unwrap())].into();
    let annotated = annotate(&Page::new(text.as_bytes()).unwrap(), &document(claims), &since);
    String::from_utf8(annotated.bytes).unwrap()
}

#[test]
fn the_worst_comes_first_and_equal_ones_are_counted() {
    use Outcome::{Confirmed, Contradicted};
    let claims = vec![
        claim(1, "encrypted", Stance::Done, Confirmed),
        ReconciledClaim { id: "b".into(), ..claim(1, "Multi-AZ", Stance::Done, Contradicted) },
        claim(1, "7 days", Stance::Done, Confirmed),
    ];
    assert_eq!(
        annotated("- [x] Multi-AZ, encrypted, 7 days\n", claims),
        "- [x] Multi-AZ, encrypted, 7 days «plumbline: contradicted: Multi-AZ: orders runs in one zone; 2 confirmed since 2026-03-02»\n"
    );
}

#[test]
fn what_the_document_no_longer_says_is_told() {
    let outcome = document(vec![claim(9, "Multi-AZ", Stance::Done, Outcome::Confirmed)]);
    let annotated = annotate(&Page::new(b"- a\n").unwrap(), &outcome, &BTreeMap::new());
    assert_eq!((annotated.bytes.as_slice(), annotated.lost), (&b"- a\n"[..], vec![Lines(9, 9)]));
}

#[test]
fn boxes_follow_what_is_there() {
    use Outcome::{Attested, Closed, Confirmed, Contradicted, StillOpen};
    for (text, claims, expected) in [
        ("- [ ] a", vec![claim(1, "a", Stance::Planned, Closed)], "- [x] a"),
        ("- [ ] a", vec![claim(1, "a", Stance::Done, Confirmed)], "- [x] a"),
        ("- [ ] a", vec![claim(1, "a", Stance::Off, Confirmed)], "- [ ] a"),
        ("- [ ] a", vec![claim(1, "a", Stance::Planned, Closed), claim(1, "a", Stance::Planned, StillOpen)], "- [ ] a"),
        ("- [ ] a", vec![claim(1, "a", Stance::Planned, Attested)], "- [ ] a"),
        ("- [x] a", vec![claim(1, "a", Stance::Done, Confirmed), claim(1, "a", Stance::Done, Contradicted)], "- [ ] a"),
        ("- [x] a", vec![claim(1, "a", Stance::Done, Confirmed)], "- [x] a"),
        ("- a", vec![claim(1, "a", Stance::Planned, Closed)], "- a"),
    ] {
        let ticked = tick(&Page::new(text.as_bytes()).unwrap(), &document(claims.clone()));
        assert_eq!(String::from_utf8(ticked.bytes).unwrap(), expected, "{claims:?}");
    }
}

#[test]
fn a_long_reason_is_cut_between_words() {
    let reason = "word ".repeat(60);
    let cut = short(&reason, REASON);
    assert!(cut.len() <= REASON + 4 && cut.ends_with("word ..."), "{cut}");
}
