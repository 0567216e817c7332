//! MyCase's face: lists, filters, tokens, documents, and what the firm's people do.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use casebridge::sandbox::NewCase;
use serde_json::{Value, json};

use super::{Caller, token_pair};

fn ids(items: &[Value]) -> BTreeSet<u64> {
    items.iter().map(|item| item["id"].as_u64().expect("an id")).collect()
}

#[tokio::test(start_paused = true)]
async fn pages_hold_each_case_once_and_count_them_all() {
    let caller = Caller::new(130);
    let first = caller.get("/cases").await;
    assert_eq!((first.list().len(), first.header("item-count")), (25, Some("130")));
    let all = caller.all("/cases?page_size=40").await;
    assert_eq!((all.len(), ids(&all).len()), (130, 130));
    let exact = caller.get("/cases?page_size=130").await;
    assert_eq!((exact.list().len(), exact.next()), (130, None));
}

#[tokio::test(start_paused = true)]
async fn the_cursor_keeps_every_filter_and_field() {
    let caller = Caller::new(200);
    let first = caller.get("/cases?page_size=2&filter[status]=closed&field[client]=id,last_name").await;
    let second = caller.get(&first.next().expect("more closed cases")).await.list();
    assert_eq!(second.len(), 2);
    assert!(second.iter().all(|case| case["status"] == "closed" && case["clients"][0]["last_name"].is_string()));
}

#[tokio::test(start_paused = true)]
async fn a_cursor_ends_after_three_days() {
    let caller = Caller::new(60);
    let next = caller.get("/cases").await.next().expect("a second page");
    caller.sandbox.with(|world| world.advance(Duration::from_secs(3 * 86400)));
    assert_eq!(caller.get(&next).await.status, 200);
    caller.sandbox.with(|world| world.advance(Duration::from_secs(1)));
    assert_eq!(caller.get(&next).await.status, 400);
}

#[tokio::test(start_paused = true)]
async fn an_added_case_shows_behind_the_cursor_and_in_the_count() {
    let caller = Caller::new(30);
    let first = caller.get("/cases").await;
    let new = NewCase { name: "Doe v. Roe".into(), practice_area: None, stage: None, case_number: None, clients: vec![] };
    let id = caller.sandbox.with(|world| world.add_case(new)).expect("added");
    let second = caller.get(&first.next().expect("more")).await;
    assert_eq!(second.header("item-count"), Some("31"));
    assert!(ids(&second.list()).contains(&id));
}

#[tokio::test(start_paused = true)]
async fn a_filter_by_time_includes_the_moment_itself() {
    let caller = Caller::new(50);
    let all = caller.all("/cases").await;
    let mut times: Vec<&str> = all.iter().filter_map(|case| case["updated_at"].as_str()).collect();
    times.sort_unstable();
    let at = times[25];
    let later = caller.all(&format!("/cases?filter[updated_after]={at}")).await;
    assert_eq!(later.len(), times.iter().filter(|time| **time >= at).count());
    for bad in ["yesterday", "2026-01-01T00:00:00+00:00", "2026-13-01"] {
        assert_eq!(caller.get(&format!("/cases?filter[updated_after]={bad}")).await.status, 400, "{bad}");
    }
    for good in ["2020-01-01", "2020-01-01T00:00:00", "2020-01-01T00:00:00%2B01:00"] {
        assert_eq!(caller.get(&format!("/cases?filter[updated_after]={good}")).await.header("item-count"), Some("50"), "{good}");
    }
}

#[tokio::test(start_paused = true)]
async fn nested_things_show_no_more_than_was_asked_for() {
    let caller = Caller::new(10);
    let case = caller.get("/cases").await.list().remove(0);
    assert_eq!(case["clients"][0].as_object().expect("a client").keys().collect::<Vec<_>>(), ["id"]);
    assert_eq!(case["custom_field_values"][0]["custom_field"].as_object().expect("a field").keys().collect::<Vec<_>>(), ["id"]);
    let id = &case["id"];
    let asked = caller.get(&format!("/cases/{id}?field[client]=id,email&field[custom_field]=id,field_type")).await.json();
    assert!(asked["clients"][0].as_object().expect("a client").contains_key("email"));
    assert_eq!(asked["custom_field_values"][0]["custom_field"]["field_type"], "boolean");
    for bad in ["field[custom_field]=id,name", "field[client]=id,shoe_size", "filter[status]=ajar", "page_size=1001"] {
        let reply = caller.get(&format!("/cases?{bad}")).await;
        assert_eq!(reply.status, 400, "{bad}");
        assert!(reply.json()["errors"][0]["source"]["parameter"].is_string());
    }
}

#[tokio::test(start_paused = true)]
async fn a_refresh_token_works_once_and_a_code_too() {
    let caller = Caller::new(1);
    let (_, first) = caller.connect().await;
    let again = json!({ "grant_type": "refresh_token", "refresh_token": first });
    let answer = caller.tokens(again.clone()).await;
    let (access, second) = token_pair(&answer.json());
    assert!(answer.json().get("firm_uuid").is_none() && second != first);
    let used = caller.tokens(again).await;
    assert_eq!((used.status, used.json()["error"].as_str()), (400, Some("invalid_grant")));
    let url = format!("{}/me", caller.of("mycase", "api_url"));
    assert_eq!(caller.send("GET", &url, Some(&format!("Bearer {access}")), None).await.status, 200);
    let third = caller.tokens(json!({ "grant_type": "refresh_token", "refresh_token": second })).await;
    assert_eq!(third.status, 200, "a used token does not end the connection by default");
}

#[tokio::test(start_paused = true)]
async fn a_strict_server_ends_the_connection_when_an_old_token_comes_back() {
    let caller = Caller::new(1);
    caller.sandbox.with(|world| world.switches.reuse_revokes = true);
    let (_, first) = caller.connect().await;
    let refresh = |token: &str| caller.tokens(json!({ "grant_type": "refresh_token", "refresh_token": token }));
    let (_, second) = token_pair(&refresh(&first).await.json());
    assert_eq!(refresh(&first).await.status, 400);
    assert_eq!(refresh(&second).await.status, 400);
}

#[tokio::test(start_paused = true)]
async fn access_lasts_a_day_and_refreshing_two_weeks() {
    let caller = Caller::new(1);
    let (access, refresh) = caller.connect().await;
    let url = format!("{}/firm", caller.of("mycase", "api_url"));
    let bearer = format!("Bearer {access}");
    tokio::time::advance(Duration::from_secs(86399)).await;
    assert_eq!(caller.send("GET", &url, Some(&bearer), None).await.status, 200);
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(caller.send("GET", &url, Some(&bearer), None).await.status, 401);
    caller.sandbox.with(|world| world.advance(Duration::from_secs(13 * 86400)));
    let late = caller.tokens(json!({ "grant_type": "refresh_token", "refresh_token": refresh })).await;
    assert_eq!((late.status, late.json()["error"].as_str()), (400, Some("invalid_grant")));
}

#[tokio::test(start_paused = true)]
async fn a_person_who_may_not_connect_applications_is_forbidden() {
    let caller = Caller::new(1);
    caller.sandbox.with(|world| world.switches.forbidden_authorize = true);
    let url = format!("{}?client_id=x&redirect_uri=y&response_type=code", caller.of("mycase", "authorize_url"));
    assert_eq!(caller.send("GET", &url, None, None).await.status, 403);
}

#[tokio::test(start_paused = true)]
async fn more_than_25_requests_a_second_are_refused_until_the_second_is_over() {
    let caller = Caller::with(1, true);
    for _ in 0..25 {
        assert_eq!(caller.get("/firm").await.status, 200);
    }
    let refused = caller.get("/firm").await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, None));
    caller.sandbox.with(|world| world.switches.retry_after = Some(1));
    assert_eq!(caller.get("/firm").await.header("retry-after"), Some("1"));
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(caller.get("/firm").await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_case_one_may_not_see_is_neither_listed_nor_found() {
    let caller = Caller::new(30);
    let id = caller.get("/cases").await.list()[3]["id"].as_u64().expect("an id");
    caller.sandbox.with(|world| world.hide(id, true)).expect("hidden");
    assert_eq!(caller.get(&format!("/cases/{id}")).await.status, 404);
    assert_eq!(caller.get("/cases").await.header("item-count"), Some("29"));
    assert!(!ids(&caller.all("/cases").await).contains(&id));
    caller.sandbox.with(|world| world.hide(id, false)).expect("shown");
    assert_eq!(caller.get(&format!("/cases/{id}")).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_clients_new_phone_moves_the_client_and_not_the_case() {
    let caller = Caller::new(5);
    let case = caller.get("/cases").await.list().remove(0);
    let client = case["clients"][0]["id"].as_u64().expect("an id");
    caller.sandbox.with(|world| world.set_client_phone(client, Some("(310) 420-7781"))).expect("changed");
    let now = caller.sandbox.with(|world| world.now().to_string());
    assert_eq!(caller.get(&format!("/cases/{}", case["id"])).await.json()["updated_at"], case["updated_at"]);
    let moved = caller.all(&format!("/clients?filter[updated_after]={now}")).await;
    assert_eq!((moved.len(), moved[0]["cell_phone_number"].as_str()), (1, Some("(310) 420-7781")));
}

#[tokio::test(start_paused = true)]
async fn what_the_firm_does_to_a_case_moves_it() {
    let caller = Caller::new(5);
    let case = caller.get("/cases?filter[status]=open").await.list().remove(0);
    let id = case["id"].as_u64().expect("an id");
    let now = caller.sandbox.with(|world| {
        world.set_stage(id, "settled")?;
        world.close(id)?;
        Ok::<_, casebridge::sandbox::NotThere>(world.now().to_string())
    });
    let seen = caller.get(&format!("/cases/{id}")).await.json();
    assert_eq!(seen["updated_at"].as_str(), now.ok().as_deref());
    assert_eq!((seen["case_stage"].as_str(), seen["status"].as_str()), (Some("Settled"), Some("closed")));
    assert_eq!(seen["closed_date"], "2026-03-02");
    caller.sandbox.with(|world| world.delete(id)).expect("deleted");
    assert_eq!(caller.get(&format!("/cases/{id}")).await.status, 404);
}

#[tokio::test(start_paused = true)]
async fn a_renamed_stage_keeps_its_id_and_its_cases() {
    let caller = Caller::new(60);
    let id = caller.sandbox.with(|world| world.mycase.stage_id("Treating"));
    caller.sandbox.with(|world| world.rename_stage("Treating", "In Treatment")).expect("renamed");
    let stages = caller.all("/case_stages").await;
    let renamed = stages.iter().find(|stage| stage["name"] == "In Treatment").expect("the new name");
    assert_eq!(renamed["id"].as_u64(), id);
    assert!(caller.all("/cases").await.iter().any(|case| case["case_stage"] == "In Treatment"));
}

#[tokio::test(start_paused = true)]
async fn a_document_exists_before_its_bytes_and_can_be_put_twice() {
    let caller = Caller::new(3);
    let id = caller.get("/cases").await.list()[0]["id"].as_u64().expect("an id");
    let made = caller
        .mycase("POST", &format!("/cases/{id}/documents"), Some(json!({ "path": "Case Documents/x.pdf", "filename": "x.pdf" })))
        .await;
    let document = made.json();
    assert_eq!((made.status, document["name"].as_str()), (201, Some("x.pdf")));
    let data = format!("/documents/{}/data", document["id"]);
    assert_eq!(caller.get(&data).await.status, 404);
    let put = |authorization: Option<&'static str>, length: bool| {
        let mut request = Request::put(document["put_url"].as_str().expect("an address"))
            .header("content-type", "application/octet-stream")
            .header("x-amz-acl", document["put_headers"]["x-amz-acl"].as_str().expect("a header"));
        if let Some(value) = authorization {
            request = request.header("authorization", value);
        }
        if length {
            request = request.header("content-length", "4");
        }
        caller.call(request.body(Body::from("data")).expect("a request"))
    };
    assert_eq!(put(Some("Bearer x"), true).await.status, 400);
    assert_eq!(put(None, false).await.status, 411);
    assert_eq!((put(None, true).await.status, put(None, true).await.status), (200, 200));
    let link = caller.get(&data).await.header("location").expect("a link").to_owned();
    assert_eq!(caller.send("GET", &link, None, None).await.text(), "data");
    caller.sandbox.with(|world| world.advance(Duration::from_secs(61)));
    assert_eq!(caller.send("GET", &link, None, None).await.status, 403);
}

#[tokio::test(start_paused = true)]
async fn cases_cannot_be_written() {
    let caller = Caller::new(3);
    let id = caller.get("/cases").await.list()[0]["id"].clone();
    for (method, path) in [("PUT", format!("/cases/{id}")), ("DELETE", format!("/cases/{id}")), ("POST", "/cases".to_owned())] {
        assert_eq!(caller.mycase(method, &path, Some(json!({ "name": "x" }))).await.status, 403, "{method}");
    }
}
