//! What the planner and the brakes promise, as sentences.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod across;
mod brakes;
mod changed;
mod compared;
mod linked;
mod new_cases;
mod overtaken;
mod portal_list;
mod printing;
mod properties;
mod random_brakes;
mod scope;
