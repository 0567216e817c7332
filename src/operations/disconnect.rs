//! `disconnect`: the connection to MyCase is forgotten; what the state knows of cases stays.

use super::dispatch::done;
use super::{Answer, OperationError};
use crate::store::ConnectionBroken;
use crate::sync::Hands;

/// Forgets the tokens, and a `connect` under way. Asks nobody: MyCase documents no way to give tokens back, so that is a
/// person's to do there. Needs the state only, whatever the firm's file is like.
pub async fn disconnect(hands: &Hands) -> Result<Answer, OperationError> {
    let was = hands.store.tokens()?.is_some() || hands.store.meta::<ConnectionBroken>()?.is_some();
    hands.drop_connection().await?;
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
