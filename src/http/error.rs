//! What can go wrong between us and a vendor, named by what the caller does next.
//!
//! Holds who was asked, method, path, status and the redacted, shortened body; never headers, query values or tokens.

use super::call::Asked;
use http::StatusCode;
use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// Why a call has no usable answer. Cheap to clone, so that all who waited for one thing can be told.
#[derive(Debug, Clone, thiserror::Error)]
pub enum HttpError {
    /// It surely had no effect: it never left (no connection, no such host). Send it again whenever you like.
    #[error(transparent)]
    NotSent(Failure),
    /// It was sent and nobody knows what became of it (time-out, reset, cut-off answer, 5xx). Look before repeating.
    #[error(transparent)]
    Unknown(Failure),
    /// The vendor said "too many requests" until we gave up. It had no effect; try much later.
    #[error(transparent)]
    RateLimited(Failure),
    /// A harmless request failed as often as we try. Try later.
    #[error(transparent)]
    Unavailable(Failure),
    /// There is an answer, but not one that can be read. Trying again is no use.
    #[error(transparent)]
    Unreadable(Failure),
    /// This computer cannot speak HTTPS. A person must mend it.
    #[error("cannot set up HTTPS; on Debian, `apt install ca-certificates` provides the certificates it needs")]
    Setup(#[source] Arc<dyn Error + Send + Sync>),
}

impl HttpError {
    /// The request and its failure; `None` when nothing was asked.
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            HttpError::NotSent(failure)
            | HttpError::Unknown(failure)
            | HttpError::RateLimited(failure)
            | HttpError::Unavailable(failure)
            | HttpError::Unreadable(failure) => Some(failure),
            HttpError::Setup(_) => None,
        }
    }
}

/// One failed request.
#[derive(Debug, Clone)]
pub struct Failure {
    /// What was asked.
    pub asked: Asked,
    /// The status, when there was an answer.
    pub status: Option<StatusCode>,
    /// What happened, as a fragment, with the vendor's redacted words.
    pub text: String,
    /// What lies below.
    pub source: Option<Arc<dyn Error + Send + Sync>>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Failure { asked, status, text, source: _ } = self;
        match status {
            Some(status) => write!(f, "{asked} answered {}: {text}", status.as_u16()),
            None => write!(f, "{asked}: {text}"),
        }
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}
