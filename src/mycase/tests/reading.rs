//! What is read, in how many requests, and what is understood of answers that are odd.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::super::{CasePages, CaseQuery, MyCaseError, Needs};
use super::stand_in::{API, Asked, MyCase, status};
use crate::domain::{
    CaseId, CaseStatus, FieldId, Fingerprint, Fingerprinter, GroupId, InStep, PersonId, Scan, ScanDoubt, SeenCase, ShownCase, StaffId,
};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::{Value, json};
use std::sync::Arc;

const ALL: CaseQuery = CaseQuery { updated_after: None };

/// A page of items with this count and next link.
pub(super) fn page(items: Value, count: Option<usize>, next: Option<&str>) -> Response {
    let mut response = status(200, items);
    if let Some(count) = count {
        response.headers_mut().insert("Item-Count", count.into());
    }
    if let Some(next) = next {
        response.headers_mut().insert("Link", format!("<{next}>; rel=\"next\"").parse().unwrap());
    }
    response
}

fn ids(from: usize, to: usize) -> Value {
    (from..to).map(|id| json!({"id": id, "status": "open"})).collect()
}

/// `total` cases, served as asked for, cursors in `page_token`.
fn serve(total: usize) -> impl Fn(&Asked, usize) -> Response {
    move |asked, _| {
        let size: usize = asked.param("page_size").map_or(25, |size| size.parse().unwrap());
        let from: usize = asked.param("page_token").map_or(1, |token| token.parse().unwrap());
        let to = (from + size).min(total + 1);
        let next = (to <= total).then(|| format!("{API}/cases?page_size={size}&page_token={to}"));
        page(ids(from, to), Some(total), next.as_deref())
    }
}

async fn read(mut pages: CasePages) -> (Result<Vec<SeenCase>, MyCaseError>, CasePages) {
    let mut cases = Vec::new();
    while let Some(page) = pages.next().await {
        match page {
            Ok(page) => cases.extend(page),
            Err(error) => {
                assert!(pages.next().await.is_none(), "nothing comes after an error");
                return (Err(error), pages);
            }
        }
    }
    (Ok(cases), pages)
}

async fn read_from(mycase: &Arc<MyCase>) -> (Result<Vec<SeenCase>, MyCaseError>, CasePages) {
    read(mycase.reader().cases(ALL)).await
}

#[tokio::test(start_paused = true)]
async fn all_cases_are_read_in_pages_of_a_thousand_with_their_clients() {
    for (total, requests) in [(0, 1), (1, 1), (1000, 1), (1001, 2), (2500, 3)] {
        let mycase = MyCase::api(serve(total));
        let (cases, pages) = read_from(&mycase).await;
        assert_eq!(cases.unwrap().len(), total);
        assert_eq!(mycase.asked("/v1/cases").len(), requests, "{total}");
        let scan = pages.scan();
        assert!(scan.is_whole() && scan.read == total && scan.announced == Some(total), "{scan:?}");
    }
    let mycase = MyCase::api(serve(1));
    let _ = read_from(&mycase).await;
    let asked = &mycase.asked("/v1/cases")[0];
    assert_eq!(asked.token, "t0");
    assert!(asked.query.starts_with("page_size=1000&field%5Bclient%5D=id%2Cfirst_name%2C"), "{}", asked.query);
}

#[tokio::test(start_paused = true)]
async fn changes_are_asked_for_with_an_offset_and_never_prove_absence() {
    let mycase = MyCase::api(serve(3));
    let after = "2026-11-22T10:00:00.75-05:00".parse().ok();
    let (cases, pages) = read(mycase.reader().cases(CaseQuery { updated_after: after })).await;
    assert_eq!(cases.unwrap().len(), 3);
    assert_eq!(mycase.asked("/v1/cases")[0].param("filter[updated_after]").as_deref(), Some("2026-11-22T15:00:00Z"));
    assert_eq!(pages.scan().doubts, [ScanDoubt::Partial]);
}

#[tokio::test(start_paused = true)]
async fn the_servers_clock_is_the_first_pages() {
    let mycase = MyCase::api(|asked, before| {
        let mut response = serve(1500)(asked, before);
        let date = format!("Mon, 23 Nov 2026 15:19:{:02} GMT", 46 + before);
        response.headers_mut().insert("Date", date.parse().unwrap());
        response
    });
    let (_, pages) = read_from(&mycase).await;
    assert_eq!(pages.server_time().unwrap().to_string(), "2026-11-23T15:19:46Z");
}

#[tokio::test(start_paused = true)]
async fn a_case_is_understood_when_its_fields_are_of_the_neighbouring_type() {
    let case = json!({
        "id": "17", "name": "Doe", "case_number": 2024, "description": "", "opened_date": "2024-01-05T00:00:00-08:00", "closed_date": null,
        "practice_area": "Personal Injury", "case_stage": null, "status": "OPEN", "outstanding_balance": "12.50",
        "billing_contact": {"id": 5.0}, "billing_type": "contingency",
        "clients": [{"id": "5", "first_name": "Jane", "middle_initial": "Q", "cell_phone_number": 2127365000_u64, "birthdate": "1980-02-03"}, 6, null, {"x": 1}],
        "companies": [{"id": 9}, "10", null], "staff": [{"id": 3, "lead_lawyer": "true", "case_rate": null}],
        "custom_field_values": [{"custom_field": {"id": 1}, "value": true, "updated_at": "2024-01-05"}, {"custom_field": "2", "value": 7}, {"value": "x"}, {"custom_field": {"id": 3}, "value": null}],
        "office": {"id": 1, "name": "Main", "address": {"city": "Reno"}}, "updated_at": "2024-01-05T10:00:00-05:00", "new_field": [1, {"a": 2}],
    });
    let odd = json!({"id": 18.0, "name": 5, "clients": null, "companies": "x", "staff": {}, "custom_field_values": 4, "office": null, "status": 3});
    let mycase = MyCase::api(move |_, _| page(json!([case, odd, {"id": 19}]), Some(3), None));
    let (cases, pages) = read_from(&mycase).await;
    let cases = cases.unwrap();
    assert!(pages.scan().is_whole());
    let case = &cases[0];
    assert_eq!((case.id, case.case_number.as_deref(), case.status), (CaseId(17), Some("2024"), CaseStatus::Open));
    assert_eq!((case.description.as_deref(), case.stage.as_deref(), case.outstanding_balance.as_deref()), (None, None, Some("12.50")));
    assert_eq!(case.opened_date.unwrap().to_string(), "2024-01-05");
    assert_eq!(case.billing_contact, Some(5));
    let clients: Vec<_> = case.clients.iter().map(|client| client.id).collect();
    assert_eq!(clients, [PersonId(5), PersonId(6)]);
    assert_eq!(case.clients[0].cell_phone.as_deref(), Some("2127365000"));
    assert_eq!(case.clients[0].middle_name.as_deref(), Some("Q"));
    assert_eq!(case.companies.len(), 2);
    assert!(case.staff[0].lead_lawyer && !case.staff[0].originating_lawyer);
    let custom: Vec<_> = case.custom.iter().map(|value| (value.field.0, value.text.as_str())).collect();
    assert_eq!(custom, [(1, "true"), (2, "7"), (3, "")]);
    assert_eq!(case.office.as_ref().unwrap().city.as_deref(), Some("Reno"));
    assert_eq!(case.updated_at.unwrap().to_string(), "2024-01-05T15:00:00Z");
    let bare = SeenCase { name: Some("5".to_owned()), ..SeenCase::bare(CaseId(18)) };
    assert!(cases[1] == bare && cases[2] == SeenCase::bare(CaseId(19)));
}

/// All cases as they are shown to whoever knows these.
async fn shown(mycase: &Arc<MyCase>, known: Vec<(CaseId, Fingerprint)>) -> (Vec<ShownCase>, Scan) {
    let known = InStep::new(Fingerprinter::new(&[7; 32]), [b"rules".as_slice()], known);
    let (mut pages, mut all) = (mycase.reader().all_cases(Some(known)), Vec::new());
    while let Some(page) = pages.next().await {
        all.extend(page.unwrap());
    }
    (all, pages.scan())
}

/// Which of these were read, with the prints they can be known by another time, and which were known.
fn parted(all: Vec<ShownCase>) -> (Vec<(CaseId, Fingerprint)>, Vec<u64>) {
    let (mut read, mut same) = (Vec::new(), Vec::new());
    for case in all {
        match case {
            ShownCase::Same(case) => same.push(case.0),
            ShownCase::Read(case, print) => read.extend(print.map(|print| (case.id, print))),
        }
    }
    (read, same)
}

#[tokio::test(start_paused = true)]
async fn a_case_that_is_known_by_its_text_is_counted_and_not_read_until_a_letter_of_it_moves() {
    let named = |name: &'static str| {
        move |_: &Asked, _: usize| page(json!([{"id": 7, "name": name}, {"id": "8", "x": 1}, {"id": 9}]), Some(3), None)
    };
    let (all, scan) = shown(&MyCase::api(named("Doe")), Vec::new()).await;
    assert!(scan.is_whole());
    let (prints, same) = parted(all);
    assert_eq!((prints.len(), same.len()), (3, 0));
    let (again, scan) = shown(&MyCase::api(named("Doe")), prints[..2].to_vec()).await;
    assert!(scan.is_whole() && scan.read == 3, "{scan:?}");
    assert_eq!(parted(again), (prints[2..].to_vec(), vec![7, 8]));
    let (moved, _) = shown(&MyCase::api(named("Roe")), prints.clone()).await;
    let (read, same) = parted(moved);
    assert_eq!((read.len(), same), (1, vec![8, 9]));
    assert!(read[0].0 == CaseId(7) && read[0].1 != prints[0].1);
}

#[tokio::test(start_paused = true)]
async fn a_page_with_something_odd_on_it_is_read_whole_and_nothing_of_it_can_be_known() {
    let (all, _) = shown(&MyCase::api(|_, _| page(json!([{"id": 7}]), Some(1), None)), Vec::new()).await;
    let (prints, _) = parted(all);
    // serde takes no key twice, so such a case cannot be read.
    let twice = |_: &Asked, _: usize| page_of(r#"[{"id":7},{"id":8,"id":9}]"#);
    let (all, scan) = shown(&MyCase::api(twice), prints.clone()).await;
    assert!(matches!(&all[..], [ShownCase::Read(one, None), ShownCase::Read(_, None)] if one.id == CaseId(7)), "{}", all.len());
    assert_eq!(scan.read, 2);
    let none = |_: &Asked, _: usize| page_of(r#"[{"id":7},[8],{"name":"x"},null]"#);
    let (all, scan) = shown(&MyCase::api(none), prints).await;
    assert_eq!((parted(all), scan.doubts), ((vec![], vec![7]), vec![ScanDoubt::NoCount, ScanDoubt::WithoutId { count: 3 }]));
}

fn page_of(body: &'static str) -> Response {
    ([("content-type", "application/json")], body).into_response()
}

#[tokio::test(start_paused = true)]
async fn a_list_in_place_of_an_item_is_no_item() {
    let mycase = MyCase::api(|_, _| page(json!([[7, "Doe v. Roe"], {"id": 8}]), Some(2), None));
    let (cases, pages) = read_from(&mycase).await;
    assert_eq!(cases.unwrap().iter().map(|case| case.id).collect::<Vec<_>>(), [CaseId(8)]);
    assert_eq!(pages.scan().doubts, [ScanDoubt::CountDiffers { announced: 2, read: 1 }, ScanDoubt::WithoutId { count: 1 }]);
}

#[tokio::test(start_paused = true)]
async fn an_item_without_an_id_is_a_doubt_and_the_others_are_read() {
    let items = json!([{"id": 1}, {"name": "Doe"}, {"id": null}, null, "x", [], {"id": 2, "clients": [[]]}]);
    let mycase = MyCase::api(move |_, _| page(items.clone(), Some(7), None));
    let (cases, pages) = read_from(&mycase).await;
    assert_eq!(cases.unwrap().len(), 2);
    let doubts = pages.scan().doubts;
    assert_eq!(doubts, [ScanDoubt::CountDiffers { announced: 7, read: 2 }, ScanDoubt::WithoutId { count: 5 }]);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_is_no_list_is_an_error_and_quotes_no_person() {
    for body in [
        r#"{"cases":[{"name":"Jane Doe"}]}"#,
        r#"[{"id":1,"name":"Jane Doe"},{"id":2"#,
        "<html>Jane Doe</html>",
        "",
        "null",
        "\"Jane Doe\"",
        "7",
    ] {
        let mycase = MyCase::api(move |_, _| body.into_response());
        let (cases, pages) = read_from(&mycase).await;
        let error = cases.unwrap_err();
        assert!(matches!(error, MyCaseError::Unreadable(_)), "{body}: {error:?}");
        assert!(error.to_string().starts_with("MyCase GET /v1/cases answered 200: the answer is not"), "{error}");
        if !body.starts_with('"') {
            assert!(!format!("{error:?}").contains("Jane"), "{error:?}");
        }
        assert!(!pages.scan().is_whole());
    }
    let broken_letters = [b"\xef\xbb\xbf[{\"id\":1,\"name\":\"M".as_slice(), b"\xff", b"ller\"}]"].concat();
    let mycase = MyCase::api(move |_, _| broken_letters.clone().into_response());
    assert_eq!(read_from(&mycase).await.0.unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_no_json_is_asked_for_again() {
    let mycase = MyCase::api(|asked, before| match before {
        0 => r#"[{"id":1},{"id":2"#.into_response(),
        1 => "<html>back soon</html>".into_response(),
        _ => serve(2)(asked, before),
    });
    let (cases, pages) = read_from(&mycase).await;
    assert_eq!(cases.unwrap().len(), 2);
    assert!(pages.scan().is_whole());
    let strange = MyCase::api(|_, _| status(200, json!({})));
    assert!(read_from(&strange).await.0.is_err());
    assert_eq!(strange.asked("/v1").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_next_page_is_followed_only_on_the_apis_own_site() {
    for foreign in ["https://evil.test/v1/cases?t=1", "http://api.test/v1/cases", "https://api.test:8443/v1/cases", "//evil.test/v1/cases"]
    {
        let mycase = MyCase::api(move |_, before| page(ids(before, before + 1), Some(2), (before == 0).then_some(foreign)));
        let (cases, _) = read_from(&mycase).await;
        assert!(matches!(cases, Err(MyCaseError::ForeignLink { .. })), "{foreign}");
        assert_eq!(mycase.asked("/v1").len(), 1);
    }
    for own in ["https://api.test/v1/cases?t=1", "https://api.test:443/v1/cases?t=1", "/v1/cases?t=1", "?t=1", "cases?t=1"] {
        let mycase = MyCase::api(move |_, before| page(ids(before, before + 1), Some(2), (before == 0).then_some(own)));
        assert_eq!(read_from(&mycase).await.0.unwrap().len(), 2, "{own}");
        assert_eq!(mycase.asked("/v1/cases")[1].param("t").as_deref(), Some("1"));
    }
}

#[tokio::test(start_paused = true)]
async fn an_item_that_comes_twice_counts_once_and_an_empty_page_is_passed() {
    let mycase = MyCase::api(|_, before| match before {
        0 => page(ids(1, 4), Some(5), Some("?t=1")),
        1 => page(json!([]), Some(5), Some("?t=2")),
        _ => page(ids(3, 6), Some(5), None),
    });
    let (cases, pages) = read_from(&mycase).await;
    let cases: Vec<_> = cases.unwrap().iter().map(|case| case.id.0).collect();
    assert_eq!(cases, [1, 2, 3, 4, 5]);
    assert!(pages.scan().is_whole());
}

#[tokio::test(start_paused = true)]
async fn a_list_that_runs_in_a_circle_ends_with_an_error() {
    let circle = MyCase::api(|_, before| page(ids(before, before + 1), None, Some(["?t=1", "?t=2", "?t=1"][before % 3])));
    assert!(matches!(read_from(&circle).await.0, Err(MyCaseError::EndlessList { .. })));
    assert_eq!(circle.asked("/v1/cases").len(), 3);
    let ever_new = MyCase::api(|_, before| page(ids(1, 4), None, Some(&format!("?t={before}"))));
    assert!(matches!(read_from(&ever_new).await.0, Err(MyCaseError::EndlessList { .. })));
    assert!(ever_new.asked("/v1/cases").len() < 30);
}

#[tokio::test(start_paused = true)]
async fn a_scan_tells_why_it_does_not_prove_absence() {
    let doubts = async |counts: [Option<usize>; 2]| {
        let mycase = MyCase::api(move |_, before| page(ids(before, before + 1), counts[before], (before == 0).then_some("?t=1")));
        read_from(&mycase).await.1.scan().doubts
    };
    assert_eq!(doubts([Some(2), Some(2)]).await, []);
    assert_eq!(doubts([Some(2), None]).await, []);
    assert_eq!(doubts([None, None]).await, [ScanDoubt::NoCount]);
    assert_eq!(doubts([Some(3), Some(3)]).await, [ScanDoubt::CountDiffers { announced: 3, read: 2 }]);
    assert_eq!(doubts([Some(2), Some(3)]).await, [ScanDoubt::CountMoved { from: 2, to: 3 }]);
}

#[tokio::test(start_paused = true)]
async fn a_reading_that_is_broken_off_is_no_whole_scan() {
    let mycase = MyCase::api(|_, before| if before == 0 { page(ids(0, 1), Some(1), Some("?t=1")) } else { status(500, json!({})) });
    let (cases, pages) = read_from(&mycase).await;
    assert!(matches!(cases, Err(MyCaseError::Unavailable(_))));
    assert_eq!(pages.scan().doubts, [ScanDoubt::Partial]);
}

#[tokio::test(start_paused = true)]
async fn one_case_is_there_or_not_and_nothing_in_between() {
    let mycase = MyCase::api(|asked, _| match asked.path.as_str() {
        "/v1/cases/7" => status(200, json!({"id": 7, "case_stage": "Demand"})),
        "/v1/cases/8" => status(200, json!({"id": 9})),
        "/v1/cases/10" => status(200, json!([{"id": 10}])),
        "/v1/cases/11" => status(403, json!({"errors": [{"description": "no scope", "source": {}}]})),
        "/v1/cases/12" => status(422, json!({"errors": [{"description": "bad", "source": {"parameter": "id"}}]})),
        _ => status(404, json!({"errors": [{"description": "Not found"}]})),
    });
    let reader = mycase.reader();
    assert_eq!(reader.case(CaseId(7)).await.unwrap().unwrap().stage.as_deref(), Some("Demand"));
    assert!(mycase.asked("/v1/cases/7")[0].param("field[client]").is_some());
    assert!(reader.case(CaseId(404)).await.unwrap().is_none());
    assert!(matches!(reader.case(CaseId(8)).await, Err(MyCaseError::Unreadable(_))));
    assert!(matches!(reader.case(CaseId(10)).await, Err(MyCaseError::Unreadable(_))));
    let forbidden = reader.case(CaseId(11)).await.unwrap_err().to_string();
    assert!(forbidden.contains("may not read /v1/cases/11") && forbidden.contains("no scope"), "{forbidden}");
    let refused = reader.case(CaseId(12)).await.unwrap_err();
    assert_eq!(refused.to_string(), "MyCase GET /v1/cases/12 answered 422: not accepted: bad; source: id");
}

#[tokio::test(start_paused = true)]
async fn reference_lists_are_read_once_and_only_as_needed() {
    let api = |asked: &Asked, _: usize| {
        let items = match asked.path.as_str() {
            "/v1/staff" => {
                json!([{"id": 3, "email": " Ann@Firm.com ", "first_name": "Ann", "type": "Attorney", "active": "false"}, {"id": 4}])
            }
            "/v1/case_stages" => json!([{"id": 1, "name": "Demand"}, {"id": 2, "name": null}]),
            "/v1/practice_areas" => json!([{"id": "1", "name": "Injury"}]),
            "/v1/custom_fields" => {
                json!([{"id": 5, "name": "Court", "parent_type": "case", "field_type": "list", "list_options": [{"key": 1, "option": "North"}, null]}])
            }
            "/v1/people_groups" => json!([{"id": 8, "name": "Client"}]),
            "/v1/clients" => {
                json!([{"id": 5, "people_group": {"id": 8}, "archived": true, "custom_field_values": null}, {"id": 6, "people_group": null}])
            }
            _ => return StatusCode::NOT_FOUND.into_response(),
        };
        page(items, None, None)
    };
    let mycase = MyCase::api(api);
    let few = mycase.reader().reference(Needs::default()).await.unwrap();
    assert_eq!(mycase.asked("/v1").len(), 4);
    assert!(few.clients.is_empty() && few.people_groups.is_empty());
    let all = mycase.reader().reference(Needs { people_groups: true, clients: true }).await.unwrap();
    assert_eq!(mycase.asked("/v1").len(), 10);
    let ann = &all.staff[&StaffId(3)];
    assert_eq!((ann.email.as_deref(), ann.kind.as_deref(), ann.active), (Some("ann@firm.com"), Some("Attorney"), false));
    assert!(all.staff[&StaffId(4)].active);
    assert_eq!(all.stages.len(), 1);
    assert_eq!(all.custom_fields[&FieldId(5)].options["1"], "North");
    assert_eq!(all.clients[&PersonId(5)].group, Some(GroupId(8)));
    assert!(all.clients[&PersonId(5)].archived && !all.clients[&PersonId(6)].archived);
}
