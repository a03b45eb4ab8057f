//! The signs of authors.

use plumbline_document::Mark::{self, Bad, Good, Ticked, Unticked, Waiting, Warning};

use crate::only;

#[test]
fn signs_have_a_sense() {
    let senses: [(Mark, &str); 5] = [
        (Good, "✅ ☑ ✔ ✔️ ✓ 🟢 👍 👍🏽 💚 👌 :white_check_mark: :heavy_check_mark: :+1:"),
        (Bad, "❌ ✗ ✘ ✖ ✖️ 🔴 ⛔ 🚫 👎 :x: :no_entry:"),
        (Warning, "⚠ ⚠️ 🟡 🟠 🔶 :warning:"),
        (Waiting, "⏳ ⌛ 🚧 🔄 🔜 🕒 📅 :hourglass: :construction:"),
        (Unticked, "☐"),
    ];
    for (mark, signs) in senses {
        for sign in signs.split(' ') {
            let statement = only(&format!("- {sign} Backups\n"));
            assert_eq!((statement.marks, statement.text.as_str()), (vec![mark], "Backups"), "{sign}");
        }
    }
}

#[test]
fn marks_stand_in_their_order() {
    let statement = only("- [x] one ✅ two :warning: three [ ]\n");
    assert_eq!(statement.marks, [Ticked, Good, Warning, Unticked]);
    assert_eq!(statement.text, "one two three");
}

#[test]
fn what_looks_like_a_mark_may_be_none() {
    for text in ["an index a[x] of it", "at 10:x:30 there", "the `[x]` box", "see [x](y) there"] {
        assert_eq!(only(&format!("- {text}\n")).marks, [], "{text}");
    }
}

#[test]
fn struck_text_says_so() {
    assert!(only("- ~~Enable backups~~\n").struck);
    assert!(!only("- Enable ~~daily~~ backups\n").struck);
}
