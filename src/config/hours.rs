//! Contact hours: whether clients may be contacted at a moment, and when they may be next.

use super::{ContactHours, Hours};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

impl ContactHours {
    /// Whether clients may be contacted at `now`.
    pub fn is_open(&self, now: Timestamp, zone: &TimeZone) -> bool {
        match self {
            ContactHours::Always => true,
            ContactHours::Within(hours) => hours.is_open(now, zone),
        }
    }

    /// The next moment after `now` at which hours begin; `None` when they never close (or name no day).
    pub fn next_opening(&self, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            ContactHours::Always => None,
            ContactHours::Within(hours) => hours.next_opening(now, zone),
        }
    }
}

impl Hours {
    fn is_open(&self, now: Timestamp, zone: &TimeZone) -> bool {
        let local = now.to_zoned(zone.clone()).datetime();
        let (date, time) = (local.date(), local.time());
        let on = |date: Date| self.days.contains(&date.weekday());
        if self.from < self.until {
            return on(date) && self.from <= time && time < self.until;
        }
        // Over midnight: the evening of a day that is on, or the morning after one.
        let yesterday = date.yesterday().unwrap_or(date);
        (on(date) && time >= self.from) || (on(yesterday) && time < self.until)
    }

    fn next_opening(&self, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let today = now.to_zoned(zone.clone()).date();
        (0..=8).find_map(|ahead| {
            let date = today.checked_add((ahead as i64).days()).ok()?;
            let opening = date.to_datetime(self.from).to_zoned(zone.clone()).ok()?.timestamp();
            (self.days.contains(&date.weekday()) && opening > now).then_some(opening)
        })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use jiff::civil::{Weekday, time};

    fn zone() -> TimeZone {
        TimeZone::get("America/New_York").unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn hours(from: i8, until: i8) -> ContactHours {
        let days = vec![Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday, Weekday::Saturday];
        ContactHours::Within(Hours { from: time(from, 0, 0, 0), until: time(until, 0, 0, 0), days })
    }

    #[test]
    fn hours_are_the_firms_own_and_sunday_is_quiet() {
        let hours = hours(8, 20);
        assert!(hours.is_open(at("2026-11-23T13:00:00Z"), &zone()), "Monday 08:00");
        assert!(!hours.is_open(at("2026-11-24T01:00:00Z"), &zone()), "Monday 20:00");
        assert!(!hours.is_open(at("2026-11-22T15:00:00Z"), &zone()), "Sunday 10:00");
        assert_eq!(hours.next_opening(at("2026-11-22T01:30:00Z"), &zone()), Some(at("2026-11-23T13:00:00Z")), "Saturday night to Monday");
    }

    #[test]
    fn hours_over_midnight_belong_to_the_day_they_begin() {
        let hours = hours(20, 2);
        assert!(hours.is_open(at("2026-11-22T05:30:00Z"), &zone()), "Sunday 00:30 is Saturday's night");
        assert!(!hours.is_open(at("2026-11-23T05:30:00Z"), &zone()), "Monday 00:30 is Sunday's night");
    }
}
