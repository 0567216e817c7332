//! One firm's state in one redb file: what is linked, what was decided, what is still open, and the secrets it needs.
//!
//! It keeps and gives back; it decides nothing and knows neither MyCase nor a portal. Nothing here waits on the network
//! or reads a clock. Start with `tables.rs`, where every table is drawn, then [`Store`] (open, read) and [`Writer`]
//! (the only way to change anything: one closure, one transaction, durable when it returns).
//!
//! Every write follows one rule, so each method says only what it adds: **crash before [`Store::write`] returns:
//! either nothing of the closure's writes is there, or (when it fell after the commit's second sync) all of them; never a
//! mix. Crash after: all of them.**
//!
//! Calls block (a writer waits for the writer before it; a commit waits for the disk): from async code, keep
//! transactions short or go through `spawn_blocking`.

mod backup;
mod carried;
mod check;
mod cipher;
mod copy;
mod cursors;
mod dice;
mod error;
mod exceptions;
mod fresh;
mod history;
mod journal;
mod ledger;
mod links;
mod meta;
mod migrate;
mod open;
mod plain;
mod plans;
mod reseal;
mod room;
mod runs;
mod sealer;
mod secrets;
mod set_aside;
mod snapshot;
mod sorted;
mod tables;
mod tokens;
mod vault;
mod writer;

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod care_tests;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod crash_tests;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod damage_tests;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod format_tests;
#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test may panic; this one prints figures")]
mod measure_tests;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod samples;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod seal_tests;

pub use backup::BackupOf;
pub use carried::{
    BearingKeys, Carried, CarriedCounts, CarryState, CarryTrouble, FilesPlace, LastPage, MessagesPlace, OpenItem, PutAt, ReadSoFar, Shelf,
    ShelfCounts, Wait,
};
pub use check::{Checked, Finding, check};
pub(crate) use dice::random;
pub use error::StoreError;
pub use fresh::{Fresh, nobody_has, sync_names};
pub use history::{HistoryEntry, KEEP_VALUES, Values};
pub use journal::{Approval, EntryState, JournalEntry};
pub use links::{LinkIter, LinkWalk, Links};
pub use meta::{
    Accepted, AccountMyCase, AccountPortal, Connected, ConnectionBroken, ConnectionWarned, FirstConnected, FirstRunDone, LastScan,
    ListsSeen, LookAgain, LookbackFirst, MetaFact, Pause, PersonInactive, PortalKeyRefused, PrintKey, RefreshBegun, RefreshTrouble,
    Refusal, Refusals, ScopePrint, Selected, TokenRefused,
};
pub use migrate::FORMAT;
pub use open::Store;
pub use plans::{PlanHead, PlanSlot, SavedPlan};
pub use room::room_left;
pub use runs::KEEP_RUNS;
pub use set_aside::{belongs_with, folder_of, free_name, half_way, make_private_folder, not_half_way, sync_folder};
pub use vault::{LoadedVault, Vault, VaultError, begin_rotation, load_key, load_or_make};
pub use writer::Writer;
