//! Files and messages as portals list them, and where the key goes while a file is fetched.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::{FetchError, PortalError, PortalReader, client};
use crate::config::{OperationName, Profile, Profiles};
use crate::domain::{Bearing, CaseId, ItemId, PortalFile, PortalId};
use crate::http::Transport;
use ::http::{Request, StatusCode};
use axum::Router;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use url::Url;

const BASE: &str = "https://portal.test/api";

/// Every request: method, address, and the key when it came along.
type Asked = Arc<Mutex<Vec<(String, Option<String>)>>>;

fn case_status() -> Profile {
    (*Profiles::builtin().get("case-status").unwrap()).clone()
}

fn reader(profile: Profile, base: &str, answer: impl Fn(&str) -> Response + Clone + Send + Sync + 'static) -> (PortalReader, Asked) {
    let asked = Asked::default();
    let noted = Arc::clone(&asked);
    let handle = move |request: Request<Body>| {
        let key = request.headers().get("authorization").map(|value| value.to_str().unwrap().to_owned());
        let line = format!("{} {}", request.method(), request.uri());
        noted.lock().unwrap().push((line.clone(), key));
        let answer = answer(&line);
        async move { answer }
    };
    let profile = Arc::new(profile);
    let http = client(Transport::InProcess(Router::new().fallback(handle)), &profile);
    (PortalReader::new(http, profile, Url::parse(base).unwrap(), SecretString::from("k-1")), asked)
}

fn list(items: Value) -> Response {
    axum::Json(items).into_response()
}

fn to(target: &str) -> Response {
    (StatusCode::FOUND, [("location", target.to_owned())]).into_response()
}

fn file(url: &str) -> PortalFile {
    PortalFile {
        id: ItemId("f/1".to_owned()),
        bearing: Bearing { portal_id: Some(PortalId("9001".to_owned())), ..Bearing::default() },
        url: Url::parse(url).ok(),
        size: None,
        name: None,
        extension: None,
        created_at: None,
    }
}

/// Fetches a file at this address; says what came, or the kind of the error, and who was asked with which key.
async fn fetch(
    base: &str,
    url: &str,
    answer: impl Fn(&str) -> Response + Clone + Send + Sync + 'static,
) -> (String, Vec<(String, Option<String>)>) {
    let (reader, asked) = reader(case_status(), base, answer);
    let said = match reader.open_file(&file(url)).await {
        Ok(mut flow) => String::from_utf8(flow.chunk().await.unwrap().unwrap_or_default().to_vec()).unwrap(),
        Err(error) => {
            let text = format!("{error} {error:?}");
            assert!(!text.contains("k-1") && !text.contains("signed") && !text.contains("Jane"), "{text}");
            match error {
                FetchError::Vanished { .. } => "vanished",
                FetchError::KeyRejected { .. } => "key",
                FetchError::Unsafe { .. } => "unsafe",
                FetchError::Refused { .. } => "refused",
                FetchError::Http(_) => "http",
                FetchError::NotPossible { .. } => "not possible",
            }
            .to_owned()
        }
    };
    let asked = asked.lock().unwrap().clone();
    (said, asked)
}

fn key() -> Option<String> {
    Some("ApiKey k-1".to_owned())
}

fn line(url: &str, key: Option<String>) -> (String, Option<String>) {
    (format!("GET {url}"), key)
}

#[tokio::test(start_paused = true)]
async fn pages_are_counted_from_0_whatever_the_portal_counts_from() {
    let (reader, asked) = reader(case_status(), BASE, |_| list(json!([])));
    assert!(reader.file_page(0).await.unwrap().is_empty() && reader.message_page(2).await.unwrap().is_empty());
    let asked: Vec<_> = asked.lock().unwrap().iter().map(|(line, _)| line.clone()).collect();
    assert_eq!(
        asked,
        ["GET https://portal.test/api/v1/api/files?page%5Bnumber%5D=1", "GET https://portal.test/api/v1/api/messages?page%5Bnumber%5D=3"]
    );
    assert!(reader.has_pages(OperationName::ListFiles));
}

#[tokio::test(start_paused = true)]
async fn a_list_without_pages_is_all_on_page_0_and_a_portal_without_lists_says_so() {
    let mut profile = case_status();
    profile.operations.get_mut(&OperationName::ListFiles).unwrap().requests[0].paging = None;
    let (paged, asked) = reader(profile, BASE, |_| list(json!([{"id": 1}, {"id": 2}])));
    assert!(!paged.has_pages(OperationName::ListFiles));
    assert_eq!(paged.file_page(0).await.unwrap().len(), 2);
    assert_eq!(paged.file_page(1).await.unwrap().len(), 0);
    assert_eq!(asked.lock().unwrap().len(), 1);

    let hona = (*Profiles::builtin().get("hona").unwrap()).clone();
    let (hona, asked) = reader(hona, BASE, |_| list(json!([])));
    assert!(matches!(hona.file_page(0).await, Err(PortalError::NotPossible { text }) if text == "Hona does not give files back"));
    assert!(matches!(hona.message_page(0).await, Err(PortalError::NotPossible { .. })));
    assert!(asked.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_file_is_understood_whatever_its_fields_are() {
    let full = json!({"id": 7, "url": "https://files.test/a?signed", "size": "12", "file_name": "../Jane.pdf ", "extension": "pdf", "case_id": 9001,
        "case_readable_id": 24, "case_integration_id": " 17 ", "created_at": "2026-11-23T10:00:00-05:00"});
    let odd = json!({"id": " f8 ", "url": {}, "size": -1, "file_name": [], "extension": null, "case_id": "", "case_integration_id": 17.0,
        "created_at": "2026-11-23 15:00:00"});
    let items = json!([full, odd, {"id": null}, {"id": ""}, {}, null, "x", {"id": 9}]);
    let (reader, _) = reader(case_status(), BASE, move |_| list(items.clone()));
    let files = reader.file_page(0).await.unwrap();
    assert_eq!(files.iter().map(Option::is_some).collect::<Vec<_>>(), [true, true, false, false, false, false, false, true]);
    let first = files[0].as_ref().unwrap();
    assert_eq!((first.id.as_str(), first.size, first.name.as_deref()), ("7", Some(12), Some("../Jane.pdf ")));
    let bearing = Bearing { case: Some(CaseId(17)), portal_id: Some(PortalId("9001".to_owned())), readable_id: Some("24".to_owned()) };
    assert_eq!(first.bearing, bearing);
    assert_eq!(first.created_at, files[1].as_ref().unwrap().created_at);
    let odd = files[1].as_ref().unwrap();
    assert_eq!((odd.id.as_str(), odd.bearing.case, &odd.bearing.portal_id), ("f8", Some(CaseId(17)), &None));
    assert_eq!((&odd.url, odd.size, &odd.name), (&None, None, &None));
}

#[tokio::test(start_paused = true)]
async fn what_only_resembles_mycases_id_names_no_case() {
    for odd in [json!("017"), json!("+17"), json!("17a"), json!("1 7"), json!(-17), json!(17.5), json!("ABC-17"), json!([17]), json!(true)]
    {
        let items = json!([{"id": 1, "case_integration_id": odd}]);
        let (reader, _) = reader(case_status(), BASE, move |_| list(items.clone()));
        assert_eq!(reader.file_page(0).await.unwrap()[0].as_ref().unwrap().bearing.case, None, "{odd}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_files_address_is_absolute_or_begins_at_the_apis_base() {
    for (text, url) in [
        ("https://files.test/a", Some("https://files.test/a")),
        ("http://files.test/a", Some("http://files.test/a")),
        ("files/7", Some("https://portal.test/api/files/7")),
        ("/files/7", Some("https://portal.test/files/7")),
        ("//files.test/7", Some("https://files.test/7")),
        ("ftp://files.test/a", None),
        ("file:///etc/passwd", None),
        ("data:text/plain,x", None),
        ("https://", None),
        ("", None),
    ] {
        let items = json!([{"id": 1, "url": text}]);
        let (reader, _) = reader(case_status(), BASE, move |_| list(items.clone()));
        let found = reader.file_page(0).await.unwrap()[0].as_ref().unwrap().url.clone();
        assert_eq!(found.as_ref().map(Url::as_str), url, "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_keeps_its_text_as_written_and_is_dated_by_its_sending() {
    let items = json!([
        {"id": 1, "content": " Hello\n\nJane ", "sender_name": "Jane", "sent_at": 1_700_000_000, "created_at": "2026-01-01T00:00:00Z", "readable_id": "24-1"},
        {"id": 2, "content": "  \n", "sent_at": null, "created_at": 1_700_000_000_000_u64, "integration_id": 18},
        {"content": "nobody's"}
    ]);
    let (reader, _) = reader(case_status(), BASE, move |_| list(items.clone()));
    let messages = reader.message_page(0).await.unwrap();
    let [Some(first), Some(second), None] = &messages[..] else { panic!("{messages:?}") };
    assert_eq!((first.content.as_deref(), first.sender.as_deref()), (Some(" Hello\n\nJane "), Some("Jane")));
    assert_eq!((first.bearing.case, first.bearing.readable_id.as_deref()), (None, Some("24-1")));
    assert_eq!((&second.content, second.bearing.case), (&None, Some(CaseId(18))));
    assert_eq!(first.sent_at, second.sent_at);
    assert_eq!(first.sent_at.unwrap().as_second(), 1_700_000_000);
    assert!(!format!("{messages:?}").contains("Jane"));
}

#[tokio::test(start_paused = true)]
async fn the_key_goes_to_the_portals_scheme_host_and_port_and_nowhere_else() {
    for (base, url, with_key) in [
        (BASE, "https://portal.test/files/1", true),
        (BASE, "https://portal.test:443/files/1", true),
        (BASE, "https://PORTAL.test/files/1", true),
        (BASE, "https://portal.test:8443/files/1", false),
        (BASE, "https://files.portal.test/files/1", false),
        (BASE, "https://portal.test.evil.test/files/1", false),
        (BASE, "https://portal.test@evil.test/files/1", false),
        ("http://127.0.0.1:80/api", "http://127.0.0.1/files/1", true),
        ("http://127.0.0.1:80/api", "https://127.0.0.1/files/1", false),
        ("http://127.0.0.1:80/api", "http://127.0.0.1:81/files/1", false),
    ] {
        let (said, asked) = fetch(base, url, |_| "bytes".into_response()).await;
        assert_eq!((said.as_str(), asked.len()), ("bytes", 1), "{url}");
        assert_eq!(asked[0].1.is_some(), with_key, "{url}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_not_https_is_asked_only_on_this_computer_by_a_portal_that_is_there() {
    for (base, url, safe) in [
        (BASE, "http://portal.test/files/1", false),
        (BASE, "http://127.0.0.1/files/1", false),
        (BASE, "ftp://portal.test/files/1", false),
        ("http://localhost:9/api", "http://127.0.0.1:7/files/1", true),
        ("http://localhost:9/api", "http://[::1]:7/files/1", true),
        ("http://localhost:9/api", "http://files.test/files/1", false),
        ("http://localhost:9/api", "http://localhost.evil.test/files/1", false),
    ] {
        let (said, asked) = fetch(base, url, |_| "bytes".into_response()).await;
        assert_eq!((said.as_str(), asked.len()), if safe { ("bytes", 1) } else { ("unsafe", 0) }, "{url}");
        // The same when a safe address leads there.
        let start = format!("{base}/start");
        let target = url.to_owned();
        let (said, asked) =
            fetch(base, &start, move |line| if line.ends_with("/start") { to(&target) } else { "bytes".into_response() }).await;
        assert_eq!((said.as_str(), asked.len()), if safe { ("bytes", 2) } else { ("unsafe", 1) }, "{url}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_redirect_drops_the_key_at_the_portals_border() {
    let (said, asked) = fetch(BASE, "https://portal.test/api/f?signed", |line| match line {
        line if line.ends_with("/f?signed") => to("../b"),
        line if line.ends_with("/b") => to("https://user:pw@files.test/Jane?signed#part"),
        line if line.ends_with("/Jane?signed") => to("https://portal.test/c"),
        _ => "bytes".into_response(),
    })
    .await;
    assert_eq!(said, "bytes");
    let here = |url| line(url, key());
    let expected = [
        here("https://portal.test/api/f?signed"),
        here("https://portal.test/b"),
        line("https://files.test/Jane?signed", None),
        here("https://portal.test/c"),
    ];
    assert_eq!(asked, expected);
}

#[tokio::test(start_paused = true)]
async fn an_address_that_leads_on_for_ever_or_nowhere_is_refused() {
    let (said, asked) = fetch(BASE, "https://files.test/f", |_| to("/f")).await;
    assert_eq!((said.as_str(), asked.len()), ("refused", 6));
    let (said, _) = fetch(BASE, "https://files.test/f", |_| StatusCode::FOUND.into_response()).await;
    assert_eq!(said, "refused");
    let (said, _) = fetch(BASE, "https://files.test/f", |_| to("https://")).await;
    assert_eq!(said, "refused");
}

#[tokio::test(start_paused = true)]
async fn each_answer_without_the_file_means_one_thing() {
    for (code, here, elsewhere) in [
        (404, "vanished", "vanished"),
        (410, "vanished", "vanished"),
        (401, "key", "refused"),
        (403, "key", "vanished"),
        (400, "refused", "refused"),
        (204, "refused", "refused"),
        (206, "refused", "refused"),
        (500, "http", "http"),
        (429, "http", "http"),
    ] {
        for (url, kind) in [("https://portal.test/f", here), ("https://files.test/f", elsewhere)] {
            let body = r#"{"message": "no", "url": "https://files.test/Jane?signed"}"#;
            let (said, _) = fetch(BASE, url, move |_| (StatusCode::from_u16(code).unwrap(), body).into_response()).await;
            assert_eq!(said, kind, "{code} {url}");
        }
    }
    let (said, asked) = fetch(BASE, "nowhere", |_| "bytes".into_response()).await;
    assert_eq!((said.as_str(), asked.len()), ("not possible", 0));
}

#[tokio::test(start_paused = true)]
async fn a_profile_may_say_how_a_file_is_fetched() {
    let mut profile = case_status();
    let mut download = profile.operation(OperationName::ListFiles).unwrap().clone();
    download.requests[0].path = "/cases/{portal_id}/files/{file_id}".to_owned();
    download.requests[0].paging = None;
    profile.operations.insert(OperationName::DownloadFile, download);
    let (reader, asked) =
        reader(profile, BASE, |line| if line.contains("portal.test") { to("https://files.test/x") } else { "bytes".into_response() });
    let flow = reader.open_file(&file("https://evil.test/ignored")).await.unwrap();
    assert_eq!(flow.length(), Some(5));
    let expected = [line("https://portal.test/api/cases/9001/files/f%2F1", key()), line("https://files.test/x", None)];
    assert_eq!(*asked.lock().unwrap(), expected);
    let unbound = PortalFile { bearing: Bearing::default(), ..file("https://evil.test/ignored") };
    assert!(matches!(reader.open_file(&unbound).await, Err(FetchError::NotPossible { .. })));
}
