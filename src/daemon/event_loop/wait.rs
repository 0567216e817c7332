//! What the loop waits for.

use super::{EventLoop, Outcome};
use crate::daemon::firms::{Opened, Seen};
use crate::daemon::message::Message;
use crate::daemon::signals::Signal;
use crate::daemon::systemd;
use jiff::Timestamp;
use std::time::Duration;
use tokio::task::{Id, JoinError};
use tokio::time::{Instant, sleep_until};

/// The clock of the wall may leap while the loop sleeps: it never sleeps longer.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);
/// Requests wait so long for a look at a folder that has moved, and no longer: a mount may hang.
const HOLD: Duration = Duration::from_secs(3);

/// One thing that happened.
pub(super) enum Happening {
    Message(Message),
    Looked(Box<Result<Seen, JoinError>>),
    Opened(Vec<Opened>),
    /// The folder should be read.
    Moved,
    TaskEnded(Result<(Id, Outcome), JoinError>),
    Signal(Signal),
    Time,
    HeldLongEnough,
}

/// Whether the machine need not be told the time: it named a later moment, or none, and the clock was not put back since. A
/// daemon of many firms that are at rest leaves them alone, as often as it looks at the clock.
pub(super) fn is_early(told_at: Option<Timestamp>, wake: Option<Timestamp>, now: Timestamp) -> bool {
    told_at.is_some_and(|told| told <= now) && wake.is_none_or(|at| at > now)
}

impl EventLoop {
    /// Waits for the next thing. Nothing is lost by the branches that do not come first.
    pub(super) async fn wait(&mut self) -> Happening {
        if self.watchdog.is_some() {
            systemd::alive();
        }
        let now = self.clock.now();
        let timer = Instant::now() + self.sleep(now);
        let held = self.held_since.map(|since| since + HOLD);
        tokio::select! {
            signal = self.signals.next() => Happening::Signal(signal),
            Some(ended) = self.tasks.join_next_with_id(), if !self.tasks.is_empty() => Happening::TaskEnded(ended),
            Some(looked) = join(&mut self.look) => Happening::Looked(Box::new(looked)),
            opened = self.openings.next(), if !self.openings.is_empty() => Happening::Opened(opened),
            Some(message) = self.inbox.recv() => Happening::Message(message),
            _ = self.watch.changed(), if self.look.is_none() => Happening::Moved,
            () = sleep_until(held.unwrap_or(timer)), if held.is_some() => Happening::HeldLongEnough,
            () = sleep_until(timer) => match self.look_at {
                Some(at) if at <= self.clock.now() => Happening::Moved,
                _ => Happening::Time,
            },
        }
    }

    fn sleep(&self, now: Timestamp) -> Duration {
        let until = |at: Timestamp| Duration::try_from(now.duration_until(at)).unwrap_or(Duration::ZERO);
        let look_at = self.look_at.filter(|_| self.look.is_none());
        let timers = [self.wake.map(until), look_at.map(until), self.watchdog.map(|often| often / 2)];
        timers.into_iter().flatten().fold(LONGEST_SLEEP, Duration::min)
    }
}

/// The end of a look; nothing when none is under way.
async fn join(look: &mut Option<tokio::task::JoinHandle<Seen>>) -> Option<Result<Seen, JoinError>> {
    match look {
        Some(look) => Some(look.await),
        None => None,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn the_machine_is_told_the_time_when_it_asked_for_it_and_when_the_clock_was_put_back() {
        let at = |time: &str| Some(format!("2026-11-23T{time}Z").parse::<Timestamp>().unwrap());
        let early = |told, wake, now| is_early(at(told), wake, at(now).unwrap());
        assert!(early("09:00", at("10:00"), "09:59") && early("09:00", None, "09:59"));
        assert!(!early("09:00", at("10:00"), "10:00") && !early("09:00", at("10:00"), "11:00"));
        assert!(!early("09:00", at("10:00"), "08:59"), "put back");
        assert!(!is_early(None, at("10:00"), at("09:00").unwrap()), "it was never told");
    }
}
