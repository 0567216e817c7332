//! Transactions that touch every table of a state, and whether their parts agree afterwards.

use crate::domain::{CaseId, DocumentId, ItemId};
use crate::store::{Carried, CarryState, LookAgain, PlanSlot, Shelf, Store, StoreError, Wait, samples};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};

/// The `n`th transaction touches tables all over the file; each of its parts says `n`.
pub(super) fn write(store: &Store, n: u64) -> Result<(), StoreError> {
    store.write(|w| {
        assert_eq!(w.bump_counter("transactions")?, n);
        w.put_entry(&samples::entry(1, n, n))?;
        w.remove_entry(CaseId(n - 1))?;
        w.put_link(&samples::link(n), &samples::record(n))?;
        w.add_history(&samples::history(n))?;
        w.put_tokens(&samples::tokens(&n.to_string()))?;
        w.put_plan(PlanSlot::Waiting, &samples::plan(&[n, n + 1]))?;
        w.put_secret("portal", &SecretString::from(n.to_string()))?;
        w.replace_exceptions(&[samples::exception(n)])?;
        w.put_cursor("changes", moment(n))?;
        let run = w.next_run()?;
        w.put_run(run, samples::now(), &serde_json::json!({ "trigger": "schedule", "n": n }))?;
        w.put_meta(&LookAgain([(CaseId(n), moment(n))].into()))?;
        let begun = CarryState::Begun { path: Some(format!("folder/{n}.pdf")), asked_at: samples::now() };
        for shelf in [Shelf::Documents, Shelf::Messages] {
            w.put_carried(shelf, &item(n - 1), &arrived(n - 1), None)?;
            let wait = Some((0, Wait::Until(samples::now())));
            w.put_carried(shelf, &item(n), &Carried { state: begun.clone(), ..Carried::owed(false) }, wait)?;
        }
        Ok(())
    })
}

fn moment(n: u64) -> Timestamp {
    samples::now() + SignedDuration::from_secs(n as i64)
}

fn item(n: u64) -> ItemId {
    ItemId(n.to_string())
}

fn arrived(n: u64) -> Carried {
    let (path, sha256) = (format!("folder/{n}.pdf"), String::new());
    Carried::settled(CarryState::Document { document: DocumentId(n), path, length: n, sha256, at: samples::now() })
}

/// How many transactions the state holds; panics when its parts do not agree.
pub(super) fn held(store: &Store) -> u64 {
    let n = store.counter("transactions").unwrap();
    let some = (n > 0).then_some(n);
    let links: Vec<u64> = store.links().unwrap().iter().unwrap().map(|link| link.unwrap().case.0).collect();
    assert_eq!(links, (1..=n).collect::<Vec<_>>());
    assert!(links.iter().all(|case| store.links().unwrap().sent(CaseId(*case)).unwrap().is_some()));
    assert_eq!(store.history(None, 100).unwrap().len() as u64, n);
    let journal: Vec<u64> = store.journal().unwrap().iter().map(|entry| entry.seq).collect();
    assert_eq!(journal, Vec::from_iter(some));
    assert_eq!(store.tokens().unwrap(), some.map(|n| samples::tokens(&n.to_string())));
    assert_eq!(store.plan(PlanSlot::Waiting).unwrap(), some.map(|n| samples::plan(&[n, n + 1])));
    assert_eq!(store.secret("portal").unwrap().map(|secret| secret.expose_secret().to_owned()), some.map(|n| n.to_string()));
    let attention: Vec<u64> = store.exceptions().unwrap().iter().map(|exception| exception.case.0).collect();
    assert_eq!(attention, Vec::from_iter(some));
    assert_eq!(store.cursor("changes").unwrap(), some.map(moment));
    let runs: Vec<u64> = store.runs(100).unwrap().iter().rev().filter_map(|(_, report)| report["n"].as_u64()).collect();
    assert_eq!(runs, (1..=n).collect::<Vec<_>>());
    assert_eq!(store.meta::<LookAgain>().unwrap(), some.map(|n| LookAgain([(CaseId(n), moment(n))].into())));
    for shelf in [Shelf::Documents, Shelf::Messages] {
        let open: Vec<ItemId> = store.carried_open(shelf).unwrap().into_keys().collect();
        assert_eq!(open, Vec::from_iter(some.map(item)), "of the ledger, too, only the last is open");
        assert!((1..n).all(|n| store.carried(shelf, &item(n)).unwrap() == Some(arrived(n))));
    }
    n
}
