//! Reads the value of every source that `config` names. Must not decide anything: who the client is and who leads comes
//! in as [`Facts`].

use super::custom;
use crate::config::SourceName;
use crate::domain::{FieldId, NameKey, RecordClient, Reference, SeenCase, SeenClient, Staff, StaffId};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::borrow::Cow;

/// Everything a source can be read from.
pub(super) struct Facts<'a> {
    /// The case.
    pub(super) case: &'a SeenCase,
    /// The first client, as MyCase shows the person.
    pub(super) client: Option<&'a SeenClient>,
    /// The same person as the portal will hold it.
    pub(super) login: Option<&'a RecordClient>,
    /// The lead attorney's id.
    pub(super) lead: Option<StaffId>,
    /// The lead attorney in MyCase's staff list.
    pub(super) lead_staff: Option<&'a Staff>,
    /// The lead attorney's address in the portal.
    pub(super) lead_email: Option<&'a str>,
    /// The lists.
    pub(super) reference: &'a Reference,
    /// The firm's zone.
    pub(super) zone: &'a TimeZone,
}

/// A source's value; `None` is absent. Blank text counts as absent too, which [`Getter::read`] sees to.
type Value<'a> = Option<Cow<'a, str>>;
type Reader = for<'a> fn(&Facts<'a>) -> Value<'a>;

/// One reader for every entry of [`crate::config::SOURCES`]; a test compares the two.
pub(super) const READERS: &[(&str, Reader)] = &[
    ("case.id", |f| owned(f.case.id)),
    ("case.name", |f| text(&f.case.name)),
    ("case.case_number", |f| text(&f.case.case_number)),
    ("case.description", |f| text(&f.case.description)),
    ("case.opened_date", |f| date(f.case.opened_date)),
    ("case.closed_date", |f| date(f.case.closed_date)),
    ("case.sol_date", |f| date(f.case.sol_date)),
    ("case.practice_area", |f| text(&f.case.practice_area)),
    ("case.case_stage", |f| text(&f.case.stage)),
    ("case.status", |f| status(f.case)),
    ("case.outstanding_balance", |f| text(&f.case.outstanding_balance)),
    ("case.billing_type", |f| text(&f.case.billing_type)),
    ("case.created_date", |f| f.case.created_at.and_then(|at| owned(at.to_zoned(f.zone.clone()).date()))),
    ("client.id", |f| f.client.and_then(|client| owned(client.id))),
    ("client.first_name", |f| text(&f.client?.first_name)),
    ("client.middle_name", |f| text(&f.client?.middle_name)),
    ("client.last_name", |f| text(&f.client?.last_name)),
    ("client.full_name", |f| f.client.and_then(|client| full_name(client.first_name.as_deref(), client.last_name.as_deref()))),
    ("client.email", |f| f.login?.email.as_deref().map(Cow::Borrowed)),
    ("client.phone", |f| f.login?.phone.as_deref().map(Cow::Borrowed)),
    ("client.cell_phone_number", |f| text(&f.client?.cell_phone)),
    ("client.home_phone_number", |f| text(&f.client?.home_phone)),
    ("client.work_phone_number", |f| text(&f.client?.work_phone)),
    ("client.birthdate", |f| date(f.client?.birthdate)),
    ("client.contact_group", |f| text(&f.client?.contact_group)),
    ("client.people_group", |f| people_group(f)),
    ("lead_attorney.id", |f| f.lead.and_then(owned)),
    ("lead_attorney.first_name", |f| f.lead_staff.map(|staff| Cow::Borrowed(staff.first_name.as_str()))),
    ("lead_attorney.last_name", |f| f.lead_staff.map(|staff| Cow::Borrowed(staff.last_name.as_str()))),
    ("lead_attorney.full_name", |f| f.lead_staff.and_then(|staff| full_name(Some(&staff.first_name), Some(&staff.last_name)))),
    ("lead_attorney.email", |f| f.lead_email.map(Cow::Borrowed)),
    ("office.name", |f| text(&f.case.office.as_ref()?.name)),
    ("office.main_phone", |f| text(&f.case.office.as_ref()?.main_phone)),
    ("office.city", |f| text(&f.case.office.as_ref()?.city)),
    ("office.state", |f| text(&f.case.office.as_ref()?.state)),
];

/// A source with its names looked up once.
#[derive(Clone)]
pub(super) enum Getter {
    /// A field that every case has.
    Fixed(Reader),
    /// A custom field of the case; more than one id when MyCase has the name twice.
    CaseCustom(Vec<FieldId>),
    /// A custom field of the first client.
    ClientCustom(Vec<FieldId>),
}

impl Getter {
    /// The getter of a source; `None` when there is no such source.
    pub(super) fn of(source: &SourceName, reference: &Reference) -> Option<Getter> {
        let fields = |name: &NameKey| reference.fields_named(name).map(|field| field.id).collect();
        match source {
            SourceName::Custom(name) => Some(Getter::CaseCustom(fields(name))),
            SourceName::Client(name) => match name.strip_prefix("custom.") {
                Some(custom) => Some(Getter::ClientCustom(fields(&NameKey::new(custom)))),
                None => Getter::fixed(source),
            },
            SourceName::Case(_) | SourceName::LeadAttorney(_) | SourceName::Office(_) => Getter::fixed(source),
        }
    }

    fn fixed(source: &SourceName) -> Option<Getter> {
        let name = source.to_string();
        READERS.iter().find(|(known, _)| *known == name).map(|(_, reader)| Getter::Fixed(*reader))
    }

    /// The value, trimmed; `None` when there is none or it is blank.
    pub(super) fn read<'a>(&self, facts: &Facts<'a>) -> Value<'a> {
        let value = match self {
            Getter::Fixed(reader) => reader(facts),
            Getter::CaseCustom(fields) => custom::first(fields, &facts.case.custom, facts.reference),
            Getter::ClientCustom(fields) => {
                let full = facts.reference.clients.get(&facts.client?.id)?;
                custom::first(fields, &full.custom, facts.reference)
            }
        };
        value.and_then(trimmed)
    }
}

/// Without outer blanks (no-break spaces too); `None` when nothing is left.
fn trimmed(value: Cow<'_, str>) -> Value<'_> {
    let length = value.trim().len();
    if length == value.len() {
        return (length > 0).then_some(value);
    }
    let value = match value {
        Cow::Borrowed(value) => Cow::Borrowed(value.trim()),
        Cow::Owned(value) => Cow::Owned(value.trim().to_owned()),
    };
    (length > 0).then_some(value)
}

fn text(value: &Option<String>) -> Value<'_> {
    value.as_deref().map(Cow::Borrowed)
}

fn date<'a>(value: Option<Date>) -> Value<'a> {
    value.and_then(owned)
}

fn owned<'a>(value: impl ToString) -> Value<'a> {
    Some(Cow::Owned(value.to_string()))
}

fn status(case: &SeenCase) -> Value<'_> {
    use crate::domain::CaseStatus;
    match case.status {
        CaseStatus::Open => Some(Cow::Borrowed("open")),
        CaseStatus::Closed => Some(Cow::Borrowed("closed")),
        CaseStatus::Unknown => None,
    }
}

fn full_name<'a>(first: Option<&str>, last: Option<&str>) -> Value<'a> {
    owned([first, last].into_iter().flatten().map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" "))
}

fn people_group<'a>(facts: &Facts<'a>) -> Value<'a> {
    let group = facts.reference.clients.get(&facts.client?.id)?.group?;
    let named = facts.reference.people_groups.iter().find(|named| named.id == group.0)?;
    Some(Cow::Borrowed(named.name.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::SOURCES;

    #[test]
    fn every_source_that_a_file_may_name_can_be_read() {
        let named: Vec<_> = SOURCES.iter().map(|source| source.name).collect();
        let read: Vec<_> = READERS.iter().map(|(name, _)| *name).collect();
        assert_eq!(named, read);
    }

    #[test]
    fn blanks_and_no_break_spaces_around_a_value_go_and_a_blank_value_is_none() {
        assert_eq!(trimmed(Cow::Borrowed("\u{a0} A 1 ")).as_deref(), Some("A 1"));
        assert_eq!(trimmed(Cow::Owned(" \u{a0}".to_owned())), None);
    }
}
