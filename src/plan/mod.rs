//! The plan: what a run would do, why, and what of it may be done without asking.
//!
//! A plan is a value: complete, ordered, printable, saved. [`Change`] carries before and after; the guard is the only
//! maker of an approved plan; applying decides nothing.

mod change;

pub use change::{Adoption, Change, ChangeKey, Counts, Hold, LimitLine, Observation, Plan};
