//! Stages and practice areas that were renamed in MyCase while the file still says the old name.

use super::{Desk, named, plain};
use crate::config::firm_for_tests::entry;
use crate::config::{NameList, NamedInFile, NotInMap};
use crate::domain::{Holds, NameKey, ReasonCode, Reference};
use crate::mapping::{Mapper, NamesEver, OutOfScope, Renames, Scope, StageWish, Wanted};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The case stands in "Demand" (stage 1), which was called "Demand Letter" when the file was written.
fn renamed(edit: impl FnOnce(&mut Desk)) -> Desk {
    let mut desk = plain();
    said(&mut desk, NameList::Stages, "Demand Letter", 41);
    edit(&mut desk);
    desk
}

fn said(desk: &mut Desk, list: NameList, name: &str, line: u32) {
    desk.firm.names.push(NamedInFile { list, name: name.to_owned(), line });
}

/// The lists as they were, and as they are.
fn ever(desk: &Desk) -> NamesEver {
    let mut ever = NamesEver::default();
    let stages = vec![named(1, "Demand Letter"), named(2, "Demand Sent"), named(3, "Conflict Check")];
    ever.read(&Reference { stages, practice_areas: vec![named(1, "PI"), named(2, "Family Law")], ..Reference::default() });
    ever.read(&desk.reference);
    ever
}

fn map(desk: Desk) -> Wanted {
    let renames = Renames::of(&desk.firm, &ever(&desk));
    let mapper = Mapper::heeding(Arc::new(desk.firm), Arc::new(desk.reference), renames).unwrap_or_else(|error| panic!("{error}"));
    mapper.map(&desk.case)
}

fn mapped(desk: &mut Desk) {
    desk.firm.stages.map = BTreeMap::from([entry("Demand Letter", "Negotiation", 41)]);
}

#[test]
fn a_rename_is_said_with_the_line_of_the_file() {
    let mut desk = renamed(mapped);
    said(&mut desk, NameList::Stages, "demand letter", 52);
    let renames = Renames::of(&desk.firm, &ever(&desk));
    let told: Vec<String> = renames.all().iter().map(ToString::to_string).collect();
    assert_eq!(told, ["'Demand Letter' is now called 'Demand'; lines 41, 52 still say 'Demand Letter' (acme.firm.toml:41)"]);
    let one = Renames::of(&renamed(mapped).firm, &ever(&plain()));
    assert_eq!(one.all()[0].to_string(), "'Demand Letter' is now called 'Demand'; line 41 still says 'Demand Letter' (acme.firm.toml:41)");
}

#[test]
fn a_mapped_stage_that_was_renamed_needs_a_decision_and_is_never_sent_under_its_new_name() {
    for not_in_map in [NotInMap::SameName, NotInMap::Attention, NotInMap::Keep] {
        let wanted = map(renamed(|desk| {
            mapped(desk);
            desk.firm.stages.not_in_map = not_in_map;
        }));
        assert_eq!((wanted.codes(), &wanted.stage), (vec![(ReasonCode::Renamed, Holds::Stage)], &StageWish::Undecided), "{not_in_map:?}");
        assert!(wanted.reasons[0].no_create && wanted.record.stage.is_none());
        assert_eq!(wanted.reasons[0].fix, "write \"Demand\" in line 41 of acme.firm.toml");
    }
}

#[test]
fn a_file_that_says_the_new_name_has_been_corrected() {
    let wanted = map(renamed(|desk| {
        mapped(desk);
        desk.firm.stages.map.extend([entry("Demand", "Negotiation", 42)]);
        said(desk, NameList::Stages, "Demand", 42);
    }));
    assert_eq!((wanted.codes(), wanted.record.stage.as_deref()), (vec![], Some("Negotiation")));
}

#[test]
fn a_name_that_another_stage_bears_now_is_no_rename() {
    let mut desk = renamed(mapped);
    desk.reference.stages.push(named(9, "Demand Letter"));
    assert_eq!(Renames::of(&desk.firm, &ever(&desk)).all(), []);
    assert_eq!(map(desk).record.stage.as_deref(), Some("Demand"), "a stage of its own, under the file's rule for others");
}

#[test]
fn a_stage_that_is_gone_or_only_spelled_otherwise_is_no_rename() {
    let mut desk = renamed(mapped);
    desk.reference.stages.remove(0);
    assert_eq!(Renames::of(&desk.firm, &ever(&desk)).all(), []);
    let mut desk = renamed(mapped);
    desk.reference.stages[0].name = " DEMAND letter".to_owned();
    assert_eq!(Renames::of(&desk.firm, &ever(&desk)).all(), []);
    desk.reference.stages.clear();
    assert_eq!(Renames::of(&desk.firm, &ever(&desk)).all(), [], "an empty list was not read");
}

#[test]
fn a_hidden_stage_stays_hidden_and_a_skipped_one_skipped_when_it_is_renamed() {
    let hidden = map(renamed(|desk| desk.firm.stages.hide.extend([NameKey::new("Demand Letter")])));
    assert_eq!((hidden.codes(), hidden.stage), (vec![], StageWish::Keep { start: None }));
    let skipped = map(renamed(|desk| desk.firm.cases.skip_stages.extend([NameKey::new("Demand Letter")])));
    assert_eq!(skipped.scope, Scope::Out(OutOfScope::StageSkipped));
}

#[test]
fn a_renamed_practice_area_neither_enters_nor_leaves_the_scope() {
    let area = |edit: fn(&mut Desk)| {
        let mut desk = plain();
        said(&mut desk, NameList::PracticeAreas, "PI", 12);
        edit(&mut desk);
        map(desk)
    };
    let listed = area(|desk| desk.firm.cases.practice_areas.extend([NameKey::new("PI")]));
    assert_eq!((listed.scope, listed.codes()), (Scope::In, vec![]));
    let skipped = area(|desk| desk.firm.cases.skip_practice_areas.extend([NameKey::new("PI")]));
    assert_eq!(skipped.scope, Scope::Out(OutOfScope::PracticeAreaSkipped));
    let mapped = area(|desk| desk.firm.practice_areas.map = BTreeMap::from([entry("PI", "Injury", 12)]));
    assert_eq!((mapped.codes(), mapped.practice_area_decided), (vec![(ReasonCode::Renamed, Holds::Stage)], false));
    let own_stages = area(|desk| {
        let own = BTreeMap::from([entry("Demand", "Negotiation", 13)]);
        desk.firm.stages.by_area.insert(NameKey::new("PI"), own);
    });
    assert_eq!(own_stages.codes(), [(ReasonCode::Renamed, Holds::Stage)], "one cause, one line");
}

#[test]
fn the_names_of_a_thing_that_was_renamed_twice_are_all_known() {
    let mut ever = NamesEver::default();
    for name in ["Demand Letter", "Demand Sent", "Demand Letter", "Demand"] {
        ever.read(&Reference { stages: vec![named(1, name)], ..Reference::default() });
    }
    assert_eq!(ever.stages[&1].before, ["Demand Sent", "Demand Letter"]);
    assert_eq!(Renames::of(&renamed(mapped).firm, &ever).all().len(), 1);
}
