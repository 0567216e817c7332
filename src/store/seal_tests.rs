//! What a thief of the file reads: no name, phone, e-mail address, token or secret, also in pages that were freed.

use super::{PlanSlot, Shelf, Store, StoreError, Vault, Wait, samples};
use crate::domain::{CaseId, ItemId};
use crate::store::{Accepted, Connected, Pause};
use camino::Utf8PathBuf;
use secrecy::SecretString;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

fn folder() -> (tempfile::TempDir, Utf8PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = Utf8PathBuf::from_path_buf(dir.path().join("state/acme.redb")).unwrap();
    (dir, path)
}

fn open(path: &Utf8PathBuf) -> Result<Store, StoreError> {
    Store::open(path, &samples::firm(), samples::vault(), samples::now())
}

/// Writes everything there is to write, twice, so that freed pages lie about too.
fn fill(store: &Store) {
    for _ in 0..2 {
        store
            .write(|w| {
                for case in 1..40 {
                    w.put_link(&samples::link(case), &samples::record(case))?;
                    w.put_entry(&samples::entry(1, case, case))?;
                    w.add_history(&samples::history(case))?;
                }
                w.put_plan(PlanSlot::Waiting, &samples::plan(&[1, 2, 3]))?;
                w.put_tokens(&samples::tokens("pair"))?;
                w.put_secret("portal-key", &SecretString::from("stored-secret"))?;
                w.replace_exceptions(&[samples::exception(4)])?;
                w.put_run(w_run(), samples::now(), &serde_json::json!({ "notes": ["Wilhelmina"] }))?;
                w.put_carried(Shelf::Documents, &ItemId("8123".into()), &samples::posted(), Some((0, Wait::Size(1))))?;
                w.put_meta(&Connected { at: samples::now(), person: "approver-anna".into() })?;
                w.put_meta(&Pause { reason: "Boss is away".into(), since: samples::now(), until: None, who: Some("approver-anna".into()) })
            })
            .unwrap();
    }
}

fn w_run() -> crate::domain::RunId {
    crate::domain::RunId(1)
}

#[test]
fn nothing_personal_and_no_secret_is_readable_in_the_file() {
    let (_dir, path) = folder();
    let store = open(&path).unwrap();
    fill(&store);
    store.write(|w| w.remove_plan(PlanSlot::Waiting)).unwrap();
    drop(store);
    let bytes = fs_err::read(&path).unwrap();
    let holds = |word: &str| bytes.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word.as_bytes()));
    for word in samples::PRIVATE {
        assert!(!holds(word), "{word} is readable");
    }
    assert!(holds("Demand Sent") && holds("cs-00000007"), "stages and portal ids are in clear");
}

#[test]
fn what_was_written_is_there_after_closing_and_opening() {
    let (_dir, path) = folder();
    fill(&open(&path).unwrap());
    let store = open(&path).unwrap();
    assert_eq!(store.links().unwrap().len().unwrap(), 39);
    assert!(store.links().unwrap().sent(CaseId(7)).unwrap() == Some(samples::record(7)));
    assert_eq!(store.tokens().unwrap(), Some(samples::tokens("pair")));
    assert_eq!(store.meta::<Connected>().unwrap().unwrap().person, "approver-anna");
    assert!(store.meta::<Accepted>().unwrap().is_none());
    store.write(|w| w.remove_meta::<Connected>()).unwrap();
    assert!(store.meta::<Connected>().unwrap().is_none());
}

#[test]
fn the_file_and_its_folder_are_their_owners_alone() {
    let (_dir, path) = folder();
    let mode = |path: &camino::Utf8Path| fs_err::metadata(path).unwrap().permissions().mode() & 0o777;
    drop(open(&path).unwrap());
    assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    fs_err::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    drop(open(&path).unwrap());
    assert_eq!(mode(&path), 0o600);
}

#[test]
fn a_second_opening_is_told_that_the_state_is_in_use() {
    let (_dir, path) = folder();
    let store = open(&path).unwrap();
    assert!(matches!(open(&path), Err(StoreError::Busy { .. })));
    drop(store);
    open(&path).unwrap();
}

#[test]
fn another_vault_key_is_told_in_words_and_touches_nothing() {
    let (_dir, path) = folder();
    fill(&open(&path).unwrap());
    let other = Arc::new(Vault::from_key([8; 32]));
    let error = Store::open(&path, &samples::firm(), other, samples::now()).unwrap_err();
    assert!(matches!(error, StoreError::WrongKey { .. }));
    assert!(error.to_string().starts_with("the vault key does not open the state of acme"));
    assert_eq!(open(&path).unwrap().links().unwrap().len().unwrap(), 39);
}

#[test]
fn another_firms_file_is_refused() {
    let (_dir, path) = folder();
    drop(open(&path).unwrap());
    let other = "other".parse().unwrap();
    let error = Store::open(&path, &other, samples::vault(), samples::now()).unwrap_err();
    assert!(matches!(error, StoreError::OtherFirm { found, .. } if found == "acme"));
}

#[test]
fn a_file_of_a_newer_casebridge_is_refused_and_left() {
    let (_dir, path) = folder();
    fill(&open(&path).unwrap());
    let stamp = |format| {
        let db = redb::Database::open(&path).unwrap();
        let tx = db.begin_write().unwrap();
        super::migrate::stamp(&tx, format).unwrap();
        tx.commit().unwrap();
    };
    stamp(super::FORMAT + 1);
    assert!(matches!(open(&path), Err(StoreError::Newer { found: 4, known: 3, .. })));
    stamp(super::FORMAT);
    assert_eq!(open(&path).unwrap().links().unwrap().len().unwrap(), 39);
}

#[test]
fn a_row_moved_to_another_case_does_not_open() {
    let (_dir, path) = folder();
    fill(&open(&path).unwrap());
    {
        let db = redb::Database::open(&path).unwrap();
        let tx = db.begin_write().unwrap();
        {
            let mut sent = tx.open_table(super::tables::SENT.rows).unwrap();
            let row = sent.remove(7).unwrap().unwrap().value().to_vec();
            sent.insert(8, row.as_slice()).unwrap();
        }
        tx.commit().unwrap();
    }
    let error = open(&path).unwrap().links().unwrap().sent(CaseId(8)).unwrap_err();
    assert!(matches!(error, StoreError::Row { table: "sent" }));
}
