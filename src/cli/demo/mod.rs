//! `casebridge demo`: the whole product in one go, against the built-in sandbox. No account, no network.
//!
//! The real daemon runs in this process on a folder of its own, with two firms from `examples/`; everything is asked of it
//! over its control socket, and after every step the stand-ins themselves are looked at. Start with `story`.

mod back;
mod cast;
mod story;
mod theatre;

pub(super) use story::demo;
