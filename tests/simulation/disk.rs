//! A firm's disk: memory that can be full, and that may lose what was not synced when its process dies.
//!
//! A process dies at a sync, on either side of it: writes before it come in an order that redb does not promise, so a seed
//! that counted them would not replay. What a torn write does is `store/crash_tests.rs`' matter.

use crate::doom::Doom;
use redb::StorageBackend;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What is on the disk. It outlives the processes that use it.
#[derive(Clone, Default)]
pub(crate) struct Disk(Arc<Mutex<Platter>>);

#[derive(Default)]
struct Platter {
    bytes: Vec<u8>,
    /// How what was written since the last sync is undone, the latest last.
    undo: Vec<Undo>,
    full: bool,
    /// After so many more syncs the process dies, before or after the last takes effect.
    dies: Option<(u64, bool)>,
}

enum Undo {
    Write(usize, Vec<u8>),
    Shorten(usize),
    Lengthen(Vec<u8>),
}

/// One process's way to the disk; it leads nowhere once that process is dead.
#[derive(Clone)]
pub(crate) struct Way {
    disk: Disk,
    doom: Doom,
}

impl std::fmt::Debug for Way {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Way")
    }
}

impl Disk {
    /// A way for a process that lives until this doom.
    pub(crate) fn way(&self, doom: &Doom) -> Way {
        Way { disk: self.clone(), doom: doom.clone() }
    }

    /// From now on there is no room, or there is again.
    pub(crate) fn set_full(&self, full: bool) {
        self.platter().full = full;
    }

    /// The process dies at the sync after so many; `after` says on which side of it.
    pub(crate) fn dies_at(&self, syncs: u64, after: bool) {
        self.platter().dies = Some((syncs, after));
    }

    /// The process is dead: what it had not synced may be lost (`lost`), or have reached the disk all the same.
    pub(crate) fn crash(&self, lost: bool) {
        let mut platter = self.platter();
        let undo = std::mem::take(&mut platter.undo);
        platter.dies = None;
        if lost {
            undo.into_iter().rev().for_each(|undo| platter.undo(undo));
        }
    }

    /// Nothing is to go wrong any more.
    pub(crate) fn calm(&self) {
        self.platter().dies = None;
    }

    fn platter(&self) -> MutexGuard<'_, Platter> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Platter {
    fn undo(&mut self, undo: Undo) {
        match undo {
            Undo::Write(at, old) => self.bytes[at..at + old.len()].copy_from_slice(&old),
            Undo::Shorten(len) => self.bytes.truncate(len),
            Undo::Lengthen(end) => self.bytes.extend_from_slice(&end),
        }
    }

    fn room(&self) -> io::Result<()> {
        if self.full { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }
}

impl Way {
    fn platter(&self) -> io::Result<MutexGuard<'_, Platter>> {
        if self.doom.is_dead() { Err(io::Error::other("the process is dead")) } else { Ok(self.disk.platter()) }
    }
}

impl StorageBackend for Way {
    fn len(&self) -> io::Result<u64> {
        Ok(self.platter()?.bytes.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let platter = self.platter()?;
        let at = offset as usize;
        out.copy_from_slice(platter.bytes.get(at..at + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut platter = self.platter()?;
        platter.room()?;
        let (before, len) = (platter.bytes.len(), len as usize);
        let undo = if len < before { Undo::Lengthen(platter.bytes.split_off(len)) } else { Undo::Shorten(before) };
        platter.bytes.resize(len, 0);
        platter.undo.push(undo);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut platter = self.platter()?;
        match platter.dies {
            Some((0, after)) => {
                if after {
                    platter.undo.clear();
                }
                platter.dies = None;
                self.doom.die();
                Err(io::Error::other("the process is dead"))
            }
            Some((left, after)) => {
                platter.dies = Some((left - 1, after));
                platter.undo.clear();
                Ok(())
            }
            None => {
                platter.undo.clear();
                Ok(())
            }
        }
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut platter = self.platter()?;
        platter.room()?;
        let at = offset as usize;
        let old = platter.bytes[at..at + data.len()].to_vec();
        platter.undo.push(Undo::Write(at, old));
        platter.bytes[at..at + data.len()].copy_from_slice(data);
        Ok(())
    }
}
