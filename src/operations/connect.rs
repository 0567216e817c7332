//! `connect`: from the address to open to a connection that is known to be the right firm's.

use super::{Answer, ConnectEnded, Connected, OperationError, Secret};
use crate::config::site;
use crate::domain::Tokens;
use crate::http::HttpClient;
use crate::mycase::{self, MyCaseError, Session};
use crate::store::{AccountMyCase, Connected as ConnectedBy, FirstConnected, PersonInactive};
use crate::sync::{self, Engine, KeyCheck, RunError};
use secrecy::SecretString;
use std::sync::{Arc, Mutex, PoisonError};
use url::Url;

/// The address a person opens. The state in it is remembered until the redirect brings it back.
pub(crate) fn begin(engine: &Engine) -> Result<Answer, OperationError> {
    let state = mycase::connect::new_state();
    let url = mycase::connect::authorize_url(&engine.firm.mycase, &state);
    *engine.hands.connect_ended.lock().unwrap_or_else(PoisonError::into_inner) = None;
    *engine.hands.pending_state.lock().unwrap_or_else(PoisonError::into_inner) = Some(state);
    let redirect_uri = engine.firm.mycase.redirect_uri.to_string();
    Ok(Answer::Authorize { url: url.to_string(), redirect_uri, caught_by_daemon: false })
}

/// Takes the redirected address: checks state, exchanges the code, checks the firm, keeps the tokens. How it ended is
/// remembered for whoever began it elsewhere; an address of another attempt ends nothing.
pub(crate) async fn end(engine: &Engine, redirected: &Secret) -> Result<Answer, OperationError> {
    let url = Url::parse(redirected.0.trim()).map_err(|_| {
        OperationError::Connect(
            "that is not an address: paste the whole address of the page the browser ended on, beginning with http".to_owned(),
        )
    })?;
    let expected = engine.hands.pending_state.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let expected = expected
        .ok_or_else(|| OperationError::Connect("nobody is connecting this firm right now: run `casebridge connect` again".to_owned()))?;
    let ended = finish(engine, &url, &expected).await;
    if url.query_pairs().any(|(name, value)| name == "state" && value == expected) {
        let (connected, why) = match &ended {
            Ok(connected) => (Some(connected.clone()), None),
            Err(error) => (None, Some(error.to_string())),
        };
        let ended = ConnectEnded { at: engine.hands.clock.now(), connected, why };
        *engine.hands.connect_ended.lock().unwrap_or_else(PoisonError::into_inner) = Some(ended);
    }
    ended.map(Answer::Connected)
}

async fn finish(engine: &Engine, url: &Url, expected: &str) -> Result<Connected, OperationError> {
    let words = |error: &dyn std::fmt::Display| OperationError::Connect(error.to_string());
    let code = mycase::connect::read_redirect(url, expected).map_err(|error| words(&error))?;
    let secret = engine.mycase_secret()?;
    let http = engine.mycase_http();
    let tokens = mycase::connect::exchange(&http, &engine.firm.mycase, secret, code, engine.hands.clock.now())
        .await
        .map_err(|error| words(&error))?;
    let found = look(engine, http, secret, tokens).await?;
    engine.hands.tokens()?.replace(Some(found.tokens.clone()), || keep(engine, &found, expected)).await?;
    let notes = notes(engine, found.active).await?;
    Ok(Connected { firm_name: found.account.name, firm_url: found.account.url, notes })
}

/// Who allowed access.
struct Found {
    account: AccountMyCase,
    person: String,
    active: bool,
    tokens: Tokens,
}

/// Looks with the new tokens whose they are; an error when they are not this firm's.
async fn look(engine: &Engine, http: HttpClient, secret: &SecretString, tokens: Tokens) -> Result<Found, OperationError> {
    let bound = engine.store().meta::<AccountMyCase>()?;
    let other = |bound: &str, found: &str| {
        let (bound, found) = (bound.to_owned(), found.to_owned());
        RunError::OtherAccount { firm: engine.firm.id.clone(), what: "MyCase firm", bound, found }
    };
    let ids = bound.as_ref().and_then(|bound| bound.firm_uuid.as_deref()).zip(tokens.firm_uuid.as_deref());
    if let Some((bound, found)) = ids.filter(|(bound, found)| bound != found) {
        return Err(other(bound, found).into());
    }
    // Should MyCase refuse the new token already, it is renewed, and the newest pair is the one to keep.
    let newest = Arc::new(Mutex::new(tokens.clone()));
    let renewed = newest.clone();
    let hold: mycase::Keep = Arc::new(move |tokens| {
        renewed.lock().unwrap_or_else(PoisonError::into_inner).clone_from(tokens);
        Ok(())
    });
    let session = Session::new(http.clone(), &engine.firm.mycase, secret, Some(tokens.clone()), hold, engine.hands.clock);
    let reader = mycase::Reader::new(http, Arc::new(session), engine.firm.mycase.api_url.clone());
    let failed = |error: MyCaseError| OperationError::Connect(format!("MyCase allowed access, but could not be read: {error}"));
    let firm = reader.firm().await.map_err(failed)?;
    let url =
        firm.url.ok_or_else(|| OperationError::Connect("MyCase did not say which firm this is (GET /v1/firm has no url)".to_owned()))?;
    if let Some(expected) = engine.firm.mycase.web_url.as_ref().filter(|expected| site(expected.as_str()) != site(&url)) {
        return Err(other(expected.as_str(), &url).into());
    }
    // Without ids on both sides the address tells firms apart.
    if let Some(bound) = bound.as_ref().filter(|bound| ids.is_none() && site(&bound.url) != site(&url)) {
        return Err(other(&bound.url, &url).into());
    }
    let me = reader.me().await.map_err(failed)?;
    let tokens = newest.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let firm_uuid = tokens.firm_uuid.clone().or_else(|| bound.and_then(|bound| bound.firm_uuid));
    let account = AccountMyCase { firm_uuid, name: firm.name.unwrap_or_else(|| url.clone()), url };
    Ok(Found { account, person: me.id.to_string(), active: me.active, tokens })
}

/// One transaction: the pair, whose it is, and an end to what was remembered of earlier troubles. Crash before: the old
/// connection stands, and a person connects again. After: the new one.
fn keep(engine: &Engine, found: &Found, expected: &str) -> Result<(), OperationError> {
    let mut pending = engine.hands.pending_state.lock().unwrap_or_else(PoisonError::into_inner);
    if pending.as_deref() != Some(expected) {
        let text = "meanwhile the firm was disconnected, or another `casebridge connect` was begun; nothing was kept of this one";
        return Err(OperationError::Connect(text.to_owned()));
    }
    let now = engine.hands.clock.now();
    let (before, first) = (engine.store().meta::<ConnectedBy>()?, engine.store().meta::<FirstConnected>()?);
    engine.store().write(|w| {
        sync::clear_connection(w)?;
        w.put_tokens(&found.tokens)?;
        w.put_meta(&found.account)?;
        w.put_meta(&ConnectedBy { at: now, person: found.person.clone() })?;
        if first.is_none() {
            // A state from before this was remembered knows when it was connected last.
            w.put_meta(&FirstConnected { at: before.map_or(now, |before| before.at) })?;
        }
        if found.active { w.remove_meta::<PersonInactive>() } else { w.put_meta(&PersonInactive { since: now }) }
    })?;
    *pending = None;
    Ok(())
}

/// What to read after connecting.
async fn notes(engine: &Engine, person_active: bool) -> Result<Vec<String>, OperationError> {
    let portal = &engine.firm.portal.profile.title;
    let mut notes = vec![format!(
        "Turn off {portal}'s own MyCase sync before the first run: two writers undo each other, and two portal records for one case cannot be merged."
    )];
    match sync::check_key(engine).await? {
        KeyCheck::Accepted => notes.push(format!("{portal} accepts the key.")),
        KeyCheck::Refused(text) => notes.push(format!(
            "{portal} does NOT accept the key ({text}): put the right one where portal.api_key in the firm's file says; MyCase need not be connected again."
        )),
        KeyCheck::Unknown(text) => notes.push(format!("Whether {portal} accepts the key is not known yet: {text}.")),
        KeyCheck::NotAsked => {}
    }
    if !person_active {
        notes.push("The person who connected is not active in MyCase: connect with an account that stays active.".to_owned());
    }
    if !engine.firm.active {
        notes.push("The firm is inactive: plans work, nothing runs by itself. Set status = \"active\" under [firm] when the first plan looks right.".to_owned());
    }
    Ok(notes)
}
