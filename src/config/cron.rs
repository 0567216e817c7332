//! Five-field cron as on Unix, in a zone, over the `cron` crate: day numbers, days of month or week, daylight saving.

use jiff::tz::TimeZone;

/// A schedule that has at least one next time.
#[derive(Debug, Clone)]
pub struct Cron {
    text: String,
    zone: TimeZone,
}

impl Cron {
    /// The line as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The zone the line is meant in.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }
}
