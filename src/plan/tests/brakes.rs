//! The brakes: what goes without asking, and what a person's yes covers.

use crate::config::{Limit, Share};
use crate::domain::{CaseId, Kind, Kinds, PersonId, ReasonCode};
use crate::mapping::Wanted;
use crate::plan::fixture::{Edit, World, case, limits, prints};
use crate::plan::guard::{Filter, HeldWhy, approve, judge, resume};
use crate::plan::{Change, DayBook, Plan};

fn bounded(percent: Option<f64>, at_least: u32, at_most: Option<u32>) -> Limit {
    Limit::Bounded(Share { percent, at_least, at_most })
}

fn ids(changes: &[Change]) -> Vec<u64> {
    changes.iter().map(|change| change.case.0).collect()
}

fn ten() -> Vec<Wanted> {
    (1..=10).map(case).collect()
}

/// Ten linked cases, of which the first `moved` stand in another stage now.
fn moved(moved: usize) -> (World, Vec<Wanted>, Plan) {
    let world = World::holding(&ten());
    let cases: Vec<Wanted> = (1..=10).map(|id| if id <= moved as u64 { case(id).stage("Demand") } else { case(id) }).collect();
    let plan = world.plan(&cases);
    (world, cases, plan)
}

#[test]
fn a_share_is_kept_between_its_bounds() {
    let limit = bounded(Some(10.0), 5, Some(50));
    let allowed = [0, 10, 59, 60, 200, 1000].map(|open| limit.allows(open));
    assert_eq!(allowed, [5, 5, 5, 6, 20, 50].map(Some));
    assert_eq!(bounded(Some(29.0), 0, None).allows(100), Some(29));
    assert_eq!(bounded(None, 0, Some(5)).allows(1000), Some(5));
    assert_eq!(Limit::None.allows(1000), None);
}

#[test]
fn within_the_limits_everything_goes() {
    let (_, _, plan) = moved(5);
    let judged = judge(&plan, &limits(), &DayBook::default(), true, &Default::default());
    assert_eq!(ids(judged.approved.changes()), [1, 2, 3, 4, 5]);
    assert!(judged.held.is_none() && judged.later.is_empty());
    let stage = judged.limits.iter().find(|line| line.kind == Kind::Stage);
    assert_eq!(stage.map(|line| (line.limit, line.planned, line.exceeded)), Some((Some(5), 5, false)));
}

#[test]
fn a_kind_over_its_limit_is_held_whole_with_all_of_its_cases_and_the_rest_goes_on() {
    let (world, mut cases, _) = moved(6);
    cases[0] = case(1).stage("Demand").phone("+12125550000");
    cases[9] = case(10).phone("+12125550001");
    let judged = judge(&world.plan(&cases), &limits(), &DayBook::default(), true, &Default::default());
    assert_eq!(ids(judged.approved.changes()), [10]);
    let held = judged.held.unwrap();
    assert_eq!((ids(&held.changes), held.why), (vec![1, 2, 3, 4, 5, 6], HeldWhy::OverLimits));
    assert!(held.changes[0].kinds.contains(Kind::Contact), "the phone of a held case waits with it");
}

#[test]
fn small_steps_add_up_over_the_day() {
    let (_, _, plan) = moved(3);
    let mut book = DayBook::default();
    let stage: Kinds = [Kind::Stage].into_iter().collect();
    book.add(stage);
    book.add(stage);
    assert!(judge(&plan, &limits(), &book, true, &Default::default()).held.is_none());
    book.add(stage);
    assert_eq!(judge(&plan, &limits(), &book, true, &Default::default()).held.map(|held| held.over[0].planned), Some(6));
    let (_, _, nothing) = moved(0);
    assert!(judge(&nothing, &limits(), &DayBook::new([99; 6]), true).held.is_none(), "what is not planned exceeds nothing");
}

#[test]
fn a_first_import_waits_whole_for_one_yes_or_goes_without_counting() {
    let mut world = World::new();
    world.first = true;
    let plan = world.plan(&ten());
    let judged = judge(&plan, &limits(), &DayBook::default(), true, &Default::default());
    assert!(judged.approved.is_empty());
    assert_eq!(judged.held.map(|held| (held.changes.len(), held.why)), Some((10, HeldWhy::FirstImport)));
    let goes = crate::config::Limits { first_import_goes: true, ..limits() };
    assert_eq!(judge(&plan, &goes, &DayBook::default(), true, &Default::default()).approved.changes().len(), 10);
    assert!(
        judge(&world.plan(&[]), &limits(), &DayBook::default(), true, &Default::default()).held.is_none(),
        "a plan that writes nothing waits for nobody"
    );
}

#[test]
fn outside_contact_hours_only_what_clients_do_not_notice_goes() {
    let (world, mut cases, _) = moved(1);
    cases[9] = case(10).with(|w| w.record.attorney = Some("joe@acme.example".into()));
    let judged = judge(&world.plan(&cases), &limits(), &DayBook::default(), false, &Default::default());
    assert_eq!(ids(judged.approved.changes()), [10]);
    assert_eq!(ids(judged.later.changes()), [1]);
}

#[test]
fn a_changed_client_waits_and_only_a_yes_to_contact_sends_it() {
    let (world, mut cases, _) = moved(1);
    cases[1] = case(2).with(|w| w.record.clients[0].id = PersonId(5));
    let plan = world.plan(&cases);
    let judged = judge(&plan, &limits(), &DayBook::default(), true, &Default::default());
    assert_eq!(ids(judged.approved.changes()), [1]);
    let held = judged.held.unwrap();
    assert_eq!((ids(&held.changes), held.why), (vec![2], HeldWhy::ClientsChanged));
    let yes = approve(&held.changes, &plan, &Filter::default(), true, &prints());
    assert!(yes.approved.is_empty() && yes.left.len() == 1);
    let contact = Filter { only: Some([Kind::Contact].into_iter().collect()), ..Filter::default() };
    let yes = approve(&held.changes, &plan, &contact, true, &prints());
    assert_eq!(yes.approved.changes()[0].after.clients[0].id, PersonId(5));
    assert_eq!(crate::plan::fixture::codes(&plan)[0].1, [ReasonCode::ClientChanged]);
}

#[test]
fn a_yes_covers_what_is_still_the_same_and_lists_what_moved() {
    let (world, mut cases, saved) = moved(6);
    cases[1] = case(2).stage("Settlement");
    cases[2] = case(3);
    cases[8] = case(9).stage("Demand");
    let yes = approve(&saved.changes, &world.plan(&cases), &Filter::default(), true, &prints());
    assert_eq!(ids(yes.approved.changes()), [1, 4, 5, 6], "9 was never seen by the person");
    assert_eq!(yes.moved, [CaseId(2), CaseId(3)]);
    assert!(yes.left.is_empty());
}

#[test]
fn a_yes_may_be_for_a_part() {
    let (world, mut cases, _) = moved(3);
    cases[0].record.practice_area = Some("Family Law".into());
    cases[4] = case(5).closed().stage("Demand");
    let saved = world.plan(&cases);
    let of = |filter: Filter| {
        let yes = approve(&saved.changes, &saved, &filter, true, &prints());
        (ids(yes.approved.changes()), ids(&yes.left))
    };
    let only = |kind: Kind| Filter { only: Some([kind].into_iter().collect()), ..Filter::default() };
    assert_eq!(of(only(Kind::Stage)), (vec![1, 2, 3], vec![5]), "a case that also closes stands among the closings");
    assert_eq!(of(only(Kind::Close)), (vec![5], vec![1, 2, 3]));
    assert_eq!(of(Filter { practice_area: Some("family law".into()), ..Filter::default() }), (vec![1], vec![2, 3, 5]));
    assert_eq!(of(Filter { practice_area: Some("Personal Injury".into()), ..Filter::default() }).0, [1, 2, 3, 5], "before or after");
    assert_eq!(of(Filter { except: [CaseId(2)].into(), ..Filter::default() }), (vec![1, 3, 5], vec![2]));
    let closed_hours = approve(&saved.changes, &saved, &Filter::default(), false, &prints());
    assert_eq!((closed_hours.approved.changes().len(), closed_hours.later.changes().len()), (0, 4));
}

#[test]
fn what_a_crash_left_goes_on_only_when_it_is_still_the_same() {
    let (world, mut cases, approved) = moved(3);
    cases[1] = case(2).stage("Settlement");
    let fresh = world.plan(&cases);
    let pairs = approved.changes.into_iter().map(|change| {
        let now = fresh.counterpart(&change).filter(|fresh| fresh.case != CaseId(3)).cloned();
        (change, now)
    });
    let resumed = resume(pairs, &prints());
    assert_eq!(ids(resumed.approved.changes()), [1]);
    assert_eq!(resumed.dropped, [CaseId(2), CaseId(3)]);
}

#[test]
fn equal_plans_bear_equal_names_and_others_do_not() {
    let (_, _, plan) = moved(3);
    let (_, _, same) = moved(3);
    let (_, _, other) = moved(4);
    assert_eq!(plan.name(&prints()), same.name(&prints()));
    assert_ne!(plan.name(&prints()), other.name(&prints()));
    assert_eq!(plan.name(&prints()).as_str().len(), 10);
}
