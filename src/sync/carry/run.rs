//! One run that carries files or messages, from its lock to its report.

use super::kit::{Item, Kit};
use super::list::{Gathered, gather};
use super::report::concluded;
use super::tally::Tally;
use super::{documents, messages};
use crate::config::OperationName;
use crate::domain::{PortalFile, PortalMessage};
use crate::sync::begun::Begun;
use crate::sync::bind::bind;
use crate::sync::connection;
use crate::sync::{Engine, Progress, RunError, RunReport, Trigger};
use std::sync::Arc;

/// What a run is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CarryAsk {
    /// Read the whole list, not only what may be new.
    pub whole: bool,
    /// A person asked: what waits for its next try is tried now, and the run is kept even when it finds nothing.
    pub by_hand: bool,
}

/// Carries the portal's files into MyCase. What goes wrong as a whole is in the report, too.
pub async fn carry_documents(engine: &Engine, ask: CarryAsk, progress: &Progress) -> RunReport {
    let _one_at_a_time = engine.hands.carrying_documents.lock().await;
    let (begun, mut tally) = (Begun::unnumbered(engine, Trigger::Documents), Tally::default());
    let result = files(engine, ask, &mut tally, progress).await;
    concluded(engine, begun, ask.by_hand, tally, result)
}

/// Carries the portal's messages into MyCase. What goes wrong as a whole is in the report, too.
pub async fn carry_messages(engine: &Engine, ask: CarryAsk, progress: &Progress) -> RunReport {
    let _one_at_a_time = engine.hands.carrying_messages.lock().await;
    let (begun, mut tally) = (Begun::unnumbered(engine, Trigger::Messages), Tally::default());
    let result = notes(engine, ask, &mut tally, progress).await;
    concluded(engine, begun, ask.by_hand, tally, result)
}

async fn files(engine: &Engine, ask: CarryAsk, tally: &mut Tally, progress: &Progress) -> Result<Vec<String>, RunError> {
    let kit = Arc::new(ready::<PortalFile>(engine, ask)?);
    let mut found = gather::<PortalFile>(&kit, ask.whole, progress).await?;
    let jobs = std::mem::take(&mut found.jobs);
    tally.news = found.news;
    found.stopped |= documents::documents(&kit, jobs, tally, progress).await?;
    Ok(said(&found))
}

async fn notes(engine: &Engine, ask: CarryAsk, tally: &mut Tally, progress: &Progress) -> Result<Vec<String>, RunError> {
    let kit = ready::<PortalMessage>(engine, ask)?;
    let mut found = gather::<PortalMessage>(&kit, ask.whole, progress).await?;
    let jobs = std::mem::take(&mut found.jobs);
    tally.news = found.news;
    found.stopped |= messages::messages(&kit, jobs, tally, progress).await?;
    Ok(said(&found))
}

/// The tools, once it is sure that the portal gives such things and that the file points at the firm's own accounts.
fn ready<I: Item>(engine: &Engine, ask: CarryAsk) -> Result<Kit, RunError> {
    let profile = &engine.firm.portal.profile;
    if !profile.has(I::LIST) {
        let what = if I::LIST == OperationName::ListFiles { "documents" } else { "messages" };
        return Err(RunError::NotPossible(format!("{} cannot give {what} back: its API has no list of them", profile.title)));
    }
    bind(engine)?;
    connection::ready(engine)?;
    Kit::new(engine, ask.by_hand)
}

/// What is worth a sentence.
fn said<I: Item>(found: &Gathered<I>) -> Vec<String> {
    let word = I::SHELF.word();
    let many = |count: usize, one: &str, more: &str| match count {
        0 => None,
        1 => Some(format!("1 {word} {one}")),
        count => Some(format!("{count} {word}s {more}")),
    };
    let stopped = found.stopped.then(|| "casebridge is stopping; the rest waits and goes on at the next start".to_owned());
    let sentences = [
        many(
            found.older,
            "is older than the connection, or than `since`, and was left alone",
            "are older than the connection, or than `since`, and were left alone",
        ),
        many(found.unlinked, "belongs to a case that is not linked and waits", "belong to cases that are not linked and wait"),
        many(found.without_id, "came without an id and cannot be carried", "came without an id and cannot be carried"),
        stopped,
    ];
    sentences.into_iter().flatten().collect()
}
