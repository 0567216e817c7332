//! States that are being opened beside the loop, a few at a time.

use crate::daemon::firms::{Opened, Opening};
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// So many at once. Twice as many would make 500 new states half a second sooner, and hold a megabyte more for good: each thread
/// keeps what it freed.
const AT_ONCE: usize = 2;
/// So many are taken in at once: the loop serves others in between.
const AT_A_TIME: usize = 32;

/// The states under way.
#[derive(Debug)]
pub(super) struct Openings {
    tasks: JoinSet<Opened>,
    places: Arc<Semaphore>,
}

impl Default for Openings {
    fn default() -> Openings {
        Openings { tasks: JoinSet::new(), places: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Openings {
    /// Opens one as soon as there is a place.
    pub(super) fn begin(&mut self, opening: Opening) {
        let places = self.places.clone();
        self.tasks.spawn(async move {
            // Never closed; were it, the state would be opened without a place.
            let _place = places.acquire_owned().await.ok();
            let firm = opening.firm.clone();
            let opened = tokio::task::spawn_blocking(move || opening.open()).await;
            let why = "its state could not be opened: this failed inside the daemon; its log has the details";
            opened.unwrap_or_else(|_| Opened { firm, state: Err(why.to_owned()) })
        });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.tasks.len()
    }

    /// Waits for the next, and takes what else is done by then.
    pub(super) async fn next(&mut self) -> Vec<Opened> {
        let first = self.tasks.join_next().await;
        let rest = std::iter::from_fn(|| self.tasks.try_join_next()).take(AT_A_TIME - 1);
        // A task that only waits for another cannot fail by itself.
        first.into_iter().chain(rest).filter_map(Result::ok).collect()
    }
}
