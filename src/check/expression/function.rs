//! The functions of expressions: what they take, what they give, what they do.

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use regex::Regex;

use super::ty::Ty;

/// A function.
#[derive(Debug, Clone)]
pub(super) enum Function {
    Size,
    StartsWith,
    EndsWith,
    Contains,
    Matches(Box<Regex>),
    LowerAscii,
    Split,
    Join,
    ContainsCidr,
    Distinct,
    Flatten,
    Days,
    Duration,
    Timestamp,
    Int,
    String,
}

/// Every function by the name that a check uses, whether it is written behind its first argument, and
/// what its further arguments are called.
pub(super) const FUNCTIONS: &[(&str, bool, usize)] = &[
    ("size", true, 0),
    ("startsWith", true, 1),
    ("endsWith", true, 1),
    ("contains", true, 1),
    ("matches", true, 1),
    ("lowerAscii", true, 0),
    ("split", true, 1),
    ("join", true, 1),
    ("containsCIDR", true, 1),
    ("distinct", true, 0),
    ("flatten", true, 0),
    ("exists", true, 2),
    ("all", true, 2),
    ("exists_one", true, 2),
    ("filter", true, 2),
    ("map", true, 2),
    ("days", false, 1),
    ("duration", false, 1),
    ("timestamp", false, 1),
    ("int", false, 1),
    ("string", false, 1),
];

impl Function {
    /// The function of this name (but `matches`, which needs its expression), with the types that its arguments
    /// must have and the type of its value. `None` in place of a type: looked at by the caller.
    pub fn signature(name: &str) -> Option<(Function, Vec<Ty>, Ty)> {
        use Ty::{Bool, Duration, Int, String, Timestamp};
        Some(match name {
            "startsWith" => (Function::StartsWith, vec![String, String], Bool),
            "endsWith" => (Function::EndsWith, vec![String, String], Bool),
            "contains" => (Function::Contains, vec![String, String], Bool),
            "lowerAscii" => (Function::LowerAscii, vec![String], String),
            "split" => (Function::Split, vec![String, String], Ty::list(String)),
            "join" => (Function::Join, vec![Ty::list(String), String], String),
            "containsCIDR" => (Function::ContainsCidr, vec![String, String], Bool),
            "days" => (Function::Days, vec![Int], Duration),
            "duration" => (Function::Duration, vec![String], Duration),
            "timestamp" => (Function::Timestamp, vec![String], Timestamp),
            "int" => (Function::Int, vec![String], Int),
            _ => return None,
        })
    }
}

/// A CEL duration: numbers with the units `h`, `m`, `s`, `ms`.
pub(super) fn parse_duration(text: &str) -> Result<SignedDuration, String> {
    text.parse::<SignedDuration>()
        .map_err(|_| format!("`{text}` is no duration: write hours, minutes and seconds, such as `26h` or `90m`"))
}

/// A time in RFC 3339.
pub(super) fn parse_timestamp(text: &str) -> Result<Timestamp, String> {
    text.parse::<Timestamp>().map_err(|_| format!("`{text}` is no time: write it as `2026-01-01T00:00:00Z`"))
}

/// Whether the address range `outer` contains the range or address `inner`.
pub(super) fn contains_cidr(outer: &str, inner: &str) -> Result<bool, String> {
    let (outer, inner) = (Cidr::parse(outer)?, Cidr::parse(inner)?);
    Ok(outer.bits == inner.bits && outer.prefix <= inner.prefix && outer.network() == inner.masked(outer.prefix))
}

/// An address range; IPv4 addresses stand in the high bits, as IPv6 ones do.
struct Cidr {
    address: u128,
    prefix: u32,
    bits: u32,
}

impl Cidr {
    fn parse(text: &str) -> Result<Cidr, String> {
        let wrong = || format!("`{text}` is no address range");
        let (address, prefix) = text.split_once('/').map_or((text, None), |(a, p)| (a, Some(p)));
        let (address, bits) = match address.parse::<IpAddr>().map_err(|_| wrong())? {
            IpAddr::V4(v4) => (u128::from(u32::from(v4)) << 96, 32),
            IpAddr::V6(v6) => (u128::from(v6), 128),
        };
        let prefix = prefix.map_or(Ok(bits), |prefix| prefix.parse::<u32>().map_err(|_| wrong()))?;
        if prefix > bits {
            return Err(wrong());
        }
        Ok(Cidr { address, prefix, bits })
    }

    fn masked(&self, prefix: u32) -> u128 {
        self.address & u128::MAX.checked_shl(128 - prefix).unwrap_or(0)
    }

    fn network(&self) -> u128 {
        self.masked(self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_range_contains_the_ranges_within_it() {
        for (outer, inner, expected) in [
            ("10.0.0.0/16", "10.0.3.0/24", true),
            ("10.0.0.0/16", "10.0.3.7", true),
            ("10.0.0.0/16", "10.1.0.0/24", false),
            ("10.0.0.0/24", "10.0.0.0/16", false),
            ("0.0.0.0/0", "198.51.100.4/32", true),
            ("0.0.0.0/0", "::/0", false),
            ("::/0", "2001:db8::/32", true),
            ("2001:db8::/32", "2001:db8:1::/48", true),
        ] {
            assert_eq!(contains_cidr(outer, inner), Ok(expected), "{outer} contains {inner}");
        }
        assert!(contains_cidr("10.0.0.0/40", "10.0.0.0").is_err());
        assert!(contains_cidr("sg-1", "10.0.0.0").is_err());
    }
}
