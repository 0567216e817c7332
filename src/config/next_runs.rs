//! When a firm's schedules run next, for the end of `check` and for `status`.

use super::{Cron, Firm};
use jiff::{Timestamp, Zoned};

/// The next times of one schedule.
#[derive(Debug, Clone, PartialEq)]
pub struct NextRuns {
    /// `cases`, `changes`, `verify`, `documents` or `messages`.
    pub schedule: &'static str,
    /// In the firm's zone; empty when the schedule is off.
    pub times: Vec<Zoned>,
}

/// The next `count` runs of each schedule after `now`, in the firm's time, in the file's order.
pub fn next_runs(firm: &Firm, now: Timestamp, count: usize) -> Vec<NextRuns> {
    let schedule = &firm.schedule;
    let lines: [(&'static str, &Option<Cron>); 5] = [
        ("cases", &schedule.cases),
        ("changes", &schedule.changes),
        ("verify", &schedule.verify),
        ("documents", &schedule.documents),
        ("messages", &schedule.messages),
    ];
    let zoned = |cron: &Cron| {
        let times = std::iter::successors(cron.next_after(now), |last| cron.next_after(*last));
        times.take(count).map(|time| time.to_zoned(firm.time_zone.clone())).collect()
    };
    lines.map(|(schedule, cron)| NextRuns { schedule, times: cron.as_ref().map(zoned).unwrap_or_default() }).into()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::super::check::samples::{SHORT, check};
    use super::*;

    #[test]
    fn the_next_three_runs_are_told_in_the_firms_time() {
        let firm = check(SHORT).firm.unwrap();
        let runs = next_runs(&firm, "2026-11-23T15:00:00Z".parse().unwrap(), 3);
        let said: Vec<String> = runs[0].times.iter().map(|time| time.strftime("%a %d %b %H:%M").to_string()).collect();
        assert_eq!(said, ["Mon 23 Nov 16:15", "Tue 24 Nov 16:15", "Wed 25 Nov 16:15"]);
        assert!(runs[1].times.is_empty() && runs[4].times.len() == 3);
    }
}
