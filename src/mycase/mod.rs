//! MyCase, as its published documents describe it: the connection, and reading. Cases are never written.
//!
//! [`connect`] turns a person's permission into tokens, [`Session`] keeps them alive, [`Reader`] reads. Everything comes
//! out as domain values; MyCase's own JSON does not leave `wire`. Liberal in reading (every field but an id may be
//! missing or of the neighbouring type), strict in meaning (a body that is no list is an error, not an empty list).
//! Knows nothing of portals.

mod auth;
pub mod connect;
mod error;
mod link;
mod loose;
mod pages;
mod reader;
mod session;
mod shared;
#[cfg(test)]
mod tests;
mod wire;

pub use connect::{Code, ConnectError};
pub use error::MyCaseError;
pub use reader::{CasePages, CaseQuery, FirmInfo, Needs, RATE_PER_WINDOW, RATE_WINDOW, Reader, budgets};
pub use session::{Keep, Note, Record, Session, TakeNote};
pub use shared::{SharedTokens, Stored};
