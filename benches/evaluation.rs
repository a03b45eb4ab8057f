//! Evaluation alone: all built-in checks on accounts of about 1,000, 10,000 and 100,000 resources, which the real
//! collectors read from a synthetic account. What counts is the ratio between them: twice the account may take twice
//! the time, and no more.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a measurement prints what it measured")]

#[allow(dead_code, reason = "it also serves the other measurements")]
mod process;
#[allow(dead_code, unused_imports, reason = "it also serves the other measurement")]
mod synthetic;

use std::collections::BTreeMap;
use std::error::Error;
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use plumbline::auditor::{self, AuditScope, Progress};
use plumbline::aws::{Fleet, Limits, limits};
use plumbline::check::{self, Check, Library, Selection};
use plumbline::collect::Plan;
use plumbline::config::AccountConfig;
use plumbline::finding::Verdict;
use plumbline::inventory::Inventory;
use synthetic::{Server, Settings, Sizes};

/// The sizes, as parts of the account of 10,000 resources.
const SCALES: [f64; 3] = [0.1, 1.0, 10.0];
/// Rounds of evaluations, of which the median counts.
const ROUNDS: usize = 5;
/// Resources that a round evaluates at least: the scheduler counts time in steps of milliseconds.
const LEAST_RESOURCES: usize = 50_000;
/// A resource of the largest account may take this many times as long as one of the smallest. Memory that no longer
/// fits the caches accounts for some of it; what grows with the square would be a hundred times.
const MOST_GROWTH: f64 = 3.0;
/// The checks that are named as the slowest.
const SLOWEST_SHOWN: usize = 5;
/// By this argument the program measures, in a process of its own, what the account at its endpoint holds.
const MEASURE: &str = "--measure";

fn main() -> Result<ExitCode, Box<dyn Error>> {
    if std::env::args().any(|argument| argument == MEASURE) {
        measure()?;
        return Ok(ExitCode::SUCCESS);
    }
    println!("resources  evaluations  failing     CPU ms  us/evaluation  us/resource  MB of inventory");
    let mut each = Vec::new();
    for scale in SCALES {
        let settings = Settings { sizes: Sizes::scaled(scale), latency: Duration::ZERO, limited: false };
        let server = Server::start(settings)?;
        let measured = run_measure(&server)?;
        let [resources, evaluations, failing, seconds, megabytes] = measured[..] else {
            return Err(format!("five figures were expected: {measured:?}").into());
        };
        let per_resource = seconds * 1e6 / resources;
        println!(
            "{resources:9}  {evaluations:11}  {failing:7}  {:9.1}  {:13.2}  {per_resource:11.2}  {megabytes:15.1}",
            seconds * 1e3,
            seconds * 1e6 / evaluations,
        );
        each.push(per_resource);
    }
    let growth = each.last().zip(each.first()).map_or(f64::NAN, |(last, first)| last / first);
    println!("time per resource, largest to smallest account: {growth:.2}");
    if growth <= MOST_GROWTH {
        return Ok(ExitCode::SUCCESS);
    }
    println!("FAILED: it grows faster than the account: more than {MOST_GROWTH} was not to be");
    Ok(ExitCode::FAILURE)
}

fn run_measure(server: &Server) -> Result<Vec<f64>, Box<dyn Error>> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg(MEASURE).env("AWS_ENDPOINT_URL", server.endpoint()).env("AWS_REGION", "us-east-1");
    command.env("AWS_ACCESS_KEY_ID", "example").env("AWS_SECRET_ACCESS_KEY", "example");
    let output = command.output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    eprint!("{}", String::from_utf8_lossy(&output.stderr));
    let figures = String::from_utf8(output.stdout)?;
    Ok(figures.split_whitespace().map(str::parse).collect::<Result<_, _>>()?)
}

/// Prints resources, evaluations, fails, seconds and megabytes.
fn measure() -> Result<(), Box<dyn Error>> {
    let library = Library::load(&[], &BTreeMap::new())?;
    let checks = library.select(&Selection::default())?;
    let plan = Arc::new(check::plan(checks.iter().copied()));
    let runtime = tokio::runtime::Runtime::new()?;
    let before = process::memory("self", "VmRSS")?;
    let inventory = runtime.block_on(collect(&plan));
    drop(runtime);
    let collected = process::memory("self", "VmRSS")?;
    let now = "2026-01-02T00:00:00Z".parse()?;
    let mut times = Vec::new();
    let mut failing = 0;
    let repeats = LEAST_RESOURCES.div_ceil(inventory.len().max(1));
    for _ in 0..ROUNDS {
        let start = process::thread_time()?;
        for _ in 1..repeats {
            drop(check::judge(checks.iter().copied(), &inventory, now));
        }
        let findings = check::judge(checks.iter().copied(), &inventory, now);
        times.push(process::thread_time()? - start);
        failing = findings.iter().filter(|finding| finding.verdict == Verdict::Fail).count();
    }
    times.sort();
    let subjects = checks.iter().flat_map(|check| &check.subjects);
    let evaluations: usize = subjects.map(|subject| inventory.of_type(subject.resource_type.name).len()).sum();
    let seconds = times[ROUNDS / 2].as_secs_f64() / repeats as f64;
    let megabytes = collected.saturating_sub(before) as f64 / 1e6;
    println!("{} {evaluations} {failing} {seconds} {megabytes}", inventory.len());
    name_the_slowest(&checks, &inventory, now)
}

/// Tells on stderr which checks take most of the time.
fn name_the_slowest(checks: &[&Check], inventory: &Inventory, now: Timestamp) -> Result<(), Box<dyn Error>> {
    let mut slowest = Vec::new();
    for check in checks {
        let start = process::thread_time()?;
        let findings = check::judge([*check], inventory, now);
        let time = process::thread_time()? - start;
        slowest.push((time, findings.len(), &check.id));
    }
    slowest.sort_by(|a, b| b.cmp(a));
    for (time, findings, check) in slowest.iter().take(SLOWEST_SHOWN) {
        let (all, each) = (time.as_secs_f64() * 1e3, time.as_secs_f64() * 1e6 / (*findings).max(1) as f64);
        eprintln!("    {all:8.1} ms, {each:8.2} us/finding: {check}");
    }
    Ok(())
}

async fn collect(plan: &Arc<Plan>) -> Inventory {
    // Nobody waits here: every service may be called as fast as it answers.
    let services = limits::LIMITS.iter().map(|limit| limit.service).chain([limits::DEFAULT.service]);
    let rates = services.map(|service| (service.to_owned(), 1e6)).collect();
    let fleet = Fleet::new(Limits::new(1.0, rates));
    let scope = AuditScope { accounts: vec![AccountConfig::default()], ..AuditScope::default() };
    let reached = auditor::reach(&fleet, &scope, &scope.accounts).await;
    auditor::collect(&reached, plan, &Progress::default()).await
}
