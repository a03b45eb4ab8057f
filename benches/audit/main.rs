//! A whole audit by the real program: about 10,000 resources in four Regions, AWS's request limits, and 40 ms or no
//! latency. It fails if the program is throttled, calls more than it must, or takes too much memory.

#![allow(clippy::print_stdout, reason = "a measurement prints what it measured")]

mod needed;
#[allow(dead_code, reason = "it also serves the other measurement")]
#[path = "../process/mod.rs"]
mod process;
mod run;
#[path = "../synthetic/mod.rs"]
mod synthetic;

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use needed::Needed;
use run::Run;
use synthetic::{Settings, Sizes};

/// Audits with each latency, of which the median counts.
const REPEATS: usize = 3;
/// Calls may be this many times the least number.
const MOST_CALLS: f64 = 1.05;
/// Bytes that the program may take at most.
const MOST_MEMORY: u64 = 150_000_000;
/// API buckets that are shown.
const BUCKETS_SHOWN: usize = 5;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let sizes = Sizes::scaled(1.0);
    let needed = Needed::new(&sizes)?;
    let mut is_good = true;
    for latency in [40, 0] {
        let settings = Settings { sizes, latency: Duration::from_millis(latency), limited: true };
        let mut runs = (0..REPEATS).map(|_| Run::new(settings, "")).collect::<Result<Vec<_>, _>>()?;
        runs.sort_by_key(|run| run.wall);
        for run in &runs {
            is_good &= complain(run, &needed);
        }
        show(latency, &runs[REPEATS / 2], &needed);
    }
    Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn show(latency: u64, run: &Run, needed: &Needed) {
    let floors = needed::floors(&run.counts);
    let floor = floors.first().map_or(0.0, |floor| floor.seconds);
    println!("{} resources, {latency} ms latency, median of {REPEATS}", run.resources);
    println!("  wall time   {:.2} s", run.wall.as_secs_f64());
    println!(
        "  floor       {floor:.2} s, which half of AWS's limits take; wall/floor {:.2}",
        run.wall.as_secs_f64() / floor
    );
    println!("  calls       {}, the least is {}", run.calls(), needed.total());
    println!("  throttles   {}", run.throttled());
    println!("  processor   {:.2} s", run.processor.as_secs_f64());
    println!("  peak memory {:.0} MB", run.peak_memory as f64 / 1e6);
    for floor in floors.iter().take(BUCKETS_SHOWN) {
        println!("    {:6.2} s for {:5} calls of {} in {}", floor.seconds, floor.calls, floor.bucket, floor.region);
    }
}

/// Says what is not as it should be; true if nothing.
fn complain(run: &Run, needed: &Needed) -> bool {
    let mut complaints = Vec::new();
    if run.throttled() > 0 {
        complaints.push(format!("{} calls were throttled: {}", run.throttled(), run.throttled_operations()));
    }
    if run.reported_throttles != run.throttled() {
        complaints.push(format!("the program tells of {} throttles", run.reported_throttles));
    }
    if run.calls() as f64 > needed.total() as f64 * MOST_CALLS {
        complaints.push(format!("{} calls where {} would do", run.calls(), needed.total()));
    }
    if run.peak_memory > MOST_MEMORY {
        complaints.push(format!("{:.0} MB of memory", run.peak_memory as f64 / 1e6));
    }
    complaints.extend(run.gaps.iter().map(|gap| format!("a listing is not complete: {gap}")));
    complaints.extend(needed.missing(&run.counts));
    for complaint in &complaints {
        println!("FAILED: {complaint}");
    }
    complaints.is_empty()
}
