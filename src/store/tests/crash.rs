//! kill -9 at random moments: whatever was told to be recorded is there, whole, and every alert arrives.

use std::collections::HashSet;
use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Write};
use std::time::{Instant, SystemTime};

use super::claims::{claim, document};
use super::*;
use crate::claim::Outcome;
use crate::store::{ClaimFilter, FindingFilter, NewAttestation};

const TEST: &str = "crash::the_process_that_is_killed";
const RECORDED: &str = "recorded ";

/// Audit number `number` of an account that never rests: verdicts and the outcomes of claims change,
/// resources and claims go and come, listings fail, documents are left out.
fn restless(number: i64) -> Report {
    let mut report = if number % 5 == 0 { Report::new().incomplete().unknown(ENCRYPTED, "*") } else { Report::new() };
    for database in 0..30 {
        let verdict = match (number * 7 + database * 3) % 11 {
            0..3 => Verdict::Pass,
            3..6 => Verdict::Fail,
            6 => Verdict::Unknown,
            _ if database % 2 == 0 => Verdict::Fail,
            _ => continue,
        };
        report = report.with(ENCRYPTED, &format!("db-{database}"), verdict);
    }
    if number % 6 == 0 {
        return report;
    }
    let claims = (0..30).filter(|which| (number + which) % 9 != 0).map(|which| {
        let outcome = Outcome::ALL[usize::try_from((number * 5 + which * 3) % 7).unwrap()];
        claim(&format!("logs-group-retention-{which:06x}"), outcome)
    });
    report.document(document(claims.collect()))
}

/// Attestations that end one after the other while the audits go on.
fn vouch(store: &mut Store) {
    for number in 1..400 {
        let terms = NewAttestation {
            subject: format!("att-{number}"),
            account_id: None,
            document: None,
            by: "jo".to_owned(),
            evidence: "a ticket".to_owned(),
            until: start() + hours(number),
            note: None,
        };
        store.attest(terms, start()).unwrap();
    }
}

fn record(store: &mut Store, lease: &Lease, number: i64) {
    let (started, finished) = (start() + hours(number), start() + hours(number) + hours(1));
    let channels = ["ops".to_owned(), "security".to_owned()];
    let run = Run { uid: format!("{number:032x}"), asked: String::new(), started, finished };
    store.record(lease, &restless(number).build(), &run, &channels).unwrap();
}

fn newest_audit(store: &Store) -> i64 {
    store.audits(1).unwrap().first().map_or(0, |audit| audit.id)
}

/// "Sends" what is due: a line in a file, and only then the mark in the store.
fn deliver(store: &mut Store) {
    let path = store.path().with_extension("received");
    let mut received = OpenOptions::new().append(true).create(true).open(path).unwrap();
    for delivery in store.pending(Timestamp::MAX).unwrap() {
        // One write, so that a kill leaves no half line for the next process to go on with.
        received.write_all(format!("{}\n", delivery.dedup_key).as_bytes()).unwrap();
        store.delivered(delivery.id, start()).unwrap();
    }
}

#[test]
fn the_process_that_is_killed() {
    let Some(path) = child::store_path() else { return };
    let mut store = Store::open(&path, start()).unwrap();
    for number in newest_audit(&store) + 1.. {
        let lease = store.lease(&Holder::this_process(start()), Duration::from_secs(5)).unwrap();
        record(&mut store, &lease, number);
        println!("{RECORDED}{number}");
        deliver(&mut store);
        if number % 4 == 0 {
            store.maintain(start()).unwrap();
        }
    }
}

#[test]
fn nothing_is_lost_or_half_written_when_the_process_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plumbline.db");
    let mut reference = World::new();
    vouch(&mut reference.store);
    vouch(&mut Store::open(&path, start()).unwrap());
    let mut random = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().subsec_nanos();
    let began = Instant::now();
    let mut rounds = 0;
    while rounds < 15 || (rounds < 60 && began.elapsed() < Duration::from_secs(5)) {
        rounds += 1;
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let mut process = child::command(TEST, &path).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(u64::from(random >> 16) % 120));
        process.kill().unwrap();
        let output = BufReader::new(process.stdout.take().unwrap()).lines().map(Result::unwrap);
        let said = output.filter_map(|line| line.strip_prefix(RECORDED)?.parse::<i64>().ok()).last();
        process.wait().unwrap();

        let mut store = Store::open(&path, start()).unwrap();
        assert_sound(&store);
        let newest = newest_audit(&store);
        if let Some(said) = said {
            assert!((said..=said + 1).contains(&newest), "{said} was recorded, {newest} is there");
        }
        assert_equals_reference(&store, &mut reference, newest);
        // Whoever is killed holds nothing any more.
        let lease = store.lease(&Holder::this_process(start()), Duration::ZERO).unwrap();
        record(&mut store, &lease, newest + 1);
    }
    let mut store = Store::open(&path, start()).unwrap();
    deliver(&mut store);
    let received = std::fs::read_to_string(path.with_extension("received")).unwrap();
    let received: HashSet<&str> = received.lines().collect();
    let mut statement = store.connection().prepare("SELECT dedup_key FROM outbox").unwrap();
    let sent: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    let lost: Vec<&String> = sent.iter().filter(|key| !received.contains(key.as_str())).collect();
    assert!(sent.len() > 2 * rounds && lost.is_empty(), "{lost:?} of {} were lost in {rounds} kills", sent.len());
    println!("{rounds} kills, {} audits, {} alerts", newest_audit(&store), sent.len());
}

/// Asserts that a store is what the same audits make of one that nobody kills.
fn assert_equals_reference(store: &Store, reference: &mut World, newest: i64) {
    for number in newest_audit(&reference.store) + 1..=newest {
        record(&mut reference.store, &reference.lease, number);
    }
    let findings = ["audits", "scopes", "findings", "sightings", "transitions"];
    let claims = ["documents", "document_sightings", "claims", "claim_transitions"];
    // Ordered by all of its key.
    let notices = "(SELECT attestation_id * 2 + (kind = 'expired') AS notice, at FROM attestation_notices)";
    for table in findings.into_iter().chain(claims).chain([notices]) {
        assert_eq!(dump(store.connection(), table), reference.dump(table), "{table}");
    }
    let alerts = "(SELECT id, audit_id, channel, payload FROM outbox)";
    assert_eq!(dump(store.connection(), alerts), reference.dump(alerts));
    let all = FindingFilter { gone: true, ..FindingFilter::default() };
    assert_eq!(store.findings(&all, start()).unwrap(), reference.store.findings(&all, start()).unwrap());
    let all = ClaimFilter { gone: true, ..ClaimFilter::default() };
    assert_eq!(store.claims(&all).unwrap(), reference.store.claims(&all).unwrap());
}
