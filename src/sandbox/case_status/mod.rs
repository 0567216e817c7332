//! The Case Status stand-in, from what its profile says of the API (`design/portal-profile.md`): `account` holds, `routes`
//! answers, `check` refuses, `given` is what clients sent: files and messages.

mod account;
mod check;
mod given;
mod routes;

pub use account::{CaseStatus, PortalCase, PortalClient};
pub use given::{PortalFile, PortalMessage};

pub(super) use check::is_e164;
pub(super) use given::storage;
pub(super) use routes::answer;
