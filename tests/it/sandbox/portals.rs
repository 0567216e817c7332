//! Case Status' and Hona's faces: what they take, what they refuse, what they show.

use std::time::Duration;

use casebridge::sandbox::Side;
use serde_json::{Value, json};

use super::Caller;

fn attorney(caller: &Caller) -> String {
    caller.sandbox.with(|world| world.mycase.staff.values().find(|s| s.active).map(|s| s.email.clone())).expect("an attorney")
}

fn case(caller: &Caller, integration_id: &str) -> Value {
    json!({
        "integration_id": integration_id, "readable_id": format!("PI-{integration_id}"), "name": "Ramirez v. Delmar",
        "practice_area": "Personal Injury", "status": "Demand", "case_date": "2026-01-05", "attorney_email": attorney(caller),
        "clients": [{ "integration_id": "9", "first_name": "Ana", "last_name": "Ramirez", "cell_phone": "+12127365000" }],
    })
}

async fn report(caller: &Caller) -> Vec<Value> {
    caller.case_status("GET", "/reporting/cases?page[number]=1&size=100", None).await.json()["results"].as_array().expect("rows").clone()
}

#[tokio::test(start_paused = true)]
async fn a_case_is_created_moved_closed_and_reopened() {
    let caller = Caller::new(1);
    let made = caller.case_status("POST", "/v1/api/cases", Some(case(&caller, "41"))).await;
    assert_eq!((made.status, made.json()["integration_id"].as_str()), (201, Some("41")));
    let path = format!("/v1/api/cases/{}", made.json()["id"]);
    let moved = caller.case_status("PATCH", &path, Some(json!({ "status": "Negotiation" }))).await;
    assert_eq!((moved.status, moved.json()["name"].as_str()), (200, Some("Ramirez v. Delmar")));
    assert_eq!(caller.case_status("POST", &format!("{path}/close"), None).await.status, 200);
    let row = report(&caller).await.remove(0);
    assert!(row["Case Closed At"].is_string());
    assert_eq!((row["Status"].as_str(), row["Clients"]["Client 1 ID"].is_u64()), (Some("Negotiation"), true));
    assert_eq!(row["Attorneys"]["Attorney 1 Email"], attorney(&caller));
    assert_eq!(caller.case_status("POST", &format!("{path}/reopen"), None).await.json()["closed_at"], Value::Null);
    assert_eq!(caller.sandbox.with(|world| world.case_status.surveys), 1);
    let statuses: Vec<u16> = caller.sandbox.with(|world| world.writes().iter().map(|write| write.status).collect());
    assert_eq!(statuses, [201, 200, 200, 200]);
    assert_eq!(caller.sandbox.with(|world| world.requests()["case-status PATCH /v1/api/cases/{id}"]), 1);
    assert_eq!(caller.sandbox.with(|world| world.requests_to(Side::CaseStatus)), 5);
}

#[tokio::test(start_paused = true)]
async fn an_integration_id_is_taken_once() {
    let caller = Caller::new(1);
    let first = caller.case_status("POST", "/v1/api/cases", Some(case(&caller, "41"))).await.json();
    assert_eq!(caller.case_status("POST", "/v1/api/cases", Some(case(&caller, "41"))).await.status, 409);
    let id = first["id"].as_u64().expect("an id");
    caller.sandbox.with(|world| world.case_status.delete(id, world.now())).expect("deleted");
    assert!(report(&caller).await[0]["Case Deleted At"].is_string());
    assert_eq!(caller.case_status("POST", "/v1/api/cases", Some(case(&caller, "41"))).await.status, 201);
    assert_eq!(caller.case_status("PATCH", &format!("/v1/api/cases/{id}"), Some(json!({}))).await.status, 404);
}

#[tokio::test(start_paused = true)]
async fn what_the_account_does_not_know_is_refused_and_quoted() {
    let caller = Caller::new(1);
    for (field, bad, quoted) in [
        ("attorney_email", json!("nobody@example.com"), "nobody@example.com"),
        ("practice_area", json!("Tax"), "Tax"),
        ("status", json!("Petition"), "Petition"),
        ("clients", json!([{ "cell_phone": "(212) 736-5000" }]), "(212) 736-5000"),
        ("clients", json!([]), "Client can't be blank"),
        ("readable_id", Value::Null, "Readable ID"),
        ("nmae", json!("x"), "nmae"),
    ] {
        let mut body = case(&caller, "1");
        body[field] = bad;
        let reply = caller.case_status("POST", "/v1/api/cases", Some(body)).await;
        assert_eq!(reply.status, 422, "{field}");
        assert!(reply.json()["errors"][0].as_str().is_some_and(|text| text.contains(quoted)), "{field}: {}", reply.text());
    }
    assert!(report(&caller).await.is_empty());
    assert_eq!(caller.case_status("POST", "/v1/api/cases/5/close", None).await.status, 404);
    let url = format!("{}/v1/api/files", caller.of("case_status", "base_url"));
    assert_eq!(caller.send("GET", &url, Some("ApiKey wrong"), None).await.status, 401);
}

#[tokio::test(start_paused = true)]
async fn the_report_lags_behind_by_as_much_as_is_set() {
    let caller = Caller::new(1);
    caller.sandbox.with(|world| world.switches.list_lag_seconds = 5);
    let id = caller.case_status("POST", "/v1/api/cases", Some(case(&caller, "41"))).await.json()["id"].clone();
    assert!(report(&caller).await.is_empty());
    tokio::time::advance(Duration::from_secs(5)).await;
    assert_eq!(report(&caller).await[0]["Status"], "Demand");
    let moved = caller.case_status("PATCH", &format!("/v1/api/cases/{id}"), Some(json!({ "status": "Litigation" }))).await;
    assert_eq!((moved.status, report(&caller).await[0]["Status"].as_str()), (200, Some("Demand")));
    tokio::time::advance(Duration::from_secs(5)).await;
    assert_eq!(report(&caller).await[0]["Status"], "Litigation");
}

#[tokio::test(start_paused = true)]
async fn a_case_made_by_hand_can_be_moved_and_one_id_can_stand_twice() {
    let caller = Caller::new(1);
    let ids = caller.sandbox.with(|world| {
        let now = world.now();
        [world.case_status.add_by_hand("Roe", Some("41"), now), world.case_status.add_by_hand("Roe again", Some("41"), now)]
    });
    assert_eq!(caller.sandbox.with(|world| world.case_status.by_integration_id("41").len()), 2);
    let path = format!("/v1/api/cases/{}", ids[0]);
    assert_eq!(caller.case_status("PATCH", &path, Some(json!({ "status": "Demand" }))).await.status, 200);
    assert_eq!(caller.case_status("PATCH", &path, Some(json!({ "status": "Hearing" }))).await.status, 422);
}

#[tokio::test(start_paused = true)]
async fn files_and_messages_come_ten_a_page_and_end_with_a_short_one() {
    let caller = Caller::new(1);
    let id = caller.case_status("POST", "/v1/api/cases", Some(case(&caller, "41"))).await.json()["id"].as_u64().expect("an id");
    caller.sandbox.with(|world| {
        let now = world.now();
        for number in 0..13 {
            world.case_status.add_file(id, "scan.pdf", 150_000 + number, None, now);
            world.case_status.add_message(id, "Ana Ramirez", "Any news?", now);
        }
    });
    for kind in ["files", "messages"] {
        let mut lengths = Vec::new();
        for number in 1..=3 {
            lengths.push(caller.case_status("GET", &format!("/v1/api/{kind}?page[number]={number}"), None).await.list().len());
        }
        assert_eq!(lengths, [10, 3, 0], "{kind}");
    }
    let file = caller.case_status("GET", "/v1/api/files", None).await.list().remove(0);
    assert_eq!((file["case_integration_id"].as_str(), file["extension"].as_str()), (Some("41"), Some("pdf")));
    let url = file["url"].as_str().expect("an address").to_owned();
    let key = format!("ApiKey {}", caller.of("case_status", "api_key"));
    let with_key = caller.send("GET", &url, Some(&key), None).await;
    assert_eq!(with_key.body.expect("bytes").len() as u64, file["size"].as_u64().expect("a size"));
    assert_eq!(caller.send("GET", &url, None, None).await.status, 401);
    caller.sandbox.with(|world| world.switches.files_origin = Some("http://files.internal".to_owned()));
    let elsewhere = caller.case_status("GET", "/v1/api/files", None).await.list()[0]["url"].as_str().expect("an address").to_owned();
    assert!(elsewhere.starts_with("http://files.internal/"));
    assert_eq!(caller.send("GET", &elsewhere, Some(&key), None).await.status, 400);
    assert_eq!(caller.send("GET", &elsewhere, None, None).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn hona_makes_or_changes_by_external_id() {
    let caller = Caller::new(1);
    let contact = json!({ "externalId": "9", "firstName": "Ana", "lastName": "Ramirez", "phone": "+12127365000" });
    let made = caller.hona("/contacts", contact.clone()).await;
    assert_eq!((made.status, made.json()["externalId"].as_str()), (201, Some("9")));
    let again = caller.hona("/contacts", contact).await;
    assert_eq!((again.status, again.json()["id"].clone()), (200, made.json()["id"].clone()));
    let project = json!({
        "externalId": "41", "name": "Ramirez v. Delmar", "projectType": "Personal Injury", "phase": "Demand", "honaEnabled": true,
        "status": "In Progress", "contacts": [{ "externalId": "9", "role": "Client" }],
        "team": [{ "email": attorney(&caller), "role": "Attorney" }],
    });
    assert_eq!(caller.hona("/projects", project).await.status, 201);
    let done = caller.hona("/projects", json!({ "externalId": "41", "status": "Complete" })).await;
    assert_eq!((done.status, done.json()["phase"].as_str()), (200, Some("Demand")));
    let texts = caller.sandbox.with(|world| (world.hona.welcome_texts, world.hona.phase_texts, world.hona.login_links));
    assert_eq!(texts, (1, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn hona_refuses_what_it_cannot_use() {
    let caller = Caller::new(1);
    for (path, body) in [
        ("/contacts", json!({ "externalId": "1", "firstName": "A", "lastName": "B" })),
        ("/contacts", json!({ "externalId": "1", "firstName": "A", "lastName": "B", "phone": "212-736-5000" })),
        ("/contacts", json!({ "firstName": "A", "lastName": "B", "email": "a@example.com" })),
        ("/contacts", json!({ "externalId": "1", "firstName": "A", "email": "a@example.com" })),
        ("/projects", json!({ "externalId": "1", "projectType": "Personal Injury" })),
        ("/projects", json!({ "externalId": "1", "name": "x", "contacts": [{ "externalId": "404", "role": "Client" }] })),
        ("/projects", json!({ "externalId": "1", "name": "x", "projectType": "Family Law", "phase": "Demand" })),
        ("/projects", json!({ "externalId": "1", "name": "x", "status": "Done" })),
    ] {
        let reply = caller.hona(path, body.clone()).await;
        assert_eq!(reply.status, 422, "{body}");
    }
    assert_eq!(caller.sandbox.with(|world| (world.hona.contacts.len(), world.hona.projects.len())), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn portals_take_ten_requests_a_second() {
    let caller = Caller::with(1, true);
    for _ in 0..10 {
        assert_eq!(caller.case_status("GET", "/v1/api/messages", None).await.status, 200);
    }
    assert_eq!(caller.case_status("GET", "/v1/api/messages", None).await.status, 429);
    let contact = json!({ "externalId": "9", "firstName": "Ana", "lastName": "Ramirez", "phone": "+12127365000" });
    assert_eq!(caller.hona("/contacts", contact).await.status, 201, "each portal has its own limit");
}
