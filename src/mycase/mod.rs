//! MyCase, as its published documents describe it: the connection, reading, and two kinds of writing. Cases are never
//! written: they are MyCase's own, and a PUT there would append or blank fields. Documents and notes are added to them.
//!
//! [`connect`] turns a person's permission into tokens, [`Session`] keeps them alive, [`Reader`] reads, [`Writer`] is the only
//! type that can add anything; who only reads never holds one. Everything comes out as domain values; MyCase's own JSON does not leave `wire`. Liberal in reading (every field but an id may be
//! missing or of the neighbouring type), strict in meaning (a body that is no list is an error, not an empty list).
//! Knows nothing of portals.

mod auth;
pub mod connect;
mod error;
mod held;
mod ids;
mod link;
mod loose;
mod meant;
mod moved;
mod names;
mod pages;
mod reader;
mod recognized;
mod session;
mod shared;
mod storage;
#[cfg(test)]
mod tests;
mod wire;
mod wire_held;
mod writer;

pub use connect::{Code, ConnectError};
pub use error::{MyCaseError, WriteError};
pub use held::{Seen, SeenDocument, SeenNote};
pub use moved::Moved;
pub use names::NameLists;
pub use reader::{CasePages, CaseQuery, FirmInfo, Needs, RATE_PER_WINDOW, RATE_WINDOW, Reader, budgets};
pub use session::{Keep, Note, Record, Session, TakeNote};
pub use shared::{SharedTokens, Stored};
pub use storage::{PutPlace, storage_client};
pub use writer::{NewDocument, NewNote, Writer};
