//! What the benchmarks share: the most memory held, the example firm, the printing. Asserts nothing about time.

/// The example firm's file.
pub(crate) const FIRM: &str = include_str!("../../examples/case-status/harlow-pike.firm.toml");
/// Its id.
pub(crate) const FIRM_ID: &str = "harlow-pike";

/// The most memory a process has held so far, in MB (Linux: VmHWM, so code and the allocator's reserve count, too).
pub(crate) fn peak_mb(process: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok()).map_or(0.0, |kb| kb / 1000.0)
}

/// Prints a figure, with the goal beside it.
pub(crate) fn figure(what: &str, value: &str, goal: &str) {
    println!("{what:<50} {value:>14}   {goal}");
}
