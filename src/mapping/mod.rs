//! What a firm's file makes of a case that MyCase shows: the wanted record, and what cannot be decided.

mod wanted;

pub use wanted::{OutOfScope, Scope, SeenStatus, StageWish, Wanted};
