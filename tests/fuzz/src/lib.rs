//! What is fuzzed: bytes that others write, each through the public door by which casebridge reads them. A target is a
//! function of bytes that panics when a promise is broken. Start in [`TARGETS`]; the seeds are below `corpus/`.
//!
//! Two users: the binaries below `targets/` (libFuzzer, run by `.ci/fuzz`) and `tests/it/fuzz.rs`, which includes this file.

pub mod control_socket;
pub mod daemon_file;
pub mod firm_file;
pub mod link_header;
mod mycase;
pub mod mycase_bodies;
mod portal;
pub mod portal_bodies;
mod problems;
pub mod profile;
mod recording;
pub mod schedule;
pub mod template;

/// A target by its name, which is also its binary's and its corpus folder's.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: &[Target] = &[
    ("control_socket", control_socket::run),
    ("daemon_file", daemon_file::run),
    ("firm_file", firm_file::run),
    ("link_header", link_header::run),
    ("mycase_bodies", mycase_bodies::run),
    ("portal_bodies", portal_bodies::run),
    ("profile", profile::run),
    ("schedule", schedule::run),
    ("template", template::run),
];
