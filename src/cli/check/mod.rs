//! `casebridge check`: every problem of every file at once, each with its place. Reads only; asks nobody.

mod command;
mod secrets;
mod targets;

pub(super) use command::{Found, check, read};
pub(super) use targets::setting_of;
