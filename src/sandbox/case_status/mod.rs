//! The Case Status stand-in, from what its profile says of the API (`design/portal-profile.md`): `account` holds, `routes`
//! answers, `check` refuses.

mod account;
mod check;
mod routes;

pub use account::{CaseStatus, PortalCase, PortalClient, PortalFile, PortalMessage};

pub(super) use check::is_e164;
pub(super) use routes::{answer, storage};
