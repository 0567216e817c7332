//! Who leads a case and who of the firm goes along (`[staff]`). Everything about a person that does not depend on the
//! case is worked out once.

use super::reasons;
use crate::config::{Firm, Lead, LeadMissing};
use crate::domain::{CaseStaff, NameKey, Reason, Reference, SeenCase, Staff, StaffId, TeamMember};
use std::collections::HashMap;
use std::sync::Arc;

const ATTORNEY: &str = "Attorney";
const PARALEGAL: &str = "Paralegal";

/// The firm's people, ready to be looked up.
pub(super) struct StaffBook {
    people: HashMap<StaffId, Person>,
    /// The address for cases that nobody leads.
    given: Option<Arc<str>>,
    /// The role of whoever has that address.
    attorney: Arc<str>,
}

/// What is known of one member of the firm.
struct Person {
    /// Address in the portal.
    email: Option<Arc<str>>,
    /// The portal's role and whether it is an attorney's, for one who leads.
    leads_as: Arc<str>,
    /// The same for one who goes along; `None`: does not.
    goes_as: Option<(Arc<str>, bool)>,
}

/// The lead attorney and everybody who goes along.
pub(super) struct Team<'a> {
    /// Who leads in MyCase, and by which flag.
    pub(super) lead: Option<(StaffId, Lead)>,
    /// The lead's address in the portal.
    pub(super) email: Option<&'a Arc<str>>,
    /// The lead first, then by MyCase's id, so that a changed order in MyCase changes nothing.
    pub(super) members: Vec<TeamMember>,
    /// Set when the portal needs a lead and there is none, and when it is not known who the people on the case are.
    pub(super) reason: Option<Reason>,
}

impl StaffBook {
    /// Works out everybody in MyCase's list.
    pub(super) fn new(firm: &Firm, reference: &Reference) -> StaffBook {
        let people = reference.staff.values().map(|staff| (staff.id, Person::of(staff, firm))).collect();
        let given = match &firm.staff.lead_missing {
            LeadMissing::Email(address) => Some(Arc::from(address.as_str())),
            LeadMissing::Attention => None,
        };
        StaffBook { people, given, attorney: Arc::from(ATTORNEY) }
    }

    /// Who leads and who goes along. Somebody without an address cannot go along and is left out.
    pub(super) fn team<'a>(&'a self, case: &SeenCase, firm: &'a Firm) -> Team<'a> {
        let lead = lead(case, firm);
        let person = lead.and_then(|(id, _)| self.people.get(&id));
        let own = person.and_then(|person| person.email.as_ref());
        let email = own.or(self.given.as_ref());
        let mut members = Vec::with_capacity(case.staff.len().max(1));
        if let Some(email) = email {
            let role = person.filter(|_| own.is_some()).map_or(&self.attorney, |person| &person.leads_as);
            members.push(TeamMember { email: email.clone(), role: role.clone(), attorney: true });
        }
        let mut others: Vec<&CaseStaff> = case.staff.iter().filter(|staff| Some(staff.id) != lead.map(|(id, _)| id)).collect();
        others.sort_by_key(|staff| staff.id);
        for person in others.into_iter().filter_map(|staff| self.people.get(&staff.id)) {
            if let (Some(email), Some((role, attorney))) = (&person.email, &person.goes_as)
                && members.iter().all(|member| member.email != *email)
            {
                members.push(TeamMember { email: email.clone(), role: role.clone(), attorney: *attorney });
            }
        }
        let missing = email.is_none() && firm.portal.profile.required.attorney;
        let lead_id = lead.map(|(id, _)| id);
        let reason = match missing {
            true => Some(reasons::no_lead(firm, lead_id, person.is_some())),
            false => self.stranger(case, lead_id).map(reasons::staff_unknown),
        };
        Team { lead, email, members, reason }
    }

    /// Who leads, or somebody where nobody of the case is known, when MyCase's list does not have them.
    fn stranger(&self, case: &SeenCase, lead: Option<StaffId>) -> Option<StaffId> {
        let unknown = |id: &StaffId| !self.people.contains_key(id);
        let all = case.staff.iter().all(|staff| unknown(&staff.id));
        lead.filter(unknown).or_else(|| case.staff.first().filter(|_| all).map(|staff| staff.id))
    }
}

/// The first flag of the file's order that somebody on the case has; active or not.
fn lead(case: &SeenCase, firm: &Firm) -> Option<(StaffId, Lead)> {
    let has = |staff: &CaseStaff, flag: Lead| match flag {
        Lead::LeadLawyer => staff.lead_lawyer,
        Lead::OriginatingLawyer => staff.originating_lawyer,
    };
    let by_flag = |flag: &Lead| case.staff.iter().find(|staff| has(staff, *flag)).map(|staff| (staff.id, *flag));
    firm.staff.lead.iter().find_map(by_flag)
}

impl Person {
    fn of(staff: &Staff, firm: &Firm) -> Person {
        let kind = staff.kind.as_deref().map(NameKey::new);
        let role = kind.as_ref().and_then(|kind| firm.staff.roles.get(kind));
        let paralegal = kind.as_ref().is_some_and(|kind| firm.staff.paralegals.contains(kind));
        let attorney_kind = kind.as_ref().is_some_and(|kind| kind.as_str() == "attorney");
        let goes_as = match role {
            Some(role) => Some((Arc::from(role.as_str()), attorney_kind || NameKey::new(role).as_str() == "attorney")),
            None => paralegal.then(|| (Arc::from(PARALEGAL), false)),
        };
        let address = staff.email.as_ref();
        Person {
            email: address.map(|address| Arc::from(firm.staff.email.get(address).unwrap_or(address).as_str())),
            leads_as: Arc::from(role.map_or(ATTORNEY, String::as_str)),
            goes_as: goes_as.filter(|_| staff.active),
        }
    }
}
