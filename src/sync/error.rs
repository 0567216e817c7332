//! Why a run could not be made or finished as a whole. What concerns one case is a failure of that case, not an error.

use crate::mycase::MyCaseError;
use crate::portal::PortalError;
use crate::store::StoreError;

/// Why a run ended before its end.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// No tokens: a person must connect.
    #[error("not connected to MyCase: run `casebridge connect {0}`")]
    NotConnected(crate::domain::FirmId),
    /// MyCase refused the tokens: a person must connect again.
    #[error("MyCase no longer accepts the connection ({why}): run `casebridge connect {firm}`")]
    Reconnect {
        /// The firm.
        firm: crate::domain::FirmId,
        /// MyCase's words.
        why: String,
    },
    /// The file points at another account than the state is bound to.
    #[error(
        "this file points at another {what} (the state belongs to {bound}, the file says {found}); `casebridge rebind {firm}` if that is meant"
    )]
    OtherAccount {
        /// The firm.
        firm: crate::domain::FirmId,
        /// "portal account", "MyCase firm".
        what: &'static str,
        /// What the state is bound to.
        bound: String,
        /// What the file or MyCase says.
        found: String,
    },
    /// A secret could not be read.
    #[error("{0}")]
    Secret(String),
    /// MyCase could not be read.
    #[error("MyCase could not be read")]
    MyCase(#[source] Box<MyCaseError>),
    /// The portal could not be read.
    #[error("the portal could not be read")]
    Portal(#[source] Box<PortalError>),
    /// The portal's list was odd: nothing may be created on its word.
    #[error("the portal's list could not be read whole, so nothing was planned: without it a record could be made twice")]
    ListNotWhole,
    /// The portal cannot give what is asked for.
    #[error("{0}")]
    NotPossible(String),
    /// MyCase was asked for one thing after the other and gave no answer to any.
    #[error("MyCase gives no answer, so the rest waits for the next run: {0}")]
    Silent(String),
    /// The state.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file's templates or fields.
    #[error("the firm's file could not be applied: {0}")]
    Mapping(String),
    /// A case that was asked for.
    #[error("{0}")]
    Case(String),
    /// A saved plan that is not there (any more).
    #[error("{0}")]
    NoSuchPlan(String),
}

impl RunError {
    /// The word for machines; the command line turns it into an exit code.
    pub fn code(&self) -> &'static str {
        match self {
            RunError::NotConnected(_) => "not-connected",
            RunError::Reconnect { .. } => "reconnect",
            RunError::OtherAccount { .. } => "other-account",
            RunError::Secret(_) => "secret",
            RunError::MyCase(_) | RunError::Silent(_) => "mycase",
            RunError::Portal(_) | RunError::ListNotWhole | RunError::NotPossible(_) => "portal",
            RunError::Store(_) => "state",
            RunError::Mapping(_) => "file",
            RunError::Case(_) => "case",
            RunError::NoSuchPlan(_) => "no-such-plan",
        }
    }

    /// The whole story in one line: the error and what caused it.
    pub fn sentence(&self) -> String {
        crate::domain::sentence(self)
    }
}
