//! What time it is, for the shell: the system's clock, or one that follows tokio's, so that a paused test decides.

use jiff::{SignedDuration, Timestamp};
use std::sync::atomic::{AtomicI64, Ordering};
use tokio::time::Instant;

/// A clock. Cheap to clone; handed in, never looked up.
#[derive(Debug, Clone, Copy)]
pub enum Clock {
    /// The computer's own.
    System,
    /// Starts at `base` and moves as tokio's clock has since `origin`.
    Simulated {
        /// What it showed at `origin`.
        base: Timestamp,
        /// When it started.
        origin: Instant,
    },
    /// The same, which somebody sets while others read it: a simulation of a computer whose clock leaps.
    Leaping {
        /// What it showed at `origin`.
        base: Timestamp,
        /// When it started.
        origin: Instant,
        /// By how many seconds it was set forward since; negative when it was set back.
        leap: &'static AtomicI64,
    },
}

impl Clock {
    /// A clock that shows `base` now and moves with tokio's.
    pub fn simulated(base: Timestamp) -> Clock {
        Clock::Simulated { base, origin: Instant::now() }
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        match self {
            Clock::System => Timestamp::now(),
            Clock::Simulated { base, origin } => since(*base, *origin),
            Clock::Leaping { base, origin, leap } => {
                let leap = SignedDuration::from_secs(leap.load(Ordering::Relaxed));
                since(*base, *origin).checked_add(leap).unwrap_or(Timestamp::MAX)
            }
        }
    }
}

fn since(base: Timestamp, origin: Instant) -> Timestamp {
    let passed = SignedDuration::try_from(origin.elapsed()).unwrap_or(SignedDuration::MAX);
    base.checked_add(passed).unwrap_or(Timestamp::MAX)
}
