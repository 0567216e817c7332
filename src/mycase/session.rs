//! Keeps a firm's connection alive: one refresher, the new pair durable before its first use.
//!
//! Refresh tokens work once, so two refreshes at once, or one whose answer is dropped, end the connection. Hence: one
//! lock around every refresh; a refresh runs as its own task, which a caller that goes away does not stop; nothing is
//! asked again without thought; what a process that ends would forget is written down first. Races and decisions:
//! - Many callers find the token old: the first refreshes, the others wait and take its result, also its failure.
//! - A 401 for a token that somebody has renewed meanwhile: the new one is handed out, nothing is refreshed. A 401 for one
//!   that was renewed a moment ago because of a 401: the same is tried once more, nothing is refreshed.
//! - The answer is lost (time-out, reset, 5xx): the old token once more. If it is refused then, the lost answer held the
//!   new pair, and a person must connect again.
//! - The process ends between MyCase's answer and our storing it: that a refresh began was written down before it was sent,
//!   so the next process knows that the old token may be spent; it tries it, and finds the same words when it is refused.
//! - The state cannot be written: the refresh is not sent at all, for its pair could not be stored either.
//! - Storing the new pair fails all the same: it stays in memory, the error is told, and it is stored before it is used.
//! - MyCase refuses the refresh token: that is written down at once, and nobody asks again before `connect`, also after a
//!   restart. When it refuses the app (`invalid_client`), the pair is good still, and it is asked again later.
//! - `connect` or `disconnect` during a refresh: they wait for it, and theirs is the last word ([`SharedTokens::replace`]).

use super::auth::{Grant, OAuth, TokenError, ask, oauth};
use super::error::MyCaseError;
use super::shared::{SharedTokens, State, Stored};
use crate::config::MyCaseSettings;
use crate::domain::Tokens;
use crate::http::{Clock, HttpClient, HttpError};
use crate::planted::{self, Plant};
use jiff::Timestamp;
use secrecy::SecretString;
use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Makes a pair of tokens durable; it is not used before this returned `Ok`. Called inside the async runtime, so it should take milliseconds.
pub type Keep = Arc<dyn Fn(&Tokens) -> Result<(), Box<dyn Error + Send + Sync>> + Send + Sync>;

/// Writes down what happens to a connection besides new pairs. Called inside the async runtime, like [`Keep`].
pub type TakeNote = Arc<dyn Fn(Note<'_>) -> Result<(), Box<dyn Error + Send + Sync>> + Send + Sync>;

/// What happens to a connection besides new pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note<'a> {
    /// A refresh is about to be sent; it is not sent unless this could be noted. Until a pair is kept or another note follows,
    /// the stored pair may be spent.
    Begins,
    /// The refresh failed, and MyCase did not refuse the pair.
    Failed {
        /// What happened, a sentence without tokens or personal data.
        text: &'a str,
        /// Whether the pair may be spent.
        unknown: bool,
    },
    /// MyCase refused the pair: a person must connect again.
    Over {
        /// What happened, a sentence for a person.
        why: &'a str,
    },
}

/// Where a session writes down what must outlive the process.
#[derive(Clone)]
pub struct Record {
    /// New pairs.
    pub keep: Keep,
    /// Everything else.
    pub note: TakeNote,
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Record")
    }
}

/// Waits between tries that surely, or as MyCase's own 5xx says probably, had no effect.
const WAITS: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(3), Duration::from_secs(9)];

/// One firm's connection under one version of its settings; all of a firm's sessions share its tokens.
pub struct Session {
    inner: Arc<Inner>,
}

struct Inner {
    http: HttpClient,
    oauth: OAuth,
    tokens: SharedTokens,
    record: Record,
    clock: Clock,
}

/// Why a token is asked for.
pub(super) enum Wish {
    /// To use it.
    Any,
    /// MyCase answered 401 to this one.
    OtherThan(SecretString),
    /// To keep the connection alive: renew a pair received before this moment.
    NewerThan(Timestamp),
}

impl Session {
    /// A session with tokens of its own, which notes nothing but new pairs. `http` reaches the tokens endpoint.
    pub fn new(
        http: HttpClient,
        settings: &MyCaseSettings,
        secret: &SecretString,
        tokens: Option<Tokens>,
        keep: Keep,
        clock: Clock,
    ) -> Session {
        let shared = SharedTokens::new(Stored { tokens, ..Stored::default() });
        Session::over(http, settings, secret, shared, Record { keep, note: Arc::new(|_| Ok(())) }, clock)
    }

    /// A session over a firm's tokens.
    pub fn over(
        http: HttpClient,
        settings: &MyCaseSettings,
        secret: &SecretString,
        tokens: SharedTokens,
        record: Record,
        clock: Clock,
    ) -> Session {
        let oauth = oauth(settings, Some(secret));
        Session { inner: Arc::new(Inner { http, oauth, tokens, record, clock }) }
    }

    /// A token that is good for at least a minute; renewed when it must be.
    pub async fn access(&self) -> Result<SecretString, MyCaseError> {
        self.token(Wish::Any).await
    }

    /// What to send after a 401 to `used`: a renewed token; the same when it was renewed a moment ago.
    pub async fn refused(&self, used: &SecretString) -> Result<SecretString, MyCaseError> {
        self.token(Wish::OtherThan(used.clone())).await
    }

    /// Renews the pair if it was received before `received`: two idle weeks end a connection.
    pub async fn renew(&self, received: Timestamp) -> Result<(), MyCaseError> {
        self.token(Wish::NewerThan(received)).await.map(drop)
    }

    /// Returns when no refresh is under way, so that a stop cuts none off.
    pub async fn settled(&self) {
        self.inner.tokens.settled().await;
    }

    async fn token(&self, wish: Wish) -> Result<SecretString, MyCaseError> {
        let failures = self.inner.tokens.failures.load(Ordering::Acquire);
        let inner = Arc::clone(&self.inner);
        {
            let state = inner.tokens.state.lock().await;
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

impl Inner {
    async fn work(&self, wish: Wish, failures_before: u64) -> Result<SecretString, MyCaseError> {
        let mut state = self.tokens.state.lock().await;
        if state.unkept {
            self.keep(&mut state)?;
        }
        if let Some(ready) = state.ready(&wish, self.clock.now()) {
            return ready;
        }
        let failures = &self.tokens.failures;
        if let Some(failure) = state.last_failure.as_ref().filter(|_| failures.load(Ordering::Acquire) != failures_before) {
            return Err(failure.clone());
        }
        match self.refresh(&mut state).await {
            Ok(access) => {
                state.for_401 = matches!(wish, Wish::OtherThan(_)).then(|| self.clock.now());
                Ok(access)
            }
            Err(error) => {
                state.last_failure = Some(error.clone());
                failures.fetch_add(1, Ordering::AcqRel);
                Err(error)
            }
        }
    }

    /// Spends the refresh token and writes down what became of it. The lock is held throughout.
    async fn refresh(&self, state: &mut State) -> Result<SecretString, MyCaseError> {
        let Some(old) = state.tokens.clone() else { return Err(MyCaseError::NotConnected) };
        (self.record.note)(Note::Begins).map_err(|error| MyCaseError::NotKept(error.into()))?;
        let error = match self.exchange(&old, &mut state.lost).await {
            Ok(new) => {
                tracing::debug!(expires_at = %new.expires_at, "the connection to MyCase was renewed");
                let access = SecretString::from(new.access.clone());
                if planted::is(Plant::LogsTokens) {
                    tracing::trace!(refresh = new.refresh, "a new pair");
                }
                *state = State { tokens: Some(new), unkept: true, ..State::default() };
                self.keep(state)?;
                return Ok(access);
            }
            Err(error) => error,
        };
        let text = crate::domain::sentence(&error);
        let noted = match &error {
            MyCaseError::Reconnect { why } => {
                state.over = Some(why.clone());
                (self.record.note)(Note::Over { why })
            }
            _ => (self.record.note)(Note::Failed { text: &text, unknown: state.lost }),
        };
        if let Err(error) = noted {
            // Known in this process still; the next one asks once more and is told the same.
            tracing::error!(%error, "what became of the connection to MyCase could not be written down");
        }
        Err(error)
    }

    /// Asks for a new pair as often as makes sense. `lost` becomes true when the old one may be spent.
    async fn exchange(&self, old: &Tokens, lost: &mut bool) -> Result<Tokens, MyCaseError> {
        let mut waits = WAITS.into_iter();
        let mut lost_now = 0;
        loop {
            let error = match ask(&self.http, &self.oauth, Grant::Pair(old), self.clock.now()).await {
                Ok(new) => return Ok(new),
                Err(error) => error,
            };
            match after(&error) {
                After::Person(words) => return Err(MyCaseError::Reconnect { why: why_over(*lost, &words) }),
                After::App(words) => {
                    let what =
                        format!("MyCase does not take this app's client_id and client_secret ([mycase] in the firm's file): {words}");
                    return Err(MyCaseError::Forbidden { what });
                }
                After::OnceMore => {
                    *lost = true;
                    lost_now += 1;
                    if lost_now > 1 {
                        return Err(later(error));
                    }
                }
                After::Wait { answered } => {
                    *lost |= answered;
                    match waits.next() {
                        Some(wait) => tokio::time::sleep(wait).await,
                        None => return Err(later(error)),
                    }
                }
                After::GiveUp => return Err(later(error)),
            }
        }
    }

    fn keep(&self, state: &mut State) -> Result<(), MyCaseError> {
        if let Some(tokens) = state.tokens.as_ref().filter(|_| !planted::is(Plant::TokensNotKept)) {
            (self.record.keep)(tokens).map_err(|error| MyCaseError::NotKept(error.into()))?;
        }
        state.unkept = false;
        Ok(())
    }
}

/// Why a connection is over, for a person.
fn why_over(lost: bool, words: &str) -> String {
    if lost {
        format!(
            "MyCase's answer to an earlier refresh was lost on its way, or before it could be stored, and the old refresh token no longer works ({words})"
        )
    } else {
        format!("MyCase does not take the refresh token; it may be older than two weeks, or the person inactive ({words})")
    }
}

/// What to do after a refresh that brought no tokens.
enum After {
    Person(String),
    /// MyCase does not know the app: nothing was spent.
    App(String),
    /// Nobody knows whether the token was spent.
    OnceMore,
    /// It surely was not, or MyCase answered with trouble of its own.
    Wait {
        answered: bool,
    },
    GiveUp,
}

fn after(error: &TokenError) -> After {
    match error {
        // RFC 6749, 5.2: of the app, not of what it handed in.
        TokenError::Refused { words, .. } if words.contains("invalid_client") || words.contains("unauthorized_client") => {
            After::App(words.clone())
        }
        TokenError::Refused { words, .. } => After::Person(words.clone()),
        // A "yes" that cannot be read has spent the token; a status like 404 or 302 means that the address is wrong.
        TokenError::Unreadable(failure) if failure.status.is_some_and(|status| status.is_success()) => After::OnceMore,
        TokenError::Unreadable(_) => After::GiveUp,
        TokenError::Http(HttpError::Unknown(failure)) if failure.status.is_none() => After::OnceMore,
        TokenError::Http(HttpError::Unknown(_)) => After::Wait { answered: true },
        TokenError::Http(HttpError::NotSent(_)) => After::Wait { answered: false },
        TokenError::Http(HttpError::RateLimited(_) | HttpError::Unavailable(_) | HttpError::Unreadable(_) | HttpError::Setup(_)) => {
            After::GiveUp
        }
    }
}

fn later(error: TokenError) -> MyCaseError {
    match error {
        TokenError::Http(error) => error.into(),
        TokenError::Unreadable(failure) => MyCaseError::Unreadable(failure),
        // Not reached: a refusal is decided at once.
        TokenError::Refused { status: _, words } => MyCaseError::Reconnect { why: words },
    }
}
