//! Cases, documents, messages beside each other; changes between the nightly runs.

use super::*;

fn carrying(documents: &str, messages: &str) -> FirmSpec {
    of(Schedule { cases: cron("0 8 * * *"), documents: cron(documents), messages: cron(messages), ..nothing() })
}

fn with_changes(cases: &str, changes: &str) -> FirmSpec {
    of(Schedule { cases: cron(cases), changes: cron(changes), ..nothing() })
}

fn names(started: Vec<(String, Trigger)>) -> Vec<String> {
    started.into_iter().map(|(firm, _)| firm).collect()
}

#[test]
fn cases_documents_and_messages_run_beside_each_other_and_one_at_a_time_each() {
    let mut rig = Rig::new(&[("acme", carrying("*/20 * * * *", "*/5 * * * *"))], "07:58");
    let mut started: Vec<Trigger> = rig.tick("08:00").into_iter().map(|(_, trigger)| trigger).collect();
    started.sort_by_key(|trigger| trigger.word());
    assert_eq!(started, [Trigger::Documents, Trigger::Messages, Trigger::Schedule]);
    assert_eq!(rig.machine.running(&id("acme")).len(), 3);
    assert!(rig.over("acme", Trigger::Messages, "08:01").is_empty());
    assert_eq!(rig.tick("08:05"), acme(Trigger::Messages), "while the others still run");
    assert!(rig.tick("08:20").is_empty());
    assert_eq!(rig.machine.skipped(&id("acme")), 2, "documents and messages");
    assert!(rig.over("acme", Trigger::Documents, "08:21").is_empty(), "a skipped tick is not made up for");
    assert_eq!(rig.tick("08:40"), acme(Trigger::Documents));
}

#[test]
fn a_long_transfer_that_ticks_pass_by_is_said_once() {
    let mut rig = Rig::new(&[("acme", carrying("*/20 * * * *", "0 0 1 1 *"))], "08:55");
    assert_eq!(rig.tick("09:00"), acme(Trigger::Documents));
    let skipped = Action::Skipped { firm: id("acme"), trigger: Trigger::Documents };
    assert!(rig.handle(Event::Tick, "09:20").contains(&skipped));
    assert!(!rig.handle(Event::Tick, "09:40").contains(&skipped));
    assert_eq!(rig.machine.skipped(&id("acme")), 2, "the count has both");
}

#[test]
fn what_carries_and_what_writes_cases_are_bounded_apart() {
    // Two at once, of each kind.
    let lines = ["0 9 * * *", "1 9 * * *", "2 9 * * *"];
    let both = |line: &str| of(Schedule { cases: cron(line), documents: cron(line), ..nothing() });
    let firms: Vec<(&str, FirmSpec)> = ["a", "b", "c"].into_iter().zip(lines).map(|(firm, line)| (firm, both(line))).collect();
    let mut rig = Rig::new(&firms, "08:00");
    let started = rig.tick("09:10");
    let of = |trigger| started.iter().filter(|start| start.1 == trigger).map(|start| start.0.as_str()).collect::<Vec<_>>();
    assert_eq!(of(Trigger::Schedule), ["a", "b"]);
    assert_eq!(of(Trigger::Documents), ["a", "b"]);
    assert_eq!(rig.over("b", Trigger::Documents, "09:11"), [("c".to_owned(), Trigger::Documents)], "though cases are full");
    assert_eq!(rig.over("a", Trigger::Schedule, "09:12"), [("c".to_owned(), Trigger::Schedule)]);
}

#[test]
fn documents_and_messages_share_one_bound_and_the_longest_waiting_goes_first() {
    let carry = |documents: &str, messages: &str| of(Schedule { documents: cron(documents), messages: cron(messages), ..nothing() });
    let firms = [("a", carry("0 9 * * *", "3 9 * * *")), ("b", carry("2 9 * * *", "1 9 * * *"))];
    let mut rig = Rig::new(&firms, "08:00");
    assert_eq!(rig.tick("09:10"), [("a".to_owned(), Trigger::Documents), ("b".to_owned(), Trigger::Messages)]);
    assert_eq!(rig.over("a", Trigger::Documents, "09:11"), [("b".to_owned(), Trigger::Documents)]);
    assert_eq!(rig.over("b", Trigger::Messages, "09:12"), [("a".to_owned(), Trigger::Messages)]);
}

#[test]
fn a_changes_tick_during_a_nightly_run_is_covered_and_not_counted_as_skipped() {
    let mut rig = Rig::new(&[("acme", with_changes("0 10 * * *", "*/10 * * * *"))], "09:55");
    assert_eq!(rig.tick("10:00"), acme(Trigger::Schedule), "two that meet are one run");
    assert!(rig.tick("10:10").is_empty());
    assert!(rig.ended("acme", "10:12").is_empty());
    assert_eq!(rig.machine.skipped(&id("acme")), 0);
    assert_eq!(rig.tick("10:20"), acme(Trigger::Changes));
}

#[test]
fn a_waiting_changes_run_gives_way_to_the_nightly_one() {
    let mut rig = Rig::new(&[("acme", with_changes("5 10 * * *", "0 10 * * *"))], "09:50");
    let by_hand = Event::AskBegan { firm: id("acme"), lane: LaneName::Cases };
    assert!(rig.starts(by_hand, "09:59").is_empty());
    assert!(rig.tick("10:00").is_empty());
    assert!(rig.tick("10:05").is_empty());
    let ended = Event::AskEnded { firm: id("acme"), lane: LaneName::Cases, later: None };
    assert_eq!(rig.starts(ended, "10:06"), acme(Trigger::Schedule));
    assert!(rig.ended("acme", "10:09").is_empty(), "the nightly run did what changes would have done");
}

#[test]
fn a_nightly_tick_waits_for_the_changes_run_under_way() {
    let mut rig = Rig::new(&[("acme", with_changes("5 10 * * *", "0 10 * * *"))], "09:50");
    assert_eq!(rig.tick("10:00"), acme(Trigger::Changes));
    assert!(rig.tick("10:05").is_empty());
    assert_eq!(rig.over("acme", Trigger::Changes, "10:06"), acme(Trigger::Schedule));
}

#[test]
fn an_edit_delays_cases_and_changes_and_neither_documents_nor_messages() {
    let all = of(Schedule {
        cases: cron("0 8 * * *"),
        changes: cron("5 8 * * *"),
        verify: None,
        documents: cron("0 8 * * *"),
        messages: cron("0 8 * * *"),
    });
    let mut rig = Rig::new(&[("acme", all)], "07:30");
    let altering = rig.look(|_| (true, true));
    assert!(rig.starts(altering, "07:55").is_empty());
    let next = rig.machine.next_runs(&id("acme"), at("07:56"));
    assert_eq!((next.cases, next.changes), (Some(at("08:10")), Some(at("08:10"))));
    assert_eq!((next.documents, next.messages), (Some(at("08:00")), Some(at("08:00"))));
    assert_eq!(rig.tick("08:00"), [("acme".to_owned(), Trigger::Documents), ("acme".to_owned(), Trigger::Messages)]);
    assert!(rig.tick("08:05").is_empty());
    assert_eq!(rig.tick("08:10"), acme(Trigger::Schedule));
}

#[test]
fn ticks_that_wait_for_the_file_to_be_quiet_are_one_run_and_none_is_skipped() {
    let mut rig = Rig::new(&[("acme", with_changes("0 21 * * *", "* * * * *"))], "07:54");
    let altering = rig.look(|_| (true, true));
    rig.starts(altering, "07:55");
    for minute in ["07:56", "07:57", "07:58"] {
        assert!(rig.tick(minute).is_empty());
    }
    assert_eq!(rig.machine.skipped(&id("acme")), 0, "the run that waits will do what they would");
    assert_eq!(rig.tick("08:10"), acme(Trigger::Changes));
    rig.tick("08:11");
    assert_eq!(rig.machine.skipped(&id("acme")), 1, "that one was under way");
}

#[test]
fn what_fell_into_downtime_starts_one_run_of_each_kind() {
    let spec = of(Schedule {
        cases: cron("0 3 * * *"),
        changes: cron("*/10 * * * *"),
        verify: None,
        documents: cron("*/20 * * * *"),
        messages: cron("*/5 * * * *"),
    });
    let night = Some(at("2026-11-23T03:05:00Z"));
    let all = LastRuns { cases: night, changes: night, verify: None, documents: night, messages: night };
    let mut machine = Rig::new(&[("acme", spec)], "03:00");
    let mut rig = Rig { machine: Machine::new(machine.machine.rules), specs: std::mem::take(&mut machine.specs) };
    let _ = rig.handle(rig.look(|_| (false, false)), "09:01");
    let mut started = rig.starts(Event::Standing(id("acme"), Box::new(Standing { last: all, ..standing() })), "09:01");
    started.sort_by_key(|start| start.1.word());
    let triggers: Vec<Trigger> = started.iter().map(|start| start.1).collect();
    assert_eq!(triggers, [Trigger::Changes, Trigger::Documents, Trigger::Messages]);
    for trigger in triggers {
        assert!(rig.over("acme", trigger, "09:02").is_empty(), "one of each");
    }
}

#[test]
fn ticks_of_every_kind_pass_by_while_a_firm_is_paused_or_must_be_connected_again() {
    let spec = of(Schedule {
        cases: None,
        changes: cron("*/10 * * * *"),
        verify: None,
        documents: cron("*/10 * * * *"),
        messages: cron("*/10 * * * *"),
    });
    for blocked in [
        Standing { connection: Connection::Reconnect, ..standing() },
        Standing { connection: Connection::NotConnected, ..standing() },
        Standing { pause: Some(Pause { until: None }), ..standing() },
    ] {
        let mut rig = Rig::with(&[("acme", spec.clone())], "08:55", |_| blocked.clone());
        assert!(rig.tick("09:00").is_empty());
        assert_eq!(rig.machine.next_runs(&id("acme"), at("09:00")), NextRuns::default());
        assert!(rig.starts(Event::Standing(id("acme"), Box::new(standing())), "09:05").is_empty());
        assert_eq!(rig.tick("09:10").len(), 3);
    }
}

#[test]
fn a_run_of_documents_by_hand_occupies_its_lane_and_no_other() {
    let mut rig = Rig::new(&[("acme", carrying("0 8 * * *", "0 9 * * *"))], "07:50");
    let began = Event::AskBegan { firm: id("acme"), lane: LaneName::Documents };
    assert!(rig.starts(began, "07:59").is_empty());
    assert_eq!(rig.tick("08:00"), acme(Trigger::Schedule), "cases do not wait for it");
    let ended = Event::AskEnded { firm: id("acme"), lane: LaneName::Documents, later: None };
    assert_eq!(rig.starts(ended, "08:03"), acme(Trigger::Documents));
}

#[test]
fn changes_leave_the_follow_up_of_contact_hours_alone() {
    let hours = Hours { from: time(8, 0, 0, 0), until: time(20, 0, 0, 0), days: vec![Weekday::Monday, Weekday::Tuesday] };
    let office = FirmSpec { hours: ContactHours::Within(hours), ..with_changes("15 21 * * *", "0 * * * *") };
    let mut rig = Rig::new(&[("acme", office)], "20:30");
    let _ = rig.tick("21:00");
    assert!(rig.over("acme", Trigger::Changes, "21:01").is_empty());
    assert_eq!(rig.tick("21:15"), acme(Trigger::Schedule));
    let left = Event::RunEnded { firm: id("acme"), trigger: Trigger::Schedule, later: Some(true) };
    assert!(rig.starts(left, "21:20").is_empty());
    assert_eq!(rig.tick("22:00"), acme(Trigger::Changes));
    assert!(rig.over("acme", Trigger::Changes, "22:01").is_empty(), "it has nothing to say of what the night left");
    let until = "2026-11-24T07:59:00Z";
    assert_eq!(rig.tick(until), acme(Trigger::Changes));
    assert!(rig.over("acme", Trigger::Changes, until).is_empty());
    assert_eq!(rig.tick("2026-11-24T08:00:00Z"), acme(Trigger::ContactHours), "which does what changes would");
}

#[test]
fn firms_that_share_a_frequent_schedule_are_spread_and_keep_its_rhythm() {
    let carry = || of(Schedule { messages: cron("*/5 * * * *"), documents: cron("*/5 * * * *"), ..nothing() });
    let lone = Rig::new(&[("acme", carry())], "08:01");
    let next = lone.machine.next_runs(&id("acme"), at("08:01"));
    assert_eq!((next.messages, next.documents), (Some(at("08:05")), Some(at("08:05"))), "a line used twice is nobody else's");
    let mut rig = Rig::new(&[("acme", carry()), ("beta", carry())], "08:01");
    let mut starts = Vec::new();
    let mut now = at("08:01");
    while now < at("09:01") {
        for action in rig.machine.handle(Event::Tick, now) {
            if let Action::StartRun { firm, trigger } = action {
                if firm == id("acme") && trigger == Trigger::Messages {
                    starts.push(now);
                }
                let _ = rig.machine.handle(Event::RunEnded { firm, trigger, later: None }, now);
            }
        }
        now = now.checked_add(SignedDuration::from_secs(1)).unwrap();
    }
    let apart: Vec<i64> = starts.windows(2).map(|pair| pair[0].duration_until(pair[1]).as_secs()).collect();
    assert!(apart.len() >= 8 && apart.iter().all(|seconds| *seconds == 300), "{apart:?}");
    assert_eq!(names(rig.tick("09:30")).len(), 2, "at most so many at once");
}

#[test]
fn of_firms_heard_of_together_those_that_wait_longest_go_first() {
    let lines = [("a", "0 9 * * *"), ("b", "0 8 * * *"), ("c", "0 7 * * *")];
    let rules = Rules { firms_at_once: 2, spread: Duration::from_secs(900), edit_settle: Duration::from_secs(900) };
    let mut machine = Machine::new(rules);
    let news = |line| News { spec: Some(spec(line)), changed: false, alters: false, accepted_at: None };
    let folder = Event::Folder(lines.iter().map(|(firm, line)| (id(firm), news(line))).collect());
    let missed = Standing { last: last("2026-11-22T12:00:00Z"), ..standing() };
    let stands = lines.iter().map(|(firm, _)| Event::Standing(id(firm), Box::new(missed.clone())));
    let actions = machine.handle_all([folder].into_iter().chain(stands), at("10:00"));
    let started = actions.into_iter().filter_map(|action| match action {
        Action::StartRun { firm, .. } => Some(firm.to_string()),
        _ => None,
    });
    assert_eq!(started.collect::<Vec<_>>(), ["c", "b"]);
}
