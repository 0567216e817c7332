//! Whether the token was typed: asked before pages and before what programs read. Without a token both are open to whoever
//! came through the door.

use super::guard::{plain, text};
use super::site::{Shared, Verdict};
use super::visitor::{CookieWish, Visitor};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use url::form_urlencoded;

/// Around the pages: whoever has not typed the token is asked for it. Who comes from another site brings no cookie, even who
/// has one; their browser is sent on by a page of ours, and then it does.
pub(super) async fn insiders(State(site): State<Shared>, request: Request, next: Next) -> Response {
    let Some(visitor) = request.extensions().get::<Visitor>().cloned() else { return nobody() };
    let here = visitor.here;
    let reads = request.method() != Method::POST;
    if reads && visitor.fresh && visitor.cross_site {
        let page = site.pages.bare("onward.html", &minijinja::context! { to => here });
        return (axum::Extension(CookieWish::Leave), page).into_response();
    }
    if site.keys.wants_token() && !visitor.session.signed_in {
        if !reads {
            return plain(StatusCode::FORBIDDEN, "you are not signed in any more, and nothing was done: load the page again");
        }
        let to: String = form_urlencoded::byte_serialize(here.as_bytes()).collect();
        return Redirect::to(&format!("{}/login?to={to}", site.addresses.base())).into_response();
    }
    next.run(request).await
}

/// Around what programs read: the token as `Authorization: Bearer`, or a browser that typed it.
pub(super) async fn machines(State(site): State<Shared>, request: Request, next: Next) -> Response {
    let Some(visitor) = request.extensions().get::<Visitor>() else { return nobody() };
    if site.keys.wants_token() && !visitor.session.signed_in {
        let given = text(request.headers(), &header::AUTHORIZATION);
        let given = given.as_deref().and_then(|given| given.strip_prefix("Bearer "));
        match given.map(|given| site.judge(given.trim(), visitor.peer)) {
            Some(Verdict::Right) => {}
            Some(Verdict::Wait(seconds)) => return wait(seconds),
            Some(Verdict::Wrong) | None => {
                let words = plain(StatusCode::UNAUTHORIZED, "the page's token is wanted: Authorization: Bearer TOKEN");
                return ([(header::WWW_AUTHENTICATE, "Bearer")], words).into_response();
            }
        }
    }
    next.run(request).await
}

/// Too many wrong tokens came from there.
pub(super) fn wait(seconds: i64) -> Response {
    let words = format!("too many wrong tokens came from this address: wait {seconds} seconds");
    ([(header::RETRY_AFTER, seconds.to_string())], plain(StatusCode::TOO_MANY_REQUESTS, &words)).into_response()
}

/// A route that is not behind the door: a mistake of ours, and nobody gets in by it.
fn nobody() -> Response {
    plain(StatusCode::INTERNAL_SERVER_ERROR, "this request did not come through the door")
}
