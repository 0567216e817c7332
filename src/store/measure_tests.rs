//! Figures, not assertions: `cargo test --release --lib store::measure -- --ignored --nocapture`.

use super::{Store, samples};
use crate::domain::{CaseId, Link};
use camino::Utf8PathBuf;
use std::time::Instant;

const LINKS: u64 = 100_000;

/// Processor time of this thread in milliseconds, which the machine's other work does not stretch.
fn processor() -> f64 {
    let text = fs_err::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split_whitespace().next().and_then(|nanos| nanos.parse::<f64>().ok()).unwrap_or_default() / 1e6
}

fn timed<R>(what: &str, work: impl FnOnce() -> R) -> R {
    let (start, spent) = (Instant::now(), processor());
    let done = work();
    eprintln!("{what}: {:.1?}, processor {:.1} ms", start.elapsed(), processor() - spent);
    done
}

#[test]
#[ignore = "prints figures of a release build"]
fn a_hundred_thousand_links() {
    let dir = tempfile::tempdir().unwrap();
    let path = Utf8PathBuf::from_path_buf(dir.path().join("acme.redb")).unwrap();
    let open = || Store::open(&path, &samples::firm(), samples::vault(), samples::now()).unwrap();
    let store = open();
    let made: Vec<Link> = (1..=LINKS).map(|case| samples::link(case * 7)).collect();
    let record = samples::record(1);
    timed("touch 100k links in one transaction", || store.write(|w| made.iter().try_for_each(|link| w.touch_link(link))).unwrap());
    timed("put 20k links with records in one transaction", || {
        store.write(|w| made[..20_000].iter().try_for_each(|link| w.put_link(link, &record))).unwrap();
    });
    timed("20k journal entries in one transaction", || {
        store.write(|w| (1..=20_000).try_for_each(|n| w.put_entry(&samples::entry(1, n, n)))).unwrap();
    });
    timed("read 20k journal entries", || assert_eq!(store.journal().unwrap().len(), 20_000));
    timed("200 transactions of one cursor", || (0..200).for_each(|_| store.write(|w| w.put_cursor("x", samples::now())).unwrap()));
    timed("200 transactions of 100 confirmed changes", || {
        (0..200).for_each(|n| {
            let confirm = |w: &mut super::Writer<'_>| {
                (n * 100..(n + 1) * 100).try_for_each(|i| {
                    w.put_link(&made[i], &record)?;
                    w.add_history(&samples::history(made[i].case.0))?;
                    w.remove_entry(CaseId(i as u64 + 1))
                })
            };
            store.write(confirm).unwrap();
        });
    });
    for round in ["first", "second"] {
        let links = store.links().unwrap();
        timed(&format!("iterate and decode 100k ({round})"), || {
            assert_eq!(links.iter().unwrap().map(|link| usize::from(link.unwrap().open)).sum::<usize>(), 100_000)
        });
        timed("get 100k in order", || (1..=LINKS).for_each(|case| assert!(links.get(CaseId(case * 7)).unwrap().is_some())));
        timed("walk 100k in order", || {
            let mut walk = links.walk();
            (1..=LINKS).for_each(|case| assert!(walk.get(CaseId(case * 7)).unwrap().is_some()));
        });
        timed("get 100k scattered", || (1..=LINKS).for_each(|n| assert!(links.get(CaseId((n * 7919 % LINKS + 1) * 7)).unwrap().is_some())));
    }
    eprintln!("file: {:.1} MB", fs_err::metadata(&path).unwrap().len() as f64 / 1e6);
    drop(store);
    let store = timed("open with its check", open);
    timed("compact", || store.compact().unwrap());
    eprintln!("file: {:.1} MB", fs_err::metadata(&path).unwrap().len() as f64 / 1e6);
}

#[test]
#[ignore = "prints figures of a release build"]
fn care_of_a_hundred_thousand_links() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| Utf8PathBuf::from_path_buf(dir.path().join(name)).unwrap();
    let store = Store::open(&path("acme.redb"), &samples::firm(), samples::vault(), samples::now()).unwrap();
    let record = samples::record(1);
    store.write(|w| (1..=LINKS).try_for_each(|case| w.put_link(&samples::link(case), &record))).unwrap();
    store.write(|w| (1..=20_000).try_for_each(|case| w.add_history(&samples::history(case)))).unwrap();
    eprintln!("file: {:.1} MB", fs_err::metadata(path("acme.redb")).unwrap().len() as f64 / 1e6);
    let backup = timed("backup of 100k links and 20k changes", || {
        store.backup(&path("b.redb"), samples::now()).unwrap();
        path("b.redb")
    });
    eprintln!("backup: {:.1} MB", fs_err::metadata(&backup).unwrap().len() as f64 / 1e6);
    let copy = super::Fresh::copy_of(&backup, &samples::firm(), &path("c.redb")).unwrap();
    timed("look at it", || assert!(super::check(&copy, None, &[samples::vault()]).unwrap().is_sound()));
    timed("seal it anew", || drop(store.reseal(&path("d.redb"), &samples::firm(), samples::vault()).unwrap()));
}
