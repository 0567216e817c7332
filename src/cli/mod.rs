//! The command line: what was typed ([`args`]), what was meant (`command`), one file per command, one place that prints
//! (`output`), one that turns errors into words and exit codes (`exit`).
//!
//! No command decides anything about a firm: it asks `operations` (through the daemon when one runs) and shows the answer.
//! Stdout carries the answer and nothing else. Start with [`run`].

pub mod args;
mod command;
mod completions;
mod exit;
mod logging;
mod output;
mod redirect;
mod sandbox;
mod signals;
mod when;

pub use command::run;
pub use exit::{Exit, Failure};
pub use output::Output;
