//! Who the client is and how they log in: what can be told is sent, what cannot is asked.

use super::stage::{Portal, Stage};
use casebridge::domain::{Kind, ReasonCode};
use casebridge::sandbox::{NewCase, NewClient};
use casebridge::sync::Outcome;

fn person(first: &str, phone: Option<&str>) -> NewClient {
    let email = Some(format!("{}@example.org", first.to_lowercase()));
    NewClient { first_name: first.to_owned(), last_name: "Okafor".to_owned(), email, cell_phone: phone.map(str::to_owned) }
}

fn new_case(stage: &Stage, name: &str, clients: Vec<u64>) -> u64 {
    let (area, at) = (Some("Personal Injury".to_owned()), Some("Treating".to_owned()));
    let case = NewCase { name: name.to_owned(), practice_area: area, stage: at, case_number: None, clients };
    stage.with(|world| world.add_case(case)).expect("a case")
}

#[tokio::test(start_paused = true)]
async fn a_client_who_is_now_another_person_is_never_swapped_but_by_a_yes_to_contact() {
    for portal in [Portal::CaseStatus, Portal::Hona] {
        let stage = Stage::imported(portal, 60).await;
        let there = |case: &u64| match portal {
            Portal::CaseStatus => stage.records(*case).len() == 1,
            Portal::Hona => stage.with(|world| world.hona.projects.contains_key(&case.to_string())),
        };
        let treating = stage.with(|world| {
            let id = world.mycase.stage_id("Treating");
            world.mycase.cases.values().filter(|case| case.open && case.stage == id).map(|case| case.id).collect::<Vec<_>>()
        });
        let case = treating.into_iter().find(there).expect("a case");
        let new = stage.with(|world| {
            let id = world.add_client(person("Ada", Some("(212) 736-5001")));
            world.set_clients(case, &[id], Some(id)).map(|()| id).expect("another client")
        });
        let run = stage.sync().await;
        assert_eq!((run.written, run.waiting, stage.writes()), (0, 1, 0), "{run:#?}");
        assert_eq!(stage.reasons(case).await, [ReasonCode::ClientChanged]);
        let all = stage.approve().await;
        assert_eq!((all.written, all.waiting), (0, 1), "a yes without --only contact does not mean it: {all:#?}");
        stage.sync().await;
        let meant = stage.approve_only(Kind::Contact).await;
        assert_eq!((meant.written, meant.moved.len()), (1, 0), "{meant:#?}");
        let clients: Vec<String> = match portal {
            Portal::CaseStatus => stage.record(case).clients.into_iter().filter_map(|client| client.integration_id).collect(),
            Portal::Hona => stage.with(|w| w.hona.projects[&case.to_string()].contacts.iter().map(|c| c.external_id.clone()).collect()),
        };
        assert_eq!(clients, [new.to_string()]);
        let after = stage.sync().await;
        assert_eq!((after.written, after.waiting_plan), (0, None));
        assert_eq!(stage.reasons(case).await, []);
    }
}

#[tokio::test(start_paused = true)]
async fn while_the_client_is_in_question_the_rest_of_the_case_goes_on() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    let before = stage.record(case).clients;
    stage.with(|world| {
        let id = world.add_client(person("Ada", Some("(212) 736-5001")));
        world.set_clients(case, &[id], Some(id)).and_then(|()| world.set_stage(case, "Demand Sent")).expect("changed");
    });
    let run = stage.sync().await;
    assert_eq!((run.written, run.waiting), (1, 1), "{run:#?}");
    assert_eq!((stage.shown(case).as_str(), stage.record(case).clients), ("Demand", before));
}

#[tokio::test(start_paused = true)]
async fn two_people_with_one_phone_need_attention_until_it_is_put_right() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let (old, client) = (stage.a_case(), stage.client_of(stage.a_case()));
    let phone = stage.with(|world| world.mycase.clients[&client].cell_phone.clone());
    let other = stage.with(|world| world.add_client(person("Ada", phone.as_deref())));
    let case = new_case(&stage, "Okafor v. Northline", vec![other]);
    let run = stage.sync().await;
    assert_eq!((run.counts.create, run.written), (0, 0), "{run:#?}");
    assert_eq!((stage.reasons(case).await, stage.reasons(old).await), (vec![ReasonCode::SharedPhone], vec![ReasonCode::SharedPhone]));
    assert!(stage.records(case).is_empty());
    stage.with(|world| world.set_client_phone(other, Some("212 736 5002"))).expect("another phone");
    let next = stage.sync().await;
    assert_eq!(next.written, 1, "{next:#?}");
    assert_eq!(stage.record(case).clients[0].cell_phone.as_deref(), Some("+12127365002"));
    assert_eq!((stage.reasons(case).await, stage.reasons(old).await), (vec![], vec![]));
}

#[tokio::test(start_paused = true)]
async fn a_shared_phone_may_be_allowed() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    stage.edit("[clients]\n", "[clients]\nshared_phone = \"allow\"\n");
    let phone =
        stage.with(|world| world.mycase.clients[&world.mycase.cases.values().next().expect("a case").clients[0]].cell_phone.clone());
    let other = stage.with(|world| world.add_client(person("Ada", phone.as_deref())));
    let case = new_case(&stage, "Okafor v. Northline", vec![other]);
    stage.sync().await;
    assert_eq!(stage.records(case).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn who_cannot_be_told_or_reached_is_not_created_and_says_why() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let (ada, bea, cid) = stage.with(|world| {
        let ada = world.add_client(person("Ada", Some("212 736 5001")));
        (ada, world.add_client(person("Bea", Some("212 736 5002"))), world.add_client(person("Cid", Some("call after 5"))))
    });
    let two = new_case(&stage, "Two v. One", vec![ada, bea]);
    let mute = new_case(&stage, "Mute v. One", vec![cid]);
    let nobody = new_case(&stage, "Nobody v. One", Vec::new());
    let company = stage.with(|world| world.mycase.companies.keys().next().copied().expect("a company"));
    let firm = new_case(&stage, "Company v. One", Vec::new());
    stage.with(|world| world.edit_case(firm, |case| case.companies = vec![company])).expect("edited");
    let run = stage.sync().await;
    assert_eq!((run.outcome, run.written), (Outcome::Done, 0), "{run:#?}");
    assert_eq!(stage.reasons(two).await, [ReasonCode::ClientUnclear]);
    assert_eq!(stage.reasons(mute).await, [ReasonCode::NoUsablePhone]);
    assert_eq!(stage.reasons(nobody).await, [ReasonCode::NoClient]);
    assert_eq!(stage.reasons(firm).await, [ReasonCode::CompanyClient]);
    stage.with(|world| world.set_clients(two, &[ada, bea], Some(bea))).expect("the billing contact");
    assert_eq!(stage.sync().await.written, 1);
    assert_eq!(stage.record(two).clients[0].integration_id, Some(bea.to_string()));
}

#[tokio::test(start_paused = true)]
async fn more_new_phones_than_the_limit_wait() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let cases = stage.open_cases();
    for (at, case) in cases[..4].iter().enumerate() {
        let client = stage.client_of(*case);
        stage.with(|world| world.set_client_phone(client, Some(&format!("212-736-51{at:02}")))).expect("a phone");
    }
    let run = stage.sync().await;
    assert_eq!((run.written, run.waiting, run.counts.contact), (0, 4, 4), "{run:#?}");
    assert_eq!(stage.approve().await.written, 4);
    assert_eq!(stage.record(cases[3]).clients[0].cell_phone.as_deref(), Some("+12127365103"));
}

#[tokio::test(start_paused = true)]
async fn a_value_that_became_empty_is_emptied_in_the_portal() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    stage.edit("[limits]\n", "[fields]\nclaim = \"custom.Claim Number\"\n\n[limits]\n");
    stage.sync().await;
    let case = stage.a_case();
    assert!(stage.record(case).extra.contains_key("claim"), "{:?}", stage.record(case).extra);
    let client = stage.client_of(case);
    assert!(stage.record(case).clients[0].email.is_some());
    stage.with(|world| {
        world.set_custom(case, "Claim Number", serde_json::Value::Null).expect("emptied");
        world.edit_client(client, |client| client.email = None).expect("emptied");
    });
    let run = stage.sync().await;
    assert_eq!(run.written, 1, "{run:#?}");
    let record = stage.record(case);
    assert!(record.extra.get("claim").is_none_or(serde_json::Value::is_null), "{:?}", record.extra);
    assert_eq!(record.clients[0].email, None);
    assert_eq!(stage.sync().await.written, 0);
}
