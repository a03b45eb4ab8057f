//! Random audits, partial ones too, against a model that knows no rows and no states: only the list of all that was
//! ever established of a finding.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::sample::subsequence;

use super::*;
use crate::store::FindingFilter;

const REGIONS: [&str; 2] = ["eu-west-1", "us-east-1"];
const CHECKS: [&str; 2] = [ENCRYPTED, MULTI_AZ];
const DATABASES: [&str; 3] = ["db-1", "db-2", "db-3"];

/// A check, a Region and a database.
type Subject = (&'static str, &'static str, &'static str);

/// One audit: which checks ran, which Regions were listed and how far, and what was found.
#[derive(Debug, Clone)]
struct Pass {
    checks: Vec<&'static str>,
    listed: BTreeMap<&'static str, bool>,
    account_error: bool,
    found: BTreeMap<Subject, Verdict>,
}

fn verdicts() -> impl Strategy<Value = Option<Verdict>> {
    prop_oneof![
        3 => Just(Some(Verdict::Fail)),
        3 => Just(Some(Verdict::Pass)),
        1 => Just(Some(Verdict::Unknown)),
        2 => Just(None),
    ]
}

fn passes() -> impl Strategy<Value = Pass> {
    let regions = prop::collection::vec(prop_oneof![4 => Just(Some(true)), 1 => Just(Some(false)), 1 => Just(None)], 2);
    let found = prop::collection::vec(verdicts(), REGIONS.len() * CHECKS.len() * DATABASES.len());
    let checks = prop_oneof![3 => Just(CHECKS.to_vec()), 1 => subsequence(CHECKS.to_vec(), 0..=2)];
    (checks, regions, prop::bool::weighted(0.1), found).prop_map(|(checks, regions, account_error, found)| {
        let listed: BTreeMap<_, _> =
            REGIONS.into_iter().zip(regions).filter_map(|(region, listed)| Some((region, listed?))).collect();
        let subjects = CHECKS.into_iter().flat_map(|check| {
            REGIONS.into_iter().flat_map(move |region| DATABASES.into_iter().map(move |id| (check, region, id)))
        });
        let found = subjects
            .zip(found)
            .filter(|((check, region, _), _)| !account_error && checks.contains(check) && listed.contains_key(region))
            .filter_map(|(subject, verdict)| Some((subject, verdict?)))
            .collect();
        Pass { checks, listed, account_error, found }
    })
}

impl Pass {
    fn report(&self) -> Report {
        let listings = self.listed.iter().map(|(region, complete)| listing(DATABASE, ACCOUNT, region, *complete));
        let mut report = Report::new().checks(&self.checks).coverage(listings.collect());
        if self.account_error {
            report = report.account_error();
        }
        for ((check, region, id), verdict) in &self.found {
            let region = (*region).into();
            report = report.finding(Finding { region, ..finding(check, id, *verdict) });
        }
        for (region, complete) in &self.listed {
            for check in self.checks.iter().filter(|_| !complete && !self.account_error) {
                let region = (*region).into();
                report = report.finding(Finding { region, ..finding(check, Finding::UNLISTED, Verdict::Unknown) });
            }
        }
        report
    }

    /// What this audit says of a subject: a verdict, that there is nothing (`Some(None)`), or nothing at all.
    fn says(&self, subject: &Subject) -> Option<Option<Verdict>> {
        let (check, region, _) = subject;
        let looked = !self.account_error && self.checks.contains(check) && self.listed.get(region) == Some(&true);
        self.found.get(subject).map(|verdict| Some(*verdict)).or(looked.then_some(None))
    }
}

/// All that was ever said of a subject.
type Said = Vec<Option<Verdict>>;

/// Whether the last thing established is a fail.
fn is_open(said: &[Option<Verdict>]) -> bool {
    said.iter().rev().find(|said| **said != Some(Verdict::Unknown)) == Some(&Some(Verdict::Fail))
}

/// What the step from `before` to `after` (longer by one) is told as.
fn told(before: &[Option<Verdict>], after: &[Option<Verdict>]) -> Option<&'static str> {
    match (is_open(before), is_open(after)) {
        (false, true) if before.contains(&Some(Verdict::Fail)) => Some("came_back"),
        (false, true) => Some("opened"),
        (true, false) => Some("closed"),
        _ => None,
    }
}

/// What the step is recorded as.
fn recorded(before: &[Option<Verdict>], after: &[Option<Verdict>]) -> Option<&'static str> {
    let last = before.last().copied().flatten();
    let now = after.last().copied().flatten();
    told(before, after).or(match (last, now) {
        (Some(last), Some(Verdict::Unknown)) if last != Verdict::Unknown => Some("became_unknown"),
        (Some(Verdict::Unknown), Some(now)) if now != Verdict::Unknown => Some("became_known"),
        _ => None,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn the_store_agrees_with_the_model(audits in prop::collection::vec(passes(), 1..14)) {
        let mut world = World::new();
        let mut model: BTreeMap<Subject, Said> = BTreeMap::new();
        let mut records = 0;
        for audit in &audits {
            let mut expected = BTreeSet::new();
            for check in CHECKS {
                for subject in REGIONS.into_iter().flat_map(|r| DATABASES.into_iter().map(move |id| (check, r, id))) {
                    let before = model.get(&subject).cloned().unwrap_or_default();
                    // Nothing was ever there: an absence says nothing.
                    let Some(says) = audit.says(&subject).filter(|says| says.is_some() || !before.is_empty()) else {
                        continue;
                    };
                    let mut after = before.clone();
                    after.push(says);
                    expected.extend(told(&before, &after).map(|kind| (subject, kind)));
                    records += usize::from(recorded(&before, &after).is_some());
                    model.insert(subject, after);
                }
            }
            let changes = world.audit(&audit.report());
            let got: BTreeSet<_> = changes.iter().map(|change| {
                let subject = (&*change.check, &*change.region, &*change.resource_id);
                (subject, change.kind.as_str())
            }).collect();
            prop_assert_eq!(got, expected);
            prop_assert_eq!(world.dump("transitions").len(), records);
            let open = model.values().filter(|said| is_open(said)).count();
            prop_assert_eq!(changes.open.values().sum::<u64>(), open as u64);
        }
        assert_sound(&world.store);
        let all = FindingFilter { gone: true, ..FindingFilter::default() };
        let stored = world.store.findings(&all, world.now).unwrap();
        let stored: BTreeMap<_, _> = stored.iter().filter(|row| !row.finding.is_for_unlisted()).map(|row| {
            let finding = &row.finding;
            let subject = (&*finding.check, &*finding.region, &*finding.resource_id);
            (subject, (row.gone_at.is_none().then_some(finding.verdict), row.open))
        }).collect();
        let expected: BTreeMap<Subject, _> = model
            .into_iter()
            .map(|(subject, said)| (subject, (said.last().copied().flatten(), is_open(&said))))
            .collect();
        prop_assert_eq!(stored, expected);
    }
}
