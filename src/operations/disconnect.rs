//! `disconnect`: the connection to MyCase is forgotten; what the state knows of cases stays.

use super::dispatch::done;
use super::{Answer, OperationError};
use crate::store::{Connected, ConnectionBroken, FirstConnected, PersonInactive, StoreError};
use crate::sync::{self, Hands};
use std::sync::PoisonError;

/// Forgets the tokens, and a `connect` under way. Asks nobody: MyCase documents no way to give tokens back, so that is a
/// person's to do there. Needs the state only, whatever the firm's file is like.
pub(super) async fn disconnect(hands: &Hands) -> Result<Answer, OperationError> {
    let was = hands.store.tokens()?.is_some() || hands.store.meta::<ConnectionBroken>()?.is_some();
    *hands.pending_state.lock().unwrap_or_else(PoisonError::into_inner) = None;
    let (connected, first) = (hands.store.meta::<Connected>()?, hands.store.meta::<FirstConnected>()?);
    let forget = || -> Result<(), StoreError> {
        hands.store.write(|w| {
            w.remove_tokens()?;
            sync::clear_connection(w)?;
            w.remove_meta::<Connected>()?;
            w.remove_meta::<PersonInactive>()?;
            match (&connected, &first) {
                // A state from before this was remembered.
                (Some(connected), None) => w.put_meta(&FirstConnected { at: connected.at }),
                _ => Ok(()),
            }
        })
    };
    hands.tokens()?.replace(None, forget).await?;
    let firm = &hands.firm;
    if !was {
        return Ok(done(&format!("{firm} was not connected to MyCase")));
    }
    tracing::info!(%firm, "{firm}: disconnected from MyCase by a person");
    Ok(done(&format!(
        "{firm} is disconnected from MyCase: its tokens are deleted here, and nothing runs until `casebridge connect {firm}`. \
What is linked stays linked, and nothing in the portal was changed. Access itself is withdrawn in MyCase (Settings, among the \
connected apps). The state stays this firm's: a later connect has to be the same firm"
    )))
}
