//! Schedules as people write them, over both daylight-saving switches of several zones.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::*;
use proptest::prelude::*;

fn zone(name: &str) -> TimeZone {
    crate::config::zone::find(name).unwrap()
}

/// The next `count` times after a moment, in the zone.
fn times(line: &str, name: &str, after: &str, count: usize) -> Vec<String> {
    let zone = zone(name);
    let cron = Cron::parse(line, &zone).unwrap();
    let mut now: Timestamp = after.parse().unwrap();
    let step = |_| {
        now = cron.next_after(now).unwrap();
        now.to_zoned(cron.zone().clone()).strftime("%a %Y-%m-%d %H:%M %Z").to_string()
    };
    (0..count).map(step).collect()
}

#[test]
fn days_of_the_week_count_as_on_unix() {
    for (line, day) in [("0 9 * * 0", "Sun"), ("0 9 * * 7", "Sun"), ("0 9 * * 1", "Mon"), ("0 9 * * sat", "Sat"), ("0 9 * * 6", "Sat")] {
        assert!(times(line, "UTC", "2026-03-04T00:00:00Z", 1)[0].starts_with(day), "{line}");
    }
    let weekdays: Vec<String> = times("0 9 * * 1-5", "UTC", "2026-03-06T12:00:00Z", 2).iter().map(|t| t[..14].to_owned()).collect();
    assert_eq!(weekdays, ["Mon 2026-03-09", "Tue 2026-03-10"]);
}

#[test]
fn ranges_run_over_the_end_of_the_week_the_day_and_the_year() {
    let week: Vec<String> = times("0 9 * * FRI-MON", "UTC", "2026-03-04T00:00:00Z", 5).iter().map(|t| t[..3].to_owned()).collect();
    assert_eq!(week, ["Fri", "Sat", "Sun", "Mon", "Fri"]);
    let night: Vec<String> = times("0 22-2/2 * * *", "UTC", "2026-03-04T12:00:00Z", 4).iter().map(|t| t[15..20].to_owned()).collect();
    assert_eq!(night, ["22:00", "00:00", "02:00", "22:00"]);
    assert!(times("0 0 1 nov-feb *", "UTC", "2026-03-04T12:00:00Z", 1)[0].contains("2026-11-01"));
}

#[test]
fn a_day_of_the_month_and_a_day_of_the_week_mean_either() {
    let days: Vec<String> = times("0 0 15 * MON", "UTC", "2026-06-01T12:00:00Z", 3).iter().map(|t| t[..14].to_owned()).collect();
    assert_eq!(days, ["Mon 2026-06-08", "Mon 2026-06-15", "Mon 2026-06-22"]);
    let days: Vec<String> = times("0 0 17 * MON", "UTC", "2026-06-14T12:00:00Z", 3).iter().map(|t| t[..14].to_owned()).collect();
    assert_eq!(days, ["Mon 2026-06-15", "Wed 2026-06-17", "Mon 2026-06-22"]);
}

#[test]
fn a_zone_may_follow_the_five_fields() {
    assert_eq!(times("15 21 * * * UTC", "America/New_York", "2026-03-04T00:00:00Z", 1), ["Wed 2026-03-04 21:15 UTC"]);
    assert_eq!(times("15 21 * * *", "America/New_York", "2026-03-04T12:00:00Z", 1), ["Wed 2026-03-04 21:15 EST"]);
}

#[test]
fn a_time_that_the_clocks_jump_over_comes_later_once() {
    let la = times("30 2 * * *", "America/Los_Angeles", "2026-03-07T12:00:00Z", 2);
    assert_eq!(la, ["Sun 2026-03-08 03:30 PDT", "Mon 2026-03-09 02:30 PDT"]);
    let beirut = times("0 0 * * *", "Asia/Beirut", "2026-03-28T12:00:00Z", 2);
    assert_eq!(beirut, ["Sun 2026-03-29 01:00 EEST", "Mon 2026-03-30 00:00 EEST"]);
    let lord_howe = times("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00Z", 2);
    assert_eq!(lord_howe, ["Sun 2026-10-04 02:45 +11", "Mon 2026-10-05 02:15 +11"]);
}

#[test]
fn a_time_that_comes_twice_is_taken_the_first_time() {
    let la = times("30 1 * * *", "America/Los_Angeles", "2026-11-01T00:00:00Z", 2);
    assert_eq!(la, ["Sun 2026-11-01 01:30 PDT", "Mon 2026-11-02 01:30 PST"]);
    // Asked between the two, the second is not taken for the first.
    assert_eq!(times("30 1 * * *", "America/Los_Angeles", "2026-11-01T09:00:00Z", 1), ["Mon 2026-11-02 01:30 PST"]);
}

#[test]
fn an_hourly_schedule_counts_real_hours_over_both_switches() {
    let fold = times("*/30 * * * *", "America/Los_Angeles", "2026-11-01T07:59:00Z", 5);
    let hours: Vec<&str> = fold.iter().map(|time| &time[15..]).collect();
    assert_eq!(hours, ["01:00 PDT", "01:30 PDT", "01:00 PST", "01:30 PST", "02:00 PST"]);
    let gap = times("0 * * * *", "America/Los_Angeles", "2026-03-08T08:30:00Z", 3);
    let hours: Vec<&str> = gap.iter().map(|time| &time[15..]).collect();
    assert_eq!(hours, ["01:00 PST", "03:00 PDT", "04:00 PDT"]);
}

#[test]
fn what_is_no_schedule_is_refused_in_words() {
    let said = |line: &str| Cron::parse(line, &TimeZone::UTC).unwrap_err().to_string();
    insta::assert_snapshot!(
        ["0 3 * *", "0 0 3 * * *", "@daily", "61 * * * *", "*/90 * * * *", "0 3 * * FUN", "0 0 31 2 *", "0 3 * * * Mars/Base", "0 3-  * * *", "*/0 * * * *", ""]
            .map(said).join("\n"),
        @r#"
    a schedule has five fields (minute hour day-of-month month day-of-week), but "0 3 * *" has 4
    "0 0 3 * * *" has 6 fields: leave out the seconds and the year; a schedule starts with the minute
    "@daily" is a nickname: write the five fields, e.g. "0 3 * * *" for every night at three
    "61" is no minute: "61" is not one of 0 to 59
    "*/90" is no minute: the step behind "/" must be a number from 1 to 60; what is wanted less often goes into the next field
    "FUN" is no day of the week: "FUN" is not one of 0 to 7 (0 and 7 are Sunday) or SUN to SAT
    "0 0 31 2 *" never comes: no year has such a day
    "Mars/Base" is no time zone: write one like "UTC" or "America/New_York" behind the five fields, or nothing
    "3-" is no hour: a number is missing
    "*/0" is no minute: the step behind "/" must be a number from 1 to 60; what is wanted less often goes into the next field
    a schedule has five fields (minute hour day-of-month month day-of-week), but "" has 0
    "#);
    assert!(Cron::parse("0 0 29 2 *", &TimeZone::UTC).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn the_next_time_is_later_and_never_runs_backwards(
        minute in prop_oneof![Just("*"), Just("*/7"), Just("30"), Just("0,30"), Just("45-15")],
        hour in prop_oneof![Just("*"), Just("1"), Just("2"), Just("0-3"), Just("*/5")],
        day in prop_oneof![Just("*"), Just("1"), Just("*/2")],
        weekday in prop_oneof![Just("*"), Just("0"), Just("SAT-MON")],
        name in prop_oneof![Just("America/Los_Angeles"), Just("Asia/Beirut"), Just("Australia/Lord_Howe"), Just("UTC")],
        near in prop_oneof![Just(1_772_964_000_i64), Just(1_793_523_600), Just(1_774_735_200), Just(1_791_041_400)],
        seconds in -20_000_i64..20_000,
        later in 0_i64..9_000,
    ) {
        let cron = Cron::parse(&format!("{minute} {hour} {day} * {weekday}"), &zone(name)).unwrap();
        let after = Timestamp::from_second(near + seconds).unwrap();
        let next = cron.next_after(after).unwrap();
        prop_assert!(next > after);
        let other = cron.next_after(Timestamp::from_second(near + seconds + later).unwrap()).unwrap();
        prop_assert!(other >= next);
        // Nothing lies between: asking from anywhere before the next time gives the next time.
        let between = Timestamp::from_second(after.as_second() + (next.as_second() - after.as_second()) / 2).unwrap();
        prop_assert_eq!(cron.next_after(between.max(after)), Some(next));
    }
}

#[test]
fn firms_with_the_same_line_share_its_schedule_and_keep_their_zones() {
    let (east, west) = (Cron::parse("15 21 * * *", &zone("America/New_York")).unwrap(), Cron::parse("15 21 * * *", &zone("UTC")).unwrap());
    assert!(Arc::ptr_eq(&east.schedules, &west.schedules));
    assert_ne!(east.next_after(Timestamp::UNIX_EPOCH), west.next_after(Timestamp::UNIX_EPOCH));
    let other = Cron::parse("16 21 * * *", &zone("UTC")).unwrap();
    assert!(!Arc::ptr_eq(&other.schedules, &west.schedules));
}
