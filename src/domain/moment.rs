//! Moments as vendors write them: with an offset, with a blank before it, without one, or a day alone.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// A moment; what bears no offset is UTC, a day alone its midnight there. `None` when it is none.
pub fn moment(text: &str) -> Option<Timestamp> {
    if let Ok(at) = text.parse() {
        return Some(at);
    }
    // "2023-02-13 17:16:19 UTC" and "... -0500": a blank before the offset.
    if let Some((time, zone)) = text.rsplit_once(' ').filter(|(time, _)| time.len() > 10) {
        let zone = if matches!(zone, "UTC" | "GMT" | "Z") { "Z" } else { zone };
        if let Ok(at) = format!("{time}{zone}").parse() {
            return Some(at);
        }
    }
    let civil = text.parse::<DateTime>().ok().or_else(|| text.parse::<Date>().ok().map(|date| date.at(0, 0, 0, 0)))?;
    civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_one_however_it_is_written() {
        let noon: Timestamp = "2026-03-02T12:00:00Z".parse().unwrap();
        let ways = [
            "2026-03-02T12:00:00Z",
            "2026-03-02T07:00:00-05:00",
            "2026-03-02 12:00:00 UTC",
            "2026-03-02 07:00:00 -0500",
            "2026-03-02T12:00:00",
        ];
        assert!(ways.iter().all(|way| moment(way) == Some(noon)), "{:?}", ways.map(moment));
        assert_eq!(moment("2026-03-02"), Some("2026-03-02T00:00:00Z".parse().unwrap()));
        assert!(["", "yesterday", "12"].iter().all(|way| moment(way).is_none()));
    }
}
