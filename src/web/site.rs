//! What every page has at hand: the daemon's handle, the door's keys, the templates.

use super::addresses::Addresses;
use super::pages::Pages;
use super::session::Keys;
use super::throttle::Throttle;
use crate::daemon::Handle;
use crate::http::Clock;
use secrecy::SecretString;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use url::Url;

/// `[web]`, with its token read.
#[derive(Debug)]
pub struct Settings {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where a browser reaches it, when that is elsewhere.
    pub public_url: Option<Url>,
    /// What must be typed to come in.
    pub token: Option<SecretString>,
    /// Whether clients' names may be shown.
    pub show_names: bool,
    /// The clock.
    pub clock: Clock,
}

/// What every page has at hand.
pub(super) struct Site {
    pub(super) daemon: Handle,
    pub(super) clock: Clock,
    pub(super) addresses: Addresses,
    pub(super) keys: Keys,
    pub(super) pages: Pages,
    pub(super) show_names: bool,
    throttle: Mutex<Throttle>,
}

/// Shared by all requests.
pub(super) type Shared = Arc<Site>;

impl Site {
    pub(super) fn new(daemon: Handle, clock: Clock, addresses: Addresses, keys: Keys, show_names: bool) -> Site {
        Site { daemon, clock, addresses, keys, pages: Pages::new(), show_names, throttle: Mutex::default() }
    }

    /// Looks at a token that somebody gave: right, wrong, or not looked at because too many were wrong.
    pub(super) fn judge(&self, token: &str, from: IpAddr) -> Verdict {
        let now = self.clock.now();
        let mut throttle: MutexGuard<'_, Throttle> = self.throttle.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(wait) = throttle.waits(from, now) {
            return Verdict::Wait(wait.as_secs().max(1));
        }
        if self.keys.is_token(token) {
            return Verdict::Right;
        }
        throttle.wrong(from, now);
        tracing::warn!(peer = %from, "somebody at {from} gave the page a wrong token");
        Verdict::Wrong
    }
}

/// What is thought of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is the one.
    Right,
    /// It is not.
    Wrong,
    /// Too many were wrong: it is not looked at for so many seconds.
    Wait(i64),
}
