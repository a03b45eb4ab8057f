//! What an audit cannot do without: the least number of calls, and the time that the request limits take for them.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

use plumbline::aws::{Account, Limits};
use plumbline::check::{self, Library, Selection};
use plumbline::collect::{COLLECTORS, Scope};
use plumbline::inventory::{Operation, Place};

use super::synthetic::{Counts, REGIONS, Sizes, least_calls};

/// The least number of calls, by operation.
#[derive(Debug)]
pub struct Needed {
    by_operation: BTreeMap<String, u64>,
}

impl Needed {
    /// What the built-in checks need to know of an account of this size.
    pub fn new(sizes: &Sizes) -> Result<Needed, Box<dyn Error>> {
        let library = Library::load(&[], &BTreeMap::new())?;
        let plan = check::plan(library.select(&Selection::default())?);
        let operations: BTreeSet<&Operation> = plan.operations().chain(Account::operations()).collect();
        let needed = operations.into_iter().map(|operation| {
            let calls = least_calls(operation, sizes).unwrap_or_else(|| calls_for_nothing(operation));
            (operation.id(), calls as u64)
        });
        Ok(Needed { by_operation: needed.collect() })
    }

    /// All together.
    pub fn total(&self) -> u64 {
        self.by_operation.values().sum()
    }

    /// Operations that were called less often than they can be: they read less than there is.
    pub fn missing(&self, counts: &Counts) -> Vec<String> {
        let mut called: BTreeMap<&str, u64> = BTreeMap::new();
        for ((_, operation), count) in counts {
            *called.entry(operation).or_default() += count.calls;
        }
        let called = |operation: &str| called.get(operation).copied().unwrap_or(0);
        let missing = self.by_operation.iter().filter(|(operation, least)| called(operation) < **least);
        missing.map(|(operation, least)| format!("{} of {least} calls of {operation}", called(operation))).collect()
    }
}

/// To learn that there is nothing takes one call in every place, of the first operation that lists. Further ones and
/// details are never needed for nothing.
fn calls_for_nothing(operation: &Operation) -> usize {
    let lists = |scope| {
        let collectors = COLLECTORS.iter().filter(|collector| collector.scope == scope);
        let mut types = collectors.flat_map(|collector| collector.types());
        types.any(|resource_type| resource_type.listed_by().first() == Some(&operation))
    };
    match () {
        () if lists(Scope::Region) => REGIONS.len(),
        () if lists(Scope::Account) => 1,
        () => 0,
    }
}

/// The time that one API bucket takes for its calls.
#[derive(Debug)]
pub struct Floor {
    pub region: String,
    pub bucket: String,
    pub calls: u64,
    pub seconds: f64,
}

/// The time that each API bucket takes for these calls at the share of AWS's limits that the program uses by default:
/// a burst at once, the rest at its rate. The slowest comes first.
pub fn floors(counts: &Counts) -> Vec<Floor> {
    let limits = Limits::default();
    let operations = COLLECTORS.iter().flat_map(|collector| collector.operations()).chain(Account::operations());
    let operations: BTreeMap<String, &Operation> = operations.map(|operation| (operation.id(), operation)).collect();
    let mut floors: BTreeMap<(String, String), Floor> = BTreeMap::new();
    for ((region, name), count) in counts {
        let Some(operation) = operations.get(name) else { continue };
        let limit = limits.of(operation);
        let region = if limit.per_account { Place::GLOBAL } else { region };
        let bucket = limit.bucket_name(operation);
        let floor = floors.entry((region.to_owned(), bucket.clone())).or_insert_with(|| Floor {
            region: region.to_owned(),
            bucket,
            calls: 0,
            seconds: 0.0,
        });
        floor.calls += count.calls;
        floor.seconds = (floor.calls as f64 - limits.burst(limit)).max(0.0) / limits.rate(limit);
    }
    let mut floors: Vec<Floor> = floors.into_values().collect();
    floors.sort_by(|a, b| b.seconds.total_cmp(&a.seconds));
    floors
}
