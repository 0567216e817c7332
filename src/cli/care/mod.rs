//! Care of a firm's state on the command line. What is done, and what a crash leaves, stands in `operations::care`; here is who
//! may do it now, and what people are told.
//!
//! Backup, check and hand-over work beside a daemon. Restore, rename and rekey put files in the place of others that a daemon
//! would have open, so they hold the lock of a daemon while they work: neither begins while the other is there.

mod anew;
mod check;
mod copies;
mod leaving;

pub(super) use anew::{rekey, rename};
pub(super) use check::check;
pub(super) use copies::{backup, restore};
pub(super) use leaving::{erase, handover};
