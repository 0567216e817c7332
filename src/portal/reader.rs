//! Reads what a portal holds. It has no way to write.
//!
//! A listing proves absence only when nothing about it was odd: every page came, no page or record came twice (a list that
//! moves while it is read shows that way), every record has an id. No portal promises an order or a count, so the end is a
//! page that is empty, or shorter than the first one read.

use super::account::{Account, Fill};
use super::error::PortalError;
use crate::config::{OperationName, Profile, RequestTemplate};
use crate::domain::{Listing, PortalCase, PortalId};
use crate::http::{HttpClient, Repeat, Reply};
use ::http::StatusCode;
use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::Value;
use std::collections::HashSet;
use std::sync::Arc;
use url::Url;

/// More pages than any firm has; a list that goes on is going in circles.
const MOST_PAGES: u32 = 20_000;

/// Reads one account.
#[derive(Debug)]
pub struct PortalReader {
    pub(super) account: Account,
}

/// What a probe showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// What the portal says of itself, where the profile knows it.
    pub identity: Option<String>,
    /// False when the profile has no probe: whether the key works shows at the first write.
    pub asked: bool,
}

/// Pages gathered so far.
#[derive(Default)]
struct Pages {
    cases: Vec<PortalCase>,
    seen: HashSet<String>,
    odd: bool,
}

impl PortalReader {
    /// A reader of an account. `http` comes from [`super::client`]; the key goes to `base_url`'s origin only.
    pub fn new(http: HttpClient, profile: Arc<Profile>, base_url: Url, key: SecretString) -> PortalReader {
        PortalReader { account: Account::new(http, profile, base_url, key) }
    }

    /// Whether the key works, at the cost of one read. A portal without a probe is not asked, and the answer says so.
    pub async fn probe(&self) -> Result<Probe, PortalError> {
        let Some(template) = self.template(OperationName::Probe) else {
            return Ok(Probe { identity: None, asked: false });
        };
        let reply = self.get(template, None).await?;
        let identity = template.item.get("identity").map(|field| field.pointer.clone());
        let body: Value = reply.json().map_err(|error| PortalError::Unexpected { text: error.to_string() })?;
        Ok(Probe { identity: identity.and_then(|pointer| text(body.pointer(&pointer))), asked: true })
    }

    /// All records. An error when a page could not be read; not `whole` when anything about the list was odd. `told` hears how
    /// many records were read, in how many pages.
    pub async fn list_cases(&self, mut told: impl FnMut(usize, usize)) -> Result<Listing, PortalError> {
        let Some(template) = self.template(OperationName::ListCases) else {
            let text = format!("{} has no list of its {}s", self.account.profile.title, self.account.profile.words.case);
            return Err(PortalError::NotPossible { text });
        };
        let mut pages = Pages::default();
        let Some(paging) = &template.paging else {
            pages.add(template, self.page(template, None).await?);
            return Ok(pages.into_listing());
        };
        let mut first_length = None;
        for number in 0..MOST_PAGES {
            let items = self.page(template, Some(paging.first + number)).await?;
            let length = items.len();
            let new = pages.add(template, items);
            told(pages.cases.len(), number as usize + 1);
            if length == 0 || length < *first_length.get_or_insert(length) {
                return Ok(pages.into_listing());
            }
            if new == 0 {
                // The same page again: the portal does not page, or goes in circles.
                break;
            }
        }
        pages.odd = true;
        Ok(pages.into_listing())
    }

    /// Requests this account's client has made, each try counted.
    pub fn counts(&self) -> u64 {
        self.account.http.requests()
    }

    pub(super) fn template(&self, name: OperationName) -> Option<&RequestTemplate> {
        self.account.profile.operation(name)?.requests.first()
    }

    /// The items of a page; `page` is the number that the portal wants.
    pub(super) async fn page(&self, template: &RequestTemplate, page: Option<u32>) -> Result<Vec<Value>, PortalError> {
        let reply = self.get(template, page).await?;
        let unexpected = |text: String| PortalError::Unexpected { text };
        let mut body: Value = reply.json().map_err(|error| unexpected(error.to_string()))?;
        match body.pointer_mut(&template.items).map(Value::take) {
            Some(Value::Array(items)) => Ok(items),
            _ => Err(unexpected(reply.unreadable(format!("no list at {:?}", template.items)).to_string())),
        }
    }

    async fn get(&self, template: &RequestTemplate, page: Option<u32>) -> Result<Reply, PortalError> {
        let call = self.account.call(template, Fill::default(), page, None, Repeat::Harmless);
        let call = call.map_err(|error| PortalError::NotPossible { text: error.to_string() })?;
        let reply = self.account.http.call(call).await.map_err(PortalError::Http)?;
        match reply.status {
            status if status.is_success() => Ok(reply),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                Err(PortalError::KeyRejected { text: reply.failure("the key was refused".to_owned()).to_string() })
            }
            _ => Err(PortalError::Unexpected { text: reply.failure("no page".to_owned()).to_string() }),
        }
    }
}

impl Pages {
    /// Takes a page in; says how many records were new.
    fn add(&mut self, template: &RequestTemplate, items: Vec<Value>) -> usize {
        let before = self.cases.len();
        for item in items {
            match case(template, &item) {
                Some(case) if self.seen.insert(case.portal_id.0.clone()) => self.cases.push(case),
                Some(_) | None => self.odd = true,
            }
        }
        self.cases.len() - before
    }

    fn into_listing(self) -> Listing {
        Listing { cases: self.cases, whole: !self.odd }
    }
}

/// One record; `None` when it has no id.
fn case(template: &RequestTemplate, item: &Value) -> Option<PortalCase> {
    let at = |name: &str| template.item.get(name).and_then(|field| item.pointer(&field.pointer)).filter(|value| !value.is_null());
    let said = |name: &str| text(at(name));
    let flag = |name: &str| at(name).and_then(Value::as_bool);
    let open = flag("open").or(flag("closed").map(|closed| !closed));
    // "Closed at" is null on open records: null says something, a missing key does not.
    let closed_at = template.item.get("closed_at").and_then(|field| item.pointer(&field.pointer));
    let open = open.or(closed_at.map(Value::is_null));
    Some(PortalCase {
        portal_id: PortalId(said("portal_id")?),
        integration_id: said("integration_id"),
        readable_id: said("readable_id"),
        name: said("name"),
        stage: said("stage"),
        practice_area: said("practice_area"),
        open,
        deleted: flag("deleted").unwrap_or(false) || said("deleted_at").is_some(),
        attorney: said("attorney").map(|email| email.to_lowercase()),
        updated_at: said("updated_at").and_then(|text| text.parse::<Timestamp>().ok()),
    })
}

/// A text or number as text; `None` when it is neither, or empty.
pub(super) fn text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
