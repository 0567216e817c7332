//! What was sent and not heard of, and what today's plan makes of it.

use crate::domain::{CaseId, Kind, Kinds, PersonId};
use crate::mapping::Wanted;
use crate::plan::fixture::{Edit, World, case, limits, prints};
use crate::plan::guard::{Filter, approve, judge};
use crate::plan::{Change, DayBook, Hold, Overtaken, Plan};

fn only(kind: Kind) -> Filter {
    Filter { only: Some([kind].into_iter().collect()), ..Filter::default() }
}

/// The record was perhaps made as the case was; today it is wanted so.
fn made_again(today: Wanted) -> (Plan, Change) {
    let world = World::holding(&[]);
    let sent = world.plan(&[case(1)]).changes.remove(0);
    let mut plan = world.plan(&[today]);
    plan.first = false;
    assert_eq!(plan.overtakes(&sent, None, true), Overtaken::ByCreate);
    plan.makes_again(&sent);
    (plan, sent)
}

#[test]
fn a_record_made_again_counts_as_what_its_client_sees() {
    let (plan, sent) = made_again(case(1).stage("Demand"));
    let kinds: Kinds = [Kind::Create, Kind::Stage].into_iter().collect();
    assert_eq!((plan.changes[0].kinds, plan.changes[0].hold), (kinds, None));
    assert_eq!(plan.counterpart(&sent), plan.changes.first());
}

#[test]
fn a_record_made_again_for_another_person_waits_for_a_yes_to_contact() {
    let (plan, _) = made_again(case(1).with(|wanted| wanted.record.clients[0].id = PersonId(77)));
    assert!(plan.changes.is_empty());
    assert_eq!(plan.swaps[0].hold, Some(Hold::ClientChanged));
    let held = judge(&plan, &limits(), &DayBook::default(), true, &Default::default()).held.unwrap();
    let taken = |filter: Filter| approve(&held.changes, &plan, &filter, true, &prints()).approved.changes().len();
    assert_eq!((taken(Filter::default()), taken(only(Kind::Create)), taken(only(Kind::Contact))), (0, 0, 1));
}

#[test]
fn a_change_that_takes_anothers_place_keeps_the_counts_right() {
    let world = World::holding(&[case(1), case(2)]);
    let mut plan = world.plan(&[case(1).stage("Demand"), case(2)]);
    let mut counts = plan.counts();
    let closing = |case| Change { case: CaseId(case), kinds: [Kind::Close].into_iter().collect(), ..plan.changes[0].clone() };
    let (first, second) = (closing(1), closing(2));
    plan.put(first, &mut counts);
    plan.put(second, &mut counts);
    assert_eq!((counts.stage, counts.close), (0, 2));
    assert_eq!(counts.close, plan.changes.len());
}

#[test]
fn what_overtakes_a_change_whose_answer_was_lost_says_so_and_what_is_approved_says_nothing() {
    let world = World::holding(&[case(1)]);
    let sent = world.plan(&[case(1).stage("Demand")]);
    let approved = judge(&sent, &limits(), &DayBook::default(), true, &Default::default()).approved;
    assert!(approved.changes()[0].why.is_empty());
    let Overtaken::By(anew) = world.plan(&[case(1)]).overtakes(&approved.changes()[0], None, true) else { panic!("it is told anew") };
    assert!(anew.why.iter().any(|why| why.contains("answer was lost")), "{:?}", anew.why);
}
