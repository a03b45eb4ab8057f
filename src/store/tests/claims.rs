//! The table of claims in the store's documentation, and what is told of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use plumbline_document::{Lines, Observable, Selector, Stance};
use serde_json::Map;

use super::*;
use crate::claim::{CheckOutcome, Conflict, ConflictKind, ConflictSide, Held, Outcome, ReconciledClaim};
use crate::store::{ClaimChange, ClaimFilter, ClaimTransitionKind, Maintained, StoredClaim};

pub(super) const DOCUMENT: &str = "club-app.md";
const LOGS: &str = "logs-group-retention-1a2b3c";
const ZONES: &str = "rds-instance-multi-az-4d5e6f";
const OTHER_ACCOUNT: &str = "444455556666";

pub(super) fn claim(id: &str, outcome: Outcome) -> ReconciledClaim {
    let missed = outcome == Outcome::Contradicted;
    ReconciledClaim {
        id: id.into(),
        lines: vec![Lines(66, 66), Lines(90, 91)],
        headings: vec!["Club app".to_owned(), "Data".to_owned()],
        text: format!("what {id} says"),
        verdict: if matches!(outcome, Outcome::StillOpen | Outcome::Closed) { Stance::Missing } else { Stance::Done },
        observable: Some(Observable::Api),
        checks: vec![id[..id.len() - 7].to_owned()],
        selector: Selector { resources: vec!["clubapp-dev-*".to_owned()], regions: Vec::new() },
        params: json!({ "days": 30 }).as_object().cloned().unwrap(),
        outcome,
        reason: format!("{id} is {outcome}"),
        results: vec![CheckOutcome {
            check: id[..id.len() - 7].to_owned(),
            held: if missed { Held::Fail } else { Held::Pass },
            message: "as seen".to_owned(),
            remediation: if missed { "mend it".to_owned() } else { String::new() },
            evidence: Map::new(),
            resources: 1,
        }],
    }
}

pub(super) fn document(claims: Vec<ReconciledClaim>) -> DocumentOutcome {
    DocumentOutcome {
        document: DOCUMENT.into(),
        title: "Club app".to_owned(),
        account_id: ACCOUNT.into(),
        claims,
        conflicts: Vec::new(),
    }
}

/// An audit of one document with these outcomes.
pub(super) fn audit_of(claims: &[(&str, Outcome)]) -> Report {
    Report::new().document(document(claims.iter().map(|(id, outcome)| claim(id, *outcome)).collect()))
}

/// What is told of claims, in short.
fn told(world: &mut World, report: &Report) -> Vec<String> {
    let changes = world.audit(report);
    let lists = [changes.contradicted, changes.claims_closed, changes.mended];
    lists.iter().flatten().map(|change| format!("{} {}", change.claim, change.kind)).collect()
}

/// All transitions of claims, in short.
fn transitions(world: &World) -> Vec<String> {
    world.texts(
        "SELECT kind || ' ' || coalesce(from_outcome, '-') || '>' || coalesce(to_outcome, '-') FROM claim_transitions ORDER BY id",
    )
}

fn everything() -> ClaimFilter {
    ClaimFilter { gone: true, ..ClaimFilter::default() }
}

fn only(world: &World) -> StoredClaim {
    let mut claims = world.store.claims(&everything()).unwrap();
    assert_eq!(claims.len(), 1, "{claims:?}");
    claims.remove(0)
}

#[test]
fn each_sequence_of_outcomes_is_told_once_where_it_matters() {
    use Outcome::{Attested, Closed, Confirmed, Contradicted, StillOpen, Unattested, Unknown};
    for (outcomes, expected_told, expected_transitions) in [
        (vec![Contradicted, Contradicted], "contradicted", "contradicted ->contradicted"),
        (vec![Closed, Closed], "closed", "closed ->closed"),
        (vec![Confirmed, StillOpen], "", "changed confirmed>still-open"),
        (vec![Unattested, Attested], "", "changed unattested>attested"),
        (vec![Unknown, Confirmed], "", "became_known unknown>confirmed"),
        (
            vec![Confirmed, Contradicted, Confirmed],
            "contradicted, mended",
            "contradicted confirmed>contradicted, mended contradicted>confirmed",
        ),
        (
            vec![Contradicted, Unknown, Contradicted, Unknown, Confirmed],
            "contradicted, mended",
            "contradicted ->contradicted, became_unknown contradicted>unknown, became_known unknown>contradicted, \
             became_unknown contradicted>unknown, mended unknown>confirmed",
        ),
        (
            vec![Confirmed, Unknown, Contradicted],
            "contradicted",
            "became_unknown confirmed>unknown, contradicted unknown>contradicted",
        ),
        (vec![StillOpen, Unknown, Closed], "closed", "became_unknown still-open>unknown, closed unknown>closed"),
    ] {
        let mut world = World::new();
        let news: Vec<String> =
            outcomes.iter().flat_map(|outcome| told(&mut world, &audit_of(&[(LOGS, *outcome)]))).collect();
        let news: Vec<&str> = news.iter().map(|line| line.strip_prefix(LOGS).unwrap().trim()).collect();
        assert_eq!(news.join(", "), expected_told, "{outcomes:?}");
        assert_eq!(transitions(&world).join(", "), expected_transitions, "{outcomes:?}");
        assert_sound(&world.store);
    }
}

#[test]
fn a_contradiction_is_told_with_what_is_said_and_what_to_do() {
    let mut world = World::new();
    world.audit(&audit_of(&[(LOGS, Outcome::Confirmed)]));
    let changes = world.audit(&audit_of(&[(LOGS, Outcome::Contradicted)]));
    assert!(!changes.is_empty());
    let expected = ClaimChange {
        kind: ClaimTransitionKind::Contradicted,
        severity: Severity::High,
        account_id: ACCOUNT.into(),
        document: DOCUMENT.into(),
        claim: LOGS.into(),
        lines: vec![Lines(66, 66), Lines(90, 91)],
        text: format!("what {LOGS} says"),
        verdict: Stance::Done,
        outcome: Outcome::Contradicted,
        was: Some(Outcome::Confirmed),
        reworded: false,
        reason: format!("{LOGS} is contradicted"),
        remediation: "mend it".to_owned(),
        since: start() + hours(2),
    };
    assert_eq!(changes.contradicted, [expected]);
    let delivery = world.store.pending(world.now).unwrap().remove(0);
    assert_eq!(delivery.changes().unwrap(), changes, "what lies in the outbox is what is told");

    // The person corrects the document instead of the account.
    let changes = world.audit(&audit_of(&[(LOGS, Outcome::StillOpen)]));
    let mended = &changes.mended[0];
    assert_eq!((mended.was, mended.outcome), (Some(Outcome::Contradicted), Outcome::StillOpen));
    assert!(mended.reworded && mended.remediation.is_empty());
    assert_eq!(mended.since, start() + hours(2), "since when it had been contradicted");
}

#[test]
fn a_claim_comes_back_from_the_store_as_it_was_given() {
    let mut world = World::new();
    let mut given = claim(LOGS, Outcome::Contradicted);
    given.results[0].evidence = json!({ "clubapp-dev-logs": { "retention": null } }).as_object().cloned().unwrap();
    let side = |line| ConflictSide {
        document: DOCUMENT.to_owned(),
        claim: LOGS.into(),
        lines: Lines(line, line),
        text: "a side".to_owned(),
    };
    let conflict =
        Conflict { kind: ConflictKind::Value, one: side(66), other: side(90), message: "both cannot be".to_owned() };
    let outcome = DocumentOutcome { conflicts: vec![conflict], ..document(vec![given.clone()]) };
    world.audit(&Report::new().document(outcome.clone()));
    world.audit(&Report::new());
    let stored = only(&world);
    assert_eq!(stored.claim, given);
    assert_eq!((stored.account_id.as_str(), stored.document.as_str()), (ACCOUNT, DOCUMENT));
    assert_eq!((stored.first_seen, stored.last_seen), (start() + hours(1), start() + hours(1)));
    let documents = world.store.documents().unwrap();
    assert_eq!(documents.len(), 1);
    assert_eq!((&documents[0].title, &documents[0].conflicts), (&outcome.title, &outcome.conflicts));
}

#[test]
fn an_unknown_does_not_interrupt_an_outcome() {
    let mut world = World::new();
    for outcome in [Outcome::Contradicted, Outcome::Unknown, Outcome::Unknown] {
        world.audit(&audit_of(&[(LOGS, outcome)]));
    }
    let unknown = only(&world);
    assert_eq!((unknown.claim.outcome, unknown.since), (Outcome::Unknown, start() + hours(2)));
    assert_eq!(unknown.last_known, Some(Outcome::Contradicted));
    assert_eq!(unknown.last_known_since, Some(start() + hours(1)));
    world.audit(&audit_of(&[(LOGS, Outcome::Contradicted)]));
    assert_eq!(only(&world).since, start() + hours(1));
    let (claim, history) = world.store.claim_history(unknown.number).unwrap().unwrap();
    assert_eq!(claim, only(&world));
    let kinds: Vec<&str> = history.iter().map(|transition| transition.kind.as_str()).collect();
    assert_eq!(kinds, ["contradicted", "became_unknown", "became_known"]);
    assert_eq!((history[0].audit_id, history[0].at), (1, start() + hours(1)));
    assert_eq!(history[0].reason, format!("{LOGS} is contradicted"));
    assert_eq!(world.store.claim_history(99).unwrap(), None);
}

#[test]
fn a_claim_that_its_document_no_longer_makes_is_gone_without_a_word() {
    let mut world = World::new();
    world.audit(&audit_of(&[(LOGS, Outcome::Contradicted), (ZONES, Outcome::Confirmed)]));
    assert!(world.audit(&audit_of(&[(ZONES, Outcome::Confirmed)])).is_empty());
    let gone = world.store.claims(&ClaimFilter { id: LOGS.to_owned(), ..everything() }).unwrap().remove(0);
    assert_eq!(gone.gone_at, Some(start() + hours(2)));
    assert_eq!(world.store.claims(&ClaimFilter::default()).unwrap().len(), 1);
    assert!(world.audit(&audit_of(&[(ZONES, Outcome::Confirmed)])).is_empty());
    assert_eq!(transitions(&world), ["contradicted ->contradicted", "gone contradicted>-"], "it goes once");
    let back = audit_of(&[(LOGS, Outcome::Contradicted), (ZONES, Outcome::Confirmed)]);
    assert_eq!(told(&mut world, &back), [format!("{LOGS} contradicted")]);
    assert_eq!(transitions(&world)[2..], ["contradicted ->contradicted"]);
    assert_sound(&world.store);
}

#[test]
fn what_was_not_part_of_an_audit_is_left_alone() {
    let other_document =
        DocumentOutcome { document: "other.md".into(), ..document(vec![claim(LOGS, Outcome::Confirmed)]) };
    let other_account =
        DocumentOutcome { account_id: OTHER_ACCOUNT.into(), ..document(vec![claim(LOGS, Outcome::Confirmed)]) };
    let no_account = DocumentOutcome { account_id: "".into(), ..document(Vec::new()) };
    for (why, partial) in [
        ("no document was", Report::new()),
        ("another document was", Report::new().document(other_document)),
        ("another account was", Report::new().document(other_account)),
        ("the account was not known", Report::new().document(no_account)),
    ] {
        let mut world = World::new();
        world.audit(&audit_of(&[(LOGS, Outcome::Contradicted)]));
        let before = world.dump("claims").remove(0);
        assert!(world.audit(&partial).is_empty(), "{why}");
        assert_eq!(world.dump("claims")[0], before, "{why}");
        assert!(world.audit(&audit_of(&[(LOGS, Outcome::Contradicted)])).is_empty(), "{why}");
        assert_sound(&world.store);
    }
}

#[test]
fn one_document_held_against_two_accounts_is_two() {
    let mut world = World::new();
    let other = |outcome| DocumentOutcome { account_id: OTHER_ACCOUNT.into(), ..document(vec![claim(LOGS, outcome)]) };
    let both = |here, there| audit_of(&[(LOGS, here)]).document(other(there));
    assert_eq!(told(&mut world, &both(Outcome::Contradicted, Outcome::Confirmed)).len(), 1);
    let changes = world.audit(&both(Outcome::Contradicted, Outcome::Contradicted));
    assert_eq!(changes.contradicted.len(), 1);
    assert_eq!(&*changes.contradicted[0].account_id, OTHER_ACCOUNT);
    assert_eq!(world.store.documents().unwrap().len(), 2);
}

#[test]
fn claims_of_one_id_are_told_apart_by_their_order() {
    let mut world = World::new();
    let twice = |first, second| audit_of(&[(LOGS, first), (LOGS, second)]);
    world.audit(&twice(Outcome::Confirmed, Outcome::Contradicted));
    assert!(world.audit(&twice(Outcome::Confirmed, Outcome::Contradicted)).is_empty());
    assert_eq!(
        told(&mut world, &twice(Outcome::Contradicted, Outcome::Confirmed)),
        [format!("{LOGS} contradicted"), format!("{LOGS} mended")]
    );
    assert_eq!(world.store.claims(&ClaimFilter::default()).unwrap().len(), 2);
}

#[test]
fn two_files_of_one_name_do_not_make_each_others_claims_gone() {
    let mut world = World::new();
    let both = audit_of(&[(LOGS, Outcome::Confirmed)]).document(document(vec![claim(ZONES, Outcome::Confirmed)]));
    world.audit(&both);
    world.audit(&both);
    assert!(transitions(&world).is_empty());
    assert_eq!(world.store.claims(&ClaimFilter::default()).unwrap().len(), 2);
}

#[test]
fn an_identical_audit_writes_one_sighting_a_document() {
    let mut world = World::new();
    let report = audit_of(&[
        (LOGS, Outcome::Contradicted),
        (ZONES, Outcome::Unknown),
        ("s3-bucket-encrypted-0a0b0c", Outcome::StillOpen),
    ]);
    world.audit(&report);
    let tables = ["documents", "claims", "claim_transitions", "outbox"];
    let before = tables.map(|table| world.dump(table));
    assert!(world.audit(&report).is_empty());
    assert_eq!(tables.map(|table| world.dump(table)), before);
    assert_eq!(world.texts("SELECT document_id || ' ' || audit_id FROM document_sightings"), ["1 2"]);
}

#[test]
fn a_change_of_words_is_no_transition() {
    let mut world = World::new();
    world.audit(&audit_of(&[(LOGS, Outcome::Contradicted)]));
    let mut moved = claim(LOGS, Outcome::Contradicted);
    moved.lines = vec![Lines(70, 70)];
    moved.reason = "seen otherwise".to_owned();
    moved.results[0].message = "seen otherwise".to_owned();
    let renamed = DocumentOutcome { title: "The club's app".to_owned(), ..document(vec![moved.clone()]) };
    assert!(world.audit(&Report::new().document(renamed)).is_empty());
    let stored = only(&world);
    assert_eq!((stored.claim, stored.since), (moved, start() + hours(1)));
    assert_eq!(world.store.documents().unwrap()[0].title, "The club's app");
    assert_eq!(transitions(&world).len(), 1);
}

#[test]
fn claims_are_told_by_document_and_line() {
    let mut world = World::new();
    let at = |id, line| ReconciledClaim { lines: vec![Lines(line, line)], ..claim(id, Outcome::Contradicted) };
    let first = DocumentOutcome { document: "a.md".into(), ..document(vec![at(ZONES, 9)]) };
    let changes = world.audit(&Report::new().document(document(vec![at(LOGS, 20), at(ZONES, 3)])).document(first));
    let order: Vec<String> = changes.contradicted.iter().map(|c| format!("{}:{}", c.document, c.lines[0])).collect();
    assert_eq!(order, ["a.md:9", "club-app.md:3", "club-app.md:20"]);
}

#[test]
fn claims_are_found_by_what_is_asked_for() {
    let mut world = World::new();
    let mut late = claim(LOGS, Outcome::Contradicted);
    late.lines = vec![Lines(100, 100)];
    let other = DocumentOutcome { document: "a.md".into(), ..document(vec![claim(ZONES, Outcome::Attested)]) };
    let claims = vec![late, claim(ZONES, Outcome::Unknown), claim("rds-instance-multi-az-4d5e6f7", Outcome::Closed)];
    world.audit(&Report::new().document(document(claims)).document(other));
    let found = |filter: ClaimFilter| -> Vec<String> {
        let claims = world.store.claims(&filter).unwrap();
        claims.iter().map(|claim| format!("{} {}", claim.document, claim.claim.id)).collect()
    };
    let id = |id: &str| ClaimFilter { id: id.to_owned(), ..ClaimFilter::default() };
    assert_eq!(
        found(ClaimFilter::default()),
        [
            "a.md rds-instance-multi-az-4d5e6f",
            "club-app.md rds-instance-multi-az-4d5e6f",
            "club-app.md rds-instance-multi-az-4d5e6f7",
            "club-app.md logs-group-retention-1a2b3c",
        ],
        "by document, and within it by line"
    );
    assert_eq!(found(id("rds-instance-multi-az-4d")).len(), 3);
    assert_eq!(found(id(ZONES)).len(), 2, "an id in full is no beginning of another");
    let outcomes = vec![Outcome::Unknown, Outcome::Contradicted];
    assert_eq!(found(ClaimFilter { outcomes, ..ClaimFilter::default() }).len(), 2);
    assert_eq!(found(ClaimFilter { document: "a*".parse().unwrap(), ..ClaimFilter::default() }).len(), 1);
    assert_eq!(found(ClaimFilter { account_id: OTHER_ACCOUNT.parse().unwrap(), ..ClaimFilter::default() }).len(), 0);
}

#[test]
fn a_stored_claim_is_json_with_its_id_and_its_number() {
    let mut world = World::new();
    world.audit(&audit_of(&[(LOGS, Outcome::Contradicted)]));
    let stored = only(&world);
    let json = serde_json::to_value(&stored).unwrap();
    assert_eq!((json["number"].as_i64(), json["id"].as_str()), (Some(stored.number), Some(LOGS)));
    assert_eq!(serde_json::from_value::<StoredClaim>(json).unwrap(), stored);
}

#[test]
fn only_claims_that_are_old_and_over_are_deleted() {
    let mut world = World::new();
    let named = |name: &str, claims| DocumentOutcome { document: name.into(), ..document(claims) };
    let one = |outcome| vec![claim(LOGS, outcome)];
    world.audit(
        &audit_of(&[(LOGS, Outcome::Contradicted), (ZONES, Outcome::StillOpen)])
            .document(named("forgotten.md", one(Outcome::Closed)))
            .document(named("forgotten-and-wrong.md", one(Outcome::Contradicted))),
    );
    world.audit(&audit_of(&[(LOGS, Outcome::Contradicted)]));
    world.now += hours(1000);
    world.audit(&audit_of(&[(LOGS, Outcome::Contradicted)]));
    let old = world.now - hours(100);
    // Gone: the claim on zones, and the document that was forgotten with its claim; their transitions go with them.
    let maintained = world.store.maintain(old).unwrap();
    assert_eq!((maintained.claims, maintained.claim_transitions), (2, 0));
    let documents: Vec<String> = world.store.documents().unwrap().into_iter().map(|d| d.document).collect();
    assert_eq!(documents, [DOCUMENT, "forgotten-and-wrong.md"]);
    assert_eq!(transitions(&world), ["contradicted ->contradicted"; 2]);
    assert_eq!(world.store.maintain(old).unwrap(), Maintained::default());
    assert!(world.audit(&audit_of(&[(LOGS, Outcome::Contradicted)])).is_empty());
    assert_sound(&world.store);
}

#[test]
fn of_a_contradicted_claim_only_what_made_it_so_is_kept() {
    let mut world = World::new();
    for outcome in [Outcome::Contradicted, Outcome::Confirmed, Outcome::Contradicted, Outcome::Unknown] {
        world.audit(&audit_of(&[(LOGS, outcome)]));
    }
    assert_eq!(world.store.maintain(world.now + hours(1)).unwrap().claim_transitions, 3);
    assert_eq!(transitions(&world), ["contradicted confirmed>contradicted"]);
}

#[test]
fn many_documents_that_stand_as_they_stood_cost_little() {
    let mut world = World::new();
    let claims: Vec<ReconciledClaim> =
        (0..500).map(|number| claim(&format!("logs-group-retention-{number:06x}"), Outcome::ALL[number % 7])).collect();
    let names: Vec<Arc<str>> = (0..5).map(|number| format!("document-{number}.md").into()).collect();
    let report = names.iter().fold(Report::new(), |report, name| {
        report.document(DocumentOutcome { document: name.clone(), ..document(claims.clone()) })
    });
    world.audit(&report);
    world.store.maintain(start()).unwrap();
    let before = size(&world.path());
    for _ in 0..20 {
        assert!(world.audit(&report).is_empty());
    }
    world.store.maintain(start()).unwrap();
    let grown = size(&world.path()) - before;
    assert!(grown < 20 * 400, "{grown} bytes for 20 audits of 2,500 claims");
}

/// What an audit says of a claim: an outcome, or that its document does not make it.
type Said = Option<Outcome>;

/// The outcome that stands after all that was said since the claim was last gone; unknown is passed over.
fn established(said: &[Said]) -> Option<Outcome> {
    let since_gone = said.iter().rev().take_while(|said| said.is_some());
    since_gone.flatten().copied().find(|outcome| *outcome != Outcome::Unknown)
}

/// What the step from `before` to `after` (longer by one) is told as.
fn expected(before: &[Said], after: &[Said]) -> Option<&'static str> {
    let (was, is) = (established(before), established(after));
    let now = after.last().copied().flatten()?;
    match (was, is) {
        _ if now == Outcome::Unknown || was == is => None,
        (_, Some(Outcome::Contradicted)) => Some("contradicted"),
        (_, Some(Outcome::Closed)) => Some("closed"),
        (Some(Outcome::Contradicted), _) => Some("mended"),
        _ => None,
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 48, ..Default::default() })]

    /// Random audits, each of one document or of both, against a model that knows only the list of all that was ever said.
    #[test]
    fn the_store_agrees_with_the_model_of_claims(
        audits in proptest::collection::vec(
            proptest::array::uniform2(proptest::option::weighted(0.8, proptest::array::uniform3(0usize..10))),
            1..16,
        )
    ) {
        let names = ["a.md", "b.md"];
        let ids = [LOGS, ZONES, "unmapped-0a0b0c"];
        let mut world = World::new();
        let mut model: BTreeMap<(&str, &str), Vec<Said>> = BTreeMap::new();
        for audit in audits {
            let (mut report, mut told) = (Report::new(), BTreeSet::new());
            for (name, outcomes) in names.iter().zip(audit).filter_map(|(name, outcomes)| Some((*name, outcomes?))) {
                // One in five says that the document does not make the claim.
                let unknown = |which| (which == 7).then_some(Outcome::Unknown);
                let said = outcomes.map(|which| Outcome::ALL.get(which).copied().or(unknown(which)));
                for (id, said) in ids.into_iter().zip(said) {
                    let before = model.entry((name, id)).or_default();
                    let mut after = before.clone();
                    after.push(said);
                    told.extend(expected(before, &after).map(|kind| (name.to_owned(), id.to_owned(), kind)));
                    *before = after;
                }
                let claims = ids.into_iter().zip(said).filter_map(|(id, said)| Some(claim(id, said?))).collect();
                report = report.document(DocumentOutcome { document: name.into(), ..document(claims) });
            }
            let changes = world.audit(&report);
            let got = changes.contradicted.iter().chain(&changes.claims_closed).chain(&changes.mended);
            let got: BTreeSet<_> =
                got.map(|change| (change.document.to_string(), change.claim.to_string(), change.kind.as_str())).collect();
            proptest::prop_assert_eq!(got, told);
        }
        assert_sound(&world.store);
        let stored = world.store.claims(&ClaimFilter::default()).unwrap().into_iter();
        let stored: BTreeMap<(String, String), (Said, Said)> = stored
            .map(|claim| ((claim.document, claim.claim.id.to_string()), (Some(claim.claim.outcome), claim.last_known)))
            .collect();
        let last = |said: &[Said]| said.last().copied().flatten();
        let expected: BTreeMap<_, _> = model
            .into_iter()
            .filter(|(_, said)| last(said).is_some())
            .map(|((name, id), said)| ((name.to_owned(), id.to_owned()), (last(&said), established(&said))))
            .collect();
        proptest::prop_assert_eq!(stored, expected);
    }
}
