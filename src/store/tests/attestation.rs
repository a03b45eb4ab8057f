//! Attestations: which of them count, and that their ends are told once.

use super::claims::DOCUMENT;
use super::*;
use crate::store::{AttestationState, NewAttestation, StoreError};

const DAY: i64 = 24;
const PLAN: &str = "att-dr-plan";

fn terms(days: i64) -> NewAttestation {
    NewAttestation {
        subject: PLAN.to_owned(),
        account_id: Some(ACCOUNT.to_owned()),
        document: Some(DOCUMENT.to_owned()),
        by: "jo".to_owned(),
        evidence: "https://clubapp.example/plan".to_owned(),
        until: start() + hours(days * DAY),
        note: None,
    }
}

/// What an audit on a day tells of attestations, in short.
fn told_on(world: &mut World, day: i64) -> Vec<String> {
    world.now = start() + hours(day * DAY - 1);
    let changes = world.audit(&Report::new());
    let short = |kind, list: &[crate::store::AttestationChange]| -> Vec<String> {
        list.iter().map(|attestation| format!("{} {} {kind}", attestation.id, attestation.subject)).collect()
    };
    let lists = [short("expired", &changes.attestations_expired), short("expiring", &changes.attestations_expiring)];
    assert_eq!(changes.is_empty(), lists.iter().all(Vec::is_empty));
    lists.concat()
}

#[test]
fn the_end_of_an_attestation_is_told_once_before_and_once_after() {
    let mut world = World::new();
    world.store.attest(terms(30), start()).unwrap();
    assert!(told_on(&mut world, 15).is_empty());
    assert_eq!(told_on(&mut world, 16), ["1 att-dr-plan expiring"], "fourteen days before");
    assert!(told_on(&mut world, 17).is_empty());
    assert_eq!(told_on(&mut world, 30), ["1 att-dr-plan expired"], "at its very end");
    assert!(told_on(&mut world, 31).is_empty());
    assert_sound(&world.store);
}

#[test]
fn what_ended_while_no_audit_ran_is_told_by_the_next_as_expired_only() {
    let mut world = World::new();
    world.store.attest(terms(30), start()).unwrap();
    world.store.attest(NewAttestation { subject: "att-bcp".to_owned(), ..terms(20) }, start()).unwrap();
    assert_eq!(told_on(&mut world, 400), ["2 att-bcp expired", "1 att-dr-plan expired"], "the older end first");
    assert!(told_on(&mut world, 401).is_empty());
}

#[test]
fn one_that_is_renewed_in_time_ends_without_a_word() {
    let mut world = World::new();
    world.store.attest(terms(30), start()).unwrap();
    let everywhere = NewAttestation { account_id: None, document: None, ..terms(60) };
    world.store.attest(everywhere, start() + hours(DAY)).unwrap();
    assert!(told_on(&mut world, 20).is_empty());
    assert!(told_on(&mut world, 31).is_empty());
    assert_eq!(told_on(&mut world, 50), ["2 att-dr-plan expiring"]);
    assert_eq!(told_on(&mut world, 61), ["2 att-dr-plan expired"], "and the older one no more");
}

#[test]
fn one_that_vouches_for_less_renews_nothing() {
    let narrow = [
        NewAttestation { document: Some("other.md".to_owned()), ..terms(90) },
        NewAttestation { account_id: Some("444455556666".to_owned()), ..terms(90) },
        NewAttestation { subject: "att-bcp".to_owned(), ..terms(90) },
    ];
    for other in narrow {
        let mut world = World::new();
        world.store.attest(terms(30), start()).unwrap();
        world.store.attest(other, start()).unwrap();
        assert_eq!(told_on(&mut world, 31), ["1 att-dr-plan expired"]);
    }
}

#[test]
fn the_end_is_told_by_an_audit_of_its_account() {
    let mut world = World::new();
    world.store.attest(NewAttestation { account_id: Some("444455556666".to_owned()), ..terms(31) }, start()).unwrap();
    world.store.attest(NewAttestation { account_id: None, ..terms(30) }, start()).unwrap();
    assert_eq!(told_on(&mut world, 31), ["2 att-dr-plan expired"]);
    let mut other = Report::new();
    other.account.account_id = "444455556666".to_owned();
    assert_eq!(world.audit(&other).attestations_expired[0].id, 1);
}

#[test]
fn one_that_was_withdrawn_ends_without_a_word() {
    let mut world = World::new();
    world.store.attest(terms(30), start()).unwrap();
    let withdrawn = world.store.withdraw(1, "kim", "the plan is out of date", start() + hours(1)).unwrap();
    assert_eq!(withdrawn.state(start()), AttestationState::Withdrawn);
    assert_eq!(withdrawn.withdrawn_by.as_deref(), Some("kim"));
    assert_eq!(world.store.all_attestations().unwrap(), [withdrawn], "it stays known");
    assert!(world.store.attestations(start()).unwrap().is_empty());
    assert!(told_on(&mut world, 20).is_empty());
    assert!(told_on(&mut world, 31).is_empty());
}

#[test]
fn the_newest_valid_one_counts() {
    let mut world = World::new();
    world.store.attest(NewAttestation { by: "first".to_owned(), ..terms(60) }, start()).unwrap();
    world.store.attest(NewAttestation { by: "second".to_owned(), ..terms(30) }, start()).unwrap();
    let claim = NewAttestation { subject: "att-dr-plan-1a2b3c".to_owned(), by: "third".to_owned(), ..terms(90) };
    world.store.attest(claim, start()).unwrap();
    let counting = |world: &World, day: i64| -> Vec<String> {
        let attestations = world.store.attestations(start() + hours(day * DAY)).unwrap();
        attestations.into_iter().map(|attestation| attestation.by).collect()
    };
    assert_eq!(counting(&world, 1), ["third", "second"]);
    assert_eq!(counting(&world, 31), ["third", "first"]);
    assert_eq!(counting(&world, 61), ["third", "first"], "the one that expired last");
    world.store.withdraw(1, "kim", "wrong", start()).unwrap();
    assert_eq!(counting(&world, 91), ["third", "second"]);

    let attestations = world.store.attestations(start()).unwrap();
    assert_eq!(attestations[0].claim.as_deref(), Some("att-dr-plan-1a2b3c"));
    assert_eq!(attestations[1].kind.as_deref(), Some(PLAN));
    assert!(attestations[1].covers(ACCOUNT, DOCUMENT, "att-dr-plan-1a2b3c", Some(PLAN)));
    assert!(attestations[1].holds(start()));
}

#[test]
fn every_account_and_every_document_come_back_as_such() {
    let mut world = World::new();
    let everywhere = NewAttestation { account_id: None, document: None, note: Some("a note".to_owned()), ..terms(30) };
    let made = world.store.attest(everywhere.clone(), start()).unwrap();
    assert_eq!(world.texts("SELECT account_id || document FROM attestations"), ["**"]);
    assert_eq!(world.store.all_attestations().unwrap(), [made]);
    assert_eq!(world.store.all_attestations().unwrap()[0].terms, everywhere);
}

#[test]
fn what_says_nothing_or_is_over_is_refused() {
    let mut world = World::new();
    let blank = || " ".to_owned();
    for (terms, expected) in [
        (NewAttestation { subject: blank(), ..terms(1) }, "an attestation needs a claim"),
        (NewAttestation { by: blank(), ..terms(1) }, "an attestation needs somebody who vouches"),
        (NewAttestation { evidence: blank(), ..terms(1) }, "an attestation needs evidence"),
        (NewAttestation { note: Some(blank()), ..terms(1) }, "an attestation needs a note"),
        (NewAttestation { account_id: Some(blank()), ..terms(1) }, "an attestation needs an account"),
        (NewAttestation { document: Some(blank()), ..terms(1) }, "an attestation needs a document"),
        (terms(0), "the attestation would end at 2026-03-01T00:00:00Z, which is past"),
    ] {
        let error = world.store.attest(terms, start()).unwrap_err();
        assert!(matches!(error, StoreError::Attestation(_)) && error.to_string().starts_with(expected), "{error}");
    }
    assert!(world.dump("attestations").is_empty());

    world.store.attest(terms(1), start()).unwrap();
    for (id, by, note, expected) in [
        (1, " ", "wrong", "an attestation needs somebody who withdraws it"),
        (1, "kim", " ", "an attestation needs a reason to withdraw it"),
        (7, "kim", "wrong", "there is no attestation 7"),
    ] {
        let error = world.store.withdraw(id, by, note, start()).unwrap_err();
        assert!(error.to_string().starts_with(expected), "{error}");
    }
    world.store.withdraw(1, "kim", "wrong", start()).unwrap();
    let error = world.store.withdraw(1, "jo", "wrong", start()).unwrap_err();
    assert_eq!(error.to_string(), "attestation 1 was withdrawn already, by kim");
}
