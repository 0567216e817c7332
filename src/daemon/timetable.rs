//! When one schedule of one firm starts next: its cron line, moved by the firm's share of the spread. Pure.
//!
//! A *tick* is a time of the cron line, a *start* is the tick plus the firm's offset. `dealt_with` is the moment up to
//! which ticks have been run, skipped or let pass; it only moves forward, so no tick starts two runs, and a tick that
//! fell into downtime starts one.

use crate::config::cron::Cron;
use crate::domain::FirmId;
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// One schedule of one firm.
#[derive(Debug, Clone)]
pub(super) struct Timetable {
    cron: Option<Cron>,
    offset: SignedDuration,
    dealt_with: Timestamp,
    next: Option<Timestamp>,
}

impl Timetable {
    /// A schedule whose ticks up to `dealt_with` need no run any more.
    pub(super) fn new(cron: Option<Cron>, dealt_with: Timestamp) -> Timetable {
        let mut table = Timetable { cron, offset: SignedDuration::ZERO, dealt_with, next: None };
        table.look();
        table
    }

    /// Takes over the line of a changed file. An unchanged line keeps its place; a new one begins with its next time.
    pub(super) fn set(&mut self, cron: Option<Cron>, offset: SignedDuration, now: Timestamp) {
        let key = |cron: &Option<Cron>| cron.as_ref().map(schedule_key);
        let changed = key(&cron) != key(&self.cron);
        (self.cron, self.offset) = (cron, offset);
        if changed {
            self.dealt_with = now;
            self.look();
        }
    }

    /// When the next run starts; it may be in the past, then it is due.
    pub(super) fn start(&self) -> Option<Timestamp> {
        self.next.and_then(|tick| tick.checked_add(self.offset).ok())
    }

    /// The first start after a moment, whatever is due before it.
    pub(super) fn start_after(&self, moment: Timestamp) -> Option<Timestamp> {
        let tick = self.cron.as_ref()?.next_after(moment.checked_sub(self.offset).ok()?.max(self.dealt_with))?;
        tick.checked_add(self.offset).ok()
    }

    /// Every tick whose start is not after `now` is dealt with, however many there were.
    pub(super) fn pass(&mut self, now: Timestamp) {
        let upto = now.checked_sub(self.offset).unwrap_or(now);
        if upto > self.dealt_with {
            self.dealt_with = upto;
            if self.next.is_some_and(|tick| tick <= upto) {
                self.look();
            }
        }
    }

    /// Sets the place anew: after a start of the daemon, or a clock that was put back.
    pub(super) fn rewind(&mut self, dealt_with: Timestamp) {
        self.dealt_with = dealt_with;
        self.look();
    }

    /// The moment up to which ticks are dealt with.
    pub(super) fn dealt_with(&self) -> Timestamp {
        self.dealt_with
    }

    fn look(&mut self) {
        self.next = self.cron.as_ref().and_then(|cron| cron.next_after(self.dealt_with));
    }
}

/// Equal for lines that fire at the same times because they are written the same in the same zone.
pub(super) fn schedule_key(cron: &Cron) -> (String, String) {
    (cron.text().to_owned(), cron.zone().iana_name().unwrap_or("UTC").to_owned())
}

/// A firm's place in the spread: the same on every machine and in every version (FNV-1a), so starts do not wander.
pub(super) fn offset(firm: &FirmId, spread: Duration) -> SignedDuration {
    let hash = firm.as_str().bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    // The low bits of FNV-1a of short names differ too little: mix once.
    let mixed = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    match spread.as_secs() {
        0 => SignedDuration::ZERO,
        seconds => SignedDuration::from_secs(((mixed >> 16) % seconds) as i64),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;

    fn cron(line: &str) -> Option<Cron> {
        Some(Cron::parse(line, &TimeZone::UTC).unwrap())
    }

    fn at(text: &str) -> Timestamp {
        format!("2026-11-23T{text}Z").parse().unwrap()
    }

    #[test]
    fn a_start_is_a_tick_plus_the_firms_offset_and_short_schedules_keep_their_rhythm() {
        let mut table = Timetable::new(cron("*/5 * * * *"), at("09:59:00"));
        table.set(cron("*/5 * * * *"), SignedDuration::from_mins(12), at("09:59:00"));
        assert_eq!(table.start(), Some(at("10:12:00")));
        table.pass(at("10:12:00"));
        assert_eq!(table.start(), Some(at("10:17:00")));
    }

    #[test]
    fn an_offset_that_grows_does_not_start_a_tick_twice() {
        let mut table = Timetable::new(cron("15 21 * * *"), at("20:00:00"));
        table.pass(at("21:15:00"));
        table.set(cron("15 21 * * *"), SignedDuration::from_mins(10), at("21:17:00"));
        assert_eq!(table.start(), Some("2026-11-24T21:25:00Z".parse().unwrap()));
    }

    #[test]
    fn a_new_line_begins_with_its_next_time_and_an_unchanged_one_keeps_what_is_due() {
        let mut table = Timetable::new(cron("0 8 * * *"), at("07:00:00"));
        table.set(cron("0 8 * * *"), SignedDuration::ZERO, at("09:00:00"));
        assert_eq!(table.start(), Some(at("08:00:00")), "due");
        table.set(cron("30 8 * * *"), SignedDuration::ZERO, at("09:00:00"));
        assert_eq!(table.start(), Some("2026-11-24T08:30:00Z".parse().unwrap()));
    }

    #[test]
    fn the_spread_is_stable_and_spreads() {
        let quarter = Duration::from_secs(900);
        let offsets: Vec<i64> = (0..40).map(|n| offset(&format!("firm-{n}").parse().unwrap(), quarter).as_secs()).collect();
        assert!(offsets.iter().all(|seconds| (0..900).contains(seconds)));
        for third in 0..3 {
            assert!(offsets.iter().filter(|seconds| **seconds / 300 == third).count() >= 6, "{offsets:?}");
        }
        assert_eq!(offset(&"acme".parse().unwrap(), quarter), offset(&"acme".parse().unwrap(), quarter));
        assert_eq!(offset(&"acme".parse().unwrap(), Duration::ZERO), SignedDuration::ZERO);
    }
}
