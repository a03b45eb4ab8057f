//! The kinds of values that documents state.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a parameter of a check takes from a claim's text: `reads: days` in a check file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Quantity {
    /// `7 days`, `7-day`, `4 weeks`, `one year`: a number of days.
    Days,
    /// `3 hours`: a number of hours.
    Hours,
    /// `60 seconds`, `1-minute`: a number of seconds.
    Seconds,
    /// `70%`, `70 percent`: a number.
    Percent,
    /// `2 nodes`, `one NAT gateway`, `Desired: 2`: a whole number without a unit of its own.
    Count,
    /// `100 GB`, `1 TiB`: a number of gibibytes.
    Gigabytes,
    /// `$30-40`: a number of US dollars; of a range, the first for `low`, the second for `high`.
    Dollars,
    /// `port 5432`: a port.
    Port,
    /// `10.0.0.0/16`: a block of addresses.
    Cidr,
    /// `16.4`, `v1.30`: a version, as text.
    Version,
    /// `us-east-1a, us-east-1b`: a list of Availability Zones.
    Zones,
    /// `eu-west-1`: a Region.
    Region,
    /// `db.t4g.medium`, `cache.t3.micro`, `m5.large`: an instance or node class.
    Class,
    /// `03:00-04:00 UTC`, `sun:04:00-sun:05:00`: a window.
    Window,
    /// `/health`: a path.
    Path,
    /// A name, as written: the text of a code span, or the value of a pair.
    Name,
    /// `true` where the claim asserts or denies the thing itself (yes, no, on, off).
    Flag,
}

impl Quantity {
    /// All of them.
    pub const ALL: [Quantity; 17] = [
        Quantity::Days,
        Quantity::Hours,
        Quantity::Seconds,
        Quantity::Percent,
        Quantity::Count,
        Quantity::Gigabytes,
        Quantity::Dollars,
        Quantity::Port,
        Quantity::Cidr,
        Quantity::Version,
        Quantity::Zones,
        Quantity::Region,
        Quantity::Class,
        Quantity::Window,
        Quantity::Path,
        Quantity::Name,
        Quantity::Flag,
    ];

    /// The word by which phrases speak of such a value, stemmed: who writes `PostgreSQL 16.4` speaks of a version.
    pub(crate) fn word(self) -> Option<&'static str> {
        match self {
            Quantity::Version => Some("engine-version"),
            Quantity::Class => Some("instance-class"),
            Quantity::Cidr => Some("cidr"),
            Quantity::Port => Some("port"),
            Quantity::Window => Some("window"),
            Quantity::Dollars => Some("cost"),
            Quantity::Count => Some("count"),
            Quantity::Region => Some("region"),
            Quantity::Zones => Some("az"),
            Quantity::Days => Some("retention"),
            _ => None,
        }
    }
}
