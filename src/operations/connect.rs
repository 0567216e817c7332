//! `connect`: from the address to open to a connection that is known to be the right firm's.

use super::{Answer, Connected, OperationError, Secret};
use crate::mycase::{self, MyCaseError, Session};
use crate::store::{AccountMyCase, Connected as ConnectedBy, ConnectionBroken};
use crate::sync::{Engine, RunError};
use std::sync::PoisonError;
use url::Url;

/// The address a person opens. The state in it is remembered until the redirect brings it back.
pub(crate) fn begin(engine: &Engine) -> Result<Answer, OperationError> {
    let state = mycase::connect::new_state();
    let url = mycase::connect::authorize_url(&engine.firm.mycase, &state);
    *engine.hands.pending_state.lock().unwrap_or_else(PoisonError::into_inner) = Some(state);
    Ok(Answer::Authorize { url: url.to_string(), redirect_uri: engine.firm.mycase.redirect_uri.to_string() })
}

/// Takes the redirected address: checks state, exchanges the code, checks the firm, keeps the tokens.
pub(crate) async fn end(engine: &Engine, redirected: &Secret) -> Result<Answer, OperationError> {
    let words = |error: &dyn std::fmt::Display| OperationError::Connect(error.to_string());
    let url = Url::parse(redirected.0.trim()).map_err(|_| {
        OperationError::Connect(
            "that is not an address: paste the whole address of the page the browser ended on, beginning with http".to_owned(),
        )
    })?;
    let expected = engine.hands.pending_state.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let expected = expected
        .ok_or_else(|| OperationError::Connect("nobody is connecting this firm right now: run `casebridge connect` again".to_owned()))?;
    let code = mycase::connect::read_redirect(&url, &expected).map_err(|error| words(&error))?;
    let secret = engine.mycase_secret()?;
    let http = engine.mycase_http();
    let tokens = mycase::connect::exchange(&http, &engine.firm.mycase, secret, code, engine.hands.clock.now())
        .await
        .map_err(|error| words(&error))?;
    *engine.hands.pending_state.lock().unwrap_or_else(PoisonError::into_inner) = None;
    let bound = engine.store().meta::<AccountMyCase>()?;
    if let (Some(bound), Some(found)) = (bound.as_ref().and_then(|bound| bound.firm_uuid.as_ref()), tokens.firm_uuid.as_ref())
        && bound != found
    {
        return Err(RunError::OtherAccount {
            firm: engine.firm.id.clone(),
            what: "MyCase firm",
            bound: bound.clone(),
            found: found.clone(),
        }
        .into());
    }
    let keep: mycase::Keep = std::sync::Arc::new(|_| Ok(()));
    let session = Session::new(http.clone(), &engine.firm.mycase, secret, Some(tokens.clone()), keep, engine.hands.clock);
    let reader = mycase::Reader::new(http, std::sync::Arc::new(session), engine.firm.mycase.api_url.clone());
    let failed = |error: MyCaseError| OperationError::Connect(format!("MyCase allowed access, but could not be read: {error}"));
    let firm = reader.firm().await.map_err(failed)?;
    let url =
        firm.url.ok_or_else(|| OperationError::Connect("MyCase did not say which firm this is (GET /v1/firm has no url)".to_owned()))?;
    let name = firm.name.unwrap_or_else(|| url.clone());
    check_site(engine, &url)?;
    let me = reader.me().await.map_err(failed)?;
    let now = engine.hands.clock.now();
    engine.store().write(|w| {
        w.put_tokens(&tokens)?;
        w.put_meta(&AccountMyCase { firm_uuid: tokens.firm_uuid.clone(), url: url.clone(), name: name.clone() })?;
        w.put_meta(&ConnectedBy { at: now, person: me.id.to_string() })?;
        w.remove_meta::<ConnectionBroken>()
    })?;
    engine.hands.forget_session();
    let portal = &engine.firm.portal.profile.title;
    let mut notes = vec![format!(
        "Turn off {portal}'s own MyCase sync before the first run: two writers undo each other, and two portal records for one case cannot be merged."
    )];
    if !me.active {
        notes.push("The person who connected is not active in MyCase: connect with an account that stays active.".to_owned());
    }
    if !engine.firm.active {
        notes.push("The firm is inactive: plans work, nothing runs by itself. Set status = \"active\" under [firm] when the first plan looks right.".to_owned());
    }
    Ok(Answer::Connected(Connected { firm_name: name, firm_url: url, notes }))
}

/// The firm that allowed access is the one the file names.
fn check_site(engine: &Engine, found: &str) -> Result<(), OperationError> {
    let Some(expected) = &engine.firm.mycase.web_url else { return Ok(()) };
    let host = |url: &str| Url::parse(url).ok().map(|url| url.origin().ascii_serialization());
    let same = host(found) == host(expected.as_str());
    if same {
        return Ok(());
    }
    let expected = expected.to_string();
    Err(RunError::OtherAccount { firm: engine.firm.id.clone(), what: "MyCase firm", bound: expected, found: found.to_owned() }.into())
}
