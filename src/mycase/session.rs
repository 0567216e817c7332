//! Keeps a firm's connection alive: one refresher, the new pair durable before its first use.
//!
//! Refresh tokens work once, so two refreshes at once, or one whose answer is dropped, end the connection. Hence: one
//! lock around every refresh; a refresh runs as its own task, which a caller that goes away does not stop; nothing is
//! asked again without thought. Races and decisions:
//! - Many callers find the token old: the first refreshes, the others wait and take its result, also its failure.
//! - A 401 for a token that somebody has renewed meanwhile: the new one is handed out, nothing is refreshed.
//! - The answer is lost (time-out, reset): the old token once more. If it is refused then, the lost answer held the
//!   new pair, and a person must connect again.
//! - Storing the new pair fails: it stays in memory, the error is told, and it is stored before it is used.

use super::auth::{Grant, OAuth, TokenError, ask, oauth};
use super::error::MyCaseError;
use crate::config::MyCaseSettings;
use crate::domain::Tokens;
use crate::http::{Clock, HttpClient, HttpError};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::Mutex;

/// Makes a pair of tokens durable; it is not used before this returned `Ok`. Called inside the async runtime, so it should take milliseconds.
pub type Keep = Arc<dyn Fn(&Tokens) -> Result<(), Box<dyn Error + Send + Sync>> + Send + Sync>;

/// An access token is renewed this long before it ends, so that it does not end on its way.
const BEFORE_END: SignedDuration = SignedDuration::from_secs(60);
/// Waits between tries that surely, or as MyCase's own 5xx says probably, had no effect.
const WAITS: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(3), Duration::from_secs(9)];

/// One firm's connection. There is one per firm in the process.
pub struct Session {
    inner: Arc<Inner>,
}

struct Inner {
    http: HttpClient,
    oauth: OAuth,
    keep: Keep,
    clock: Clock,
    /// Counts failed refreshes, so that those who waited for one know that it was tried for them.
    failures: AtomicU64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    tokens: Option<Tokens>,
    /// `tokens` are newer than what is stored.
    unkept: bool,
    /// The answer to a refresh with these tokens was lost.
    lost: bool,
    /// Why a person must connect again.
    over: Option<String>,
    last_failure: Option<MyCaseError>,
}

/// Why a token is asked for.
enum Wish {
    /// To use it.
    Any,
    /// MyCase answered 401 to this one.
    OtherThan(SecretString),
    /// To keep the connection alive: renew a pair received before this moment.
    NewerThan(Timestamp),
}

impl Session {
    /// A session with the stored tokens, if there are any. `http` reaches the tokens endpoint.
    pub fn new(
        http: HttpClient,
        settings: &MyCaseSettings,
        secret: &SecretString,
        tokens: Option<Tokens>,
        keep: Keep,
        clock: Clock,
    ) -> Session {
        let oauth = oauth(settings, Some(secret));
        let state = Mutex::new(State { tokens, ..State::default() });
        Session { inner: Arc::new(Inner { http, oauth, keep, clock, failures: AtomicU64::new(0), state }) }
    }

    /// A token that is good for at least a minute; renewed when it must be.
    pub async fn access(&self) -> Result<SecretString, MyCaseError> {
        self.token(Wish::Any).await
    }

    /// A token other than `used`, to which MyCase answered 401.
    pub async fn refused(&self, used: &SecretString) -> Result<SecretString, MyCaseError> {
        self.token(Wish::OtherThan(used.clone())).await
    }

    /// Renews the pair if it was received before `received`: two idle weeks end a connection.
    pub async fn renew(&self, received: Timestamp) -> Result<(), MyCaseError> {
        self.token(Wish::NewerThan(received)).await.map(drop)
    }

    /// Takes a new pair, from `connect`, in place of the old; stores it first.
    pub async fn adopt(&self, tokens: Tokens) -> Result<(), MyCaseError> {
        let mut state = self.inner.state.lock().await;
        (self.inner.keep)(&tokens).map_err(|error| MyCaseError::NotKept(error.into()))?;
        *state = State { tokens: Some(tokens), ..State::default() };
        Ok(())
    }

    /// Forgets the tokens, for `disconnect`; what is stored is the caller's business.
    pub async fn forget(&self) {
        *self.inner.state.lock().await = State::default();
    }

    /// Returns when no refresh is under way, so that a stop cuts none off.
    pub async fn settled(&self) {
        drop(self.inner.state.lock().await);
    }

    async fn token(&self, wish: Wish) -> Result<SecretString, MyCaseError> {
        let failures = self.inner.failures.load(Ordering::Acquire);
        let inner = Arc::clone(&self.inner);
        {
            let state = inner.state.lock().await;
            if let Some(ready) = state.ready(&wish, inner.clock.now()) {
                return ready;
            }
        }
        // Its own task: the answer of a refresh must be kept even if nobody waits for it any more.
        let work = tokio::spawn(async move { inner.work(wish, failures).await });
        match work.await {
            Ok(result) => result,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(stopped) => Err(MyCaseError::NotKept(Arc::new(stopped))),
            },
        }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Session")
    }
}

impl State {
    /// The answer that needs no request and no storing, if there is one.
    fn ready(&self, wish: &Wish, now: Timestamp) -> Option<Result<SecretString, MyCaseError>> {
        if let Some(why) = &self.over {
            return Some(Err(MyCaseError::Reconnect { why: why.clone() }));
        }
        let Some(tokens) = &self.tokens else { return Some(Err(MyCaseError::NotConnected)) };
        let fine = match wish {
            Wish::Any => !is_old(tokens, now),
            Wish::OtherThan(used) => used.expose_secret() != tokens.access && !is_old(tokens, now),
            Wish::NewerThan(moment) => tokens.obtained_at >= *moment,
        };
        (fine && !self.unkept).then(|| Ok(SecretString::from(tokens.access.clone())))
    }
}

/// Whether the access token has ended or is about to. One with a short life is used for three quarters of it.
fn is_old(tokens: &Tokens, now: Timestamp) -> bool {
    let life = tokens.expires_at.duration_since(tokens.obtained_at);
    let margin = BEFORE_END.min(life / 4);
    tokens.expires_at.duration_since(now) <= margin
}

impl Inner {
    async fn work(&self, wish: Wish, failures_before: u64) -> Result<SecretString, MyCaseError> {
        let mut state = self.state.lock().await;
        if state.unkept {
            self.keep(&mut state)?;
        }
        if let Some(ready) = state.ready(&wish, self.clock.now()) {
            return ready;
        }
        if let Some(failure) = state.last_failure.as_ref().filter(|_| self.failures.load(Ordering::Acquire) != failures_before) {
            return Err(failure.clone());
        }
        match self.refresh(&mut state).await {
            Ok(access) => {
                state.last_failure = None;
                Ok(access)
            }
            Err(error) => {
                state.last_failure = Some(error.clone());
                self.failures.fetch_add(1, Ordering::AcqRel);
                Err(error)
            }
        }
    }

    /// Spends the refresh token. The lock is held throughout.
    async fn refresh(&self, state: &mut State) -> Result<SecretString, MyCaseError> {
        let Some(old) = state.tokens.clone() else { return Err(MyCaseError::NotConnected) };
        let mut waits = WAITS.into_iter();
        let mut lost_now = 0;
        loop {
            let now = self.clock.now();
            let error = match ask(&self.http, &self.oauth, Grant::Pair(&old), now).await {
                Ok(new) => {
                    *state = State { unkept: true, ..State::default() };
                    let access = SecretString::from(new.access.clone());
                    tracing::debug!(expires_at = %new.expires_at, "the connection to MyCase was renewed");
                    state.tokens = Some(new);
                    self.keep(state)?;
                    return Ok(access);
                }
                Err(error) => error,
            };
            match after(&error) {
                After::Person(words) => {
                    let why = if state.lost {
                        format!("MyCase's answer to an earlier refresh was lost, and the old refresh token no longer works ({words})")
                    } else {
                        format!("MyCase does not take the refresh token; it may be older than two weeks, or the person inactive ({words})")
                    };
                    state.over = Some(why.clone());
                    return Err(MyCaseError::Reconnect { why });
                }
                After::OnceMore => {
                    state.lost = true;
                    lost_now += 1;
                    if lost_now > 1 {
                        return Err(later(error));
                    }
                }
                After::Wait => match waits.next() {
                    Some(wait) => tokio::time::sleep(wait).await,
                    None => return Err(later(error)),
                },
                After::GiveUp => return Err(later(error)),
            }
        }
    }

    fn keep(&self, state: &mut State) -> Result<(), MyCaseError> {
        if let Some(tokens) = &state.tokens {
            (self.keep)(tokens).map_err(|error| MyCaseError::NotKept(error.into()))?;
        }
        state.unkept = false;
        Ok(())
    }
}

/// What to do after a refresh that brought no tokens.
enum After {
    Person(String),
    /// Nobody knows whether the token was spent.
    OnceMore,
    /// It surely was not, or MyCase had trouble of its own.
    Wait,
    GiveUp,
}

fn after(error: &TokenError) -> After {
    match error {
        TokenError::Refused { words, .. } => After::Person(words.clone()),
        // A "yes" that cannot be read has spent the token; a status like 404 or 302 means that the address is wrong.
        TokenError::Unreadable(failure) if failure.status.is_some_and(|status| status.is_success()) => After::OnceMore,
        TokenError::Unreadable(_) => After::GiveUp,
        TokenError::Http(HttpError::Unknown(failure)) if failure.status.is_none() => After::OnceMore,
        TokenError::Http(HttpError::Unknown(_) | HttpError::NotSent(_)) => After::Wait,
        TokenError::Http(HttpError::RateLimited(_) | HttpError::Unavailable(_) | HttpError::Unreadable(_) | HttpError::Setup(_)) => {
            After::GiveUp
        }
    }
}

fn later(error: TokenError) -> MyCaseError {
    match error {
        TokenError::Http(error) => error.into(),
        TokenError::Unreadable(failure) => MyCaseError::Unreadable(failure),
        TokenError::Refused { status: _, words } => MyCaseError::Reconnect { why: words },
    }
}
