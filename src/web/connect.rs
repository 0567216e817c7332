//! The Connect button and the way back: a POST asks the daemon for MyCase's address, the browser goes there, MyCase sends it
//! back here with a code, the daemon takes that, and the browser ends on a page whose address has no code in it.

use super::asking::Stop;
use super::guard::plain;
use super::pages::Message;
use super::site::Shared;
use super::visitor::{CookieWish, Visitor};
use crate::domain::FirmId;
use crate::operations::{Answer, Ask, Caller, ConnectEnded, Connected, Secret};
use axum::Extension;
use axum::extract::{Path, Request, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use std::time::Duration;
use tokio::time::timeout;
use url::form_urlencoded;

/// A browser waits so long on an address that bears a code.
const PATIENCE: Duration = Duration::from_secs(15);

/// Begins, when the redirect comes back to this page.
pub(super) async fn begin(
    State(site): State<Shared>,
    Extension(visitor): Extension<Visitor>,
    Path(firm): Path<String>,
) -> Result<Response, Stop> {
    let firm = site.firm(&visitor, &firm)?;
    match site.ask(&visitor, &firm, Ask::ConnectBegin).await {
        Ok(Answer::Authorize { url, caught_by_daemon: true, .. }) => Ok(Redirect::to(&url).into_response()),
        Ok(Answer::Authorize { redirect_uri, .. }) => {
            let text = format!("MyCase sends the browser back to {redirect_uri}, which is not this page. Run this where that address is:");
            let message = Message {
                title: "Connect on the command line".to_owned(),
                text: vec![text],
                command: Some(format!("casebridge connect {firm}")),
                next: Some(back(&firm)),
            };
            Ok(site.message(&visitor, StatusCode::OK, message))
        }
        other => Err(site.unanswered(&visitor, &firm, other)),
    }
}

/// Every path that is no page's: MyCase's way back, when it bears the state of a connection under way. The state is all that
/// counts here: a browser brings no cookie with what another site sends it to.
pub(super) async fn came_back(State(site): State<Shared>, request: Request) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let value = |name: &str| form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    let answers = value("code").is_some() || value("error").is_some();
    let (Some(state), true, &Method::GET) = (value("state"), answers, request.method()) else {
        return plain(StatusCode::NOT_FOUND, "there is no such page");
    };
    let Ok(Some(firm)) = site.daemon.connecting(Secret(state)).await else {
        let words = "this address does not belong to a connection that casebridge waits for: begin again with Connect on the firm's page";
        return (Extension(CookieWish::Leave), plain(StatusCode::BAD_REQUEST, words)).into_response();
    };
    // Only the query counts; the host may be a proxy's.
    let redirected = Secret(format!("http://page{}?{query}", request.uri().path()));
    let by = Caller { who: "the web page".to_owned() };
    // Taking the code goes on by itself; meanwhile the browser leaves this address, whatever comes of it.
    match timeout(PATIENCE, site.daemon.ask(firm.clone(), Ask::ConnectEnd { redirected }, by)).await {
        // The page that follows says it, to whoever looks; the terminal, too, when it was begun there.
        Ok(Err(refusal)) => tracing::warn!(%firm, code = refusal.code, "{firm}: connecting through the page failed: {refusal}"),
        Ok(Ok(_)) => tracing::info!(%firm, "{firm}: connected to MyCase through the page"),
        Err(_) => tracing::warn!(%firm, "{firm}: MyCase takes long to answer; connecting through the page goes on"),
    }
    let to = format!("{}/firms/{firm}/connected", site.addresses.base());
    (Extension(CookieWish::Leave), Redirect::to(&to)).into_response()
}

/// How it ended.
pub(super) async fn ended(
    State(site): State<Shared>,
    Extension(visitor): Extension<Visitor>,
    Path(firm): Path<String>,
) -> Result<Response, Stop> {
    let firm = site.firm(&visitor, &firm)?;
    let view = match site.ask(&visitor, &firm, Ask::ConnectHow).await {
        Ok(Answer::Connecting(view)) => *view,
        other => return Err(site.unanswered(&visitor, &firm, other)),
    };
    let (title, text) = match view.ended {
        Some(ConnectEnded { connected: Some(Connected { firm_name, firm_url, notes }), .. }) => {
            (format!("Connected to {firm_name}"), [vec![format!("The firm's address in MyCase is {firm_url}.")], notes].concat())
        }
        Some(ConnectEnded { why, .. }) => ("Not connected".to_owned(), vec![why.unwrap_or_default()]),
        None if view.under_way => {
            ("Not yet connected".to_owned(), vec!["Connecting is under way: load this page again in a moment.".to_owned()])
        }
        None => ("Nothing to tell".to_owned(), vec!["Nobody has connected this firm since the daemon was started.".to_owned()]),
    };
    Ok(site.message(&visitor, StatusCode::OK, Message { title, text, command: None, next: Some(back(&firm)) }))
}

fn back(firm: &FirmId) -> (String, String) {
    (format!("/firms/{firm}"), format!("Go to {firm}"))
}
