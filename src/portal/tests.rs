//! Both built-in profiles, an overridden one and one of one's own, against stand-ins written by hand.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::{Part, PortalError, PortalReader, PortalWriter, WriteError, client};
use crate::config::{BodyExpression, EXPRESSION_NAMES, Profile, Profiles, SourceText};
use crate::domain::{CaseId, Kind, Kinds, Listing, PersonId, PortalId, Record, RecordClient, SeenState, TeamMember};
use crate::http::Transport;
use crate::plan::Change;
use ::http::{Request, StatusCode};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::response::{IntoResponse, Response};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use url::Url;

/// One case, complete, as in the tests of this room.
pub(super) fn record() -> Record {
    let member = |email: &str, role: &str, attorney| TeamMember { email: email.into(), role: role.into(), attorney };
    Record {
        practice_area: Some("Personal Injury".to_owned()),
        stage: Some("Demand".to_owned()),
        open: true,
        closed_date: None,
        clients: vec![jane()],
        attorney: Some("lead@acme.example".to_owned()),
        team: vec![
            member("lead@acme.example", "Attorney", true),
            member("two@acme.example", "Attorney", true),
            member("pat@acme.example", "Paralegal", false),
        ],
        fields: [("readable_id", "24-0001"), ("name", "Doe v. Roe"), ("case_date", "2024-01-05")].map(own).into(),
        extra: Default::default(),
    }
}

fn own((name, value): (&str, &str)) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

fn jane() -> RecordClient {
    RecordClient {
        id: PersonId(501),
        first_name: "Jane".to_owned(),
        last_name: "Doe".to_owned(),
        email: Some("jane@example.com".to_owned()),
        phone: Some("+12127365000".to_owned()),
    }
}

/// The change from one record to another, of case 17, portal record 9001.
pub(super) fn change(before: Option<Record>, after: Record) -> Change {
    let kinds = before.as_ref().map_or_else(|| Kinds::from_iter([Kind::Create]), |before| before.differs(&after));
    let long_ago = jiff::Timestamp::UNIX_EPOCH;
    Change {
        case: CaseId(17),
        kinds,
        portal_id: before.as_ref().map(|_| PortalId("9001".to_owned())),
        before,
        after,
        seen: SeenState { practice_area: None, stage: None, stage_since: long_ago, open: true, open_since: long_ago },
        why: Vec::new(),
        hold: None,
    }
}

/// What a portal was asked, in order: "METHOD /path?query" and the body.
type Asked = Arc<Mutex<Vec<(String, Value)>>>;

struct Portal {
    asked: Asked,
    reader: PortalReader,
    writer: PortalWriter,
}

/// A stand-in that notes every request and answers as told; its key is checked.
fn portal(profile: Arc<Profile>, answer: impl Fn(&str, usize) -> Response + Clone + Send + Sync + 'static) -> Portal {
    let asked = Asked::default();
    let noted = asked.clone();
    let expected = profile.auth.value.replace("{key}", "k-1");
    let handle = move |request: Request<Body>| {
        let (noted, answer, expected) = (noted.clone(), answer.clone(), expected.clone());
        async move {
            if request.headers()["authorization"] != expected {
                return StatusCode::UNAUTHORIZED.into_response();
            }
            let path = request.uri().path_and_query().unwrap().as_str().to_owned();
            let line = format!("{} {path}", request.method());
            let body = to_bytes(request.into_body(), 1 << 20).await.unwrap();
            let body = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap() };
            let count = {
                let mut noted = noted.lock().unwrap();
                noted.push((line.clone(), body));
                noted.len()
            };
            answer(&line, count)
        }
    };
    let http = client(Transport::InProcess(Router::new().fallback(handle)), &profile);
    let base = Url::parse(&profile.base_url).unwrap();
    let key = || SecretString::from("k-1");
    let reader = PortalReader::new(http.clone(), profile.clone(), base.clone(), key());
    let writer = PortalWriter::new(http, profile, base, key());
    Portal { asked, reader, writer }
}

fn builtin(name: &str) -> Arc<Profile> {
    Profiles::builtin().get(name).unwrap()
}

fn answer(status: u16, body: Value) -> Response {
    (StatusCode::from_u16(status).unwrap(), axum::Json(body)).into_response()
}

fn fine(_: &str, _: usize) -> Response {
    answer(200, json!({"id": 9001}))
}

/// Applies a change and says what was asked.
async fn applied(profile: Arc<Profile>, change: &Change) -> Vec<(String, Value)> {
    let portal = portal(profile, fine);
    let written = portal.writer.apply(change).await.unwrap();
    assert_eq!(written.portal_id, PortalId("9001".to_owned()));
    let asked = portal.asked.lock().unwrap().clone();
    assert_eq!(portal.writer.requests_for(change), asked.len(), "{asked:?}");
    asked
}

async fn failed(profile: Arc<Profile>, change: &Change, status: u16, body: Value) -> (WriteError, usize) {
    let portal = portal(profile, move |_, _| answer(status, body.clone()));
    let error = portal.writer.apply(change).await.unwrap_err();
    let asked = portal.asked.lock().unwrap().len();
    (error, asked)
}

fn line(line: &str, body: Value) -> (String, Value) {
    (line.to_owned(), body)
}

#[tokio::test(start_paused = true)]
async fn case_status_is_told_a_new_case_in_one_request() {
    let body = json!({
        "integration_id": "17", "readable_id": "24-0001", "name": "Doe v. Roe", "practice_area": "Personal Injury",
        "status": "Demand", "case_date": "2024-01-05", "attorney_email": "lead@acme.example",
        "attorney_emails": ["lead@acme.example", "two@acme.example"], "paralegal_emails": ["pat@acme.example"],
        "clients": [{"integration_id": "501", "first_name": "Jane", "last_name": "Doe", "email": "jane@example.com", "cell_phone": "+12127365000"}],
    });
    assert_eq!(applied(builtin("case-status"), &change(None, record())).await, [line("POST /v1/api/cases", body)]);
}

#[tokio::test(start_paused = true)]
async fn case_status_imports_a_closed_case_by_making_and_closing_it() {
    let after = Record { open: false, closed_date: Some("2024-05-06".parse().unwrap()), ..record() };
    let asked = applied(builtin("case-status"), &change(None, after)).await;
    assert_eq!((asked[0].0.as_str(), &asked[0].1["closed_date"]), ("POST /v1/api/cases", &json!("2024-05-06")));
    assert_eq!(asked[1..], [line("POST /v1/api/cases/9001/close", Value::Null)]);
}

#[tokio::test(start_paused = true)]
async fn an_update_says_what_changed_and_nothing_else() {
    let stage = Record { stage: Some("Settlement".to_owned()), ..record() };
    let patch = |body| [line("PATCH /v1/api/cases/9001", body)];
    assert_eq!(applied(builtin("case-status"), &change(Some(record()), stage)).await, patch(json!({"status": "Settlement"})));

    let mut contact = record();
    contact.clients[0].phone = Some("+12127365001".to_owned());
    contact.clients[0].email = None;
    let client = json!({"integration_id": "501", "first_name": "Jane", "last_name": "Doe", "email": null, "cell_phone": "+12127365001"});
    assert_eq!(applied(builtin("case-status"), &change(Some(record()), contact)).await, patch(json!({"clients": [client]})));

    let mut emptied = record();
    emptied.fields.remove("case_date");
    emptied.team.truncate(2);
    let told = json!({"case_date": null, "paralegal_emails": null});
    assert_eq!(applied(builtin("case-status"), &change(Some(record()), emptied)).await, patch(told));
}

#[tokio::test(start_paused = true)]
async fn a_field_of_the_firms_own_that_vanishes_is_cleared_and_the_others_stay() {
    let extra = |names: &[(&str, &str)]| Record { extra: names.iter().copied().map(own).collect(), ..record() };
    let change = change(Some(extra(&[("locker", "7"), ("desk", "2")])), extra(&[("desk", "2")]));
    let body = json!({"extra": {"desk": "2", "locker": null}});
    assert_eq!(applied(builtin("case-status"), &change).await, [line("PATCH /v1/api/cases/9001", body)]);
}

#[tokio::test(start_paused = true)]
async fn closing_and_opening_are_one_request_each_and_frame_the_update() {
    let closed = Record { open: false, closed_date: Some("2024-05-06".parse().unwrap()), ..record() };
    let asked = applied(builtin("case-status"), &change(Some(record()), closed.clone())).await;
    assert_eq!(asked, [line("POST /v1/api/cases/9001/close", Value::Null)]);
    let moved = |open| Record { stage: Some("Settlement".to_owned()), open, ..record() };
    let lines = |asked: Vec<(String, Value)>| asked.into_iter().map(|(line, _)| line).collect::<Vec<_>>();
    let asked = applied(builtin("case-status"), &change(Some(record()), moved(false))).await;
    assert_eq!(lines(asked), ["PATCH /v1/api/cases/9001", "POST /v1/api/cases/9001/close"]);
    let asked = applied(builtin("case-status"), &change(Some(closed), moved(true))).await;
    assert_eq!(lines(asked), ["POST /v1/api/cases/9001/reopen", "PATCH /v1/api/cases/9001"]);
}

#[tokio::test(start_paused = true)]
async fn a_change_without_a_difference_writes_everything_anew() {
    let rewrite = Change { kinds: Kinds::from_iter([Kind::Update]), ..change(Some(record()), record()) };
    let asked = applied(builtin("case-status"), &rewrite).await;
    assert_eq!((asked.len(), asked[0].1.as_object().unwrap().len()), (1, 9));
    let rewrite = Change { kinds: Kinds::from_iter([Kind::Update]), ..change(Some(record()), record()) };
    assert_eq!(applied(builtin("hona"), &rewrite).await.len(), 2);
}

fn hona_project(status: &str, phase: &str) -> Value {
    json!({
        "externalId": "17", "name": "Doe v. Roe", "projectType": "Personal Injury", "phase": phase, "honaEnabled": true, "status": status,
        "contacts": [{"externalId": "501", "role": "Client"}],
        "team": [{"email": "lead@acme.example", "role": "Attorney"}, {"email": "two@acme.example", "role": "Attorney"}, {"email": "pat@acme.example", "role": "Paralegal"}],
    })
}

#[tokio::test(start_paused = true)]
async fn hona_is_told_the_contact_and_then_the_project() {
    let contact =
        json!({"externalId": "501", "firstName": "Jane", "lastName": "Doe", "email": "jane@example.com", "phone": "+12127365000"});
    let expected = [line("PUT /partner/v2/contacts", contact), line("PUT /partner/v2/projects", hona_project("In Progress", "Demand"))];
    assert_eq!(applied(builtin("hona"), &change(None, record())).await, expected);
}

#[tokio::test(start_paused = true)]
async fn hona_hears_of_a_contact_only_when_that_contact_changed() {
    let moved = Record { stage: Some("Settlement".to_owned()), ..record() };
    let asked = applied(builtin("hona"), &change(Some(record()), moved)).await;
    assert_eq!(asked, [line("PUT /partner/v2/projects", hona_project("In Progress", "Settlement"))]);

    let john = RecordClient { id: PersonId(502), first_name: "John".to_owned(), email: None, ..jane() };
    let two = Record { clients: vec![jane(), john], ..record() };
    let mut changed = two.clone();
    changed.clients[1].phone = None;
    changed.clients[1].email = Some("john@example.com".to_owned());
    let asked = applied(builtin("hona"), &change(Some(two), changed)).await;
    let john = json!({"externalId": "502", "firstName": "John", "lastName": "Doe", "email": "john@example.com", "phone": null});
    assert_eq!(asked, [line("PUT /partner/v2/contacts", john)], "no request for Jane, none for the project");
}

#[tokio::test(start_paused = true)]
async fn hona_closes_and_opens_a_project_by_its_status() {
    let closed = Record { open: false, closed_date: Some("2024-05-06".parse().unwrap()), ..record() };
    let project = |status| [line("PUT /partner/v2/projects", hona_project(status, "Demand"))];
    assert_eq!(applied(builtin("hona"), &change(Some(record()), closed.clone())).await, project("Complete"));
    assert_eq!(applied(builtin("hona"), &change(Some(closed), record())).await, project("In Progress"));
    let alone = Record { team: Vec::new(), ..record() };
    let asked = applied(builtin("hona"), &change(Some(record()), alone)).await;
    assert_eq!(asked[0].1["team"], json!([]), "an emptied list stays a list");
    let phaseless = Record { stage: None, ..record() };
    let asked = applied(builtin("hona"), &change(None, phaseless)).await;
    assert_eq!((&asked[1].1["status"], asked[1].1.get("phase")), (&json!("Not Started"), None));
}

#[tokio::test(start_paused = true)]
async fn what_the_portal_says_is_told_without_the_persons_values() {
    let refusal =
        json!({"errors": ["Cell phone '212-736-5000' of Jane Doe is not a valid phone number", "Status 'Demand' does not exist"]});
    let (error, asked) = failed(builtin("case-status"), &change(None, record()), 422, refusal).await;
    let text = "Cell phone '‹phone›' of ‹client› is not a valid phone number; Status 'Demand' does not exist".to_owned();
    assert_eq!((error, asked), (WriteError::Refused { status: 422, text, part: Part::default() }, 1));
}

#[tokio::test(start_paused = true)]
async fn each_refusal_means_one_thing() {
    let status = |change: Change, status| async move { failed(builtin("case-status"), &change, status, json!({})).await.0 };
    let moved = || change(Some(record()), Record { stage: None, ..record() });
    let closed = || change(Some(record()), Record { open: false, ..record() });
    assert_eq!(status(change(None, record()), 409).await, WriteError::Exists);
    assert_eq!(status(moved(), 404).await, WriteError::Gone);
    assert_eq!(status(closed(), 404).await, WriteError::Gone);
    assert!(matches!(status(change(None, record()), 404).await, WriteError::Refused { status: 404, .. }));
    assert!(matches!(status(moved(), 409).await, WriteError::Refused { status: 409, .. }));
    assert!(matches!(status(moved(), 403).await, WriteError::KeyRejected { .. }));
    assert!(matches!(status(change(None, record()), 429).await, WriteError::NotSent { .. }));
}

#[tokio::test(start_paused = true)]
async fn a_create_that_failed_is_never_sent_twice_and_an_upsert_is() {
    let (error, asked) = failed(builtin("case-status"), &change(None, record()), 503, json!({"error": "Jane Doe not saved"})).await;
    assert_eq!(asked, 1);
    let WriteError::Unknown { text } = error else { panic!("{error:?}") };
    assert!(text.contains("503") && text.contains("‹client› not saved"), "{text}");
    let (error, asked) = failed(builtin("hona"), &change(None, record()), 503, json!({})).await;
    assert!(matches!(error, WriteError::Unknown { .. }));
    assert_eq!(asked, 4);
    let portal = portal(builtin("hona"), |_, count| if count < 3 { answer(500, json!({})) } else { fine("", count) });
    assert!(portal.writer.apply(&change(None, record())).await.is_ok());
    assert!(portal.writer.can_repeat(&change(None, record())));
}

#[tokio::test(start_paused = true)]
async fn a_web_page_is_no_yes_whatever_its_status_says() {
    let page = |_: &str, _| ([("content-type", "text/html; charset=utf-8")], "<!doctype html><title>Maintenance</title>").into_response();
    for kind in ["case-status", "hona"] {
        let portal = portal(builtin(kind), page);
        for sent in [change(Some(record()), Record { stage: Some("Trial".to_owned()), ..record() }), change(None, record())] {
            let error = portal.writer.apply(&sent).await.unwrap_err();
            assert!(matches!(&error, WriteError::Unknown { text } if text.ends_with("with a web page")), "{kind}: {error:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_record_that_was_made_but_not_closed_is_looked_for_and_not_made_again() {
    let closed = change(None, Record { open: false, ..record() });
    let refused =
        portal(builtin("case-status"), |line, count| if line.ends_with("/close") { answer(401, json!({})) } else { fine("", count) });
    assert!(matches!(refused.writer.apply(&closed).await, Err(WriteError::Unknown { .. })));
    assert!(!refused.writer.can_repeat(&closed));
    let mute = portal(builtin("case-status"), |_, _| answer(201, json!({"ok": true})));
    assert!(matches!(mute.writer.apply(&change(None, record())).await, Err(WriteError::Unknown { .. })));
}

fn row(id: u64) -> Value {
    json!({"Internal ID": id, "Integration ID": format!("{}", id + 10), "Case Name": null, "Status": "Demand", "Practice Area": null,
           "Case Closed At": null, "Case Deleted At": null, "Last Updated": "2024-01-05T10:00:00Z", "Attorneys": {"Attorney 1 Email": "Lead@acme.example"}})
}

async fn listed(pages: Vec<Vec<Value>>) -> (Listing, usize) {
    let portal = portal(builtin("case-status"), move |line, _| {
        let number: usize = line.rsplit('=').next().unwrap().parse().unwrap();
        assert!(line.starts_with("GET /reporting/cases?size=100&page%5Bnumber%5D="), "{line}");
        answer(200, json!({"results": pages.get(number - 1).cloned().unwrap_or_default()}))
    });
    let listing = portal.reader.list_cases(|_, _| {}).await.unwrap();
    assert_eq!(portal.reader.counts() as usize, portal.asked.lock().unwrap().len());
    (listing, portal.asked.lock().unwrap().len())
}

#[tokio::test(start_paused = true)]
async fn a_list_ends_with_an_empty_page_or_one_shorter_than_the_first() {
    let (listing, asked) = listed(vec![vec![row(1), row(2)], vec![row(3), row(4)]]).await;
    assert_eq!((listing.cases.len(), listing.whole, asked), (4, true, 3));
    let (listing, asked) = listed(vec![vec![row(1), row(2)], vec![row(3)], vec![row(4)]]).await;
    assert_eq!((listing.cases.len(), listing.whole, asked), (3, true, 2));
    let (listing, asked) = listed(vec![]).await;
    assert_eq!((listing.cases.len(), listing.whole, asked), (0, true, 1));
}

#[tokio::test(start_paused = true)]
async fn an_odd_list_proves_nothing() {
    let (listing, _) = listed(vec![vec![row(1), row(2)], vec![row(2), row(3)]]).await;
    assert_eq!((listing.cases.len(), listing.whole), (3, false), "the list moved while it was read");
    let (listing, asked) = listed(vec![vec![row(1), row(2)]; 9]).await;
    assert_eq!((listing.cases.len(), listing.whole, asked), (2, false, 2), "the portal does not page");
    let (listing, _) = listed(vec![vec![row(1), json!({"Internal ID": null})], vec![json!(7)]]).await;
    assert_eq!((listing.cases.len(), listing.whole), (1, false), "a record without an id");
}

#[tokio::test(start_paused = true)]
async fn any_field_of_a_listed_record_may_be_missing() {
    let mut closed = row(2);
    closed["Case Closed At"] = json!("2024-02-01");
    closed["Case Deleted At"] = json!("2024-02-02");
    closed["Integration ID"] = json!(12);
    let (listing, _) = listed(vec![vec![row(1), closed, json!({"Internal ID": "x-3"})]]).await;
    let seen: Vec<_> = listing.cases.iter().map(|c| (c.portal_id.as_str(), c.integration_id.as_deref(), c.open, c.deleted)).collect();
    assert_eq!(seen, [("1", Some("11"), Some(true), false), ("2", Some("12"), Some(false), true), ("x-3", None, None, false)]);
    assert_eq!(listing.cases[0].attorney.as_deref(), Some("lead@acme.example"));
    assert!(listing.cases[0].updated_at.is_some() && listing.cases[2].updated_at.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_list_with_a_page_missing_is_an_error() {
    let broken = portal(builtin("case-status"), |_, count| match count {
        1 => answer(200, json!({"results": [row(1)]})),
        _ => answer(500, json!({})),
    });
    assert!(matches!(broken.reader.list_cases(|_, _| {}).await, Err(PortalError::Http(_))));
    let object = portal(builtin("case-status"), |_, _| answer(200, json!({"rows": []})));
    assert!(matches!(object.reader.list_cases(|_, _| {}).await, Err(PortalError::Unexpected { .. })));
    let hona = portal(builtin("hona"), fine);
    assert!(matches!(hona.reader.list_cases(|_, _| {}).await, Err(PortalError::NotPossible { .. })));
}

#[tokio::test(start_paused = true)]
async fn a_probe_asks_once_and_a_portal_without_one_is_said_to_be_unasked() {
    let works = portal(builtin("case-status"), |_, _| answer(200, json!({"results": []})));
    assert!(works.reader.probe().await.unwrap().asked);
    let refused = portal(builtin("case-status"), |_, _| answer(403, json!({"error": "key disabled"})));
    let error = refused.reader.probe().await.unwrap_err();
    assert!(matches!(&error, PortalError::KeyRejected { text } if text.contains("key disabled")), "{error}");
    let hona = portal(builtin("hona"), fine);
    assert!(!hona.reader.probe().await.unwrap().asked);
    assert_eq!(hona.reader.counts(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_firm_can_move_a_path_and_nothing_else_changes() {
    let overrides = "operations.create_case.path = \"/v2/matters\"\noperations.create_case.body.name = \"=name ~ ' (' ~ case_id ~ ')'\"";
    let table = toml::de::DeTable::parse(overrides).unwrap();
    let source = SourceText::new("acme.firm.toml", overrides);
    let profile = Profiles::builtin().overlay("case-status", table.get_ref(), 0..0, &source).unwrap();
    let asked = applied(Arc::new(profile), &change(None, record())).await;
    assert_eq!((asked[0].0.as_str(), &asked[0].1["name"]), ("POST /v2/matters", &json!("Doe v. Roe (17)")));
}

const NOVA: &str = r#"
name = "nova"
title = "Nova"
words = { case = "matter", stage = "step", practice_area = "kind" }
base_url = "https://api.nova.example"
auth = { header = "Authorization", value = "Token {key}" }
in_flight = 1
required = { client = true }
[fields.caption]
default = ["case.name"]
[operations.list_cases]
idempotent = true
confirmed = true
method = "GET"
path = "/matters"
item = { portal_id = "/uuid", integration_id = "/ref", open = "/active", stage = "/step/name" }
[operations.create_case]
idempotent = false
confirmed = true
method = "POST"
path = "/matters"
portal_id = "/data/uuid"
body = { ref = "=case_id", caption = "=caption", kind = "=practice_area", step = { name = "=stage" }, people = [{ for_each = "clients", tel = "=client.phone" }] }
[operations.update_case]
idempotent = true
confirmed = true
[[operations.update_case.requests]]
method = "PUT"
path = "/matters/by-ref/{case_id}"
clear = ""
body = { caption = "=caption", kind = "=practice_area", live = "=open" }
[[operations.update_case.requests]]
method = "POST"
path = "/matters/{portal_id}/step"
body = { name = "=stage | upper" }
[[operations.update_case.requests]]
for_each = "clients"
method = "PATCH"
path = "/matters/{portal_id}/people/{client_id}"
only_changed = true
body = { tel = "=client.phone", called = "={'first': client.first_name, 'last': client.last_name}" }
"#;

#[tokio::test(start_paused = true)]
async fn a_profile_of_ones_own_has_other_names_and_works_the_same() {
    let mut profiles = Profiles::builtin();
    assert_eq!(profiles.with("nova", SourceText::new("nova.toml", NOVA)), vec![]);
    let nova = profiles.get("nova").unwrap();
    let mut first = record();
    first.fields = [own(("caption", "Doe"))].into();
    let made = portal(nova.clone(), |_, _| answer(201, json!({"data": {"uuid": "u-1"}})));
    assert_eq!(made.writer.apply(&change(None, first.clone())).await.unwrap().portal_id, PortalId("u-1".to_owned()));
    let body =
        json!({"ref": "17", "caption": "Doe", "kind": "Personal Injury", "step": {"name": "Demand"}, "people": [{"tel": "+12127365000"}]});
    assert_eq!(*made.asked.lock().unwrap(), [line("POST /matters", body)]);

    let mut after = Record { open: false, stage: Some("Settlement".to_owned()), fields: Default::default(), ..first.clone() };
    after.clients[0].last_name = "Roe".to_owned();
    let expected = [
        line("PUT /matters/by-ref/17", json!({"caption": "", "kind": "Personal Injury", "live": false})),
        line("POST /matters/9001/step", json!({"name": "SETTLEMENT"})),
        line("PATCH /matters/9001/people/501", json!({"called": {"first": "Jane", "last": "Roe"}})),
    ];
    assert_eq!(applied(nova.clone(), &change(Some(first), after)).await, expected);

    let list = json!([{"uuid": "u-1", "ref": 17, "active": false, "step": {"name": "Demand"}}]);
    let listing = portal(nova, move |_, _| answer(200, list.clone())).reader.list_cases(|_, _| {}).await.unwrap();
    assert_eq!((listing.whole, listing.cases[0].open, listing.cases[0].stage.as_deref()), (true, Some(false), Some("Demand")));
}

#[tokio::test(start_paused = true)]
async fn the_profiles_rate_and_places_in_flight_are_kept() {
    let nova = Profiles::builtin().get("case-status").unwrap();
    let portal = Arc::new(portal(nova, fine));
    let started = tokio::time::Instant::now();
    let moved = change(Some(record()), Record { stage: None, ..record() });
    for _ in 0..21 {
        portal.writer.apply(&moved).await.unwrap();
    }
    let took = started.elapsed().as_secs_f64();
    assert!((2.0..2.5).contains(&took), "21 requests at 10 a second took {took} s");
}

#[test]
fn every_name_that_expressions_may_use_holds_something() {
    let mut full = record();
    full.closed_date = Some("2024-05-06".parse().unwrap());
    full.extra.insert("locker".to_owned(), "7".to_owned());
    let context = super::context::CaseContext::value(CaseId(17), Some(PortalId("9001".to_owned())), Arc::new(full));
    for name in EXPRESSION_NAMES {
        let value = BodyExpression::compile(name).unwrap().value(&context).unwrap();
        assert!(!value.is_undefined() && !value.is_none(), "{name}");
    }
}
