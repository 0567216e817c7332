//! The control address: the same changes over HTTP.

use serde_json::json;

use super::Caller;

#[tokio::test(start_paused = true)]
async fn a_stage_moved_through_control_shows_in_mycase() {
    let caller = Caller::new(40);
    let case = caller.control("GET", "/mycase/cases?status=open&limit=1", None).await.list().remove(0);
    let (path, here) = (format!("/mycase/cases/{}", case["id"]), format!("/cases/{}", case["id"]));
    let edit = json!({ "stage": "Settled", "custom": { "Portal Enabled": false }, "status": "closed" });
    assert_eq!(caller.control("POST", &path, Some(edit)).await.status, 200);
    let seen = caller.get(&here).await.json();
    assert_eq!((seen["case_stage"].as_str(), seen["status"].as_str()), (Some("Settled"), Some("closed")));
    assert_eq!(caller.control("POST", &path, Some(json!({ "stage": "Nowhere" }))).await.status, 404);
    assert_eq!(caller.control("POST", &path, Some(json!({ "stgae": "Settled" }))).await.status, 400);
    assert_eq!(caller.control("DELETE", &path, None).await.status, 200);
    assert_eq!(caller.get(&here).await.status, 404);
}

#[tokio::test(start_paused = true)]
async fn a_case_added_through_control_has_its_client() {
    let caller = Caller::new(1);
    let new = json!({
        "name": "Doe v. Roe", "stage": "Treating", "practice_area": "Personal Injury",
        "client": { "first_name": "Jo", "last_name": "Doe", "cell_phone_number": "212.736.5000" },
    });
    let id = caller.control("POST", "/mycase/cases", Some(new)).await.json()["id"].clone();
    let seen = caller.get(&format!("/cases/{id}?field[client]=id,last_name")).await.json();
    assert_eq!((seen["clients"][0]["last_name"].as_str(), seen["staff"][0]["lead_lawyer"].as_bool()), (Some("Doe"), Some(true)));
}

#[tokio::test(start_paused = true)]
async fn faults_are_set_and_dropped_through_control() {
    let caller = Caller::new(1);
    let rule = json!({ "side": "mycase", "kind": "status", "code": 503, "times": 9, "path_contains": "/firm" });
    assert_eq!(caller.control("POST", "/faults", Some(json!([rule]))).await.json()["left"], 1);
    assert_eq!(caller.get("/firm").await.status, 503);
    assert_eq!(caller.control("DELETE", "/faults", None).await.status, 200);
    assert_eq!(caller.get("/firm").await.status, 200);
    for bad in [json!({ "side": "mycase", "kind": "explode" }), json!({ "side": "mycase", "kind": "html", "tmies": 2 })] {
        assert_eq!(caller.control("POST", "/faults", Some(bad)).await.status, 400);
    }
}

#[tokio::test(start_paused = true)]
async fn time_switches_and_tokens_are_moved_through_control() {
    let caller = Caller::new(1);
    let now = caller.control("POST", "/advance", Some(json!({ "seconds": 3600 }))).await.json();
    assert_eq!(now["now"], "2026-03-02T10:00:00Z");
    assert_eq!(caller.get("/firm").await.header("date"), Some("Mon, 02 Mar 2026 10:00:00 GMT"));
    let switched = caller.control("POST", "/options", Some(json!({ "list_lag_seconds": 3 }))).await.json();
    assert_eq!((switched["list_lag_seconds"].as_u64(), switched["rate_limits"].as_bool()), (Some(3), Some(false)));
    assert_eq!(caller.control("POST", "/options", Some(json!({ "lag": 3 }))).await.status, 400);
    let (access, refresh) = caller.connect().await;
    caller.control("POST", "/tokens/expire-access", None).await;
    let url = format!("{}/firm", caller.of("mycase", "api_url"));
    assert_eq!(caller.send("GET", &url, Some(&format!("Bearer {access}")), None).await.status, 401);
    caller.control("POST", "/tokens/revoke", None).await;
    let gone = caller.tokens(json!({ "grant_type": "refresh_token", "refresh_token": refresh })).await;
    assert_eq!(gone.status, 400);
}

#[tokio::test(start_paused = true)]
async fn portal_records_are_made_changed_and_lost_through_control() {
    let caller = Caller::new(1);
    let id =
        caller.control("POST", "/case-status/cases", Some(json!({ "name": "Roe", "integration_id": "41" }))).await.json()["id"].clone();
    let path = format!("/case-status/cases/{id}");
    caller.control("POST", &path, Some(json!({ "status": "Demand", "closed": true }))).await;
    assert_eq!(caller.control("GET", &path, None).await.json()["status"], "Demand");
    let sent = json!({ "case": id, "file_name": "a.txt", "content": "hello", "count": 2 });
    assert_eq!(caller.control("POST", "/case-status/files", Some(sent)).await.json()["ids"].as_array().map(Vec::len), Some(2));
    assert_eq!(caller.control("DELETE", &format!("{path}?trace=none"), None).await.status, 200);
    assert_eq!(caller.control("GET", &path, None).await.status, 404);
    let state = caller.control("GET", "/state", None).await.json();
    assert_eq!((state["case_status"]["cases"].as_u64(), state["case_status"]["files"].as_u64()), (Some(0), Some(2)));
    assert_eq!(caller.control("DELETE", "/hona/staff", Some(json!({ "email": "x@y" }))).await.json()["changed"], false);
}

#[tokio::test(start_paused = true)]
async fn keys_are_changed_and_people_leave_through_control() {
    let caller = Caller::new(1);
    let list = "/v1/api/messages";
    assert_eq!(caller.case_status("GET", list, None).await.status, 200);
    assert_eq!(caller.control("POST", "/case-status/key", Some(json!({ "api_key": "another" }))).await.status, 200);
    assert_eq!(caller.case_status("GET", list, None).await.status, 401);
    let me = caller.control("GET", "/state", None).await.json()["mycase"]["me"].clone();
    assert_eq!(caller.get("/me").await.json()["id"], me);
    assert_eq!(caller.control("POST", &format!("/mycase/staff/{me}"), Some(json!({ "active": false }))).await.status, 200);
    assert_eq!(caller.get("/me").await.json()["active"], false);
}

#[tokio::test(start_paused = true)]
async fn control_tells_what_it_can_do() {
    let caller = Caller::new(1);
    assert!(caller.control("GET", "", None).await.json().as_object().is_some_and(|help| help.len() > 20));
    let lost = caller.control("GET", "/nowhere", None).await;
    assert_eq!(lost.status, 404);
    assert!(caller.control("GET", "/requests", None).await.json().as_object().is_some_and(serde_json::Map::is_empty));
}
