//! Times as people say them to each other, in the firm's zone: "tonight 17:15", "on Monday 08:00", "Friday's".

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// From this hour on an hour of today is tonight.
const EVENING: i8 = 17;

/// Before this hour an hour of today belongs to last night.
const MORNING: i8 = 6;

/// A moment to come: `today 14:00`, `tonight 17:15`, `tomorrow 02:00`, `on Monday 17:15`, `on 24 December 17:15`.
pub(super) fn soon(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let (at, now) = (at.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
    let time = at.strftime("%H:%M");
    match days_between(&now, &at) {
        0 if at.hour() >= EVENING => format!("tonight {time}"),
        0 => format!("today {time}"),
        1 => format!("tomorrow {time}"),
        2..=6 => format!("on {} {time}", at.strftime("%A")),
        _ => format!("on {} {time}", at.strftime("%-d %B")),
    }
}

/// A moment gone by: `14:02` today, `yesterday 14:02`, `Friday 14:02`, `3 November 14:02`.
pub(super) fn past(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let (at, now) = (at.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
    let time = at.strftime("%H:%M");
    match days_between(&at, &now) {
        0 => time.to_string(),
        1 => format!("yesterday {time}"),
        2..=6 => format!("{} {time}", at.strftime("%A")),
        _ => format!("{} {time}", at.strftime("%-d %B")),
    }
}

/// Whose version of a file it is: `Yesterday's version`, `Friday's version`, `The version of 14:02`.
pub(super) fn version(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let (at, now) = (at.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
    match days_between(&at, &now) {
        0 => format!("The version of {}", at.strftime("%H:%M")),
        1 => "Yesterday's version".to_owned(),
        2..=6 => format!("{}'s version", at.strftime("%A")),
        _ => format!("The version of {}", at.strftime("%-d %B %Y")),
    }
}

/// Whose run it was: `Last night's run`, `Today's run (14:02)`, `The run of Friday 21:15`.
pub(super) fn run_of(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let (start, today) = (at.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
    match days_between(&start, &today) {
        0 if start.hour() < MORNING => "Last night's run".to_owned(),
        1 if start.hour() >= EVENING => "Last night's run".to_owned(),
        0 => format!("Today's run ({})", start.strftime("%H:%M")),
        _ => format!("The run of {}", past(at, now, zone)),
    }
}

/// How many midnights lie between.
fn days_between(first: &Zoned, second: &Zoned) -> i32 {
    second.date().since(first.date()).map_or(0, |span| span.get_days())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_as_people_say_them_in_the_firms_zone() {
        let zone = TimeZone::get("America/New_York").unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        // Monday 14:02 in New York.
        let now = at("2026-11-23T19:02:00Z");
        let soon = |text: &str| soon(at(text), now, &zone);
        assert_eq!(soon("2026-11-23T22:15:00Z"), "tonight 17:15");
        assert_eq!(soon("2026-11-23T20:00:00Z"), "today 15:00");
        assert_eq!(soon("2026-11-24T05:30:00Z"), "tomorrow 00:30", "after midnight in the firm's zone");
        assert_eq!(soon("2026-11-27T22:15:00Z"), "on Friday 17:15");
        assert_eq!(soon("2026-12-24T22:15:00Z"), "on 24 December 17:15");
        let past = |text: &str| past(at(text), now, &zone);
        assert_eq!(past("2026-11-23T18:00:00Z"), "13:00");
        assert_eq!(past("2026-11-23T03:00:00Z"), "yesterday 22:00");
        assert_eq!(past("2026-11-20T18:00:00Z"), "Friday 13:00");
        let run_of = |text: &str| run_of(at(text), now, &zone);
        assert_eq!(run_of("2026-11-23T02:15:00Z"), "Last night's run", "Sunday 21:15");
        assert_eq!(run_of("2026-11-23T07:15:00Z"), "Last night's run", "Monday 02:15");
        assert_eq!(run_of("2026-11-23T18:00:00Z"), "Today's run (13:00)");
        assert_eq!(run_of("2026-11-22T18:00:00Z"), "The run of yesterday 13:00");
        let version = |text: &str| version(at(text), now, &zone);
        assert_eq!(version("2026-11-23T18:00:00Z"), "The version of 13:00");
        assert_eq!(version("2026-11-22T18:00:00Z"), "Yesterday's version");
        assert_eq!(version("2026-10-01T18:00:00Z"), "The version of 1 October 2026");
    }
}
