//! Power lost at every single write, and again at every write of the recovery: of each transaction there is everything or
//! nothing, and nothing that was confirmed is missing.
//!
//! What is tried is a sample that the same seed draws each time. `CRASHES=all cargo test --release --lib store::crash --
//! --nocapture` tries every moment with every kind of loss and twelve crashes of each recovery, and says how many that were.

use super::disk::{Chance, Crash, Disk, Log};
use super::workload::{held, write};
use crate::store::check::content;
use crate::store::{Checked, Shelf, Store, Vault, load_key, samples};
use camino::Utf8Path;
use std::sync::Arc;

const TRANSACTIONS: u64 = 6;

/// A state at work, and after how many steps each of its transactions was confirmed.
fn at_work(fresh: Vec<u8>) -> (Log, Vec<usize>) {
    let disk = Disk::of(fresh);
    let mut confirmed = Vec::new();
    {
        let store = disk.open(samples::vault()).unwrap();
        for n in 1..=TRANSACTIONS {
            write(&store, n).unwrap();
            confirmed.push(disk.steps());
            if n == TRANSACTIONS / 2 {
                store.compact().unwrap();
            }
        }
    }
    (disk.log(), confirmed)
}

pub(super) fn fresh() -> Vec<u8> {
    let disk = Disk::of(Vec::new());
    drop(disk.open(samples::vault()).unwrap());
    disk.bytes()
}

fn all_are_wanted() -> bool {
    std::env::var("CRASHES").is_ok_and(|tried| tried == "all")
}

/// So many of them from all over, always the same.
fn sample<T>(mut all: Vec<T>, most: usize) -> Vec<T> {
    let mut chance = Chance(all.len() as u64);
    while all.len() > most {
        all.swap_remove(chance.below(all.len()));
    }
    all
}

/// Opens what each crash leaves, and crashes while that recovers, too. `look` panics when something is wrong, and answers
/// what it found; the second time it must find something that `may` allows.
#[expect(clippy::print_stderr, reason = "the figures of the long run")]
fn recovers<F: PartialEq + std::fmt::Debug>(
    log: &Log,
    (first, second): (usize, usize),
    vault: &Arc<Vault>,
    look: impl Fn(&Store) -> F,
    may: impl Fn(Crash, &F) -> bool,
) -> [usize; 2] {
    let (first, second) = if all_are_wanted() { (usize::MAX, 12) } else { (first, second) };
    let crashes = sample(log.crashes(0, 2), first);
    let mut tried = [crashes.len(), 0];
    for crash in crashes {
        let disk = Disk::of(log.after(crash));
        let store = disk.open(vault.clone()).unwrap_or_else(|error| panic!("{crash:?}: {error:?}"));
        let found = look(&store);
        assert!(may(crash, &found), "{crash:?}: {found:?}");
        let opened = disk.steps();
        drop(store);
        let recovery = disk.log();
        for again in sample(recovery.crashes(0, 1), second) {
            tried[1] += 1;
            let disk = Disk::of(recovery.after(again));
            let store = disk.open(vault.clone()).unwrap_or_else(|error| panic!("{crash:?}, then {again:?}: {error:?}"));
            let second = look(&store);
            assert!(may(crash, &second), "{crash:?}, then {again:?}: {second:?}");
            assert!(again.at < opened || second == found, "{crash:?}, then {again:?}: {second:?} after {found:?} was seen");
        }
    }
    eprintln!("{} crashes, and {} while one was recovered from", tried[0], tried[1]);
    tried
}

#[test]
fn of_each_transaction_there_is_all_or_nothing_and_what_was_confirmed_stays() {
    let (log, confirmed) = at_work(fresh());
    let may = |crash: Crash, found: &u64| {
        let sure = confirmed.iter().filter(|at| **at <= crash.at).count() as u64;
        (sure..=sure + 1).contains(found)
    };
    let tried = recovers(&log, (80, 1), &samples::vault(), held, may);
    assert!(tried[0] >= 80 && tried[1] >= 80, "{tried:?}");
}

fn fixtures() -> &'static Utf8Path {
    Utf8Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/state"))
}

#[test]
fn a_state_on_its_way_to_a_newer_format_is_the_older_or_the_newer_one_whole() {
    let vault = Arc::new(load_key(&fixtures().join("vault.key")).unwrap().vault);
    let disk = Disk::of(fs_err::read(fixtures().join("format-1.redb")).unwrap());
    let look = |store: &Store| {
        let mut checked = Checked::default();
        content(store, &mut checked).unwrap();
        assert!(checked.is_sound(), "{checked:?}");
        assert!(store.carried_open(Shelf::Documents).unwrap().is_empty());
        checked.rows
    };
    let whole = look(&disk.open(vault.clone()).unwrap());
    assert_eq!((whole["links"], whole["sent"], whole["history"]), (39, 39, 39));
    let tried = recovers(&disk.log(), (20, 1), &vault, look, |_, rows| *rows == whole);
    assert!(tried[0] >= 20 && tried[1] >= 20, "{tried:?}");
}
