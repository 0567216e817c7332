//! This program once more, as a process of its own, and what a process held and took, as Linux says it: of others under `/proc`
//! (zero where there is no such file), of this one by its clocks.

use rustix::time::{ClockId, clock_gettime};
use serde::de::DeserializeOwned;
use std::error::Error;
use std::fs::read_to_string;
use std::process::{Command, Stdio};

/// Jiffies a second (Linux on every machine that this is for).
const JIFFIES: f64 = 100.0;

/// This process.
pub(crate) const SELF: &str = "self";

/// Runs this program with these words, in a process of its own, and takes what it prints.
pub(crate) fn once_more<T: DeserializeOwned>(words: &[&str]) -> Result<T, Box<dyn Error>> {
    let output = Command::new(std::env::current_exe()?).args(words).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("{} ended with {}", words.join(" "), output.status).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// The most memory it has held so far, in MB: code and the allocator's reserve count, too.
pub(crate) fn peak_mb(process: &str) -> f64 {
    status_mb(process, "VmHWM:")
}

/// The memory it holds now, in MB.
pub(crate) fn memory_mb(process: &str) -> f64 {
    status_mb(process, "VmRSS:")
}

fn status_mb(process: &str, key: &str) -> f64 {
    let status = read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(key));
    line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok()).map_or(0.0, |kb| kb * 1024.0 / 1e6)
}

/// Processor time of all threads of another process so far in seconds, the kernel's part included, to the hundredth.
pub(crate) fn processor(process: &str) -> f64 {
    let stat = read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The command's name stands in brackets and may hold blanks; utime and stime are the twelfth and thirteenth word after it.
    let after = stat.rsplit(')').next().unwrap_or_default();
    after.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / JIFFIES
}

/// Processor time of this thread in seconds, to the nanosecond.
pub(crate) fn thread_processor() -> f64 {
    seconds(ClockId::ThreadCPUTime)
}

/// Processor time of all threads of this process in seconds, the kernel's part included, to the nanosecond.
pub(crate) fn own_processor() -> f64 {
    seconds(ClockId::ProcessCPUTime)
}

fn seconds(clock: ClockId) -> f64 {
    let time = clock_gettime(clock);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}
