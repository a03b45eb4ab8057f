//! What holds of the reading of every document, with the built-in phrases and with a few others.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test says what it means by failing"
)]

mod phrases;
mod sound;

use std::path::Path;
use std::sync::LazyLock;

use phrases::knowledge;
use plumbline_document::{Knowledge, KnowledgeFiles, Text};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use sound::{same_with_crlf, sound};

/// Pieces of the forms that authors mix.
const FORMS: &[&str] = &[
    "# Review of clubapp\n\n",
    "## RDS PostgreSQL\n\n",
    "### Status: READY\n",
    "**Missing**:\n",
    "| Control | State | Notes |\n|---|:-:|---|\n",
    "| RDS Multi-AZ | ✅ | two zones |\n",
    "| Redis | ❌ No |\n",
    "| | |\n",
    "- [x] S3 buckets encrypted with KMS\n",
    "- [ ] CloudTrail in all Regions\n",
    "* Redis: in transit, at rest; no AUTH token\n",
    "  - nested: 7 days\n",
    "      - [ ] deeper\n",
    "1. ECS service with 2 tasks\n",
    "```\nVPC 10.0.0.0/16\n├── public (us-east-1a, us-east-1b)\n│   └── NAT gateway ✅\n└── private\n```\n",
    "```yaml\nrds:\n  multi_az: true\n  backup:\n    - retention: 7\n```\n",
    "```json\n{\"bucket\": {\"versioning\": false, \"kms\": null}}\n```\n",
    "```hcl\nresource \"aws_db_instance\" \"main\" {\n  storage_encrypted = true # TODO\n}\n```\n",
    "```bash\n$ aws s3 ls\n```\n",
    "The database is encrypted at rest, but not in transit. Nobody rotates the keys.\n",
    "**Multi-AZ:** Yes (automatic failover)  \n",
    "Backups: none\n",
    "Does the load balancer log? Yes.\n",
    "> [!WARNING]\n> Flow logs are off.\n",
    "âœ… KMS key rotation is enabled\n",
    "âŒ WAF: planned â€” Q3\n",
    "Verschlüsselung: aktiv, Sicherung fehlt\n",
    "~~EFS is encrypted~~\n",
    "<table><tr><th>Control</th></tr><tr><td>GuardDuty</td><td>no</td></tr></table>\n",
    "<!-- Redis Multi-AZ -->\n",
    "---\ntitle: Review\n---\n",
    "[x]: https://clubapp.example\n",
    "+-----+\n| ALB |\n+-----+\n",
    "costs $30-40 a month, port 5432, PostgreSQL 16.4, db.t4g.medium\n",
    "\n",
    "\n\n",
    "    ",
    "\t",
    "```",
    "|",
    "**",
    "`clubapp-dev-redis`",
    "vpc-0a1b2c3d4e5f ",
    "-",
    "> ",
    ": ",
    "(",
    ")",
    "\u{FFFD}",
    "\u{200B}",
    "İ",
    "ß",
    "e\u{301}",
    "日本。",
    "ﬁ",
    "\r\n",
    "\r",
];

const VOCABULARY: &str =
    "same:\n  multi-az: [multi az]\n  database: [rds]\n  cache: [redis]\nimplies:\n  postgres: [database]\n";
const PLANNED: &str = "
rds-multi-az: { title: t, observable: api, claims: [rds multi az] }
rds-backup: { title: t, observable: derived, params: { days: days }, claims: [rds backup, backups kept] }
redis-auth: { title: t, observable: api, claims: [redis auth token] }
s3-any: { title: t, observable: api, claims: [a, b, c, e f, no yes x] }
att-review: { title: t, observable: attest, claims: [review, team] }
";

/// A few phrases, some of single letters.
static FEW: LazyLock<Knowledge> = LazyLock::new(|| {
    let mut files = KnowledgeFiles::default();
    files.add("checks/reader/vocabulary.yaml", VOCABULARY).unwrap();
    files.add("checks/reader/planned/few.yaml", PLANNED).unwrap();
    Knowledge::new(files)
});

/// The lines of all documents of the tests, each with its break.
static LINES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    paths.sort();
    paths.iter().flat_map(|path| lines_of(&std::fs::read(path).unwrap())).collect()
});

fn lines_of(bytes: &[u8]) -> Vec<Vec<u8>> {
    bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
}

/// Some lines of a real document, now and then cut off anywhere.
fn real() -> impl Strategy<Value = Vec<u8>> {
    (any::<Index>(), 1..8_usize, proptest::option::weighted(0.2, any::<Index>())).prop_map(|(from, count, cut)| {
        let mut bytes: Vec<u8> = LINES.iter().skip(from.index(LINES.len())).take(count).flatten().copied().collect();
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        bytes
    })
}

/// A document of pieces: forms, real lines, any text, any bytes.
fn assembled() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        6 => select(FORMS).prop_map(|form| form.as_bytes().to_vec()),
        3 => real(),
        1 => "\\PC{0,20}".prop_map(String::into_bytes),
    ];
    vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

fn check(bytes: &[u8], knowledge: &Knowledge) -> Result<(), TestCaseError> {
    let Ok(text) = Text::decode(bytes) else { return Ok(()) };
    let reading = sound(&text, knowledge).map_err(TestCaseError::fail)?;
    same_with_crlf(&text, &reading, knowledge).map_err(TestCaseError::fail)
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 5_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read(bytes in vec(any::<u8>(), 0..400)) {
        check(&bytes, knowledge())?;
        check(&bytes, &FEW)?;
    }

    #[test]
    fn any_text_is_read(text in "(\\PC|[abcef \n.,:|-]){0,200}") {
        check(text.as_bytes(), &FEW)?;
    }

    #[test]
    fn any_document_is_read(bytes in assembled()) {
        check(&bytes, knowledge())?;
    }

    #[test]
    fn any_document_is_read_with_few_phrases(bytes in assembled()) {
        check(&bytes, &FEW)?;
    }
}

#[test]
fn real_documents_are_read() {
    for lines in LINES.chunks(400) {
        check(&lines.concat(), knowledge()).unwrap();
    }
}

/// What was found once.
#[test]
fn documents_that_were_read_wrong_are_read() {
    {
        let document = "<table><tr><th>Control</th></tr><tr><td>GuardDuty</td><td>no</td></tr></table>\n```\n1. Check AWS Health Dashboard (personal health dashboard)\n   - Any known AWS incidents?\n\n";
        check(document.as_bytes(), knowledge()).unwrap();
    }
}
