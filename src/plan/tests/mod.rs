//! What the planner and the brakes promise, as sentences.

mod across;
mod brakes;
mod linked;
mod new_cases;
mod portal_list;
mod printing;
mod properties;
mod scope;
