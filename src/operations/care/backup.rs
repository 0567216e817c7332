//! `state backup`: a copy of a firm's state as of one moment, also while runs go on, in `<state>/backups/<firm>/`. Whoever asked
//! takes it from there.

use crate::operations::{Answer, OperationError};
use crate::store::{StoreError, free_name};
use crate::sync::Hands;
use camino::Utf8PathBuf;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A backup that was made. The JSON form is a contract: keys may be added, not changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackedUp {
    /// Where it is.
    pub file: Utf8PathBuf,
    /// As of when.
    pub at: Timestamp,
    /// How many linked cases it holds.
    pub linked: u64,
    /// Its length.
    pub bytes: u64,
}

/// Makes one. It copies the whole file, so a thread of its own does it; nobody else waits.
pub(in crate::operations) async fn backup(hands: &Arc<Hands>) -> Result<Answer, OperationError> {
    let hands = hands.clone();
    let made = tokio::task::spawn_blocking(move || made(&hands)).await;
    let made = made.map_err(|_| OperationError::Asked("the backup was broken off; ask again".to_owned()))?;
    Ok(Answer::BackedUp(Box::new(made?)))
}

fn made(hands: &Hands) -> Result<BackedUp, StoreError> {
    let (firm, now) = (&hands.firm, hands.clock.now());
    let folder = hands.scratch.with_file_name("backups").join(firm.as_str());
    let file = free_name(&format!("{folder}/{firm}-"), ".redb", now)?;
    let linked = hands.store.backup(&file, now)?;
    let bytes = fs_err::metadata(&file)?.len();
    tracing::info!(%firm, linked, bytes, "{firm}: a backup of its state was made");
    Ok(BackedUp { file, at: now, linked, bytes })
}
