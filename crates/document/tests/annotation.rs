//! Marks behind statements: they change nothing of what a document is, and come off without a trace.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test says what it means by failing"
)]

use std::collections::BTreeMap;
use std::path::Path;

use plumbline_document::annotation::{Page, Spot, mark, strip_bytes};
use plumbline_document::{Knowledge, KnowledgeFiles, Lines, Text, read};
use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, TagEnd};

/// The document with a mark wherever one can stand.
fn marked(bytes: &[u8]) -> Vec<u8> {
    let page = Page::new(bytes).unwrap();
    page.annotate(&page.spots().into_iter().enumerate().map(|(at, spot)| (spot, format!("confirmed {at}"))).collect())
}

fn documents() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents");
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let documents = paths.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    documents.map(|path| (path.display().to_string(), std::fs::read(&path).unwrap())).collect()
}

/// What a renderer makes of a document: its elements, without their text.
fn elements(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let options = Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS | Options::ENABLE_STRIKETHROUGH;
    let kept = |event: Event<'_>| match event {
        Event::Start(tag) => Some(format!("{tag:?}")),
        Event::End(tag) => Some(format!("end {tag:?}")).filter(|_| tag != TagEnd::Paragraph),
        Event::TaskListMarker(ticked) => Some(format!("box {ticked}")),
        Event::Rule => Some("rule".to_owned()),
        _ => None,
    };
    Parser::new_ext(&text, options).filter_map(kept).collect()
}

#[test]
fn marks_stand_behind_statements_and_within_their_cells() {
    for (document, expected) in [
        ("- [x] Multi-AZ\r\n- WAF  \r\n", "- [x] Multi-AZ«»\r\n- WAF«»  \r\n"),
        (
            "| a | b |\n|---|---|\n| RDS | Multi-AZ |\n| S3 | |\n",
            "| a | b |\n|---|---|\n| RDS | Multi-AZ«» |\n| S3 | «»|\n",
        ),
        (
            "The database is **encrypted**. It runs in `two` zones.",
            "The database is **encrypted**.«» It runs in `two` zones.«»",
        ),
        ("```yaml\nmulti_az: true\n```\n", "```yaml\nmulti_az: true«»\n```\n"),
        ("- see [the plan](plan.md)\n", "- see [the plan](plan.md)«»\n"),
    ] {
        let marked = String::from_utf8(marked(document.as_bytes())).unwrap();
        let mut shown = marked.clone();
        for at in 0..9 {
            shown = shown.replace(&mark(&format!("confirmed {at}")), "«»");
        }
        assert_eq!(shown, expected);
    }
}

#[test]
fn a_marked_document_has_the_same_elements() {
    for (name, bytes) in documents() {
        let (before, after) = (elements(&bytes), elements(&marked(&bytes)));
        let differs = before.iter().zip(&after).position(|(one, other)| one != other);
        assert_eq!((before.len(), differs), (after.len(), None), "{name}");
    }
}

#[test]
fn a_marked_document_reads_the_same() {
    let mut files = KnowledgeFiles::default();
    files
        .add(
            "reader/attestations.yaml",
            "att-dr-plan:\n  title: A plan exists\n  evidence: it\n  days: 365\n  claims: [disaster recovery plan]\n",
        )
        .unwrap();
    let knowledge = Knowledge::new(files);
    for (name, bytes) in documents() {
        let one = read("x.md", &Text::decode(&bytes).unwrap(), &knowledge);
        let other = read("x.md", &Text::decode(&marked(&bytes)).unwrap(), &knowledge);
        assert_eq!(one, other, "{name}");
    }
}

#[test]
fn marks_come_off_the_documents_without_a_trace() {
    for (name, bytes) in documents() {
        assert!(strip_bytes(&marked(&bytes)).unwrap() == bytes, "{name}");
    }
}

#[test]
fn every_encoding_is_kept() {
    let text = "- [x] Größe: 3\r\n- é\r\n";
    let utf16 = |big: bool| -> Vec<u8> {
        let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
        units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    };
    let latin: Vec<u8> = text.chars().map(|c| c as u8).collect();
    for bytes in
        [text.as_bytes().to_vec(), [&[0xEF, 0xBB, 0xBF], text.as_bytes()].concat(), latin, utf16(true), utf16(false)]
    {
        let page = Page::new(&bytes).unwrap();
        let marked = marked(&bytes);
        let stripped = Text::decode(&marked).unwrap();
        assert_eq!((stripped.encoding(), stripped.as_str()), (page.text().encoding(), text));
        assert!(marked.len() > bytes.len());
        assert_eq!(strip_bytes(&marked).unwrap(), bytes);
        let ticked = page.tick_all(&[(Spot::Statement(0), false)].into());
        assert_eq!(Text::decode(&ticked).unwrap().as_str(), text.replace("[x]", "[ ]"));
    }
}

#[test]
fn a_claim_finds_its_statement() {
    let page = Page::new(b"# T\n\nThe database runs in Multi-AZ. Backups are kept.\n\n- a\n- b\n").unwrap();
    let says = |lines, claim: &str| {
        let spot = page.spot(lines, claim)?;
        let marked = page.annotate(&BTreeMap::from([(spot, "here".to_owned())]));
        let text = String::from_utf8(marked).unwrap();
        text.split(&mark("here")).next().map(|before| before.rsplit([' ', '\n']).next().unwrap().to_owned())
    };
    assert_eq!(says(Lines(3, 3), "Backups are kept").as_deref(), Some("kept."));
    assert_eq!(says(Lines(3, 3), "It runs in Multi-AZ").as_deref(), Some("Multi-AZ."));
    assert_eq!(says(Lines(5, 6), "something else").as_deref(), Some("b"));
    assert_eq!(says(Lines(99, 99), "b"), None);
}

fn fragments() -> impl Strategy<Value = Vec<u8>> {
    let fragment = prop::sample::select(vec![
        "- [ ] ",
        "- [x] ",
        "# ",
        "| a | b |\n|---|---|\n",
        "| c | d |\n",
        "```\n",
        "`",
        "**",
        "[x](y)",
        " «plumbline: ",
        "»",
        "Multi-AZ is on. ",
        "key: value",
        "\n",
        "\r\n",
        "\r",
        "  ",
        "<td>",
        "\\",
        "é",
        "├── ",
        "    ",
        "> ",
        "|",
    ]);
    prop::collection::vec(fragment, 0..40).prop_map(|parts| parts.concat().into_bytes())
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let beginning = prop::sample::select(vec![&b""[..], &[0xEF, 0xBB, 0xBF], &[0xFF, 0xFE], &[0xFE, 0xFF]]);
    let rest = prop_oneof![fragments(), prop::collection::vec(any::<u8>(), 0..200)];
    (beginning, rest).prop_map(|(beginning, rest)| [beginning, &rest].concat())
}

proptest! {
    #[test]
    fn stripping_undoes_annotating(bytes in bytes()) {
        let Ok(page) = Page::new(&bytes) else { return Ok(()) };
        let marked = marked(&bytes);
        prop_assert_eq!(&*strip_bytes(&marked).unwrap(), page.bytes());
    }

    #[test]
    fn annotating_again_replaces_the_marks(bytes in fragments()) {
        let once = marked(&bytes);
        prop_assert_eq!(marked(&once), once);
    }

    #[test]
    fn a_marked_text_decodes_to_what_it_was(bytes in fragments()) {
        let page = Page::new(&bytes).unwrap();
        let again = Text::decode(&marked(&bytes)).unwrap();
        prop_assert_eq!(&again, page.text());
    }
}

#[test]
fn what_only_a_person_takes_for_a_statement_is_marked_at_its_lines_end_if_that_changes_nothing() {
    let text = "# T\n\n```\n[ALB] --> [ECS]\n  |\n  v\n[RDS]\n```\n\n---\n\n| a | b |\n|---|---|\n| c | d |\n";
    let page = Page::new(text.as_bytes()).unwrap();
    assert_eq!(page.spot(Lines(4, 7), "The load balancer is in front of ECS"), Some(Spot::Line(7)));
    for line in [1, 2, 3, 10, 13] {
        assert_eq!(page.spot(Lines(line, line), "something"), None, "line {line}");
    }
}
