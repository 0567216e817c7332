//! A request and its answer as values. What an answer means is decided elsewhere.

use super::error::{Failure, HttpError};
use super::quote::quote;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Method, StatusCode};
use serde::de::DeserializeOwned;
use std::fmt;
use url::Url;

/// Whether sending a request twice does any harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// Reads, and writes whose repetition changes nothing.
    Harmless,
    /// A second one could do a thing twice.
    Never,
}

/// A request.
#[derive(Clone)]
pub struct Call {
    /// GET, POST, ...
    pub method: Method,
    /// Absolute.
    pub url: Url,
    /// Headers, also the credentials.
    pub headers: HeaderMap,
    /// The body; its type is in `headers`.
    pub body: Option<Bytes>,
    /// Whether it may be repeated when nobody knows what became of it.
    pub repeat: Repeat,
}

impl Call {
    /// A GET, harmless to repeat.
    pub fn get(url: Url) -> Call {
        Call { method: Method::GET, url, headers: HeaderMap::new(), body: None, repeat: Repeat::Harmless }
    }

    /// How errors and logs name it.
    pub(super) fn asked(&self, side: &'static str) -> Asked {
        Asked { side, method: self.method.clone(), path: plain_path(self.url.path()) }
    }

    /// The same for a request whose address may hold a file's name: the host alone.
    pub(super) fn asked_for_bytes(&self, side: &'static str) -> Asked {
        Asked { side, method: self.method.clone(), path: format!("{}/…", self.url.host_str().unwrap_or_default()) }
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Call({} {})", self.method, plain_path(self.url.path()))
    }
}

/// What was asked, in the form in which it may be printed: no query, no headers, no addresses in the path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Who was asked, e.g. "MyCase".
    pub side: &'static str,
    /// How.
    pub method: Method,
    /// The path of the URL; of a request for bytes only its host.
    pub path: String,
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.side, self.method, self.path)
    }
}

/// No part of a vendor's path is longer, and no path.
const LONGEST: [usize; 2] = [64, 160];

/// A path without parts that name a person, and short: e-mail addresses, phone numbers and overlong parts become `…`. A list's
/// next page lies where the vendor says, so a path may hold anything.
fn plain_path(path: &str) -> String {
    let [part_ends, path_ends] = LONGEST;
    let personal = |part: &str| part.contains('@') || part.contains("%40") || part.starts_with('+') || part.starts_with("%2B");
    let plain = |part: &str| !personal(part) && part.len() <= part_ends;
    if path.len() <= path_ends && path.split('/').all(plain) {
        return path.to_owned();
    }
    let path = path.split('/').map(|part| if plain(part) { part } else { "…" }).collect::<Vec<_>>().join("/");
    match path.char_indices().nth(path_ends) {
        Some((at, _)) => format!("{}…", &path[..at]),
        None => path,
    }
}

/// An answer.
#[derive(Clone)]
pub struct Reply {
    /// What was asked.
    pub asked: Asked,
    /// The status; never 429 or 5xx when it comes from [`super::HttpClient::call`].
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
    /// Tries before this one got no answer: one of them may have had its effect.
    pub after_lost: bool,
}

impl Reply {
    /// The body as a value. The error quotes status, path and the shortened, redacted body.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, HttpError> {
        serde_json::from_slice(&self.body).map_err(|error| {
            // serde's own message may quote a value, so only where and what kind of trouble is told.
            let what = match error.classify() {
                serde_json::error::Category::Data => "is JSON of another form than expected",
                serde_json::error::Category::Eof => "is cut off",
                serde_json::error::Category::Syntax | serde_json::error::Category::Io => "is not JSON",
            };
            self.unreadable(format!("the answer {what} (line {}, column {})", error.line(), error.column()))
        })
    }

    /// Whether the status says yes; an error, in words, where a page for people (maintenance, a login, a proxy's words) says it
    /// in place of an answer for programs: nobody knows what became of the request then.
    pub fn says_yes(&self) -> Result<bool, String> {
        let kind = self.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let is_page = kind.trim_start().to_ascii_lowercase().starts_with("text/html");
        match self.status.is_success() {
            true if is_page => Err(format!("{} answered {} with a web page", self.asked, self.status.as_u16())),
            yes => Ok(yes),
        }
    }

    /// The error that says why this answer cannot be used.
    pub fn unreadable(&self, why: String) -> HttpError {
        HttpError::Unreadable(self.failure(why))
    }

    /// This answer as a failure: `why`, and the body's words behind it.
    pub fn failure(&self, why: String) -> Failure {
        let words = quote(&self.body);
        let text = if words.is_empty() { why } else { format!("{why}: {words}") };
        Failure { asked: self.asked.clone(), status: Some(self.status), text, source: None }
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply({} answered {}, {} bytes)", self.asked, self.status.as_u16(), self.body.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_is_told_is_short_and_names_nobody() {
        assert_eq!(plain_path("/v1/cases/7"), "/v1/cases/7");
        assert_eq!(plain_path("/contacts/jane%40example.com/+12127365000"), "/contacts/…/…");
        assert_eq!(plain_path(&format!("/v1/{}/x", "%EF%BF%BD".repeat(40))), "/v1/…/x");
        assert_eq!(plain_path(&"/cases".repeat(1000)).chars().count(), 161);
    }
}
