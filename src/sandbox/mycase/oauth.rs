//! MyCase's authorisation server: the authorize page, which says yes at once, and the token endpoint.
//!
//! Access tokens live 24 hours, refresh tokens two weeks and once (MyCase: Getting-Started.md; single use: domain.md); the
//! lives can be switched. A used one is refused with 400 `invalid_grant`; with the switch `reuse_revokes` it also ends the whole
//! connection, as strict servers do. Credentials are taken from the body alone, JSON or form.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use url::{Url, form_urlencoded};

use crate::sandbox::ask::{Answer, Ask};
use crate::sandbox::random::Random;
use crate::sandbox::switches::Switches;
use crate::sandbox::world::World;

const CODE_SECONDS: i64 = 10 * 60;
const SCOPES: &str = "cases clients companies staff documents notes custom_fields webhooks";

/// The registered application and what was handed out to it.
#[derive(Debug)]
pub(in crate::sandbox) struct Auth {
    pub(in crate::sandbox) client_id: String,
    pub(in crate::sandbox) client_secret: String,
    pub(in crate::sandbox) redirect_uri: String,
    /// For scripts: always good.
    pub(in crate::sandbox) fixed_token: String,
    codes: HashMap<String, Code>,
    access: HashMap<String, Timestamp>,
    refresh: HashMap<String, Refresh>,
}

#[derive(Debug)]
struct Code {
    redirect_uri: String,
    until: Timestamp,
}

#[derive(Debug)]
struct Refresh {
    until: Timestamp,
    used: bool,
}

impl Auth {
    pub(in crate::sandbox) fn new(seed: u64) -> Self {
        let mut random = Random::new(seed ^ 0x6f61_7574_6800_0000);
        Self {
            client_id: format!("sandbox-{}", &random.hex()[..8]),
            client_secret: random.hex(),
            redirect_uri: "http://127.0.0.1:8766/callback".to_owned(),
            fixed_token: format!("sandbox-access-{}", random.hex()),
            codes: HashMap::new(),
            access: HashMap::new(),
            refresh: HashMap::new(),
        }
    }

    /// Whether a bearer token is good now.
    pub(super) fn accepts(&self, token: &str, now: Timestamp) -> bool {
        token == self.fixed_token || self.access.get(token).is_some_and(|until| now < *until)
    }

    /// Ends all access tokens but the fixed one.
    pub(in crate::sandbox) fn expire_access(&mut self) {
        self.access.clear();
    }

    /// Ends all refresh tokens, as two idle weeks do; access tokens stay good.
    pub(in crate::sandbox) fn expire_refresh(&mut self) {
        self.refresh.clear();
    }

    /// Ends the connection: all tokens but the fixed one.
    pub(in crate::sandbox) fn revoke(&mut self) {
        self.access.clear();
        self.refresh.clear();
    }

    fn issue(&mut self, now: Timestamp, lives: &Switches, random: &mut Random) -> (String, String) {
        let (access, refresh) = (random.hex(), random.hex());
        self.access.insert(access.clone(), later(now, seconds(lives.access_seconds)));
        self.refresh.insert(refresh.clone(), Refresh { until: later(now, seconds(lives.refresh_seconds)), used: false });
        (access, refresh)
    }

    fn redirect_is_registered(&self, given: &str) -> bool {
        if given == self.redirect_uri {
            return true;
        }
        // Practising people listen on whatever port is free.
        Url::parse(given).is_ok_and(|url| {
            let loopback = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
            loopback && url.path() == "/callback"
        })
    }
}

fn seconds(life: u64) -> i64 {
    i64::try_from(life).unwrap_or(i64::MAX)
}

fn later(now: Timestamp, seconds: i64) -> Timestamp {
    now.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}

/// One request to the authorisation server.
pub(in crate::sandbox) fn answer(world: &mut World, ask: &Ask) -> Answer {
    match (ask.method.as_str(), ask.path.as_str()) {
        ("GET", "/login_sessions/new") => authorize(world, ask),
        ("POST", "/tokens") => tokens(world, ask),
        _other => Answer::empty(404),
    }
}

fn authorize(world: &mut World, ask: &Ask) -> Answer {
    let now = world.now();
    if world.switches.forbidden_authorize {
        return Answer::raw(403, "text/html; charset=utf-8", "<html><body><h1>Forbidden</h1></body></html>");
    }
    let redirect = ask.query("redirect_uri").unwrap_or_default();
    let known = ask.query("client_id") == Some(world.auth.client_id.as_str()) && world.auth.redirect_is_registered(redirect);
    if !known {
        return refused(400, "invalid_request", "unknown client_id or redirect_uri");
    }
    if ask.query("response_type") != Some("code") {
        return refused(400, "unsupported_response_type", "response_type must be code");
    }
    let code = world.random.hex();
    world.auth.codes.insert(code.clone(), Code { redirect_uri: redirect.to_owned(), until: later(now, CODE_SECONDS) });
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("code", &code);
    if let Some(state) = ask.query("state") {
        query.append_pair("state", state);
    }
    let join = if redirect.contains('?') { '&' } else { '?' };
    Answer::empty(302).with("location", format!("{redirect}{join}{}", query.finish()))
}

fn tokens(world: &mut World, ask: &Ask) -> Answer {
    let fields: HashMap<String, String> = ask.fields().into_iter().collect();
    let field = |name: &str| fields.get(name).map(String::as_str);
    let auth = &world.auth;
    if field("client_id") != Some(auth.client_id.as_str()) || field("client_secret") != Some(auth.client_secret.as_str()) {
        return refused(401, "invalid_client", "client_id or client_secret is wrong");
    }
    match field("grant_type") {
        Some("authorization_code") => exchange(world, field("code").unwrap_or_default(), field("redirect_uri")),
        Some("refresh_token") => refresh(world, field("refresh_token").unwrap_or_default()),
        _other => refused(400, "unsupported_grant_type", "grant_type must be authorization_code or refresh_token"),
    }
}

fn exchange(world: &mut World, code: &str, redirect_uri: Option<&str>) -> Answer {
    let now = world.now();
    let good = world.auth.codes.remove(code).is_some_and(|known| now < known.until && Some(known.redirect_uri.as_str()) == redirect_uri);
    if !good {
        return refused(400, "invalid_grant", "the code is unknown, used, too old, or was given for another redirect_uri");
    }
    let (access, refresh) = world.auth.issue(now, &world.switches, &mut world.random);
    Answer::json(
        200,
        &json!({
            "access_token": access, "token_type": "Bearer", "scope": SCOPES, "refresh_token": refresh,
            "expires_in": world.switches.access_seconds, "firm_uuid": world.mycase.uuid,
        }),
    )
}

fn refresh(world: &mut World, token: &str) -> Answer {
    let now = world.now();
    let (good, reused) = match world.auth.refresh.get_mut(token) {
        None => (false, false),
        Some(known) if known.used => (false, true),
        Some(known) => {
            known.used = true;
            (now < known.until, false)
        }
    };
    if reused && world.switches.reuse_revokes {
        world.auth.revoke();
    }
    if !good {
        return refused(400, "invalid_grant", "the refresh token is unknown, used or too old");
    }
    let (access, refresh) = world.auth.issue(now, &world.switches, &mut world.random);
    Answer::json(
        200,
        &json!({
            "access_token": access, "token_type": "Bearer", "scope": SCOPES, "refresh_token": refresh,
            "expires_in": world.switches.access_seconds,
        }),
    )
}

fn refused(status: u16, error: &str, said: &str) -> Answer {
    Answer::json(status, &json!({ "error": error, "error_description": said }))
}
