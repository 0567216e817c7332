//! `catalog` and `check --online`: the names of a firm's accounts, and how the accounts stand. Reads only; the command line
//! writes the file and knows where it is.

use super::{Answer, CatalogAsk, OperationError};
use crate::config::Catalog;
use crate::sync::{self, Engine, NamesRead, Progress, Requests};
use serde::{Deserialize, Serialize};

/// `catalog`: what the accounts say now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CatalogAnswer {
    /// The names.
    pub catalog: Catalog,
    /// What is not in it, and why.
    pub notes: Vec<String>,
    /// What it cost.
    pub requests: Requests,
}

/// Reads the names of both accounts.
pub(super) async fn catalog(engine: &Engine, ask: &CatalogAsk, progress: &Progress) -> Result<Answer, OperationError> {
    let NamesRead { catalog, notes, requests } = sync::read_names(engine, !ask.without_portal, progress).await?;
    Ok(Answer::Catalog(Box::new(CatalogAnswer { catalog, notes, requests })))
}

/// Looks at both accounts.
pub(super) async fn online(engine: &Engine) -> Result<Answer, OperationError> {
    Ok(Answer::Online(Box::new(sync::look_online(engine).await?)))
}
