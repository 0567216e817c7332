//! The whole product under simulated time, from one seed: several firms, days of runs, faults of every kind, processes that die
//! at any request and any commit. Every effect is held against the promises (`judge.rs`), and when all is well again the portal
//! must say what the mapping makes of MyCase (`ending.rs`).
//!
//! `cargo test --test simulation` tells 200 stories, `SEEDS=20000 cargo test --profile sim --test simulation` more of them; a
//! failing one is named with its seed, and `SEED=17 cargo test --test simulation` tells it again, word for word, with what the
//! product itself says of each case that is not as it should be. Start reading at `story.rs`.

#![expect(clippy::print_stdout, reason = "it says which seeds failed, and tells a story")]

mod chance;
mod deeds;
mod disk;
mod doom;
mod ending;
mod firm;
mod judge;
mod life;
mod log;
mod net;
mod nights;
#[cfg(feature = "planted")]
mod planted;
mod story;
mod trace;
mod unheard;

use judge::Broken;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use story::{Telling, tell};

/// Stories of one machine room, thousands of them: much of their time is making room and giving it back.
#[global_allocator]
static ROOM: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Seeds of one `cargo test`.
const SEEDS: u64 = 200;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn whatever_happens_every_promise_is_kept() {
    if let Some(seed) = number("SEED") {
        let outcome = tell(seed, Telling { told: true, heard: true });
        outcome.words.iter().for_each(|line| println!("{line}"));
        assert!(outcome.broken.is_empty(), "{:#?}", outcome.broken);
        return;
    }
    let (first, seeds) = (number("FROM").unwrap_or(0), number("SEEDS").unwrap_or(SEEDS));
    let next = AtomicU64::new(first);
    let failed = AtomicU64::new(0);
    let (runs, faults, fewest) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(u64::MAX));
    let kinds = Mutex::new(BTreeMap::new());
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + seeds {
                        return;
                    }
                    let outcome = tell(seed, Telling { told: false, heard: seed.is_multiple_of(8) });
                    runs.fetch_add(outcome.runs, Ordering::Relaxed);
                    faults.fetch_add(outcome.faults, Ordering::Relaxed);
                    for (kind, count) in outcome.kinds {
                        *kinds.lock().expect("no panic").entry(kind).or_insert(0) += count;
                    }
                    if let Some(Broken { promise, text }) = outcome.broken.first() {
                        println!("SEED={seed} cargo test --test simulation  # {promise:?}: {text}");
                        failed.fetch_add(1, Ordering::Relaxed);
                        continue;
                    }
                    fewest.fetch_min(outcome.faults, Ordering::Relaxed);
                    if seed.is_multiple_of(100) {
                        let again = tell(seed, Telling { told: false, heard: false });
                        assert_eq!(again.sum, outcome.sum, "seed {seed} is not told twice in the same way");
                    }
                }
            });
        }
    });
    let failed = failed.into_inner();
    println!("{seeds} seeds, {} runs and {} faults a seed", runs.into_inner() / seeds, faults.into_inner() / seeds);
    println!("{:?}", kinds.into_inner().expect("no panic"));
    assert!(failed == seeds || fewest.into_inner() >= 50, "a story with fewer than 50 faults is no test");
    assert_eq!(failed, 0, "so many of {seeds} seeds broke a promise");
}
