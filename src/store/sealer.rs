//! Seals rows for one firm and opens them again; ties every row to its place. Knows no table's meaning.

use super::plain::Plain;
use super::tables::SealedTable;
use super::{PrintKey, StoreError, Vault};
use crate::domain::{Fingerprinter, FirmId};
use redb::Key;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::{self, Write};
use std::sync::Arc;
use zeroize::Zeroizing;

/// Room for a row while it is written: most fit, and what does not moves, and is wiped where it stood. With what sealing adds it
/// is just below the 1,032 bytes up to which glibc hands out at once what was given back before.
const ROOM: usize = 960;

/// Seals a firm's rows.
#[derive(Clone)]
pub(super) struct Sealer {
    vault: Arc<Vault>,
    firm: FirmId,
}

/// A key as the text that is authenticated with its row.
pub(super) trait RowKey {
    fn write(&self, text: &mut impl Write) -> fmt::Result;

    fn text(&self) -> String {
        let mut text = String::new();
        // A text takes whatever is written to it.
        self.write(&mut text).ok();
        text
    }
}

impl RowKey for u64 {
    fn write(&self, text: &mut impl Write) -> fmt::Result {
        write!(text, "{self}")
    }
}

impl RowKey for &str {
    fn write(&self, text: &mut impl Write) -> fmt::Result {
        text.write_str(self)
    }
}

impl<A: RowKey> RowKey for (A, u32) {
    fn write(&self, text: &mut impl Write) -> fmt::Result {
        self.0.write(text)?;
        write!(text, "/{}", self.1)
    }
}

impl RowKey for (u64, u64) {
    fn write(&self, text: &mut impl Write) -> fmt::Result {
        write!(text, "{}/{}", self.0, self.1)
    }
}

impl Sealer {
    pub(super) fn new(vault: Arc<Vault>, firm: FirmId) -> Sealer {
        Sealer { vault, firm }
    }

    pub(super) fn firm(&self) -> &FirmId {
        &self.firm
    }

    /// A value as JSON, sealed for this table and key.
    pub(super) fn seal<K: Key, T: Serialize + ?Sized>(
        &self,
        table: &SealedTable<K>,
        key: &impl RowKey,
        value: &T,
    ) -> Result<Vec<u8>, StoreError> {
        let json = |row: &mut Plain| serde_json::to_writer(row, value).map_err(|_| StoreError::Row { table: table.name });
        self.vault.seal_written(&self.context(table.name, key), ROOM, json)
    }

    /// Bytes, sealed for this table and key.
    pub(super) fn seal_bytes(&self, table: &'static str, key: &impl RowKey, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        Ok(self.vault.seal(&self.context(table, key), plain)?)
    }

    /// The bytes of a row again; [`StoreError::Row`] when it was changed or moved.
    pub(super) fn open_bytes(&self, table: &'static str, key: &impl RowKey, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        self.vault.open(&self.context(table, key), sealed).map_err(|_| StoreError::Row { table })
    }

    /// What the firm's fingerprints are made under.
    pub(super) fn print_key(&self) -> PrintKey {
        PrintKey(*self.vault.print_key(&self.firm))
    }

    /// Makes the firm's fingerprints.
    pub(super) fn prints(&self) -> Fingerprinter {
        self.vault.fingerprinter(&self.firm)
    }

    /// The value again; [`StoreError::Row`] when the row was changed or moved.
    pub(super) fn open<K: Key, T: DeserializeOwned>(
        &self,
        table: &SealedTable<K>,
        key: &impl RowKey,
        sealed: &[u8],
    ) -> Result<T, StoreError> {
        let plain = self.open_bytes(table.name, key, sealed)?;
        serde_json::from_slice(&plain).map_err(|_| StoreError::Row { table: table.name })
    }

    fn context(&self, table: &'static str, key: &impl RowKey) -> String {
        let mut text = String::with_capacity(self.firm.as_str().len() + table.len() + 44);
        text.extend([self.firm.as_str(), "/", table, "/"]);
        // A text takes whatever is written to it.
        key.write(&mut text).ok();
        text
    }
}
