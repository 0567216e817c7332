//! The portal's fields.

use super::{Desk, on_case, person, plain, value};
use crate::config::{FieldRule, FieldSource};
use crate::domain::{CustomField, FieldId, Holds, PersonId, ReasonCode};
use crate::mapping::{Mapper, MapperError, Needs, Wanted, needs};
use std::sync::Arc;

/// Lays a field over the defaults; `from` is a list of sources, or a template when it has braces.
fn field(desk: &mut Desk, name: &str, from: &str) {
    let source = if from.contains('{') {
        FieldSource::Template(from.to_owned())
    } else {
        FieldSource::First(from.split('|').map(|name| name.parse().unwrap_or_else(|error| panic!("{error}"))).collect())
    };
    let known = desk.firm.portal.profile.fields.get(name);
    let rule = FieldRule { source, extra: known.is_none(), required: known.is_some_and(|field| field.required), line: 70 };
    desk.firm.fields.insert(name.to_owned(), rule);
}

/// What `extra.x` becomes from these sources.
fn x(mut desk: Desk, from: &str) -> Option<String> {
    field(&mut desk, "x", from);
    desk.map().record.extra.get("x").cloned()
}

fn get<'a>(wanted: &'a Wanted, name: &str) -> Option<&'a str> {
    wanted.record.fields.get(name).map(String::as_str)
}

#[test]
fn the_defaults_fill_the_portals_fields_in_normal_form() {
    let wanted = plain().map();
    let fields: Vec<_> = wanted.record.fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(fields, ["case_date=2024-05-01", "name=Doe v. Roe", "readable_id=24-001"]);
}

#[test]
fn the_first_source_that_is_not_blank_is_taken() {
    let mut desk = plain();
    desk.case.case_number = Some(" \u{a0}".to_owned());
    assert_eq!(get(&desk.map(), "readable_id"), Some("1"));
}

#[test]
fn a_value_that_is_empty_is_not_in_the_record() {
    let mut desk = plain();
    desk.case.opened_date = None;
    let wanted = desk.map();
    assert_eq!((get(&wanted, "case_date"), wanted.reasons.len()), (None, 0));
}

#[test]
fn a_required_field_that_came_out_empty_holds_the_rest_and_new_records() {
    let mut desk = plain();
    field(&mut desk, "readable_id", "case.case_number");
    desk.case.case_number = None;
    let wanted = desk.map();
    assert_eq!(wanted.codes(), [(ReasonCode::RequiredFieldEmpty, Holds::Rest)]);
    assert!(wanted.reasons[0].no_create);
    assert_eq!(wanted.complaint(), "the portal needs readable_id, and case.case_number is empty in MyCase");
}

#[test]
fn a_custom_field_is_found_by_name_and_its_newest_value_counts() {
    let mut desk = plain();
    desk.custom_field(3, "Claim Number", &[]);
    let older = crate::domain::CustomValue { updated_at: "2024-01-01T00:00:00Z".parse().ok(), ..value(3, "old") };
    let newer = crate::domain::CustomValue { updated_at: "2024-02-01T00:00:00Z".parse().ok(), ..value(3, " new ") };
    desk.case.custom = vec![newer, older, value(3, "undated")];
    assert_eq!(x(desk, "custom.claim number").as_deref(), Some("new"));
}

#[test]
fn a_list_says_its_option_whether_mycase_gives_key_or_option() {
    for given in ["k1", "Rear-end"] {
        let mut desk = plain();
        desk.custom_field(3, "Accident", &[("k1", "Rear-end"), ("k2", "Fall")]);
        desk.case.custom = vec![value(3, given)];
        assert_eq!(x(desk, "custom.Accident").as_deref(), Some("Rear-end"));
    }
}

#[test]
fn of_two_custom_fields_with_one_name_the_first_with_a_value_is_taken() {
    let mut desk = plain();
    desk.custom_field(3, "Claim", &[]);
    desk.custom_field(4, "claim ", &[]);
    desk.case.custom = vec![value(4, "four"), value(3, " ")];
    assert_eq!(x(desk, "custom.Claim").as_deref(), Some("four"));
}

#[test]
fn a_custom_field_that_mycase_does_not_have_is_empty() {
    assert_eq!(x(plain(), "custom.Nowhere|case.id").as_deref(), Some("1"));
}

#[test]
fn sources_reach_the_client_the_lead_and_the_office() {
    assert_eq!(x(plain(), "client.full_name").as_deref(), Some("Jane Doe"));
    assert_eq!(x(plain(), "client.phone").as_deref(), Some("+12127365000"));
    assert_eq!(x(plain(), "lead_attorney.last_name").as_deref(), Some("Lee"));
    assert_eq!(x(plain(), "office.city"), None);
    let mut desk = plain();
    desk.custom_field(3, "Nickname", &[]);
    desk.full(55, None, false);
    desk.reference.clients.get_mut(&PersonId(55)).into_iter().for_each(|full| full.custom = vec![value(3, "JD")]);
    assert_eq!(x(desk, "client.custom.Nickname").as_deref(), Some("JD"));
}

#[test]
fn a_templates_absent_values_print_as_nothing_and_custom_names_match_as_people_write_them() {
    let mut desk = plain();
    desk.custom_field(3, "Claim Number", &[]);
    desk.case.custom = vec![value(3, "C-9")];
    let template = "{{ case.case_number }}/{{ client.last_name }}/{{ client.birthdate }}/{{ custom['claim number'] }}/{{ custom.nope }}";
    assert_eq!(x(desk, template).as_deref(), Some("24-001/Doe//C-9/"));
}

#[test]
fn a_template_that_cannot_be_worked_out_holds_the_rest_and_quotes_nothing() {
    let mut desk = plain();
    field(&mut desk, "x", "{{ client.last_name|int }}");
    let wanted = desk.map();
    assert_eq!(wanted.codes(), [(ReasonCode::BadValue, Holds::Rest)]);
    assert!(!wanted.complaint().contains("Doe"));
}

#[test]
fn a_template_that_does_not_compile_is_refused_before_any_case() {
    let mut desk = plain();
    field(&mut desk, "x", "{{ case.name ");
    let made = Mapper::new(Arc::new(desk.firm), Arc::new(desk.reference));
    assert!(matches!(made, Err(MapperError::Template { field, .. }) if field == "x"));
}

#[test]
fn a_date_loses_its_time_and_what_is_no_date_is_left_out_and_said() {
    let dated = |text: &str| {
        let mut desk = plain();
        desk.custom_field(3, "Incident", &[]);
        field(&mut desk, "case_date", "custom.Incident");
        desk.case.custom = vec![value(3, text)];
        desk.map()
    };
    assert_eq!(get(&dated("2024-03-09"), "case_date"), Some("2024-03-09"));
    assert_eq!(get(&dated("2024-03-09T10:00:00Z"), "case_date"), Some("2024-03-09"));
    for bad in ["3/9/2024", "2024-13-09", "2024-03-091", "soon"] {
        let wanted = dated(bad);
        assert_eq!(get(&wanted, "case_date"), None, "{bad}");
        assert_eq!(wanted.codes(), [(ReasonCode::BadValue, Holds::Nothing)], "{bad}");
        assert!(!wanted.complaint().contains(bad));
    }
}

#[test]
fn fields_of_the_client_wait_while_it_is_not_clear_who_that_is_instead_of_being_emptied() {
    let mut desk = plain();
    field(&mut desk, "name", "client.last_name");
    desk.case.clients.push(person(56));
    let wanted = desk.map();
    assert_eq!(wanted.codes(), [(ReasonCode::ClientUnclear, Holds::Contact), (ReasonCode::ClientUnclear, Holds::Rest)]);
    assert_eq!(wanted.reasons[1].text, "name waits until it is clear who the client is");
}

#[test]
fn only_rules_that_need_them_have_the_long_lists_read() {
    assert_eq!(needs(&plain().firm), Needs::default());
    let need = |from: &str| {
        let mut desk = plain();
        field(&mut desk, "x", from);
        needs(&desk.firm)
    };
    assert_eq!(need("client.people_group"), Needs { people_groups: true, clients: true });
    assert_eq!(need("client.custom.Nickname"), Needs { people_groups: false, clients: true });
    assert_eq!(need("{{ client.custom.nickname }}"), Needs { people_groups: false, clients: true });
    assert_eq!(need("{{ client.last_name }}"), Needs::default());
}

#[test]
fn a_clients_field_is_not_read_from_the_case() {
    let mut desk = plain();
    let parent = "client".to_owned();
    desk.reference
        .custom_fields
        .insert(FieldId(3), CustomField { id: FieldId(3), name: "N".to_owned(), parent, options: Default::default() });
    desk.case.staff.push(on_case(9));
    assert_eq!(x(desk, "custom.N"), None);
}
