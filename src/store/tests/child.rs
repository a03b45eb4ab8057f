//! Tests that need another process run this test binary again, for one test only, which does its part there.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};

/// Tells a test of this binary that it is the other process, and with which store.
const STORE: &str = "PLUMBLINE_TEST_CHILD_STORE";

/// The store of the other process, if this is it.
pub(super) fn store_path() -> Option<std::path::PathBuf> {
    std::env::var_os(STORE).map(Into::into)
}

/// This test binary again, for one test.
pub(super) fn command(test: &str, store: &Path) -> Command {
    let mut command = Command::new(this_binary());
    for_test(&mut command, test, store);
    command
}

/// Runs one test as a user without rights. Root may write everywhere, so a root that runs the tests turns into `nobody`,
/// who reaches the binary through its open file and not through its path.
#[cfg(target_os = "linux")]
pub(super) fn run_unprivileged(test: &str, store: &Path) {
    use std::os::fd::AsRawFd;
    use std::os::unix::fs::MetadataExt;
    use std::os::unix::process::CommandExt;

    const NOBODY: u32 = 65534;
    let binary = File::open(this_binary()).unwrap();
    let mut command = Command::new(format!("/proc/self/fd/{}", binary.as_raw_fd()));
    for_test(&mut command, test, store);
    if std::fs::metadata("/proc/self").unwrap().uid() == 0 {
        command.current_dir("/").uid(NOBODY).gid(NOBODY);
    }
    let output = command.stderr(Stdio::piped()).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

/// Runs one test with a disk of this many KiB, in which the store lies. Says so and does nothing where mounting is not allowed.
#[cfg(target_os = "linux")]
pub(super) fn run_on_small_disk(test: &str, folder: &Path, kib: u32) {
    let mut command = Command::new("unshare");
    let mount = format!("mount -t tmpfs -o size={kib}k,mode=777 tmpfs \"$0\" || exit 77; exec \"$@\"");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", &mount]).arg(folder);
    command.arg(std::env::current_exe().unwrap());
    for_test(&mut command, test, &folder.join("plumbline.db"));
    match command.stderr(Stdio::piped()).output() {
        Ok(output) if output.status.success() => {
            let text = String::from_utf8_lossy(&output.stdout);
            assert!(text.contains("1 passed"), "{text}");
        }
        Ok(output) if output.status.code() == Some(101) => {
            panic!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        }
        other => eprintln!("SKIPPED {test}: no small disk can be mounted here ({other:?})"),
    }
}

/// The running binary, even if it was rebuilt since.
fn this_binary() -> std::path::PathBuf {
    if cfg!(target_os = "linux") { "/proc/self/exe".into() } else { std::env::current_exe().unwrap() }
}

fn for_test(command: &mut Command, test: &str, store: &Path) {
    command
        .args([&format!("store::tests::{test}"), "--exact", "--nocapture", "--test-threads=1"])
        .env(STORE, store)
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
}
