//! The words casebridge thinks in: ids, values in normal form, what was seen, what is wanted, what is linked.
//!
//! Nothing here knows a vendor, a file, a clock or a socket. Start with [`SeenCase`] (what MyCase says),
//! [`Record`] (what a portal should hold) and [`Link`] (what is known to belong together).

mod case_ref;
mod fingerprint;
mod gathered;
mod ids;
mod in_step;
mod kind;
mod link;
mod listing;
mod moment;
mod name;
mod ordered;
mod phone;
mod reason;
mod record;
mod reference;
mod scan;
mod seen;
mod sentence;
mod shown;
mod tokens;

pub use case_ref::{CaseRef, CaseRefError};
pub use fingerprint::{Fingerprint, Fingerprinter};
pub use gathered::{Bearing, PortalFile, PortalMessage};
pub use ids::{
    CaseId, CompanyId, DocumentId, FieldId, FirmId, FirmIdError, GroupId, ItemId, NoteId, PersonId, PlanName, PortalId, RunId, StaffId,
};
pub use in_step::{InStep, ShownCase};
pub use kind::{Kind, Kinds};
pub use link::{Link, Missing, SeenState, phone_print, readable_print, readable_text_print};
pub use listing::{Listing, PortalCase};
pub use moment::moment;
pub(crate) use moment::usual_day;
pub use name::NameKey;
pub(crate) use ordered::Ordered;
pub use phone::{PhoneError, e164, email};
pub use reason::{CaseException, Holds, Reason, ReasonCode};
pub use record::{FieldName, Record, RecordClient, TeamMember};
pub use reference::{CustomField, FullClient, Named, Reference, Staff};
pub use scan::{Scan, ScanDoubt};
pub use seen::{CaseStaff, CaseStatus, CustomValue, Office, SeenCase, SeenClient};
pub use sentence::sentence;
pub use shown::{near, shown, zone};
pub use tokens::Tokens;
