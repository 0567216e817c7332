//! How pages ask the daemon, and the page that says why there is no answer.

use super::pages::Message;
use super::site::Site;
use super::visitor::Visitor;
use crate::daemon::Refusal;
use crate::domain::FirmId;
use crate::operations::{Answer, Ask, Caller, FirmStatus};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// An answer that ends a request early: a page that says why.
#[derive(Debug)]
pub(super) struct Stop(Box<Response>);

impl From<Response> for Stop {
    fn from(page: Response) -> Stop {
        Stop(Box::new(page))
    }
}

impl IntoResponse for Stop {
    fn into_response(self) -> Response {
        *self.0
    }
}

impl Site {
    /// The firm that a path names.
    pub(super) fn firm(&self, visitor: &Visitor, named: &str) -> Result<FirmId, Stop> {
        named.parse().map_err(|_| self.refused(visitor, None, &Refusal::new("no-such-firm", "there is no such firm")).into())
    }

    /// Asks for this visitor.
    pub(super) async fn ask(&self, visitor: &Visitor, firm: &FirmId, ask: Ask) -> Result<Answer, Refusal> {
        self.daemon.ask(firm.clone(), ask, Caller { who: visitor.from() }).await
    }

    /// How a firm stands.
    pub(super) async fn status_of(&self, visitor: &Visitor, firm: &FirmId) -> Result<FirmStatus, Stop> {
        match self.ask(visitor, firm, Ask::Status).await {
            Ok(Answer::Status(status)) => Ok(*status),
            other => Err(self.unanswered(visitor, firm, other)),
        }
    }

    /// The page for an answer that is none, or of another kind than was asked for.
    pub(super) fn unanswered(&self, visitor: &Visitor, firm: &FirmId, answer: Result<Answer, Refusal>) -> Stop {
        let other = || Refusal::new("daemon", "the daemon gave an answer of another kind than was asked for");
        self.refused(visitor, Some(firm), &answer.err().unwrap_or_else(other)).into()
    }

    /// A page that says why there is no answer. Where the firm is not there, no way leads to it.
    pub(super) fn refused(&self, visitor: &Visitor, firm: Option<&FirmId>, refusal: &Refusal) -> Response {
        let missing = refusal.code == "no-such-firm";
        let (status, title) = match refusal.code.as_str() {
            "no-such-firm" | "no-such-run" => (StatusCode::NOT_FOUND, "There is no such thing"),
            "busy" | "stopping" => (StatusCode::SERVICE_UNAVAILABLE, "Not now"),
            _ => (StatusCode::CONFLICT, "It could not be done"),
        };
        let next = match firm.filter(|_| !missing) {
            Some(firm) => (format!("/firms/{firm}"), format!("Go to {firm}")),
            None => ("/".to_owned(), "Go to all firms".to_owned()),
        };
        let message = Message { title: title.to_owned(), text: vec![refusal.text.clone()], command: None, next: Some(next) };
        self.message(visitor, status, message)
    }
}
