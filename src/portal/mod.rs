//! The portals' side: reading what a portal holds and changing it, by its profile. No vendor is named in the code.
//!
//! [`PortalReader`] reads, [`PortalWriter`] is the only type that can change a portal; planning gets readers only. Both take
//! everything that differs between portals from a [`crate::config::Profile`]; MyCase is never seen here.
//!
//! What clients gave comes back by the reader, too: [`PortalReader::file_page`] and [`PortalReader::message_page`] list it,
//! [`PortalReader::open_file`] hands a file's bytes through as they come. A file may lie on another site: the key does not go there.
//!
//! # A profile of one's own
//!
//! A profile is a TOML file in the daemon's profile folder, named like the `name` in it. Copy `profiles/case-status.toml`,
//! whose comments explain every key, and change what differs; `casebridge check` names every problem with its line.
//!
//! 1. `base_url` and `auth` say where, and in which header the firm's key goes. The key goes nowhere else.
//! 2. `[fields.*]` are the portal's fields that firms may fill, `[required]` and `required = true` what a new record needs.
//! 3. `[operations.*]`: `create_case` and `update_case`, or one `upsert_case`; `close_case` and `reopen_case`, or a body that uses
//!    `open`; `list_cases` if the portal can be listed. Bodies are literal but for texts that begin with `=`: expressions over
//!    the case as it should be ([`crate::config::EXPRESSION_NAMES`], the fields, and `client` or `member` inside `for_each`).
//!    `list_files` and `list_messages` if clients' files and messages can be read back, with `download_file` (path with
//!    `{file_id}`, and `{portal_id}` if need be) when a file's item does not say its `url`.
//! 4. `idempotent` decides whether a lost answer is met by repeating (true) or by looking (false). When in doubt: false.
//! 5. An update is rendered for before and after; equal requests are not sent, with `only_changed` only the keys that differ
//!    are, and what became empty is sent as `clear`.

mod account;
mod context;
mod download;
mod error;
mod gathered;
#[cfg(test)]
mod gathered_tests;
mod reader;
mod render;
mod rendered;
mod scrub;
mod steps;
#[cfg(test)]
mod tests;
mod values;
mod view;
mod writer;

pub use account::client;
pub use error::{FetchError, Part, PortalError, WriteError};
pub use reader::{PortalReader, Probe};
pub use steps::can_repeat;
pub use writer::{PortalWriter, Written};
