//! The door: who may come in, and what every answer bears. Everything but `/healthz` passes here.
//!
//! In this order: a limit on time; the name the page is called by (a foreign name that leads here: 421); without a token only
//! this machine, and no proxy, which would make everybody look like this machine; a POST only from a page of ours, with its
//! proof; a session for every browser. Whether the token was typed is asked further in (`gates`).

use super::listen::Peer;
use super::session::{self, COOKIE, Session};
use super::site::{Shared, Site};
use super::visitor::{CookieWish, FormsLeadTo, Visitor};
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;
use tokio::time::timeout;
use url::form_urlencoded;

/// No request takes longer; an approval goes on by itself meanwhile.
const LONGEST: Duration = Duration::from_secs(30);
/// A form is small: the largest bears a token.
const LONGEST_FORM: usize = 16 * 1024;
/// What proxies say of whom they ask for.
const FORWARDED: [HeaderName; 3] = [header::FORWARDED, HeaderName::from_static("x-forwarded-for"), HeaderName::from_static("x-real-ip")];
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// What a form bears as its proof.
pub(super) const PROOF: &str = "proof";

/// The door itself, around all routes.
pub(super) async fn guard(State(site): State<Shared>, request: Request, next: Next) -> Response {
    let answered = timeout(LONGEST, checked(&site, request, next)).await;
    let late = || plain(StatusCode::SERVICE_UNAVAILABLE, "the daemon did not answer in time; try again in a moment");
    let mut response = answered.unwrap_or_else(|_| late());
    dress(&mut response);
    response
}

async fn checked(site: &Site, mut request: Request, next: Next) -> Response {
    if request.uri().path().strip_prefix(site.addresses.base()) == Some("/healthz") || request.uri().path() == "/healthz" {
        return next.run(request).await;
    }
    // Without a peer nobody is let in: there is always one on a socket.
    let peer = request.extensions().get::<Peer>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip().to_canonical());
    let headers = request.headers();
    let host = text(headers, &header::HOST).or_else(|| request.uri().authority().map(|authority| authority.as_str().to_owned()));
    let host = host.unwrap_or_default();
    if let Err((status, words)) = may_enter(site, &host, peer, headers) {
        return plain(status, words);
    }
    let now = site.clock.now();
    let cookie = text(headers, &header::COOKIE);
    let known = cookie.as_deref().and_then(session::among).and_then(|cookie| site.keys.session(cookie, now));
    let fresh = known.is_none();
    let Some(session) = known.or_else(|| site.keys.begin(false, now)) else {
        return plain(StatusCode::INTERNAL_SERVER_ERROR, "the system gives no random numbers");
    };
    let here = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let cross_site = text(headers, &FETCH_SITE).is_some_and(|from| from == "cross-site");
    let mut visitor = Visitor { session, peer, forwarded: forwarded(headers), fresh, here, cross_site, form: Vec::new() };
    match *request.method() {
        Method::GET | Method::HEAD => {}
        Method::POST => match posted(site, &visitor, request).await {
            Ok((bare, form)) => (request, visitor.form) = (bare, form),
            Err((status, words)) => return plain(status, words),
        },
        _ => return plain(StatusCode::METHOD_NOT_ALLOWED, "the page knows GET and POST"),
    }
    let begun = visitor.session.clone();
    request.extensions_mut().insert(visitor);
    let mut response = next.run(request).await;
    give_cookie(site, &mut response, fresh.then_some(&begun), &host);
    response
}

/// Sets or takes the cookie as the answer wants it; `fresh`: the session of a browser that brought none.
fn give_cookie(site: &Site, response: &mut Response, fresh: Option<&Session>, host: &str) {
    let wish = response.extensions_mut().remove::<CookieWish>();
    let is_page = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let cookie = match wish {
        Some(CookieWish::Leave) => None,
        Some(CookieWish::Set(session)) => Some((site.keys.cookie(&session), "")),
        Some(CookieWish::Clear) => Some((String::new(), "; Max-Age=0")),
        None => fresh.filter(|_| is_page).map(|session| (site.keys.cookie(session), "")),
    };
    let secure = if site.addresses.is_https_host(host) { "; Secure" } else { "" };
    let header = cookie.map(|(value, age)| format!("{COOKIE}={value}; Path=/; HttpOnly; SameSite=Strict{secure}{age}"));
    if let Some(value) = header.and_then(|header| HeaderValue::try_from(header).ok()) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// Why nobody is let in.
type Refused = (StatusCode, &'static str);

/// Whether the request may be looked at, at all.
fn may_enter(site: &Site, host: &str, peer: IpAddr, headers: &HeaderMap) -> Result<(), Refused> {
    if !site.addresses.is_host(host) {
        let words = "this page is not at the address that the browser called it by: open it at the address of [web] listen in casebridge.toml, \
or at its public_url (if that is the address you used, write it there)";
        return Err((StatusCode::MISDIRECTED_REQUEST, words));
    }
    if site.keys.wants_token() {
        return Ok(());
    }
    if !peer.is_loopback() {
        return Err((
            StatusCode::FORBIDDEN,
            "without a token this page is for its own machine only: write token under [web] in casebridge.toml",
        ));
    }
    if FORWARDED.iter().any(|name| headers.contains_key(name)) {
        let words =
            "a proxy stands before this page, so that everybody looks like this machine: write token under [web] in casebridge.toml";
        return Err((StatusCode::FORBIDDEN, words));
    }
    Ok(())
}

/// A form that comes from a page of ours and proves it.
async fn posted(site: &Site, visitor: &Visitor, request: Request) -> Result<(Request, Vec<(String, String)>), Refused> {
    let headers = request.headers();
    let foreign = text(headers, &header::ORIGIN).is_some_and(|origin| !site.addresses.is_origin(&origin))
        || text(headers, &FETCH_SITE).is_some_and(|from| from != "same-origin" && from != "none");
    if foreign {
        return Err((StatusCode::FORBIDDEN, "this form does not come from a page of casebridge's"));
    }
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LONGEST_FORM).await else {
        return Err((StatusCode::PAYLOAD_TOO_LARGE, "this form is larger than any of casebridge's"));
    };
    let form: Vec<(String, String)> = form_urlencoded::parse(&body).into_owned().collect();
    let proof = form.iter().find(|(name, _)| name == PROOF).map_or("", |(_, value)| value.as_str());
    if !site.keys.is_proof(&visitor.session, proof) {
        let words = "this form is from an older visit, and nothing was done: go back, load the page again, and send it once more";
        return Err((StatusCode::FORBIDDEN, words));
    }
    Ok((Request::from_parts(parts, Body::empty()), form))
}

/// What no page can be missing, put on every answer.
fn dress(response: &mut Response) {
    let leads_to = response.extensions_mut().remove::<FormsLeadTo>().map(|to| format!(" {}", to.0)).unwrap_or_default();
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'{leads_to}; frame-ancestors 'none'; base-uri 'none'"
    );
    let headers = response.headers_mut();
    // An address that stands in a firm's file and is none in a header leads nowhere.
    let policy = HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'; form-action 'none'"));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    // Other sites hear nothing. Under "no-referrer" browsers would hide from us, too, where our own forms come from.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin"));
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

/// A line of text; what is refused at the door gets no page.
pub(super) fn plain(status: StatusCode, words: &str) -> Response {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], format!("{words}\n")).into_response()
}

/// A header as text.
pub(super) fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// What a proxy claims, short and in plain characters: it is kept with what was approved.
fn forwarded(headers: &HeaderMap) -> Option<String> {
    const LONGEST_CLAIM: usize = 64;
    let claimed = FORWARDED.iter().find_map(|name| text(headers, name))?;
    let plain = |c: &char| c.is_ascii_graphic() && !matches!(c, '(' | ')');
    Some(claimed.chars().filter(plain).take(LONGEST_CLAIM).collect())
}
