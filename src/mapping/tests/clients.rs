//! Who the client is, and how the person logs in.

use super::{company, named, person, plain};
use crate::config::{PhoneKind, Who};
use crate::domain::{Holds, NameKey, ReasonCode};
use crate::mapping::Wanted;

fn ids(wanted: &Wanted) -> Vec<u64> {
    wanted.record.clients.iter().map(|client| client.id.0).collect()
}

#[test]
fn a_plain_case_maps_without_a_word() {
    let wanted = plain().map();
    assert_eq!(wanted.reasons, []);
    assert!(wanted.contact_decided && wanted.practice_area_decided);
    let client = &wanted.record.clients[0];
    assert_eq!((client.first_name.as_str(), client.last_name.as_str()), ("Jane", "Doe"));
    assert_eq!((client.phone.as_deref(), client.email.as_deref()), (Some("+12127365000"), Some("jane@example.com")));
}

#[test]
fn of_several_people_the_billing_contact_is_the_client() {
    let mut desk = plain();
    desk.case.clients.push(person(56));
    desk.case.billing_contact = Some(56);
    assert_eq!(ids(&desk.map()), [56]);
}

#[test]
fn several_people_without_a_billing_contact_on_the_case_need_attention_and_nobody_is_sent() {
    for billing in [None, Some(99)] {
        let mut desk = plain();
        desk.case.clients.push(person(56));
        desk.case.billing_contact = billing;
        let wanted = desk.map();
        assert_eq!(wanted.codes(), [(ReasonCode::ClientUnclear, Holds::Contact)]);
        assert!(wanted.reasons[0].no_create && !wanted.contact_decided && wanted.record.clients.is_empty());
    }
}

#[test]
fn one_person_beside_a_company_is_not_taken_unless_the_billing_contact_says_so() {
    let mut desk = plain();
    desk.case.companies.push(company(90));
    assert_eq!(desk.map().codes(), [(ReasonCode::ClientUnclear, Holds::Contact)]);
    let mut desk = plain();
    desk.case.companies.push(company(90));
    desk.case.billing_contact = Some(55);
    assert_eq!(ids(&desk.map()), [55]);
}

#[test]
fn a_billing_contact_whose_number_is_both_a_persons_and_a_companys_decides_nothing() {
    let mut desk = plain();
    desk.case.companies.push(company(55));
    desk.case.billing_contact = Some(55);
    let wanted = desk.map();
    assert_eq!(wanted.codes(), [(ReasonCode::ClientUnclear, Holds::Contact)]);
    assert!(wanted.complaint().contains("both"), "{}", wanted.complaint());
}

#[test]
fn a_case_of_a_company_needs_attention() {
    let mut only_company = plain();
    only_company.case.clients.clear();
    only_company.case.companies.push(company(90));
    let mut billed_to_company = plain();
    billed_to_company.case.companies.push(company(90));
    billed_to_company.case.billing_contact = Some(90);
    for desk in [only_company, billed_to_company] {
        assert_eq!(desk.map().codes(), [(ReasonCode::CompanyClient, Holds::Contact)]);
    }
}

#[test]
fn a_case_without_anybody_says_so() {
    let mut desk = plain();
    desk.case.clients.clear();
    assert_eq!(desk.map().codes(), [(ReasonCode::NoClient, Holds::Contact)]);
}

fn by_group() -> super::Desk {
    let mut desk = plain();
    desk.firm.clients.who = Who::Group(NameKey::new("Client"));
    desk.reference.people_groups = vec![named(4, "CLIENT "), named(5, "Witness")];
    desk.case.clients = vec![person(55), person(56)];
    desk.full(55, Some(5), false);
    desk.full(56, Some(4), false);
    desk
}

#[test]
fn exactly_one_person_of_the_group_is_the_client_and_archived_ones_do_not_count() {
    assert_eq!(ids(&by_group().map()), [56]);
    let mut desk = by_group();
    desk.full(55, Some(4), true);
    assert_eq!(ids(&desk.map()), [56]);
}

#[test]
fn two_people_of_the_group_or_none_or_an_unknown_one_need_attention() {
    let mut two = by_group();
    two.full(55, Some(4), false);
    let mut none = by_group();
    none.full(56, None, false);
    let mut unknown = by_group();
    unknown.reference.clients.clear();
    let mut no_group = by_group();
    no_group.reference.people_groups.clear();
    for desk in [two, none, unknown, no_group] {
        assert_eq!(desk.map().codes(), [(ReasonCode::ClientUnclear, Holds::Contact)]);
    }
}

#[test]
fn where_nobody_of_the_group_is_beside_a_company_the_billing_contact_may_stand_in() {
    let company_case = || {
        let mut desk = by_group();
        desk.full(56, None, false);
        desk.case.companies.push(company(90));
        desk.case.billing_contact = Some(55);
        desk
    };
    assert_eq!(company_case().map().codes(), [(ReasonCode::CompanyClient, Holds::Contact)]);
    let mut desk = company_case();
    desk.firm.clients.company_takes_billing_contact = true;
    assert_eq!(ids(&desk.map()), [55]);
}

#[test]
fn all_means_everybody_and_each_needs_a_phone() {
    let mut desk = plain();
    desk.firm.clients.who = Who::All;
    desk.case.clients.push(person(56));
    assert_eq!(ids(&desk.map()), [55, 56]);
    let mut desk = plain();
    desk.firm.clients.who = Who::All;
    desk.case.clients.push(person(56));
    desk.case.clients[1].cell_phone = None;
    let wanted = desk.map();
    assert_eq!(wanted.codes(), [(ReasonCode::NoUsablePhone, Holds::Contact)]);
    assert!(!wanted.contact_decided && wanted.reasons[0].no_create);
}

#[test]
fn the_first_valid_phone_of_the_files_order_is_the_login() {
    let mut desk = plain();
    desk.firm.clients.phone = vec![PhoneKind::Cell, PhoneKind::Home];
    desk.case.clients[0].cell_phone = Some("n/a".to_owned());
    desk.case.clients[0].home_phone = Some("212-736-5001".to_owned());
    assert_eq!(desk.map().record.clients[0].phone.as_deref(), Some("+12127365001"));
}

#[test]
fn a_phone_that_the_file_does_not_name_is_not_taken() {
    let mut desk = plain();
    desk.case.clients[0].home_phone = desk.case.clients[0].cell_phone.take();
    assert_eq!(desk.map().codes(), [(ReasonCode::NoUsablePhone, Holds::Contact)]);
}

#[test]
fn where_an_address_will_do_a_missing_phone_is_no_matter() {
    let hona = || {
        let mut desk = plain();
        let required = &mut desk.profile().required;
        (required.phone, required.phone_or_email) = (false, true);
        desk.case.clients[0].cell_phone = None;
        desk
    };
    assert_eq!(hona().map().codes(), []);
    let mut desk = hona();
    desk.case.clients[0].email = None;
    assert_eq!(desk.map().codes(), [(ReasonCode::NoUsablePhone, Holds::Contact)]);
}

#[test]
fn an_address_that_is_none_is_left_out_and_said_and_holds_nothing() {
    let mut desk = plain();
    desk.case.clients[0].email = Some("ask her".to_owned());
    let wanted = desk.map();
    assert_eq!(wanted.codes(), [(ReasonCode::BadValue, Holds::Nothing)]);
    assert!(wanted.contact_decided && wanted.record.clients[0].email.is_none());
    let mut desk = plain();
    desk.case.clients[0].email = Some("  ".to_owned());
    assert_eq!(desk.map().codes(), []);
}

#[test]
fn no_sentence_quotes_a_person() {
    let mut desk = plain();
    desk.case.clients[0].email = Some("secret mail".to_owned());
    desk.case.clients[0].cell_phone = Some("secret phone".to_owned());
    for reason in desk.map().reasons {
        let both = format!("{} {}", reason.text, reason.fix);
        assert!(!both.contains("secret") && !both.contains("Jane") && !both.contains("55"), "{both}");
    }
}
