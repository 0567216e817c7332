//! Properties over random worlds: a plan applied leaves nothing to do, holds only differences, and knows no order.

use crate::domain::{CaseId, Holds, PersonId, Reason, ReasonCode};
use crate::mapping::{OutOfScope, Scope, SeenStatus, StageWish, Wanted};
use crate::plan::fixture::{World, case};
use crate::plan::{Change, Plan};
use jiff::ToSpan;
use proptest::prelude::*;
use std::time::Duration;

fn wanted(id: u64) -> impl Strategy<Value = Option<Wanted>> {
    let stage = prop_oneof![3 => Just(Some("Treatment")), 2 => Just(Some("Demand")), 1 => Just(None)];
    let state = prop_oneof![4 => Just(SeenStatus::Open), 2 => Just(SeenStatus::Closed), 1 => Just(SeenStatus::Unknown)];
    let scope = prop_oneof![6 => Just(Scope::In), 1 => Just(Scope::Never), 1 => Just(Scope::Out(OutOfScope::NotEnabled))];
    let holds = prop_oneof![
        6 => Just(None),
        1 => Just(Some((Holds::Contact, true))),
        1 => Just(Some((Holds::Rest, false))),
        1 => Just(Some((Holds::State, false))),
        1 => Just(Some((Holds::Everything, true))),
    ];
    let parts = (stage, state, scope, holds, 0..3_u64, 0..3_u64, 0..4_u64, any::<bool>(), 0..4_u8);
    parts.prop_map(move |(stage, state, scope, holds, person, phone, readable, decided, wish)| {
        let mut wanted = case(id);
        wanted.scope = scope;
        wanted.state = state;
        wanted.record.open = state == SeenStatus::Open;
        wanted.mycase_stage = stage.map(str::to_owned);
        wanted.record.stage = stage.map(str::to_owned);
        wanted.stage = match wish {
            0 => StageWish::Keep { start: Some("Getting Started".into()) },
            1 => StageWish::Undecided,
            // What is set is known: mapping never says otherwise.
            _ if stage.is_none() => StageWish::Undecided,
            _ => StageWish::Set,
        };
        wanted.contact_decided = decided;
        wanted.record.clients[0].id = PersonId(if person == 0 { 1000 + id } else { person });
        wanted.record.clients[0].phone = (phone > 0).then(|| format!("+1212555{:04}", phone * 100 + id % 2));
        wanted.record.fields.insert("readable_id".into(), if readable == 0 { "same".into() } else { format!("{id}-{readable}") });
        let reason = |(holds, no_create)| Reason { code: ReasonCode::BadValue, holds, no_create, text: "t".into(), fix: "f".into() };
        wanted.reasons.extend(holds.map(reason));
        (readable != 3 || !id.is_multiple_of(3)).then_some(wanted)
    })
}

/// Up to six cases, each in any state, in scope or not, with reasons to wait or none; clients and phones are sometimes shared.
pub(super) fn cases() -> impl Strategy<Value = Vec<Wanted>> {
    (1..=6_u64).map(wanted).collect::<Vec<_>>().prop_map(|all| all.into_iter().flatten().collect())
}

/// The same cases with no client, phone or readable id in common.
fn strangers(mut cases: Vec<Wanted>) -> Vec<Wanted> {
    for wanted in &mut cases {
        let id = wanted.case.0;
        let client = &mut wanted.record.clients[0];
        client.id = PersonId(if client.id.0 < 1000 { 10 * id + client.id.0 } else { client.id.0 });
        client.phone = client.phone.take().map(|phone| format!("{}{id:02}", &phone[..phone.len() - 2]));
        if let Some(readable) = wanted.record.fields.get_mut("readable_id") {
            *readable = format!("{id}-{readable}");
        }
    }
    cases
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_plan_applied_leaves_nothing_to_do(before in cases(), after in cases(), lists in any::<bool>(), lost in any::<bool>()) {
        let mut world = World::new();
        world.apply(&world.plan(&before));
        if lost {
            world.links.clear();
        }
        world.lists = lists || lost;
        world.apply(&world.plan(&after));
        let again = world.plan(&after);
        prop_assert!(again.changes.is_empty(), "{:?}", again.changes);
        prop_assert!(again.adoptions.is_empty(), "{:?}", again.adoptions);
        prop_assert!(again.observations.is_empty(), "{:?}", again.observations);
        prop_assert_eq!(&again.swaps, &world.plan(&after).swaps);
    }

    #[test]
    fn a_plan_holds_only_differences_one_per_case_and_never_a_duplicate(before in cases(), after in cases()) {
        let mut world = World::new();
        world.apply(&world.plan(&before));
        let plan = world.plan(&after);
        let ids: Vec<CaseId> = plan.changes.iter().map(|change| change.case).collect();
        prop_assert!(ids.is_sorted_by(|a, b| a < b));
        for change in &plan.changes {
            prop_assert!(!change.kinds.is_empty());
            prop_assert_eq!(change.before.is_none(), !world.links.contains_key(&change.case));
            if let Some(before) = &change.before {
                prop_assert_eq!(before.differs(&change.after), change.kinds);
                prop_assert_eq!(before, &world.links[&change.case].1);
                let people = |record: &crate::domain::Record| record.clients.iter().map(|client| client.id).collect::<Vec<_>>();
                let unknown = before.clients.is_empty();
                prop_assert!(unknown || people(before) == people(&change.after), "no client is swapped by itself");
            }
        }
        for held in plan.exceptions.iter().filter(|e| e.reasons.iter().any(|reason| reason.no_create)) {
            prop_assert!(plan.changes.iter().all(|change| change.case != held.case || change.before.is_some()));
        }
    }

    #[test]
    fn a_linked_case_that_differs_is_changed_or_somebody_is_told_why_not(before in cases(), after in cases()) {
        let mut world = World::new();
        world.apply(&world.plan(&before));
        let plan = world.plan(&after);
        for wanted in after.iter().filter(|wanted| wanted.scope == Scope::In) {
            let Some((_, sent)) = world.links.get(&wanted.case) else { continue };
            let decided = wanted.reasons.is_empty() && wanted.contact_decided && wanted.stage == StageWish::Set;
            let same_client = sent.clients.first().map(|client| client.id) == wanted.record.clients.first().map(|client| client.id);
            let differs = !sent.differs(&wanted.record).is_empty();
            let changed = plan.changes.iter().any(|change| change.case == wanted.case);
            let told = plan.exceptions.iter().any(|exception| exception.case == wanted.case);
            if !sent.open && wanted.state == SeenStatus::Closed {
                prop_assert!(!changed, "{:?} rests until it is open again", wanted.case);
            } else if decided && same_client && wanted.state != SeenStatus::Unknown && differs {
                prop_assert!(changed || told, "{:?} is neither changed nor told of", wanted.case);
            }
            if decided && same_client && !differs {
                prop_assert!(!changed, "{:?} is as it should be", wanted.case);
            }
        }
    }

    #[test]
    fn what_becomes_of_a_case_does_not_depend_on_the_others(before in cases(), after in cases(), lists in any::<bool>()) {
        let (before, after) = (strangers(before), strangers(after));
        let mut world = World::new();
        world.apply(&world.plan(&before));
        world.lists = lists;
        let all = world.plan(&after);
        for wanted in &after {
            let mut alone = world.clone();
            alone.links.retain(|case, _| *case == wanted.case);
            let own = alone.plan(std::slice::from_ref(wanted));
            let of = |changes: &[Change]| changes.iter().filter(|change| change.case == wanted.case).cloned().collect::<Vec<_>>();
            prop_assert_eq!(of(&all.changes), of(&own.changes));
            prop_assert_eq!(of(&all.swaps), of(&own.swaps));
            let reasons = |plan: &Plan| plan.exceptions.iter().filter(|e| e.case == wanted.case).cloned().collect::<Vec<_>>();
            prop_assert_eq!(reasons(&all), reasons(&own));
        }
    }

    #[test]
    fn the_order_of_the_cases_does_not_matter(before in cases(), after in cases().prop_shuffle(), lists in any::<bool>()) {
        let mut world = World::new();
        world.apply(&world.plan(&before));
        world.lists = lists;
        let mut sorted = after.clone();
        sorted.sort_by_key(|wanted| wanted.case);
        prop_assert_eq!(world.plan(&after), world.plan(&sorted));
    }

    #[test]
    fn a_case_that_was_in_step_for_good_need_not_be_looked_at_until_something_moves(
        before in cases(),
        between in cases(),
        after in cases(),
        moves in proptest::collection::vec(any::<bool>(), 7),
        settle in 0..3_u64,
        hours in 0..60_i64,
    ) {
        let mut world = World::new();
        world.firm.stages.settle = Duration::from_secs(settle * 12 * 3600);
        world.firm.closure.settle = Duration::from_secs(settle * 8 * 3600);
        for cases in [&before, &between] {
            world.apply(&world.plan(cases));
            world.now += 13.hours();
        }
        world.apply(&world.plan(&between));
        let known = world.in_step(&between);
        world.now += hours.hours();
        let moved = |wanted: &&Wanted| moves[wanted.case.0 as usize];
        let later: Vec<Wanted> = between.iter().filter(|wanted| !moved(wanted)).chain(after.iter().filter(moved)).cloned().collect();
        let all = world.plan(&later);
        prop_assert_eq!(&world.plan_knowing(&later, &known), &all);
        let untouched = |case: &CaseId| all.changes.iter().all(|change| change.case != *case) && !all.look_again.contains_key(case);
        let still = later.iter().filter(|wanted| known.get(&wanted.case).is_some_and(|(same, _)| same == *wanted));
        prop_assert!(still.map(|wanted| wanted.case).all(|case| untouched(&case)));
    }
}
