//! What years of a connection need: lives of tokens, lost answers of a refresh, and what moves when something is changed.

use std::time::Duration;

use casebridge::sandbox::{Fault, FaultKind, Side};
use serde_json::{Value, json};

use super::{Caller, Reply, token_pair};

async fn refresh(caller: &Caller, token: &str) -> Reply {
    caller.tokens(json!({ "grant_type": "refresh_token", "refresh_token": token })).await
}

/// Pairs of name and id of what moved since.
async fn moved(caller: &Caller, list: &str, since: &str) -> Vec<u64> {
    let items: Vec<Value> = caller.all(&format!("/{list}?filter[updated_after]={since}&page_size=1000")).await;
    items.iter().filter_map(|item| item["id"].as_u64()).collect()
}

#[tokio::test(start_paused = true)]
async fn tokens_live_as_long_as_is_switched() {
    let caller = Caller::new(1);
    caller.control("POST", "/options", Some(json!({ "access_seconds": 60, "refresh_seconds": 300 }))).await;
    let code = caller.code().await;
    let redirect = caller.of("mycase", "redirect_uri");
    let given = caller.tokens(json!({ "grant_type": "authorization_code", "code": code, "redirect_uri": redirect })).await.json();
    assert_eq!(given["expires_in"], 60);
    let (access, first) = token_pair(&given);
    let url = format!("{}/me", caller.of("mycase", "api_url"));
    tokio::time::advance(Duration::from_secs(60)).await;
    assert_eq!(caller.send("GET", &url, Some(&format!("Bearer {access}")), None).await.status, 401);
    let (_, second) = token_pair(&refresh(&caller, &first).await.json());
    tokio::time::advance(Duration::from_secs(299)).await;
    let (_, third) = token_pair(&refresh(&caller, &second).await.json());
    tokio::time::advance(Duration::from_secs(300)).await;
    assert_eq!(refresh(&caller, &third).await.status, 400, "each refresh starts the time anew, and only that");
}

#[tokio::test(start_paused = true)]
async fn a_refresh_whose_answer_is_lost_has_used_the_token_up() {
    let caller = Caller::new(1);
    let (_, first) = caller.connect().await;
    caller.sandbox.with(|world| world.faults.add(Fault::new(Side::Auth, FaultKind::DropAfter).path("/tokens")));
    assert!(refresh(&caller, &first).await.body.is_err());
    assert_eq!(refresh(&caller, &first).await.status, 400);
}

#[tokio::test(start_paused = true)]
async fn refresh_tokens_end_while_access_goes_on() {
    let caller = Caller::new(1);
    let (access, token) = caller.connect().await;
    caller.control("POST", "/tokens/expire-refresh", None).await;
    let url = format!("{}/me", caller.of("mycase", "api_url"));
    assert_eq!(caller.send("GET", &url, Some(&format!("Bearer {access}")), None).await.status, 200);
    assert_eq!(refresh(&caller, &token).await.status, 400);
}

#[tokio::test(start_paused = true)]
async fn the_connecting_person_can_leave_the_firm() {
    let caller = Caller::new(1);
    assert_eq!(caller.get("/me").await.json()["active"], true);
    let since = caller.sandbox.with(|world| {
        let me = world.mycase.me;
        world.set_staff_active(me, false).map(|()| world.now().to_string())
    });
    assert_eq!(caller.get("/me").await.json()["active"], false);
    let me = caller.sandbox.with(|world| world.mycase.me);
    assert_eq!(moved(&caller, "staff", &since.expect("known")).await, [me]);
    assert_eq!(caller.get("/staff?filter[status]=inactive&page_size=1000").await.list().iter().filter(|s| s["id"] == me).count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_rename_moves_the_renamed_thing_and_nothing_else() {
    let caller = Caller::new(80);
    let since = caller.sandbox.with(|world| world.now().to_string());
    let lists = ["cases", "clients", "staff", "case_stages", "practice_areas", "custom_fields", "people_groups"];
    let field = caller.get("/custom_fields").await.list()[0].clone();
    let [stage, area] = caller.sandbox.with(|world| {
        let ids = [world.mycase.stage_id("Treating"), world.mycase.practice_area_id("Personal Injury")];
        world.rename_stage("Treating", "In Treatment").expect("renamed");
        world.rename_practice_area("Personal Injury", "Injury").expect("renamed");
        world.rename_custom_field(field["name"].as_str().expect("a name"), "Other").expect("renamed");
        ids.map(|id| id.expect("known"))
    });
    let mut seen = Vec::new();
    for list in lists {
        seen.push(moved(&caller, list, &since).await);
    }
    let field = field["id"].as_u64().expect("an id");
    assert_eq!(seen, [vec![], vec![], vec![], vec![stage], vec![area], vec![field], vec![]]);
}

#[tokio::test(start_paused = true)]
async fn a_clients_new_phone_moves_the_client_who_names_the_cases() {
    let caller = Caller::new(30);
    let case = caller.get("/cases?field[client]=id").await.list().remove(0);
    let (id, client) = (case["id"].as_u64().expect("an id"), case["clients"][0]["id"].as_u64().expect("an id"));
    tokio::time::advance(Duration::from_secs(10)).await;
    let since = caller.sandbox.with(|world| world.now().to_string());
    caller.sandbox.with(|world| world.set_client_phone(client, Some("(310) 420-7781"))).expect("changed");
    let reply = caller.get(&format!("/clients?filter[updated_after]={since}")).await;
    let seen = reply.list().remove(0);
    assert_eq!((seen["id"].as_u64(), reply.list().len()), (Some(client), 1));
    assert!(seen["cases"].as_array().expect("cases").iter().any(|case| *case == json!({ "id": id })));
    assert!(moved(&caller, "cases", &since).await.is_empty());
    assert_eq!(reply.header("date"), Some("Mon, 02 Mar 2026 09:00:10 GMT"));
}
