//! A disk that fails at every single write in turn: after a crash there is everything of a transaction or nothing, and a
//! full disk loses nothing and is got over.

use super::{Carried, CarryState, Shelf, Wait};
use super::{Store, StoreError, samples};
use crate::domain::{CaseId, DocumentId, ItemId};
use redb::StorageBackend;
use std::io;
use std::sync::{Arc, Mutex};

/// A disk in memory that remembers what was synced, and fails when its budget of writes is spent.
#[derive(Clone)]
struct Disk(Arc<Mutex<Platter>>);

struct Platter {
    bytes: Vec<u8>,
    synced: Vec<u8>,
    /// What was done since the last sync.
    pending: Vec<Step>,
    left: usize,
    failure: io::ErrorKind,
}

#[derive(Clone)]
enum Step {
    Write(usize, Vec<u8>),
    SetLen(usize),
}

impl std::fmt::Debug for Disk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Disk")
    }
}

fn apply(bytes: &mut Vec<u8>, step: &Step) {
    match step {
        Step::Write(at, data) => bytes[*at..*at + data.len()].copy_from_slice(data),
        Step::SetLen(len) => bytes.resize(*len, 0),
    }
}

impl Disk {
    fn of(bytes: Vec<u8>, left: usize, failure: io::ErrorKind) -> Disk {
        Disk(Arc::new(Mutex::new(Platter { synced: bytes.clone(), bytes, pending: Vec::new(), left, failure })))
    }

    fn open(&self) -> Result<Store, StoreError> {
        let disk = self.clone();
        Store::open_with_backend(move || Ok(disk.clone()), &samples::firm(), samples::vault())
    }

    fn step(&self, step: Step) -> io::Result<()> {
        let mut disk = self.0.lock().unwrap();
        disk.spend()?;
        apply(&mut disk.bytes, &step);
        disk.pending.push(step);
        Ok(())
    }

    /// What may be on a real disk after power was lost now: all that was written; every second or third, or only the last
    /// of what was not synced.
    fn after_power_loss(&self) -> Vec<Vec<u8>> {
        let disk = self.0.lock().unwrap();
        let last = disk.pending.len().saturating_sub(1);
        let kept: fn(usize, usize) -> bool = match disk.pending.len() % 3 {
            0 => |n, last| n == last,
            1 => |n, _| n % 2 == 0,
            _ => |n, _| n % 3 != 0,
        };
        let mut mixed = disk.synced.clone();
        for (n, step) in disk.pending.iter().enumerate() {
            if kept(n, last) || matches!(step, Step::SetLen(len) if *len > mixed.len()) {
                apply(&mut mixed, step);
            }
        }
        vec![disk.bytes.clone(), mixed]
    }
}

impl Platter {
    fn spend(&mut self) -> io::Result<()> {
        self.left = self.left.checked_sub(1).ok_or_else(|| io::Error::from(self.failure))?;
        Ok(())
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.lock().unwrap().bytes.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let disk = self.0.lock().unwrap();
        let at = offset as usize;
        out.copy_from_slice(disk.bytes.get(at..at + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.step(Step::SetLen(len as usize))
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut disk = self.0.lock().unwrap();
        disk.spend()?;
        disk.synced = disk.bytes.clone();
        disk.pending.clear();
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.step(Step::Write(offset as usize, data.to_vec()))
    }
}

/// The `n`th transaction touches tables all over the file; each of its parts says `n`.
fn write(store: &Store, n: u64) -> Result<(), StoreError> {
    store.write(|w| {
        assert_eq!(w.bump_counter("transactions")?, n);
        w.put_entry(&samples::entry(1, n, n))?;
        w.remove_entry(CaseId(n - 1))?;
        w.put_link(&samples::link(n), &samples::record(n))?;
        w.add_history(&samples::history(n))?;
        w.put_tokens(&samples::tokens(&n.to_string()))?;
        w.put_carried(Shelf::Documents, &item(n - 1), &arrived(n - 1), None)?;
        let begun = CarryState::Begun { path: Some(format!("folder/{n}.pdf")), asked_at: samples::now() };
        let wait = Some((0, Wait::Until(samples::now())));
        w.put_carried(Shelf::Documents, &item(n), &Carried { state: begun, ..Carried::owed(false) }, wait)
    })
}

fn item(n: u64) -> ItemId {
    ItemId(n.to_string())
}

fn arrived(n: u64) -> Carried {
    let (path, sha256) = (format!("folder/{n}.pdf"), String::new());
    Carried::settled(CarryState::Document { document: DocumentId(n), path, length: n, sha256, at: samples::now() })
}

/// How many transactions the state holds; panics when its parts do not agree.
fn held(store: &Store) -> u64 {
    let n = store.counter("transactions").unwrap();
    let links: Vec<u64> = store.links().unwrap().iter().unwrap().map(|link| link.unwrap().case.0).collect();
    assert_eq!(links, (1..=n).collect::<Vec<_>>());
    assert!(links.iter().all(|case| store.links().unwrap().sent(CaseId(*case)).unwrap().is_some()));
    assert_eq!(store.history(None, 100).unwrap().len() as u64, n);
    let journal: Vec<u64> = store.journal().unwrap().iter().map(|entry| entry.seq).collect();
    assert_eq!(journal, if n == 0 { vec![] } else { vec![n] });
    assert_eq!(store.tokens().unwrap(), (n > 0).then(|| samples::tokens(&n.to_string())));
    let open: Vec<ItemId> = store.carried_open(Shelf::Documents).unwrap().into_keys().collect();
    assert_eq!(open, if n == 0 { vec![] } else { vec![item(n)] }, "of the ledger, too, only the last is open");
    assert!((1..n).all(|n| store.carried(Shelf::Documents, &item(n)).unwrap() == Some(arrived(n))));
    n
}

const TRANSACTIONS: u64 = 2;

fn written() -> Vec<u8> {
    let disk = Disk::of(Vec::new(), usize::MAX, io::ErrorKind::Other);
    drop(disk.open().unwrap());
    disk.0.lock().unwrap().bytes.clone()
}

#[test]
fn after_a_crash_at_any_write_there_is_all_of_a_transaction_or_nothing() {
    let fresh = written();
    let mut crashes = 0;
    for budget in 0.. {
        let disk = Disk::of(fresh.clone(), budget, io::ErrorKind::Other);
        let mut returned = 0;
        if let Ok(store) = disk.open() {
            returned = (1..=TRANSACTIONS).take_while(|n| write(&store, *n).is_ok()).count() as u64;
        }
        if returned == TRANSACTIONS {
            break;
        }
        crashes += 1;
        for (image, bytes) in disk.after_power_loss().into_iter().enumerate() {
            let found = held(&Disk::of(bytes, usize::MAX, io::ErrorKind::Other).open().unwrap());
            assert!((returned..=returned + 1).contains(&found), "budget {budget}, image {image}: {found} of {returned} returned");
        }
    }
    assert!(crashes > 20, "{crashes}");
}

#[test]
fn storage_that_was_never_made_whole_opens_as_new_or_says_that_it_is_unsound() {
    let mut unsound = 0;
    for budget in 0..1000 {
        let disk = Disk::of(Vec::new(), budget, io::ErrorKind::Other);
        if disk.open().is_ok() {
            break;
        }
        for (image, bytes) in disk.after_power_loss().into_iter().enumerate() {
            match Disk::of(bytes, usize::MAX, io::ErrorKind::Other).open() {
                Ok(store) => assert_eq!(held(&store), 0),
                Err(StoreError::Unsound(_)) => unsound += 1,
                Err(other) => panic!("budget {budget}, image {image}: {other:?}"),
            }
        }
    }
    assert!(unsound > 0, "this is why a file is made under another name first");
}

#[test]
fn a_full_disk_is_said_loses_nothing_and_is_got_over_when_there_is_room() {
    let fresh = written();
    for budget in (0..60).step_by(7) {
        let disk = Disk::of(fresh.clone(), usize::MAX, io::ErrorKind::StorageFull);
        let store = disk.open().unwrap();
        write(&store, 1).unwrap();
        disk.0.lock().unwrap().left = budget;
        let mut done = 1;
        let error = loop {
            match write(&store, done + 1) {
                Ok(()) => done += 1,
                Err(error) => break error,
            }
        };
        assert!(matches!(error, StoreError::Full(_)), "{error:?}");
        assert!(matches!(write(&store, done + 1), Err(StoreError::Full(_) | StoreError::Closed)), "still full");
        disk.0.lock().unwrap().left = usize::MAX;
        let after = held(&store);
        assert!((done..=done + 1).contains(&after), "{after} of {done}");
        write(&store, after + 1).unwrap();
        drop(store);
        assert_eq!(held(&disk.open().unwrap()), after + 1);
    }
}
