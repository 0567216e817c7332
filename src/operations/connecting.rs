//! How connecting a firm goes: where MyCase sends the browser back, who catches that, how the last attempt ended. Asks nobody.

use super::{Answer, ConnectEnded};
use crate::sync::Engine;
use serde::{Deserialize, Serialize};
use std::sync::PoisonError;

/// How connecting goes. The JSON form is a contract: keys may be added, not changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectView {
    /// Where MyCase sends the browser, as registered there.
    pub redirect_uri: String,
    /// Whether the daemon's own page catches it; else whoever began has to.
    pub caught_by_daemon: bool,
    /// The site where a person allows access, e.g. `https://auth.mycase.com`.
    pub authorize_site: String,
    /// Whether somebody has begun and not ended.
    pub under_way: bool,
    /// How the last attempt ended; `None` while it is under way, and after a restart.
    pub ended: Option<ConnectEnded>,
}

/// How it goes now.
pub(super) fn view(engine: &Engine) -> Answer {
    let mycase = &engine.firm.mycase;
    let ended = engine.hands.connect_ended.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let pending = engine.hands.pending_state.lock().unwrap_or_else(PoisonError::into_inner).is_some();
    Answer::Connecting(Box::new(ConnectView {
        redirect_uri: mycase.redirect_uri.to_string(),
        caught_by_daemon: false,
        authorize_site: mycase.authorize_url.origin().ascii_serialization(),
        under_way: pending && ended.is_none(),
        ended,
    }))
}
