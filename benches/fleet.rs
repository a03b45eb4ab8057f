//! Audits of many accounts in one process: what they take by the number of accounts, and by how many are read at a time.
//! It fails if memory grows with the accounts, or time faster than they do.

#![allow(clippy::print_stdout, reason = "a measurement prints what it measured")]

#[allow(dead_code, reason = "it also serves the other measurements")]
#[path = "process/mod.rs"]
mod process;
#[allow(dead_code, reason = "it also serves the other measurement")]
#[path = "audit/run.rs"]
mod run;
#[allow(dead_code, unused_imports, reason = "it also serves the other measurements")]
mod synthetic;

use std::error::Error;
use std::fmt::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use run::Run;
use synthetic::{Settings, Sizes};

/// The size of each account: about 260 resources in four Regions.
const SCALE: f64 = 0.02;
/// The time from a call to its answer.
const LATENCY: Duration = Duration::from_millis(20);
/// The curve over accounts, each relative to the first.
const ACCOUNTS: [usize; 4] = [10, 50, 100, 200];
/// The curve over how many are read at a time, of so many accounts.
const AT_ONCE: [usize; 5] = [1, 4, 8, 16, 32];
const ACCOUNTS_FOR_AT_ONCE: usize = 50;
/// Memory of the most accounts may be this many times that of the fewest, and the processor time of each account.
const MOST_MEMORY: f64 = 1.5;
const MOST_TIME: f64 = 1.3;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut runs = Vec::new();
    println!(
        "accounts  resources    wall  processor  peak memory  | to the first, for each account: wall, processor; memory"
    );
    for accounts in ACCOUNTS {
        let run = audit(accounts, None)?;
        let (first_accounts, first) = runs.first().unwrap_or(&(accounts, run.clone())).clone();
        let each = |duration: Duration, accounts: usize| duration.as_secs_f64() / accounts as f64;
        let wall = each(run.wall, accounts) / each(first.wall, first_accounts);
        let processor = each(run.processor, accounts) / each(first.processor, first_accounts);
        let memory = run.peak_memory as f64 / first.peak_memory as f64;
        println!("{accounts:8}  {}  |  {wall:.2}  {processor:.2}  {memory:.2}", shown(&run));
        runs.push((accounts, run));
        if memory > MOST_MEMORY || processor > MOST_TIME {
            println!("FAILED: memory may grow by {MOST_MEMORY}, the time of an account by {MOST_TIME}");
            return Ok(ExitCode::FAILURE);
        }
    }
    println!("{ACCOUNTS_FOR_AT_ONCE} accounts by how many are read at a time");
    println!(" at once  resources    wall  processor  peak memory");
    for at_once in AT_ONCE {
        println!("{at_once:8}  {}", shown(&audit(ACCOUNTS_FOR_AT_ONCE, Some(at_once))?));
    }
    Ok(ExitCode::SUCCESS)
}

fn shown(run: &Run) -> String {
    format!(
        "{:9}  {:4.1} s     {:4.1} s       {:3.0} MB",
        run.resources,
        run.wall.as_secs_f64(),
        run.processor.as_secs_f64(),
        run.peak_memory as f64 / 1e6
    )
}

fn audit(accounts: usize, at_once: Option<usize>) -> Result<Run, Box<dyn Error>> {
    let settings = Settings { sizes: Sizes::scaled(SCALE), latency: LATENCY, limited: true };
    let mut configuration = String::new();
    for number in 0..accounts {
        let id = 100_000_000_000 + number;
        writeln!(configuration, "[[accounts]]\nrole_arn = \"arn:aws:iam::{id}:role/audit\"")?;
    }
    if let Some(at_once) = at_once {
        writeln!(configuration, "[limits]\naccounts_at_once = {at_once}")?;
    }
    let run = Run::new(settings, &configuration)?;
    match (run.gaps.first(), run.throttled()) {
        (None, 0) => Ok(run),
        (Some(gap), _) => Err(format!("a listing is not complete: {gap}").into()),
        (None, throttled) => Err(format!("{throttled} calls were throttled: {}", run.throttled_operations()).into()),
    }
}
