//! Faults on demand: which answers go wrong, how, and when.
//!
//! A rule names a side and what it matches, lets `skip` requests pass, spoils the next `times`, and is gone. Rules are tried in
//! the order they were added; the first that strikes wins. This file decides; `server.rs` carries out. A rule that is left over
//! at the end of a test is a fault that never happened: see [`Faults::left`].

use std::collections::VecDeque;

use axum::http::Method;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::ask::{Answer, Payload};

/// The status of an answer that is never sent whole: on a socket not even its head is. A caller in the same process sees the
/// head all the same, and must not take it for a yes before it has read the body.
const DROPPED: u16 = 502;

/// One of the stand-ins, as fault rules and counters name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// MyCase's API.
    Mycase,
    /// MyCase's authorisation server.
    Auth,
    /// Case Status.
    CaseStatus,
    /// Hona.
    Hona,
    /// Where documents are put and fetched, as S3 is for MyCase, and portal files that lie elsewhere.
    Files,
}

impl Side {
    /// The word for this side in counters and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Mycase => "mycase",
            Self::Auth => "auth",
            Self::CaseStatus => "case-status",
            Self::Hona => "hona",
            Self::Files => "files",
        }
    }
}

/// How an answer goes wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum FaultKind {
    /// This status instead of an answer; the request has no effect.
    Status {
        /// The HTTP status.
        code: u16,
        /// Seconds to put into `Retry-After`.
        retry_after: Option<u64>,
        /// The body; a short JSON error when none is given.
        body: Option<String>,
    },
    /// The connection ends; the request has no effect.
    DropBefore,
    /// The request takes effect, then the connection ends.
    DropAfter,
    /// The request takes effect, then this status is answered.
    StatusAfter {
        /// The HTTP status.
        code: u16,
    },
    /// Half of the body, ended as if it were whole.
    Truncate,
    /// Half of the body, then the connection ends.
    Cut,
    /// 200 with a web page.
    Html,
    /// 200 with an object where a list belongs.
    NotArray,
    /// The right list, counted wrong by so much (MyCase's `Item-Count`).
    WrongCount {
        /// Added to the count.
        by: i64,
    },
    /// 200 with an empty list, counted as such, with no next page.
    Empty,
    /// The right answer, after so many milliseconds.
    Slow {
        /// How long, in milliseconds.
        millis: u64,
    },
    /// The items of the page that this rule saw last, once more, with the right answer's headers.
    RepeatPage,
}

/// A rule: where, when and how an answer goes wrong. As JSON (`POST /control/faults`) it is flat:
/// `{"side": "case-status", "method": "POST", "path_contains": "/cases", "skip": 2, "times": 1, "kind": "status", "code": 503}`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "RawFault")]
pub struct Fault {
    side: Side,
    method: Option<String>,
    path_contains: Option<String>,
    skip: u64,
    times: u64,
    kind: FaultKind,
}

impl Fault {
    /// A rule that spoils the next request to this side.
    #[must_use]
    pub fn new(side: Side, kind: FaultKind) -> Self {
        Self { side, method: None, path_contains: None, skip: 0, times: 1, kind }
    }

    /// Only requests with this method.
    #[must_use]
    pub fn method(mut self, method: &str) -> Self {
        self.method = Some(method.to_owned());
        self
    }

    /// Only requests whose path and query, below the face's base address and decoded, contain this.
    #[must_use]
    pub fn path(mut self, part: &str) -> Self {
        self.path_contains = Some(part.to_owned());
        self
    }

    /// Lets so many matching requests pass first.
    #[must_use]
    pub fn skip(mut self, requests: u64) -> Self {
        self.skip = requests;
        self
    }

    /// Spoils so many requests instead of one.
    #[must_use]
    pub fn times(mut self, requests: u64) -> Self {
        self.times = requests;
        self
    }

    fn matches(&self, side: Side, method: &Method, target: &str) -> bool {
        self.side == side
            && self.method.as_deref().is_none_or(|wanted| method.as_str().eq_ignore_ascii_case(wanted))
            && self.path_contains.as_deref().is_none_or(|part| target.contains(part))
    }
}

/// The rule as its JSON says it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFault {
    side: Side,
    method: Option<String>,
    path_contains: Option<String>,
    #[serde(default)]
    skip: u64,
    times: Option<u64>,
    kind: String,
    code: Option<u16>,
    retry_after: Option<u64>,
    body: Option<String>,
    by: Option<i64>,
    millis: Option<u64>,
}

impl TryFrom<RawFault> for Fault {
    type Error = String;

    fn try_from(raw: RawFault) -> Result<Self, String> {
        if raw.code.is_some_and(|code| !(200..600).contains(&code)) {
            return Err("code is an HTTP status from 200 to 599".to_owned());
        }
        let kind = match raw.kind.as_str() {
            "status" => FaultKind::Status { code: raw.code.unwrap_or(500), retry_after: raw.retry_after, body: raw.body },
            "drop-before" => FaultKind::DropBefore,
            "drop-after" => FaultKind::DropAfter,
            "status-after" => FaultKind::StatusAfter { code: raw.code.unwrap_or(500) },
            "truncate" => FaultKind::Truncate,
            "cut" => FaultKind::Cut,
            "html" => FaultKind::Html,
            "not-array" => FaultKind::NotArray,
            "wrong-count" => FaultKind::WrongCount { by: raw.by.unwrap_or(1) },
            "empty" => FaultKind::Empty,
            "slow" => FaultKind::Slow { millis: raw.millis.unwrap_or(1000) },
            "repeat-page" => FaultKind::RepeatPage,
            other => return Err(format!("there is no kind of fault called '{other}'")),
        };
        Ok(Self {
            side: raw.side,
            method: raw.method,
            path_contains: raw.path_contains,
            skip: raw.skip,
            times: raw.times.unwrap_or(1),
            kind,
        })
    }
}

/// A fault that strikes now.
#[derive(Debug)]
pub(super) struct Strike {
    pub(super) kind: FaultKind,
    /// The body that a `RepeatPage` rule saw last.
    pub(super) seen: Option<Bytes>,
}

/// How the transport ends an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// As it should.
    Whole,
    /// The body breaks off with an error of the connection.
    Broken,
}

/// The rules that wait.
#[derive(Debug, Default)]
pub struct Faults {
    rules: VecDeque<(Fault, Option<Bytes>)>,
}

impl Faults {
    /// Adds a rule behind the others.
    pub fn add(&mut self, fault: Fault) {
        if fault.times > 0 {
            self.rules.push_back((fault, None));
        }
    }

    /// Drops all rules.
    pub fn clear(&mut self) {
        self.rules.clear();
    }

    /// How many rules have not struck as often as they should.
    #[must_use]
    pub fn left(&self) -> usize {
        self.rules.len()
    }

    /// The fault for this request, if one is due; counts the request for the rules that let it pass.
    pub(super) fn strike(&mut self, side: Side, method: &Method, target: &str) -> Option<Strike> {
        let mut struck = None;
        for (at, (rule, seen)) in self.rules.iter_mut().enumerate() {
            if !rule.matches(side, method, target) {
                continue;
            }
            if rule.skip > 0 {
                rule.skip -= 1;
                continue;
            }
            rule.times -= 1;
            struck = Some((at, rule.times == 0, Strike { kind: rule.kind.clone(), seen: seen.clone() }));
            break;
        }
        let (at, used_up, strike) = struck?;
        if used_up {
            self.rules.remove(at);
        }
        Some(strike)
    }

    /// Lets rules that repeat a page remember what was answered.
    pub(super) fn remember(&mut self, side: Side, method: &Method, target: &str, answer: &Answer) {
        for (rule, seen) in &mut self.rules {
            if rule.kind == FaultKind::RepeatPage && rule.matches(side, method, target) {
                *seen = Some(answer.bytes());
            }
        }
    }
}

impl Strike {
    /// The answer when the request must not take effect.
    pub(super) fn instead(&self) -> Option<(Answer, Ending)> {
        match &self.kind {
            FaultKind::Status { code, retry_after, body } => {
                let text = body.clone().unwrap_or_else(|| default_body(*code));
                let mut answer = Answer::raw(*code, "application/json", text);
                if let Some(seconds) = retry_after {
                    answer = answer.with("retry-after", seconds.to_string());
                }
                Some((answer, Ending::Whole))
            }
            FaultKind::DropBefore => Some((Answer::empty(DROPPED), Ending::Broken)),
            FaultKind::Html => {
                let page = "<!doctype html><html><title>Scheduled maintenance</title><body>We will be back soon.</body></html>";
                Some((Answer::raw(200, "text/html; charset=utf-8", page), Ending::Whole))
            }
            _after => None,
        }
    }

    /// What becomes of the right answer, once the request has taken effect.
    pub(super) fn spoil(&self, mut answer: Answer) -> (Answer, Ending) {
        match &self.kind {
            FaultKind::DropAfter => return (Answer::empty(DROPPED), Ending::Broken),
            FaultKind::StatusAfter { code } => {
                return (Answer::raw(*code, "application/json", default_body(*code)), Ending::Whole);
            }
            FaultKind::Truncate => halve(&mut answer),
            FaultKind::Cut => {
                halve(&mut answer);
                return (answer, Ending::Broken);
            }
            FaultKind::NotArray => {
                answer.payload = Payload::Bytes(Bytes::from_static(b"{\"message\":\"temporarily unavailable\"}"));
            }
            FaultKind::WrongCount { by } => {
                for (name, value) in &mut answer.headers {
                    if *name == "item-count" {
                        *value = value.parse::<i64>().unwrap_or(0).saturating_add(*by).max(0).to_string();
                    }
                }
            }
            FaultKind::Empty => empty_list(&mut answer),
            FaultKind::RepeatPage => {
                if let Some(seen) = &self.seen {
                    answer.payload = Payload::Bytes(seen.clone());
                }
            }
            FaultKind::Slow { .. } | FaultKind::Status { .. } | FaultKind::DropBefore | FaultKind::Html => {}
        }
        (answer, Ending::Whole)
    }
}

fn default_body(code: u16) -> String {
    format!("{{\"errors\":[{{\"description\":\"the sandbox was told to answer {code}\"}}]}}")
}

fn halve(answer: &mut Answer) {
    match &mut answer.payload {
        Payload::Bytes(bytes) => bytes.truncate(bytes.len() / 2),
        Payload::Pattern { length, .. } => *length /= 2,
    }
}

/// An empty list in the form of the list it replaces.
fn empty_list(answer: &mut Answer) {
    let wrapped = answer.bytes().starts_with(b"{");
    let body: &'static [u8] = if wrapped { b"{\"results\":[]}" } else { b"[]" };
    answer.payload = Payload::Bytes(Bytes::from_static(body));
    answer.headers.retain(|(name, _)| *name != "link");
    for (name, value) in &mut answer.headers {
        if *name == "item-count" {
            "0".clone_into(value);
        }
    }
}
