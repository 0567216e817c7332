//! What people at the firm do in MyCase: every change a test, the demo or the control address can make, with the times it
//! moves.
//!
//! Any edit, note or document moves a case's `updated_at`; a client's new phone moves the client and not the case; a
//! renamed stage moves the stage and not the cases; a deletion leaves no trace (domain.md). Portals are changed by their own
//! accounts' methods.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::mycase::{Case, CaseStaff, Client, CustomValue, Staff};
use super::seed;
use super::world::{NotThere, World};

/// A person to add to the firm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewClient {
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// E-mail address.
    pub email: Option<String>,
    /// As somebody would type it.
    pub cell_phone: Option<String>,
}

/// A case to add to the firm; it is open, opened today and led by the first active attorney.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCase {
    /// Its name.
    pub name: String,
    /// Name of the practice area.
    pub practice_area: Option<String>,
    /// Name of the stage.
    pub stage: Option<String>,
    /// The firm's own number for it.
    pub case_number: Option<String>,
    /// Ids of the people on it.
    pub clients: Vec<u64>,
}

impl World {
    /// Moves a case to a stage by its name.
    pub fn set_stage(&mut self, case: u64, stage: &str) -> Result<(), NotThere> {
        let stage = self.mycase.stage_id(stage).ok_or_else(|| no("stage", stage))?;
        self.edit_case(case, |case| case.stage = Some(stage))
    }

    /// Takes a case's stage away.
    pub fn clear_stage(&mut self, case: u64) -> Result<(), NotThere> {
        self.edit_case(case, |case| case.stage = None)
    }

    /// Moves a case to a practice area by its name, or to none.
    pub fn set_practice_area(&mut self, case: u64, area: Option<&str>) -> Result<(), NotThere> {
        let area = area.map(|name| self.mycase.practice_area_id(name).ok_or_else(|| no("practice area", name))).transpose()?;
        self.edit_case(case, |case| case.practice_area = area)
    }

    /// Closes a case today.
    pub fn close(&mut self, case: u64) -> Result<(), NotThere> {
        let today = self.today();
        self.edit_case(case, |case| {
            case.open = false;
            case.closed_date = Some(today);
        })
    }

    /// Opens a closed case again.
    pub fn reopen(&mut self, case: u64) -> Result<(), NotThere> {
        self.edit_case(case, |case| {
            case.open = true;
            case.closed_date = None;
        })
    }

    /// Deletes a case with its notes and documents; it is closed first, as MyCase demands.
    pub fn delete(&mut self, case: u64) -> Result<(), NotThere> {
        self.close(case)?;
        self.mycase.cases.remove(&case);
        self.mycase.documents.retain(|_, document| document.case != Some(case));
        self.mycase.notes.retain(|_, note| note.case != case);
        for client in self.mycase.clients.values_mut() {
            client.cases.retain(|id| *id != case);
        }
        Ok(())
    }

    /// Takes a case from the connected person's sight, or gives it back: lists leave it out and it answers 404.
    pub fn hide(&mut self, case: u64, hidden: bool) -> Result<(), NotThere> {
        self.mycase.cases.get_mut(&case).map(|case| case.hidden = hidden).ok_or_else(|| no("case", case))
    }

    /// Renames a case.
    pub fn set_name(&mut self, case: u64, name: &str) -> Result<(), NotThere> {
        self.edit_case(case, |case| name.clone_into(&mut case.name))
    }

    /// Changes anything of a case and moves its time.
    pub fn edit_case(&mut self, case: u64, edit: impl FnOnce(&mut Case)) -> Result<(), NotThere> {
        let now = self.now();
        let found = self.mycase.cases.get_mut(&case).ok_or_else(|| no("case", case))?;
        edit(found);
        found.updated_at = now;
        Ok(())
    }

    /// Puts somebody else in the lead, or nobody.
    pub fn set_lead(&mut self, case: u64, staff: Option<u64>) -> Result<(), NotThere> {
        if let Some(id) = staff.filter(|id| !self.mycase.staff.contains_key(id)) {
            return Err(no("staff", id));
        }
        self.edit_case(case, |case| {
            case.staff.retain(|person| !person.lead_lawyer && Some(person.id) != staff);
            if let Some(id) = staff {
                case.staff.insert(0, CaseStaff { id, lead_lawyer: true, originating_lawyer: false });
            }
        })
    }

    /// Puts other people on a case, and says who pays.
    pub fn set_clients(&mut self, case: u64, clients: &[u64], billing_contact: Option<u64>) -> Result<(), NotThere> {
        if let Some(id) = clients.iter().find(|id| !self.mycase.clients.contains_key(id)) {
            return Err(no("client", *id));
        }
        let before = self.mycase.cases.get(&case).map(|case| case.clients.clone()).unwrap_or_default();
        self.edit_case(case, |case| {
            case.clients = clients.to_vec();
            case.billing_contact = billing_contact;
        })?;
        for id in before.iter().chain(clients) {
            if let Some(client) = self.mycase.clients.get_mut(id) {
                client.cases.retain(|other| *other != case);
                if clients.contains(id) {
                    client.cases.push(case);
                }
            }
        }
        Ok(())
    }

    /// Sets a custom field of a case by the field's name; null empties it.
    pub fn set_custom(&mut self, case: u64, field: &str, value: Value) -> Result<(), NotThere> {
        let field = self.mycase.custom_field_id(field).ok_or_else(|| no("custom field", field))?;
        let now = self.now();
        self.edit_case(case, |case| {
            case.custom.retain(|other| other.field != field);
            if !value.is_null() {
                case.custom.push(CustomValue { field, value, created_at: now, updated_at: now });
            }
        })
    }

    /// Adds a case.
    pub fn add_case(&mut self, new: NewCase) -> Result<u64, NotThere> {
        let now = self.now();
        let lead = self.mycase.staff.values().find(|person| person.active && person.kind == "Attorney").map(|person| person.id);
        let id = self.mycase.new_id();
        let case = Case {
            id,
            name: new.name,
            case_number: new.case_number,
            description: String::new(),
            opened_date: Some(self.today()),
            closed_date: None,
            sol_date: None,
            practice_area: None,
            stage: None,
            open: true,
            outstanding_cents: 0,
            billing_contact: None,
            billing_type: "contingency",
            clients: Vec::new(),
            companies: Vec::new(),
            staff: Vec::new(),
            custom: Vec::new(),
            hidden: false,
            created_at: now,
            updated_at: now,
        };
        self.mycase.cases.insert(id, case);
        let done = self
            .set_practice_area(id, new.practice_area.as_deref())
            .and_then(|()| new.stage.as_deref().map_or(Ok(()), |stage| self.set_stage(id, stage)))
            .and_then(|()| self.set_lead(id, lead))
            .and_then(|()| self.set_clients(id, &new.clients, None));
        if let Err(error) = done {
            self.mycase.cases.remove(&id);
            return Err(error);
        }
        Ok(id)
    }

    /// Adds a person.
    pub fn add_client(&mut self, new: NewClient) -> u64 {
        let now = self.now();
        let id = self.mycase.new_id();
        let client = Client {
            id,
            first_name: new.first_name,
            middle_name: String::new(),
            last_name: new.last_name,
            email: new.email,
            cell_phone: new.cell_phone,
            work_phone: None,
            home_phone: None,
            address: seed::some_address(&mut self.random),
            birthdate: None,
            people_group: None,
            archived: false,
            notes: String::new(),
            cases: Vec::new(),
            custom: Vec::new(),
            created_at: now,
            updated_at: now,
        };
        self.mycase.clients.insert(id, client);
        id
    }

    /// Gives a client another cell phone number, or none. Their cases do not move.
    pub fn set_client_phone(&mut self, client: u64, phone: Option<&str>) -> Result<(), NotThere> {
        self.edit_client(client, |client| client.cell_phone = phone.map(str::to_owned))
    }

    /// Changes anything of a client and moves its time, not that of its cases.
    pub fn edit_client(&mut self, client: u64, edit: impl FnOnce(&mut Client)) -> Result<(), NotThere> {
        let now = self.now();
        let found = self.mycase.clients.get_mut(&client).ok_or_else(|| no("client", client))?;
        edit(found);
        found.updated_at = now;
        Ok(())
    }

    /// Changes anything of one of the firm's people and moves its time.
    pub fn edit_staff(&mut self, staff: u64, edit: impl FnOnce(&mut Staff)) -> Result<(), NotThere> {
        let now = self.now();
        let found = self.mycase.staff.get_mut(&staff).ok_or_else(|| no("staff", staff))?;
        edit(found);
        found.updated_at = now;
        Ok(())
    }

    /// Somebody leaves the firm, or comes back.
    pub fn set_staff_active(&mut self, staff: u64, active: bool) -> Result<(), NotThere> {
        self.edit_staff(staff, |person| person.active = active)
    }

    /// Renames a stage; its id stays.
    pub fn rename_stage(&mut self, from: &str, to: &str) -> Result<(), NotThere> {
        let now = self.now();
        let id = self.mycase.stage_id(from).ok_or_else(|| no("stage", from))?;
        if let Some(stage) = self.mycase.stages.get_mut(&id) {
            to.clone_into(&mut stage.name);
            stage.updated_at = now;
        }
        Ok(())
    }

    /// Renames a practice area; its id stays.
    pub fn rename_practice_area(&mut self, from: &str, to: &str) -> Result<(), NotThere> {
        let now = self.now();
        let id = self.mycase.practice_area_id(from).ok_or_else(|| no("practice area", from))?;
        if let Some(area) = self.mycase.practice_areas.get_mut(&id) {
            to.clone_into(&mut area.name);
            area.updated_at = now;
        }
        Ok(())
    }

    /// Renames a custom field; its id stays and its values do not move.
    pub fn rename_custom_field(&mut self, from: &str, to: &str) -> Result<(), NotThere> {
        let now = self.now();
        let id = self.mycase.custom_field_id(from).ok_or_else(|| no("custom field", from))?;
        if let Some(field) = self.mycase.custom_fields.get_mut(&id) {
            to.clone_into(&mut field.name);
            field.updated_at = now;
        }
        Ok(())
    }

    /// Adds a stage and says its id.
    pub fn add_stage(&mut self, name: &str) -> u64 {
        let now = self.now();
        let id = self.mycase.new_id();
        let stage = super::mycase::Named { id, name: name.to_owned(), created_at: now, updated_at: now };
        self.mycase.stages.insert(id, stage);
        id
    }

    /// Ends all access tokens but the fixed one: the next request answers 401.
    pub fn expire_access_tokens(&mut self) {
        self.auth.expire_access();
    }

    /// Ends all refresh tokens, as two weeks without a refresh do; the next refresh is refused.
    pub fn expire_refresh_tokens(&mut self) {
        self.auth.expire_refresh();
    }

    /// Ends the connection: no token is good any more, but the fixed one.
    pub fn revoke_tokens(&mut self) {
        self.auth.revoke();
    }

    /// A note or document was added or taken away: the case moves.
    pub(super) fn touch_case(&mut self, case: Option<u64>) {
        let now = self.now();
        if let Some(case) = case.and_then(|id| self.mycase.cases.get_mut(&id)) {
            case.updated_at = now;
        }
    }

    fn today(&self) -> Date {
        self.now().to_zoned(TimeZone::UTC).date()
    }
}

fn no(kind: &str, name: impl std::fmt::Display) -> NotThere {
    NotThere(format!("{kind} {name}"))
}
