//! A vendor's budget: at most N requests in any window, as the vendor counts them.
//!
//! The vendor counts when a request arrives, which is some time between sending it and having its answer. So a place is
//! taken when a request is sent and is free again one window after its answer (or after [`ARRIVES_WITHIN`], if that is
//! sooner): whatever the network does in between, the vendor never sees more than N in a window. What was given up: with
//! slow answers slightly fewer than N per window are sent.
//!
//! Fair: who asks first is served first. Only tokio's clock is used, so a paused test decides over time.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// A request that is on its way longer than this has arrived; else one hung connection would hold a place for its whole time-out.
const ARRIVES_WITHIN: Duration = Duration::from_secs(1);

/// At most so many requests in any window. Shared by all who use the same account.
#[derive(Debug)]
pub struct Limiter {
    per_window: usize,
    window: Duration,
    /// Held by the one whose turn it is while it waits; tokio hands it on in order.
    turn: tokio::sync::Mutex<()>,
    log: Mutex<Log>,
    answered: Notify,
}

#[derive(Debug, Default)]
struct Log {
    last: u64,
    /// In order of sending.
    sent: VecDeque<Sent>,
    /// The vendor asked for quiet until then.
    quiet_until: Option<Instant>,
}

#[derive(Debug)]
struct Sent {
    number: u64,
    /// When its place is free, as far as is known.
    free_at: Instant,
}

/// A place in the budget; dropped when the answer is there, or the request has failed.
#[derive(Debug)]
pub(super) struct Place {
    of: Arc<Limiter>,
    number: u64,
}

impl Limiter {
    /// At most `per_window` requests (at least one) in any `window`.
    pub fn new(per_window: u32, window: Duration) -> Limiter {
        Limiter {
            per_window: per_window.max(1) as usize,
            window,
            turn: tokio::sync::Mutex::new(()),
            log: Mutex::default(),
            answered: Notify::new(),
        }
    }

    /// No limit.
    pub fn unlimited() -> Limiter {
        Limiter::new(u32::MAX, Duration::ZERO)
    }

    /// Waits for a place.
    pub(super) async fn place(self: &Arc<Self>) -> Place {
        let _turn = self.turn.lock().await;
        loop {
            let answered = self.answered.notified();
            match self.try_place(Instant::now()) {
                Ok(number) => return Place { of: Arc::clone(self), number },
                Err(free_at) => tokio::select! {
                    () = tokio::time::sleep_until(free_at) => {}
                    () = answered => {}
                },
            }
        }
    }

    /// Sends nothing before `until`: the vendor asked for it.
    pub(super) fn quiet_until(&self, until: Instant) {
        let mut log = self.log();
        log.quiet_until = log.quiet_until.max(Some(until));
    }

    fn try_place(&self, now: Instant) -> Result<u64, Instant> {
        let mut log = self.log();
        if let Some(until) = log.quiet_until.filter(|until| *until > now) {
            return Err(until);
        }
        while log.sent.front().is_some_and(|sent| sent.free_at <= now) {
            log.sent.pop_front();
        }
        if log.sent.len() >= self.per_window {
            log.sent.retain(|sent| sent.free_at > now);
            if log.sent.len() >= self.per_window {
                return Err(log.sent.iter().map(|sent| sent.free_at).min().unwrap_or(now));
            }
        }
        log.last += 1;
        let number = log.last;
        log.sent.push_back(Sent { number, free_at: now + ARRIVES_WITHIN + self.window });
        Ok(number)
    }

    fn answered(&self, number: u64, now: Instant) {
        {
            let mut log = self.log();
            if let Ok(at) = log.sent.binary_search_by_key(&number, |sent| sent.number) {
                let sent = &mut log.sent[at];
                sent.free_at = sent.free_at.min(now + self.window);
            }
        }
        self.answered.notify_one();
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.of.answered(self.number, Instant::now());
    }
}

/// One [`Limiter`] per account of a vendor, for the whole process.
#[derive(Debug)]
pub struct Limiters {
    per_window: u32,
    window: Duration,
    by_account: Mutex<BTreeMap<String, Arc<Limiter>>>,
}

impl Limiters {
    /// Every account has `per_window` requests per `window`.
    pub fn new(per_window: u32, window: Duration) -> Limiters {
        Limiters { per_window, window, by_account: Mutex::default() }
    }

    /// The budget of this account (an OAuth client id); the same one whoever asks.
    pub fn of(&self, account: &str) -> Arc<Limiter> {
        let mut known = self.by_account.lock().unwrap_or_else(PoisonError::into_inner);
        let made = known.entry(account.to_owned()).or_insert_with(|| Arc::new(Limiter::new(self.per_window, self.window)));
        Arc::clone(made)
    }
}
