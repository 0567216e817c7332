//! Whether a process is still alive. Dying is a flag: from then on its disk and its network lead nowhere, so that whatever of it
//! is still polled has no effect; the story drops it and starts another.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Notify;

/// One process's end. Clones are of the same process.
#[derive(Clone, Default)]
pub(crate) struct Doom(Arc<(AtomicBool, Notify)>);

impl Doom {
    /// The process ends here.
    pub(crate) fn die(&self) {
        self.0.0.store(true, Ordering::Relaxed);
        self.0.1.notify_one();
    }

    /// Whether it has ended.
    pub(crate) fn is_dead(&self) -> bool {
        self.0.0.load(Ordering::Relaxed)
    }

    /// Waits for the end.
    pub(crate) async fn comes(&self) {
        while !self.is_dead() {
            self.0.1.notified().await;
        }
    }
}
