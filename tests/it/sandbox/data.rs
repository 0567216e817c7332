//! The firm that a seed makes: always the same, believable, with trouble in a small fixed share.

use std::collections::BTreeSet;

use casebridge::sandbox::{Options, Sandbox, World, portal_stages};

use super::Caller;

fn sandbox(cases: usize, seed: u64) -> Sandbox {
    Sandbox::new(Options { cases, seed, rate_limits: false, start: "2026-03-02T09:00:00Z".parse().expect("a time") })
}

fn fingerprint(world: &World) -> String {
    format!("{:?} {:?} {:?}", world.mycase.cases, world.mycase.clients, world.mycase.staff)
}

#[tokio::test(start_paused = true)]
async fn the_same_seed_makes_the_same_firm_and_another_seed_another() {
    let (one, same, other) = (sandbox(80, 3), sandbox(80, 3), sandbox(80, 4));
    assert_eq!(one.with(|world| fingerprint(world)), same.with(|world| fingerprint(world)));
    assert_ne!(one.with(|world| fingerprint(world)), other.with(|world| fingerprint(world)));
    assert_eq!(one.handle("http://a"), same.handle("http://a"));
    assert_ne!(one.handle("http://a")["mycase"]["client_id"], other.handle("http://a")["mycase"]["client_id"]);
}

#[tokio::test(start_paused = true)]
async fn every_phone_that_looks_like_one_can_be_dialled_and_belongs_to_one_person() {
    let phones: Vec<String> = sandbox(3000, 1).with(|world| {
        let written = world.mycase.clients.values().filter_map(|client| client.cell_phone.clone());
        written.filter(|phone| phone.bytes().filter(u8::is_ascii_digit).count() >= 7).collect()
    });
    assert!(phones.len() > 2900);
    let dialled: BTreeSet<String> = phones
        .iter()
        .map(|phone| {
            let number = phonelib::PhoneNumber::parse_with_country(phone, "US").unwrap_or_else(|| panic!("{phone} is no number"));
            number.e164().to_string()
        })
        .collect();
    assert_eq!(dialled.len(), phones.len(), "nobody shares a phone");
    assert!(dialled.iter().all(|phone| phone.starts_with("+1") && phone.len() == 12));
}

#[tokio::test(start_paused = true)]
async fn about_three_cases_in_a_hundred_cannot_be_decided() {
    sandbox(2000, 1).with(|world| {
        let firm = &world.mycase;
        let no_lead = firm.cases.values().filter(|case| !case.staff.iter().any(|person| person.lead_lawyer)).count();
        let odd = firm.cases.keys().filter(|id| firm.stage_of(**id) == Some("Referred Out")).count();
        let ambiguous = firm.cases.values().filter(|case| case.clients.len() > 1 && case.billing_contact.is_none()).count();
        let digits = |phone: &str| phone.bytes().filter(u8::is_ascii_digit).count();
        let no_phone = firm.clients.values().filter(|client| client.cell_phone.as_deref().is_none_or(|phone| digits(phone) < 7)).count();
        assert_eq!((no_lead, odd, ambiguous, no_phone), (20, 10, 10, 20));
        let closed = firm.cases.values().filter(|case| !case.open).count();
        assert!((180..300).contains(&closed), "{closed} closed");
        let names: BTreeSet<&str> = firm.cases.values().map(|case| case.name.as_str()).collect();
        assert_eq!(names.len(), 2000, "names of cases are unique at MyCase");
    });
}

#[tokio::test(start_paused = true)]
async fn most_cases_moved_within_the_year_and_none_in_the_future() {
    sandbox(1000, 1).with(|world| {
        let year_ago = world.now().as_second() - 365 * 86400;
        let times = world.mycase.cases.values().map(|case| (case.created_at, case.updated_at));
        assert!(times.clone().all(|(created, updated)| created < updated && updated < world.now()));
        let old = times.filter(|(_, updated)| updated.as_second() < year_ago).count();
        assert!((50..150).contains(&old), "{old} older than a year");
    });
}

#[tokio::test(start_paused = true)]
async fn one_page_is_not_enough_for_stages_and_custom_fields() {
    let caller = Caller::new(1);
    assert_eq!(caller.all("/case_stages").await.len(), 32);
    assert_eq!(caller.all("/custom_fields").await.len(), 32);
    let different: BTreeSet<String> = portal_stages().into_iter().flat_map(|(_, stages)| stages).collect();
    assert_eq!(different.len(), 11);
}
