//! Whatever happens in whatever order, the promises hold.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

const FIRMS: [&str; 3] = ["acme", "beta", "gamma"];

/// One thing that happens after a while.
#[derive(Debug, Clone)]
enum Step {
    Tick,
    /// A run under way ends, if there is one.
    RunEnds(usize, Option<bool>),
    RenewalEnds(usize, bool),
    ByHand(usize, usize),
    ByHandEnds(usize),
    Stands(usize, usize),
    Busy(usize),
    Edit(usize, bool),
    ClockBack,
}

fn steps() -> impl Strategy<Value = Vec<(u64, Step)>> {
    let step = prop_oneof![
        6 => Just(Step::Tick),
        6 => (0..9_usize, proptest::option::of(any::<bool>())).prop_map(|(which, later)| Step::RunEnds(which, later)),
        2 => (0..3_usize, any::<bool>()).prop_map(|(which, tried)| Step::RenewalEnds(which, tried)),
        2 => (0..3_usize, 0..3_usize).prop_map(|(firm, lane)| Step::ByHand(firm, lane)),
        2 => (0..9_usize).prop_map(Step::ByHandEnds),
        3 => (0..3_usize, 0..6_usize).prop_map(|(firm, how)| Step::Stands(firm, how)),
        1 => (0..3_usize).prop_map(Step::Busy),
        1 => (0..3_usize, any::<bool>()).prop_map(|(firm, alters)| Step::Edit(firm, alters)),
        1 => Just(Step::ClockBack),
    ];
    proptest::collection::vec((0..900_u64, step), 1..120)
}

/// How a firm may stand.
fn stands(how: usize, now: Timestamp) -> Standing {
    match how {
        0 => Standing { connection: Connection::Reconnect, remind_at: Some(now), ..standing() },
        1 => Standing { connection: Connection::NotConnected, ..standing() },
        2 => Standing { pause: Some(Pause { until: Some(now + SignedDuration::from_mins(7)) }), renew_at: Some(now), ..standing() },
        3 => Standing { later: true, renew_at: Some(now), remind_plan_at: Some(now), ..standing() },
        _ => Standing { renew_at: Some(now + SignedDuration::from_mins(11)), ..standing() },
    }
}

/// What is under way, as the loop would know it.
#[derive(Default)]
struct World {
    runs: BTreeSet<(String, LaneName, &'static str)>,
    triggers: Vec<(String, Trigger)>,
    renewing: BTreeSet<String>,
    renewed_at: BTreeMap<String, Timestamp>,
    by_hand: Vec<(String, LaneName)>,
    able: BTreeMap<String, bool>,
}

impl World {
    fn does(&mut self, actions: Vec<Action>, now: Timestamp) {
        for action in actions {
            match action {
                Action::StartRun { firm, trigger } => {
                    let (firm, lane) = (firm.to_string(), LaneName::of(trigger));
                    assert!(self.able[&firm], "{firm} may not run");
                    assert!(!self.by_hand.contains(&(firm.clone(), lane)), "{firm}: a run by hand is under way in {lane:?}");
                    assert!(!self.runs.iter().any(|run| run.0 == firm && run.1 == lane), "{firm}: two of {lane:?}");
                    self.runs.insert((firm.clone(), lane, trigger.word()));
                    self.triggers.push((firm, trigger));
                }
                Action::Renew(firm) => {
                    let firm = firm.to_string();
                    let last = self.renewed_at.insert(firm.clone(), now);
                    assert!(last.is_none_or(|last| last.duration_until(now).as_secs() >= 30), "{firm}: renewed too soon");
                    assert!(self.renewing.insert(firm), "two renewals of one firm");
                }
                Action::Wake(at) => assert!(at > now, "woken at once"),
                _ => {}
            }
        }
        let cases = self.runs.iter().filter(|run| run.1 == LaneName::Cases).count();
        assert!(cases <= 2 && self.runs.len() - cases <= 2, "{:?}", self.runs);
    }

    fn ends(&mut self, which: usize, later: Option<bool>) -> Option<Event> {
        if self.triggers.is_empty() {
            return None;
        }
        let (firm, trigger) = self.triggers.remove(which % self.triggers.len());
        self.runs.remove(&(firm.clone(), LaneName::of(trigger), trigger.word()));
        Some(Event::RunEnded { firm: id(&firm), trigger, later })
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 30, max_shrink_iters: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_lane_never_has_two_runs_nor_a_firm_two_renewals_and_the_bounds_hold(steps in steps()) {
        let schedule = Schedule {
            cases: cron("*/30 * * * *"),
            changes: cron("*/10 * * * *"),
            verify: cron("0 * * * *"),
            documents: cron("*/20 * * * *"),
            messages: cron("*/5 * * * *"),
        };
        let firms: Vec<(&str, FirmSpec)> = FIRMS.into_iter().map(|firm| (firm, of(schedule.clone()))).collect();
        let mut rig = Rig::new(&firms, "07:00");
        let mut world = World { able: FIRMS.into_iter().map(|firm| (firm.to_owned(), true)).collect(), ..World::default() };
        let mut now = at("07:01");
        for (seconds, step) in steps {
            now += SignedDuration::from_secs(i64::try_from(seconds).unwrap());
            let event = match step {
                Step::Tick => Some(Event::Tick),
                Step::RunEnds(which, later) => world.ends(which, later),
                Step::RenewalEnds(which, tried) => {
                    let firm = FIRMS[which];
                    world.renewing.remove(firm).then(|| Event::RenewEnded { firm: id(firm), tried })
                }
                Step::ByHand(firm, lane) => {
                    let lane = LaneName::ALL[lane];
                    world.by_hand.push((FIRMS[firm].to_owned(), lane));
                    Some(Event::AskBegan { firm: id(FIRMS[firm]), lane })
                }
                Step::ByHandEnds(which) if !world.by_hand.is_empty() => {
                    let (firm, lane) = world.by_hand.remove(which % world.by_hand.len());
                    Some(Event::AskEnded { firm: id(&firm), lane, later: None })
                }
                Step::ByHandEnds(_) => None,
                Step::Stands(firm, how) => {
                    world.able.insert(FIRMS[firm].to_owned(), how > 2);
                    // A pause that ends lets the firm run by itself again.
                    if how == 2 {
                        world.able.insert(FIRMS[firm].to_owned(), true);
                    }
                    Some(Event::Standing(id(FIRMS[firm]), Box::new(stands(how, now))))
                }
                Step::Busy(firm) => {
                    world.able.insert(FIRMS[firm].to_owned(), false);
                    Some(Event::StoreBusy(id(FIRMS[firm])))
                }
                Step::Edit(firm, alters) => Some(rig.look(|other| (other == FIRMS[firm], alters && other == FIRMS[firm]))),
                Step::ClockBack => {
                    now = now.checked_sub(SignedDuration::from_hours(5)).unwrap();
                    world.renewed_at.clear();
                    Some(Event::Tick)
                }
            };
            if let Some(event) = event {
                let actions = rig.machine.handle(event, now);
                world.does(actions, now);
            }
        }
        // And in the end everything comes to rest.
        let _ = rig.machine.handle(Event::Stop, now);
        let mut actions = Vec::new();
        while let Some(event) = world.ends(0, None) {
            actions = rig.machine.handle(event, now);
        }
        for firm in std::mem::take(&mut world.renewing) {
            actions = rig.machine.handle(Event::RenewEnded { firm: id(&firm), tried: true }, now);
        }
        for (firm, lane) in std::mem::take(&mut world.by_hand) {
            actions = rig.machine.handle(Event::AskEnded { firm: id(&firm), lane, later: None }, now);
        }
        prop_assert!(actions.is_empty() || actions == [Action::Finish]);
    }
}
