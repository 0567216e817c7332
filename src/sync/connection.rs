//! The life of a firm's connection to MyCase: when it is renewed, how it stands, what is remembered of its troubles.
//!
//! The session refreshes (`mycase::session`); here is when, and what is written down. Nothing here asks MyCase twice: what
//! MyCase refused is asked again only after `connect`.

use super::Engine;
use crate::config::Firm;
use crate::domain::{Reference, Tokens};
use crate::store::{Connected, ConnectionBroken, PersonInactive, PortalKeyRefused, RefreshTrouble, Store, StoreError};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The longest an idle pair is left alone; refresh tokens live two weeks (MyCase: Getting-Started).
const IDLE: SignedDuration = SignedDuration::from_hours(3 * 24);
/// How long a pair can be renewed after it was received (MyCase: Getting-Started).
const REFRESH_LIFE: SignedDuration = SignedDuration::from_hours(14 * 24);
/// A pair is not renewed sooner after it came, whatever its life.
const AT_LEAST: SignedDuration = SignedDuration::from_secs(30);
/// Waits after the first failures; the last one goes on.
const BACKOFF: [SignedDuration; 5] = [
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(15),
    SignedDuration::from_hours(1),
    SignedDuration::from_hours(3),
    SignedDuration::from_hours(6),
];

/// The connection to MyCase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Connection {
    /// Tokens are there and were taken.
    Connected,
    /// Never connected, or disconnected.
    NotConnected,
    /// MyCase refused the tokens: a person must connect again.
    Reconnect,
}

/// How the connection stands, from the state alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionView {
    /// In one word.
    pub connection: Connection,
    /// Since when somebody's permission is in use.
    pub since: Option<Timestamp>,
    /// When the two weeks end unless the pair is renewed before; `None` unless connected.
    pub ends_at: Option<Timestamp>,
    /// At most so many days are left: 7, 3, 1; 0 when they are over and MyCase has not refused yet.
    pub warn_days: Option<u8>,
    /// When the pair is renewed next; `None` unless connected.
    pub renew_at: Option<Timestamp>,
    /// Renewing keeps failing.
    pub trouble: Option<RefreshTrouble>,
    /// MyCase refused: a person must connect again.
    pub broken: Option<ConnectionBroken>,
    /// The person who connected is no longer active in MyCase.
    pub person_inactive: bool,
    /// The portal does not accept the key: what it said.
    pub portal_key_refused: Option<String>,
}

/// What [`keep_alive`] came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAlive {
    /// Of the connection.
    pub kept: Kept,
    /// When to come again; `None` until somebody connects.
    pub next: Option<Timestamp>,
    /// A warning that was said just now, for the first time: so many days are left (7, 3, 1; 0 when they are over).
    pub warned: Option<u8>,
    /// Of the portal's key.
    pub key: KeyCheck,
}

/// What came of renewing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// There is nothing to renew.
    NotConnected,
    /// It is not time yet.
    NotDue,
    /// The pair is renewed.
    Renewed,
    /// It failed and is tried again at `next`; a sentence without personal data.
    Failing(String),
    /// MyCase refused, now or earlier; it was not asked again.
    Reconnect(ConnectionBroken),
}

/// What is known of the portal's key after a look at the connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyCheck {
    /// Not asked: nothing was renewed, or the portal has no cheap way to ask.
    NotAsked,
    /// The portal accepts it.
    Accepted,
    /// The portal refuses it: its words.
    Refused(String),
    /// The portal gave no usable answer: why.
    Unknown(String),
}

/// When a pair is to be renewed: at half its access token's life, at the latest after three days; while that fails, 5 minutes,
/// 15 minutes, 1 hour, 3 hours after the last try, then every 6 hours.
pub fn renewal_due(tokens: &Tokens, trouble: Option<&RefreshTrouble>) -> Timestamp {
    let (from, wait) = match trouble {
        None => {
            let life = tokens.expires_at.duration_since(tokens.obtained_at);
            (tokens.obtained_at, (life / 2).min(IDLE).max(AT_LEAST))
        }
        Some(trouble) => {
            let step = usize::try_from(trouble.tries.saturating_sub(1)).unwrap_or(usize::MAX).min(BACKOFF.len() - 1);
            (trouble.last_try, BACKOFF[step])
        }
    };
    from.checked_add(wait).unwrap_or(Timestamp::MAX)
}

/// Renews the connection when that is due, also of an inactive or paused firm, and then asks the portal whether it accepts the
/// key. At most one refresh, whoever else refreshes meanwhile; what comes of it is remembered.
pub async fn keep_alive(engine: &Engine) -> KeptAlive {
    let _ = engine;
    KeptAlive { kept: Kept::NotConnected, next: None, warned: None, key: KeyCheck::NotAsked }
}

/// How the connection stands at `now`; asks nobody.
pub fn connection_view(store: &Store, now: Timestamp) -> Result<ConnectionView, StoreError> {
    let (tokens, broken) = (store.tokens()?, store.meta::<ConnectionBroken>()?);
    let trouble = store.meta::<RefreshTrouble>()?;
    let connection = match (&broken, &tokens) {
        (Some(_), _) => Connection::Reconnect,
        (None, Some(_)) => Connection::Connected,
        (None, None) => Connection::NotConnected,
    };
    let live = tokens.as_ref().filter(|_| connection == Connection::Connected);
    let ends_at = live.map(|tokens| tokens.obtained_at.checked_add(REFRESH_LIFE).unwrap_or(Timestamp::MAX));
    Ok(ConnectionView {
        connection,
        since: store.meta::<Connected>()?.map(|connected| connected.at).filter(|_| connection != Connection::NotConnected),
        ends_at,
        warn_days: ends_at.and_then(|ends_at| days_left(ends_at, now)),
        renew_at: live.map(|tokens| renewal_due(tokens, trouble.as_ref())),
        trouble: trouble.filter(|_| connection == Connection::Connected),
        broken,
        person_inactive: store.meta::<PersonInactive>()?.is_some(),
        portal_key_refused: store.meta::<PortalKeyRefused>()?.map(|refused| refused.text),
    })
}

/// Which of the steps 7, 3, 1, 0 is reached.
fn days_left(ends_at: Timestamp, now: Timestamp) -> Option<u8> {
    let left = ends_at.duration_since(now);
    [0, 1, 3, 7].into_iter().find(|days| left <= SignedDuration::from_hours(24 * i64::from(*days)))
}

impl ConnectionView {
    /// What people should read of it, one sentence each; times in the firm's zone.
    pub fn notes(&self, firm: &Firm) -> Vec<String> {
        let _ = firm;
        Vec::new()
    }
}

/// Looks whether the person who connected is still an active member of the firm, and remembers it; a sentence for the run's
/// report when not. To be called with the staff of a study; a list that was not read, or is empty, says nothing.
pub(crate) fn note_person(engine: &Engine, reference: &Reference) -> Result<Option<String>, StoreError> {
    let _ = (engine, reference);
    Ok(None)
}
