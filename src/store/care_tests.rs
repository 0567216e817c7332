//! Copies of a state: a backup, and the same sealed for another firm or under another key. None forgets a table.

use super::{
    AccountPortal, BearingKeys, Carried, Checked, Fresh, LookAgain, PlanSlot, Refusals, Shelf, Store, StoreError, Vault, Wait, check,
    samples,
};
use crate::domain::{CaseId, Fingerprint, FirmId, ItemId, Link, RunId};
use camino::{Utf8Path, Utf8PathBuf};
use secrecy::SecretString;
use std::sync::Arc;

fn folder() -> (tempfile::TempDir, Utf8PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = Utf8PathBuf::from_path_buf(dir.path().join("acme.redb")).unwrap();
    (dir, path)
}

/// Something in every table.
pub(super) fn filled(path: &Utf8Path) -> Store {
    let store = Store::open(path, &samples::firm(), samples::vault(), samples::now()).unwrap();
    let account =
        AccountPortal { kind: "case-status".into(), host: "https://p.example".into(), key_print: print(), identity: None, made_with: None };
    store
        .write(|w| {
            for case in 1..40 {
                w.put_link(&samples::link(case), &samples::record(case))?;
                w.add_history(&samples::history(case))?;
            }
            w.put_in_step(&[(CaseId(39), print())])?;
            w.put_entry(&samples::entry(1, 7, 7))?;
            w.put_plan(PlanSlot::Waiting, &samples::plan(&[1, 2, 3]))?;
            w.put_tokens(&samples::tokens("pair"))?;
            w.put_secret("portal-key", &SecretString::from("stored-secret"))?;
            w.replace_exceptions(&[samples::exception(4)])?;
            w.put_cursor("changes", samples::now())?;
            let run = w.next_run()?;
            w.put_run(run, samples::now(), &serde_json::json!({ "firm": "acme", "trigger": "schedule" }))?;
            w.put_meta(&account)?;
            w.put_meta(&LookAgain::default())?;
            w.put_meta(&Refusals::default())?;
            w.put_carried(Shelf::Documents, &ItemId("8123".into()), &samples::posted(), Some((0, Wait::Size(1))))?;
            let keys = BearingKeys { readable: 5, ..BearingKeys::default() };
            w.put_carried(Shelf::Messages, &ItemId("9".into()), &Carried::owed(false), Some((0, Wait::Link(keys))))
        })
        .unwrap();
    store
}

fn print() -> Fingerprint {
    samples::vault().fingerprinter(&samples::firm()).of([b"key".as_slice()])
}

fn looked_at(file: &Utf8Path, firm: &FirmId, vault: Arc<Vault>) -> Checked {
    let copy = Fresh::copy_of(file, firm, file).unwrap();
    check(&copy, Some(firm), &[vault]).unwrap()
}

#[test]
fn a_backup_has_every_row_but_the_tokens() {
    let (dir, path) = folder();
    let backup = Utf8PathBuf::from_path_buf(dir.path().join("b.redb")).unwrap();
    let store = filled(&path);
    assert_eq!(store.backup(&backup, samples::now()).unwrap(), 39);
    assert!(matches!(store.backup(&backup, samples::now()), Err(StoreError::Io { .. })), "nothing is overwritten");
    drop(store);
    let (mut of, backup) = (looked_at(&path, &samples::firm(), samples::vault()), looked_at(&backup, &samples::firm(), samples::vault()));
    assert!(of.is_sound() && backup.is_sound(), "{of:?} {backup:?}");
    assert!(of.rows.values().all(|rows| *rows > 0), "something in every table: {:?}", of.rows);
    *of.rows.get_mut("tokens").unwrap() -= 1;
    *of.rows.get_mut("meta").unwrap() += 1; // It says that it is a backup.
    assert_eq!(backup.rows, of.rows);
    assert_eq!(backup.backup_of, Some(samples::now()));
}

#[test]
fn a_look_and_a_copy_know_every_table() {
    let (_dir, path) = folder();
    drop(filled(&path));
    let looked = looked_at(&path, &samples::firm(), samples::vault());
    let db = redb::Database::open(&path).unwrap();
    let tables = redb::ReadableDatabase::begin_read(&db).unwrap().list_tables().unwrap().count();
    assert_eq!(looked.rows.len(), tables, "a new table belongs into copy.rs and check/rows.rs");
}

#[test]
fn a_backup_waits_for_no_writer_and_none_of_what_is_not_committed_is_in_it() {
    let (dir, path) = folder();
    let backup = Utf8PathBuf::from_path_buf(dir.path().join("b.redb")).unwrap();
    let store = filled(&path);
    let during = |w: &mut super::Writer<'_>| {
        w.put_link(&samples::link(77), &samples::record(77))?;
        store.backup(&backup, samples::now())
    };
    assert_eq!(store.write(during).unwrap(), 39);
    assert_eq!(store.links().unwrap().len().unwrap(), 40);
}

#[test]
fn sealed_anew_for_another_firm_and_key_every_row_opens_there_and_prints_are_made_anew() {
    let (dir, path) = folder();
    let store = filled(&path);
    let (other, vault): (FirmId, _) = ("other".parse().unwrap(), Arc::new(Vault::from_key([9; 32])));
    let to = Utf8PathBuf::from_path_buf(dir.path().join("other.redb")).unwrap();
    store.reseal(&to, &other, vault.clone()).unwrap().name(&to).unwrap();
    assert_eq!(store.tokens().unwrap(), Some(samples::tokens("pair")), "the old one stays as it is");
    drop(store);
    let (was, is) = (looked_at(&path, &samples::firm(), samples::vault()), looked_at(&to, &other, vault.clone()));
    assert!(is.is_sound(), "{is:?}");
    let meta = was.rows["meta"] - 1; // What was refused is tried again.
    assert_eq!(is.rows, was.rows.into_iter().map(|(table, rows)| if table == "meta" { (table, meta) } else { (table, rows) }).collect());
    let store = Store::open_as_it_is(&to, &other, vault.clone()).unwrap();
    assert_eq!(store.tokens().unwrap(), Some(samples::tokens("pair")));
    assert_eq!(store.journal().unwrap(), [samples::entry(1, 7, 7)]);
    let link = samples::link(7);
    let anew = Link::after(link.case, link.portal_id, &samples::record(7), link.seen, link.linked_at, &vault.fingerprinter(&other));
    assert_eq!(store.links().unwrap().get(CaseId(7)).unwrap(), Some(anew));
    assert_eq!(store.runs(1).unwrap(), [(RunId(1), serde_json::json!({ "firm": "other", "trigger": "schedule" }))]);
    let bound = store.meta::<AccountPortal>().unwrap().unwrap();
    let made_with = crate::domain::Fingerprinter::new(&bound.made_with.unwrap().0);
    assert_eq!((bound.key_print, made_with.of([b"key".as_slice()])), (print(), print()), "which key it was can still be told");
    let open = store.carried_open(Shelf::Messages).unwrap();
    assert_eq!(open[&ItemId("9".into())].wait, Wait::Link(BearingKeys::default()));
    drop(store);
    let bytes = fs_err::read(&to).unwrap();
    for word in samples::PRIVATE {
        assert!(!bytes.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word.as_bytes())), "{word} is readable");
    }
}

#[test]
fn a_file_that_somebody_works_on_is_not_copied() {
    let (_dir, path) = folder();
    let store = filled(&path);
    assert!(matches!(Fresh::copy_of(&path, &samples::firm(), &path), Err(StoreError::Busy { .. })));
    drop(store);
    let copy = Fresh::copy_of(&path, &samples::firm(), &path).unwrap();
    let aside = Utf8PathBuf::from(format!("{path}.aside"));
    let was = fs_err::read(&path).unwrap();
    copy.replace(&path, Some(&aside)).unwrap();
    assert_eq!(fs_err::read(&aside).unwrap(), was);
    assert_eq!(fs_err::read_dir(path.parent().unwrap()).unwrap().count(), 2, "no stray file");
}
