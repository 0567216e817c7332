//! A disk in memory that keeps a log of what was done to it; from the log, what power lost at any moment may leave.
//!
//! After a sync everything before it is on the disk. Of what came later any part may be, whole or torn at a sector's edge, and a
//! length that was set may be forgotten. A place written twice holds the older bytes or the newer ones, never newer ones that
//! the older ones overwrote: so a choice of the writes, kept in their order, is every order they could reach the disk in.

use crate::store::{Store, StoreError, Vault};
use redb::StorageBackend;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

/// The smallest piece that a disk writes whole.
const SECTOR: usize = 512;

#[derive(Clone)]
pub(super) struct Disk(Arc<Mutex<Platter>>);

struct Platter {
    before: Vec<u8>,
    bytes: Vec<u8>,
    steps: Vec<Step>,
    /// Steps that may still be taken; then each fails.
    left: usize,
    failure: io::ErrorKind,
}

#[derive(Clone)]
enum Step {
    Write(usize, Vec<u8>),
    SetLen(usize),
    Sync,
}

impl std::fmt::Debug for Disk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Disk")
    }
}

impl Disk {
    pub(super) fn of(bytes: Vec<u8>) -> Disk {
        Disk::failing(bytes, usize::MAX, io::ErrorKind::Other)
    }

    /// One that fails so when it has taken so many steps.
    pub(super) fn failing(bytes: Vec<u8>, left: usize, failure: io::ErrorKind) -> Disk {
        Disk(Arc::new(Mutex::new(Platter { before: bytes.clone(), bytes, steps: Vec::new(), left, failure })))
    }

    pub(super) fn open(&self, vault: Arc<Vault>) -> Result<Store, StoreError> {
        let disk = self.clone();
        Store::open_with_backend(move || Ok(disk.clone()), &crate::store::samples::firm(), vault)
    }

    pub(super) fn may_take(&self, steps: usize) {
        self.platter().left = steps;
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        self.platter().bytes.clone()
    }

    /// How many steps were taken.
    pub(super) fn steps(&self) -> usize {
        self.platter().steps.len()
    }

    pub(super) fn log(&self) -> Log {
        let platter = self.platter();
        Log { before: platter.before.clone(), steps: platter.steps.clone() }
    }

    fn platter(&self) -> MutexGuard<'_, Platter> {
        self.0.lock().unwrap()
    }

    fn step(&self, step: Step) -> io::Result<()> {
        let mut platter = self.platter();
        platter.left = platter.left.checked_sub(1).ok_or_else(|| io::Error::from(platter.failure))?;
        apply(&mut platter.bytes, &step);
        platter.steps.push(step);
        Ok(())
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.platter().bytes.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let platter = self.platter();
        let at = offset as usize;
        out.copy_from_slice(platter.bytes.get(at..at + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.step(Step::SetLen(len as usize))
    }

    fn sync_data(&self) -> io::Result<()> {
        self.step(Step::Sync)
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.step(Step::Write(offset as usize, data.to_vec()))
    }
}

fn apply(bytes: &mut Vec<u8>, step: &Step) {
    match step {
        Step::Write(at, data) => {
            // A file grows when it is written beyond its end, also where the length that was set is forgotten.
            bytes.resize(bytes.len().max(at + data.len()), 0);
            bytes[*at..at + data.len()].copy_from_slice(data);
        }
        Step::SetLen(len) => bytes.resize(*len, 0),
        Step::Sync => {}
    }
}

/// What was done to a disk, from its first bytes on.
pub(super) struct Log {
    before: Vec<u8>,
    steps: Vec<Step>,
}

/// What became of the steps since the last sync.
#[derive(Debug, Clone, Copy)]
pub(super) enum Loss {
    /// All are on the disk: the program was killed, not the machine.
    Nothing,
    /// None is.
    All,
    /// All are, the last one only up to some sector, or some byte.
    Torn(u64),
    /// Some are.
    Some(u64),
    /// Some sectors of each are.
    Sectors(u64),
}

/// A moment, as the number of steps taken before it, and what was lost then.
#[derive(Debug, Clone, Copy)]
pub(super) struct Crash {
    pub(super) at: usize,
    pub(super) loss: Loss,
}

impl Log {
    /// Every moment from this one on, each with every kind of loss, and with `more` choices of what was lost.
    pub(super) fn crashes(&self, from: usize, more: u64) -> Vec<Crash> {
        let losses = |at: u64| {
            let seeded = (0..more).flat_map(move |n| [Loss::Some(at * 31 + n), Loss::Sectors(at * 37 + n)]);
            [Loss::Nothing, Loss::All, Loss::Torn(2 * at), Loss::Torn(2 * at + 1)].into_iter().chain(seeded)
        };
        (from..=self.steps.len()).flat_map(|at| losses(at as u64).map(move |loss| Crash { at, loss })).collect()
    }

    /// What is on the disk after it.
    pub(super) fn after(&self, Crash { at, loss }: Crash) -> Vec<u8> {
        let synced = self.steps[..at].iter().rposition(|step| matches!(step, Step::Sync)).map_or(0, |sync| sync + 1);
        let mut bytes = self.before.clone();
        self.steps[..synced].iter().for_each(|step| apply(&mut bytes, step));
        let pending = &self.steps[synced..at];
        let mut keep = |step: &Step| apply(&mut bytes, step);
        match loss {
            Loss::Nothing => pending.iter().for_each(keep),
            Loss::All => {}
            Loss::Torn(seed) => {
                let Some((last, others)) = pending.split_last() else { return bytes };
                others.iter().for_each(&mut keep);
                if let Step::Write(at, data) = last {
                    let (byte, mut chance) = (seed % 2 == 1, Chance(seed));
                    let cut = if byte { chance.below(data.len()) } else { chance.below(data.len().div_ceil(SECTOR)) * SECTOR };
                    keep(&Step::Write(*at, data[..cut].to_vec()));
                }
            }
            Loss::Some(seed) => {
                let mut chance = Chance(seed);
                pending.iter().filter(|_| chance.below(2) == 0).for_each(keep);
            }
            Loss::Sectors(seed) => {
                let mut chance = Chance(seed);
                for step in pending {
                    match step {
                        Step::Write(at, data) => {
                            data.chunks(SECTOR).enumerate().filter(|_| chance.below(2) == 0).for_each(|(n, sector)| {
                                keep(&Step::Write(at + n * SECTOR, sector.to_vec()));
                            })
                        }
                        other => keep(other),
                    }
                }
            }
        }
        bytes
    }
}

/// The same numbers from the same seed (splitmix64).
pub(super) struct Chance(pub(super) u64);

impl Chance {
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % end.max(1) as u64) as usize
    }
}
