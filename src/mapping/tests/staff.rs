//! Who leads and who goes along.

use super::{on_case, plain, staff};
use crate::config::{Lead, LeadMissing};
use crate::domain::{CaseStaff, Holds, NameKey, ReasonCode, StaffId};
use crate::mapping::Wanted;

fn team(wanted: &Wanted) -> Vec<(&str, &str, bool)> {
    wanted.record.team.iter().map(|member| (&*member.email, &*member.role, member.attorney)).collect()
}

#[test]
fn the_lead_comes_first_and_paralegals_go_along() {
    let wanted = plain().map();
    assert_eq!(wanted.record.attorney.as_deref(), Some("staff7@acme.example"));
    assert_eq!(team(&wanted), [("staff7@acme.example", "Attorney", true), ("staff8@acme.example", "Paralegal", false)]);
}

#[test]
fn the_files_order_of_flags_decides_who_leads() {
    let mut desk = plain();
    desk.case.staff.push(CaseStaff { originating_lawyer: true, ..on_case(9) });
    assert_eq!(desk.map().record.attorney.as_deref(), Some("staff7@acme.example"));
    let mut desk = plain();
    desk.case.staff.push(CaseStaff { originating_lawyer: true, ..on_case(9) });
    desk.firm.staff.lead = vec![Lead::OriginatingLawyer, Lead::LeadLawyer];
    assert_eq!(desk.map().record.attorney.as_deref(), Some("staff9@acme.example"));
}

#[test]
fn a_lead_who_left_still_leads_but_a_paralegal_who_left_does_not_go_along() {
    let mut desk = plain();
    desk.reference.staff.values_mut().for_each(|staff| staff.active = false);
    assert_eq!(team(&desk.map()), [("staff7@acme.example", "Attorney", true)]);
}

#[test]
fn a_case_that_nobody_leads_needs_attention_and_is_not_created() {
    let mut desk = plain();
    desk.case.staff.clear();
    let wanted = desk.map();
    assert_eq!(wanted.codes(), [(ReasonCode::NoLeadAttorney, Holds::Rest)]);
    assert!(wanted.reasons[0].no_create);
}

#[test]
fn ten_cases_of_a_lead_without_an_address_are_told_in_the_same_words_that_name_him() {
    let complaint = |case: u64| {
        let mut desk = plain();
        desk.case.id.0 = case;
        desk.reference.staff.get_mut(&StaffId(7)).into_iter().for_each(|staff| staff.email = None);
        desk.map().complaint().to_owned()
    };
    assert_eq!(complaint(1), complaint(2));
    assert!(complaint(1).contains("staff 7"), "{}", complaint(1));
}

#[test]
fn the_given_address_leads_where_nobody_does() {
    let mut desk = plain();
    desk.case.staff = vec![on_case(8)];
    desk.firm.staff.lead_missing = LeadMissing::Email("intake@acme.example".to_owned());
    let wanted = desk.map();
    assert_eq!(wanted.reasons, []);
    assert_eq!(team(&wanted), [("intake@acme.example", "Attorney", true), ("staff8@acme.example", "Paralegal", false)]);
}

#[test]
fn a_portal_that_needs_no_lead_gets_none_without_a_word() {
    let mut desk = plain();
    desk.profile().required.attorney = false;
    desk.case.staff.clear();
    let wanted = desk.map();
    assert_eq!((wanted.reasons.len(), wanted.record.attorney), (0, None));
}

#[test]
fn a_list_without_anybody_on_the_case_takes_nobody_out_of_the_portal_and_puts_nobody_in_their_place() {
    for lead_missing in [LeadMissing::Attention, LeadMissing::Email("intake@acme.example".to_owned())] {
        for leads in [true, false] {
            let mut desk = plain();
            desk.profile().required.attorney = false;
            desk.firm.staff.lead_missing = lead_missing.clone();
            desk.reference.staff.clear();
            if !leads {
                desk.case.staff = vec![on_case(8)];
            }
            assert_eq!(desk.map().codes(), [(ReasonCode::StaffUnknown, Holds::Rest)], "{lead_missing:?} {leads}");
        }
    }
}

#[test]
fn roles_name_who_else_goes_along_and_as_what() {
    let mut desk = plain();
    desk.case.staff.push(on_case(9));
    desk.firm.staff.roles =
        [(NameKey::new("Attorney"), "Counsel".to_owned()), (NameKey::new("Paralegal"), "Case Manager".to_owned())].into();
    let expected = [
        ("staff7@acme.example", "Counsel", true),
        ("staff8@acme.example", "Case Manager", false),
        ("staff9@acme.example", "Counsel", true),
    ];
    assert_eq!(team(&desk.map()), expected);
}

#[test]
fn addresses_are_translated_and_nobody_stands_twice() {
    let mut desk = plain();
    desk.firm.staff.email = [("staff8@acme.example".to_owned(), "staff7@acme.example".to_owned())].into();
    assert_eq!(team(&desk.map()), [("staff7@acme.example", "Attorney", true)]);
}

#[test]
fn the_order_in_which_mycase_names_staff_changes_nothing() {
    let mut desk = plain();
    desk.reference.staff.insert(StaffId(6), staff(6, "Paralegal"));
    desk.case.staff.push(on_case(6));
    let mut other = plain();
    other.reference.staff.insert(StaffId(6), staff(6, "Paralegal"));
    other.case.staff.insert(0, on_case(6));
    assert!(desk.map().record == other.map().record);
}
