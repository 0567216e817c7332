//! One account at a portal: where it is and how requests are signed. The key goes into one header, to one origin.

use crate::config::{Method, Profile, RequestTemplate};
use crate::http::{Call, HttpClient, Limiter, Repeat, Transport};
use ::http::header::{ACCEPT, CONTENT_TYPE};
use ::http::{HeaderMap, HeaderName, HeaderValue};
use bytes::Bytes;
use secrecy::{ExposeSecret, SecretString};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// A client that keeps to the profile's rate and parallelism. All who write to or read from one account share it.
pub fn client(transport: Transport, profile: &Profile) -> HttpClient {
    let limiter = Arc::new(Limiter::new(profile.requests_per_second, Duration::from_secs(1)));
    HttpClient::new(transport, "the portal", limiter, profile.in_flight as usize)
}

/// An account at a portal.
pub(super) struct Account {
    pub(super) http: HttpClient,
    pub(super) profile: Arc<Profile>,
    pub(super) base_url: Url,
    /// The header with the key, or why there is none.
    key: Result<(HeaderName, HeaderValue), NoRequest>,
}

/// What is put for the names in a path; `None` is unknown.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Fill<'a> {
    pub(super) portal_id: Option<&'a str>,
    pub(super) case_id: Option<u64>,
    pub(super) client_id: Option<u64>,
    pub(super) file_id: Option<&'a str>,
}

/// A request that cannot be made; a fragment without values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct NoRequest(pub(super) String);

impl Account {
    pub(super) fn new(http: HttpClient, profile: Arc<Profile>, base_url: Url, key: SecretString) -> Account {
        let key = key_header(&profile, &key);
        Account { http, profile, base_url, key }
    }

    /// The request of a template. `page` is added as the template's paging says.
    pub(super) fn call(
        &self,
        template: &RequestTemplate,
        fill: Fill<'_>,
        page: Option<u32>,
        body: Option<Bytes>,
        repeat: Repeat,
    ) -> Result<Call, NoRequest> {
        let url = self.url(template, fill, page)?;
        let mut headers = HeaderMap::new();
        let (name, value) = self.authentication()?;
        headers.insert(name, value);
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        if body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        Ok(Call { method: method(template.method), url, headers, body, repeat })
    }

    fn url(&self, template: &RequestTemplate, fill: Fill<'_>, page: Option<u32>) -> Result<Url, NoRequest> {
        // From the parsed base: its host need not be read again for each request, and a path cannot lead elsewhere.
        let mut url = self.base_url.clone();
        url.set_path(&format!("{}{}", url.path().trim_end_matches('/'), path(&template.path, fill)?));
        url.set_query(None);
        url.set_fragment(None);
        let paging = template.paging.as_ref().zip(page);
        if !template.query.is_empty() || paging.is_some() {
            let mut query = url.query_pairs_mut();
            query.extend_pairs(&template.query);
            if let Some((paging, page)) = paging {
                query.append_pair(&paging.parameter, &page.to_string());
            }
        }
        Ok(url)
    }

    /// The header with the key. For requests to `base_url`'s origin only.
    pub(super) fn authentication(&self) -> Result<(HeaderName, HeaderValue), NoRequest> {
        self.key.clone()
    }
}

fn key_header(profile: &Profile, key: &SecretString) -> Result<(HeaderName, HeaderValue), NoRequest> {
    let auth = &profile.auth;
    let name = HeaderName::try_from(&auth.header).map_err(|_| NoRequest("the profile's auth header has no usable name".to_owned()))?;
    let value = HeaderValue::try_from(auth.value.replace("{key}", key.expose_secret().trim()));
    let mut value = value.map_err(|_| NoRequest("the portal key has characters that no header can carry".to_owned()))?;
    value.set_sensitive(true);
    Ok((name, value))
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Account({}, {})", self.profile.name, self.base_url)
    }
}

fn method(method: Method) -> ::http::Method {
    match method {
        Method::Get => ::http::Method::GET,
        Method::Post => ::http::Method::POST,
        Method::Put => ::http::Method::PUT,
        Method::Patch => ::http::Method::PATCH,
        Method::Delete => ::http::Method::DELETE,
    }
}

/// The path with its names filled in, each escaped as one segment.
fn path(template: &str, fill: Fill<'_>) -> Result<String, NoRequest> {
    let mut path = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, behind) = after.split_once('}').ok_or_else(|| NoRequest("the profile's path has a brace without partner".to_owned()))?;
        let value = match name {
            "portal_id" => fill.portal_id.map(str::to_owned),
            "case_id" | "integration_id" => fill.case_id.map(|id| id.to_string()),
            "file_id" => fill.file_id.map(str::to_owned),
            "client_id" => fill.client_id.map(|id| id.to_string()),
            _ => None,
        };
        let value = value.filter(|value| !value.is_empty()).ok_or_else(|| NoRequest(format!("the {name} for {template} is not known")))?;
        path.push_str(before);
        path.push_str(&segment(&value));
        rest = behind;
    }
    path.push_str(rest);
    Ok(path)
}

/// A text as one segment of a path; `.` and `..` cannot be escaped and become something that finds nothing.
fn segment(text: &str) -> String {
    if text.bytes().all(|byte| byte == b'.') {
        return "_".repeat(text.len());
    }
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::config::{OperationName, Profiles};

    #[test]
    fn an_id_from_the_portal_cannot_leave_its_segment() {
        let fill = |id| Fill { portal_id: Some(id), ..Fill::default() };
        assert_eq!(path("/cases/{portal_id}/close", fill("7 0/../x?y#z")).unwrap(), "/cases/7%200%2F..%2Fx%3Fy%23z/close");
        assert_eq!(path("/cases/{portal_id}", fill("..")).unwrap(), "/cases/__");
        assert!(path("/cases/{portal_id}", fill("")).is_err());
        assert_eq!(path("/c/{case_id}/{client_id}", Fill { case_id: Some(1), client_id: Some(2), ..Fill::default() }).unwrap(), "/c/1/2");
    }

    #[test]
    fn the_key_is_in_one_header_that_never_prints() {
        let profile = Profiles::builtin().get("case-status").unwrap();
        let http = client(Transport::InProcess(axum::Router::new()), &profile);
        let base = Url::parse("https://app.casestatus.com").unwrap();
        let account = Account::new(http, profile.clone(), base, SecretString::from("s3cret"));
        let list = &profile.operation(OperationName::ListCases).unwrap().requests[0];
        let call = account.call(list, Fill::default(), Some(3), None, Repeat::Harmless).unwrap();
        assert_eq!(call.url.as_str(), "https://app.casestatus.com/reporting/cases?size=100&page%5Bnumber%5D=3");
        assert_eq!(call.headers["authorization"], "ApiKey s3cret");
        assert!(!format!("{:?} {account:?} {:?}", call.headers, call).contains("s3cret"));
        let base = Url::parse("https://firm.test:8443/behind/a/proxy/?x=1#y").unwrap();
        let behind = Account { base_url: base, ..account }.call(list, Fill::default(), None, None, Repeat::Harmless).unwrap();
        assert_eq!(behind.url.as_str(), "https://firm.test:8443/behind/a/proxy/reporting/cases?size=100");
    }
}
