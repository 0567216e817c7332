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
    /// The state.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// What was asked does not make sense; says what to write.
    #[error("{0}")]
    Asked(String),
    /// Connecting failed.
    #[error("{0}")]
    Connect(String),
}

impl From<RunError> for OperationError {
    fn from(error: RunError) -> OperationError {
        OperationError::Run(Box::new(error))
    }
}

impl OperationError {
    /// All of it as one line for people, with what lies below a failure of the state.
    pub fn sentence(&self) -> String {
        match self {
            OperationError::Store(error) => sentence(error),
            OperationError::Run(_) | OperationError::Asked(_) | OperationError::Connect(_) => self.to_string(),
        }
    }

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
