//! One line of `[schedule]`, behind the name of the firm's zone: `America/New_York 0 3 * * *`.

use casebridge::config::Cron;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// Moments around which clocks change somewhere, and a leap day.
const NEAR: [i64; 6] = [1_772_964_000, 1_793_523_600, 1_774_735_200, 1_791_041_400, 1_775_322_000, 1_835_395_200];

/// A line is no schedule, or has a next time after every moment, in order, none skipped from anywhere between.
pub fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (zone, line) = text.split_once(' ').unwrap_or(("UTC", &text));
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let cron = match Cron::parse(line, &zone) {
        Ok(cron) => cron,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    let again = Cron::parse(cron.text(), &zone).expect("its own text is a schedule");
    for near in NEAR {
        let mut now = Timestamp::from_second(near).expect("a time") - SignedDuration::from_hours(3);
        for _ in 0..6 {
            let next = cron.next_after(now).expect("whatever comes at all comes again before 2100");
            assert!(next > now);
            assert_eq!(next.as_second() % 60, 0, "a schedule fires on the minute");
            assert_eq!(again.next_after(now), Some(next));
            let half = Timestamp::from_second(now.as_second().midpoint(next.as_second())).expect("a time").max(now);
            assert_eq!(cron.next_after(half), Some(next), "{} skips from {half}", cron.text());
            now = next;
        }
    }
}
