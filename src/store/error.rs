//! What can go wrong with a firm's state, by what the caller does next; the translation of redb's errors.

use super::VaultError;
use crate::domain::{CaseId, FirmId};
use camino::Utf8PathBuf;
use std::io;

/// Why the state cannot be opened, read or written. No message holds personal data.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process has the file open: talk to it (the daemon) instead.
    #[error("the state of {firm} is in use by another process (a running daemon?)")]
    Busy {
        /// The firm.
        firm: FirmId,
    },
    /// The file was written by a newer casebridge; it was not touched.
    #[error("the state of {firm} has format {found}, and this casebridge knows formats up to {known}: use the newer casebridge again")]
    Newer {
        /// The firm.
        firm: FirmId,
        /// The file's format.
        found: u32,
        /// The newest known here.
        known: u32,
    },
    /// The file is another firm's (renamed or copied by hand); it was not touched.
    #[error("the state file of {firm} holds the state of {found}: was it renamed or copied by hand?")]
    OtherFirm {
        /// The firm asked for.
        firm: FirmId,
        /// The firm in the file.
        found: String,
    },
    /// The file was sealed with another vault key; it was not touched.
    #[error(
        "the vault key does not open the state of {firm}: it was sealed with another key; put the former key back, or move the state file away to start anew"
    )]
    WrongKey {
        /// The firm.
        firm: FirmId,
    },
    /// The state is half-way to another name: a rename was broken off. No empty one is made in its place.
    #[error("the state of {firm} is half-way to the name {to}: run `casebridge rename {firm} {to}` again, which goes on with it")]
    Renaming {
        /// The firm.
        firm: FirmId,
        /// The name it was to get.
        to: FirmId,
    },
    /// The file failed its check and was moved away, unchanged; the next opening starts with an empty state.
    #[error("the state of {firm} is damaged; it was set aside as {set_aside}; restore a backup, or start anew without it")]
    Damaged {
        /// The firm.
        firm: FirmId,
        /// Where the damaged file is now.
        set_aside: Utf8PathBuf,
        /// What redb found.
        source: Box<redb::Error>,
    },
    /// The storage failed its check, and there is no file to set aside, or it broke while it was in use.
    #[error("the state is damaged")]
    Unsound(#[source] Box<redb::Error>),
    /// A row cannot be unsealed or decoded although the vault key is right.
    #[error("a row of the table {table} is damaged")]
    Row {
        /// The table.
        table: &'static str,
    },
    /// The disk is full, or a quota is. Nothing of the transaction is there; try again when there is room.
    #[error("no room left on the disk for the state (nothing is lost; make room, and the next run goes on)")]
    Full(#[source] io::Error),
    /// The disk failed otherwise. Whether a transaction that failed so is there is known after the next opening.
    #[error("cannot {doing} the state")]
    Io {
        /// What was being done: "open", "write", ...
        doing: &'static str,
        /// The failure.
        #[source]
        source: io::Error,
    },
    /// An earlier failure closed the file and it could not be opened again.
    #[error("the state was closed by an earlier failure")]
    Closed,
    /// A journal entry whose outcome is unknown would have been overwritten: it has to be settled first.
    #[error("the last write for case {case} is not settled yet")]
    Unsettled {
        /// The case.
        case: CaseId,
    },
    /// Sealing failed.
    #[error("cannot seal")]
    Vault(#[from] VaultError),
    /// Something redb says that is none of the above: a defect.
    #[error("the state's storage failed")]
    Storage(#[source] Box<redb::Error>),
}

impl StoreError {
    /// Whether redb refuses everything after it, so that the file has to be opened anew.
    pub(super) fn closes(&self) -> bool {
        matches!(self, StoreError::Full(_) | StoreError::Io { .. } | StoreError::Closed)
    }

    /// A failure around the file itself.
    pub(super) fn io(doing: &'static str, source: io::Error) -> StoreError {
        if is_full(&source) { StoreError::Full(source) } else { StoreError::Io { doing, source } }
    }
}

fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge)
}

/// Whether a failed opening means that the file's bytes are not what redb last wrote.
pub(super) fn is_damage(error: &redb::DatabaseError) -> bool {
    match error {
        redb::DatabaseError::Storage(redb::StorageError::Corrupted(_)) => true,
        // "Not a redb file" and files cut short; redb 4 writes no older format that would have to be upgraded.
        redb::DatabaseError::Storage(redb::StorageError::Io(error)) => {
            matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof)
        }
        redb::DatabaseError::UpgradeRequired(_) => true,
        _ => false,
    }
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> StoreError {
        StoreError::io("make", error)
    }
}

impl From<redb::Error> for StoreError {
    fn from(error: redb::Error) -> StoreError {
        match error {
            redb::Error::Io(error) => StoreError::io("read or write", error),
            redb::Error::PreviousIo | redb::Error::DatabaseClosed => StoreError::Closed,
            redb::Error::Corrupted(_) => StoreError::Unsound(Box::new(error)),
            other => StoreError::Storage(Box::new(other)),
        }
    }
}

macro_rules! from_redb {
    ($($kind:ident),*) => {
        $(impl From<redb::$kind> for StoreError {
            fn from(error: redb::$kind) -> StoreError {
                redb::Error::from(error).into()
            }
        })*
    };
}

from_redb!(DatabaseError, StorageError, TableError, TransactionError, CommitError, CompactionError, SetDurabilityError);
