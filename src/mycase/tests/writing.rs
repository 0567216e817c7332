//! What is added, in how many requests, and what each answer means for the next try.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::super::{MyCaseError, NewDocument, NewNote, PutPlace, WriteError, Writer};
use super::stand_in::{MyCase, hang, pair, status};
use crate::domain::{CaseId, DocumentId, NoteId};
use crate::http::Upload;
use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

fn document() -> NewDocument {
    NewDocument {
        path: "From the client/Jane Doe x-ray.pdf".to_owned(),
        filename: "Jane Doe x-ray.pdf".to_owned(),
        description: "ref cs-42".to_owned(),
        assigned_date: "2026-11-23".parse().ok(),
    }
}

fn note() -> NewNote {
    let date = "2026-11-23T10:00:00-05:00".parse().unwrap();
    NewNote { subject: "Message from Jane Doe".to_owned(), note: "My back hurts\nref cs-43".to_owned(), date }
}

fn place(url: &str) -> PutPlace {
    PutPlace { url: url.to_owned(), headers: [("x-amz-acl".to_owned(), "private".to_owned())].into() }
}

fn upload(text: &'static str) -> Upload {
    let (sender, chunks) = tokio::sync::mpsc::channel(2);
    sender.try_send(Ok(Bytes::from_static(text.as_bytes()))).unwrap();
    Upload { length: text.len() as u64, chunks }
}

fn made(code: u16) -> impl Fn() -> Response {
    move || {
        let put = json!({"x-amz-acl": "private", "x-amz-meta-n": 7, "odd": null});
        status(code, json!({"id": "81", "version": 2, "put_url": "https://s3.test/key?signed", "put_headers": put}))
    }
}

/// What an API that always answers this makes of a document, a version and a note.
async fn all(answer: impl Fn() -> Response + Send + Sync + 'static) -> (Arc<MyCase>, [Result<(), WriteError>; 3]) {
    let mycase = MyCase::new(|_, before| pair(before + 1), move |_, _| answer());
    let writer = mycase.writer(Router::new());
    let document = writer.create_document(CaseId(17), &document()).await.map(drop);
    let version = writer.add_version(DocumentId(81)).await.map(drop);
    let note = writer.create_note(CaseId(17), &note()).await.map(drop);
    (mycase, [document, version, note])
}

#[tokio::test(start_paused = true)]
async fn a_document_and_a_note_are_one_request_each_and_say_what_mycase_documents() {
    for code in [200, 201] {
        let mycase = MyCase::api(move |_, _| made(code)());
        let writer = mycase.writer(Router::new());
        let (id, place) = writer.create_document(CaseId(17), &document()).await.unwrap();
        assert_eq!((id, place.url.as_str()), (DocumentId(81), "https://s3.test/key?signed"));
        assert_eq!(place.headers, [("x-amz-acl", "private"), ("x-amz-meta-n", "7")].map(|(k, v)| (k.to_owned(), v.to_owned())).into());
        assert_eq!(writer.add_version(id).await.unwrap(), place);
        assert_eq!(writer.create_note(CaseId(17), &note()).await.unwrap(), NoteId(81));
        let asked = mycase.asked("/v1");
        let paths: Vec<_> = asked.iter().map(|asked| asked.path.as_str()).collect();
        assert_eq!(paths, ["/v1/cases/17/documents", "/v1/documents/81/versions", "/v1/cases/17/notes"]);
        let document = json!({"path": "From the client/Jane Doe x-ray.pdf", "filename": "Jane Doe x-ray.pdf", "description": "ref cs-42",
            "assigned_date": "2026-11-23"});
        assert_eq!(asked[0].body, document);
        let note = json!({"subject": "Message from Jane Doe", "note": "My back hurts\nref cs-43", "date": "2026-11-23T15:00:00Z"});
        assert_eq!(asked[2].body, note);
        assert!(asked.iter().all(|asked| asked.token == "t0"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_an_unknown_outcome_and_is_never_sent_again() {
    let lost: [fn() -> Response; 4] =
        [hang, || status(503, json!({})), || status(500, json!({})), || ([("content-length", "99")], "{\"id\":").into_response()];
    for lost in lost {
        let (mycase, results) = all(lost).await;
        for result in results {
            assert!(matches!(result, Err(WriteError::Unknown { .. })), "{result:?}");
        }
        assert_eq!(mycase.asked("/v1").len(), 3);
    }
}

#[tokio::test(start_paused = true)]
async fn a_yes_that_does_not_say_what_was_made_is_an_unknown_outcome() {
    let bodies: [Value; 5] = [json!({}), json!({"id": null, "name": "Jane Doe"}), json!([]), json!("ok"), Value::Null];
    for body in bodies {
        let (_, results) = all(move || status(201, body.clone())).await;
        for result in results {
            let Err(WriteError::Unknown { text }) = result else { panic!("{result:?}") };
            assert!(!text.contains("Jane"), "{text}");
        }
    }
    // The document is there, but not the place for its bytes: it must be found, not made again.
    let (_, results) = all(|| status(201, json!({"id": 81, "put_url": null}))).await;
    let [document, version, note] = results;
    assert!(matches!(document, Err(WriteError::Unknown { .. })) && matches!(version, Err(WriteError::Unknown { .. })) && note.is_ok());
}

#[tokio::test(start_paused = true)]
async fn an_old_token_is_renewed_once_and_the_request_sent_again() {
    let mycase =
        MyCase::new(|_, before| pair(before + 1), |asked, _| if asked.token == "t0" { status(401, json!({})) } else { made(201)() });
    mycase.writer(Router::new()).create_document(CaseId(17), &document()).await.unwrap();
    assert_eq!((mycase.asked("/v1").len(), mycase.asked("/tokens").len()), (2, 1));
    assert_eq!(mycase.asked("/v1")[0].body, mycase.asked("/v1")[1].body);

    let (mycase, [first, ..]) = all(|| status(401, json!({}))).await;
    assert!(matches!(first, Err(WriteError::Connection(MyCaseError::TokenRefused { .. }))), "{first:?}");
    assert_eq!(mycase.asked("/v1/cases/17/documents").len(), 2);
}

#[tokio::test(start_paused = true)]
async fn without_a_connection_nothing_is_sent() {
    let dead = MyCase::new(|_, _| status(400, json!({"error": "invalid_grant"})), |_, _| status(401, json!({})));
    let error = dead.writer(Router::new()).create_note(CaseId(17), &note()).await.unwrap_err();
    assert!(matches!(error, WriteError::Connection(MyCaseError::Reconnect { .. })), "{error:?}");
    let down = MyCase::new(|_, _| status(503, json!({})), |_, _| status(401, json!({})));
    let error = down.writer(Router::new()).create_note(CaseId(17), &note()).await.unwrap_err();
    assert!(matches!(error, WriteError::NotSent { .. }), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn each_refusal_means_one_thing_and_repeats_nothing_of_ours() {
    let said = "path From the client/Jane Doe x-ray.pdf is taken; Jane Doe x-ray.pdf; Message from Jane Doe; My back hurts";
    for (code, kind) in
        [(400, "refused"), (422, "refused"), (413, "refused"), (302, "refused"), (403, "forbidden"), (404, "gone"), (429, "not sent")]
    {
        let (_, results) = all(move || status(code, json!({"errors": [{"description": said}]}))).await;
        for result in results.into_iter().step_by(2) {
            let error = result.unwrap_err();
            let found = match &error {
                WriteError::Refused { status, .. } if *status == Some(code) => "refused",
                WriteError::Forbidden { .. } => "forbidden",
                WriteError::Gone => "gone",
                WriteError::NotSent { .. } => "not sent",
                _ => "something else",
            };
            assert_eq!(found, kind, "{code}: {error:?}");
            if matches!(error, WriteError::Refused { .. }) {
                assert!(error.to_string().contains(&code.to_string()), "{error}");
            }
        }
    }
    let (_, [document, _, note]) = all(move || status(422, json!({"errors": [{"description": said}]}))).await;
    let (document, note) = (format!("{document:?}"), format!("{note:?}"));
    assert!(document.contains("path path is taken") && !document.contains("x-ray"), "{document}");
    assert!(note.contains("subject") && !note.contains("hurts") && !note.contains("Message from"), "{note}");
}

/// A storage that keeps what it was sent, as headers and body.
type Kept = Arc<Mutex<Vec<(http::HeaderMap, Bytes)>>>;

fn storage(code: u16, answer: &'static str) -> (Router, Kept) {
    let kept = Kept::default();
    let keep = move |State(kept): State<Kept>, request: Request| async move {
        let (parts, body) = request.into_parts();
        let Ok(body) = axum::body::to_bytes(body, 1 << 20).await else { return StatusCode::BAD_REQUEST.into_response() };
        kept.lock().unwrap().push((parts.headers, body));
        (StatusCode::from_u16(code).unwrap(), answer).into_response()
    };
    (Router::new().fallback(keep).with_state(Arc::clone(&kept)), kept)
}

fn no_api() -> Arc<MyCase> {
    MyCase::api(|_, _| StatusCode::IM_A_TEAPOT.into_response())
}

#[tokio::test(start_paused = true)]
async fn bytes_go_to_the_storage_with_its_own_headers_and_never_with_the_token() {
    let (router, kept) = storage(200, "");
    let mut place = place("https://s3.test/key?signed");
    for (name, value) in [("Content-Length", "999"), ("Transfer-Encoding", "chunked"), ("Host", "elsewhere")] {
        place.headers.insert(name.to_owned(), value.to_owned());
    }
    let mycase = no_api();
    let writer = mycase.writer(router.clone());
    writer.put(&place, upload("the bytes")).await.unwrap();
    place.headers.insert("content-type".to_owned(), "application/pdf".to_owned());
    writer.put(&place, upload("more")).await.unwrap();
    let kept = kept.lock().unwrap();
    let (headers, body) = &kept[0];
    let header = |name: &str| headers.get(name).map(|value| value.to_str().unwrap());
    assert_eq!(body, "the bytes");
    assert_eq!((header("content-length"), header("transfer-encoding")), (Some("9"), None));
    assert_eq!((header("x-amz-acl"), header("content-type")), (Some("private"), Some("application/octet-stream")));
    assert_eq!((header("host"), header("authorization")), (Some("s3.test"), None));
    assert_eq!(kept[1].0["content-type"], "application/pdf");
    assert!(mycase.asked("").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_web_page_in_the_storages_place_took_no_bytes_as_far_as_anybody_knows() {
    let page = axum::Router::new().fallback(|| async { ([("content-type", "text/html")], "<html>We will be back soon.</html>") });
    let error = no_api().writer(page).put(&place("https://s3.test/key"), upload("x")).await.unwrap_err();
    assert!(matches!(error, WriteError::Unknown { .. }), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn bytes_go_by_https_or_stay_on_this_computer() {
    let (router, kept) = storage(200, "");
    let far = no_api().writer(router.clone());
    let here = no_api().writer_at("http://127.0.0.1:8099/v1", router);
    let local = ["http://127.0.0.1:9/key", "http://localhost/key", "http://[::1]:9/key"];
    let never = ["http://s3.test/key", "http://127.0.0.1.evil.test/key", "ftp://s3.test/key", "key", "file:///etc/passwd", ""];
    for (writer, fine, not) in
        [(&far, &["https://s3.test/key"][..], [&local[..], &never[..]].concat()), (&here, &local[..], never.to_vec())]
    {
        for url in fine {
            writer.put(&place(url), upload("x")).await.unwrap();
        }
        for url in not {
            let error = writer.put(&place(url), upload("x")).await.unwrap_err();
            assert!(matches!(error, WriteError::Refused { status: None, .. }), "{url}: {error:?}");
            assert!(!error.to_string().contains("key"), "{error}");
        }
    }
    assert_eq!(kept.lock().unwrap().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn each_answer_of_the_storage_means_one_thing() {
    let words = "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>Request has expired</Message>\
        <Resource>/key/Jane Doe.pdf</Resource><StringToSign>hush</StringToSign></Error>";
    let put = async |writer: Writer| writer.put(&place("https://s3.test/key"), upload("x")).await.unwrap_err();
    for code in [400, 403, 404] {
        let error = put(no_api().writer(storage(code, words).0)).await;
        let said = format!(
            "the place for the bytes no longer works: MyCase's storage PUT s3.test/… answered {code}: AccessDenied, Request has expired"
        );
        assert_eq!(error.to_string(), said);
        assert!(matches!(error, WriteError::PlaceOver { .. }));
    }
    for code in [411, 413, 301, 409] {
        let error = put(no_api().writer(storage(code, words).0)).await;
        assert!(matches!(error, WriteError::Refused { status: Some(status), .. } if status == code), "{error:?}");
    }
    for code in [500, 503] {
        let (router, kept) = storage(code, words);
        let error = put(no_api().writer(router)).await;
        assert!(matches!(error, WriteError::Unknown { .. }), "{error:?}");
        assert_eq!(kept.lock().unwrap().len(), 1);
        assert!(!format!("{error:?}").contains("Jane"), "{error:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn bytes_that_break_off_are_never_taken_for_all() {
    let (router, kept) = storage(200, "");
    let half = Upload { length: 99, ..upload("half") };
    let error = no_api().writer(router).put(&place("https://s3.test/key"), half).await.unwrap_err();
    assert!(matches!(&error, WriteError::Unknown { text } if text.contains("ended early, after 4 of 99")), "{error:?}");
    assert!(kept.lock().unwrap().is_empty());
}

#[test]
fn a_place_and_what_is_written_never_print() {
    let said = format!("{:?} {:?} {:?}", place("https://s3.test/key?signed"), document(), note());
    for secret in ["s3", "signed", "private", "Jane", "hurts", "cs-4"] {
        assert!(!said.contains(secret), "{said}");
    }
}
