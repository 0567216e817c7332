//! Opens a firm's state and keeps it open; hands out one transaction at a time. What stands in the tables is not its matter.
//!
//! Opening checks the whole file: a plain open of redb trusts its pages, and a damaged one panics when it is read. A file
//! that fails is set aside and reported, never mended. redb's own recovery after an unclean stop is no damage.

use super::error::is_damage;
use super::sealer::Sealer;
use super::snapshot::Snapshot;
use super::{StoreError, Vault, Writer, migrate, set_aside, tables};
use crate::domain::FirmId;
use camino::Utf8Path;
use jiff::Timestamp;
use redb::backends::{FileBackend, InMemoryBackend};
use redb::{Database, DatabaseError, ReadableDatabase, StorageBackend};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// redb's own cache of pages for each firm: next to none, the system's cache of the file does the work. Links are read in the
/// order of their cases, once a run, so what a cache of them holds is never asked for again, and 500 firms would keep all they
/// read in their last run (redb's default is 1 GiB each). Of its sixteen pages a write takes eight along before it spills;
/// with two an import takes an eighth longer.
const CACHE_BYTES: usize = 64 << 10;

/// One firm's state, open. Cheap to clone; the file closes when the last clone is dropped.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    sealer: Sealer,
    /// `None` while it cannot be opened again after a failure.
    db: RwLock<Option<Database>>,
    /// A read or write failed: redb refuses whatever comes after, so the file is opened anew before the next transaction.
    failed: AtomicBool,
    open: Box<dyn Fn() -> Result<Database, DatabaseError> + Send + Sync>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Store({})", self.0.sealer.firm())
    }
}

impl Store {
    /// Opens a firm's file, or makes it: folder 0700, file 0600. `now` names a damaged file that is set aside.
    ///
    /// Crash before it returns: no file, or a whole one of some format, which opens again; a stray `.new` file may stay.
    /// After: the file has every table and the format of this casebridge.
    pub fn open(path: &Utf8Path, firm: &FirmId, vault: Arc<Vault>, now: Timestamp) -> Result<Store, StoreError> {
        let sealer = Sealer::new(vault, firm.clone());
        if !path.exists() {
            set_aside::not_half_way(path, firm)?;
            make(path, &sealer)?;
        }
        let file = path.to_owned();
        let open = Box::new(move || database(FileBackend::new(set_aside::open_private(&file)?)?));
        let db = match open() {
            Ok(db) => db,
            Err(error) if is_damage(&error) => {
                let set_aside = set_aside::set_aside(path, now).map_err(|error| StoreError::io("set aside", error))?;
                return Err(StoreError::Damaged { firm: firm.clone(), set_aside, source: Box::new(error.into()) });
            }
            Err(error) => return Err(from_opening(error, firm)),
        };
        Store::with(db, open, sealer)
    }

    /// Opens a file that is there and, when it is damaged, leaves it where it is.
    pub fn open_as_it_is(path: &Utf8Path, firm: &FirmId, vault: Arc<Vault>) -> Result<Store, StoreError> {
        let file = path.to_owned();
        let open = Box::new(move || database(FileBackend::new(set_aside::open_private(&file)?)?));
        let db = open().map_err(|error| from_opening(error, firm))?;
        Store::with(db, open, Sealer::new(vault, firm.clone()))
    }

    /// Opens a state on other storage: tests that fail writes, simulations. `make` is called again after a failure.
    pub fn open_with_backend<B: StorageBackend>(
        make: impl Fn() -> io::Result<B> + Send + Sync + 'static,
        firm: &FirmId,
        vault: Arc<Vault>,
    ) -> Result<Store, StoreError> {
        let open = Box::new(move || database(make()?));
        let db = open().map_err(|error| from_opening(error, firm))?;
        Store::with(db, open, Sealer::new(vault, firm.clone()))
    }

    /// An empty state that is gone with its last clone.
    pub fn in_memory(firm: &FirmId, vault: Arc<Vault>) -> Result<Store, StoreError> {
        let made = AtomicBool::new(false);
        let once = move || match made.swap(true, Ordering::Relaxed) {
            false => Ok(InMemoryBackend::new()),
            true => Err(io::Error::other("memory is not opened twice")),
        };
        Store::open_with_backend(once, firm, vault)
    }

    fn with(
        db: Database,
        open: Box<dyn Fn() -> Result<Database, DatabaseError> + Send + Sync>,
        sealer: Sealer,
    ) -> Result<Store, StoreError> {
        prepare(&db, &sealer)?;
        Ok(Store(Arc::new(Inner { sealer, db: RwLock::new(Some(db)), failed: AtomicBool::new(false), open })))
    }

    /// The firm.
    pub fn firm(&self) -> &FirmId {
        self.0.sealer.firm()
    }

    /// One transaction: what the closure writes becomes durable together. Waits for the writer before it; must not be
    /// called within itself. When the closure fails, nothing is written.
    ///
    /// Crash before it returns: all of it is there, or nothing. Crash after: all of it. An error of the commit
    /// ([`StoreError::Full`], [`StoreError::Io`]) leaves the state as after such a crash. The next call opens the file anew,
    /// so that it goes on when there is room again; until it can, it says [`StoreError::Full`] or [`StoreError::Closed`],
    /// and snapshots taken before fail with [`StoreError::Closed`].
    pub fn write<R>(&self, fill: impl FnOnce(&mut Writer<'_>) -> Result<R, StoreError>) -> Result<R, StoreError> {
        let tx = self.begin(|db| Ok(db.begin_write()?))?;
        let mut writer = Writer::new(tx, &self.0.sealer)?;
        let done = match fill(&mut writer) {
            Ok(done) => writer.commit().map(|()| done),
            // The first failure is the one to report; dropping the writer gives up the transaction.
            Err(error) => Err(error),
        };
        if done.as_ref().is_err_and(StoreError::closes) {
            self.0.failed.store(true, Ordering::Release);
        }
        done
    }

    /// Gives freed pages back to the disk; `false` when nothing was to be gained or the state is being read.
    ///
    /// Crash before or after: the contents are the same.
    pub fn compact(&self) -> Result<bool, StoreError> {
        let mut guard = self.0.db.write().unwrap_or_else(PoisonError::into_inner);
        match guard.as_mut().ok_or(StoreError::Closed)?.compact() {
            Err(redb::CompactionError::TransactionInProgress) => Ok(false),
            other => Ok(other?),
        }
    }

    pub(super) fn read(&self) -> Result<Snapshot<'_>, StoreError> {
        let tx = self.begin(|db| Ok(db.begin_read()?))?;
        Ok(Snapshot::new(tx, &self.0.sealer))
    }

    pub(super) fn sealer(&self) -> &Sealer {
        &self.0.sealer
    }

    /// Begins a transaction; opens the file anew first when an earlier failure has closed it.
    fn begin<T>(&self, begin: impl Fn(&Database) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let now = |db: &Option<Database>| db.as_ref().ok_or(StoreError::Closed).and_then(&begin);
        let tried = match self.0.failed.load(Ordering::Acquire) {
            true => Err(StoreError::Closed),
            false => now(&self.0.db.read().unwrap_or_else(PoisonError::into_inner)),
        };
        match tried {
            Err(StoreError::Closed) => {
                self.reopen()?;
                now(&self.0.db.read().unwrap_or_else(PoisonError::into_inner))
            }
            other => other,
        }
    }

    fn reopen(&self) -> Result<(), StoreError> {
        self.0.failed.store(true, Ordering::Release);
        let mut guard = self.0.db.write().unwrap_or_else(PoisonError::into_inner);
        if !self.0.failed.load(Ordering::Acquire) {
            return Ok(()); // Another thread was faster.
        }
        *guard = None; // Closes the file and frees its lock.
        let db = (self.0.open)().map_err(|error| from_opening(error, self.firm()))?;
        prepare(&db, &self.0.sealer)?;
        *guard = Some(db);
        self.0.failed.store(false, Ordering::Release);
        Ok(())
    }
}

/// Makes a firm's file whole under another name and then gives it its own; a file that is there meanwhile is left.
fn make(path: &Utf8Path, sealer: &Sealer) -> Result<(), StoreError> {
    set_aside::make_whole(path, |file| {
        let db = database(FileBackend::new(file)?).map_err(|error| from_opening(error, sealer.firm()))?;
        prepare(&db, sealer)
    })
}

pub(super) fn database<B: StorageBackend>(backend: B) -> Result<Database, DatabaseError> {
    Database::builder().set_cache_size(CACHE_BYTES).set_check_integrity_on_open(true).create_with_backend(backend)
}

/// Writes a new state's first transaction, or checks an old one's format, firm and key.
///
/// Crash before: the file has no table and opens as new. After: it has them all.
fn prepare(db: &Database, sealer: &Sealer) -> Result<(), StoreError> {
    match migrate::format(db)? {
        Some(found) => {
            super::meta::check_owner(&Snapshot::new(db.begin_read()?, sealer), found)?;
            migrate::climb(db, sealer.firm(), found, &migrate::STEPS)
        }
        None => {
            let writer = Writer::new(db.begin_write()?, sealer)?;
            tables::make_all(writer.tx())?;
            migrate::stamp(writer.tx(), migrate::FORMAT)?;
            writer.mark_owner()?;
            writer.commit()
        }
    }
}

pub(super) fn from_opening(error: DatabaseError, firm: &FirmId) -> StoreError {
    match error {
        DatabaseError::DatabaseAlreadyOpen | DatabaseError::LockProtocolMismatch => StoreError::Busy { firm: firm.clone() },
        other => not_opened(other),
    }
}

/// The same of a file that nobody else has.
pub(super) fn not_opened(error: DatabaseError) -> StoreError {
    match error {
        damage if is_damage(&damage) => StoreError::Unsound(Box::new(damage.into())),
        DatabaseError::Storage(redb::StorageError::Io(error)) => StoreError::io("open", error),
        other => redb::Error::from(other).into(),
    }
}
