//! Properties over random firms and cases: every case maps, always to the same, whatever order MyCase tells it in; what is
//! decided is complete, what is not is said, and no sentence quotes a person.

use super::*;
use crate::config::{Lead, LeadMissing, MapEntry, NotInMap, PhoneKind, Who};
use crate::domain::NameKey;
use crate::mapping::{Scope, SeenStatus, StageWish};
use jiff::Timestamp;
use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;

const STAGES: [&str; 4] = ["Demand", "Demand Sent", "Conflict Check", "Nowhere"];
const AREAS: [&str; 3] = ["Personal Injury", "Family Law", "Space Law"];
const PHONES: [&str; 7] = ["(212) 736-5000", "+44 20 7946 0958", "212.736.5001", "736-5000", "n/a", " ", "1-212-736-5002 x9"];
const EMAILS: [&str; 5] = [" Zebulon@Person.Example ", "zq@person.example", "none", "a b@person.example", "@person.example"];
/// Whatever of a person could be quoted by mistake, in lower case.
const TELLING: [&str; 6] = ["zebulon", "quackenbush", "person.example", "736", "7946", "hush-hush"];

fn client() -> impl Strategy<Value = SeenClient> {
    let phone = || of((0..PHONES.len()).prop_map(|at| PHONES[at].to_owned()));
    let email = of((0..EMAILS.len()).prop_map(|at| EMAILS[at].to_owned()));
    (phone(), phone(), phone(), email, any::<bool>()).prop_map(|(cell, home, work, email, named)| SeenClient {
        first_name: named.then(|| " Zebulon ".to_owned()),
        last_name: Some("Quackenbush".to_owned()),
        email,
        cell_phone: cell,
        home_phone: home,
        work_phone: work,
        ..SeenClient::bare(PersonId(0))
    })
}

/// A case's own words: stage, area, people, staff, custom values each set at another time.
fn seen() -> impl Strategy<Value = SeenCase> {
    let names = (of(0..STAGES.len()), of(0..AREAS.len()), 0..3_u8);
    let people = (btree_map(55..58_u64, client(), 0..3), vec(55..60_u64, 0..3), of(54..60_u64));
    let staff = vec((6..12_u64, any::<bool>(), any::<bool>()), 0..4);
    let custom = vec((1..4_u64, 0..4_usize), 0..4);
    (names, people, staff, custom).prop_map(|((stage, area, status), (clients, companies, billing), staff, custom)| {
        let mut case = SeenCase::bare(CaseId(1));
        case.name = Some("Quackenbush v. Roe".to_owned());
        case.stage = stage.map(|at| STAGES[at].to_owned());
        case.practice_area = area.map(|at| AREAS[at].to_owned());
        case.status = [CaseStatus::Open, CaseStatus::Closed, CaseStatus::Unknown][usize::from(status)];
        case.clients = clients.into_iter().map(|(id, client)| SeenClient { id: PersonId(id), ..client }).collect();
        case.companies = companies.into_iter().map(company).collect();
        case.billing_contact = billing;
        let on_case = |(id, lead_lawyer, originating_lawyer)| CaseStaff { id: StaffId(id), lead_lawyer, originating_lawyer };
        case.staff = staff.into_iter().map(on_case).collect();
        let value = |(at, (id, text)): (usize, (u64, usize))| CustomValue {
            updated_at: Timestamp::from_second(at as i64).ok(),
            ..value(id, ["yes", "no", "", "hush-hush"][text])
        };
        case.custom = custom.into_iter().enumerate().map(value).collect();
        case
    })
}

fn not_in_map() -> impl Strategy<Value = NotInMap> {
    prop_oneof![Just(NotInMap::SameName), Just(NotInMap::Attention), Just(NotInMap::Keep)]
}

/// A firm's rules, laid over the plain one.
fn desk() -> impl Strategy<Value = Desk> {
    let who = prop_oneof![Just(Who::SoleOrBilling), Just(Who::BillingContact), Just(Who::All), Just(Who::Group(NameKey::new("Clients"))),];
    let kinds = vec(prop_oneof![Just(PhoneKind::Cell), Just(PhoneKind::Home), Just(PhoneKind::Work)], 1..3);
    let names = (not_in_map(), not_in_map(), vec((0..STAGES.len(), 0..3_u8), 0..4), of(0..STAGES.len()), of(0..STAGES.len()));
    let rules = (any::<bool>(), any::<bool>(), any::<bool>(), of(0..AREAS.len()));
    (seen(), who, kinds, names, rules).prop_map(
        |(case, who, kinds, (stages, areas, map, hide, skip), (given, takes, enabled, skip_area))| {
            let mut desk = plain();
            desk.case = case;
            let firm = &mut desk.firm;
            (firm.clients.who, firm.clients.phone) = (who, kinds);
            firm.clients.company_takes_billing_contact = takes;
            firm.staff.lead = vec![Lead::LeadLawyer, Lead::OriginatingLawyer];
            if given {
                firm.staff.lead_missing = LeadMissing::Email("office@acme.example".to_owned());
            }
            (firm.stages.not_in_map, firm.practice_areas.not_in_map) = (stages, areas);
            for (line, (from, to)) in map.into_iter().enumerate() {
                let (from, to) = (STAGES[from].to_owned(), format!("Portal {to}"));
                firm.stages.map.insert(NameKey::new(&from), MapEntry { from: from.into(), to: to.into(), line: line as u32 + 20 });
            }
            firm.stages.hide.extend(hide.map(|at| NameKey::new(STAGES[at])));
            firm.cases.skip_stages.extend(skip.map(|at| NameKey::new(STAGES[at])));
            firm.cases.skip_practice_areas.extend(skip_area.map(|at| NameKey::new(AREAS[at])));
            if enabled {
                firm.cases.enabled_by = "custom.Portal".parse().ok();
            }
            for (id, name) in [(1, "Portal"), (2, "Locker"), (3, "Portal")] {
                desk.custom_field(id, name, &[]);
            }
            desk.reference.people_groups = vec![named(5, "Clients"), named(6, "Others")];
            (55..58).for_each(|id| desk.full(id, (id != 57).then_some(5 + id % 2), id == 56));
            desk
        },
    )
}

fn mapper(firm: &Firm, reference: &Reference) -> Mapper {
    Mapper::new(Arc::new(firm.clone()), Arc::new(reference.clone())).unwrap_or_else(|error| panic!("{error}"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_in_which_mycase_tells_of_a_case_does_not_matter(desk in desk(), seed in any::<u64>()) {
        let Desk { firm, reference, case } = desk;
        let wanted = mapper(&firm, &reference).map(&case);
        let turn = |length: usize| (seed % 7) as usize % length.max(1);
        let mut told = case.clone();
        told.custom.rotate_left(turn(case.custom.len()));
        told.companies.reverse();
        let mut lists = reference.clone();
        lists.stages.reverse();
        lists.practice_areas.reverse();
        lists.people_groups.reverse();
        let other = mapper(&firm, &lists);
        prop_assert_eq!(&other.map(&told), &wanted);
        prop_assert_eq!(&other.map(&told), &wanted, "the second time, too");
    }

    #[test]
    fn what_is_decided_is_complete_and_what_is_not_is_said(desk in desk()) {
        let (mapper, wanted, case) = desk.mapper();
        let of = |id: PersonId| case.clients.iter().any(|client| client.id == id);
        prop_assert!(wanted.record.clients.iter().all(|client| of(client.id)), "a client who is not on the case");
        prop_assert!(!wanted.contact_decided || !wanted.record.clients.is_empty());
        prop_assert!(wanted.stage != StageWish::Set || wanted.record.stage.is_some());
        if wanted.scope != Scope::In {
            prop_assert!(wanted.reasons.is_empty(), "of a case that is left out nothing is complained");
            return Ok(());
        }
        let held = |group: Holds| wanted.reasons.iter().any(|reason| reason.holds == group || reason.holds == Holds::Everything);
        prop_assert!(wanted.contact_decided || held(Holds::Contact), "{:?}", wanted.reasons);
        prop_assert!(wanted.state != SeenStatus::Unknown || held(Holds::State));
        prop_assert!(wanted.stage != StageWish::Undecided || !wanted.reasons.is_empty());
        prop_assert!(wanted.record.attorney.is_some() || !wanted.reasons.is_empty());
        let required = mapper.firm.portal.profile.required;
        let needs_phone = required.phone && wanted.contact_decided;
        prop_assert!(!needs_phone || wanted.record.clients.iter().all(|client| client.phone.is_some()));
    }

    #[test]
    fn values_in_normal_form_stay_as_they_are(desk in desk()) {
        let Desk { firm, reference, mut case } = desk;
        let mapper = mapper(&firm, &reference);
        let wanted = mapper.map(&case);
        for client in &mut case.clients {
            let Some(normal) = wanted.record.clients.iter().find(|normal| normal.id == client.id) else { continue };
            client.first_name = Some(normal.first_name.clone());
            client.last_name = Some(normal.last_name.clone());
            client.email = normal.email.clone();
            (client.cell_phone, client.home_phone, client.work_phone) = (normal.phone.clone(), normal.phone.clone(), normal.phone.clone());
        }
        prop_assert_eq!(mapper.map(&case).record.clients, wanted.record.clients);
    }

    #[test]
    fn what_is_explained_is_what_is_sent(desk in desk()) {
        let (mapper, wanted, case) = desk.mapper();
        let told = mapper.explain(&case);
        let why = |field: &str| told.iter().find(|because| because.field == field).map(|because| because.why.as_str());
        let quoted = |name: &Option<String>| name.as_ref().map(|name| format!("{name:?}"));
        if wanted.stage == StageWish::Set {
            let stage = quoted(&wanted.record.stage).unwrap_or_default();
            prop_assert!(why("stage").is_some_and(|why| why.contains(&stage)), "{stage} is told as {:?}", why("stage"));
        }
        if let Some(area) = quoted(&wanted.record.practice_area) {
            prop_assert!(why("practice_area").is_some_and(|why| why.contains(&area)), "{area} is told as {:?}", why("practice_area"));
        }
        let people: Vec<String> = wanted.record.clients.iter().map(|client| client.id.to_string()).collect();
        let clients = why("clients").unwrap_or_default();
        prop_assert!(people.is_empty() == clients.starts_with("not decided"), "{people:?} are told as {clients}");
        prop_assert!(people.is_empty() || clients.starts_with(&format!("person {},", people.join(", "))), "{people:?} are told as {clients}");
        for field in wanted.record.fields.keys().chain(wanted.record.extra.keys()) {
            prop_assert!(why(field).is_some(), "{field} is sent, and nobody says why");
        }
        prop_assert_eq!(mapper.explain(&case), told);
    }

    #[test]
    fn no_sentence_quotes_a_person(desk in desk()) {
        let (mapper, wanted, case) = desk.mapper();
        let mut said: Vec<String> = mapper.explain(&case).iter().map(crate::mapping::Because::sentence).collect();
        said.extend(wanted.reasons.iter().flat_map(|reason| [reason.text.clone(), reason.fix.clone()]));
        for sentence in said {
            let lower = sentence.to_lowercase();
            prop_assert!(TELLING.iter().all(|value| !lower.contains(value)), "{sentence}");
        }
    }
}
