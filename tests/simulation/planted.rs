//! Every planted fault is caught, and under the promise that it breaks: a simulation that sees nothing proves nothing.

use crate::judge::Promise;
use crate::story::{Telling, tell};
use casebridge::planted::{Plant, plant};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Each fault with the promises of which it must break one, and within how many seeds.
const PLANTS: [(Plant, &[Promise], u64); 23] = [
    (Plant::CreatesBlindly, &[Promise::NoDuplicate], 40),
    (Plant::LooksTooEarly, &[Promise::NoDuplicate], 60),
    (Plant::NoLimits, &[Promise::Approved], 10),
    (Plant::ForgetsTheDay, &[Promise::Approved], 20),
    (Plant::FirstImportGoes, &[Promise::Approved], 5),
    (Plant::ForgetsTheYes, &[Promise::AskedOnce], 120),
    (Plant::ShowsToAnother, &[Promise::Approved], 20),
    (Plant::ClosesTheMissing, &[Promise::CloseIsProved], 10),
    (Plant::SendsTheSame, &[Promise::NoIdleWrite], 10),
    (Plant::LostIsDone, &[Promise::Converges], 40),
    (Plant::SendsUnmarked, &[Promise::Journalled], 5),
    (Plant::FileGivenUp, &[Promise::FilesOnce], 20),
    (Plant::DocumentAgain, &[Promise::FilesOnce], 20),
    (Plant::MessageGivenUp, &[Promise::MessagesOnce], 20),
    (Plant::NoteAgain, &[Promise::MessagesOnce], 20),
    (Plant::LogsNames, &[Promise::NothingLogged], 5),
    (Plant::LogsTokens, &[Promise::NothingLogged], 5),
    (Plant::TokensNotKept, &[Promise::ConnectionKept], 20),
    (Plant::BrokenFileCounts, &[Promise::LastGoodStays], 10),
    (Plant::PanicsWhenRefused, &[Promise::GoesOn], 10),
    (Plant::WaitsForEver, &[Promise::GoesOn], 10),
    (Plant::RulesForgotten, &[Promise::Converges], 40),
    (Plant::TextForgotten, &[Promise::Converges], 10),
];

/// How many seeds it took to catch a fault; else what broke instead.
fn caught(fault: Plant, promises: &[Promise], seeds: u64) -> Result<u64, String> {
    plant(Some(fault));
    let mut others = Vec::new();
    for seed in 0..seeds {
        let heard = promises.contains(&Promise::NothingLogged);
        let broken = tell(seed, Telling { told: false, heard }).broken;
        if broken.iter().any(|broken| promises.contains(&broken.promise)) {
            return Ok(seed + 1);
        }
        others.extend(broken.into_iter().map(|broken| broken.promise));
    }
    others.sort();
    others.dedup();
    Err(format!("{fault:?} was not caught under {promises:?} in {seeds} seeds; broken were {others:?}"))
}

#[test]
fn planted_faults_are_all_caught_under_the_promise_they_break() {
    let (next, missed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some((fault, promises, seeds)) = PLANTS.get(next.fetch_add(1, Ordering::Relaxed)) {
                    match caught(*fault, promises, *seeds) {
                        Ok(seeds) => println!("{fault:?}: caught in {seeds} seeds"),
                        Err(text) => missed.lock().expect("no panic").push(text),
                    }
                }
            });
        }
    });
    let missed = missed.into_inner().expect("no panic");
    assert!(missed.is_empty(), "{missed:#?}");
}
