//! From when on what clients gave counts. Pure.

use crate::config::Since;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// The portal says when an item came by its own clock, in whole seconds, and ours may be ahead of it: what came within this
/// long before the connection is carried rather than lost.
const CLOCKS_APART: SignedDuration = SignedDuration::from_mins(1);

/// Items from before this moment are left alone; `None`: none are. A day begins in the firm's zone.
pub(super) fn cutoff(since: Since, connected: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    match since {
        Since::Connected => Some(connected - CLOCKS_APART),
        Since::Day(date) => Some(date.to_zoned(zone.clone()).map_or(connected, |day| day.timestamp())),
        Since::Everything => None,
    }
}

/// Whether the file now wants older items than when the list was last read.
pub(super) fn wants_older(before: Option<Timestamp>, now: Option<Timestamp>) -> bool {
    match (before, now) {
        (Some(_), None) => true,
        (Some(before), Some(now)) => now < before,
        (None, _) => false,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_where_the_firm_is() {
        let connected: Timestamp = "2026-03-02T15:00:00Z".parse().unwrap();
        let zone = TimeZone::get("America/Chicago").unwrap();
        let day = Since::Day("2026-02-01".parse().unwrap());
        assert_eq!(cutoff(day, connected, &zone), Some("2026-02-01T06:00:00Z".parse().unwrap()));
        assert_eq!(cutoff(Since::Connected, connected, &zone), Some("2026-03-02T14:59:00Z".parse().unwrap()), "clocks differ");
        assert_eq!(cutoff(Since::Everything, connected, &zone), None);
    }

    #[test]
    fn only_an_earlier_beginning_wants_older_items() {
        let (early, late) = (Some("2026-01-01T00:00:00Z".parse().unwrap()), Some("2026-02-01T00:00:00Z".parse().unwrap()));
        assert!(wants_older(late, early) && wants_older(late, None));
        assert!(!wants_older(early, late) && !wants_older(None, early) && !wants_older(late, late) && !wants_older(None, None));
    }
}
