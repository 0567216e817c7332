//! A file of every earlier format, as it lies in `tests/fixtures/state` with its key, opens and keeps every row. The files are
//! never made anew; a new format adds one, written by `cargo test --lib store::format -- --ignored` before `FORMAT` is raised.

use super::care_tests::filled;
use super::{FORMAT, Fresh, PlanSlot, Store, Vault, check, migrate, samples, tables};
use crate::domain::{CaseId, PortalId};
use camino::{Utf8Path, Utf8PathBuf};
use secrecy::ExposeSecret;
use std::sync::Arc;

fn fixtures() -> Utf8PathBuf {
    Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/state")
}

fn key() -> Arc<Vault> {
    Arc::new(super::load_key(&fixtures().join("vault.key")).unwrap().vault)
}

#[test]
fn a_file_of_every_format_opens_and_keeps_every_row() {
    let dir = tempfile::tempdir().unwrap();
    for format in 1..=FORMAT {
        let path = Utf8PathBuf::from_path_buf(dir.path().join(format!("{format}.redb"))).unwrap();
        fs_err::copy(fixtures().join(format!("format-{format}.redb")), &path).unwrap();
        let store = Store::open(&path, &"acme".parse().unwrap(), key(), samples::now()).unwrap();
        let links = store.links().unwrap();
        assert_eq!(links.len().unwrap(), 39);
        assert_eq!(links.get(CaseId(7)).unwrap().unwrap().portal_id, PortalId("cs-00000007".into()));
        assert_eq!(links.sent(CaseId(39)).unwrap().unwrap().clients[0].last_name, "Featherstone39");
        assert_eq!(store.tokens().unwrap().unwrap().refresh, "refresh-pair");
        assert_eq!(store.secret("portal-key").unwrap().unwrap().expose_secret(), "stored-secret");
        assert_eq!(store.journal().unwrap()[0].change.case, CaseId(7));
        assert_eq!(store.plan(PlanSlot::Waiting).unwrap().unwrap().changes.len(), 3);
        assert_eq!((store.exceptions().unwrap().len(), store.runs(9).unwrap().len(), store.last_number().unwrap()), (1, 1, 1));
        let history = store.history(None, 100).unwrap();
        assert!(history.len() == 39 && history.iter().all(|entry| entry.before.is_some() && entry.after.is_some()));
        assert_eq!(store.carried_counts().unwrap().documents.known, if format < 2 { 0 } else { 1 });
        drop((links, store));
        let looked = check(&Fresh::copy_of(&path, &"acme".parse().unwrap(), &path).unwrap(), None, &[key()]).unwrap();
        assert!(looked.is_sound() && looked.format == Some(FORMAT), "{looked:?}");
    }
}

#[test]
#[ignore = "writes the fixture of today's format"]
fn write_the_fixtures() {
    let dir = tempfile::tempdir().unwrap();
    let path = Utf8PathBuf::from_path_buf(dir.path().join("acme.redb")).unwrap();
    let store = filled(&path);
    while store.compact().unwrap() {}
    drop(store);
    let name = |format: u32| fixtures().join(format!("format-{format}.redb"));
    for format in (1..=FORMAT).rev().filter(|format| !name(*format).exists()) {
        if format == 1 {
            // As casebridge of format 1 left it: without the ledger's tables.
            let mut db = redb::Database::open(&path).unwrap();
            let tx = db.begin_write().unwrap();
            for table in [tables::DOCUMENTS.rows, tables::DOCUMENTS_OPEN, tables::MESSAGES.rows, tables::MESSAGES_OPEN] {
                assert!(tx.delete_table(table).unwrap());
            }
            migrate::stamp(&tx, 1).unwrap();
            tx.commit().unwrap();
            while db.compact().unwrap() {}
        }
        fs_err::copy(&path, name(format)).unwrap();
    }
}
