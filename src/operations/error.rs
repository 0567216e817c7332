//! Why an operation has no answer; the code becomes the exit code, the text is for people.

use crate::domain::sentence;
use crate::store::StoreError;
use crate::sync::RunError;

/// Why an operation has no answer.
#[derive(Debug, thiserror::Error)]
pub enum OperationError {
    /// The run's error.
    #[error("{}", .0.sentence())]
    Run(Box<RunError>),
    /// The state; with what lies below it.
    #[error("{}", sentence(.0))]
    Store(StoreError),
    /// What was asked does not make sense; says what to write.
    #[error("{0}")]
    Asked(String),
    /// Connecting failed.
    #[error("{0}")]
    Connect(String),
}

impl From<StoreError> for OperationError {
    fn from(error: StoreError) -> OperationError {
        OperationError::Store(error)
    }
}

impl From<RunError> for OperationError {
    fn from(error: RunError) -> OperationError {
        OperationError::Run(Box::new(error))
    }
}

impl OperationError {
    /// A word for machines.
    pub fn code(&self) -> &'static str {
        match self {
            OperationError::Run(error) => error.code(),
            OperationError::Store(_) => "state",
            OperationError::Asked(_) => "usage",
            OperationError::Connect(_) => "connect",
        }
    }
}
