//! A plain firm with a plain case that maps without a word; every test changes one thing and says what follows.

mod clients;
mod fields;
mod names;
mod properties;
mod renames;
mod scope;
mod speed;
mod staff;
mod why;

use super::{Mapper, Wanted};
use crate::config::{Firm, Profile, firm_for_tests};
use crate::domain::{
    CaseId, CaseStaff, CaseStatus, CompanyId, CustomField, CustomValue, FieldId, FullClient, GroupId, Holds, Named, PersonId, ReasonCode,
    Reference, SeenCase, SeenClient, Staff, StaffId,
};
use jiff::civil::date;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Everything a mapping is made from.
#[derive(Debug)]
struct Desk {
    firm: Firm,
    reference: Reference,
    case: SeenCase,
}

/// Case 1 of person 55 (cell phone, e-mail), led by staff 7, with paralegal 8, in "Demand" of "Personal Injury".
fn plain() -> Desk {
    let mut case = SeenCase::bare(CaseId(1));
    case.name = Some("Doe v. Roe".to_owned());
    case.case_number = Some("24-001".to_owned());
    case.opened_date = Some(date(2024, 5, 1));
    case.practice_area = Some("Personal Injury".to_owned());
    case.stage = Some("Demand".to_owned());
    case.status = CaseStatus::Open;
    case.clients = vec![person(55)];
    case.staff = vec![on_case(8), CaseStaff { lead_lawyer: true, ..on_case(7) }];
    let staff = [staff(7, "Attorney"), staff(8, "Paralegal"), staff(9, "Attorney")];
    let reference = Reference {
        staff: staff.into_iter().map(|staff| (staff.id, staff)).collect(),
        stages: vec![named(1, "Demand"), named(2, "Demand Sent"), named(3, "Conflict Check")],
        practice_areas: vec![named(1, "Personal Injury"), named(2, "Family Law")],
        ..Reference::default()
    };
    Desk { firm: firm_for_tests::firm(), reference, case }
}

impl Desk {
    fn map(self) -> Wanted {
        self.mapper().1
    }

    fn mapper(self) -> (Mapper, Wanted, SeenCase) {
        let mapper = Mapper::new(Arc::new(self.firm), Arc::new(self.reference)).unwrap_or_else(|error| panic!("{error}"));
        let wanted = mapper.map(&self.case);
        (mapper, wanted, self.case)
    }

    fn profile(&mut self) -> &mut Profile {
        Arc::make_mut(&mut self.firm.portal.profile)
    }

    /// A custom field of cases.
    fn custom_field(&mut self, id: u64, name: &str, options: &[(&str, &str)]) {
        let options: BTreeMap<String, String> = options.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect();
        let field = CustomField { id: FieldId(id), name: name.to_owned(), parent: "case".to_owned(), options };
        self.reference.custom_fields.insert(field.id, field);
    }

    /// A person's full record.
    fn full(&mut self, id: u64, group: Option<u64>, archived: bool) {
        self.reference.clients.insert(PersonId(id), FullClient { group: group.map(GroupId), archived, custom: Vec::new() });
    }
}

impl Wanted {
    /// What is complained of, and what that holds.
    fn codes(&self) -> Vec<(ReasonCode, Holds)> {
        self.reasons.iter().map(|reason| (reason.code, reason.holds)).collect()
    }

    /// The only complaint's text.
    fn complaint(&self) -> &str {
        match self.reasons.as_slice() {
            [reason] => &reason.text,
            other => panic!("not one reason: {other:?}"),
        }
    }
}

fn person(id: u64) -> SeenClient {
    SeenClient {
        first_name: Some(" Jane ".to_owned()),
        last_name: Some("Doe".to_owned()),
        email: Some("Jane@Example.com".to_owned()),
        cell_phone: Some("(212) 736-5000".to_owned()),
        ..SeenClient::bare(PersonId(id))
    }
}

fn on_case(id: u64) -> CaseStaff {
    CaseStaff { id: StaffId(id), lead_lawyer: false, originating_lawyer: false }
}

fn staff(id: u64, kind: &str) -> Staff {
    Staff {
        id: StaffId(id),
        email: Some(format!("staff{id}@acme.example")),
        kind: Some(kind.to_owned()),
        first_name: "Ann".to_owned(),
        last_name: "Lee".to_owned(),
        active: true,
    }
}

fn named(id: u64, name: &str) -> Named {
    Named { id, name: name.to_owned() }
}

fn value(field: u64, text: &str) -> CustomValue {
    CustomValue { field: FieldId(field), text: text.to_owned(), updated_at: None }
}

fn company(id: u64) -> CompanyId {
    CompanyId(id)
}
