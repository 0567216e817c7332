//! The storage beside MyCase's API, where a document's bytes go (MyCase: Documents.json, `put_url` and `put_headers`).
//!
//! Whoever has a place may write there, so neither its address nor its headers are ever printed, and MyCase's token never goes
//! along. The storage wants a Content-Length and takes no chunked body.

use super::error::WriteError;
use crate::http::{Call, HttpClient, HttpError, Limiter, Repeat, Reply, Transport, Upload, may_reach, quote};
use http::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HOST, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// Our own measure; the storage has none that is published, and bytes take longer than requests.
const PER_SECOND: u32 = 20;
/// Uploads at once.
const IN_FLIGHT: usize = 8;

/// Where the bytes of a document go, as MyCase said. Works for a while; then a version makes a new one.
#[derive(Serialize, Deserialize, Clone, PartialEq, Eq)]
pub struct PutPlace {
    /// The address.
    pub url: String,
    /// Headers that were signed with it.
    pub headers: BTreeMap<String, String>,
}

/// A client for the storage, with a budget of its own beside the API's. All firms may share it.
pub fn storage_client(transport: Transport) -> HttpClient {
    let limiter = Arc::new(Limiter::new(PER_SECOND, Duration::from_secs(1)));
    HttpClient::new(transport, "MyCase's storage", limiter, IN_FLIGHT)
}

/// Puts the bytes there, once.
pub(super) async fn put(http: &HttpClient, api_url: &Url, place: &PutPlace, bytes: Upload) -> Result<(), WriteError> {
    let url = Url::parse(&place.url).map_err(|_| not_ours("MyCase's place for the bytes is no address"))?;
    if !may_reach(&url, api_url) {
        return Err(not_ours("MyCase's place for the bytes is not reached by https"));
    }
    let call = Call { method: Method::PUT, headers: headers(place)?, repeat: Repeat::Never, ..Call::get(url) };
    match http.upload(call, bytes).await {
        Ok(reply) => judged(&reply),
        Err(error @ (HttpError::NotSent(_) | HttpError::RateLimited(_) | HttpError::Setup(_))) => {
            Err(WriteError::NotSent { text: error.to_string() })
        }
        Err(error @ (HttpError::Unknown(_) | HttpError::Unavailable(_) | HttpError::Unreadable(_))) => {
            Err(WriteError::Unknown { text: error.to_string() })
        }
    }
}

fn not_ours(text: &str) -> WriteError {
    WriteError::Refused { status: None, text: text.to_owned() }
}

/// What MyCase gave, and the content type it asks for; what says how the body is sent stays ours.
fn headers(place: &PutPlace) -> Result<HeaderMap, WriteError> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    for (name, value) in &place.headers {
        let name = HeaderName::try_from(name.as_str()).map_err(|_| not_ours("a header of MyCase's place has no usable name"))?;
        if [CONTENT_LENGTH, TRANSFER_ENCODING, HOST, CONNECTION].contains(&name) {
            continue;
        }
        let value = HeaderValue::try_from(value.as_str());
        let mut value = value.map_err(|_| not_ours("a header of MyCase's place has no usable value"))?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Ok(headers)
}

/// What the storage's status means.
fn judged(reply: &Reply) -> Result<(), WriteError> {
    let status = reply.status;
    if reply.says_yes().map_err(|text| WriteError::Unknown { text })? {
        return Ok(());
    }
    let words = said(&reply.body);
    let text = format!("{} answered {}: {words}", reply.asked, status.as_u16());
    Err(match status {
        StatusCode::BAD_REQUEST | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND | StatusCode::GONE => WriteError::PlaceOver { text },
        _ => WriteError::Refused { status: Some(status.as_u16()), text },
    })
}

/// The storage's code and message; the rest of its XML tells keys and names of files.
fn said(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let tag = |name: &str| {
        let (_, after) = text.split_once(&format!("<{name}>"))?;
        let (inner, _) = after.split_once(&format!("</{name}>"))?;
        Some(quote(inner.as_bytes())).filter(|said| !said.is_empty())
    };
    match [tag("Code"), tag("Message")].into_iter().flatten().collect::<Vec<_>>() {
        said if said.is_empty() => "no words".to_owned(),
        said => said.join(", "),
    }
}

impl fmt::Debug for PutPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PutPlace")
    }
}
