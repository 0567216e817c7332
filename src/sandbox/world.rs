//! The sandbox's whole state: one MyCase firm, one Case Status account, one Hona account, a clock, what went by, and what is
//! to go wrong.
//!
//! It answers no request itself (the faces do) and knows no socket. Tests reach it through `Sandbox::with`; what people may
//! change is in `changes.rs` (MyCase) and in the two accounts. Every way in that can change something must count up
//! `version`, or counts of lists grow stale; `Sandbox::with` and the server do.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::http::Method;
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::time::Instant;

use super::case_status::CaseStatus;
use super::faults::{Faults, Side};
use super::hona::Hona;
use super::limits::Limits;
use super::mycase::{Auth, Firm};
use super::random::Random;
use super::seed;
use super::server::Options;
use super::switches::Switches;
use super::transfers::Transfer;

/// There is nothing of that name or number in the sandbox.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the sandbox has no {0}")]
pub struct NotThere(pub String);

/// A request that could have changed a portal (anything but GET), whatever came of it.
#[derive(Clone, Debug)]
pub struct PortalWrite {
    /// Which portal.
    pub side: Side,
    /// The method.
    pub method: String,
    /// The path below the portal's base address, e.g. `/v1/api/cases/17/close`.
    pub path: String,
    /// The status the portal gave it; a fault may have told the caller otherwise.
    pub status: u16,
    body: Bytes,
}

impl PortalWrite {
    /// The body as JSON; null when there was none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

/// Both sides' state.
#[derive(Debug)]
pub struct World {
    /// The MyCase firm.
    pub mycase: Firm,
    /// The Case Status account.
    pub case_status: CaseStatus,
    /// The Hona account.
    pub hona: Hona,
    /// What is to go wrong.
    pub faults: Faults,
    /// What can be switched.
    pub switches: Switches,
    pub(super) auth: Auth,
    pub(super) limits: Limits,
    pub(super) random: Random,
    pub(super) version: u64,
    base: String,
    start: Timestamp,
    began: Instant,
    advanced: Duration,
    requests: BTreeMap<String, u64>,
    writes: Vec<PortalWrite>,
    transfers: Vec<Transfer>,
}

impl World {
    /// A world as the options want it; its clock begins to run now.
    pub(super) fn new(options: &Options) -> Self {
        let mut random = Random::new(options.seed);
        let mycase = seed::firm(options, &mut random);
        let staff: Vec<String> = mycase.staff.values().filter(|s| s.active).map(|s| s.email.clone()).collect();
        let auth = Auth::new(options.seed);
        Self {
            case_status: CaseStatus::new(options.seed, &staff),
            hona: Hona::new(options.seed, &staff),
            faults: Faults::default(),
            switches: Switches { rate_limits: options.rate_limits, ..Switches::default() },
            auth,
            limits: Limits::default(),
            random,
            version: 0,
            base: "http://sandbox.internal".to_owned(),
            start: options.start,
            began: Instant::now(),
            advanced: Duration::ZERO,
            requests: BTreeMap::new(),
            writes: Vec::new(),
            transfers: Vec::new(),
            mycase,
        }
    }

    /// The world's time, in whole seconds as MyCase writes it.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let elapsed = self.began.elapsed().saturating_add(self.advanced);
        // Cut once, at the end: cut twice, the world would be up to two seconds late.
        let elapsed = SignedDuration::try_from(elapsed).unwrap_or(SignedDuration::MAX);
        let later = self.start.saturating_add(elapsed).unwrap_or(Timestamp::MAX);
        Timestamp::from_second(later.as_second()).unwrap_or(later)
    }

    /// Lets time pass at once: tokens age, lists settle, dates move on.
    pub fn advance(&mut self, by: Duration) {
        self.advanced = self.advanced.saturating_add(by);
    }

    /// How many requests each route has had, e.g. `"case-status POST /v1/api/cases" -> 12`; ids are written `{id}`. Requests
    /// that were refused or spoiled count too.
    #[must_use]
    pub fn requests(&self) -> BTreeMap<String, u64> {
        self.requests.clone()
    }

    /// How many requests this side has had.
    #[must_use]
    pub fn requests_to(&self, side: Side) -> u64 {
        let word = side.word();
        self.requests.iter().filter(|(key, _)| key.split(' ').next() == Some(word)).map(|(_, count)| count).sum()
    }

    /// All writes to the portals since the last reset, in order.
    #[must_use]
    pub fn writes(&self) -> &[PortalWrite] {
        &self.writes
    }

    /// All requests for or with bytes since the last reset, in order, refused ones too.
    #[must_use]
    pub fn transfers(&self) -> &[Transfer] {
        &self.transfers
    }

    /// Forgets the counted requests, the portal writes and the transfers.
    pub fn reset_requests(&mut self) {
        self.requests.clear();
        self.writes.clear();
        self.transfers.clear();
    }

    /// The second until which an address works that is given out now, when it ends at all.
    pub(super) fn until(&self, seconds: Option<u64>) -> Option<i64> {
        let seconds = i64::try_from(seconds?).unwrap_or(i64::MAX);
        Some(self.now().saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX).as_second())
    }

    /// Whether MyCase's lists show already what was made then (`mycase_lag_seconds`).
    pub(super) fn shows_in_lists(&self, made: Timestamp) -> bool {
        let lag = i64::try_from(self.switches.mycase_lag_seconds).unwrap_or(i64::MAX);
        lag == 0 || self.now().as_second() >= made.as_second().saturating_add(lag)
    }

    /// What the server is called where a request does not say it.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    pub(super) fn set_base(&mut self, base: &str) {
        base.trim_end_matches('/').clone_into(&mut self.base);
    }

    pub(super) fn count_request(&mut self, side: Side, method: &Method, pattern: &str) {
        let key = format!("{} {method} {pattern}", side.word());
        *self.requests.entry(key).or_insert(0) += 1;
    }

    pub(super) fn log_write(&mut self, side: Side, method: &Method, path: &str, body: &Bytes, status: u16) {
        self.writes.push(PortalWrite { side, method: method.to_string(), path: path.to_owned(), status, body: body.clone() });
    }

    pub(super) fn log_transfer(&mut self, transfer: Transfer) {
        self.transfers.push(transfer);
    }
}
