//! A daemon at rest, and a day of its hourly audits, each hour some seconds long: the memory, the processor time, the open
//! files and the store of the real program. It fails if the day leaves more behind than it found.

#![allow(clippy::print_stdout, reason = "a measurement prints what it measured")]

#[allow(dead_code, reason = "it also serves the other measurements")]
#[path = "process/mod.rs"]
mod process;
#[allow(dead_code, unused_imports, reason = "it also serves the other measurements")]
#[path = "synthetic/mod.rs"]
mod synthetic;

use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Duration;

use synthetic::{Server, Settings, Sizes};

/// How long the daemon is watched at rest.
const REST: Duration = Duration::from_secs(60);
/// Audits of a day.
const HOURS: u32 = 24;
/// Audits after which memory has the size that it should keep.
const WARM: u32 = 8;
/// Memory after the day may be this many times that after the first audits: the allocator keeps now more, now less of what is
/// freed.
const MOST_GROWTH: f64 = 1.2;

/// How things stand with the daemon.
struct Figures {
    memory: u64,
    /// What is not read from files, as the program's code is.
    own: u64,
    processor: Duration,
    files: usize,
    store: u64,
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let sizes = Sizes::scaled(0.1);
    let server = Server::start(Settings { sizes, latency: Duration::ZERO, limited: false })?;
    let directory = tempfile::tempdir()?;
    rest(&server, directory.path())?;
    let is_good = day(&server, directory.path())?;
    Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn rest(server: &Server, directory: &Path) -> Result<(), Box<dyn Error>> {
    let mut daemon = Daemon::start(server, directory, "6h")?;
    daemon.audited(1)?;
    let before = daemon.figures(directory)?;
    std::thread::sleep(REST);
    let after = daemon.figures(directory)?;
    let busy = after.processor.saturating_sub(before.processor);
    println!("a daemon at rest for {} s", REST.as_secs());
    println!("  memory          {:.1} MB, {:.1} MB of them its own", megabytes(after.memory), megabytes(after.own));
    println!("  processor time  {} ms", busy.as_millis());
    println!("  open files      {}", after.files);
    daemon.stop()
}

fn day(server: &Server, directory: &Path) -> Result<bool, Box<dyn Error>> {
    std::fs::remove_file(directory.join("plumbline.db"))?;
    let mut daemon = Daemon::start(server, directory, "3s")?;
    daemon.audited(WARM)?;
    let before = daemon.figures(directory)?;
    daemon.audited(HOURS)?;
    let after = daemon.figures(directory)?;
    println!("a day of {HOURS} audits of an account in which nothing changes, after {WARM} of them and at its end");
    println!("  own memory      {:.1} MB, {:.1} MB", megabytes(before.own), megabytes(after.own));
    println!("  open files      {}, {}", before.files, after.files);
    println!("  store           {:.2} MB, {:.2} MB", megabytes(before.store), megabytes(after.store));
    daemon.stop()?;
    let is_good = after.own as f64 <= before.own as f64 * MOST_GROWTH && after.files <= before.files;
    if !is_good {
        println!("  NOT GOOD: it keeps growing");
    }
    Ok(is_good)
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// A running daemon; it is killed when this is dropped.
struct Daemon {
    child: Child,
    address: String,
}

impl Daemon {
    /// Starts one and waits until it listens.
    fn start(server: &Server, directory: &Path, schedule: &str) -> Result<Daemon, Box<dyn Error>> {
        let table =
            format!("store = \"plumbline.db\"\n[daemon]\nschedule = \"{schedule}\"\nlisten = \"127.0.0.1:0\"\n");
        std::fs::write(directory.join("plumbline.toml"), table)?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_plumbline"));
        command.arg("daemon").current_dir(directory).env_clear().env("HOME", directory);
        command.env("AWS_ENDPOINT_URL", server.endpoint()).env("AWS_REGION", "us-east-1");
        command.env("AWS_ACCESS_KEY_ID", "example").env("AWS_SECRET_ACCESS_KEY", "example");
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        let mut lines = BufReader::new(child.stderr.take().ok_or("it has no stderr")?).lines();
        let address = loop {
            let line = lines.next().ok_or("it ended at once")??;
            if let Some((_, rest)) = line.split_once("address=") {
                break rest.split(' ').next().unwrap_or_default().to_owned();
            }
        };
        // What it says on may not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Daemon { child, address })
    }

    /// Waits until so many audits were made.
    fn audited(&mut self, count: u32) -> Result<(), Box<dyn Error>> {
        while self.successes()? < count {
            if let Some(status) = self.child.try_wait()? {
                return Err(format!("the daemon ended with {status}").into());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    fn successes(&self) -> Result<u32, Box<dyn Error>> {
        self.metric("plumbline_audits_total{result=\"success\"}")
    }

    fn metric(&self, name: &str) -> Result<u32, Box<dyn Error>> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let value = answer.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        Ok(value.ok_or_else(|| format!("it has no {name}"))?.parse()?)
    }

    /// The figures between two audits.
    fn figures(&self, directory: &Path) -> Result<Figures, Box<dyn Error>> {
        loop {
            let audits = self.successes()?;
            let figures = self.figures_now(directory)?;
            if self.metric("plumbline_audit_running")? == 0 && self.successes()? == audits {
                return Ok(figures);
            }
        }
    }

    fn figures_now(&self, directory: &Path) -> Result<Figures, Box<dyn Error>> {
        let id = self.child.id().to_string();
        let stores = ["plumbline.db", "plumbline.db-wal"].map(|name| directory.join(name));
        Ok(Figures {
            memory: process::memory(&id, "VmRSS")?,
            own: process::memory(&id, "RssAnon")?,
            processor: process::processor_time(&id)?,
            files: std::fs::read_dir(format!("/proc/{id}/fd"))?.count(),
            store: stores.iter().filter_map(|path| std::fs::metadata(path).ok()).map(|file| file.len()).sum(),
        })
    }

    fn stop(mut self) -> Result<(), Box<dyn Error>> {
        Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status()?;
        let status = self.child.wait()?;
        if status.success() { Ok(()) } else { Err(format!("the daemon ended with {status}").into()) }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
