//! Practice areas and stages.

use super::plain;
use crate::config::NotInMap;
use crate::config::firm_for_tests::entry;
use crate::domain::{Holds, NameKey, ReasonCode};
use crate::mapping::StageWish;
use std::collections::BTreeMap;

/// A plain case in this stage.
fn in_stage(stage: &str) -> super::Desk {
    let mut desk = plain();
    desk.case.stage = Some(stage.to_owned());
    desk
}

fn with_portal_stages(mut desk: super::Desk) -> super::Desk {
    let stages = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    desk.firm.portal.stages = BTreeMap::from([
        ("Personal Injury".to_owned(), stages(&["Getting Started", "Demand"])),
        ("Family Law".to_owned(), stages(&["Getting Started", "Petition"])),
    ]);
    desk
}

#[test]
fn a_name_that_no_map_has_is_sent_as_mycase_spells_it() {
    let wanted = in_stage(" Demand Sent\u{a0}").map();
    assert_eq!((wanted.record.stage.as_deref(), wanted.stage), (Some("Demand Sent"), StageWish::Set));
    assert_eq!(wanted.mycase_stage.as_deref(), Some(" Demand Sent\u{a0}"));
}

#[test]
fn a_map_matches_without_regard_to_case_and_blanks() {
    let mut desk = in_stage(" demand SENT\u{a0}");
    desk.firm.stages.map = BTreeMap::from([entry("Demand Sent", "Demand", 41)]);
    assert_eq!(desk.map().record.stage.as_deref(), Some("Demand"));
}

#[test]
fn with_the_portals_stages_known_a_same_name_is_sent_as_the_portal_spells_it() {
    let mut desk = with_portal_stages(in_stage("DEMAND"));
    desk.case.practice_area = Some("personal injury".to_owned());
    let wanted = desk.map();
    assert_eq!(wanted.record.stage.as_deref(), Some("Demand"));
    assert_eq!(wanted.record.practice_area.as_deref(), Some("Personal Injury"));
}

#[test]
fn a_stage_that_the_portal_has_for_another_practice_area_only_needs_attention() {
    let wanted = with_portal_stages(in_stage("Petition")).map();
    assert_eq!(wanted.codes(), [(ReasonCode::StageNotMapped, Holds::Stage)]);
    assert_eq!(wanted.stage, StageWish::Undecided);
    assert!(wanted.reasons[0].no_create && wanted.contact_decided && wanted.record.stage.is_none());
    assert_eq!(
        wanted.complaint(),
        "MyCase's stage \"Petition\" is not in [stages.map], and [portal.stages] has no stage of that name for \"Personal Injury\""
    );
    assert_eq!(wanted.reasons[0].fix, "add \"Petition\" = \"...\" under [stages.map] in acme.firm.toml, or name it in stages.hide");
}

#[test]
fn not_in_map_can_mean_attention_or_keep() {
    let mut desk = in_stage("Demand Sent");
    desk.firm.stages.not_in_map = NotInMap::Attention;
    assert_eq!(desk.map().codes(), [(ReasonCode::StageNotMapped, Holds::Stage)]);
    let mut desk = in_stage("Demand Sent");
    desk.firm.stages.not_in_map = NotInMap::Keep;
    let wanted = desk.map();
    assert_eq!((wanted.reasons.len(), wanted.stage), (0, StageWish::Keep { start: None }));
}

#[test]
fn an_override_for_a_practice_area_beats_hiding_and_hiding_beats_the_map() {
    let hidden = || {
        let mut desk = in_stage("Conflict Check");
        desk.firm.stages.hide.insert(NameKey::new("conflict check"));
        desk.firm.stages.map = BTreeMap::from([entry("Conflict Check", "Demand", 41)]);
        desk.firm.stages.start = Some("Getting Started".to_owned());
        desk
    };
    let wanted = hidden().map();
    assert_eq!(wanted.stage, StageWish::Keep { start: Some("Getting Started".to_owned()) });
    assert_eq!((wanted.record.stage, wanted.reasons.len()), (None, 0));
    let mut desk = hidden();
    desk.firm.stages.by_area = BTreeMap::from([(NameKey::new("Personal Injury"), BTreeMap::from([entry("Conflict Check", "Intake", 50)]))]);
    let wanted = desk.map();
    assert_eq!((wanted.stage, wanted.record.stage.as_deref()), (StageWish::Set, Some("Intake")));
}

#[test]
fn an_override_counts_for_its_practice_area_only() {
    let mut desk = in_stage("Demand Sent");
    desk.firm.stages.by_area = BTreeMap::from([(NameKey::new("Family Law"), BTreeMap::from([entry("Demand Sent", "Petition", 50)]))]);
    assert_eq!(desk.map().record.stage.as_deref(), Some("Demand Sent"));
}

#[test]
fn a_case_without_a_stage_keeps_the_portals() {
    let mut desk = plain();
    desk.case.stage = None;
    let wanted = desk.map();
    assert_eq!((wanted.stage, wanted.reasons.len()), (StageWish::Keep { start: None }, 0));
}

#[test]
fn an_unmapped_practice_area_is_one_complaint_that_holds_the_stage_too() {
    let mut desk = with_portal_stages(in_stage("Nowhere"));
    desk.case.practice_area = Some("Bankruptcy".to_owned());
    let wanted = desk.map();
    assert_eq!(wanted.codes(), [(ReasonCode::PracticeAreaNotMapped, Holds::Stage)]);
    assert!(!wanted.practice_area_decided);
    assert_eq!(wanted.stage, StageWish::Undecided);
}

#[test]
fn a_practice_area_can_be_mapped_kept_or_missing() {
    let mut desk = plain();
    desk.case.practice_area = Some("PI".to_owned());
    desk.firm.practice_areas.map = BTreeMap::from([entry("pi", "Personal Injury", 60)]);
    assert_eq!(desk.map().record.practice_area.as_deref(), Some("Personal Injury"));
    let mut desk = plain();
    desk.firm.practice_areas.not_in_map = NotInMap::Keep;
    let wanted = desk.map();
    assert_eq!((wanted.practice_area_decided, wanted.reasons.len()), (false, 0));
    let mut desk = plain();
    desk.case.practice_area = Some(" ".to_owned());
    assert_eq!(desk.map().codes(), [(ReasonCode::PracticeAreaNotMapped, Holds::Stage)]);
}

#[test]
fn a_portal_that_needs_neither_lets_a_case_without_them_in() {
    let mut desk = plain();
    let required = &mut desk.profile().required;
    (required.stage, required.practice_area) = (false, false);
    (desk.case.stage, desk.case.practice_area) = (None, None);
    assert_eq!(desk.map().reasons, []);
}
