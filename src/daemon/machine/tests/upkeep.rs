//! Renewals of connections and reminders.

use super::*;

fn renew_at(time: &str) -> Standing {
    Standing { renew_at: Some(at(time)), ..standing() }
}

fn renewals(actions: &[Action]) -> Vec<String> {
    let of = |action: &Action| match action {
        Action::Renew(firm) => Some(firm.to_string()),
        _ => None,
    };
    actions.iter().filter_map(of).collect()
}

impl Rig {
    fn renewed(&mut self, firm: &str, next: &str, now: &str) -> Vec<String> {
        let mut actions = self.handle(Event::RenewEnded { firm: id(firm), tried: true }, now);
        actions.extend(self.handle(Event::Standing(id(firm), Box::new(renew_at(next))), now));
        renewals(&actions)
    }
}

#[test]
fn a_connection_is_renewed_when_its_time_comes_and_the_machine_asks_to_be_woken_then() {
    let mut rig = Rig::with(&[("acme", spec("0 8 * * *"))], "09:00", |_| renew_at("12:00"));
    assert!(rig.handle(Event::Tick, "09:01").contains(&Action::Wake(at("12:00"))));
    assert_eq!(renewals(&rig.handle(Event::Tick, "12:00")), ["acme"]);
    assert!(renewals(&rig.handle(Event::Tick, "12:05")).is_empty(), "one at a time");
    assert!(rig.renewed("acme", "2026-11-24T00:05:00Z", "12:05").is_empty());
    assert_eq!(renewals(&rig.handle(Event::Tick, "2026-11-24T00:05:00Z")), ["acme"]);
}

#[test]
fn inactive_and_paused_firms_stay_connected_and_one_that_must_be_connected_again_is_left_alone() {
    let asleep = FirmSpec { active: false, ..spec("0 8 * * *") };
    let mut rig = Rig::with(&[("acme", asleep)], "09:00", |_| renew_at("10:00"));
    assert_eq!(renewals(&rig.handle(Event::Tick, "10:00")), ["acme"]);
    let paused = |_: &str| Standing { pause: Some(Pause { until: None }), ..renew_at("10:00") };
    let mut rig = Rig::with(&[("acme", spec("0 8 * * *"))], "09:00", paused);
    assert_eq!(renewals(&rig.handle(Event::Tick, "10:00")), ["acme"]);
    for connection in [Connection::Reconnect, Connection::NotConnected] {
        let mut rig = Rig::with(&[("acme", spec("0 8 * * *"))], "09:00", |_| Standing { connection, ..renew_at("10:00") });
        assert!(renewals(&rig.handle(Event::Tick, "10:00")).is_empty());
    }
}

#[test]
fn five_hundred_firms_that_are_due_together_are_renewed_a_few_a_second() {
    let names: Vec<String> = (0..500).map(|n| format!("firm-{n:03}")).collect();
    let firms: Vec<(&str, FirmSpec)> = names.iter().map(|name| (name.as_str(), spec("0 8 * * *"))).collect();
    let mut rig = Rig::with(&firms, "09:00", |_| renew_at("10:00"));
    let mut now = at("10:00");
    let mut done = Vec::new();
    while done.len() < 500 && now < at("10:05") {
        let actions = rig.machine.handle(Event::Tick, now);
        let begun = renewals(&actions);
        assert!(begun.len() <= 5, "{begun:?}");
        for firm in &begun {
            let _ = rig.machine.handle(Event::RenewEnded { firm: id(firm), tried: true }, now);
            let again = rig.machine.handle(Event::Standing(id(firm), Box::new(renew_at("22:00"))), now);
            assert!(renewals(&again).is_empty(), "an answer starts no more within the second");
        }
        done.extend(begun);
        if let Some(Action::Wake(next)) = actions.last() {
            now = *next;
        }
    }
    assert_eq!(done.len(), 500, "within five minutes");
}

#[test]
fn a_state_that_always_says_now_does_not_spin() {
    let mut rig = Rig::with(&[("acme", spec("0 8 * * *"))], "09:00", |_| renew_at("10:00"));
    let mut now = at("10:00");
    let mut renewed = 0;
    while now < at("10:10") {
        let begun = renewals(&rig.machine.handle(Event::Tick, now));
        for firm in begun {
            renewed += 1;
            let _ = rig.machine.handle(Event::RenewEnded { firm: id(&firm), tried: true }, now);
            let again = rig.machine.handle(Event::Standing(id(&firm), Box::new(renew_at("10:00"))), now);
            assert!(renewals(&again).is_empty());
        }
        now = now.checked_add(SignedDuration::from_secs(1)).unwrap();
    }
    assert_eq!(renewed, 20, "every thirty seconds");
}

#[test]
fn a_renewal_that_could_not_be_tried_is_tried_again_in_minutes() {
    let mut rig = Rig::with(&[("acme", spec("0 8 * * *"))], "09:00", |_| renew_at("10:00"));
    assert_eq!(renewals(&rig.handle(Event::Tick, "10:00")), ["acme"]);
    let ended = rig.handle(Event::RenewEnded { firm: id("acme"), tried: false }, "10:00");
    assert!(renewals(&ended).is_empty());
    assert!(renewals(&rig.handle(Event::Tick, "10:04")).is_empty());
    assert_eq!(renewals(&rig.handle(Event::Tick, "10:05")), ["acme"]);
}

#[test]
fn a_time_that_a_wrong_clock_wrote_is_not_waited_for() {
    let mut rig = Rig::with(&[("acme", spec("0 8 * * *"))], "09:00", |_| renew_at("2031-01-01T00:00:00Z"));
    assert_eq!(renewals(&rig.handle(Event::Tick, "09:30")).len(), 0, "it was renewed as soon as it was seen");
    assert!(rig.renewed("acme", "21:30", "09:31").is_empty());
    assert_eq!(renewals(&rig.handle(Event::Tick, "21:30")), ["acme"]);
    // Far ahead and back again.
    assert!(rig.renewed("acme", "2031-01-01T12:00:00Z", "2031-01-01T00:00:00Z").is_empty());
    assert!(renewals(&rig.handle(Event::Tick, "22:00")).is_empty());
    assert_eq!(renewals(&rig.handle(Event::Tick, "22:05")), ["acme"]);
}

#[test]
fn an_end_waits_for_the_renewal_under_way() {
    let mut rig = Rig::with(&[("acme", spec("0 8 * * *"))], "09:00", |_| renew_at("10:00"));
    assert_eq!(renewals(&rig.handle(Event::Tick, "10:00")), ["acme"]);
    assert!(rig.handle(Event::Stop, "10:01").is_empty());
    let ended = Event::RenewEnded { firm: id("acme"), tried: true };
    assert_eq!(rig.handle(ended, "10:02"), [Action::Finish]);
}

#[test]
fn a_file_that_is_gone_keeps_nobody_connected() {
    let mut rig = Rig::with(&[("acme", spec("0 8 * * *"))], "09:00", |_| renew_at("10:00"));
    rig.specs.clear();
    let without = rig.look(|_| (false, false));
    let _ = rig.handle(without.clone(), "09:10");
    assert!(rig.handle(without, "09:11").contains(&Action::Gone(id("acme"))));
    assert!(renewals(&rig.handle(Event::Tick, "10:00")).is_empty());
}

#[test]
fn people_are_told_when_it_begins_and_again_when_the_state_says_so() {
    let reconnect = |remind: &str| Standing { connection: Connection::Reconnect, remind_at: Some(at(remind)), ..standing() };
    let asleep = FirmSpec { active: false, ..spec("0 8 * * *") };
    let mut rig = Rig::new(&[("acme", asleep)], "09:00");
    let told = Action::Remind { firm: id("acme"), of: Reminder::Reconnect };
    assert!(rig.handle(Event::Standing(id("acme"), Box::new(reconnect("09:10"))), "09:10").contains(&told));
    let tomorrow = reconnect("2026-11-24T09:10:00Z");
    assert!(!rig.handle(Event::Standing(id("acme"), Box::new(tomorrow)), "09:10").contains(&told));
    assert!(!rig.handle(Event::Tick, "2026-11-24T09:00:00Z").contains(&told));
    assert!(rig.handle(Event::Tick, "2026-11-24T09:10:00Z").contains(&told));
    assert!(!rig.handle(Event::Standing(id("acme"), Box::new(standing())), "2026-11-25T10:00:00Z").contains(&told), "connected");
}

#[test]
fn a_reminder_that_could_not_be_written_down_is_not_repeated_at_once() {
    let waits = Standing { remind_plan_at: Some(at("09:10")), ..standing() };
    let mut rig = Rig::new(&[("acme", spec("0 8 * * *"))], "09:00");
    let told = Action::Remind { firm: id("acme"), of: Reminder::WaitingPlan };
    assert!(rig.handle(Event::Standing(id("acme"), Box::new(waits.clone())), "09:10").contains(&told));
    assert!(!rig.handle(Event::Standing(id("acme"), Box::new(waits.clone())), "09:10").contains(&told));
    assert!(!rig.handle(Event::Tick, "10:00").contains(&told));
    assert!(rig.handle(Event::Tick, "10:10").contains(&told));
}
