//! Files whose bytes are not what was last written: each is set aside and reported, or opens with everything in it.

use super::{Store, StoreError, samples};
use crate::domain::{CaseId, Link};
use camino::{Utf8Path, Utf8PathBuf};

fn folder() -> (tempfile::TempDir, Utf8PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = Utf8PathBuf::from_path_buf(dir.path().join("acme.redb")).unwrap();
    (dir, path)
}

fn open(path: &Utf8Path) -> Result<Store, StoreError> {
    Store::open(path, &samples::firm(), samples::vault(), samples::now())
}

/// A closed file of some pages; its last commit is one small write.
fn sound(path: &Utf8Path) -> Vec<u8> {
    let store = open(path).unwrap();
    store.write(|w| (1..60).try_for_each(|case| w.put_link(&samples::link(case), &samples::record(case)))).unwrap();
    store.write(|w| w.put_link(&samples::link(60), &samples::record(60))).unwrap();
    drop(store);
    fs_err::read(path).unwrap()
}

fn links(store: &Store) -> Vec<Link> {
    store.links().unwrap().iter().unwrap().map(Result::unwrap).collect()
}

#[track_caller]
fn is_set_aside(path: &Utf8Path, bytes: &[u8]) {
    fs_err::write(path, bytes).unwrap();
    let Err(StoreError::Damaged { set_aside, .. }) = open(path) else { panic!("it opened") };
    assert!(set_aside.as_str().contains("acme.redb.damaged-20261123T142233Z"), "{set_aside}");
    assert!(!path.exists(), "moved, not copied");
    assert_eq!(fs_err::read(&set_aside).unwrap(), bytes, "unchanged");
}

#[test]
fn a_foreign_or_shortened_file_is_set_aside_unchanged_and_the_next_opening_starts_anew() {
    let (_dir, path) = folder();
    let bytes = sound(&path);
    is_set_aside(&path, b"this is no state");
    is_set_aside(&path, &bytes[..bytes.len() / 2]);
    is_set_aside(&path, &bytes[..4096]);
    is_set_aside(&path, b"");
    assert!(links(&open(&path).unwrap()).is_empty());
    assert_eq!(fs_err::read_dir(path.parent().unwrap()).unwrap().count(), 5, "four set aside, each under its own name");
}

#[test]
fn a_crash_while_the_file_is_made_leaves_only_a_stray_file_beside_it() {
    let (_dir, path) = folder();
    fs_err::write(format!("{path}.0123456789abcdef.new"), "half a").unwrap();
    assert!(links(&open(&path).unwrap()).is_empty());
    let names = fs_err::read_dir(path.parent().unwrap()).unwrap().count();
    assert_eq!(names, 2, "the stray one and the state");
}

#[test]
fn a_page_that_changed_is_never_trusted_and_never_hides_the_last_commit() {
    let (_dir, path) = folder();
    let bytes = sound(&path);
    let whole = links(&open(&path).unwrap());
    assert_eq!(whole.len(), 60);
    let mut found = 0;
    // Every page once, at a place that moves, so that headers, keys and values all get their turn.
    for page in 1..bytes.len() / 4096 {
        let mut changed = bytes.clone();
        let at = page * 4096 + (page * 37) % 400;
        changed[at] ^= 0x55;
        fs_err::write(&path, &changed).unwrap();
        match open(&path) {
            Ok(store) => {
                assert_eq!(links(&store), whole, "page {page}");
                assert!(store.links().unwrap().sent(CaseId(60)).unwrap().is_some(), "page {page}");
            }
            Err(StoreError::Damaged { .. }) => found += 1,
            Err(other) => panic!("page {page}: {other}"),
        }
    }
    assert!(found > 10, "{found} pages in use");
}

#[test]
fn a_changed_byte_of_the_files_head_is_found_or_changes_nothing() {
    let (_dir, path) = folder();
    let bytes = sound(&path);
    let whole = links(&open(&path).unwrap());
    for at in (0..64).chain((64..320).step_by(3)) {
        let mut changed = bytes.clone();
        changed[at] ^= if at == 9 { 1 } else { 0x55 }; // Byte 9 says which of the two last commits is in force.
        fs_err::write(&path, &changed).unwrap();
        match open(&path) {
            Ok(store) => assert_eq!(links(&store), whole, "byte {at}"),
            Err(StoreError::Damaged { .. }) => {}
            Err(other) => panic!("byte {at}: {other}"),
        }
    }
}
