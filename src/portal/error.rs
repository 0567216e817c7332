//! What can go wrong with a portal, named by what the caller does next. Holds no key and no personal data.

use crate::http::HttpError;

/// Why a portal could not be read.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PortalError {
    /// 401 or 403: a person must give another key.
    #[error("the portal does not accept the key: {text}")]
    KeyRejected {
        /// What was asked, the status and the portal's redacted words.
        text: String,
    },
    /// The portal answered, but not with what the profile says.
    #[error("the portal's answer is not what its profile says: {text}")]
    Unexpected {
        /// What was asked, and what is odd about the answer.
        text: String,
    },
    /// The portal was not reached, or failed. Try later.
    #[error("the portal could not be read")]
    Http(#[source] HttpError),
    /// The profile has no such operation, or does not fit this use.
    #[error("{text}")]
    NotPossible {
        /// What cannot be done.
        text: String,
    },
}

/// How far a change got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Part {
    /// The record was opened.
    pub opened: bool,
    /// Its people are as wanted, where they are records of their own.
    pub people: bool,
    /// It is as wanted, but open.
    pub up_to_date: bool,
}

/// Why a change is not known to be in the portal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// Final for this change: the portal will not have it.
    #[error("the portal refused it ({status}): {text}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The portal's own words; every personal value of the change replaced by its field's name.
        text: String,
        /// What of the same change was accepted before.
        part: Part,
    },
    /// 409 to a create: the portal holds a record with this id. Look for it and adopt it.
    #[error("the portal holds a record of this case already")]
    Exists,
    /// 404 of the record itself: it was deleted in the portal.
    #[error("the portal no longer holds the record")]
    Gone,
    /// Nobody knows what became of it, or only a part took effect. Look before sending again.
    #[error("it is not known what became of it: {text}")]
    Unknown {
        /// What happened, scrubbed.
        text: String,
    },
    /// It surely had no effect; send it again whenever you like.
    #[error("not sent: {text}")]
    NotSent {
        /// What happened, scrubbed.
        text: String,
    },
    /// 401 or 403: nothing will be accepted until a person gives another key.
    #[error("the portal does not accept the key: {text}")]
    KeyRejected {
        /// The portal's words, scrubbed.
        text: String,
    },
}

/// Why the bytes of a file cannot be had. No address of a file in it: whoever has a signed one may read.
#[derive(Debug, Clone, thiserror::Error)]
pub enum FetchError {
    /// 404 or 410, or 403 where no key is known: the file, or its signed address, is over. The list may name a new address.
    #[error("the file is no longer there: {text}")]
    Vanished {
        /// Who was asked, the status and redacted words.
        text: String,
    },
    /// The portal itself answered 401 or 403: a person must give another key.
    #[error("the portal does not accept the key: {text}")]
    KeyRejected {
        /// The same.
        text: String,
    },
    /// The address, or one it leads to, is not fetched: no https.
    #[error("{text}")]
    Unsafe {
        /// Which site, and what is wrong with it.
        text: String,
    },
    /// Another refusal; asking again is no use.
    #[error("the file was refused: {text}")]
    Refused {
        /// Who was asked, the status and redacted words.
        text: String,
    },
    /// Not reached, or it failed. Try later.
    #[error("the file could not be fetched")]
    Http(#[source] HttpError),
    /// The portal does not say where the file is.
    #[error("{text}")]
    NotPossible {
        /// What is missing.
        text: String,
    },
}
