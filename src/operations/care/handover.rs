//! `state handover`: what is linked with what, for whoever takes over from casebridge. Ids, stages and counts; no client data.

use crate::domain::{CaseId, PortalId};
use crate::operations::{Answer, OperationError};
use crate::store::{CarryState, Shelf, Store, StoreError};
use crate::sync::Hands;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Every linked case, and what concerns the firm as a whole. The JSON form is a contract: keys may be added, not changed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Handover {
    /// One per case, in the order of the ids.
    pub cases: Vec<HandoverLine>,
    /// The firm's address in MyCase, when it was ever connected.
    pub mycase: Option<String>,
    /// The portal's kind and host, when it was ever used.
    pub portal: Option<String>,
    /// Whether casebridge still has access to MyCase.
    pub connected: bool,
    /// Changes that are approved and not known to be done.
    pub owed: usize,
    /// Files and messages that are not settled.
    pub waiting_items: usize,
}

/// One case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoverLine {
    /// MyCase's id.
    pub case: CaseId,
    /// The portal's id; none for a case that only gave files or messages and is no longer linked.
    pub portal_id: Option<PortalId>,
    /// MyCase's stage, as it was last seen.
    pub mycase_stage: Option<String>,
    /// The portal's stage, as it was last told.
    pub portal_stage: Option<String>,
    /// Whether the portal's record is open, as it was last told.
    pub open: Option<bool>,
    /// Since when the two are linked.
    pub linked_at: Option<Timestamp>,
    /// Files that were carried into MyCase.
    pub files: u64,
    /// Notes that were made in MyCase of the portal's messages.
    pub notes: u64,
}

/// Answers it. It opens a row per file, so a thread of its own does it.
pub(in crate::operations) async fn handover(hands: &Arc<Hands>) -> Result<Answer, OperationError> {
    let hands = hands.clone();
    let made = tokio::task::spawn_blocking(move || handover_of(&hands.store)).await;
    let made = made.map_err(|_| OperationError::Asked("reading the state was broken off; ask again".to_owned()))?;
    Ok(Answer::Handover(Box::new(made?)))
}

/// The same of a state at hand.
pub fn handover_of(store: &Store) -> Result<Handover, StoreError> {
    let mut carried = carried(store)?;
    let mut cases = Vec::new();
    for link in store.links()?.iter()? {
        let link = link?;
        let (files, notes) = carried.remove(&link.case).unwrap_or_default();
        cases.push(HandoverLine {
            case: link.case,
            portal_id: Some(link.portal_id),
            mycase_stage: link.seen.stage,
            portal_stage: link.stage,
            open: Some(link.open),
            linked_at: Some(link.linked_at),
            files,
            notes,
        });
    }
    cases.extend(carried.into_iter().map(|(case, (files, notes))| HandoverLine {
        case,
        portal_id: None,
        mycase_stage: None,
        portal_stage: None,
        open: None,
        linked_at: None,
        files,
        notes,
    }));
    cases.sort_by_key(|line| line.case);
    let counts = store.carried_counts()?;
    Ok(Handover {
        cases,
        mycase: store.meta::<crate::store::AccountMyCase>()?.map(|account| account.url),
        portal: store.meta::<crate::store::AccountPortal>()?.map(|account| format!("{} at {}", account.kind, account.host)),
        connected: store.tokens()?.is_some(),
        owed: store.journal_len()?,
        waiting_items: counts.documents.open + counts.messages.open,
    })
}

/// How many files and notes went into each case.
fn carried(store: &Store) -> Result<BTreeMap<CaseId, (u64, u64)>, StoreError> {
    let mut counts: BTreeMap<CaseId, (u64, u64)> = BTreeMap::new();
    for shelf in [Shelf::Documents, Shelf::Messages] {
        store.walk_carried(shelf, |row| {
            let Some(case) = row.case else { return };
            match row.state {
                CarryState::Document { .. } => counts.entry(case).or_default().0 += 1,
                CarryState::Note { .. } => counts.entry(case).or_default().1 += 1,
                CarryState::Older
                | CarryState::Gone
                | CarryState::AlreadyThere
                | CarryState::Owed
                | CarryState::Begun { .. }
                | CarryState::Posted { .. } => {}
            }
        })?;
    }
    Ok(counts)
}
