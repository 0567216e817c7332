//! Files and messages in Case Status: how they are listed, how they disappoint, and who saw the key.

use std::time::Duration;

use casebridge::sandbox::{ListOrder, PortalFile, Side, Transfer};
use serde_json::{Value, json};

use super::{Caller, Reply};

const ELSEWHERE: &str = "http://files.internal";

/// A file of 100,000 bytes of a made-up case, with a trick.
fn file(caller: &Caller, trick: impl FnOnce(&mut PortalFile)) -> u64 {
    caller.sandbox.with(|world| {
        let now = world.now();
        let case = world.case_status.add_by_hand("Roe", Some("41"), now);
        let id = world.case_status.add_file(case, "photo.jpg", 100_000, None, now);
        trick(world.case_status.files.get_mut(&id).expect("the file"));
        id
    })
}

async fn listed(caller: &Caller) -> Value {
    caller.case_status("GET", "/v1/api/files", None).await.list().remove(0)
}

fn key(caller: &Caller) -> String {
    format!("ApiKey {}", caller.of("case_status", "api_key"))
}

/// Fetches an address with the key.
async fn with_key(caller: &Caller, url: &str) -> Reply {
    caller.send("GET", url, Some(&key(caller)), None).await
}

fn transfers(caller: &Caller) -> Vec<Transfer> {
    caller.sandbox.with(|world| world.transfers().to_vec())
}

fn length(reply: &Reply) -> usize {
    reply.body.as_ref().expect("the connection held").len()
}

#[tokio::test(start_paused = true)]
async fn a_file_says_its_length_unless_it_is_sent_in_chunks() {
    let caller = Caller::new(1);
    let id = file(&caller, |_| ());
    let url = listed(&caller).await["url"].as_str().expect("an address").to_owned();
    assert_eq!(with_key(&caller, &url).await.header("content-length"), Some("100000"));
    caller.sandbox.with(|world| world.case_status.files.get_mut(&id).expect("the file").chunked = true);
    let reply = with_key(&caller, &url).await;
    assert_eq!((reply.header("content-length"), length(&reply)), (None, 100_000));
}

#[tokio::test(start_paused = true)]
async fn a_file_can_be_gone_forbidden_or_longer_than_listed() {
    let caller = Caller::new(1);
    let id = file(&caller, |file| file.length = 150_000);
    let (item, url) = (listed(&caller).await, format!("{}/v1/api/files/{id}/data", caller.of("case_status", "base_url")));
    assert_eq!((item["size"].as_u64(), item["url"].as_str()), (Some(100_000), Some(url.as_str())));
    assert_eq!(length(&with_key(&caller, &url).await), 150_000);
    for status in [404, 410, 403] {
        caller.sandbox.with(|world| world.case_status.files.get_mut(&id).expect("the file").answers = Some(status));
        assert_eq!(with_key(&caller, &url).await.status, status);
    }
    caller.sandbox.with(|world| world.case_status.remove_file(id)).expect("removed");
    assert_eq!(with_key(&caller, &url).await.status, 404);
    assert!(caller.case_status("GET", "/v1/api/files", None).await.list().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_redirect_leads_elsewhere_where_the_key_is_refused_and_remembered() {
    let caller = Caller::new(1);
    let id = file(&caller, |file| file.redirects = vec![ELSEWHERE.to_owned()]);
    let own = listed(&caller).await["url"].as_str().expect("an address").to_owned();
    let sent_on = with_key(&caller, &own).await;
    assert_eq!((sent_on.status, length(&sent_on)), (302, 0));
    let there = sent_on.header("location").expect("a place").to_owned();
    assert_eq!(there, format!("{ELSEWHERE}/case-status-files/{id}?hop=1"));
    assert_eq!(with_key(&caller, &there).await.status, 400);
    let reply = caller.send("GET", &there, None, None).await;
    assert_eq!((reply.status, length(&reply)), (200, 100_000));
    let seen: Vec<_> = transfers(&caller).into_iter().map(|t| (t.side, t.origin, t.authorization, t.status)).collect();
    let (own, there) = ("http://sandbox.internal".to_owned(), ELSEWHERE.to_owned());
    let expected = [(Side::CaseStatus, own, true, 302), (Side::Files, there.clone(), true, 400), (Side::Files, there.clone(), false, 200)];
    assert_eq!(seen, expected);
    assert_eq!(transfers(&caller)[1].path, format!("/case-status-files/{id}"));
}

#[tokio::test(start_paused = true)]
async fn redirects_go_on_and_come_back() {
    let caller = Caller::new(1);
    let places = [ELSEWHERE, "portal", "relative", "http://127.0.0.1:1/nowhere"].map(str::to_owned);
    let id = file(&caller, |file| file.redirects = places.to_vec());
    let mut url = listed(&caller).await["url"].as_str().expect("an address").to_owned();
    let mut seen = Vec::new();
    for _ in 0..places.len() {
        let authorization = url.starts_with("http://sandbox.internal").then(|| key(&caller));
        let reply = caller.send("GET", &url, authorization.as_deref(), None).await;
        seen.push(reply.header("location").expect("a place").to_owned());
        url = seen
            .last()
            .map(|place| if place.starts_with('/') { format!("http://sandbox.internal{place}") } else { place.clone() })
            .expect("one");
    }
    let own = format!("/case-status/v1/api/files/{id}/data");
    let back = [format!("http://sandbox.internal{own}?hop=2"), format!("{own}?hop=3"), "http://127.0.0.1:1/nowhere".to_owned()];
    assert_eq!(seen[1..], back);
}

#[tokio::test(start_paused = true)]
async fn a_signed_address_ends() {
    let caller = Caller::new(1);
    caller.sandbox.with(|world| {
        world.switches.files_origin = Some(ELSEWHERE.to_owned());
        world.switches.file_url_seconds = Some(60);
    });
    file(&caller, |_| ());
    let url = listed(&caller).await["url"].as_str().expect("an address").to_owned();
    tokio::time::advance(Duration::from_secs(59)).await;
    assert_eq!(caller.send("GET", &url, None, None).await.status, 200);
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(caller.send("GET", &url, None, None).await.status, 403);
    let anew = listed(&caller).await["url"].as_str().expect("an address").to_owned();
    assert_eq!(caller.send("GET", &anew, None, None).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn any_listed_field_can_be_null_and_an_address_anything() {
    let caller = Caller::new(1);
    let nulls = ["size", "created_at", "file_name", "extension", "case_integration_id", "id"];
    file(&caller, |file| {
        file.nulls = nulls.map(str::to_owned).into();
        file.url = Some("ftp://files.internal/1".to_owned());
    });
    let item = listed(&caller).await;
    assert!(nulls.iter().all(|name| item[name].is_null()));
    assert_eq!((item["url"].as_str(), item["case_readable_id"].is_string()), (Some("ftp://files.internal/1"), true));
    caller.sandbox.with(|world| {
        let (now, case) = (world.now(), *world.case_status.cases.keys().next().expect("a case"));
        let id = world.case_status.add_message(case, "Ana Ramirez", "Any news?", now);
        let message = world.case_status.messages.get_mut(&id).expect("the message");
        message.nulls = ["integration_id", "sender_name", "sent_at"].map(str::to_owned).into();
    });
    let message = caller.case_status("GET", "/v1/api/messages", None).await.list().remove(0);
    assert!(["integration_id", "sender_name", "sent_at"].iter().all(|name| message[name].is_null()));
    assert!(message["readable_id"].is_string() && message["created_at"].is_string());
}

#[tokio::test(start_paused = true)]
async fn lists_have_the_order_and_the_page_that_is_switched() {
    let caller = Caller::new(1);
    let oldest: Vec<u64> = (0..25).map(|_| file(&caller, |_| ())).collect();
    let mut seen = Vec::new();
    for order in [ListOrder::OldestFirst, ListOrder::NewestFirst, ListOrder::Shuffled, ListOrder::Shuffled] {
        caller.sandbox.with(|world| (world.switches.list_order, world.switches.page_items) = (order, 20));
        let mut ids = Vec::new();
        for page in 1..=2 {
            let list = caller.case_status("GET", &format!("/v1/api/files?page[number]={page}"), None).await.list();
            assert_eq!(list.len(), if page == 1 { 20 } else { 5 });
            ids.extend(list.iter().filter_map(|item| item["id"].as_u64()));
        }
        seen.push(ids);
    }
    let newest: Vec<u64> = oldest.iter().rev().copied().collect();
    assert_eq!((&seen[0], &seen[1], &seen[2]), (&oldest, &newest, &seen[3]));
    assert!(seen[2] != oldest && seen[2] != newest);
    seen[2].sort_unstable();
    assert_eq!(seen[2], oldest);
}

#[tokio::test(start_paused = true)]
async fn somebody_who_practises_sends_files_and_messages_of_every_kind() {
    let caller = Caller::new(1);
    caller.control("POST", "/case-status/cases", Some(json!({ "name": "Roe", "integration_id": "41" }))).await;
    let sent = json!({ "integration_id": "41", "file_name": "a.txt", "content": "hello", "tricks": { "listed_size": 7, "chunked": true, "answers": 410 } });
    let id = caller.control("POST", "/case-status/files", Some(sent)).await.json()["ids"][0].clone();
    assert_eq!(listed(&caller).await["size"], 7);
    let path = format!("/case-status/files/{id}");
    assert_eq!(caller.control("POST", &path, Some(json!({ "answers": 200, "redirects": [ELSEWHERE] }))).await.status, 200);
    let known = caller.control("GET", "/case-status/files", None).await.list().remove(0);
    assert_eq!((known["size"].as_u64(), known["tricks"]["answers"].is_null()), (Some(5), true));
    assert_eq!(known["tricks"]["redirects"], json!([ELSEWHERE]));
    assert_eq!(caller.control("POST", &path, Some(json!({ "chunky": true }))).await.status, 400);
    assert_eq!(caller.control("DELETE", &path, None).await.status, 200);
    assert_eq!(caller.control("DELETE", &path, None).await.status, 404);
    let message = json!({ "integration_id": "41", "sent_at": "2026-02-01T10:00:00Z", "content": "Thanks", "nulls": ["sender_name"] });
    let id = caller.control("POST", "/case-status/messages", Some(message)).await.json()["ids"][0].clone();
    let seen = caller.case_status("GET", "/v1/api/messages", None).await.list().remove(0);
    assert_eq!((seen["sent_at"].as_str(), seen["sender_name"].is_null()), (Some("2026-02-01T10:00:00Z"), true));
    assert_eq!(caller.control("DELETE", &format!("/case-status/messages/{id}"), None).await.status, 200);
    for whose in [json!({}), json!({ "case": 1 }), json!({ "integration_id": "42" })] {
        assert_eq!(caller.control("POST", "/case-status/messages", Some(whose)).await.status, 400);
    }
}
