//! Times as people read them: in the firm's zone.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// E.g. `Tue 24 Nov 2026, 15:15 CST`.
pub fn shown(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%a %-d %b %Y, %H:%M %Z").to_string()
}

/// The same without the year when it is within half a year of `now`.
pub fn near(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    const HALF_A_YEAR: i64 = 182 * 24 * 60 * 60;
    if (at.as_second() - now.as_second()).abs() > HALF_A_YEAR {
        return shown(at, zone);
    }
    at.to_zoned(zone.clone()).strftime("%a %-d %b, %H:%M %Z").to_string()
}

/// A zone by its name; UTC when it has none.
pub fn zone(name: Option<&str>) -> TimeZone {
    name.and_then(|name| TimeZone::get(name).ok()).unwrap_or(TimeZone::UTC)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_in_the_firms_zone() {
        let chicago = TimeZone::get("America/Chicago").unwrap();
        let at: Timestamp = "2026-11-24T21:15:00Z".parse().unwrap();
        assert_eq!(shown(at, &chicago), "Tue 24 Nov 2026, 15:15 CST");
        assert_eq!(near(at, at, &chicago), "Tue 24 Nov, 15:15 CST");
    }
}
