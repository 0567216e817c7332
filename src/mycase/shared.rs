//! One firm's tokens, shared by every session of the firm.
//!
//! The file may change while a run is under way, so the firm can have two sessions with different settings; its pair of
//! tokens is one all the same, and so is the lock around everything that spends or replaces it. Knows no HTTP.

use super::error::MyCaseError;
use super::session::Wish;
use crate::domain::Tokens;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use tokio::sync::Mutex;

/// An access token is renewed this long before it ends, so that it does not end on its way.
const BEFORE_END: SignedDuration = SignedDuration::from_secs(60);
/// After a 401 a token is renewed; one that came so shortly ago, for the same reason, is not renewed again.
const RENEWED_JUST_NOW: SignedDuration = SignedDuration::from_secs(10);

/// What the state knows of a connection when a process begins.
#[derive(Debug, Default)]
pub struct Stored {
    /// The pair in force.
    pub tokens: Option<Tokens>,
    /// A refresh of it was sent and its answer was never stored.
    pub lost: bool,
    /// Why MyCase must be connected again: it is not asked any more.
    pub over: Option<String>,
}

/// One firm's tokens. Cheap to clone; there is one per firm in the process.
#[derive(Clone)]
pub struct SharedTokens {
    pub(super) state: Arc<Mutex<State>>,
    /// Counts failed refreshes, so that those who waited for one know that it was tried for them.
    pub(super) failures: Arc<AtomicU64>,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) tokens: Option<Tokens>,
    /// `tokens` are newer than what is stored.
    pub(super) unkept: bool,
    /// A refresh with these tokens was sent, and what became of it is not known.
    pub(super) lost: bool,
    /// Why a person must connect again.
    pub(super) over: Option<String>,
    pub(super) last_failure: Option<MyCaseError>,
    /// When these tokens were fetched because of a 401.
    pub(super) for_401: Option<Timestamp>,
}

impl SharedTokens {
    /// The tokens as the state has them.
    pub fn new(stored: Stored) -> SharedTokens {
        let Stored { tokens, lost, over } = stored;
        let state = State { tokens, lost, over, ..State::default() };
        SharedTokens { state: Arc::new(Mutex::new(state)), failures: Arc::default() }
    }

    /// Puts another pair (`connect`) or none (`disconnect`) in place of what is there. `durably` stores that, between the
    /// last refresh of the old pair and the first use of the new; when it fails, nothing has changed. Waits for a refresh
    /// under way, whose pair is thereby forgotten, too.
    pub async fn replace<E>(&self, tokens: Option<Tokens>, durably: impl FnOnce() -> Result<(), E>) -> Result<(), E> {
        let mut state = self.state.lock().await;
        durably()?;
        *state = State { tokens, ..State::default() };
        Ok(())
    }

    /// The connection is over for a reason that no refresh showed. `durably` stores that; when it fails, nothing has changed.
    /// While a refresh is under way nothing is done, and the answer is false: its outcome says more.
    pub fn end<E>(&self, why: String, durably: impl FnOnce() -> Result<(), E>) -> Result<bool, E> {
        let Ok(mut state) = self.state.try_lock() else { return Ok(false) };
        durably()?;
        state.over = Some(why);
        Ok(true)
    }

    /// Returns when no refresh is under way, so that a stop cuts none off.
    pub async fn settled(&self) {
        drop(self.state.lock().await);
    }
}

impl fmt::Debug for SharedTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedTokens")
    }
}

impl State {
    /// The answer that needs no request and no storing, if there is one.
    pub(super) fn ready(&self, wish: &Wish, now: Timestamp) -> Option<Result<SecretString, MyCaseError>> {
        if let Some(why) = &self.over {
            return Some(Err(MyCaseError::Reconnect { why: why.clone() }));
        }
        let Some(tokens) = &self.tokens else { return Some(Err(MyCaseError::NotConnected)) };
        let fine = match wish {
            Wish::Any => !is_old(tokens, now),
            Wish::OtherThan(used) => !is_old(tokens, now) && (used.expose_secret() != tokens.access || self.renewed_just_now(now)),
            Wish::NewerThan(moment) => tokens.obtained_at >= *moment,
        };
        (fine && !self.unkept).then(|| Ok(SecretString::from(tokens.access.clone())))
    }

    /// Whether a 401 has just been answered with these very tokens: another refresh would not help.
    fn renewed_just_now(&self, now: Timestamp) -> bool {
        self.for_401.is_some_and(|at| now.duration_since(at).abs() < RENEWED_JUST_NOW)
    }
}

/// Whether the access token has ended or is about to. One with a short life is used for three quarters of it.
fn is_old(tokens: &Tokens, now: Timestamp) -> bool {
    let life = tokens.expires_at.duration_since(tokens.obtained_at);
    let margin = BEFORE_END.min(life / 4);
    tokens.expires_at.duration_since(now) <= margin
}
