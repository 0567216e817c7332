//! `sync --documents --messages`, and what needs attention of both sides: of cases, and of what clients gave.

use super::{Answer, OperationError, SyncAsk};
use crate::domain::{CaseException, CaseId, Reason};
use crate::store::{Store, StoreError};
use crate::sync::{self, CarryAsk, Engine, Progress};
use std::collections::{BTreeMap, BTreeSet};

/// Carries now; `verify` reads the whole lists.
pub(super) async fn by_hand(engine: &Engine, ask: &SyncAsk, progress: &Progress) -> Result<Answer, OperationError> {
    if !ask.cases.is_empty() || ask.rewrite {
        let text = "--documents and --messages read the portal's lists as a whole: leave out the cases and --rewrite, or run them apart";
        return Err(OperationError::Asked(text.to_owned()));
    }
    let carry = CarryAsk { whole: ask.verify, by_hand: true };
    let report = match (ask.documents, ask.messages) {
        (true, true) => {
            let documents = sync::carry_documents(engine, carry, progress).await;
            sync::carry::merged(documents, sync::carry_messages(engine, carry, progress).await)
        }
        (true, false) => sync::carry_documents(engine, carry, progress).await,
        (false, _) => sync::carry_messages(engine, carry, progress).await,
    };
    Ok(Answer::Run(Box::new(report)))
}

/// Everything that needs attention, one entry per case. Each file and message is named by its id when `by_item`; else one
/// cause is one reason.
pub(super) fn attention(store: &Store, by_item: bool) -> Result<Vec<CaseException>, StoreError> {
    let carried = if by_item { store.carried_attention_by_item()? } else { store.carried_attention()? };
    if carried.is_empty() {
        return store.exceptions();
    }
    let mut by_case: BTreeMap<CaseId, BTreeSet<Reason>> = BTreeMap::new();
    for CaseException { case, reasons } in store.exceptions()?.into_iter().chain(carried) {
        by_case.entry(case).or_default().extend(reasons);
    }
    Ok(by_case.into_iter().map(|(case, reasons)| CaseException { case, reasons: reasons.into_iter().collect() }).collect())
}
