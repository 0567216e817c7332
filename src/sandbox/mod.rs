//! MyCase, Case Status and Hona stand-ins: one small world that speaks the vendors' published APIs, to practise on and to test
//! against.
//!
//! It is written from the vendors' documents and `design/portal-profile.md` alone and imports nothing of casebridge's clients:
//! a field misspelt on one side must not pass on both. One [`Sandbox`] is one MyCase firm, one Case Status account and one Hona
//! account; two firms are two sandboxes. The same router serves a port (`casebridge sandbox`) and tests in the same process.
//!
//! | Below the base address | |
//! |---|---|
//! | `/mycase/v1` | MyCase's API |
//! | `/mycase-auth` | its authorize page and token endpoint |
//! | `/mycase-files` | where documents are put and fetched, as S3 is for MyCase |
//! | `/case-status`, `/case-status-files` | Case Status, and files of it that lie elsewhere |
//! | `/hona/partner/v2` | Hona |
//! | `/control` | changes to the world, and faults: see [`control_help`] |
//!
//! Start reading at `server.rs` (one request from end to end), then `world.rs`, then a face (`mycase/routes.rs`). The world's
//! clock begins at `Options::start` and runs with tokio's, which tests can stop; `advance` moves it.

mod ask;
mod body;
mod case_status;
mod changes;
mod control;
mod faults;
mod hona;
mod limits;
mod mycase;
mod random;
mod seed;
mod server;
mod switches;
mod transfers;
mod world;

pub use case_status::{CaseStatus, PortalCase, PortalClient, PortalFile, PortalMessage};
pub use changes::{NewCase, NewClient};
pub use control::help as control_help;
pub use faults::{Fault, FaultKind, Faults, Side};
pub use hona::{Hona, HonaContact, HonaMember, HonaParty, HonaProject};
pub use mycase::{
    Address, Case, CaseStaff, Client, Company, CustomField, CustomValue, Document, DocumentVersion, Firm, ListOption, Named, Note, Office,
    Staff, Webhook,
};
pub use server::{Options, Sandbox, portal_stages};
pub use switches::{ListOrder, Switches};
pub use transfers::Transfer;
pub use world::{NotThere, PortalWrite, World};
