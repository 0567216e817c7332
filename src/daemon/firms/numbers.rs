//! One firm in numbers, in two steps: what the loop knows is copied at once, what the state says is read elsewhere, so that
//! 500 states hold nobody up.

use super::Kept;
use super::memory::Memory;
use crate::config::Firm;
use crate::daemon::machine::Machine;
use crate::daemon::metrics::{FirmValues, StoredValues};
use crate::domain::FirmId;
use crate::operations::{self, FileState, OperationError, RunState};
use crate::store::{Accepted, PortalKeyRefused};
use crate::sync::Hands;
use jiff::Timestamp;
use std::sync::Arc;

/// What the loop knows of a firm, and where the rest is read.
pub(in crate::daemon) struct Sheet {
    known: FirmValues,
    hands: Option<Arc<Hands>>,
    /// Of the file on disk.
    hash: Option<String>,
    firm: Option<Arc<Firm>>,
}

impl Kept {
    /// What is known of it now.
    pub(super) fn sheet(&self, id: &FirmId, machine: &Machine, now: Timestamp) -> Sheet {
        let view = self.view.as_ref();
        let Memory { numbers, .. } = &self.memory;
        let known = FirmValues {
            firm: id.to_string(),
            file: view.map(|view| view.state),
            generation: view.map_or(0, |view| view.generation),
            stored: None,
            next: machine.next_runs(id, now),
            overdue: machine.overdue(id, now).len(),
            skipped: machine.skipped(id),
            ran: numbers.clone(),
            changes: Vec::new(),
            traffic: Vec::new(),
        };
        let hash = self.verdict.as_ref().filter(|_| known.file != Some(FileState::Removed)).map(|verdict| verdict.hash.clone());
        Sheet { known, hands: self.hands.clone(), hash, firm: self.firm.clone() }
    }
}

impl Sheet {
    /// Reads the rest. A state that cannot be read is that firm's own trouble: the others are told all the same.
    pub(in crate::daemon) fn read(self, now: Timestamp) -> FirmValues {
        let Sheet { known, hands, hash, firm } = self;
        let Some(hands) = hands else { return known };
        let stored = stored(&hands, firm.as_deref(), hash.as_deref(), now);
        if let Err(error) = &stored {
            tracing::warn!(firm = %hands.firm, %error, "{}: its numbers cannot be read from its state", hands.firm);
        }
        let traffic = hands.counters.sides().map(|(side, traffic)| (side, traffic.counts()));
        FirmValues { stored: stored.ok(), changes: hands.counters.changes().collect(), traffic: traffic.into(), ..known }
    }
}

fn stored(hands: &Hands, firm: Option<&Firm>, hash: Option<&str>, now: Timestamp) -> Result<StoredValues, OperationError> {
    let store = &hands.store;
    let accepted = store.meta::<Accepted>()?;
    let connection = operations::connection_view(store, now)?;
    let status = firm.map(|firm| operations::status(firm, store, now)).transpose()?;
    Ok(StoredValues {
        accepted_at: accepted.as_ref().map(|accepted| accepted.at),
        matches_disk: hash.map(|hash| accepted.is_some_and(|accepted| accepted.file_hash == hash)),
        connection: connection.connection,
        token_age: store.tokens()?.map(|tokens| now.duration_since(tokens.obtained_at)),
        connection_ends: connection.ends_at,
        key_refused: store.meta::<PortalKeyRefused>()?.is_some(),
        state: status.as_ref().map_or(RunState::Inactive, |status| status.status),
        waiting_plans: usize::from(status.as_ref().is_some_and(|status| status.waiting_plan.is_some())),
        waiting_cases: status.as_ref().map_or(0, |status| status.waiting),
        waiting_since: status.as_ref().and_then(|status| status.waiting_since),
        attention: status.map_or(0, |status| status.exceptions),
    })
}
