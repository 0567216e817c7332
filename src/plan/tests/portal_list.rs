//! What the portal's own list shows: adoption, lookalikes, records gone, changes by hand.

use crate::config::Drift;
use crate::domain::{CaseId, Kind, PortalCase, PortalId, ReasonCode};
use crate::plan::Reach;
use crate::plan::fixture::{Edit, World, case, codes, kinds};

/// The portal holds case 1 and 2 as casebridge wrote them; the state is lost.
fn lost_state() -> World {
    let mut world = World::holding(&[case(1), case(2)]);
    world.links.clear();
    world.lists = true;
    world
}

/// Case 1 and 2 are linked, and the portal is listed.
fn verify() -> World {
    let mut world = World::holding(&[case(1), case(2)]);
    world.lists = true;
    world
}

fn stranger(world: &mut World, name: &str) {
    let mut record = world.portal.values().next().cloned().unwrap_or(PortalCase {
        portal_id: PortalId("X".into()),
        integration_id: None,
        readable_id: None,
        name: None,
        stage: None,
        practice_area: None,
        open: Some(true),
        deleted: false,
        attorney: None,
        updated_at: None,
    });
    record.portal_id = PortalId("X".into());
    record.integration_id = None;
    record.readable_id = None;
    record.name = Some(name.into());
    world.portal.insert(PortalId("X".into()), record);
}

#[test]
fn with_a_lost_state_every_record_is_adopted_and_nothing_is_created() {
    let mut world = lost_state();
    world.first = true;
    let plan = world.plan(&[case(1), case(2), case(3)]);
    assert_eq!(kinds(&plan), [(3, vec![Kind::Create])]);
    assert_eq!((plan.adoptions.len(), plan.taken_over), (2, 2));
    assert_eq!((plan.unchanged, plan.open_linked), (2, 2));
    assert!(plan.notes[0].starts_with("2 records already in the portal are taken over"), "{:?}", plan.notes);
    world.apply(&plan);
    let again = world.plan(&[case(1), case(2), case(3)]);
    assert!(again.changes.is_empty() && again.adoptions.is_empty());
}

#[test]
fn an_adopted_record_that_differs_is_changed_in_the_same_plan() {
    let mut world = lost_state();
    world.listed(1).stage = Some("Getting Started".into());
    world.listed(2).name = Some("Smyth v. Jones".into());
    let plan = world.plan(&[case(1), case(2).closed()]);
    assert_eq!(kinds(&plan), [(1, vec![Kind::Stage]), (2, vec![Kind::Close, Kind::Update])]);
    assert_eq!(plan.changes[0].before.as_ref().and_then(|r| r.stage.as_deref()), Some("Getting Started"));
    assert_eq!(plan.changes[1].fields(), ["state", "name"]);
    assert_eq!(plan.adoptions[0].record.stage.as_deref(), Some("Getting Started"));
}

#[test]
fn a_record_is_adopted_however_old_the_case_and_a_closed_one_left_alone() {
    let mut world = lost_state();
    world.listed(2).open = Some(false);
    let old = case(1).with(|w| w.updated_at = Some(crate::plan::fixture::at("2001-01-01T00:00:00Z")));
    let plan = world.plan(&[old, case(2).closed().stage("Demand")]);
    assert_eq!(plan.adoptions.len(), 2);
    assert!(plan.changes.is_empty());
}

#[test]
fn two_portal_records_with_one_id_are_neither_adopted_nor_created() {
    let mut world = lost_state();
    let mut twin = world.listed(1).clone();
    twin.portal_id = PortalId("twin".into());
    world.portal.insert(twin.portal_id.clone(), twin);
    let plan = world.plan(&[case(1), case(2)]);
    assert!(plan.changes.is_empty());
    assert_eq!(codes(&plan), [(1, vec![ReasonCode::TwoPortalRecords])]);
    world.portal.get_mut(&PortalId("twin".into())).unwrap().deleted = true;
    assert_eq!(world.plan(&[case(1), case(2)]).adoptions.len(), 2, "a deleted one does not count");
}

#[test]
fn a_record_without_an_id_that_bears_the_cases_name_needs_attention() {
    let mut world = verify();
    stranger(&mut world, " smith3 V. Jones");
    let plan = world.plan(&[case(1), case(2), case(3), case(4)]);
    assert_eq!(kinds(&plan), [(4, vec![Kind::Create])]);
    assert_eq!(codes(&plan), [(3, vec![ReasonCode::LookalikeInPortal])]);
}

#[test]
fn a_record_that_a_link_knows_is_nobodys_lookalike() {
    let mut world = verify();
    world.listed(1).integration_id = None;
    let twin_name = case(3).with(|w| drop(w.record.fields.insert("name".into(), "Smith1 v. Jones".into())));
    assert_eq!(kinds(&world.plan(&[twin_name, case(1), case(2)])), [(3, vec![Kind::Create])]);
}

#[test]
fn from_half_a_list_nothing_is_created() {
    let mut world = verify();
    world.whole_list = false;
    world.portal.remove(&PortalId("P1".into()));
    let plan = world.plan(&[case(1), case(2), case(3)]);
    assert!(plan.changes.is_empty() && plan.exceptions.is_empty());
    assert_eq!(plan.notes, ["the portal's list could not be read to its end, so 1 case is not created in this run"]);
}

#[test]
fn a_linked_record_that_is_gone_needs_attention_and_is_made_anew_only_when_asked_for() {
    let mut world = verify();
    world.listed(1).deleted = true;
    let plan = world.plan(&[case(1).stage("Demand"), case(2)]);
    assert!(plan.changes.is_empty());
    assert_eq!(codes(&plan), [(1, vec![ReasonCode::PortalRecordGone])]);
    world.reach = Reach::Cases([CaseId(1)].into());
    let plan = world.plan(&[case(1)]);
    assert_eq!(kinds(&plan), [(1, vec![Kind::Create])]);
    assert_eq!(plan.changes[0].portal_id, None);
}

#[test]
fn a_link_to_a_record_that_was_made_anew_finds_the_new_one() {
    let mut world = verify();
    let mut anew = world.listed(1).clone();
    world.portal.remove(&PortalId("P1".into()));
    anew.portal_id = PortalId("new".into());
    world.portal.insert(anew.portal_id.clone(), anew);
    let plan = world.plan(&[case(1), case(2)]);
    assert_eq!(plan.adoptions[0].portal_id, PortalId("new".into()));
    assert_eq!((plan.changes.len(), plan.open_linked), (0, 2));
}

#[test]
fn what_was_changed_by_hand_is_said_and_what_mycase_changed_still_goes() {
    let mut world = verify();
    world.listed(1).stage = Some("Settlement".into());
    world.listed(1).name = Some("By hand".into());
    let plan = world.plan(&[case(1), case(2)]);
    assert!(plan.changes.is_empty() && plan.adoptions.is_empty());
    assert_eq!(codes(&plan), [(1, vec![ReasonCode::ChangedByHand])]);
    let text = &plan.exceptions[0].reasons[0].text;
    assert_eq!(text, "changed in the portal by hand: stage (the portal shows \"Settlement\"), name");
    let plan = world.plan(&[case(1).stage("Demand").phone("+12125550000"), case(2)]);
    assert_eq!(kinds(&plan), [(1, vec![Kind::Contact, Kind::Stage])]);
    assert_eq!(plan.exceptions[0].reasons[0].text, "changed in the portal by hand: name", "the stage is sent anyway");
}

#[test]
fn drift_is_put_right_when_the_firm_wants_that() {
    let mut world = verify();
    world.firm.portal.drift = Drift::Correct;
    world.listed(1).stage = Some("Settlement".into());
    world.listed(2).open = Some(false);
    let plan = world.plan(&[case(1), case(2)]);
    assert_eq!(kinds(&plan), [(1, vec![Kind::Stage]), (2, vec![Kind::Reopen])]);
    assert_eq!(plan.changes[0].before.as_ref().and_then(|r| r.stage.as_deref()), Some("Settlement"));
    assert!(plan.exceptions.is_empty());
    world.apply(&plan);
    assert!(world.plan(&[case(1), case(2)]).changes.is_empty());
}

#[test]
fn what_the_portal_shows_as_wanted_already_is_taken_over_without_a_word() {
    let mut world = verify();
    world.listed(1).stage = Some("Demand".into());
    world.listed(2).open = Some(false);
    let cases = [case(1).stage("Demand"), case(2).closed()];
    let plan = world.plan(&cases);
    assert!(plan.changes.is_empty() && plan.exceptions.is_empty());
    assert_eq!((plan.adoptions.len(), plan.taken_over), (2, 0));
    assert!(plan.notes.is_empty(), "nothing was newly taken over");
    world.apply(&plan);
    world.lists = false;
    assert!(world.plan(&cases).changes.is_empty());
}

#[test]
fn a_record_opened_by_hand_while_the_case_is_closed_is_said_or_closed() {
    let mut world = verify();
    let plan = world.plan(&[case(1).closed(), case(2)]);
    world.apply(&plan);
    world.listed(1).open = Some(true);
    let cases = [case(1).closed().stage("Demand"), case(2)];
    assert_eq!(codes(&world.plan(&cases)), [(1, vec![ReasonCode::ChangedByHand])]);
    world.firm.portal.drift = Drift::Correct;
    assert_eq!(kinds(&world.plan(&cases)), [(1, vec![Kind::Close])]);
}

#[test]
fn a_field_the_firm_does_not_send_and_the_case_of_an_address_are_no_drift() {
    let mut world = verify();
    world.firm.fields.remove("name");
    world.listed(1).name = Some("By hand".into());
    world.listed(2).attorney = Some("Jane@Acme.example ".into());
    let plan = world.plan(&[case(1), case(2)]);
    assert!(plan.changes.is_empty() && plan.exceptions.is_empty() && plan.adoptions.is_empty());
}
