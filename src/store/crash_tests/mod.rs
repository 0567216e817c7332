//! Disks that fail: power lost at every write, and again while that is mended (`every_write.rs`); a disk that fills up, and a
//! file that was never made whole.

mod disk;
mod every_write;
mod workload;

use super::{StoreError, samples};
use disk::{Crash, Disk, Loss};
use std::io;
use workload::{held, write};

#[test]
fn storage_that_was_never_made_whole_opens_as_new_or_says_that_it_is_unsound() {
    let mut unsound = 0;
    for budget in 0..1000 {
        let disk = Disk::failing(Vec::new(), budget, io::ErrorKind::Other);
        if disk.open(samples::vault()).is_ok() {
            break;
        }
        let seed = budget as u64;
        for loss in [Loss::Nothing, Loss::All, Loss::Torn(seed), Loss::Some(seed), Loss::Sectors(seed)] {
            let crash = Crash { at: disk.steps(), loss };
            match Disk::of(disk.log().after(crash)).open(samples::vault()) {
                Ok(store) => assert_eq!(held(&store), 0),
                Err(StoreError::Unsound(_)) => unsound += 1,
                Err(other) => panic!("budget {budget}, {crash:?}: {other:?}"),
            }
        }
    }
    assert!(unsound > 0, "this is why a file is made under another name first");
}

#[test]
fn a_full_disk_is_said_loses_nothing_and_is_got_over_when_there_is_room() {
    let fresh = every_write::fresh();
    for budget in (0..60).step_by(7) {
        let disk = Disk::failing(fresh.clone(), usize::MAX, io::ErrorKind::StorageFull);
        let store = disk.open(samples::vault()).unwrap();
        write(&store, 1).unwrap();
        disk.may_take(budget);
        let mut done = 1;
        let error = loop {
            match write(&store, done + 1) {
                Ok(()) => done += 1,
                Err(error) => break error,
            }
        };
        assert!(matches!(error, StoreError::Full(_)), "{error:?}");
        assert!(matches!(write(&store, done + 1), Err(StoreError::Full(_) | StoreError::Closed)), "still full");
        disk.may_take(usize::MAX);
        let after = held(&store);
        assert!((done..=done + 1).contains(&after), "{after} of {done}");
        write(&store, after + 1).unwrap();
        drop(store);
        assert_eq!(held(&disk.open(samples::vault()).unwrap()), after + 1);
    }
}
