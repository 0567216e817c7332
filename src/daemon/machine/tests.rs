//! The machine's rules, with plain times and no clock.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod lanes;
mod random;
mod upkeep;

use super::*;
use crate::config::{ContactHours, Hours, Schedule};
use crate::operations::Connection;
use jiff::civil::{Weekday, time};
use jiff::tz::TimeZone;

fn at(text: &str) -> Timestamp {
    if text.contains('T') { text.parse().unwrap() } else { format!("2026-11-23T{text}:00Z").parse().unwrap() }
}

fn id(text: &str) -> FirmId {
    text.parse().unwrap()
}

fn spec(cases: &str) -> FirmSpec {
    of(Schedule { cases: cron(cases), ..nothing() })
}

fn of(schedule: Schedule) -> FirmSpec {
    FirmSpec { active: true, schedule, hours: ContactHours::Always, zone: TimeZone::UTC }
}

fn nothing() -> Schedule {
    Schedule { cases: None, changes: None, verify: None, documents: None, messages: None }
}

fn cron(line: &str) -> Option<Cron> {
    Some(Cron::parse(line, &TimeZone::UTC).unwrap())
}

fn with_verify(cases: &str, verify: &str) -> FirmSpec {
    of(Schedule { cases: cron(cases), verify: cron(verify), ..nothing() })
}

fn standing() -> Standing {
    Standing {
        connection: Connection::Connected,
        pause: None,
        last: LastRuns::default(),
        later: false,
        renew_at: None,
        remind_at: None,
        remind_plan_at: None,
    }
}

/// The last nightly run ended then.
fn last(cases: &str) -> LastRuns {
    LastRuns { cases: Some(at(cases)), ..LastRuns::default() }
}

/// A machine with the firms' specs, all states open, as of `now`.
struct Rig {
    machine: Machine,
    specs: BTreeMap<FirmId, FirmSpec>,
}

impl Rig {
    fn new(firms: &[(&str, FirmSpec)], now: &str) -> Rig {
        Rig::with(firms, now, |_| standing())
    }

    fn with(firms: &[(&str, FirmSpec)], now: &str, standing: impl Fn(&str) -> Standing) -> Rig {
        let rules = Rules { firms_at_once: 2, spread: Duration::from_secs(900), edit_settle: Duration::from_secs(900) };
        let specs: BTreeMap<FirmId, FirmSpec> = firms.iter().map(|(firm, spec)| (id(firm), spec.clone())).collect();
        let mut rig = Rig { machine: Machine::new(rules), specs };
        assert!(rig.starts(rig.look(|_| (false, false)), now).is_empty(), "nothing runs before a state is open");
        for (firm, _) in firms {
            let started = rig.starts(Event::Standing(id(firm), Box::new(standing(firm))), now);
            assert!(started.is_empty() || standing(firm) != self::standing(), "{started:?}");
        }
        rig
    }

    fn look(&self, changed_alters: impl Fn(&str) -> (bool, bool)) -> Event {
        let news = |(firm, spec): (&FirmId, &FirmSpec)| {
            let (changed, alters) = changed_alters(firm.as_str());
            (firm.clone(), News { spec: Some(spec.clone()), changed, alters, accepted_at: None })
        };
        Event::Folder(self.specs.iter().map(news).collect())
    }

    fn edit(&mut self, firm: &str, spec: FirmSpec) -> Event {
        self.specs.insert(id(firm), spec);
        self.look(|other| (other == firm, false))
    }

    fn handle(&mut self, event: Event, now: &str) -> Vec<Action> {
        self.machine.handle(event, at(now))
    }

    fn starts(&mut self, event: Event, now: &str) -> Vec<(String, Trigger)> {
        let actions = self.handle(event, now);
        let start = |action| match action {
            Action::StartRun { firm, trigger } => Some((firm.to_string(), trigger)),
            _ => None,
        };
        actions.into_iter().filter_map(start).collect()
    }

    fn tick(&mut self, now: &str) -> Vec<(String, Trigger)> {
        self.starts(Event::Tick, now)
    }

    /// The run of cases has ended.
    fn ended(&mut self, firm: &str, now: &str) -> Vec<(String, Trigger)> {
        self.over(firm, Trigger::Schedule, now)
    }

    fn over(&mut self, firm: &str, trigger: Trigger, now: &str) -> Vec<(String, Trigger)> {
        self.starts(Event::RunEnded { firm: id(firm), trigger, later: Some(false) }, now)
    }

    fn next(&self, firm: &str, now: &str) -> Option<Timestamp> {
        self.machine.next_runs(&id(firm), at(now)).cases
    }
}

fn acme(trigger: Trigger) -> Vec<(String, Trigger)> {
    vec![("acme".to_owned(), trigger)]
}

#[test]
fn a_firm_alone_with_its_schedule_starts_on_the_minute_and_the_machine_asks_to_be_woken_then() {
    let mut rig = Rig::new(&[("acme", spec("15 21 * * *"))], "20:00");
    assert!(rig.handle(Event::Tick, "20:01").contains(&Action::Wake(at("21:15"))));
    assert!(rig.tick("21:14").is_empty());
    assert_eq!(rig.tick("21:15"), acme(Trigger::Schedule));
    assert!(rig.tick("21:16").is_empty(), "once");
    assert!(rig.ended("acme", "21:20").is_empty());
    assert_eq!(rig.next("acme", "21:20"), Some(at("2026-11-24T21:15:00Z")));
}

#[test]
fn firms_with_one_schedule_are_spread_and_a_lone_one_is_not() {
    let firms = [("acme", spec("15 21 * * *")), ("beta", spec("15 21 * * *")), ("gamma", spec("0 22 * * *"))];
    let rig = Rig::new(&firms, "20:00");
    let starts: Vec<Timestamp> = ["acme", "beta"].iter().map(|firm| rig.next(firm, "20:00").unwrap()).collect();
    assert_ne!(starts[0], starts[1]);
    assert!(starts.iter().all(|start| *start >= at("21:15") && *start < at("21:30")), "{starts:?}");
    assert_eq!(rig.next("gamma", "20:00"), Some(at("22:00")));
}

#[test]
fn at_most_so_many_firms_run_at_once_and_who_waits_longest_is_next() {
    let firms = [("a", spec("0 8 * * *")), ("b", spec("5 8 * * *")), ("c", spec("6 8 * * *")), ("d", spec("4 8 * * *"))];
    let mut rig = Rig::new(&firms, "07:00");
    let started: Vec<String> = rig.tick("08:10").into_iter().map(|(firm, _)| firm).collect();
    assert_eq!(started, ["a", "d"]);
    assert_eq!(rig.ended("a", "08:11"), [("b".to_owned(), Trigger::Schedule)]);
    assert_eq!(rig.ended("d", "08:12"), [("c".to_owned(), Trigger::Schedule)]);
}

#[test]
fn a_tick_is_skipped_and_counted_while_the_last_run_still_runs() {
    let mut rig = Rig::new(&[("acme", spec("*/10 * * * *"))], "07:55");
    assert_eq!(rig.tick("08:00"), acme(Trigger::Schedule));
    let skipped = Action::Skipped { firm: id("acme"), trigger: Trigger::Schedule };
    assert!(rig.handle(Event::Tick, "08:10").contains(&skipped));
    assert_eq!(rig.machine.skipped(&id("acme")), 1);
    assert!(rig.ended("acme", "08:12").is_empty(), "a skipped tick is not made up for");
    assert_eq!(rig.tick("08:20"), acme(Trigger::Schedule));
}

#[test]
fn two_schedules_that_meet_are_one_verify_run() {
    let mut rig = Rig::new(&[("acme", with_verify("0 10 * * *", "0 10 * * 1"))], "09:00");
    assert_eq!(rig.tick("10:00"), acme(Trigger::Verify));
    assert!(rig.ended("acme", "10:05").is_empty());
    assert_eq!(rig.machine.skipped(&id("acme")), 0);
}

#[test]
fn a_verify_tick_waits_for_the_cases_run_under_way() {
    let mut rig = Rig::new(&[("acme", with_verify("0 10 * * *", "5 10 * * 1"))], "09:00");
    assert_eq!(rig.tick("10:00"), acme(Trigger::Schedule));
    assert!(rig.tick("10:05").is_empty());
    assert_eq!(rig.ended("acme", "10:07"), acme(Trigger::Verify));
}

#[test]
fn a_run_by_hand_starts_at_once_uncounted_and_a_tick_waits_for_its_end() {
    let mut rig = Rig::new(&[("acme", spec("0 8 * * *"))], "07:50");
    assert!(rig.starts(Event::AskBegan { firm: id("acme"), lane: LaneName::Cases }, "07:59").is_empty());
    assert!(rig.tick("08:00").is_empty());
    let ended = Event::AskEnded { firm: id("acme"), lane: LaneName::Cases, later: None };
    assert_eq!(rig.starts(ended, "08:03"), acme(Trigger::Schedule));
}

#[test]
fn a_run_missed_in_downtime_is_made_up_for_once_and_one_that_was_made_is_not() {
    let last = |text: &str| Standing { last: last(text), ..standing() };
    let firms = [("acme", spec("15 21 * * *"))];
    let mut rig = Rig::with(&firms, "20:59", |_| standing());
    assert!(rig.tick("21:00").is_empty(), "a firm that never ran has missed nothing");

    let mut rig = Rig { machine: Machine::new(rig.machine.rules), specs: rig.specs };
    let _ = rig.handle(rig.look(|_| (false, false)), "09:00");
    let restarted = Event::Standing(id("acme"), Box::new(last("2026-11-19T21:16:00Z")));
    assert_eq!(rig.starts(restarted, "09:00"), acme(Trigger::Schedule), "three nights missed, one run");
    assert!(rig.ended("acme", "09:05").is_empty());

    let mut rig = Rig { machine: Machine::new(rig.machine.rules), specs: rig.specs };
    let _ = rig.handle(rig.look(|_| (false, false)), "09:00");
    assert!(rig.starts(Event::Standing(id("acme"), Box::new(last("2026-11-22T21:16:00Z"))), "09:00").is_empty());
}

#[test]
fn a_leap_of_the_clock_forward_starts_one_run() {
    let mut rig = Rig::new(&[("acme", spec("0 * * * *"))], "07:50");
    assert_eq!(rig.tick("12:30"), acme(Trigger::Schedule));
    assert!(rig.ended("acme", "12:31").is_empty());
    assert_eq!(rig.next("acme", "12:31"), Some(at("13:00")));
}

#[test]
fn a_clock_put_back_a_little_repeats_nothing_and_one_put_back_far_does_not_stop_the_schedule() {
    let mut rig = Rig::new(&[("acme", spec("0 * * * *"))], "07:50");
    assert_eq!(rig.tick("08:00"), acme(Trigger::Schedule));
    assert!(rig.ended("acme", "08:01").is_empty());
    assert!(rig.tick("07:58").is_empty());
    assert!(rig.tick("08:00").is_empty(), "08:00 has been run");

    assert!(rig.tick("2031-01-01T00:30:00Z").len() == 1);
    assert!(rig.ended("acme", "2031-01-01T00:31:00Z").is_empty());
    assert!(rig.tick("08:10").is_empty());
    assert_eq!(rig.tick("09:00"), acme(Trigger::Schedule), "not only in 2031");
}

#[test]
fn daylight_saving_neither_loses_nor_doubles_a_nightly_run() {
    let zone = TimeZone::get("America/New_York").unwrap();
    let nightly = of(Schedule { cases: Some(Cron::parse("30 1 * * *", &zone).unwrap()), ..nothing() });
    let mut rig = Rig::new(&[("acme", nightly)], "2026-10-31T12:00:00Z");
    let mut runs = Vec::new();
    let mut now = at("2026-10-31T12:00:00Z");
    while now < at("2026-11-02T12:00:00Z") {
        if rig.machine.handle(Event::Tick, now).iter().any(|action| matches!(action, Action::StartRun { .. })) {
            runs.push(now.to_string());
            let _ = rig.machine.handle(Event::RunEnded { firm: id("acme"), trigger: Trigger::Schedule, later: Some(false) }, now);
        }
        now = now.checked_add(SignedDuration::from_mins(10)).unwrap();
    }
    assert_eq!(runs, ["2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"], "01:30 comes twice on the 1st");
}

#[test]
fn inactive_and_unconnected_firms_do_not_run_and_begin_with_the_next_tick_once_they_may() {
    let asleep = FirmSpec { active: false, ..spec("0 8 * * *") };
    let mut rig = Rig::new(&[("acme", asleep)], "07:00");
    assert!(rig.tick("08:01").is_empty());
    assert_eq!(rig.next("acme", "08:01"), None);
    let woken = rig.edit("acme", spec("0 8 * * *"));
    assert!(rig.starts(woken, "2026-11-24T10:00:00Z").is_empty(), "what passed while inactive has passed");
    assert_eq!(rig.next("acme", "2026-11-24T10:00:00Z"), Some(at("2026-11-25T08:00:00Z")));

    let off = |_: &str| Standing { connection: Connection::Reconnect, ..standing() };
    let mut rig = Rig::with(&[("acme", spec("0 8 * * *"))], "07:00", off);
    assert!(rig.tick("08:00").is_empty());
    assert!(rig.starts(Event::Standing(id("acme"), Box::new(standing())), "09:00").is_empty());
    assert_eq!(rig.next("acme", "09:00"), Some(at("2026-11-24T08:00:00Z")));
}

#[test]
fn a_pause_ends_by_itself() {
    let paused = |_: &str| Standing { pause: Some(Pause { until: Some(at("08:30")) }), ..standing() };
    let mut rig = Rig::with(&[("acme", spec("0 * * * *"))], "07:30", paused);
    assert_eq!(rig.next("acme", "07:30"), Some(at("09:00")), "the first after the pause");
    let actions = rig.handle(Event::Tick, "08:00");
    assert_eq!(actions, [Action::Wake(at("08:30"))]);
    let actions = rig.handle(Event::Tick, "08:30");
    assert_eq!(actions, [Action::EndPause(id("acme")), Action::Wake(at("09:00"))]);
    assert_eq!(rig.tick("09:00"), acme(Trigger::Schedule));
}

#[test]
fn a_pause_without_end_lasts_until_somebody_resumes() {
    let paused = |_: &str| Standing { pause: Some(Pause { until: None }), ..standing() };
    let mut rig = Rig::with(&[("acme", spec("0 * * * *"))], "07:30", paused);
    assert!(rig.tick("12:00").is_empty());
    assert_eq!(rig.next("acme", "12:00"), None);
    assert!(rig.starts(Event::Standing(id("acme"), Box::new(standing())), "12:10").is_empty());
    assert_eq!(rig.tick("13:00"), acme(Trigger::Schedule));
}

#[test]
fn after_an_edit_that_alters_what_clients_see_runs_wait_until_the_file_was_quiet() {
    let mut rig = Rig::new(&[("acme", spec("0 8 * * *"))], "07:30");
    let altering = rig.look(|_| (true, true));
    assert!(rig.starts(altering, "07:50").is_empty());
    assert_eq!(rig.next("acme", "07:51"), Some(at("08:05")));
    let actions = rig.handle(Event::Tick, "08:00");
    assert_eq!(actions, [Action::Wake(at("08:05"))], "due, and waiting");
    let touched = rig.look(|_| (true, false));
    assert!(rig.starts(touched, "08:02").is_empty());
    assert!(rig.tick("08:05").is_empty(), "any further edit makes it wait anew");
    assert_eq!(rig.tick("08:17"), acme(Trigger::Schedule));
}

#[test]
fn an_edit_that_alters_nothing_clients_see_delays_nothing() {
    let mut rig = Rig::new(&[("acme", spec("0 8 * * *"))], "07:30");
    let comment = rig.look(|_| (true, false));
    assert!(rig.starts(comment, "07:59").is_empty());
    assert_eq!(rig.tick("08:00"), acme(Trigger::Schedule));
}

#[test]
fn a_restart_shortly_after_an_accepted_edit_still_waits() {
    let mut machine = Machine::new(Rules { firms_at_once: 1, spread: Duration::ZERO, edit_settle: Duration::from_secs(900) });
    let news = News { spec: Some(spec("0 8 * * *")), changed: false, alters: false, accepted_at: Some(at("07:55")) };
    let _ = machine.handle(Event::Folder(BTreeMap::from([(id("acme"), news)])), at("07:58"));
    let _ = machine.handle(Event::Standing(id("acme"), Box::new(standing())), at("07:58"));
    assert_eq!(machine.settles_until(&id("acme"), at("08:00")), Some(at("08:10")));
    assert!(!machine.handle(Event::Tick, at("08:01")).iter().any(|action| matches!(action, Action::StartRun { .. })));
}

#[test]
fn cases_left_for_contact_hours_are_followed_up_when_they_begin() {
    let hours = Hours { from: time(8, 0, 0, 0), until: time(20, 0, 0, 0), days: vec![Weekday::Monday, Weekday::Tuesday] };
    let office = FirmSpec { hours: ContactHours::Within(hours), ..spec("15 21 * * *") };
    let mut rig = Rig::new(&[("acme", office.clone())], "20:00");
    assert_eq!(rig.tick("21:15"), acme(Trigger::Schedule));
    let left = Event::RunEnded { firm: id("acme"), trigger: Trigger::Schedule, later: Some(true) };
    assert!(rig.handle(left, "21:20").contains(&Action::Wake(at("2026-11-24T08:00:00Z"))));
    assert_eq!(rig.tick("2026-11-24T08:00:00Z"), acme(Trigger::ContactHours));
    assert!(rig.ended("acme", "2026-11-24T08:01:00Z").is_empty());
    assert!(rig.tick("2026-11-24T09:00:00Z").is_empty(), "once");

    let left = |_: &str| Standing { later: true, last: last("21:20"), ..standing() };
    let mut rig = Rig::with(&[("acme", office)], "22:00", left);
    assert_eq!(rig.tick("2026-11-24T08:00:00Z"), acme(Trigger::ContactHours), "also across a restart");
}

#[test]
fn a_file_gone_in_two_looks_stops_its_firm_and_one_that_comes_back_between_does_not() {
    let mut rig = Rig::new(&[("acme", spec("0 8 * * *")), ("beta", spec("30 9 * * *"))], "07:00");
    let whole = rig.look(|_| (false, false));
    let acme = rig.specs.remove(&id("acme")).unwrap();
    let without = rig.look(|_| (false, false));
    let actions = rig.handle(without.clone(), "07:10");
    assert!(actions.contains(&Action::ReadFolder(at("2026-11-23T07:10:02Z"))), "{actions:?}");
    let actions = rig.handle(without.clone(), "2026-11-23T07:10:00.3Z");
    assert!(!actions.contains(&Action::Gone(id("acme"))), "two looks at once are one");
    let _ = rig.handle(whole.clone(), "2026-11-23T07:10:01Z");
    let _ = rig.handle(without.clone(), "2026-11-23T07:10:02Z");
    assert!(!rig.machine.is_gone(&id("acme")));
    assert!(rig.handle(without, "2026-11-23T07:10:04Z").contains(&Action::Gone(id("acme"))));
    assert!(rig.tick("08:00").is_empty());
    rig.specs.insert(id("acme"), acme);
    assert!(rig.starts(whole, "08:30").is_empty(), "what passed meanwhile has passed");
    assert_eq!(rig.tick("09:30"), [("beta".to_owned(), Trigger::Schedule)]);
    assert_eq!(rig.next("acme", "09:30"), Some(at("2026-11-24T08:00:00Z")));
}

#[test]
fn a_state_held_by_another_process_is_asked_for_again_although_the_clock_is_put_back() {
    let mut rig = Rig::new(&[("acme", spec("0 8 * * *"))], "07:00");
    assert!(rig.starts(Event::StoreBusy(id("acme")), "07:55").is_empty());
    assert!(rig.tick("07:05").is_empty());
    assert!(rig.handle(Event::Tick, "2026-11-23T07:05:05Z").contains(&Action::RetryStore(id("acme"))));
}

#[test]
fn a_state_held_by_another_process_is_asked_for_again_and_its_ticks_wait() {
    let mut rig = Rig::new(&[("acme", spec("0 8 * * *"))], "07:00");
    assert!(rig.starts(Event::StoreBusy(id("acme")), "07:59").is_empty());
    assert!(rig.handle(Event::Tick, "2026-11-23T07:59:05Z").contains(&Action::RetryStore(id("acme"))));
    assert!(rig.starts(Event::StoreBusy(id("acme")), "2026-11-23T07:59:05Z").is_empty());
    assert!(rig.tick("08:00").is_empty());
    let freed = Standing { last: last("2026-11-22T08:01:00Z"), ..standing() };
    assert_eq!(rig.starts(Event::Standing(id("acme"), Box::new(freed)), "08:02"), acme(Trigger::Schedule));
}

#[test]
fn an_end_waits_for_the_runs_under_way_and_starts_none() {
    let mut rig = Rig::new(&[("acme", spec("0 8 * * *")), ("beta", spec("5 8 * * *"))], "07:00");
    assert_eq!(rig.tick("08:00"), acme(Trigger::Schedule));
    assert!(rig.handle(Event::Stop, "08:01").is_empty());
    assert!(rig.handle(Event::Tick, "08:05").is_empty());
    let ended = Event::RunEnded { firm: id("acme"), trigger: Trigger::Schedule, later: Some(false) };
    assert_eq!(rig.handle(ended, "08:06"), [Action::Finish]);
}

#[test]
fn a_changed_schedule_takes_effect_with_its_next_time_and_starts_nothing_by_itself() {
    let mut rig = Rig::new(&[("acme", spec("0 8 * * *"))], "09:00");
    let edited = rig.edit("acme", spec("0 7 * * *"));
    assert!(rig.starts(edited, "10:00").is_empty());
    assert_eq!(rig.next("acme", "10:00"), Some(at("2026-11-24T07:00:00Z")));
}
