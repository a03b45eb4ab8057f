//! One run of the program against the synthetic account.

use std::error::Error;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use plumbline::audit::AuditReport;

use super::process;
use super::synthetic::{Counts, Server, Settings};

/// What a run took.
#[derive(Debug, Clone)]
pub struct Run {
    pub wall: Duration,
    /// The processor time of the program.
    pub processor: Duration,
    /// The most memory that it had at once, in bytes.
    pub peak_memory: u64,
    pub resources: u64,
    pub reported_throttles: u64,
    /// Why listings are not complete.
    pub gaps: Vec<String>,
    /// What the account counted.
    pub counts: Counts,
}

impl Run {
    /// Audits once, with this configuration.
    pub fn new(settings: Settings, configuration: &str) -> Result<Run, Box<dyn Error>> {
        let server = Server::start(settings)?;
        let directory = tempfile::tempdir()?;
        std::fs::write(directory.path().join("plumbline.toml"), configuration)?;
        let clock = Instant::now();
        let (peak_memory, processor) = audit(&server, directory.path())?;
        let wall = clock.elapsed();
        let text = std::fs::read_to_string(directory.path().join("report.json"))?;
        let report: AuditReport = serde_json::from_str(&text)?;
        let gaps = report.audit.coverage.iter().filter_map(|coverage| coverage.gap.as_ref());
        Ok(Run {
            wall,
            processor,
            peak_memory,
            resources: report.audit.resources,
            reported_throttles: report.audit.throttles,
            gaps: gaps.map(ToString::to_string).collect(),
            counts: server.counts(),
        })
    }

    /// Calls that reached the account.
    pub fn calls(&self) -> u64 {
        self.counts.values().map(|count| count.calls).sum()
    }

    /// Calls that it throttled.
    pub fn throttled(&self) -> u64 {
        self.counts.values().map(|count| count.throttled).sum()
    }

    /// The operations of which calls were throttled.
    pub fn throttled_operations(&self) -> String {
        let throttled = self.counts.iter().filter(|(_, count)| count.throttled > 0);
        throttled.map(|((region, operation), _)| format!("{operation} in {region}")).collect::<Vec<_>>().join(", ")
    }
}

/// Runs the program to its end; the peak of its memory, and the processor time that it took.
fn audit(server: &Server, directory: &Path) -> Result<(u64, Duration), Box<dyn Error>> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plumbline"));
    command.args(["audit", "--quiet", "--fail-on", "never", "--format", "json", "--output", "report.json"]);
    command.current_dir(directory).env_clear().env("HOME", directory);
    command.env("AWS_ENDPOINT_URL", server.endpoint()).env("AWS_REGION", "us-east-1");
    command.env("AWS_ACCESS_KEY_ID", "example").env("AWS_SECRET_ACCESS_KEY", "example");
    let mut program = command.stdin(Stdio::null()).spawn()?;
    let id = program.id().to_string();
    let (mut peak, mut processor) = (0, Duration::ZERO);
    loop {
        if let Some(status) = program.try_wait()? {
            return if status.success() {
                Ok((peak, processor))
            } else {
                Err(format!("the program ended with {status}").into())
            };
        }
        // None is left of a process that has just ended.
        peak = peak.max(process::memory(&id, "VmHWM").unwrap_or(0));
        processor = processor.max(process::processor_time(&id).unwrap_or_default());
        std::thread::sleep(Duration::from_millis(2));
    }
}
