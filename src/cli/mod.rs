//! The command line: what was typed ([`args`]), what was meant (`command`), one file per command, one place that prints
//! (`output`), one that turns errors into words and exit codes (`exit`).
//!
//! No command decides anything about a firm: it asks `operations` (through the daemon when one runs) and shows the answer.
//! Stdout carries the answer and nothing else. Start with [`run`](fn@run).

mod against;
pub mod args;
mod care;
mod catalog;
mod check;
mod columns;
mod command;
mod completions;
mod connect;
mod demo;
mod disconnect;
mod exit;
mod explain;
mod explain_text;
mod fields;
mod firm;
mod fit;
mod history;
mod init;
mod logging;
mod output;
mod pause;
mod plan;
mod redirect;
mod reload;
mod report;
mod run;
mod safe;
mod sandbox;
mod schema;
mod secret;
mod setting;
mod signals;
mod state;
mod status;
mod status_table;
mod status_text;
mod sync;
mod test;
mod when;

pub use command::run;
pub use exit::{Exit, Failure};
pub use output::Output;
