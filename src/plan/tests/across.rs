//! What only shows across cases.

use crate::domain::{CaseId, Holds, Kind, PersonId, ReasonCode};
use crate::mapping::Wanted;
use crate::plan::Reach;
use crate::plan::fixture::{Edit, World, case, codes, kinds};

const PHONE: &str = "+12125557777";

fn readable(wanted: Wanted, id: &str) -> Wanted {
    wanted.with(|w| drop(w.record.fields.insert("readable_id".into(), id.into())))
}

#[test]
fn one_phone_on_two_people_creates_neither_and_says_so_on_both() {
    let plan = World::new().plan(&[case(1).phone(PHONE), case(2).phone(PHONE), case(3)]);
    assert_eq!(kinds(&plan), [(3, vec![Kind::Create])]);
    assert_eq!(codes(&plan), [(1, vec![ReasonCode::SharedPhone]), (2, vec![ReasonCode::SharedPhone])]);
    assert_eq!(plan.exceptions[0].reasons[0].text, "one phone number stands for two different people (cases 1, 2)");
}

#[test]
fn one_person_on_two_cases_is_fine_and_a_firm_may_allow_shared_phones() {
    let same = case(2).with(|w| w.record.clients = case(1).record.clients);
    assert_eq!(World::new().plan(&[case(1), same]).changes.len(), 2);
    let mut world = World::new();
    world.firm.clients.shared_phone_allowed = true;
    let plan = world.plan(&[case(1).phone(PHONE), case(2).phone(PHONE)]);
    assert!(plan.changes.len() == 2 && plan.exceptions.is_empty());
}

#[test]
fn a_phone_that_a_linked_case_has_holds_the_contact_change_and_not_the_stage() {
    let world = World::holding(&[case(1), case(2)]);
    let theirs = case(1).record.clients[0].phone.clone().unwrap_or_default();
    let plan = world.plan(&[case(1), case(2).phone(&theirs).stage("Demand")]);
    assert_eq!(kinds(&plan), [(2, vec![Kind::Stage])]);
    assert_eq!(plan.changes[0].after.clients, case(2).record.clients);
    assert_eq!(codes(&plan).len(), 2);
    assert_eq!(plan.unchanged, 0, "case 1 is in step, but it needs attention");
}

#[test]
fn phones_of_cases_not_read_in_this_run_count_too() {
    let mut world = World::holding(&[case(1)]);
    world.reach = Reach::Changed;
    let theirs = case(1).record.clients[0].phone.clone().unwrap_or_default();
    let plan = world.plan(&[case(2).phone(&theirs)]);
    assert!(plan.changes.is_empty());
    assert_eq!(codes(&plan), [(2, vec![ReasonCode::SharedPhone])], "nothing is said of a case that was not looked at");
    world.reach = Reach::Cases([CaseId(2)].into());
    assert_eq!(codes(&world.plan(&[case(2).phone(&theirs)])).len(), 1, "of cases asked for, only those are spoken");
}

#[test]
fn a_case_kept_out_by_something_else_still_counts_for_its_phone() {
    let blocked = case(1).phone(PHONE).because(ReasonCode::NoLeadAttorney, Holds::Rest, true);
    let plan = World::new().plan(&[blocked, case(2).phone(PHONE)]);
    assert!(plan.changes.is_empty());
    assert_eq!(codes(&plan)[0], (1, vec![ReasonCode::NoLeadAttorney, ReasonCode::SharedPhone]));
}

#[test]
fn a_swap_onto_somebody_elses_number_is_no_offer() {
    let world = World::holding(&[case(1), case(2)]);
    let theirs = case(1).record.clients[0].phone.clone().unwrap_or_default();
    let swapped = |phone: &str| case(2).phone(phone).with(|w| w.record.clients[0].id = PersonId(5));
    assert!(world.plan(&[case(1), swapped(&theirs)]).swaps.is_empty());
    let own = case(2).record.clients[0].phone.clone().unwrap_or_default();
    assert_eq!(world.plan(&[case(1), swapped(&own)]).swaps.len(), 1, "the number of the client it replaces");
}

#[test]
fn one_readable_id_on_two_cases_creates_neither_and_changes_no_field() {
    let plan = World::new().plan(&[readable(case(1), "A"), readable(case(2), "A")]);
    assert!(plan.changes.is_empty());
    assert_eq!(codes(&plan), [(1, vec![ReasonCode::SameReadableId]), (2, vec![ReasonCode::SameReadableId])]);
    let world = World::holding(&[case(1), case(2)]);
    let plan = world.plan(&[case(1), readable(case(2), "PI-1").stage("Demand")]);
    assert_eq!(kinds(&plan), [(2, vec![Kind::Stage])]);
    assert_eq!(plan.changes[0].after.fields["readable_id"], "PI-2");
}
