//! What is written down of a connection's life, and when. Every write says what a crash before and after it leaves.

use crate::domain::FirmId;
use crate::http::Clock;
use crate::mycase::{MyCaseError, Note, Record, Stored};
use crate::portal::PortalError;
use crate::store::{
    ConnectionBroken, ConnectionWarned, PortalKeyRefused, RefreshBegun, RefreshTrouble, Store, StoreError, TokenRefused, Writer,
};
use crate::sync::{Engine, Requests, RunError};
use jiff::SignedDuration;
use std::sync::Arc;

/// Tokens that MyCase refuses right after it gave them, for longer than this and in run after run, mean that it is over.
const REFUSED_FOR: SignedDuration = SignedDuration::from_hours(1);

/// What the state knows of the firm's connection.
pub(crate) fn stored(store: &Store) -> Result<Stored, StoreError> {
    let over = store.meta::<ConnectionBroken>()?.map(|broken| broken.why);
    Ok(Stored { tokens: store.tokens()?, lost: store.meta::<RefreshBegun>()?.is_some(), over })
}

/// Where the firm's sessions write. A crash before the commit of a new pair: the old one is there, and that a refresh of it
/// began. After: the new one, without a trace of trouble.
pub(crate) fn record(store: &Store, firm: &FirmId, clock: Clock) -> Record {
    let (kept, noted, firm) = (store.clone(), store.clone(), firm.clone());
    Record {
        keep: Arc::new(move |tokens| {
            let keep = |w: &mut Writer<'_>| {
                w.put_tokens(tokens)?;
                w.remove_meta::<RefreshBegun>()?;
                w.remove_meta::<RefreshTrouble>()?;
                w.remove_meta::<ConnectionWarned>()
            };
            Ok(kept.write(keep)?)
        }),
        note: Arc::new(move |note| Ok(take_note(&noted, &firm, note, clock)?)),
    }
}

/// Forgets everything that was remembered of the connection's troubles.
pub(crate) fn clear(w: &mut Writer<'_>) -> Result<(), StoreError> {
    w.remove_meta::<ConnectionBroken>()?;
    w.remove_meta::<RefreshBegun>()?;
    w.remove_meta::<RefreshTrouble>()?;
    w.remove_meta::<TokenRefused>()?;
    w.remove_meta::<ConnectionWarned>()
}

fn take_note(store: &Store, firm: &FirmId, note: Note<'_>, clock: Clock) -> Result<(), StoreError> {
    match note {
        Note::Begins => match store.meta::<RefreshBegun>()? {
            // Since the first whose answer is not known.
            Some(_) => Ok(()),
            None => store.write(|w| w.put_meta(&RefreshBegun { at: clock.now() })),
        },
        Note::Failed { text, unknown } => {
            let trouble = one_more(store, text, clock)?;
            store.write(|w| {
                w.put_meta(&trouble)?;
                if unknown { Ok(()) } else { w.remove_meta::<RefreshBegun>() }
            })
        }
        Note::Over { why } => over(store, firm, why, clock),
    }
}

/// A failure before the session could try at all.
pub(super) fn note_trouble(engine: &Engine, text: &str) -> Result<(), StoreError> {
    let trouble = one_more(engine.store(), text, engine.hands.clock)?;
    engine.store().write(|w| w.put_meta(&trouble))
}

fn one_more(store: &Store, text: &str, clock: Clock) -> Result<RefreshTrouble, StoreError> {
    let (now, text) = (clock.now(), text.to_owned());
    Ok(match store.meta::<RefreshTrouble>()? {
        Some(trouble) => RefreshTrouble { last_try: now, tries: trouble.tries.saturating_add(1), text, ..trouble },
        None => RefreshTrouble { since: now, last_try: now, tries: 1, text },
    })
}

/// The connection is over: said once in the log, and from now on by `status`.
fn over(store: &Store, firm: &FirmId, why: &str, clock: Clock) -> Result<(), StoreError> {
    tracing::error!(%firm, "{firm}: MyCase no longer accepts the connection ({why}); nothing runs until a person allows access again: casebridge connect {firm}");
    store.write(|w| {
        clear(w)?;
        w.put_meta(&ConnectionBroken { since: clock.now(), why: why.to_owned(), reminded_at: None })
    })
}

/// What a run says of the connection and of the portal's key. `key_refused`: the portal's words, when a write met them.
/// `before`: the requests made when the run began. A run that asked nobody says nothing of them.
pub(crate) fn after_run(engine: &Engine, error: Option<&RunError>, key_refused: Option<&str>, before: Requests) {
    let after = engine.requests();
    let (mycase_asked, portal_asked) = (after.mycase > before.mycase, after.portal > before.portal);
    let rejected = match error {
        Some(RunError::Portal(error)) => match &**error {
            PortalError::KeyRejected { text } => Some(text.as_str()),
            PortalError::Unexpected { .. } | PortalError::Http(_) | PortalError::NotPossible { .. } => None,
        },
        _ => None,
    };
    let noted = match (key_refused.or(rejected), error) {
        (Some(text), _) => key_is_refused(engine, text),
        (None, None) if portal_asked => key_is_accepted(engine),
        (None, _) => Ok(()),
    };
    if let Err(error) = noted.and(note_tokens(engine, error, mycase_asked)) {
        tracing::error!(firm = engine.firm.id.as_str(), %error, "how the connection stands could not be kept");
    }
}

fn note_tokens(engine: &Engine, error: Option<&RunError>, mycase_asked: bool) -> Result<(), StoreError> {
    let (store, clock) = (engine.store(), engine.hands.clock);
    let known = store.meta::<TokenRefused>()?;
    let asked = match error {
        None if known.is_some() && mycase_asked => return store.write(|w| w.remove_meta::<TokenRefused>()),
        // The session knows it; that it is over could not be written down when it learned of it.
        Some(RunError::Reconnect { why, .. }) if store.meta::<ConnectionBroken>()?.is_none() => {
            return over(store, &engine.firm.id, why, clock);
        }
        Some(RunError::MyCase(error)) => match &**error {
            MyCaseError::TokenRefused { asked } => asked,
            _ => return Ok(()),
        },
        _ => return Ok(()),
    };
    let now = clock.now();
    let refused = known.map_or(TokenRefused { since: now, runs: 1 }, |known| TokenRefused { runs: known.runs.saturating_add(1), ..known });
    store.write(|w| w.put_meta(&refused))?;
    if refused.runs < 2 || now.duration_since(refused.since) < REFUSED_FOR {
        return Ok(());
    }
    let why = format!("it has refused every token it gave since {:.0}, in {} runs ({asked})", refused.since, refused.runs);
    engine.hands.tokens()?.end(why.clone(), || over(store, &engine.firm.id, &why, clock)).map(drop)
}

/// Remembers that the portal refuses the key; said once in the log.
pub(super) fn key_is_refused(engine: &Engine, text: &str) -> Result<(), StoreError> {
    let (firm, portal) = (&engine.firm.id, &engine.firm.portal.profile.title);
    let known = engine.store().meta::<PortalKeyRefused>()?;
    if known.is_none() {
        tracing::error!(%firm, "{firm}: {portal} does not accept the key: {text}");
    }
    let since = known.map_or_else(|| engine.hands.clock.now(), |known| known.since);
    engine.store().write(|w| w.put_meta(&PortalKeyRefused { since, text: text.to_owned() }))
}

/// Forgets that the portal refused the key.
pub(super) fn key_is_accepted(engine: &Engine) -> Result<(), StoreError> {
    if engine.store().meta::<PortalKeyRefused>()?.is_none() {
        return Ok(());
    }
    engine.store().write(|w| w.remove_meta::<PortalKeyRefused>())
}
