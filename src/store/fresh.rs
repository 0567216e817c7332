//! A state file in the making: written whole beside the one it is for, under a passing name, and then put in its place in one
//! step. What it holds is not its matter.
//!
//! Crash before a step of its own: what stood there stands. After: the new file does. A stray `.new` file may stay; nothing
//! ever reads it, and `state erase` removes it.

use super::open::{database, from_opening, not_opened};
use super::set_aside::{belongs_with, folder_of, make_private_folder, open_private, sync_folder};
use super::{Store, StoreError, Vault};
use crate::domain::FirmId;
use camino::{Utf8Path, Utf8PathBuf};
use redb::Database;
use redb::backends::FileBackend;
use std::io::{self, Write};
use std::sync::Arc;
use tempfile::{NamedTempFile, TempPath};

/// A whole state file without its final name; gone when dropped.
#[derive(Debug)]
pub struct Fresh(TempPath);

impl Fresh {
    /// Fills a new redb file (0600) that is to be `path` one day.
    pub(super) fn fill(
        path: &Utf8Path,
        firm: &FirmId,
        fill: impl FnOnce(&Database) -> Result<(), StoreError>,
    ) -> Result<Fresh, StoreError> {
        let (file, passing) = begin(path)?.into_parts();
        let synced = file.try_clone()?;
        let backend = FileBackend::new(file).map_err(|error| from_opening(error, firm))?;
        let db = database(backend).map_err(|error| from_opening(error, firm))?;
        fill(&db)?;
        drop(db);
        synced.sync_all()?;
        Ok(Fresh(passing))
    }

    /// A copy, byte by byte, of a file that nobody works on; [`StoreError::Busy`] when somebody does.
    pub fn copy_of(file: &Utf8Path, firm: &FirmId, path: &Utf8Path) -> Result<Fresh, StoreError> {
        let mut original = nobody_has(file, firm)?;
        let mut copy = begin(path)?;
        io::copy(&mut original, &mut copy).map_err(|error| StoreError::io("copy", error))?;
        copy.as_file().sync_all()?;
        Ok(Fresh(copy.into_temp_path()))
    }

    /// Opens it as the state of this firm; what is damaged is said and left.
    pub fn open(&self, firm: &FirmId, vault: Arc<Vault>) -> Result<Store, StoreError> {
        Store::open_as_it_is(self.path()?, firm, vault)
    }

    /// Opens it as a redb file, whatever it holds.
    pub(super) fn database(&self) -> Result<Database, StoreError> {
        let backend = open_private(self.path()?).map_err(redb::StorageError::Io).map_err(redb::DatabaseError::Storage);
        backend.and_then(|file| database(FileBackend::new(file)?)).map_err(not_opened)
    }

    /// Where it is for now.
    pub(super) fn path(&self) -> Result<&Utf8Path, StoreError> {
        let not_text = || io::Error::new(io::ErrorKind::InvalidFilename, "the state folder's name is not UTF-8");
        Utf8Path::from_path(&self.0).ok_or_else(|| not_text().into())
    }

    /// Gives it a name that is free; an error when it is not.
    pub fn name(self, path: &Utf8Path) -> Result<(), StoreError> {
        self.0.persist_noclobber(path).map_err(|error| StoreError::io("rename", error.error))?;
        Ok(sync_folder(folder_of(path))?)
    }

    /// Puts it in the place of the file that is there, if one is, which keeps the name `aside` when it is to be kept.
    ///
    /// Crash before the last step: the file that was there is in its place (and perhaps has its second name already). After:
    /// the new one. At no moment is the place empty.
    pub fn replace(self, path: &Utf8Path, aside: Option<&Utf8Path>) -> Result<(), StoreError> {
        if let Some(aside) = aside.filter(|_| path.exists()) {
            second_name(path, aside)?;
        }
        self.0.persist(path).map_err(|error| StoreError::io("rename", error.error))?;
        Ok(sync_folder(folder_of(path))?)
    }
}

/// Nobody works on a state file, and nobody begins while what this gives is kept.
pub fn nobody_has(file: &Utf8Path, firm: &FirmId) -> Result<std::fs::File, StoreError> {
    let file = fs_err::File::open(file).map_err(|error| StoreError::io("read", error))?.into_parts().0;
    match file.try_lock_shared() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(StoreError::Busy { firm: firm.clone() }),
        Err(std::fs::TryLockError::Error(error)) => Err(StoreError::io("lock", error)),
    }
}

/// Makes the names beside a file durable.
pub fn sync_names(file: &Utf8Path) -> Result<(), StoreError> {
    Ok(sync_folder(folder_of(file))?)
}

/// Puts a small file (0600) in the place of another, whole.
pub(super) fn write_over(path: &Utf8Path, bytes: &[u8]) -> io::Result<()> {
    let name = format!("{}.", path.file_name().unwrap_or_default());
    let mut file = tempfile::Builder::new().prefix(&name).suffix(".new").tempfile_in(folder_of(path))?;
    belongs_with(file.as_file(), folder_of(path))?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    sync_folder(folder_of(path))
}

/// A file of two names; a copy where the file system knows no second name.
fn second_name(path: &Utf8Path, aside: &Utf8Path) -> io::Result<()> {
    use io::ErrorKind::{PermissionDenied, Unsupported};
    match fs_err::hard_link(path, aside) {
        Err(error) if matches!(error.kind(), Unsupported | PermissionDenied) => {
            fs_err::copy(path, aside)?;
            fs_err::File::open(aside)?.sync_all()?;
        }
        other => other?,
    }
    sync_folder(folder_of(aside))
}

fn begin(path: &Utf8Path) -> Result<NamedTempFile, StoreError> {
    let folder = folder_of(path);
    make_private_folder(folder)?;
    let name = Utf8PathBuf::from(path.file_name().unwrap_or_default());
    let file = tempfile::Builder::new().prefix(&format!("{name}.")).suffix(".new").tempfile_in(folder)?;
    belongs_with(file.as_file(), folder)?;
    Ok(file)
}
