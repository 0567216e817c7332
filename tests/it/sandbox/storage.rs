//! MyCase's storage beside its API, and its lists right after something was written.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::http::Request;
use bytes::Bytes;
use casebridge::sandbox::{Fault, FaultKind, Side};
use http_body::Frame;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Caller, Reply};

async fn a_case(caller: &Caller) -> u64 {
    caller.get("/cases").await.list()[0]["id"].as_u64().expect("an id")
}

async fn document(caller: &Caller, case: u64, name: &str) -> Value {
    let body = json!({ "path": format!("From the portal/{name}"), "filename": name, "description": "file 7" });
    let made = caller.mycase("POST", &format!("/cases/{case}/documents"), Some(body)).await;
    assert_eq!(made.status, 201);
    made.json()
}

/// Puts a body that is said to be so long.
async fn put(caller: &Caller, place: &Value, told: usize, authorization: Option<&str>, body: Body) -> Reply {
    let mut request = Request::put(place["put_url"].as_str().expect("an address"))
        .header("content-type", "application/octet-stream")
        .header("content-length", told)
        .header("x-amz-acl", "private");
    if let Some(value) = authorization {
        request = request.header("authorization", value);
    }
    caller.call(request.body(body).expect("a request")).await
}

/// So many chunks of 64 kB, made while they are sent.
struct Chunks(u32);

impl HttpBody for Chunks {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let Some(left) = self.0.checked_sub(1) else { return Poll::Ready(None) };
        self.0 = left;
        Poll::Ready(Some(Ok(Frame::data(chunk(left)))))
    }
}

fn chunk(number: u32) -> Bytes {
    number.to_le_bytes().repeat(16 * 1024).into()
}

#[tokio::test(start_paused = true)]
async fn an_upload_is_measured_while_it_passes_and_a_large_one_is_not_kept() {
    let caller = Caller::new(1);
    let case = a_case(&caller).await;
    let made = document(&caller, case, "video.mp4").await;
    let chunks = 160;
    assert_eq!(put(&caller, &made, 64 * 1024 * chunks as usize, None, Body::new(Chunks(chunks))).await.status, 200);
    let mut sum = Sha256::new();
    (0..chunks).rev().for_each(|number| sum.update(chunk(number)));
    let expected: String = sum.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    let id = made["id"].as_u64().expect("an id");
    let version = caller.sandbox.with(|world| world.mycase.documents[&id].versions[0].clone());
    assert_eq!((version.length, version.sha256), (Some(65536 * u64::from(chunks)), Some(expected)));
    assert_eq!((version.bytes.is_none(), version.uploads, version.attempts), (true, 1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_body_of_another_length_than_told_is_refused_and_nothing_is_kept() {
    let caller = Caller::new(1);
    let case = a_case(&caller).await;
    let made = document(&caller, case, "a.txt").await;
    let refused = put(&caller, &made, 5, None, Body::from("data")).await;
    assert_eq!((refused.status, refused.text().contains("IncompleteBody")), (400, true));
    let id = made["id"].as_u64().expect("an id");
    let version = caller.sandbox.with(|world| world.mycase.documents[&id].versions[0].clone());
    assert_eq!((version.length, version.uploads, version.attempts), (None, 0, 1));
}

#[tokio::test(start_paused = true)]
async fn the_storage_remembers_a_token_that_was_sent_to_it() {
    let caller = Caller::new(1);
    let case = a_case(&caller).await;
    caller.sandbox.with(|world| world.switches.storage_origin = Some("http://storage.internal".to_owned()));
    let made = document(&caller, case, "a.txt").await;
    assert_eq!(put(&caller, &made, 4, Some("Bearer x"), Body::from("data")).await.status, 400);
    caller.sandbox.with(|world| world.faults.add(Fault::new(Side::Files, FaultKind::DropBefore)));
    assert!(put(&caller, &made, 4, Some("Bearer x"), Body::from("data")).await.body.is_err());
    assert_eq!(put(&caller, &made, 4, None, Body::from("data")).await.status, 200);
    let seen = caller.sandbox.with(|world| world.transfers().to_vec());
    assert!(seen.iter().all(|transfer| transfer.origin == "http://storage.internal" && transfer.content_length == Some(4)));
    assert_eq!(seen.iter().map(|transfer| transfer.authorization).collect::<Vec<_>>(), [true, true, false]);
    caller.sandbox.with(casebridge::sandbox::World::reset_requests);
    assert!(caller.control("GET", "/transfers", None).await.list().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_put_address_ends_and_a_version_gives_a_new_one() {
    let caller = Caller::new(1);
    let case = a_case(&caller).await;
    caller.sandbox.with(|world| world.switches.put_url_seconds = Some(900));
    let made = document(&caller, case, "a.txt").await;
    tokio::time::advance(Duration::from_secs(900)).await;
    let over = put(&caller, &made, 4, None, Body::from("data")).await;
    assert_eq!((over.status, over.text().contains("Request has expired")), (403, true));
    let version = caller.mycase("POST", &format!("/documents/{}/versions", made["id"]), Some(json!({}))).await;
    assert_eq!((version.status, put(&caller, &version.json(), 4, None, Body::from("data")).await.status), (201, 200));
    let id = made["id"].as_u64().expect("an id");
    let uploads: Vec<_> =
        caller.sandbox.with(|world| world.mycase.documents[&id].versions.iter().map(|v| (v.attempts, v.uploads)).collect());
    assert_eq!(uploads, [(1, 0), (1, 1)]);
}

#[tokio::test(start_paused = true)]
async fn a_cases_documents_and_notes_come_25_a_page_with_what_was_written() {
    let caller = Caller::new(1);
    let case = a_case(&caller).await;
    let before = caller.get(&format!("/cases/{case}/documents")).await.list().len();
    for number in 0..30 {
        document(&caller, case, &format!("{number}.txt")).await;
        let note = json!({ "subject": "s", "note": format!("message {number}"), "date": "2026-03-02T09:00:00Z" });
        assert_eq!(caller.mycase("POST", &format!("/cases/{case}/notes"), Some(note)).await.status, 200);
    }
    for (list, count) in [("documents", 30 + before), ("notes", 30)] {
        let path = format!("/cases/{case}/{list}");
        let first = caller.get(&format!("{path}?page_size=1000")).await;
        assert_eq!((first.list().len(), first.header("item-count")), (25, Some(count.to_string().as_str())));
        assert_eq!(caller.all(&path).await.len(), count);
    }
    let last = caller.all(&format!("/cases/{case}/documents")).await.pop().expect("one");
    assert_eq!((last["path"].as_str(), last["description"].as_str()), (Some("From the portal/29.txt"), Some("file 7")));
    assert_eq!(last["created_at"], "2026-03-02T09:00:00Z");
}

#[tokio::test(start_paused = true)]
async fn what_was_just_written_can_take_a_while_to_show_in_lists() {
    let caller = Caller::new(1);
    let case = a_case(&caller).await;
    let path = format!("/cases/{case}/documents");
    let before = caller.all(&path).await.len();
    caller.sandbox.with(|world| world.switches.mycase_lag_seconds = 30);
    let made = document(&caller, case, "a.txt").await;
    let note = json!({ "subject": "s", "note": "n", "date": "2026-03-02T09:00:00Z" });
    caller.mycase("POST", &format!("/cases/{case}/notes"), Some(note)).await;
    assert_eq!(caller.all(&path).await.len(), before);
    assert!(caller.all(&format!("/cases/{case}/notes")).await.is_empty());
    assert_eq!(caller.get(&format!("/documents/{}", made["id"])).await.status, 200);
    tokio::time::advance(Duration::from_secs(30)).await;
    assert_eq!(caller.all(&path).await.len(), before + 1);
    assert_eq!(caller.all(&format!("/cases/{case}/notes")).await.len(), 1);
}
