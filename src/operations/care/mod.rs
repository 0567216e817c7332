//! Care of a firm's state: copies, looks, a new name, a new key, a hand-over, an end. What each may touch stands on its page.
//!
//! A backup and a hand-over read, so they are asked like everything else, also of a daemon at work. All else takes files away
//! from under whoever has them open: the command line does it while no daemon runs, for one that cannot.

mod backup;
mod check;
mod erase;
mod handover;
mod keys;
mod rekey;
mod rename;
mod restore;

pub use backup::BackedUp;
pub(super) use backup::backup;
pub use check::{CheckedFile, check_file};
pub use erase::{Erased, Leftover, erase, looked_for};
pub(super) use handover::handover;
pub use handover::{Handover, HandoverLine, handover_of};
pub use rekey::{NewKey, Rekeyed, rekey};
pub use rename::{Renamed, rename};
pub use restore::{MadeAs, Restored, restore};
