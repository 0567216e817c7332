//! The sentences for what cannot be decided: the same words for the same cause, so that ten cases are one line, and no
//! personal data. Names of stages, practice areas, groups and fields may be quoted; people are ids.

use crate::config::{Firm, PhoneKind};
use crate::domain::{Holds, Reason, ReasonCode, StaffId};

/// A reason that holds `holds`, and new records too when `no_create`.
pub(super) fn reason(code: ReasonCode, holds: Holds, no_create: bool, text: String, fix: String) -> Reason {
    Reason { code, holds, no_create, text, fix }
}

/// MyCase's status is neither open nor closed.
pub(super) fn status_unknown() -> Reason {
    let text = "MyCase says neither open nor closed for the case".to_owned();
    reason(ReasonCode::StatusUnknown, Holds::State, true, text, "set the case's status in MyCase".to_owned())
}

/// Nobody is on the case.
pub(super) fn no_client(firm: &Firm) -> Reason {
    let text = "no client is on the case in MyCase".to_owned();
    contact(firm, ReasonCode::NoClient, text, "add the client to the case in MyCase".to_owned())
}

/// The client is a company.
pub(super) fn company(firm: &Firm) -> Reason {
    let (text, fix) = if firm.clients.company_takes_billing_contact {
        (
            "the client is a company, and the billing contact is not a person on the case",
            "make a person on the case its billing contact in MyCase, or name the case under cases.never".to_owned(),
        )
    } else {
        (
            "the client is a company",
            format!(
                "set company_cases = \"billing-contact\" under [clients] in {} and make a person the billing contact, or name the case under cases.never",
                firm.file
            ),
        )
    };
    contact(firm, ReasonCode::CompanyClient, text.to_owned(), fix)
}

/// The rule does not say who the client is.
pub(super) fn unclear(firm: &Firm, text: String, fix: &str) -> Reason {
    contact(firm, ReasonCode::ClientUnclear, text, fix.to_owned())
}

/// No number among those the file names, and the portal needs one.
pub(super) fn no_phone(firm: &Firm) -> Reason {
    let kinds: Vec<_> = firm.clients.phone.iter().map(|kind| phone_word(*kind)).collect();
    let kinds = kinds.join(" or ");
    let (text, fix) = if firm.portal.profile.required.phone {
        (format!("a client has no valid {kinds} phone in MyCase"), format!("enter the client's {kinds} phone in MyCase"))
    } else {
        (
            format!("a client has neither a valid {kinds} phone nor an e-mail address in MyCase"),
            format!("enter the client's {kinds} phone or e-mail address in MyCase"),
        )
    };
    let fix =
        if firm.clients.phone.len() > 1 { fix } else { format!("{fix}, or name further phones under clients.phone in {}", firm.file) };
    reason(ReasonCode::NoUsablePhone, Holds::Contact, true, text, fix)
}

/// What is written as a client's address is none.
pub(super) fn bad_email() -> Reason {
    let text = "what MyCase has as a client's e-mail address is none; it is left out".to_owned();
    reason(ReasonCode::BadValue, Holds::Nothing, false, text, "correct the client's e-mail address in MyCase".to_owned())
}

/// Fields that are read from the client wait until it is clear who that is.
pub(super) fn client_fields_wait(code: ReasonCode, fields: &[&str], required: bool) -> Reason {
    let text = format!("{} waits until it is clear who the client is", fields.join(", "));
    reason(code, Holds::Rest, required, text, "see to the client first".to_owned())
}

/// Nobody leads, or without an address the portal could know.
pub(super) fn no_lead(firm: &Firm, lead: Option<StaffId>, listed: bool) -> Reason {
    let (text, fix) = match lead {
        None => (
            "nobody on the case is marked as its lead attorney in MyCase".to_owned(),
            format!("mark the lead attorney on the case in MyCase, or give an address as staff.lead_missing in {}", firm.file),
        ),
        Some(id) if listed => (
            format!("the lead attorney (MyCase staff {id}) has no e-mail address in MyCase"),
            format!("enter the address of staff {id} in MyCase, or mark another lead attorney"),
        ),
        Some(id) => (
            format!("the lead attorney (staff {id}) is not in MyCase's list of staff"),
            "mark another lead attorney on the case in MyCase, or let the connected person see all staff".to_owned(),
        ),
    };
    reason(ReasonCode::NoLeadAttorney, Holds::Rest, true, text, fix)
}

/// Who is on the case is not in the list: an empty list must not take everybody out of the portal.
pub(super) fn staff_unknown(id: StaffId) -> Reason {
    let text = format!("staff {id} is on the case and not in MyCase's list of staff");
    let fix = "let the connected person see all staff in MyCase, or take who has left off the case";
    reason(ReasonCode::StaffUnknown, Holds::Rest, false, text, fix.to_owned())
}

fn contact(firm: &Firm, code: ReasonCode, text: String, fix: String) -> Reason {
    reason(code, Holds::Contact, firm.portal.profile.required.client, text, fix)
}

/// The word that the file uses for a phone.
pub(super) fn phone_word(kind: PhoneKind) -> &'static str {
    match kind {
        PhoneKind::Cell => "cell",
        PhoneKind::Home => "home",
        PhoneKind::Work => "work",
    }
}
