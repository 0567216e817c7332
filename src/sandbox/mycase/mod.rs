//! The MyCase stand-in: its firm, its authorisation server and its API, from MyCase's published reference alone.
//!
//! `records` says what a firm holds, `wire` how it is written out, `routes` which address answers what, `page` how lists are
//! cut, `documents` and `notes` what can be written, `oauth` how tokens live. Nothing here may know how casebridge reads it.

mod documents;
mod firm;
mod notes;
mod oauth;
mod page;
mod records;
mod routes;
mod wire;

pub use firm::Firm;
pub use records::{
    Address, Case, CaseStaff, Client, Company, CustomField, CustomValue, Document, DocumentVersion, ListOption, Named, Note, Office, Staff,
    Webhook,
};

pub(super) use documents::storage;
pub(super) use oauth::{Auth, answer as answer_auth};
pub(super) use routes::answer;
