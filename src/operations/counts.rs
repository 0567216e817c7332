//! `state export --for-plan`, and what `plan --against` counts on the firm's own machine: the linked cases as numbers, from the
//! state alone. No ids, no client data, no secrets.

use super::{Answer, OperationError};
use crate::domain::{CaseId, FirmId};
use crate::plan::CaseCounts;
use crate::store::Store;
use crate::sync::Engine;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// Counts a firm's linked cases. `never`: the cases that its file leaves alone.
pub fn case_counts(firm: &FirmId, never: &BTreeSet<CaseId>, store: &Store, now: Timestamp) -> Result<CaseCounts, OperationError> {
    // Counted as they come: a hundred thousand links are not held at once.
    let mut broken = None;
    let links = store.links()?;
    let whole = links.iter()?.map_while(|link| link.map_err(|error| broken = Some(error)).ok());
    let counts = CaseCounts::of_links(firm, never, whole, now);
    broken.map_or(Ok(counts), |error| Err(error.into()))
}

/// The same for a request.
pub(super) fn counts(engine: &Engine) -> Result<Answer, OperationError> {
    let firm = &engine.firm;
    Ok(Answer::Counts(Box::new(case_counts(&firm.id, &firm.cases.never, engine.store(), engine.hands.clock.now())?)))
}
