//! Which shards never came.

use std::collections::{BTreeMap, BTreeSet};

use super::header::Header;
use crate::shard::Shard;

/// Shards of one set that are not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// How many shards there should be.
    pub of: u32,
    /// Those that are not there.
    pub numbers: Vec<u32>,
}

/// The shards that are missing of the newest round of each division: of the files in the order of their beginning the newest,
/// as far back as no shard comes twice. With `expected` exactly so many shards have to be there, and without it as many as one of
/// the files says.
pub fn missing<'a>(headers: impl IntoIterator<Item = &'a Header>, expected: Option<u32>) -> Vec<Missing> {
    let mut shards: Vec<(&Header, Shard)> =
        headers.into_iter().filter_map(|header| Some((header, header.shard?))).collect();
    shards.sort_by(|(one, _), (other, _)| (other.run.started, &other.run.uid).cmp(&(one.run.started, &one.run.uid)));
    let mut rounds: BTreeMap<u32, (BTreeSet<u32>, bool)> = BTreeMap::new();
    if let Some(of) = expected {
        rounds.entry(of).or_default();
    }
    for (_, Shard { number, of }) in shards.into_iter().filter(|(_, shard)| expected.is_none_or(|of| shard.of == of)) {
        let (seen, is_over) = rounds.entry(of).or_default();
        if !*is_over {
            *is_over = !seen.insert(number);
        }
    }
    let missing = rounds.into_iter().map(|(of, (seen, _))| {
        let numbers: Vec<u32> = (1..=of).filter(|number| !seen.contains(number)).collect();
        Missing { of, numbers }
    });
    missing.filter(|missing| !missing.numbers.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::*;
    use crate::store::Run;

    /// Files by their shard's number, begun one after the other.
    fn files(of: u32, numbers: &[u32]) -> Vec<Header> {
        let start: Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
        let file = |(minute, number): (usize, &u32)| {
            let started = start.checked_add(SignedDuration::from_mins(minute as i64)).unwrap();
            Header { run: Run::begin(started, ""), shard: Some(Shard { number: *number, of }) }
        };
        numbers.iter().enumerate().map(file).collect()
    }

    #[test]
    fn the_shards_that_are_missing_of_the_newest_round_are_named() {
        let missing_of = |numbers: &[u32], expected| {
            missing(&files(4, numbers), expected).into_iter().map(|m| (m.of, m.numbers)).collect::<Vec<_>>()
        };
        for (numbers, expected, named) in [
            (&[1, 2, 3, 4][..], None, vec![]),
            (&[4, 2, 1], None, vec![(4, vec![3])]),
            // Of the round before all came.
            (&[3, 1, 2, 4, 2, 1, 4], None, vec![(4, vec![3])]),
            // Of the round before one did not.
            (&[1, 2, 4, 1, 3, 2, 4], None, vec![]),
            (&[], None, vec![]),
            (&[], Some(2), vec![(2, vec![1, 2])]),
            (&[1, 2, 3], Some(4), vec![(4, vec![4])]),
            (&[1, 2, 3, 4], Some(2), vec![(2, vec![1, 2])]),
        ] {
            assert_eq!(missing_of(numbers, expected), named, "{numbers:?}");
        }
    }
}
