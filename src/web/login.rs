//! The token's form: typed once, then a cookie stands for it.

use super::gates::wait;
use super::pages::Message;
use super::site::{Shared, Verdict};
use super::visitor::{CookieWish, Visitor};
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use minijinja::context;
use serde::Deserialize;

/// Where to go afterwards.
#[derive(Debug, Deserialize)]
pub(super) struct To {
    #[serde(default)]
    to: String,
}

/// The form.
pub(super) async fn page(State(site): State<Shared>, Extension(visitor): Extension<Visitor>, Query(To { to }): Query<To>) -> Response {
    if !site.keys.wants_token() || visitor.session.signed_in {
        return Redirect::to(&format!("{}/", site.addresses.base())).into_response();
    }
    site.page(&visitor, "login.html", context! { to => to, wrong => false })
}

/// Looks at what was typed. The browser gets a session of its own: one that somebody put there before is worth nothing.
pub(super) async fn login(State(site): State<Shared>, Extension(visitor): Extension<Visitor>) -> Response {
    let to = visitor.field("to");
    match site.judge(visitor.field("token"), visitor.peer) {
        Verdict::Right => {}
        Verdict::Wait(seconds) => return wait(seconds),
        Verdict::Wrong => {
            let page = site.page(&visitor, "login.html", context! { to => to, wrong => true });
            return (StatusCode::FORBIDDEN, page).into_response();
        }
    }
    let Some(session) = site.keys.begin(true, site.clock.now()) else {
        return site.message(&visitor, StatusCode::INTERNAL_SERVER_ERROR, Message::default());
    };
    // A path of this page and nothing else: `//elsewhere` is another site to a browser.
    let inside = to.starts_with('/') && !to.starts_with("//") && !to.contains(['\\', '\r', '\n']);
    let to = if inside { to.to_owned() } else { format!("{}/", site.addresses.base()) };
    (Extension(CookieWish::Set(session)), Redirect::to(&to)).into_response()
}

/// Takes the cookie away.
pub(super) async fn logout(State(site): State<Shared>) -> Response {
    (Extension(CookieWish::Clear), Redirect::to(&format!("{}/", site.addresses.base()))).into_response()
}
