//! A reader of MyCase over a recording. Whatever it is answered, the token goes to the API alone.

use super::recording::Player;
use casebridge::config::{MyCaseSettings, SecretRef};
use casebridge::domain::Tokens;
use casebridge::http::{Clock, HttpClient, Limiter};
use casebridge::mycase::{Reader, Session};
use http::header::AUTHORIZATION;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use std::sync::Arc;
use url::Url;

/// Where the API is.
pub const API: &str = "https://api.test/v1";

/// A reader with a good token, as it would be on 23 November 2026.
pub fn reader(player: &Player) -> Reader {
    let url = |text: &str| Url::parse(text).expect("a URL");
    let now = Timestamp::from_second(1_795_446_000).expect("a time");
    let settings = MyCaseSettings {
        client_id: "client-1".to_owned(),
        client_secret: SecretRef::Stored("mycase".to_owned()),
        redirect_uri: url("http://127.0.0.1:8400/callback"),
        web_url: None,
        api_url: url(API),
        authorize_url: url("https://auth.test/login_sessions/new"),
        token_url: url("https://auth.test/tokens"),
    };
    let expires_at = now + SignedDuration::from_hours(23);
    let tokens = Tokens { access: "t0".to_owned(), refresh: "r0".to_owned(), obtained_at: now, expires_at, firm_uuid: None };
    let http = HttpClient::new(player.transport(), "MyCase", Arc::new(Limiter::unlimited()), 8);
    let secret = SecretString::from("hush");
    let session = Session::new(http.clone(), &settings, &secret, Some(tokens), Arc::new(|_| Ok(())), Clock::simulated(now));
    Reader::new(http, Arc::new(session), settings.api_url)
}

/// Panics when a request went where it must not.
pub fn tokens_stayed(player: &Player) {
    let api = Url::parse(API).expect("a URL").origin();
    for asked in player.asked() {
        let bears_token = asked.headers.get(AUTHORIZATION).is_some_and(|value| value.as_bytes().starts_with(b"Bearer"));
        let is_renewal = asked.url.as_str() == "https://auth.test/tokens" && !bears_token;
        assert!(is_renewal || asked.url.origin() == api, "asked {}", asked.url);
    }
}
