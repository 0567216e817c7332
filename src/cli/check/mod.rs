//! `casebridge check`: every problem of every file at once, each with its place. Reads only; asks nobody but with `--online`.

mod command;
mod found;
mod next_runs;
mod online;
mod secrets;
mod targets;

pub(super) use command::check;
pub(super) use found::{Found, read};
pub(super) use targets::setting_of;
