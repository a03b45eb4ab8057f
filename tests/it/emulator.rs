//! The emulator with its example accounts, one for all tests of the run, filled once and only read. Tests that
//! change something start their own.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use tempfile::TempDir;

/// A running emulator; it stops when this is dropped.
pub struct Emulator {
    pub endpoint: String,
    state: TempDir,
}

impl Emulator {
    /// Starts one and fills its accounts.
    pub fn start() -> Emulator {
        let state = TempDir::new().unwrap();
        let started = script(&["start", "--state"], state.path());
        let endpoint = started
            .lines()
            .find_map(|line| line.strip_prefix("export AWS_ENDPOINT_URL="))
            .unwrap_or_else(|| panic!("the emulator did not say where it is: {started}"));
        let emulator = Emulator { endpoint: endpoint.to_owned(), state };
        script(&["fill", "--state"], emulator.state.path());
        emulator
    }

    /// The emulator that all tests read.
    pub fn shared() -> &'static Emulator {
        static SHARED: OnceLock<Emulator> = OnceLock::new();
        SHARED.get_or_init(|| {
            let emulator = Emulator::start();
            stop_at_exit(emulator.state.path());
            emulator
        })
    }

    /// Runs Python with boto3 against an account of the emulator: what stands on stdout.
    pub fn python(&self, account: &str, code: &str) -> String {
        let environment = script(&["account-env", account, "--state"], self.state.path());
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let interpreter = script_in(&["install"], None);
        let mut command = Command::new(interpreter.trim());
        command.current_dir(root).args(["-c", code]);
        for (name, value) in environment.lines().filter_map(|line| line.strip_prefix("export ")?.split_once('=')) {
            command.env(name, value.trim_matches('\''));
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        script(&["stop", "--state"], self.state.path());
    }
}

/// Statics are never dropped: a watcher stops the shared emulator when this process is gone.
#[expect(clippy::zombie_processes, reason = "the watcher outlives this process")]
fn stop_at_exit(state: &Path) {
    let root = env!("CARGO_MANIFEST_DIR");
    let watch = format!(
        "while kill -0 {} 2>/dev/null; do sleep 0.5; done; '{root}/localstack/emulator' stop --state '{}'; rm -rf '{}'",
        std::process::id(),
        state.display(),
        state.display()
    );
    let mut command = Command::new("sh");
    command.args(["-c", &watch]);
    command.stdin(std::process::Stdio::null()).stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    command.spawn().unwrap();
}

/// The Python of a virtual environment with these requirements; it is made when it is not there yet.
pub fn python_of(requirements: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(requirements);
    script_in(&["install", &path.to_string_lossy()], None).trim().into()
}

fn script(arguments: &[&str], state: &Path) -> String {
    script_in(arguments, Some(state))
}

fn script_in(arguments: &[&str], state: Option<&Path>) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("localstack/emulator");
    let output = Command::new(path).args(arguments).args(state).output().unwrap();
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "emulator {arguments:?}: {stderr}");
    stdout.into_owned()
}

/// The configuration that audits both example accounts.
pub const BOTH_ACCOUNTS: &str = include_str!("../../localstack/plumbline.toml");

/// The configuration that audits only Club App.
pub const CLUB_APP: &str = r#"
regions = ["us-east-1"]
[[accounts]]
name = "club-app"
role_arn = "arn:aws:iam::111122223333:role/plumbline-audit"
"#;
