use super::{Above, Said, Surroundings, rank};
use crate::claim::Lines;
use crate::knowledge::{Knowledge, KnowledgeFiles};
use crate::statement::{Form, Statement};

const VOCABULARY: &str = "same:\n  multi-az: [multi az]\n  database: [rds]\n  cache: [redis]\n  at-rest: [at rest]\n  in-transit: [in transit]\n\
                          implies:\n  postgres: [database]\n";
const PLANNED: &str = "
rds-multi-az: { title: t, observable: api, claims: [rds multi az] }
rds-rest: { title: t, observable: api, claims: [rds encryption at rest] }
rds-transit: { title: t, observable: api, claims: [rds encryption in transit] }
rds-exists: { title: t, observable: api, claims: [rds database] }
redis-multi-az: { title: t, observable: api, claims: [redis multi az] }
redis-rest: { title: t, observable: api, claims: [redis encryption at rest] }
redis-auth: { title: t, observable: api, claims: [redis auth token] }
vpc-flow-logs: { title: t, observable: api, claims: [flow logs] }
";

fn knowledge() -> Knowledge {
    let mut files = KnowledgeFiles::default();
    files.add("checks/reader/vocabulary.yaml", VOCABULARY).unwrap();
    files.add("checks/reader/planned/some.yaml", PLANNED).unwrap();
    Knowledge::new(files)
}

/// The ids that a text below some headings speaks of, the best first.
fn meant(headings: &[&str], text: &str) -> Vec<String> {
    let statement = Statement {
        form: Form::Bullet,
        lines: Lines(1, 1),
        span: 0..text.len(),
        headings: headings.iter().map(|heading| (*heading).to_owned()).collect(),
        parents: Vec::new(),
        text: text.to_owned(),
        key: String::new(),
        value: String::new(),
        cells: Vec::new(),
        marks: Vec::new(),
        code: Vec::new(),
        siblings_ticked: false,
        struck: false,
    };
    let knowledge = knowledge();
    let said = Said::of(text, &knowledge);
    let surroundings = Surroundings::of(&statement, &said, &[], &mut Above::default(), &knowledge);
    let found = rank(&surroundings, &knowledge);
    found.iter().map(|found| knowledge.subjects()[found.subject].id.clone()).collect()
}

#[test]
fn a_heading_gives_the_subject() {
    assert_eq!(meant(&["Audit", "RDS PostgreSQL"], "Multi-AZ: Yes"), ["rds-multi-az"]);
    assert_eq!(meant(&["Audit", "Redis"], "Multi-AZ: Yes"), ["redis-multi-az"]);
}

#[test]
fn an_engine_names_its_service() {
    assert_eq!(meant(&[], "The Postgres instance is Multi-AZ"), ["rds-multi-az"]);
}

#[test]
fn one_line_speaks_of_several_things() {
    assert_eq!(meant(&["RDS"], "Encryption at rest and in transit"), ["rds-transit", "rds-rest"]);
    assert_eq!(
        meant(&[], "Redis (Multi-AZ, AUTH token); no VPC flow logs"),
        ["redis-auth", "vpc-flow-logs", "redis-multi-az"]
    );
}

#[test]
fn a_word_is_not_used_for_another_subject_of_the_line() {
    assert_eq!(meant(&[], "RDS is Multi-AZ, Redis has AUTH tokens"), ["redis-auth", "rds-multi-az"]);
}

#[test]
fn one_aspect_is_said_of_several_services() {
    assert_eq!(meant(&[], "RDS and Redis are Multi-AZ"), ["redis-multi-az", "rds-multi-az"]);
}

#[test]
fn what_no_phrase_covers_is_not_matched() {
    assert!(meant(&[], "The team meets on Mondays").is_empty());
    assert!(meant(&[], "Multi-AZ").is_empty(), "nothing says whose");
}
