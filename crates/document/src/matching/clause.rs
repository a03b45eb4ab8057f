//! The clauses of a statement: what several claims in one line are told apart by.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

static BREAK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\s\|\s|[;()]|,\s|\.\s|:\s|\s(?:and|but|or|nor|while|whereas|however|though|although|plus|und|et|y)\s|\s[&+/–—-]\s").ok()
});

/// The clauses of a text, in its order; they cover all of it but what parts them.
pub fn clauses(text: &str) -> Vec<Range<usize>> {
    let mut clauses = Vec::new();
    let mut from = 0;
    for found in BREAK.iter().flat_map(|regex| regex.find_iter(text)) {
        push(text, from..found.start(), &mut clauses);
        from = found.end();
    }
    push(text, from..text.len(), &mut clauses);
    clauses
}

fn push(text: &str, range: Range<usize>, clauses: &mut Vec<Range<usize>>) {
    let part = &text[range.clone()];
    let start = range.start + (part.len() - part.trim_start().len());
    let end = start + part.trim().len();
    if start < end {
        clauses.push(start..end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_claims_of_a_line_are_told_apart() {
        let text = "RDS (Multi-AZ, encrypted); Redis and NAT gateways: one | PASS";
        let parts: Vec<&str> = clauses(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(parts, ["RDS", "Multi-AZ", "encrypted", "Redis", "NAT gateways", "one", "PASS"]);
    }

    #[test]
    fn numbers_and_names_stay_whole() {
        let text = "us-east-1a has 1,000 objects of v1.2";
        assert_eq!(clauses(text).len(), 1);
    }
}
