//! Cases without a link: which are created, and with what.

use crate::domain::{CaseId, Holds, Kind, ReasonCode};
use crate::mapping::{SeenStatus, StageWish};
use crate::plan::Reach;
use crate::plan::fixture::{Edit, World, at, case, codes, kinds};
use std::sync::Arc;

#[test]
fn a_new_case_is_one_create() {
    let plan = World::new().plan(&[case(1)]);
    assert_eq!(kinds(&plan), [(1, vec![Kind::Create])]);
    assert!(plan.changes[0].before.is_none() && plan.changes[0].portal_id.is_none());
    assert!(plan.changes[0].fields().contains(&"phone".into()) || plan.changes[0].fields().contains(&"clients".into()));
    assert_eq!(plan.notes, ["1 new record: Case Status may text the client"]);
}

#[test]
fn a_case_without_what_the_portal_requires_is_not_created() {
    let world = World::new();
    let plan = world.plan(&[case(1).because(ReasonCode::NoUsablePhone, Holds::Contact, true)]);
    assert!(plan.changes.is_empty());
    assert_eq!(codes(&plan), [(1, vec![ReasonCode::NoUsablePhone])]);
    let said = world.plan(&[case(2).because(ReasonCode::BadValue, Holds::Rest, false)]);
    assert_eq!(kinds(&said), [(2, vec![Kind::Create])]);
    assert_eq!(codes(&said), [(2, vec![ReasonCode::BadValue])]);
}

#[test]
fn a_case_older_than_the_lookback_is_left_out_unless_it_is_asked_for() {
    let old = case(1).with(|w| w.updated_at = Some(at("2020-01-01T00:00:00Z")));
    let mut world = World::new();
    let plan = world.plan(std::slice::from_ref(&old));
    assert!(plan.changes.is_empty() && plan.exceptions.is_empty());
    world.reach = Reach::Cases([CaseId(1)].into());
    assert_eq!(kinds(&world.plan(std::slice::from_ref(&old))), [(1, vec![Kind::Create])]);
    world.reach = Reach::Everything;
    world.firm.testing = [CaseId(1)].into();
    assert_eq!(kinds(&world.plan(&[old])), [(1, vec![Kind::Create])]);
}

#[test]
fn a_linked_case_is_kept_in_step_however_old() {
    let world = World::holding(&[case(1)]);
    let old = case(1).stage("Demand").with(|w| w.updated_at = Some(at("2010-01-01T00:00:00Z")));
    assert_eq!(kinds(&world.plan(&[old])), [(1, vec![Kind::Stage])]);
}

#[test]
fn with_selected_import_only_cases_asked_for_are_created() {
    let mut world = World::new();
    world.firm.cases.selected_only = true;
    world.selected = [CaseId(2)].into();
    assert_eq!(kinds(&world.plan(&[case(1), case(2)])), [(2, vec![Kind::Create])]);
}

#[test]
fn a_case_closed_when_first_seen_is_one_create_or_left_out() {
    let mut world = World::new();
    let plan = world.plan(&[case(1).closed()]);
    assert_eq!(kinds(&plan), [(1, vec![Kind::Create])]);
    assert!(!plan.changes[0].after.open);
    world.firm.closure.import_closed = false;
    let plan = world.plan(&[case(1).closed()]);
    assert!(plan.changes.is_empty() && plan.exceptions.is_empty() && plan.unchanged == 0);
}

#[test]
fn a_new_case_in_a_hidden_stage_begins_where_the_firm_says_or_needs_attention() {
    let hidden = |start: Option<&str>| {
        let start = start.map(str::to_owned);
        case(1).with(|w| {
            w.stage = StageWish::Keep { start };
            w.record.stage = None;
        })
    };
    let mut world = World::new();
    assert_eq!(world.plan(&[hidden(Some("Getting Started"))]).changes[0].after.stage.as_deref(), Some("Getting Started"));
    let plan = world.plan(&[hidden(None)]);
    assert!(plan.changes.is_empty());
    assert_eq!(codes(&plan), [(1, vec![ReasonCode::RequiredFieldEmpty])]);
    let mut profile = (*world.firm.portal.profile).clone();
    profile.required.stage = false;
    world.firm.portal.profile = Arc::new(profile);
    assert_eq!(kinds(&world.plan(&[hidden(None)])), [(1, vec![Kind::Create])]);
}

#[test]
fn a_case_neither_open_nor_closed_is_not_created() {
    let plan = World::new().plan(&[case(1).with(|w| w.state = SeenStatus::Unknown)]);
    assert!(plan.changes.is_empty());
    assert_eq!(codes(&plan), [(1, vec![ReasonCode::StatusUnknown])]);
}
