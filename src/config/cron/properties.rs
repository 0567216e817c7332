//! Schedules against an oracle that knows neither the crate nor its code: it walks real minutes and looks at the clock on the
//! wall. Near and far from switches, in zones that switch by an hour, by half an hour, at midnight, and not at all.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::Cron;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use proptest::prelude::*;
use std::collections::BTreeSet;

const ZONES: [&str; 12] = [
    "America/Los_Angeles",
    "America/New_York",
    "America/Phoenix",
    "America/Halifax",
    "America/Havana",
    "Pacific/Honolulu",
    "Europe/London",
    "Asia/Beirut",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "UTC",
];

/// So many times of one schedule are compared: enough to come past a switch that is near, also minute by minute.
const COMPARED: usize = 450;

/// A field as it is written and as it is meant. `None`: a star, which restricts nothing.
#[derive(Debug, Clone)]
struct Written {
    text: String,
    values: Option<BTreeSet<i8>>,
}

/// Values up to `to` are written out; a star goes on to `last`.
fn field(from: i8, to: i8, last: i8) -> impl Strategy<Value = Written> {
    let star = Just(Written { text: "*".to_owned(), values: None });
    let one = (from..=to).prop_map(|value| Written { text: value.to_string(), values: Some([value].into()) });
    let list = proptest::collection::vec(from..=to, 1..4).prop_map(|values| Written {
        text: values.iter().map(i8::to_string).collect::<Vec<_>>().join(","),
        values: Some(values.into_iter().collect()),
    });
    let range = (from..=to, from..=to, 1..8_i8).prop_map(move |(a, b, step)| {
        let (low, high) = (a.min(b), a.max(b));
        Written { text: format!("{low}-{high}/{step}"), values: Some((low..=high).step_by(step as usize).collect()) }
    });
    let stepped =
        (2..8_i8).prop_map(move |step| Written { text: format!("*/{step}"), values: Some((from..=last).step_by(step as usize).collect()) });
    prop_oneof![3 => star, 3 => one, 2 => list, 2 => range, 1 => stepped]
}

/// Five fields.
#[derive(Debug, Clone)]
struct Line {
    minute: Written,
    hour: Written,
    day: Written,
    month: Written,
    weekday: Written,
}

fn line() -> impl Strategy<Value = Line> {
    let any_month = prop_oneof![4 => Just(Written { text: "*".to_owned(), values: None }), 1 => field(1, 12, 12)];
    let any_day = |from, to, last| prop_oneof![2 => Just(Written { text: "*".to_owned(), values: None }), 1 => field(from, to, last)];
    (field(0, 59, 59), field(0, 23, 23), any_day(1, 28, 31), any_month, any_day(0, 6, 6))
        .prop_map(|(minute, hour, day, month, weekday)| Line { minute, hour, day, month, weekday })
}

impl Line {
    fn text(&self) -> String {
        let Line { minute, hour, day, month, weekday } = self;
        format!("{} {} {} {} {}", minute.text, hour.text, day.text, month.text, weekday.text)
    }

    /// Whether the clock on the wall shows a time of the schedule. A day of the month and one of the week mean either.
    fn shows(&self, wall: jiff::civil::DateTime) -> bool {
        let has = |field: &Written, value: i8| field.values.as_ref().is_none_or(|values| values.contains(&value));
        let (day, weekday) = (has(&self.day, wall.day()), has(&self.weekday, wall.weekday().to_sunday_zero_offset()));
        // `*/2` begins with a star, so by the rule of old it restricts nothing on its own.
        let restricts = |field: &Written| field.values.is_some() && !field.text.starts_with('*');
        let days = if restricts(&self.day) && restricts(&self.weekday) { day || weekday } else { day && weekday };
        has(&self.minute, wall.minute()) && has(&self.hour, wall.hour()) && has(&self.month, wall.month()) && days
    }

    /// Whether it fires in this very minute.
    fn fires(&self, zone: &TimeZone, now: Timestamp) -> bool {
        let offset = |at: Timestamp| zone.to_offset(at).seconds();
        let wall = zone.to_datetime(now);
        if self.hour.values.as_ref().is_none_or(|hours| hours.len() == 24) {
            return self.shows(wall);
        }
        let (here, before) = (offset(now), offset(now - SignedDuration::from_hours(3)));
        let shift = SignedDuration::from_secs(i64::from((here - before).abs()));
        let just_switched = here != before && offset(now - shift) == before;
        if just_switched && here < before {
            // The clock shows this for the second time.
            return false;
        }
        // So long after a jump the clock would show, had it not jumped, what the schedule may have missed.
        let missed = just_switched && here > before && self.shows(wall.checked_sub(shift).unwrap());
        missed || self.shows(wall)
    }
}

/// Moments within hours of a switch, and any others of twenty years.
fn moment() -> impl Strategy<Value = (TimeZone, Timestamp)> {
    let zone = (0..ZONES.len()).prop_map(|at| crate::config::zone::find(ZONES[at]).unwrap());
    (zone, 1_704_067_200_i64..2_335_219_200, -400_i64..100, any::<bool>()).prop_map(|(zone, second, minutes, near)| {
        let at = Timestamp::from_second(second - second % 60).unwrap();
        let switch = zone.following(at).next().map(|switch| switch.timestamp());
        let at = switch.filter(|_| near).map_or(at, |switch| switch + SignedDuration::from_mins(minutes));
        (zone, at)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_next_times_are_those_that_a_clock_on_the_wall_shows(line in line(), (zone, start) in moment()) {
        let cron = Cron::parse(&line.text(), &zone).unwrap();
        let minutes = (1..=48 * 60).map(|minute| start + SignedDuration::from_mins(minute));
        let expected: Vec<Timestamp> = minutes.filter(|at| line.fires(&zone, *at)).take(COMPARED).collect();
        let until = start + SignedDuration::from_hours(48);
        let fired = std::iter::successors(cron.next_after(start), |at| cron.next_after(*at)).take_while(|at| *at <= until);
        prop_assert_eq!(fired.take(COMPARED).collect::<Vec<_>>(), expected, "{} in {:?}", line.text(), zone.iana_name());
    }

    #[test]
    fn a_daily_job_fires_once_on_every_day_there_is(minute in 0..60_i8, hour in 0..24_i8, (zone, start) in moment()) {
        let cron = Cron::parse(&format!("{minute} {hour} * * *"), &zone).unwrap();
        let first = zone.to_datetime(start).date();
        let until = first.checked_add(12.days()).unwrap();
        let fired = std::iter::successors(cron.next_after(start), |at| cron.next_after(*at));
        let days: Vec<_> = fired.map(|at| zone.to_datetime(at).date()).take_while(|day| *day <= until).filter(|day| *day > first).collect();
        let expected: Vec<_> = first.series(1.day()).skip(1).take_while(|day| *day <= until).collect();
        prop_assert_eq!(days, expected);
    }

    #[test]
    fn the_time_before_the_question_does_not_matter(line in line(), (zone, start) in moment(), seconds in proptest::collection::vec(0..400_000_i64, 1..6)) {
        let cron = Cron::parse(&line.text(), &zone).unwrap();
        let ask = |seconds: i64| (seconds, cron.next_after(start + SignedDuration::from_secs(seconds)).unwrap());
        let mut answers: Vec<_> = seconds.into_iter().map(ask).collect();
        answers.sort_unstable();
        for (seconds, next) in &answers {
            prop_assert!(*next > start + SignedDuration::from_secs(*seconds));
        }
        prop_assert!(answers.is_sorted_by(|(_, one), (_, other)| one <= other), "later asked, earlier answered");
        // From anywhere before a time that comes, and after the last, it is the next one.
        let (from, next) = answers[0];
        let latest = Timestamp::from_nanosecond(next.as_nanosecond() - 1).unwrap();
        prop_assert_eq!(cron.next_after(latest.max(start + SignedDuration::from_secs(from))), Some(next));
    }
}
