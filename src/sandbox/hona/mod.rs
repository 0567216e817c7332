//! The Hona stand-in: contacts and projects, both upserts by external id, nothing that can be listed or read back
//! (`design/portal-profile.md`).

mod account;
mod routes;

pub use account::{Hona, HonaContact, HonaMember, HonaParty, HonaProject};

pub(super) use routes::answer;
