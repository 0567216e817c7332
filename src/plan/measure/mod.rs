//! What an edited file means for the cases that are linked: nobody is asked, nothing is decided. One mechanism, whether the
//! cases come from the links of a state or from the counts that a state exported ([`CaseCounts`]).
//!
//! The links collapse into groups of cases that look alike: practice area, stage, open or closed, in MyCase as last seen and
//! in the portal as last sent. `outlook` says what a version of the file makes of one group, by the very rules a run decides
//! with; [`Effect`] holds two versions side by side and counts only where they differ; [`Comparison`] adds what the edit is
//! in words and what of it counts cannot show. Contact data, fields and cases that are not linked are in no link's reach.

mod blind;
mod comparison;
mod counts;
mod effect;
mod outlook;
mod sentences;
#[cfg(test)]
mod tests;

pub use comparison::{Comparison, CountsUsed};
pub use counts::{CaseCounts, CountsError, Group, Side};
pub use effect::{Closing, Edit, EditLimit, Effect, Move};
pub use outlook::shown_at;
