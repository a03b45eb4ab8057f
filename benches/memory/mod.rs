//! What Linux says of a process's memory.

use std::io;

/// A figure of a process in bytes: `VmRSS` for what it has now, `VmHWM` for the most that it ever had. The process is
/// its number, or `self`.
pub fn bytes(process: &str, figure: &str) -> io::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let value = status.lines().find_map(|line| line.strip_prefix(figure)?.strip_prefix(':'));
    let kilobytes = value.and_then(|value| value.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kilobytes.map(|kilobytes| kilobytes * 1024).ok_or_else(|| io::Error::other(format!("{figure} is not there")))
}
