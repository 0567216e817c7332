//! Times as people write them: in the firm's zone.

pub(super) use crate::domain::{near, shown, zone};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// A time that somebody typed: a day (its first moment), a day and a time, either in `zone`, or with a zone of its own.
pub(super) fn typed(text: &str, zone: &TimeZone) -> Result<Timestamp, String> {
    let text = text.trim();
    let in_zone = |at: DateTime| zone.to_zoned(at).map(|at| at.timestamp());
    if let Ok(at) = text.parse::<Zoned>() {
        return Ok(at.timestamp());
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    // Order matters: a day is also a date and time at midnight, and anything with an offset was taken above.
    let at = text.parse::<Date>().map(|day| day.to_datetime(jiff::civil::Time::midnight()));
    let at = if text.contains([':', 'T']) { text.parse::<DateTime>() } else { at };
    at.and_then(in_zone).map_err(|_| {
        format!("{text:?} is no time: write a day (2026-12-01), a day and a time (2026-12-01T08:00), or one with a zone (2026-12-01T08:00-05:00)")
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn a_day_and_a_time_are_meant_in_the_firms_zone_unless_they_say_otherwise() {
        let chicago = TimeZone::get("America/Chicago").unwrap();
        let at = |text: &str| typed(text, &chicago).unwrap().to_string();
        assert_eq!(at("2026-12-01"), "2026-12-01T06:00:00Z");
        assert_eq!(at("2026-12-01T08:00"), "2026-12-01T14:00:00Z");
        assert_eq!(at("2026-12-01 08:00"), "2026-12-01T14:00:00Z");
        assert_eq!(at("2026-12-01T08:00-05:00"), "2026-12-01T13:00:00Z");
        assert_eq!(at("2026-12-01T08:00Z"), "2026-12-01T08:00:00Z");
        assert_eq!(at("2026-12-01T08:00[America/New_York]"), "2026-12-01T13:00:00Z");
        for bad in ["tomorrow", "2026-13-01", "08:00", ""] {
            assert!(typed(bad, &chicago).is_err(), "{bad}");
        }
    }
}
