//! Requests to one side in numbers, for as long as the process runs. Outlives the client, which is made anew when an address
//! or a secret changes.
//!
//! A lock per answer: beside a request that costs nothing, and the numbers of one side belong together.

use http::StatusCode;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Counts the requests to one side.
#[derive(Debug, Default)]
pub struct Traffic(Mutex<TrafficCounts>);

/// What was counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrafficCounts {
    /// Requests sent, each try counted; some of them may not be answered yet.
    pub sent: u64,
    /// How they were answered.
    pub answers: BTreeMap<Answered, u64>,
    /// Tries after the first.
    pub retries: u64,
    /// How long requests waited for the rate budget, all together.
    pub waited: Duration,
}

/// How a request was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answered {
    /// With a status that has a name.
    Status(u16),
    /// With another of this class (5: 5xx): a side may invent any number, and each would be kept for good.
    Class(u16),
    /// With a time-out, a reset, or half an answer.
    Nothing,
}

impl Answered {
    pub(super) fn with(status: Option<StatusCode>) -> Answered {
        match status {
            Some(status) if status.canonical_reason().is_some() => Answered::Status(status.as_u16()),
            Some(status) => Answered::Class(status.as_u16() / 100),
            None => Answered::Nothing,
        }
    }
}

impl fmt::Display for Answered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Answered::Status(status) => write!(f, "{status}"),
            Answered::Class(class) => write!(f, "{class}xx"),
            Answered::Nothing => f.write_str("none"),
        }
    }
}

impl Traffic {
    /// What was counted so far.
    pub fn counts(&self) -> TrafficCounts {
        self.change(|counts| counts.clone())
    }

    /// Requests sent so far.
    pub fn sent(&self) -> u64 {
        self.change(|counts| counts.sent)
    }

    /// A request goes out now, and waited so long for the budget.
    pub(super) fn sends(&self, waited: Duration) {
        self.change(|counts| {
            counts.sent += 1;
            counts.waited += waited;
        });
    }

    /// It has an answer, or will never have one.
    pub(super) fn answered(&self, status: Option<StatusCode>) {
        self.change(|counts| *counts.answers.entry(Answered::with(status)).or_default() += 1);
    }

    /// It is tried again.
    pub(super) fn tries_again(&self) {
        self.change(|counts| counts.retries += 1);
    }

    fn change<T>(&self, change: impl FnOnce(&mut TrafficCounts) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
