//! Reads MyCase. It has no way to write.

use super::error::MyCaseError;
use super::loose::{Bare, Part};
use super::pages::Pages;
use super::recognized::recognized;
use super::session::Session;
use super::wire::{CLIENT_FIELDS, Wire, WireCase, WireClient, WireCustomField, WireFirm, WireNamed, WireStaff};
use crate::domain::{CaseId, FieldId, InStep, Ordered, PersonId, Reference, Scan, ScanDoubt, SeenCase, ShownCase, Staff, StaffId};
use crate::http::{Call, HttpClient, Limiters, Reply};
use http::header::{ACCEPT, AUTHORIZATION};
use http::{HeaderMap, HeaderValue, StatusCode};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::de::{DeserializeOwned, IgnoredAny};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// MyCase takes this many requests a second per OAuth client (MyCase: Getting-Started, Rate Limits).
pub const RATE_PER_WINDOW: u32 = 25;
/// Our second is a tenth longer than theirs: theirs may begin anywhere, and clocks differ.
pub const RATE_WINDOW: Duration = Duration::from_millis(1100);
/// The largest page (MyCase: Cases.json, `page_size`).
pub(super) const PAGE_SIZE: &str = "1000";
/// Waits before an answer that is no JSON is asked for again.
const BROKEN_WAITS: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(4)];

/// The budgets of all MyCase accounts of this process, one per OAuth client id, whichever firm uses it.
pub fn budgets() -> Limiters {
    Limiters::new(RATE_PER_WINDOW, RATE_WINDOW)
}

/// Reads one firm's MyCase. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Reader {
    http: HttpClient,
    session: Arc<Session>,
    api_url: Url,
}

/// The firm that allowed access (MyCase: Firm.json). Either may be missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirmInfo {
    /// Its name.
    pub name: Option<String>,
    /// Its address in MyCase; identifies the firm.
    pub url: Option<String>,
}

/// Which reference lists a run needs beyond those it always reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Needs {
    /// A rule names people groups.
    pub people_groups: bool,
    /// A rule asks what only the full client record says.
    pub clients: bool,
}

/// Which cases to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CaseQuery {
    /// Only those changed at or after this moment (MyCase: Cases.json, `filter[updated_after]`); `None` reads all.
    pub updated_after: Option<Timestamp>,
}

/// Cases page by page; nothing is kept but the ids.
pub struct CasePages<C = SeenCase> {
    pages: Pages<C>,
    partial: bool,
}

impl Reader {
    /// A reader of the API at `api_url` (with `/v1`). The token goes nowhere else.
    pub fn new(http: HttpClient, session: Arc<Session>, api_url: Url) -> Reader {
        Reader { http, session, api_url }
    }

    /// The firm that allowed access.
    pub async fn firm(&self) -> Result<FirmInfo, MyCaseError> {
        let WireFirm { name, url } = self.read(&self.url(&["firm"], &[]), object).await?;
        Ok(FirmInfo { name: name.0, url: url.0 })
    }

    /// The person who allowed access (MyCase: Staff.json, `/me`).
    pub async fn me(&self) -> Result<Staff, MyCaseError> {
        self.read(&self.url(&["me"], &[]), one::<WireStaff>).await
    }

    /// Everything a run reads once. Staff, stages, practice areas and custom fields always; the rest as needed.
    pub async fn reference(&self, needs: Needs) -> Result<Reference, MyCaseError> {
        let (staff, stages, practice_areas, custom_fields) = tokio::try_join!(
            self.list::<WireStaff>("staff").all(),
            self.list::<WireNamed>("case_stages").all(),
            self.list::<WireNamed>("practice_areas").all(),
            self.list::<WireCustomField>("custom_fields").all(),
        )?;
        let people_groups = if needs.people_groups { self.list::<WireNamed>("people_groups").all().await? } else { Vec::new() };
        let clients = if needs.clients { self.list::<WireClient>("clients").all().await? } else { Vec::new() };
        Ok(Reference {
            staff: staff.into_iter().map(|(id, staff)| (StaffId(id), staff)).ordered(),
            stages: stages.into_iter().map(|(_, stage)| stage).collect(),
            practice_areas: practice_areas.into_iter().map(|(_, area)| area).collect(),
            custom_fields: custom_fields.into_iter().map(|(id, field)| (FieldId(id), field)).ordered(),
            people_groups: people_groups.into_iter().map(|(_, group)| group).collect(),
            clients: clients.into_iter().map(|(id, client)| (PersonId(id), client)).ordered(),
        })
    }

    /// The cases, page by page. Nothing is asked for before the first [`CasePages::next`].
    pub fn cases(&self, query: CaseQuery) -> CasePages {
        CasePages { pages: Pages::of::<WireCase>(self.clone(), self.cases_url(query)), partial: query.updated_after.is_some() }
    }

    /// All cases; those that are `known` by their text are not read.
    pub fn all_cases(&self, known: Option<InStep>) -> CasePages<ShownCase> {
        let decode = Arc::new(move |reply: &Reply| recognized(reply, known.as_ref()));
        CasePages { pages: Pages::new(self.clone(), self.cases_url(CaseQuery::default()), decode), partial: false }
    }

    fn cases_url(&self, query: CaseQuery) -> Url {
        let after = query.updated_after.map(whole_second);
        let mut pairs = vec![("page_size", PAGE_SIZE), ("field[client]", CLIENT_FIELDS)];
        pairs.extend(after.as_deref().map(|after| ("filter[updated_after]", after)));
        self.url(&["cases"], &pairs)
    }

    /// One case; `None` when MyCase answers 404, which is also what a lost permission looks like.
    pub async fn case(&self, id: CaseId) -> Result<Option<SeenCase>, MyCaseError> {
        let url = self.url(&["cases", &id.to_string()], &[("field[client]", CLIENT_FIELDS)]);
        let this_case = |reply: &Reply| match one::<WireCase>(reply)? {
            case if case.id == id => Ok(case),
            other => Err(MyCaseError::Unreadable(reply.failure(format!("the answer is about case {}", other.id)))),
        };
        match self.read(&url, this_case).await {
            Ok(case) => Ok(Some(case)),
            Err(MyCaseError::NotFound(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(super) fn list<W: Wire>(&self, name: &str) -> Pages<W::Seen> {
        Pages::of::<W>(self.clone(), self.url(&[name], &[("page_size", PAGE_SIZE)]))
    }

    pub(super) fn url(&self, path: &[&str], query: &[(&str, &str)]) -> Url {
        address(&self.api_url, path, query)
    }

    /// A GET and what it says. An answer that is no whole JSON (a maintenance page, a list cut short) is asked for again;
    /// one that is, and still makes no sense, is not.
    pub(super) async fn read<T>(&self, url: &Url, parse: impl Fn(&Reply) -> Result<T, MyCaseError>) -> Result<T, MyCaseError> {
        for wait in BROKEN_WAITS {
            let reply = self.get(url).await?;
            match parse(&reply) {
                Err(MyCaseError::Unreadable(failure)) if !is_json(&reply.body) => {
                    tracing::debug!(wait_ms = wait.as_millis() as u64, "an answer of MyCase's is asked for again: {failure}");
                    tokio::time::sleep(wait).await;
                }
                other => return other,
            }
        }
        parse(&self.get(url).await?)
    }

    /// A GET with the token, which is renewed once when MyCase answers 401.
    async fn get(&self, url: &Url) -> Result<Reply, MyCaseError> {
        let token = self.session.access().await?;
        let reply = self.http.call(get(url, &token)).await?;
        if reply.status != StatusCode::UNAUTHORIZED {
            return judged(reply);
        }
        let token = self.session.refused(&token).await?;
        judged(self.http.call(get(url, &token)).await?)
    }
}

impl<C: Send + 'static> CasePages<C> {
    /// The next cases, each once, never an empty list; `None` at the end and after an error.
    pub async fn next(&mut self) -> Option<Result<Vec<C>, MyCaseError>> {
        let page = self.pages.next().await?;
        Some(page.map(|cases| cases.into_iter().map(|(_, case)| case).collect()))
    }

    /// How the reading went so far; whole only when all cases were asked for and the end was reached.
    pub fn scan(&self) -> Scan {
        let mut scan = self.pages.scan();
        if self.partial && !scan.doubts.contains(&ScanDoubt::Partial) {
            scan.doubts.push(ScanDoubt::Partial);
        }
        scan
    }

    /// MyCase's clock when the first page was answered (its `Date` header); `None` before, and when it does not say.
    pub fn server_time(&self) -> Option<Timestamp> {
        self.pages.server_time()
    }
}

/// An address below the API's.
pub(super) fn address(api_url: &Url, path: &[&str], query: &[(&str, &str)]) -> Url {
    let mut url = api_url.clone();
    if let Ok(mut parts) = url.path_segments_mut() {
        parts.pop_if_empty().extend(path);
    }
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    url
}

/// A moment as `filter[updated_after]` takes it: whole seconds, rounded down (the filter includes the moment itself, so nothing is
/// lost), with an offset (without one MyCase assumes UTC; MyCase: Time-Zones).
pub(super) fn whole_second(at: Timestamp) -> String {
    Timestamp::from_second(at.as_second()).unwrap_or(at).to_string()
}

/// The headers of every request to the API.
pub(super) fn signed(token: &SecretString) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    // A token that is no header value would be refused anyway: without the header the answer is 401.
    if let Ok(mut bearer) = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret())) {
        bearer.set_sensitive(true);
        headers.insert(AUTHORIZATION, bearer);
    }
    headers
}

fn get(url: &Url, token: &SecretString) -> Call {
    Call { headers: signed(token), ..Call::get(url.clone()) }
}

/// What an answer's status means (MyCase: Error-Handling).
fn judged(reply: Reply) -> Result<Reply, MyCaseError> {
    let status = reply.status;
    if status.is_success() {
        return Ok(reply);
    }
    let path = &reply.asked.path;
    Err(match status {
        StatusCode::UNAUTHORIZED => MyCaseError::TokenRefused { asked: format!("GET {path}") },
        StatusCode::FORBIDDEN => {
            let words = crate::http::quote(&reply.body);
            let said = if words.is_empty() { String::new() } else { format!(" (MyCase: {words})") };
            MyCaseError::Forbidden {
                what: format!("the person who connected MyCase may not read {path}, or the app lacks the scope for it{said}"),
            }
        }
        StatusCode::NOT_FOUND => MyCaseError::NotFound(reply.failure("not found".to_owned())),
        _ => MyCaseError::Refused(reply.failure("not accepted".to_owned())),
    })
}

fn is_json(body: &[u8]) -> bool {
    serde_json::from_str::<IgnoredAny>(String::from_utf8_lossy(body).trim_start_matches('\u{feff}')).is_ok()
}

/// The single thing an answer is about.
fn one<W: Wire>(reply: &Reply) -> Result<W::Seen, MyCaseError> {
    let wire: W = object(reply)?;
    let (_, seen) = wire.seen().ok_or_else(|| MyCaseError::Unreadable(reply.failure("the answer has no id".to_owned())))?;
    Ok(seen)
}

fn object<T: DeserializeOwned + Bare>(reply: &Reply) -> Result<T, MyCaseError> {
    let Part(part) = reply.json()?;
    part.ok_or_else(|| MyCaseError::Unreadable(reply.failure("the answer is not an object".to_owned())))
}
