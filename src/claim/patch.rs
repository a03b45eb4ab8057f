//! Changes of a file as a patch that `git apply` takes.

use std::path::Path;

use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices, group_diff_ops};

/// Lines around a change.
const AROUND: usize = 3;

/// The patch from one text to another, in bytes; empty where they are equal. A line ends in LF as git has it: whatever else ends
/// lines is part of them.
pub fn patch(path: &Path, old: &[u8], new: &[u8]) -> Vec<u8> {
    let (before, after) = (lines(old), lines(new));
    let hunks = group_diff_ops(capture_diff_slices(Algorithm::Myers, &before, &after), AROUND);
    let mut out = Vec::new();
    if old == new {
        return out;
    }
    out.extend_from_slice(format!("--- {}\n+++ {}\n", name("a", path), name("b", path)).as_bytes());
    for hunk in hunks {
        let (Some(first), Some(last)) = (hunk.first(), hunk.last()) else { continue };
        let range = |start: usize, end: usize| match end - start {
            1 => format!("{}", start + 1),
            0 => format!("{start},0"),
            length => format!("{},{length}", start + 1),
        };
        let old_range = range(first.old_range().start, last.old_range().end);
        let new_range = range(first.new_range().start, last.new_range().end);
        out.extend_from_slice(format!("@@ -{old_range} +{new_range} @@\n").as_bytes());
        for op in &hunk {
            write(op, &before, &after, &mut out);
        }
    }
    out
}

fn write(op: &DiffOp, before: &[&[u8]], after: &[&[u8]], out: &mut Vec<u8>) {
    let (old, new) = (before.get(op.old_range()).unwrap_or_default(), after.get(op.new_range()).unwrap_or_default());
    let parts: &[(u8, &[&[u8]])] = match op.tag() {
        DiffTag::Equal => &[(b' ', old)],
        DiffTag::Delete | DiffTag::Insert | DiffTag::Replace => &[(b'-', old), (b'+', new)],
    };
    for (sign, line) in parts.iter().flat_map(|(sign, lines)| lines.iter().map(move |line| (*sign, *line))) {
        out.push(sign);
        out.extend_from_slice(line);
        if !line.ends_with(b"\n") {
            out.extend_from_slice(b"\n\\ No newline at end of file\n");
        }
    }
}

fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').collect()
}

/// The path as git reads it: quoted where it holds what would end it.
fn name(side: &str, path: &Path) -> String {
    let path = path.to_string_lossy().replace('\\', "/");
    let name = format!("{side}/{path}");
    if name.chars().any(|c| c.is_control() || c == '"') {
        let quoted: String = name
            .chars()
            .map(|c| match c {
                '"' => "\\\"".to_owned(),
                c if c.is_control() => format!("\\{:03o}", u32::from(c)),
                c => c.to_string(),
            })
            .collect();
        return format!("\"{quoted}\"");
    }
    // Behind a name with blanks git expects a tab.
    if name.contains(' ') { name + "\t" } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_shows_what_changed_and_three_lines_around() {
        let old = b"1\n2\n3\n4\n- [ ] a\r\n6\n7\n8\n9\n- [x] b";
        let new = b"1\n2\n3\n4\n- [x] a\r\n6\n7\n8\n9\n- [ ] b";
        let patch = String::from_utf8(patch(Path::new("docs/club app.md"), old, new)).unwrap();
        let expected = "--- a/docs/club app.md\t\n+++ b/docs/club app.md\t\n@@ -2,9 +2,9 @@\n 2\n 3\n 4\n-- [ ] a\r\n+- [x] a\r\n 6\n 7\n 8\n \
            9\n-- [x] b\n\\ No newline at end of file\n+- [ ] b\n\\ No newline at end of file\n";
        assert_eq!(patch, expected);
    }

    #[test]
    fn what_is_equal_needs_no_patch() {
        assert!(patch(Path::new("a.md"), b"a", b"a").is_empty());
    }
}
