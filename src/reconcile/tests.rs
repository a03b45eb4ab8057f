use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use plumbline_document::{Knowledge, KnowledgeFiles, Observable, SubjectKind};
use serde_json::{Value as Json, json};

use super::*;
use crate::check::{Library, Setting, made_up};
use crate::claim::{
    Attestation, ClaimsFile, ConflictKind, DocumentOutcome, Held, Outcome, Params, ReconciledClaim, merge,
};
use crate::collect::{self, Plan};
use crate::inventory::{Gap, GapKind, Inventory, Listing, Place};
use crate::source::Source;

const ACCOUNT: &str = "111122223333";
const OTHER_ACCOUNT: &str = "444455556666";
const DB: &str = "AWS::RDS::DBInstance";
const BUCKET: &str = "AWS::S3::Bucket";

fn now() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

/// An account as a test wants it.
#[derive(Default)]
struct World(Inventory);

impl World {
    fn listed(mut self, kind: &str, region: &str) -> World {
        let place = Place::new(ACCOUNT, region);
        self.0.record_listing(collect::resource_type(kind).unwrap(), place, Listing::Complete);
        self
    }

    fn denied(mut self, kind: &str, action: &str) -> World {
        let gap = Gap { kind: GapKind::Denied, operation: action.into(), action: action.into(), message: "no".into() };
        let place = Place::new(ACCOUNT, "us-east-1");
        self.0.record_listing(collect::resource_type(kind).unwrap(), place, Listing::Incomplete(Arc::new(gap)));
        self
    }

    fn with(mut self, kind: &str, attributes: Json) -> World {
        let given: BTreeMap<String, Json> = attributes.as_object().unwrap().clone().into_iter().collect();
        let id = given.values().next().and_then(Json::as_str).unwrap_or("x").to_owned();
        self.0.add(made_up(collect::resource_type(kind).unwrap(), &given, &id, "the resource").unwrap());
        self
    }

    /// A database with a standby or without, or of which that cannot be read.
    fn database(self, id: &str, multi_az: impl Into<Json>) -> World {
        self.with(
            DB,
            json!({
                "id": id, "db_instance_identifier": id, "availability_zone": "us-east-1a", "pending_modified_values": {},
                "multi_az": multi_az.into(), "backed_up_elsewhere": false, "backup_retention_period": 7,
                "tags": { "Name": format!("the {id}") },
            }),
        )
    }
}

fn denied() -> Json {
    json!({ "unobserved": "rds:DescribeDBInstances" })
}

/// The built-in checks, which take a while to compile.
fn library() -> &'static Library {
    static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::load(&[], &BTreeMap::new()).unwrap());
    &LIBRARY
}

fn bound(text: &str) -> BoundDocument {
    let file =
        ClaimsFile::parse(&Source::new("claims.yaml", text)).unwrap_or_else(|problems| panic!("{}", problems[0]));
    BoundDocument { file: Arc::new(file), account_id: ACCOUNT.into(), ..BoundDocument::default() }
}

fn document(claims: &str) -> BoundDocument {
    bound(&format!("document: a.md\nclaims:\n{claims}"))
}

fn planned(id: &str) -> Option<String> {
    (id == "rds-planned").then(|| "Databases are planned".to_owned())
}

fn hold(documents: &[BoundDocument], world: &World, attestations: &[Attestation]) -> Vec<DocumentOutcome> {
    reconcile(documents, library(), &world.0, &planned, attestations, now())
}

/// The outcome of one claim of `a.md`.
fn claim(world: &World, entry: &str) -> ReconciledClaim {
    hold(&[document(&format!("  - {{ lines: 1, text: A, {entry} }}\n"))], world, &[]).remove(0).claims.remove(0)
}

fn named(verdict: &str) -> String {
    format!("verdict: {verdict}, checks: [rds-instance-multi-az], resources: [app-db]")
}

#[test]
fn every_verdict_meets_every_state_of_the_account() {
    use Outcome::{Closed, Confirmed, Contradicted, StillOpen, Unknown};
    let world = || World::default().listed(DB, "us-east-1");
    let worlds = [
        ("pass", world().database("app-db", true)),
        ("fail", world().database("app-db", false)),
        ("unknown", world().database("app-db", denied())),
        ("absent", world().database("another-db", true)),
        ("not listed", World::default().denied(DB, "rds:DescribeDBInstances")),
        ("not applicable", world().with(DB, json!({ "id": "app-db", "db_cluster_identifier": "c" }))),
    ];
    let table = [
        ("done", [Confirmed, Contradicted, Unknown, Contradicted, Unknown, Unknown]),
        ("fact", [Confirmed, Contradicted, Unknown, Contradicted, Unknown, Unknown]),
        ("missing", [Closed, StillOpen, Unknown, StillOpen, Unknown, Unknown]),
        ("planned", [Closed, StillOpen, Unknown, StillOpen, Unknown, Unknown]),
        ("partial", [Closed, StillOpen, Unknown, Contradicted, Unknown, Unknown]),
        ("off", [Contradicted, Confirmed, Unknown, Confirmed, Unknown, Unknown]),
        ("done, expect: fail", [Contradicted, Confirmed, Unknown, Confirmed, Unknown, Unknown]),
        ("planned, expect: fail", [StillOpen, Closed, Unknown, Closed, Unknown, Unknown]),
    ];
    for (verdict, outcomes) in table {
        for ((state, world), expected) in worlds.iter().zip(outcomes) {
            let found = claim(world, &named(verdict));
            assert_eq!(found.outcome, expected, "{verdict} on {state}: {}", found.reason);
            assert!(!found.reason.is_empty(), "{verdict} on {state}");
        }
    }
}

#[test]
fn the_reason_says_what_was_seen() {
    let world = || World::default().listed(DB, "us-east-1");
    for (world, verdict, held, reason) in [
        (world().database("app-db", false), "done", Held::Fail, "app-db runs in us-east-1a only"),
        (
            world().database("app-db", true),
            "off",
            Held::Pass,
            "drift: the document says that it is off, and it is on: ",
        ),
        (
            world(),
            "done",
            Held::Absent,
            "`app-db` does not exist: 111122223333 has no AWS::RDS::DBInstance of that name, id or ARN",
        ),
        (world(), "partial", Held::Absent, "nothing of it is there: `app-db` does not exist"),
        (
            World::default().denied(DB, "rds:DescribeDBInstances"),
            "done",
            Held::Unknown,
            "cannot tell whether `app-db` exists: rds:DescribeDBInstances was denied (needs rds:DescribeDBInstances)",
        ),
        (
            world().database("app-db", denied()),
            "done",
            Held::Unknown,
            "rds:DescribeDBInstances was denied (needs rds:DescribeDBInstances)",
        ),
    ] {
        let found = claim(&world, &named(verdict));
        assert!(found.reason.starts_with(reason), "{}", found.reason);
        assert_eq!(found.results[0].held, held);
    }
}

#[test]
fn one_failing_check_decides_whatever_another_could_not_see() {
    let world = World::default().listed(DB, "us-east-1").database("app-db", denied());
    let entry = |verdict: &str, days: u32, any: bool| {
        format!(
            "verdict: {verdict}, checks: [rds-instance-multi-az, rds-instance-backup-retention], params: {{ days: {days} }}, \
             any: {any}"
        )
    };
    for (verdict, days, any, expected) in [
        ("done", 7, false, Outcome::Unknown),
        ("done", 30, false, Outcome::Contradicted),
        ("missing", 30, false, Outcome::StillOpen),
        ("missing", 7, false, Outcome::Unknown),
        ("off", 7, false, Outcome::Contradicted),
        ("off", 30, false, Outcome::Unknown),
        ("done", 7, true, Outcome::Confirmed),
        ("done", 30, true, Outcome::Unknown),
    ] {
        let found = claim(&world, &entry(verdict, days, any));
        assert_eq!(found.outcome, expected, "{verdict}, {days} days, any: {any}");
    }
}

#[test]
fn off_means_off_everywhere() {
    let world = World::default().listed(DB, "us-east-1").database("a-db", false).database("b-db", true);
    let found = claim(&world, "verdict: off, checks: [rds-instance-multi-az]");
    assert_eq!(found.outcome, Outcome::Contradicted);
    assert!(found.reason.ends_with(": b-db"), "{}", found.reason);
    assert_eq!(found.results[0].evidence.keys().next().map(String::as_str), Some("b-db"));
    assert!(found.results[0].remediation.is_empty());
}

#[test]
fn a_claim_holds_the_account_to_its_own_values_and_else_to_the_configurations() {
    let world = World::default().listed(DB, "us-east-1").database("app-db", true);
    let check = "verdict: fact, checks: [rds-instance-backup-retention]";
    assert_eq!(claim(&world, check).outcome, Outcome::Confirmed);
    assert_eq!(claim(&world, &format!("{check}, params: {{ days: 30 }}")).outcome, Outcome::Contradicted);
    let setting = Setting { params: BTreeMap::from([("days".to_owned(), json!(30))]), ..Setting::default() };
    let settings = BTreeMap::from([("rds-instance-backup-retention".to_owned(), setting)]);
    let library = Library::load(&[], &settings).unwrap();
    let entries = "  - { lines: 1, text: A, verdict: fact, checks: [rds-instance-backup-retention] }\n\
                   \x20 - { lines: 2, text: B, verdict: fact, checks: [rds-instance-backup-retention], params: { days: 5 } }\n";
    let found = &reconcile(&[document(entries)], &library, &world.0, &planned, &[], now())[0];
    assert_eq!(found.claims[0].outcome, Outcome::Contradicted);
    assert_eq!(found.claims[1].outcome, Outcome::Confirmed);
}

#[test]
fn a_value_that_nothing_compares_confirms_nothing() {
    let world = World::default().listed(DB, "us-east-1").database("app-db", true);
    for (params, reason) in [
        ("{ minutes: 5 }", "no check of it compares the stated `minutes`"),
        ("{ replicas: seven }", "the parameter `replicas` of `rds-instance-multi-az` is bool, and `\"seven\"` is not"),
    ] {
        let found = claim(&world, &format!("verdict: done, checks: [rds-instance-multi-az], params: {params}"));
        assert_eq!((found.outcome, found.reason.as_str()), (Outcome::Unknown, reason));
    }
}

#[test]
fn resources_are_found_by_name_id_arn_and_tag() {
    let world = World::default()
        .listed(DB, "us-east-1")
        .listed("AWS::ECS::Service", "us-east-1")
        .database("app-db", true)
        .database("other-db", false)
        .with("AWS::ECS::Service", json!({ "id": "main/web", "service_name": "web", "status": "ACTIVE" }));
    for (check, resource, expected) in [
        ("rds-instance-multi-az", "app-db", Outcome::Confirmed),
        ("rds-instance-multi-az", "app-*", Outcome::Confirmed),
        ("rds-instance-multi-az", "*", Outcome::Contradicted),
        ("rds-instance-multi-az", "the app-db", Outcome::Confirmed),
        ("rds-instance-multi-az", "arn:aws:example:us-east-1:111122223333:app-db", Outcome::Confirmed),
        ("rds-instance-multi-az", "app", Outcome::Contradicted),
        ("rds-instance-multi-az", "nothing-*", Outcome::Unknown),
        ("ecs-service-active", "web", Outcome::Confirmed),
        ("ecs-service-active", "main/web", Outcome::Confirmed),
        ("ecs-service-active", "main", Outcome::Confirmed),
    ] {
        let found = claim(&world, &format!("verdict: done, checks: [{check}], resources: [\"{resource}\"]"));
        assert_eq!(found.outcome, expected, "{resource}: {}", found.reason);
    }
}

#[test]
fn a_name_is_not_taken_apart() {
    let world = World::default()
        .listed("AWS::SecretsManager::Secret", "us-east-1")
        .with("AWS::SecretsManager::Secret", json!({ "id": "app/db", "name": "app/db", "rotation_enabled": true }));
    let entry =
        |name: &str| format!("verdict: done, checks: [secretsmanager-secret-rotation-enabled], resources: [{name}]");
    assert_eq!(claim(&world, &entry("app/db")).outcome, Outcome::Confirmed);
    assert_eq!(claim(&world, &entry("db")).results[0].held, Held::Absent);
}

#[test]
fn what_is_named_and_is_of_another_type_is_not_missed() {
    let world = World::default()
        .listed(DB, "us-east-1")
        .listed(BUCKET, "us-east-1")
        .database("app-db", true)
        .with(BUCKET, json!({ "id": "app-assets", "name": "app-assets", "versioning_status": "Enabled" }));
    let found = claim(
        &world,
        "verdict: done, checks: [rds-instance-multi-az, s3-bucket-versioning], resources: [app-db, app-assets]",
    );
    assert_eq!(found.outcome, Outcome::Confirmed, "{}", found.reason);
    let found =
        claim(&world, "verdict: done, checks: [rds-instance-multi-az, s3-bucket-versioning], resources: [app-x]");
    assert_eq!(found.outcome, Outcome::Contradicted);
}

#[test]
fn scope_speaks_for_claims_without_resources_of_their_own() {
    let text = "document: a.md\nparams: { prefix: app }\nscope:\n\
                \x20 - { checks: rds-instance-multi-az, resources: [\"{prefix}-db\"] }\n  - { checks: \"*\", resources: [nothing] }\n\
                claims:\n  - { lines: 1, text: A, verdict: done, checks: [rds-instance-multi-az] }\n\
                \x20 - { lines: 2, text: B, verdict: done, checks: [rds-instance-multi-az], resources: [other-db] }\n";
    let world = World::default().listed(DB, "us-east-1").database("app-db", true).database("other-db", false);
    let found = &hold(&[bound(text)], &world, &[])[0];
    assert_eq!(found.claims[0].outcome, Outcome::Confirmed);
    assert_eq!(found.claims[0].selector.resources, ["app-db"]);
    assert_eq!(found.claims[1].outcome, Outcome::Contradicted);
    // The account's own configuration says what the names stand for.
    let params = Params::from_iter([("prefix".to_owned(), json!("other"))]);
    let elsewhere = BoundDocument { params, ..bound(text) };
    assert_eq!(hold(&[elsewhere], &world, &[])[0].claims[0].outcome, Outcome::Contradicted);
}

#[test]
fn regions_narrow_down_and_have_to_be_audited() {
    let world = World::default()
        .listed(DB, "us-east-1")
        .listed(DB, "eu-west-1")
        .database("app-db", true)
        .with(DB, json!({ "id": "eu-db", "region": "eu-west-1", "multi_az": false, "pending_modified_values": {} }));
    for (regions, expected) in [
        ("[us-east-1]", Outcome::Confirmed),
        ("[eu-west-1]", Outcome::Contradicted),
        ("[eu-*]", Outcome::Contradicted),
        ("[us-east-1, us-west-2]", Outcome::Unknown),
        ("[us-west-2]", Outcome::Unknown),
    ] {
        let found = claim(&world, &format!("verdict: done, checks: [rds-instance-multi-az], regions: {regions}"));
        assert_eq!(found.outcome, expected, "{regions}: {}", found.reason);
    }
}

#[test]
fn a_list_that_is_not_whole_leaves_open_what_nothing_named_speaks_of() {
    let world = World::default().denied(DB, "rds:DescribeDBInstances").database("app-db", true);
    let all = claim(&world, "verdict: done, checks: [rds-instance-multi-az]");
    assert_eq!(all.outcome, Outcome::Unknown);
    assert!(all.reason.contains("needs rds:DescribeDBInstances"), "{}", all.reason);
    assert_eq!(claim(&world, &named("done")).outcome, Outcome::Confirmed, "what was seen was seen");
}

#[test]
fn nothing_to_judge_is_unknown_and_says_so() {
    let world = World::default().listed(DB, "us-east-1");
    let found = claim(&world, "verdict: missing, checks: [rds-instance-multi-az]");
    assert_eq!(found.outcome, Outcome::Unknown);
    assert_eq!(found.reason, "there is no AWS::RDS::DBInstance that this applies to");
    assert_eq!(found.results[0].held, Held::NotApplicable);
}

#[test]
fn what_does_not_apply_is_ignored_beside_what_does() {
    let world = World::default().listed(DB, "us-east-1").listed(BUCKET, "us-east-1").database("app-db", true);
    let found = claim(&world, "verdict: done, checks: [rds-instance-multi-az, s3-bucket-versioning]");
    assert_eq!(found.outcome, Outcome::Confirmed);
}

#[test]
fn checks_of_the_account_ignore_names() {
    let world = World::default()
        .listed("AWS::::Account", "us-east-1")
        .listed("AWS::S3::Bucket", "eu-west-1")
        .with("AWS::::Account", json!({ "id": ACCOUNT, "account_id": ACCOUNT }))
        .with(BUCKET, json!({ "id": "app-assets", "name": "app-assets", "region": "eu-west-1" }));
    let entry = "verdict: done, checks: [s3-bucket-exists], params: { names: app-assets }, resources: [app-assets], \
                 regions: [eu-west-1]";
    let found = claim(&world, entry);
    assert_eq!(found.outcome, Outcome::Confirmed, "{}", found.reason);
}

#[test]
fn planned_unknown_and_missing_checks_are_unknown() {
    let world = World::default().listed(DB, "us-east-1").database("app-db", false);
    for (checks, outcome, reason) in [
        ("[rds-planned]", Outcome::Unknown, "no check yet: rds-planned (Databases are planned)"),
        ("[rds-nothing]", Outcome::Unknown, "there is no check `rds-nothing`"),
        ("[]", Outcome::Unknown, "nothing decides it: no check or attestation is given for it"),
        ("[rds-planned, rds-instance-multi-az]", Outcome::Contradicted, "app-db runs in us-east-1a only"),
    ] {
        let found = claim(&world, &format!("verdict: done, checks: {checks}"));
        assert_eq!((found.outcome, found.reason.as_str()), (outcome, reason));
    }
}

#[test]
fn an_account_that_was_not_audited_leaves_everything_unknown() {
    let unread = Some("the account 444455556666 was not audited".to_owned());
    let document = document("  - { lines: 1, text: A, verdict: done, checks: [rds-instance-multi-az] }\n");
    let world = World::default().listed(DB, "us-east-1").database("app-db", true);
    let elsewhere = BoundDocument { account_id: OTHER_ACCOUNT.into(), unread, ..document.clone() };
    let found = &hold(&[elsewhere], &world, &[])[0].claims[0];
    assert_eq!(found.reason, "the account 444455556666 was not audited");
    // Another account's resources never answer.
    let unlisted = BoundDocument { account_id: OTHER_ACCOUNT.into(), ..document };
    let found = &hold(&[unlisted], &world, &[])[0].claims[0];
    assert_eq!(
        (found.outcome, found.reason.as_str()),
        (Outcome::Unknown, "AWS::RDS::DBInstance was not listed in 444455556666")
    );
}

fn vouch(kind: Option<&str>, claim: Option<&str>, until: &str) -> Attestation {
    Attestation {
        kind: kind.map(str::to_owned),
        claim: claim.map(str::to_owned),
        by: "Ada".to_owned(),
        evidence: "https://wiki.example/dr".to_owned(),
        until: until.parse().unwrap(),
        ..Attestation::default()
    }
}

#[test]
fn attestations_hold_until_they_expire_and_give_way_to_what_is_seen() {
    use Outcome::{Attested, Confirmed, Contradicted, StillOpen, Unattested, Unknown};
    let valid = || vouch(Some("att-dr"), None, "2026-06-01T00:00:00Z");
    let expired = || vouch(Some("att-dr"), None, "2025-06-01T00:00:00Z");
    let elsewhere = || Attestation { document: Some("b.md".to_owned()), ..valid() };
    let other = || vouch(Some("att-x"), None, "2026-06-01T00:00:00Z");
    let world = |multi_az: Json| World::default().listed(DB, "us-east-1").database("app-db", multi_az);
    let both = "[rds-instance-multi-az, att-dr]";
    for (verdict, checks, multi_az, attestations, expected) in [
        ("done", "[att-dr]", json!(true), vec![valid()], Attested),
        ("missing", "[att-dr]", json!(true), vec![valid()], Attested),
        ("done", "[att-dr]", json!(true), vec![expired()], Unattested),
        ("done", "[att-dr]", json!(true), vec![expired(), valid()], Attested),
        ("done", "[att-dr]", json!(true), vec![elsewhere(), other()], Unattested),
        ("done", "[att-dr]", json!(true), vec![], Unattested),
        ("done", "[att-dr, att-x]", json!(true), vec![valid()], Unattested),
        ("done", "[att-dr, att-x], any: true", json!(true), vec![valid()], Attested),
        ("done", both, json!(true), vec![], Unattested),
        ("done", both, json!(true), vec![valid()], Attested),
        ("done", both, json!(false), vec![valid()], Contradicted),
        ("missing", both, json!(false), vec![valid()], StillOpen),
        ("done", both, denied(), vec![valid()], Attested),
        ("done", both, denied(), vec![], Unattested),
        ("done", "[rds-instance-multi-az, att-dr], any: true", json!(true), vec![], Confirmed),
        ("done", "[rds-instance-multi-az], observable: attest", json!(true), vec![], Unattested),
        ("done", "[], observable: attest", json!(true), vec![], Unattested),
        ("done", "[]", json!(true), vec![valid()], Unknown),
    ] {
        let entry = format!("  - {{ lines: 1, text: A, verdict: {verdict}, checks: {checks} }}\n");
        let found = hold(&[document(&entry)], &world(multi_az), &attestations).remove(0).claims.remove(0);
        assert_eq!(found.outcome, expected, "{verdict} {checks}: {}", found.reason);
    }
}

#[test]
fn a_person_may_vouch_for_one_claim() {
    let entry = document("  - { lines: 1, text: A, verdict: done, checks: [rds-planned] }\n");
    let id = hold(std::slice::from_ref(&entry), &World::default(), &[])[0].claims[0].id.clone();
    let found = hold(&[entry], &World::default(), &[vouch(None, Some(&id), "2026-06-01T00:00:00Z")]);
    assert_eq!(found[0].claims[0].outcome, Outcome::Attested);
    assert_eq!(found[0].claims[0].reason, "Ada vouches for it until 2026-06-01 (https://wiki.example/dr)");
}

#[test]
fn expired_attestations_name_who_and_when() {
    let entry = document("  - { lines: 1, text: A, verdict: done, checks: [att-dr] }\n");
    let found = hold(&[entry], &World::default(), &[vouch(Some("att-dr"), None, "2025-06-01T00:00:00Z")]);
    let claim = &found[0].claims[0];
    assert_eq!(claim.reason, "what Ada vouched for expired on 2025-06-01");
    assert_eq!(claim.observable, Some(Observable::Attest));
}

#[test]
fn evidence_shows_the_failing_resources_first_and_at_most_five() {
    let mut world = World::default().listed(DB, "us-east-1");
    for number in 0..4 {
        world = world.database(&format!("a{number}"), true).database(&format!("b{number}"), false);
    }
    let found = claim(&world, "verdict: done, checks: [rds-instance-multi-az]").results.remove(0);
    assert_eq!(found.evidence.keys().map(String::as_str).collect::<Vec<_>>(), ["b0", "b1", "b2", "b3", "a0"]);
    assert_eq!(found.evidence["b0"]["multi_az"], json!(false));
    assert_eq!(found.resources, 8);
    assert!(found.remediation.contains("--db-instance-identifier b0"));
    assert!(found.message.ends_with("; and 1 more"), "{}", found.message);
}

#[test]
fn claims_that_say_the_same_thing_otherwise_have_their_own_ids() {
    let entry = |text: &str, verdict: &str| {
        format!("  - {{ lines: 1, text: {text}, verdict: {verdict}, checks: [rds-instance-multi-az] }}\n")
    };
    let text = [entry("A", "done"), entry("B", "missing"), entry("B", "missing"), entry("A", "done")].concat();
    let found = hold(&[document(&text)], &World::default(), &[]);
    let ids: std::collections::BTreeSet<_> = found[0].claims.iter().map(|claim| claim.id.clone()).collect();
    assert_eq!(ids.len(), 4);
    assert!(ids.iter().all(|id| id.starts_with("rds-instance-multi-az~")));
}

/// The conflicts of some entries: kind, both lines, and the message.
fn conflicts(entries: &str) -> Vec<(ConflictKind, usize, usize, String)> {
    let world = World::default().listed(DB, "us-east-1").database("app-db", true);
    let found = hold(&[document(entries)], &world, &[]).remove(0).conflicts;
    found.into_iter().map(|c| (c.kind, c.one.lines.0, c.other.lines.0, c.message)).collect()
}

fn entry(line: usize, verdict: &str, more: &str) -> String {
    format!("  - {{ lines: {line}, text: A, verdict: {verdict}, checks: [rds-instance-multi-az]{more} }}\n")
}

#[test]
fn opposite_claims_clash_and_the_account_decides() {
    let found =
        conflicts(&(entry(66, "done", "") + &entry(201, "missing", "") + &entry(300, "done", ", resources: [other]")));
    let message = "rds-instance-multi-az: `done` in line 66, `missing` in line 201; the account bears out line 66";
    assert_eq!(found[0], (ConflictKind::Verdict, 66, 201, message.to_owned()));
    assert_eq!(found.len(), 2);
}

#[test]
fn different_values_clash_and_different_things_do_not() {
    let keep = |line: usize, verdict: &str, params: &str| {
        format!(
            "  - {{ lines: {line}, text: A, verdict: {verdict}, checks: [rds-instance-backup-retention], params: {params} }}\n"
        )
    };
    let found = conflicts(&(keep(1, "fact", "{ days: 7 }") + &keep(2, "done", "{ days: 14 }")));
    let message = "rds-instance-backup-retention: days is 7 in line 1 and 14 in line 2; the account bears out line 1";
    assert_eq!(found, [(ConflictKind::Value, 1, 2, message.to_owned())]);
    for (one, other) in [
        // Seven days are kept, and thirty are missing.
        (keep(1, "fact", "{ days: 7 }"), keep(2, "missing", "{ days: 30 }")),
        (keep(1, "fact", "{ days: 7 }"), keep(2, "done", "{}")),
        (entry(1, "done", ", resources: [a-db]"), entry(2, "missing", ", resources: [b-db]")),
        (entry(1, "done", ", resources: [a-db]"), entry(2, "missing", ", regions: [eu-west-1], resources: [b*]")),
        // That both are not there together says nothing of either.
        (
            entry(1, "done", ""),
            "  - { lines: 2, text: A, verdict: missing, checks: [rds-instance-multi-az, rds-planned] }\n".to_owned(),
        ),
        (entry(1, "missing", ""), entry(2, "off", "")),
        (entry(1, "missing", ""), entry(2, "planned", "")),
        (entry(1, "done", ""), entry(2, "partial", "")),
    ] {
        assert_eq!(conflicts(&(one.clone() + &other)), [], "{one}{other}");
    }
}

#[test]
fn values_that_a_check_judges_only_when_documented_clash_too() {
    let scheme = |line: usize, scheme: &str| {
        format!(
            "  - {{ lines: {line}, text: A, verdict: fact, checks: [elb-load-balancer-scheme], params: {{ scheme: {scheme} }} }}\n"
        )
    };
    let found = conflicts(&(scheme(1, "internal") + &scheme(2, "internet-facing")));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((&found[0].0, found[0].1, found[0].2), (&ConflictKind::Value, 1, 2));
}

#[test]
fn a_plan_beside_what_is_there_is_told_mildly() {
    let found = conflicts(&(entry(70, "planned", "") + &entry(66, "done", "")));
    assert_eq!(found.len(), 1);
    let message = "in place in line 66, still planned in line 70: perhaps it was never ticked off";
    assert!(found[0].3.contains(message), "{}", found[0].3);
}

#[test]
fn checks_that_nobody_has_written_clash_as_well() {
    let planned = |line: usize, verdict: &str, params: &str| {
        format!("  - {{ lines: {line}, text: A, verdict: {verdict}, checks: [rds-planned], params: {params} }}\n")
    };
    let found = conflicts(&(planned(443, "done", "{}") + &planned(444, "off", "{}")));
    assert!(found[0].3.ends_with("; the account does not tell which holds"), "{}", found[0].3);
    assert_eq!(conflicts(&(planned(1, "fact", "{ count: 1 }") + &planned(2, "fact", "{ count: 3 }"))).len(), 1);
    assert_eq!(conflicts(&(planned(1, "fact", "{ name: a }") + &planned(2, "fact", "{ name: b }"))), []);
}

#[test]
fn documents_of_one_account_clash_and_both_are_told() {
    let one = document(&entry(5, "done", ""));
    let other = bound(&format!("document: b.md\nclaims:\n{}", entry(9, "off", "")));
    let plan = bound(&format!("document: c.md\nclaims:\n{}", entry(9, "planned", "")));
    let elsewhere = BoundDocument { account_id: OTHER_ACCOUNT.into(), ..other.clone() };
    let world = World::default().listed(DB, "us-east-1").database("app-db", false);
    let found = hold(&[one, other, plan, elsewhere], &world, &[]);
    let message =
        "rds-instance-multi-az: `done` in line 5 of a.md, `off` in line 9 of b.md; the account bears out b.md";
    for (document, own) in [(0, "a.md"), (1, "b.md")] {
        assert_eq!(found[document].conflicts.len(), 1);
        assert_eq!(found[document].conflicts[0].message, message);
        assert_eq!(found[document].conflicts[0].one.document, own);
    }
    assert!(found[2].conflicts.is_empty() && found[3].conflicts.is_empty());
}

#[test]
fn questions_plan_what_they_look_at() {
    let library = library();
    let document = document("  - { lines: 1, text: A, verdict: done, checks: [rds-instance-multi-az] }\n");
    let questions = Questions::of([(&*document.file, &document.params)], library, &planned);
    let mut plan = Plan::default();
    questions.plan(&mut plan);
    assert!(plan.lists(collect::resource_type(DB).unwrap()));
    assert!(!plan.lists(collect::resource_type(BUCKET).unwrap()));
}

#[test]
fn each_check_is_compiled_once_for_each_set_of_values() {
    let library = library();
    let days = |line: usize, days: u32| {
        format!(
            "  - {{ lines: {line}, text: A, verdict: done, checks: [rds-instance-backup-retention], params: {{ days: {days} }} }}\n"
        )
    };
    let document = document(&(days(1, 7) + &days(2, 7) + &days(3, 14)));
    let questions = Questions::of([(&*document.file, &document.params)], library, &planned);
    assert_eq!(questions.checks().len(), 2);
}

#[test]
fn names_in_claims_are_known_for_what_they_are() {
    use crate::claim::Known;
    let library = library();
    let attestations = ["att-dr-plan".to_owned()];
    let known = known(library, &planned, &attestations);
    assert_eq!(known("att-dr-plan"), Known::Attestation);
    assert_eq!(known("att-dr-plans"), Known::Nothing(Some("did you mean `att-dr-plan`?".to_owned())));
    assert_eq!(known("rds-planned"), Known::Planned("Databases are planned".to_owned()));
    assert_eq!(
        known("rds-instance-backup-retention"),
        Known::Check(Params::from_iter([("days".to_owned(), json!(7))]))
    );
    assert_eq!(
        known("rds-instance-mutli-az"),
        Known::Nothing(Some("did you mean `rds-instance-multi-az`?".to_owned()))
    );
}

fn root() -> &'static std::path::Path {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What `checks/` knows: the checks, those that are planned, and what people vouch for.
fn knowledge() -> Knowledge {
    let folder = root().join("checks");
    let mut files = KnowledgeFiles::default();
    let reader = ["reader", "reader/planned"].iter().flat_map(|below| files_of(&folder.join(below), "yaml"));
    for path in crate::check::files_below(&folder).unwrap().into_iter().chain(reader) {
        let below = path.strip_prefix(&folder).unwrap().to_str().unwrap().to_owned();
        files.add(&below, &std::fs::read_to_string(&path).unwrap()).unwrap();
    }
    Knowledge::new(files)
}

fn files_of(folder: &std::path::Path, extension: &str) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries.filter(|path| path.extension().is_some_and(|found| found == extension)).collect();
    files.sort();
    files
}

fn problems(file: &ClaimsFile, knowledge: &Knowledge) -> crate::claim::Problems {
    let title = |id: &str| knowledge.subject(id).filter(|s| s.kind == SubjectKind::Planned).map(|s| s.title.clone());
    let of_people = knowledge.subjects().iter().filter(|s| matches!(s.kind, SubjectKind::Attestation { .. }));
    let attestations: Vec<String> = of_people.map(|subject| subject.id.clone()).collect();
    file.validate(known(library(), &title, &attestations))
}

#[test]
fn the_claims_files_of_the_audited_systems_are_right() {
    let knowledge = knowledge();
    let files = files_of(&root().join("checks/claims"), "yaml");
    assert!(files.len() >= 5);
    for path in files {
        let source = Source::new(path.display().to_string(), std::fs::read_to_string(&path).unwrap());
        let file = ClaimsFile::parse(&source).unwrap_or_else(|problems| panic!("{}", problems[0]));
        let errors = problems(&file, &knowledge).errors;
        assert!(errors.is_empty(), "{}", errors.iter().map(ToString::to_string).collect::<String>());
        let written = ClaimsFile::parse(&Source::new("written", file.write(None))).unwrap();
        assert_eq!(written, file);
    }
}

#[test]
fn what_is_read_of_a_document_is_a_right_claims_file_and_reading_it_again_changes_nothing() {
    let knowledge = knowledge();
    for path in files_of(&root().join("crates/document/tests/documents"), "md") {
        let bytes = std::fs::read(&path).unwrap();
        let text = plumbline_document::Text::decode(&bytes).unwrap();
        let reading = plumbline_document::read("a.md", &text, &knowledge);
        let read = || ClaimsFile::from_reading("a.md", "A", &reading.digest, &reading.claims);
        let file = read();
        let written = file.write(Some(text.as_str()));
        let back =
            ClaimsFile::parse(&Source::new("written", written)).unwrap_or_else(|problems| panic!("{}", problems[0]));
        assert_eq!(back, file);
        let errors = problems(&back, &knowledge).errors;
        assert!(errors.is_empty(), "{}", errors.iter().map(ToString::to_string).collect::<String>());
        let merged = merge(&back, read());
        assert!(merged.is_unchanged() && merged.kept.is_empty());
        assert_eq!(merged.file, file);
    }
}
