//! The boxes of task lists.

use std::sync::LazyLock;

use regex::Regex;

static BOX: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^[ \t>]*(?:(?:[-*+•]|\d{1,9}[.)])[ \t]+)*\[([ xX])\](?:[ \t]|$)").ok());

/// The byte within a line that its box holds, and whether it is ticked.
pub(super) fn tick(line: &str) -> Option<(usize, bool)> {
    let found = BOX.as_ref()?.captures(line)?.get(1)?;
    Some((found.start(), found.as_str() != " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_box_of_a_line_is_the_one_that_it_begins_with() {
        for (line, expected) in [
            ("- [ ] WAF", Some((3, false))),
            ("  * [X] WAF", Some((5, true))),
            ("> 1. [x] WAF", Some((6, true))),
            ("[ ] WAF", Some((1, false))),
            ("- WAF [x]", None),
            ("- [x](y)", None),
            ("- [-] WAF", None),
        ] {
            assert_eq!(tick(line), expected, "{line}");
        }
    }
}
