//! What time it is, for the shell: the system's clock, or one that follows tokio's, so that a paused test decides.

use jiff::{SignedDuration, Timestamp};
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
            Clock::Simulated { base, origin } => {
                let passed = SignedDuration::try_from(origin.elapsed()).unwrap_or(SignedDuration::MAX);
                base.checked_add(passed).unwrap_or(Timestamp::MAX)
            }
        }
    }
}
