//! Decoding, lines and repair.

use plumbline_document::{DecodeError, Encoding, Text};

use crate::{only, read};

#[test]
fn encodings_are_told_apart() {
    let utf16 = |le: bool| -> Vec<u8> {
        let units = "\u{FEFF}é✅".encode_utf16();
        units.flat_map(|unit| if le { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
    };
    let cases: [(Vec<u8>, &str, Encoding); 5] = [
        ("é✅".into(), "é✅", Encoding::Utf8),
        ("\u{FEFF}é✅".into(), "é✅", Encoding::Utf8WithMark),
        (utf16(true), "é✅", Encoding::Utf16Le),
        (utf16(false), "é✅", Encoding::Utf16Be),
        (vec![0xE9, b' ', 0x80], "é €", Encoding::Windows1252),
    ];
    for (bytes, text, encoding) in cases {
        let decoded = Text::decode(&bytes).unwrap();
        assert_eq!((decoded.as_str(), decoded.encoding()), (text, encoding));
    }
}

#[test]
fn what_is_no_text_is_refused_with_its_place() {
    assert_eq!(Text::decode(b"a\nb\0c"), Err(DecodeError::Nul { byte: 3, line: 2 }));
    assert_eq!(
        Text::decode(b"\r\nab\x01\x02\x03\x04"),
        Err(DecodeError::Binary { controls: 4, size: 8, byte: 4, line: 2 })
    );
    let large = vec![b'a'; Text::LIMIT + 1];
    assert_eq!(Text::decode(&large), Err(DecodeError::TooLarge { size: 16_777_217 }));
    assert!(Text::decode(&large[1..]).is_ok());
}

#[test]
fn errors_say_what_to_do() {
    let error = Text::decode(b"a\0").unwrap_err().to_string();
    assert_eq!(
        error,
        "byte 1 (line 1) is NUL: this is no text, or UTF-16 without a byte order mark; save it as Markdown in UTF-8"
    );
    let error = DecodeError::TooLarge { size: 20_000_000 }.to_string();
    assert!(error.contains("20000000 bytes, more than the 16777216"), "{error}");
}

#[test]
fn white_space_is_empty_and_no_error() {
    for text in ["", "  \n\t\r\n", "\u{FEFF}", "\u{200B}\n"] {
        assert!(Text::decode(text.as_bytes()).unwrap().is_empty(), "{text:?}");
    }
    assert!(!Text::decode(b"\n.").unwrap().is_empty());
}

#[test]
fn lines_end_in_every_way() {
    let text = Text::decode(b"a\nb\r\nc\rd\n\ne").unwrap();
    let lines: Vec<&str> = (1..=6).map(|line| text.line(line).unwrap()).collect();
    assert_eq!(lines, ["a", "b", "c", "d", "", "e"]);
    assert_eq!(text.line(7), None);
    assert_eq!(text.line(0), None);
    assert_eq!([0, 1, 2, 4, 5].map(|byte| text.line_at(byte)), [1, 1, 2, 2, 3]);
}

#[test]
fn damage_is_repaired_for_reading() {
    let cases = [
        ("âœ… RDS", "✅ RDS"),
        ("a â€” b", "a — b"),
        ("cafÃ©", "café"),
        ("âŒ none", "❌ none"),
        ("â\u{9D}Œ none", "❌ none"),
        ("â\u{FFFD}Œ none", "❌ none"),
        ("âš ï¸\u{8F} soon", "⚠\u{FE0F} soon"),
        ("âš ï¸ soon", "⚠\u{FE0F} soon"),
        ("âš\u{A0}ï¸ soon", "⚠\u{FE0F} soon"),
        ("ðŸ”„ turning", "🔄 turning"),
        ("â³ waiting", "⏳ waiting"),
        ("â†’ to", "→ to"),
        ("donâ€™t", "don’t"),
        ("Ã¢Å“â€¦ twice", "✅ twice"),
        ("ÃƒÂ© twice", "é twice"),
        ("ÐŸÑ€Ð¸Ð²ÐµÑ‚", "Привет"),
    ];
    for (damaged, meant) in cases {
        // A heading keeps its signs.
        let title = read(&format!("# {damaged}\n")).title.unwrap();
        assert_eq!(title, meant.replace('\u{FE0F}', ""), "{damaged}");
    }
}

#[test]
fn sound_text_stays() {
    for text in [
        "naïve façade",
        "Zürich – Genève",
        "„Größe“",
        "€ 5 für Ä“ und Ü“",
        "✅ ❌ ⚠",
        "Привет, мир",
        "日本語",
        "SÃO PAULO",
        "×²",
    ] {
        let title = read(&format!("# {text}\n")).title.unwrap();
        assert_eq!(title, text);
    }
}

#[test]
fn spans_are_of_the_document_and_not_of_its_repair() {
    let text = "# T\n\nâŒ No âœ… backup of â€œdataâ€\u{9D}.\n";
    let statement = only(text);
    assert_eq!(&text[statement.span.clone()], "âŒ No âœ… backup of â€œdataâ€\u{9D}.");
    assert_eq!(statement.text, "No backup of “data”.");
}

#[test]
fn a_lone_carriage_return_ends_a_line() {
    let statements = read("# T\r\r- one\r- two\r").statements;
    assert_eq!(statements.iter().map(|statement| statement.lines.0).collect::<Vec<_>>(), [3, 4]);
}
