//! Any bytes are read with the built-in phrases, and what holds of every reading holds of theirs.

#![no_main]

#[path = "../../crates/document/tests/phrases/mod.rs"]
#[allow(dead_code, reason = "it also serves tests")]
mod phrases;
#[path = "../../crates/document/tests/sound/mod.rs"]
mod sound;

use std::path::Path;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use plumbline_document::{Knowledge, Text};

static KNOWLEDGE: LazyLock<Knowledge> =
    LazyLock::new(|| phrases::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../checks")));

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = Text::decode(bytes) else { return };
    let reading = sound::sound(&text, &KNOWLEDGE).unwrap_or_else(|wrong| panic!("{wrong}"));
    sound::same_with_crlf(&text, &reading, &KNOWLEDGE).unwrap_or_else(|wrong| panic!("{wrong}"));
});
