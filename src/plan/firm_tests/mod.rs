//! A firm's own tests (`[[tests]]`): a case that somebody made up goes through the same [`Mapper`](crate::mapping::Mapper)
//! and the same [`Planner`](super::Planner) as a run's cases do, and what comes out is compared with what is expected.
//! No rule of a firm file is decided here.
//!
//! `scene` makes the case and says what holds for what a test leaves out; `run` sends it through; `compare` holds it against
//! `expect` and finds the deciding line; `coverage` counts which lines, closure rules and fields a test looked at; `verdict`
//! makes failing tests errors of their file. Offline by nature: no secret, no state, no clock.

mod compare;
mod coverage;
mod run;
mod scene;
#[cfg(test)]
mod tests;
mod verdict;

pub use compare::Mismatch;
pub use coverage::{Coverage, Part, Point};
pub use run::{Outcome, TestRun, run_tests};
pub use scene::TEST_NOW;
pub use verdict::{Tested, check_and_test};
