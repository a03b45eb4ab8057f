//! What Linux says of a process: its memory, and the processor time that it took.

use std::io;
use std::time::Duration;

/// A figure of a process in bytes: `VmRSS` for what it has now, `VmHWM` for the most that it ever had. The process is
/// its number, or `self`.
pub fn memory(process: &str, figure: &str) -> io::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let value = status.lines().find_map(|line| line.strip_prefix(figure)?.strip_prefix(':'));
    let kilobytes = value.and_then(|value| value.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kilobytes.map(|kilobytes| kilobytes * 1024).ok_or_else(|| io::Error::other(format!("{figure} is not there")))
}

/// The processor time that this thread has had. Unlike a clock it does not count what others do on the machine.
pub fn thread_time() -> io::Result<Duration> {
    let figures = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds = figures.split(' ').next().and_then(|figure| figure.parse().ok());
    nanoseconds.map(Duration::from_nanos).ok_or_else(|| io::Error::other("the scheduler counts no time"))
}

/// The processor time that a process has had, with that of threads that have ended, to a hundredth of a second: the unit
/// in which Linux shows it.
pub fn processor_time(process: &str) -> io::Result<Duration> {
    let figures = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name of the program, in parentheses, may hold spaces. Behind it stand the state and ten more figures before these.
    let behind_name = figures.rsplit(") ").next().unwrap_or_default();
    let times = behind_name.split(' ').skip(11).take(2).map(str::parse::<u64>);
    let hundredths: u64 = times.sum::<Result<_, _>>().map_err(io::Error::other)?;
    Ok(Duration::from_millis(hundredths * 10))
}
