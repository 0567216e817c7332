//! From what a file says to what it means, with every problem on the way. Start in `firm`: one firm file, section by
//! section, then the rules that concern several sections (a table of named checks).

mod account;
mod cases;
mod catalog;
mod closure;
mod context;
mod daemon;
mod fields;
mod firm;
mod folder;
mod limits;
mod names;
mod online;
mod overrides;
mod portal;
mod rules;
mod schedule;
mod secrets;
mod set;
mod sources;
mod stages;
mod test_values;
mod tests_section;
mod unreached;

#[cfg(test)]
mod names_tests;
#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod together_tests;
#[cfg(test)]
mod traps;

pub(crate) use context::Check;
pub use context::{Checked, DaemonRules, FirmInput};
pub use daemon::check_daemon;
pub use firm::{check_firm, check_online};
pub use folder::{FirmFiles, FirmNames, Stray, firm_files};
#[cfg(test)]
pub(crate) use rules::required_keys;
pub use set::{SetMember, check_set};
