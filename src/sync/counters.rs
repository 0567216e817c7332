//! What was done for a firm since its state was opened, in numbers that only grow: for `/metrics`, and for what a run says of
//! its requests.

use super::Requests;
use crate::domain::{Kind, Kinds};
use crate::http::Traffic;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// One firm's.
#[derive(Debug, Default)]
pub struct Counters {
    /// Requests to MyCase and its token address.
    pub mycase: Arc<Traffic>,
    /// Requests to MyCase's storage.
    pub storage: Arc<Traffic>,
    /// Requests to the portal.
    pub portal: Arc<Traffic>,
    /// In the order of [`Kind::ALL`].
    changes: [AtomicU64; Kind::ALL.len()],
}

impl Counters {
    /// A case's change is in the portal: it counts as its weightiest kind. One whose remembering failed is found there by
    /// the next run, and counts again.
    pub(super) fn reached(&self, kinds: Kinds) {
        if let Some(kind) = kinds.weightiest() {
            self.changes[kind as usize].fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Cases whose change reached the portal, by kind.
    pub fn changes(&self) -> impl Iterator<Item = (Kind, u64)> {
        Kind::ALL.into_iter().zip(&self.changes).map(|(kind, counter)| (kind, counter.load(Ordering::Relaxed)))
    }

    /// Each side with its requests.
    pub fn sides(&self) -> [(&'static str, &Traffic); 3] {
        [("mycase", &*self.mycase), ("mycase-storage", &*self.storage), ("portal", &*self.portal)]
    }

    /// Requests made so far to MyCase (its storage among it) and to the portal.
    pub(crate) fn requests(&self) -> Requests {
        Requests { mycase: self.mycase.sent() + self.storage.sent(), portal: self.portal.sent() }
    }
}
