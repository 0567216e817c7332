//! What clients gave to the portal travels back into MyCase: files become documents, messages become notes. This page is
//! the contract of both.
//!
//! # Flow
//!
//! 1. `list`: the portal's list is read as far as it is new (`place`); every item on the pages read gets a row in the
//!    ledger ([`crate::store::Carried`]): older than the file wants, of a case that is not linked, unclear, or owed. The
//!    place moves in the same transaction as the last rows. Open rows of earlier runs that are due are looked up on the
//!    page they were seen on, else in the whole list.
//! 2. `documents`, `messages`: case by case, what is owed is delivered (`file`, three at a time) or looked up first.
//! 3. `report`: a run that found nothing is counted, any other is kept like every run's report.
//!
//! # Each arrives exactly once
//!
//! A row is durable before the request that follows from it:
//!
//! - *Owed*: surely nothing of it is in MyCase. Crash: it is owed still.
//! - *Begun*: MyCase was asked to make the record or note. Crash, or an answer that is lost: it is looked for by the mark in
//!   description (text), else by the path it was given. Found, it counts at once; nothing is asked again before the case's
//!   documents (notes) were read whole without it, two minutes later at the soonest (ten seconds when a person asks).
//! - *Posted*: the record is there, its bytes belong at a known place. Crash: they are put there again; a place that is over
//!   is followed by a version of the same document, never by another document.
//! - *Document*, *Note*: delivered, with length and SHA-256 of what was sent.
//!
//! A lost state: on the first reading of a list, what bears a file's mark or its name in the folder, and a note that bears
//! a message's mark, counts as delivered.
//!
//! # Races and decisions
//!
//! - An item belongs to the case its ids name; ids that disagree decide nothing (`join`).
//! - One item that fails concerns itself; it is tried again after 15 minutes, 1 hour, 6 hours, then daily, by hand at
//!   once. A connection that is over, a key that is refused, MyCase giving three answers in a row to nobody: the run ends.
//! - What the whole list does not show is not asked for any more, and is owed again when it is listed again: an empty list
//!   proves nothing.
//! - The address of a file may be signed for a short time: a file that is gone is listed once more before that counts.
//! - Somebody renames or deletes the document meanwhile: it is theirs; only a record still without bytes is made again.
//! - No name of a file, no sender and no text leaves this folder but into MyCase: reports and errors name items by id.

mod documents;
mod fate;
mod file;
mod join;
mod kit;
mod list;
mod messages;
mod names;
mod place;
mod reasons;
mod report;
mod run;
mod shelf;
mod since;
mod source;
mod tally;
mod words;

pub use report::merged;
pub use run::{CarryAsk, carry_documents, carry_messages};
