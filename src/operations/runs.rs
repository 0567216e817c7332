//! The last runs that read cases, for whoever wants to see how things went. Asks nobody.

use super::{Answer, OperationError};
use crate::sync::{Engine, RunReport};
use serde::{Deserialize, Serialize};

/// More are never answered at once.
const MOST: usize = 1000;

/// Runs of a firm. The JSON form is a contract: keys may be added, not changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Runs {
    /// The reports, the newest first; runs that only carried files or messages are not among them.
    pub runs: Vec<RunReport>,
}

/// The newest, at most `last`.
pub(super) fn runs(engine: &Engine, last: usize) -> Result<Answer, OperationError> {
    let mut runs: Vec<RunReport> = Vec::new();
    engine.store().walk_runs(|value| {
        // A report of a version that wrote other words is passed by.
        let read = serde_json::from_value::<RunReport>(value).ok();
        runs.extend(read.filter(|report| report.transferred.is_none()));
        runs.len() < last.min(MOST)
    })?;
    Ok(Answer::Runs(Runs { runs }))
}
