//! Lists inside a case, and what moved beside the cases.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::super::MyCaseError;
use super::reading::page;
use super::stand_in::{API, Asked, MyCase, status};
use crate::domain::{CaseId, DocumentId, NoteId, PersonId, StaffId};
use axum::response::Response;
use serde_json::{Value, json};

/// `total` documents or notes, 25 a page whatever is asked; `count` is what every page announces.
fn serve(total: usize, count: impl Fn(usize) -> Option<usize> + Send + Sync + 'static) -> impl Fn(&Asked, usize) -> Response {
    move |asked, before| {
        let from: usize = asked.param("page_token").map_or(1, |token| token.parse().unwrap());
        let to = (from + 25).min(total + 1);
        let items: Value = (from..to).map(|id| json!({"id": id, "name": format!("n{id}"), "note": "x"})).collect();
        let next = (to <= total).then(|| format!("{API}{}?page_token={to}", asked.path.trim_start_matches("/v1")));
        page(items, count(before), next.as_deref())
    }
}

#[tokio::test(start_paused = true)]
async fn all_documents_and_notes_of_a_case_are_read_25_a_page() {
    for (total, requests) in [(0, 1), (25, 1), (26, 2), (60, 3)] {
        let mycase = MyCase::api(serve(total, move |_| Some(total)));
        let documents = mycase.reader().case_documents(CaseId(17)).await.unwrap().unwrap();
        assert_eq!((documents.items.len(), documents.whole), (total, true));
        assert_eq!(mycase.asked("/v1/cases/17/documents").len(), requests);
        assert_eq!(mycase.asked("/v1/cases/17/documents")[0].query, "");
        let notes = mycase.reader().case_notes(CaseId(17)).await.unwrap().unwrap();
        assert_eq!((notes.items.len(), notes.whole), (total, true));
        assert_eq!(mycase.asked("/v1/cases/17/notes").len(), requests);
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_is_whole_when_it_ended_as_announced_or_announced_nothing() {
    for (counts, whole) in
        [([None, None], true), ([Some(30), Some(30)], true), ([Some(31), Some(31)], false), ([Some(30), Some(31)], false)]
    {
        let mycase = MyCase::api(serve(30, move |before| counts[before]));
        assert_eq!(mycase.reader().case_documents(CaseId(17)).await.unwrap().unwrap().whole, whole, "{counts:?}");
    }
    let odd = MyCase::api(|_, _| page(json!([{"id": 1}, {"name": "without id"}]), None, None));
    let seen = odd.reader().case_notes(CaseId(17)).await.unwrap().unwrap();
    assert_eq!((seen.items.len(), seen.whole), (1, false));
}

#[tokio::test(start_paused = true)]
async fn a_case_that_is_gone_has_no_list_and_a_list_that_fails_is_an_error() {
    let gone = MyCase::api(|_, _| status(404, json!({})));
    assert_eq!(gone.reader().case_documents(CaseId(17)).await.unwrap(), None);
    let later = MyCase::api(|asked, before| if before == 0 { serve(60, |_| None)(asked, 0) } else { status(500, json!({})) });
    assert!(matches!(later.reader().case_notes(CaseId(17)).await, Err(MyCaseError::Unavailable(_))));
    let odd = MyCase::api(|_, _| status(200, json!({"documents": []})));
    assert!(matches!(odd.reader().case_documents(CaseId(17)).await, Err(MyCaseError::Unreadable(_))));
}

#[tokio::test(start_paused = true)]
async fn documents_and_notes_are_understood_when_their_fields_are_odd_and_never_print() {
    let items = json!([
        {"id": "81", "name": " Jane.pdf ", "path": "In/Jane.pdf", "description": 7, "note": "From Jane", "created_at": "2026-11-23T10:00:00-05:00"},
        {"id": 82.0, "name": null, "path": [], "description": "", "note": null, "created_at": "soon"}
    ]);
    let mycase = MyCase::api(move |_, _| page(items.clone(), Some(2), None));
    let documents = mycase.reader().case_documents(CaseId(17)).await.unwrap().unwrap().items;
    let first = &documents[0];
    assert_eq!((first.id, first.name.as_deref(), first.description.as_deref()), (DocumentId(81), Some("Jane.pdf"), Some("7")));
    assert_eq!(first.created_at.unwrap().to_string(), "2026-11-23T15:00:00Z");
    assert_eq!((documents[1].id, &documents[1].name, documents[1].created_at), (DocumentId(82), &None, None));
    let notes = mycase.reader().case_notes(CaseId(17)).await.unwrap().unwrap().items;
    assert_eq!((notes[0].id, notes[0].note.as_deref(), notes[1].note.as_deref()), (NoteId(81), Some("From Jane"), None));
    assert!(!format!("{documents:?} {notes:?}").contains("Jane"));
}

fn moved(asked: &Asked, _: usize) -> Response {
    let (items, second) = match asked.path.as_str() {
        "/v1/clients" => (json!([{"id": 5, "cases": [{"id": 17}, 18, null, {"name": "x"}]}, {"id": "6", "cases": null}, {"id": 7}]), "09"),
        "/v1/staff" => (json!([{"id": 3, "email": "Lead@Acme.example", "active": false}]), "07"),
        "/v1/case_stages" => (json!([{"id": 1, "name": "Demand"}, {"id": 2, "name": null}]), "08"),
        _ => (json!([]), "10"),
    };
    let mut response = page(items, None, None);
    response.headers_mut().insert("Date", format!("Mon, 23 Nov 2026 15:19:{second} GMT").parse().unwrap());
    response
}

#[tokio::test(start_paused = true)]
async fn what_moved_is_asked_of_four_lists_at_once_in_whole_seconds() {
    let mycase = MyCase::api(moved);
    let since = "2026-11-22T10:00:00.75-05:00".parse().unwrap();
    let started = tokio::time::Instant::now();
    let seen = mycase.reader().changed(since).await.unwrap();
    assert!(started.elapsed().as_millis() < 40, "one after the other");
    assert_eq!(seen.clients, [(PersonId(5), vec![CaseId(17), CaseId(18)]), (PersonId(6), vec![]), (PersonId(7), vec![])]);
    assert!(!seen.staff[&StaffId(3)].active && seen.stages.len() == 1 && seen.practice_areas.is_empty());
    assert_eq!(seen.server_time.unwrap().to_string(), "2026-11-23T15:19:07Z");
    let asked = mycase.asked("/v1");
    let mut paths: Vec<_> = asked.iter().map(|asked| asked.path.as_str()).collect();
    paths.sort_unstable();
    assert_eq!(paths, ["/v1/case_stages", "/v1/clients", "/v1/practice_areas", "/v1/staff"]);
    for asked in asked {
        assert_eq!(asked.param("filter[updated_after]").as_deref(), Some("2026-11-22T15:00:00Z"));
        assert_eq!(asked.param("page_size").as_deref(), Some("1000"));
    }
}

#[tokio::test(start_paused = true)]
async fn half_of_what_moved_is_an_error_and_one_missing_clock_means_none() {
    let since = "2026-11-22T10:00:00Z".parse().unwrap();
    let half = MyCase::api(|asked, before| if asked.path == "/v1/staff" { status(403, json!({})) } else { moved(asked, before) });
    assert!(matches!(half.reader().changed(since).await, Err(MyCaseError::Forbidden { .. })));
    let silent = MyCase::api(|asked, before| if asked.path == "/v1/staff" { page(json!([]), None, None) } else { moved(asked, before) });
    assert_eq!(silent.reader().changed(since).await.unwrap().server_time, None);
}
