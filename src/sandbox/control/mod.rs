//! The control address: changes to the sandbox's world and its faults, as JSON over HTTP.
//!
//! For people who practise and for tests in other languages; Rust tests use `Sandbox::with`. It is no vendor's API: it wants no
//! key, is not counted and never fails on demand. `GET /control` tells everything it can do.

mod given;
mod help;
mod mycase;
mod portals;
mod routes;

pub use help::help;

pub(super) use routes::answer;
