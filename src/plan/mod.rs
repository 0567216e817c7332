//! The plan: what a run would do, why, and what of it may be done without asking.
//!
//! A plan is a value: complete, ordered, printable, saved. [`Change`] carries before and after. [`Planner`] makes it
//! from what mapping wants, what the links remember and what the portal lists; [`guard`] is the only maker of an
//! [`ApprovedPlan`]; [`render`] prints. Nothing here reads a clock, a file or a socket; applying decides nothing.
//!
//! Start with `planner.rs`; `compare.rs` holds the rule that decides what of a case may be sent, its rooms `stages.rs`
//! and `closure.rs` the two hardest parts of it, `adopt.rs` what the portal's own list means, `absence.rs` what a case
//! that is not shown means, `crowd.rs` what only shows across cases (`bearers.rs` finds it). [`firm_tests`] runs a firm
//! file's own tests through all of it.

mod absence;
mod adopt;
mod bearers;
mod change;
mod closure;
mod compare;
mod context;
mod crowd;
mod draft;
mod fate;
mod finish;
pub mod firm_tests;
#[cfg(test)]
mod fixture;
pub mod guard;
mod measure;
mod memory;
mod planner;
mod reasons;
pub mod render;
mod stages;
mod standing;
#[cfg(test)]
mod tests;

pub use absence::Absence;
pub(crate) use adopt::overlay;
pub use change::{Adoption, Change, ChangeKey, Counts, Hold, LimitLine, Observation, Overtaken, Plan, name_of};
pub use context::{Context, Reach};
pub use finish::what_clients_notice;
pub use guard::{Approval, ApprovedPlan, DayBook, Filter, Held, HeldWhy, Judged, Resumed};
pub use measure::{CaseCounts, Closing, Comparison, CountsError, CountsUsed, Edit, EditLimit, Effect, Group, Move, Side, shown_at};
pub use planner::{Look, Planner};
pub use standing::{Told, standing};
