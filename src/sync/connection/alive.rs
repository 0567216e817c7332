//! Renewing on a timer: of every connected firm, also one that is inactive or paused. And, once per renewal, whether the portal
//! accepts the key.

use super::facts::{key_is_accepted, key_is_refused, note_trouble};
use super::view::{Connection, connection_view, renewal_due, warning};
use crate::domain::Tokens;
use crate::portal::{PortalError, Probe};
use crate::store::{ConnectionBroken, ConnectionWarned, RefreshTrouble, StoreError};
use crate::sync::study::from_mycase;
use crate::sync::{Engine, RunError};
use jiff::{SignedDuration, Timestamp};

/// After a failure nobody comes again sooner than this, whatever the state says or cannot say.
const AGAIN: SignedDuration = SignedDuration::from_mins(5);

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

impl KeptAlive {
    fn of(kept: Kept, next: Option<Timestamp>) -> KeptAlive {
        KeptAlive { kept, next, warned: None, key: KeyCheck::NotAsked }
    }
}

/// Renews the connection when that is due, also of an inactive or paused firm, and then asks the portal whether it accepts the
/// key. At most one refresh, whoever else refreshes meanwhile; what comes of it is remembered.
pub async fn keep_alive(engine: &Engine) -> KeptAlive {
    let (firm, clock) = (&engine.firm.id, engine.hands.clock);
    alive(engine).await.unwrap_or_else(|error| {
        tracing::error!(%firm, %error, "{firm}: the state could not be used, so its connection to MyCase was not renewed");
        KeptAlive::of(Kept::Failing(error.to_string()), clock.now().checked_add(AGAIN).ok())
    })
}

async fn alive(engine: &Engine) -> Result<KeptAlive, StoreError> {
    let (firm, store, clock) = (&engine.firm.id, engine.store(), engine.hands.clock);
    let view = connection_view(store, clock.now())?;
    if let Some(broken) = view.broken {
        return Ok(KeptAlive::of(Kept::Reconnect(broken), None));
    }
    let Some(tokens) = store.tokens()? else { return Ok(KeptAlive::of(Kept::NotConnected, None)) };
    if view.renew_at.is_some_and(|due| clock.now() < due) {
        return Ok(KeptAlive::of(Kept::NotDue, view.renew_at));
    }
    let error = match renew(engine, &tokens).await {
        Ok(()) => {
            tracing::info!(%firm, "{firm}: the connection to MyCase was renewed");
            let key = check_key(engine).await?;
            return Ok(KeptAlive { key, ..KeptAlive::of(Kept::Renewed, next(engine)?) });
        }
        Err(error) => error,
    };
    match (error, connection_view(store, clock.now())?.broken) {
        (_, Some(broken)) => Ok(KeptAlive::of(Kept::Reconnect(broken), None)),
        (RunError::NotConnected(_), None) => Ok(KeptAlive::of(Kept::NotConnected, None)),
        (error, None) => {
            let text = error.sentence();
            if matches!(error, RunError::Secret(_)) {
                note_trouble(engine, &text)?;
            }
            tracing::warn!(%firm, "{firm}: the connection to MyCase could not be renewed: {text}");
            let warned = warn(engine)?;
            // Also when the failure itself could not be written down.
            let next = next(engine)?.max(clock.now().checked_add(AGAIN).ok());
            Ok(KeptAlive { warned, ..KeptAlive::of(Kept::Failing(text), next) })
        }
    }
}

/// An error at once when MyCase could not be read: nobody is connected, or MyCase has refused. Asks nobody, so that a run that
/// must fail costs no request on either side.
pub(crate) fn ready(engine: &Engine) -> Result<(), RunError> {
    let firm = engine.firm.id.clone();
    match engine.store().meta::<ConnectionBroken>()? {
        Some(ConnectionBroken { why, .. }) => Err(RunError::Reconnect { firm, why }),
        None if engine.store().tokens()?.is_none() => Err(RunError::NotConnected(firm)),
        None => Ok(()),
    }
}

/// Renews the pair unless somebody else has done so meanwhile.
async fn renew(engine: &Engine, tokens: &Tokens) -> Result<(), RunError> {
    let (session, _) = engine.session()?;
    let newer = tokens.obtained_at.checked_add(SignedDuration::from_nanos(1)).unwrap_or(tokens.obtained_at);
    session.renew(newer).await.map_err(|error| from_mycase(engine, error))
}

fn next(engine: &Engine) -> Result<Option<Timestamp>, StoreError> {
    let trouble = engine.store().meta::<RefreshTrouble>()?;
    Ok(engine.store().tokens()?.map(|tokens| renewal_due(&tokens, trouble.as_ref())))
}

/// Says that the end comes near, once for each of the days; answers what was said.
fn warn(engine: &Engine) -> Result<Option<u8>, StoreError> {
    let (firm, store) = (&engine.firm.id, engine.store());
    let view = connection_view(store, engine.hands.clock.now())?;
    let Some((ends_at, days)) = view.ends_at.zip(view.warn_days) else { return Ok(None) };
    let said = store.meta::<ConnectionWarned>()?.filter(|warned| warned.ends_at == ends_at);
    if view.connection != Connection::Connected || said.is_some_and(|warned| warned.days <= days) {
        return Ok(None);
    }
    let words = warning(days, &ends_at.to_zoned(engine.firm.time_zone.clone()).strftime("%Y-%m-%d %H:%M %Z").to_string(), firm.as_str());
    tracing::warn!(%firm, days_left = days, "{firm}: {words}");
    store.write(|w| w.put_meta(&ConnectionWarned { ends_at, days }))?;
    Ok(Some(days))
}

/// Asks the portal whether it accepts the key, and remembers the answer.
pub(crate) async fn check_key(engine: &Engine) -> Result<KeyCheck, StoreError> {
    let reader = match engine.portal_reader() {
        Ok(reader) => reader,
        Err(error) => return Ok(KeyCheck::Unknown(error.sentence())),
    };
    Ok(match reader.probe().await {
        Ok(Probe { asked: false, .. }) => KeyCheck::NotAsked,
        Ok(Probe { asked: true, .. }) => {
            key_is_accepted(engine)?;
            KeyCheck::Accepted
        }
        Err(PortalError::KeyRejected { text }) => {
            key_is_refused(engine, &text)?;
            KeyCheck::Refused(text)
        }
        Err(error) => KeyCheck::Unknown(RunError::Portal(Box::new(error)).sentence()),
    })
}
