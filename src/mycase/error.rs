//! What can go wrong with MyCase, named by what the caller does next.

use crate::http::{Failure, HttpError};
use std::error::Error;
use std::sync::Arc;

/// Why MyCase gave no usable answer. Cheap to clone, so that all who waited for one refresh can be told.
#[derive(Debug, Clone, thiserror::Error)]
pub enum MyCaseError {
    /// Nobody has connected this firm yet.
    #[error("not connected to MyCase; `casebridge connect` does that")]
    NotConnected,
    /// The connection is over: a person must connect again.
    #[error("MyCase must be connected again: {why}")]
    Reconnect {
        /// What happened, a sentence for a person.
        why: String,
    },
    /// MyCase answers 401 to a token that it has just given. Mostly its own trouble, so nothing is over yet: try later.
    #[error("MyCase refuses a token that it has just renewed ({asked})")]
    TokenRefused {
        /// What was asked: method and path.
        asked: String,
    },
    /// The person who connected lacks a permission, or the app a scope (MyCase: Error-Handling, 403).
    #[error("{what}")]
    Forbidden {
        /// Which permission, or what they may not see.
        what: String,
    },
    /// No such thing, or not for this person (MyCase: Error-Handling, 404).
    #[error(transparent)]
    NotFound(Failure),
    /// MyCase does not take the request (MyCase: Error-Handling, 400 and 422); sending it again is no use.
    #[error(transparent)]
    Refused(Failure),
    /// Too many requests for longer than we wait. Try later.
    #[error(transparent)]
    RateLimited(Failure),
    /// No answer, or 5xx, as often as we try. Try later.
    #[error(transparent)]
    Unavailable(HttpError),
    /// An answer that means nothing here: no JSON, no list, no id.
    #[error(transparent)]
    Unreadable(Failure),
    /// A list's next page lies on another site; the token is not sent there.
    #[error("MyCase's list {path} goes on at {site}, which is not the API's own address; it was not followed")]
    ForeignLink {
        /// The list's path.
        path: String,
        /// The other site: scheme, host, port.
        site: String,
    },
    /// A list that leads back to itself, or goes on without anything new.
    #[error("MyCase's list {path} does not end: after {pages} pages it only repeats itself")]
    EndlessList {
        /// The list's path.
        path: String,
        /// Pages read.
        pages: usize,
    },
    /// The state could not be written. A refresh that needed it was not sent; a new pair that could not be stored is held in
    /// memory, and stored before it is used.
    #[error("what becomes of the connection to MyCase could not be stored")]
    NotKept(#[source] Arc<dyn Error + Send + Sync>),
}

impl From<HttpError> for MyCaseError {
    fn from(error: HttpError) -> MyCaseError {
        match error {
            HttpError::RateLimited(failure) => MyCaseError::RateLimited(failure),
            HttpError::Unreadable(failure) => MyCaseError::Unreadable(failure),
            HttpError::NotSent(_) | HttpError::Unknown(_) | HttpError::Unavailable(_) | HttpError::Setup(_) => {
                MyCaseError::Unavailable(error)
            }
        }
    }
}

/// Why a document, its bytes or a note are not known to be in MyCase. Without personal data, addresses or tokens.
#[derive(Debug, Clone, thiserror::Error)]
pub enum WriteError {
    /// Final for this one: it will not be taken (MyCase: Error-Handling, 400 and 422), or is not sent there.
    #[error("refused{}: {text}", status.map(|status| format!(" ({status})")).unwrap_or_default())]
    Refused {
        /// The HTTP status; `None` when it was we who refused to send.
        status: Option<u16>,
        /// The vendor's redacted words.
        text: String,
    },
    /// 404: the case, or the document, is no longer there, or not for this person.
    #[error("MyCase no longer holds what it belongs to")]
    Gone,
    /// The person who connected may not write there, or the app lacks the scope (MyCase: Error-Handling, 403).
    #[error("{text}")]
    Forbidden {
        /// What they may not do.
        text: String,
    },
    /// The storage no longer takes bytes at this place: ask for a version and put them there.
    #[error("the place for the bytes no longer works: {text}")]
    PlaceOver {
        /// The status and the storage's words.
        text: String,
    },
    /// Nobody knows what became of it. Look before sending again.
    #[error("it is not known what became of it: {text}")]
    Unknown {
        /// What happened.
        text: String,
    },
    /// It surely had no effect; send it again whenever you like.
    #[error("not sent: {text}")]
    NotSent {
        /// What happened.
        text: String,
    },
    /// There is no connection to send it by; nothing was sent.
    #[error(transparent)]
    Connection(MyCaseError),
}
