//! The reader alone, with the built-in phrases: documents of 1,000, 10,000 and 100,000 lines, and lines that nobody writes
//! on purpose. What counts is the ratio between the lengths: twice the document may take twice the time, and no more.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement prints what it measured")]

mod mixed;
#[path = "../tests/phrases/mod.rs"]
mod phrases;
#[path = "../../../benches/process/mod.rs"]
#[allow(dead_code, reason = "it also serves the other measurements")]
mod process;

use std::error::Error;
use std::process::ExitCode;

use phrases::knowledge;
use plumbline_document::{Text, read, structure};

/// Lines of the documents.
const LENGTHS: [usize; 3] = [1_000, 10_000, 100_000];
/// Readings of a document, of which the fastest counts; one of the longest.
const ROUNDS: usize = 5;
/// A line of the longest document may take this many times as long as one of the shortest.
const MOST_GROWTH: f64 = 2.0;
/// Seconds that the document of 10,000 lines may take.
const MOST_SECONDS: f64 = 1.0;
/// Seconds that a megabyte on lines without sense may take.
const MOST_SECONDS_A_LINE: f64 = 5.0;
/// Bytes of a line without sense.
const MEGABYTE: usize = 1 << 20;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    knowledge();
    let mut good = lengths()?;
    good &= senseless()?;
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Documents of several lengths.
fn lengths() -> Result<bool, Box<dyn Error>> {
    println!("  lines  kilobytes  claims    CPU ms  of it structure  us/line");
    let mut each = Vec::new();
    let mut good = true;
    for lines in LENGTHS {
        let text = Text::decode(mixed::document(lines).as_bytes())?;
        let rounds = if lines == LENGTHS[2] { 1 } else { ROUNDS };
        let claims = read("bench.md", &text, knowledge()).claims.len();
        let structure = fastest(rounds, || drop(structure(&text)))?;
        let seconds = fastest(rounds, || drop(read("bench.md", &text, knowledge())))?;
        let lines = text.lines().len();
        let per_line = seconds * 1e6 / lines as f64;
        let kilobytes = text.as_str().len() / 1000;
        println!(
            "{lines:7}  {kilobytes:9}  {claims:6}  {:8.1}  {:15.1}  {per_line:7.2}",
            seconds * 1e3,
            structure * 1e3
        );
        if each.len() == 1 && seconds > MOST_SECONDS {
            println!("FAILED: more than {MOST_SECONDS} seconds for {lines} lines");
            good = false;
        }
        each.push(per_line);
    }
    let growth = each.last().zip(each.first()).map_or(f64::NAN, |(last, first)| last / first);
    println!("time per line, longest to shortest document: {growth:.2}");
    if growth.is_nan() || growth > MOST_GROWTH {
        println!("FAILED: it grows faster than the document: more than {MOST_GROWTH} was not to be");
        good = false;
    }
    Ok(good)
}

/// Lines without sense, most of them a megabyte.
fn senseless() -> Result<bool, Box<dyn Error>> {
    println!("\n   CPU ms  claims  lines without sense");
    let mut good = true;
    for (name, document) in documents() {
        let text = Text::decode(document.as_bytes())?;
        let mut claims = 0;
        let seconds = fastest(1, || claims = read("bench.md", &text, knowledge()).claims.len())?;
        println!("{:9.1}  {claims:6}  {name}", seconds * 1e3);
        if seconds > MOST_SECONDS_A_LINE {
            println!("FAILED: more than {MOST_SECONDS_A_LINE} seconds");
            good = false;
        }
    }
    Ok(good)
}

fn documents() -> Vec<(&'static str, String)> {
    let fill = |piece: &str| piece.repeat(MEGABYTE / piece.len());
    let nested = |depth: usize| {
        (0..depth).map(|level| format!("{}- RDS encryption at rest {level}\n", "  ".repeat(level))).collect::<String>()
    };
    vec![
        ("1 MB of words of phrases", fill("RDS encryption at rest is enabled ")),
        ("1 MB of words of no phrase", fill("lorem ipsum dolor ")),
        ("1 MB of one word", fill("encryption ")),
        ("1 MB of one letter", fill("a")),
        ("1 MB of numbers", fill("7 days 16.4 10.0.0.0/16 ")),
        ("1 MB of digits", fill("1")),
        ("1 MB of names", fill("clubapp-dev-redis ")),
        ("1 MB of one name", fill("clubapp-dev-")),
        ("1 MB of a hump", fill("Aa")),
        ("1 MB of ticks", fill("✅ ")),
        ("1 MB of damaged ticks", fill("âœ… ")),
        ("1 MB of clauses", fill("Redis, no RDS; ")),
        ("1 MB of sentences", fill("RDS is Multi-AZ. ")),
        ("1 MB of one pair", fill("RDS: ")),
        ("1 MB of brackets with words", fill("(RDS ")),
        ("1 MB of code spans", fill("`clubapp-dev-redis` ")),
        ("1 MB of code spans, none twice", (0..30_000).map(|at| format!("`clubapp-dev-{at}` RDS Multi-AZ ")).collect()),
        ("1 MB of ids, none twice", (0..60_000).map(|at| format!("RDS Multi-AZ vpc-{at:08x} ")).collect()),
        ("1 MB of |", fill("|")),
        ("1 MB of [", fill("[")),
        ("1 MB of *a", fill("*a ")),
        ("1 MB of >", fill("> ")),
        ("1 MB of `a", fill("`a")),
        ("1 MB of <td>", fill("<td>")),
        ("1 MB of items", fill("- Redis encryption\n")),
        ("1 MB of rows", format!("| Control | State |\n|---|---|\n{}", fill("| RDS Multi-AZ | yes |\n"))),
        (
            "10,000 columns",
            format!("|{}\n|{}\n|{}\n", "RDS|".repeat(10_000), "-|".repeat(10_000), "Multi-AZ|".repeat(10_000)),
        ),
        ("a list 50 deep", nested(50)),
        ("a list 2,000 deep", nested(2_000)),
        ("quotes 5,000 deep", "> ".repeat(5_000) + "RDS"),
        ("list markers 5,000 deep", "- ".repeat(5_000) + "RDS"),
        (
            "YAML 2,000 deep",
            format!(
                "```yaml\n{}```\n",
                (0..2_000).map(|level| format!("{}rds:\n", " ".repeat(level))).collect::<String>()
            ),
        ),
        ("headings without end", fill("## RDS encryption at rest\n\nMulti-AZ: yes\n\n")),
        (
            "one heading of 100 KB above 1,000 items",
            format!("## {}\n\n{}", "RDS ".repeat(25_000), "- Multi-AZ: yes\n".repeat(1_000)),
        ),
    ]
}

/// The processor time of the fastest of several rounds, in seconds.
fn fastest(rounds: usize, mut work: impl FnMut()) -> Result<f64, Box<dyn Error>> {
    let mut least = f64::INFINITY;
    for _ in 0..rounds {
        let start = process::thread_time()?;
        work();
        least = least.min((process::thread_time()? - start).as_secs_f64());
    }
    Ok(least)
}
