//! Shards: a fleet of accounts that is too big for one process, divided.
//!
//! The shard of an account follows from its id and the number of shards alone: SHA-256 of the id, its first eight bytes as a
//! number, and the remainder by the number of shards. So an account stays in its shard when others come and go, no task has
//! to know what the others do, and ids that were given out one after the other are spread. Another number of shards moves
//! most accounts, which does no harm: nothing is kept by shard.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The most shards: as many tasks as a Distributed Map of Step Functions runs at once.
const MOST: u32 = 10_000;

/// One shard of some, counted from 1: `2/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Shard {
    /// Which one, counted from 1.
    pub number: u32,
    /// How many there are.
    pub of: u32,
}

impl Shard {
    /// Whether an account is in this shard.
    pub fn has(self, account_id: &str) -> bool {
        let digest = Sha256::digest(account_id.as_bytes());
        let number = digest.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        number % u64::from(self.of.max(1)) + 1 == u64::from(self.number)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Shard, String> {
        let form = || "write I/N, such as 2/8 for the second of eight".to_owned();
        let (number, of) = text.split_once('/').ok_or_else(form)?;
        let (Ok(number), Ok(of)) = (number.parse(), of.parse()) else { return Err(form()) };
        match (number, of) {
            (_, 0) => Err("there is at least one shard".to_owned()),
            (_, of) if of > MOST => Err(format!("there are at most {MOST} shards")),
            (0, _) => Err(format!("shards are counted from 1: the first is 1/{of}")),
            (number, of) if number > of => Err(format!("there is no shard {number} of {of}: the last is {of}/{of}")),
            (number, of) => Ok(Shard { number, of }),
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "shard {} of {}", self.number, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shard_of(account_id: &str, of: u32) -> u32 {
        let shards: Vec<u32> = (1..=of).filter(|number| Shard { number: *number, of }.has(account_id)).collect();
        assert_eq!(shards.len(), 1, "{account_id} is in the shards {shards:?}");
        shards[0]
    }

    #[test]
    fn the_shards_of_accounts_are_what_they_have_always_been() {
        let shards = ["111122223333", "444455556666", "777788889999"].map(|id| (shard_of(id, 3), shard_of(id, 8)));
        assert_eq!(shards, [(1, 5), (3, 8), (2, 5)]);
    }

    #[test]
    fn accounts_are_spread_over_the_shards() {
        // Ids that differ in their last digits only, as some that were made one after the other.
        let ids = (0..2000).map(|n| format!("{:012}", 111_122_220_000_u64 + n));
        let mut sizes = [0_u32; 20];
        for id in ids {
            sizes[shard_of(&id, 20) as usize - 1] += 1;
        }
        // 100 on average; three standard deviations are 30.
        assert!(sizes.iter().all(|size| (65..=135).contains(size)), "{sizes:?}");
    }

    #[test]
    fn wrong_shards_are_refused_with_what_is_wrong() {
        assert_eq!("2/8".parse(), Ok(Shard { number: 2, of: 8 }));
        for (text, said) in [
            ("0/3", "counted from 1"),
            ("4/3", "the last is 3/3"),
            ("1/0", "at least one"),
            ("1/10001", "at most 10000"),
            ("3", "write I/N"),
            ("a/b", "write I/N"),
            ("-1/3", "write I/N"),
            ("1/3/5", "write I/N"),
        ] {
            let error = text.parse::<Shard>().unwrap_err();
            assert!(error.contains(said), "{text}: {error}");
        }
    }
}
