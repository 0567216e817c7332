//! Turns one case into what the firm's file wants of it. Everything that does not depend on the case is worked out in
//! [`Mapper::new`]; a case then costs about a microsecond.

use super::fields::{Fields, Filled};
use super::names::Names;
use super::people::{ClientRule, Login};
use super::renames::Renames;
use super::sources::{Facts, Getter};
use super::staff::{StaffBook, Team};
use super::stages::{Area, Stage};
use super::{OutOfScope, Scope, SeenStatus, Wanted, custom, reasons};
use crate::config::{Firm, TemplateError};
use crate::domain::{CaseStatus, Reason, ReasonCode, Record, Reference, SeenCase, SeenClient};
use std::sync::Arc;

/// One firm's rules, ready for many cases.
pub struct Mapper {
    pub(super) firm: Arc<Firm>,
    pub(super) reference: Arc<Reference>,
    pub(super) names: Names,
    pub(super) clients: ClientRule,
    pub(super) staff: StaffBook,
    pub(super) fields: Fields,
    enabled_by: Option<Getter>,
}

/// Why a firm's rules cannot be used; a file that passed `check` gives neither.
#[derive(Debug, thiserror::Error)]
pub enum MapperError {
    /// A template of `[fields]` does not compile.
    #[error("the template of {field} cannot be used")]
    Template {
        /// The portal's field.
        field: String,
        /// What is wrong.
        source: TemplateError,
    },
    /// A rule names a source that does not exist.
    #[error("{field} names {source_name}, which is no source")]
    UnknownSource {
        /// The portal's field, or `enabled_by`.
        field: String,
        /// The source.
        source_name: String,
    },
}

impl Mapper {
    /// Looks everything up that the firm's file names.
    pub fn new(firm: Arc<Firm>, reference: Arc<Reference>) -> Result<Mapper, MapperError> {
        Mapper::heeding(firm, reference, Renames::default())
    }

    /// The same with what was renamed in MyCase since the file was written.
    pub fn heeding(firm: Arc<Firm>, reference: Arc<Reference>, renames: Renames) -> Result<Mapper, MapperError> {
        let enabled_by = firm.cases.enabled_by.as_ref().map(|source| {
            let unknown = || MapperError::UnknownSource { field: "enabled_by".to_owned(), source_name: source.to_string() };
            Getter::of(source, &reference).ok_or_else(unknown)
        });
        Ok(Mapper {
            names: Names::new(&firm, &reference, renames),
            clients: ClientRule::new(&firm, &reference),
            staff: StaffBook::new(&firm, &reference),
            fields: Fields::new(&firm, &reference)?,
            enabled_by: enabled_by.transpose()?,
            firm,
            reference,
        })
    }

    /// MyCase's lists as they were when everything was looked up.
    pub fn reference(&self) -> &Reference {
        &self.reference
    }

    /// What the file wants of a case, and what it cannot decide. Of a case that is out of scope nothing is complained.
    pub fn map(&self, case: &SeenCase) -> Wanted {
        let mut reasons = Vec::new();
        let (area, stage) = self.names.decide(case, &self.firm);
        reasons.extend(area.reason.clone());
        reasons.extend(stage.reason.clone());
        let looked = self.look(case, &mut reasons);
        let facts = self.facts(case, &looked);
        let Filled { fields, extra } = self.fields.fill(&facts, looked.people.unclear, &mut reasons);
        let scope = self.scope(&facts, &area, &stage);
        if case.status == CaseStatus::Unknown {
            reasons.push(reasons::status_unknown());
        }
        match scope {
            Scope::In => reasons.sort(),
            Scope::Out(_) | Scope::Never => reasons.clear(),
        }
        reasons.dedup();
        let record = Record {
            practice_area: area.to.clone(),
            stage: stage.to.clone(),
            open: case.status != CaseStatus::Closed,
            closed_date: case.closed_date,
            attorney: looked.team.email.map(|email| email.to_string()),
            team: looked.team.members,
            clients: looked.people.logins.into_iter().map(|login| login.client).collect(),
            fields,
            extra,
        };
        Wanted {
            case: case.id,
            scope,
            practice_area_decided: record.practice_area.is_some(),
            stage: stage.wish.clone(),
            record,
            contact_decided: looked.people.decided,
            state: state(case.status),
            mycase_stage: case.stage.clone(),
            former_stage: self.renames().former_stage(case.stage.as_deref()).map(str::to_owned),
            mycase_practice_area: case.practice_area.clone(),
            updated_at: case.updated_at,
            reasons,
        }
    }

    /// Who the client is and who leads.
    pub(super) fn look<'a>(&'a self, case: &'a SeenCase, reasons: &mut Vec<Reason>) -> Looked<'a> {
        let people = self.people(case, reasons);
        let mut team = self.staff.team(case, &self.firm);
        reasons.extend(team.reason.take());
        Looked { people, team }
    }

    /// What sources are read from.
    pub(super) fn facts<'a>(&'a self, case: &'a SeenCase, looked: &'a Looked<'a>) -> Facts<'a> {
        let lead = looked.team.lead.map(|(id, _)| id);
        Facts {
            case,
            client: looked.people.first,
            login: looked.people.logins.first().map(|login| &login.client),
            lead,
            lead_staff: lead.and_then(|id| self.reference.staff.get(&id)),
            lead_email: looked.team.email.map(|email| &**email),
            reference: &self.reference,
            zone: &self.firm.time_zone,
        }
    }

    fn people<'a>(&self, case: &'a SeenCase, reasons: &mut Vec<Reason>) -> People<'a> {
        let chosen = match self.clients.choose(case, &self.firm, &self.reference) {
            Ok(chosen) => chosen,
            Err(reason) => {
                let unclear = Some(reason.code);
                reasons.push(reason);
                return People { first: None, logins: Vec::new(), decided: false, unclear };
            }
        };
        let mut decided = true;
        let mut login = |client: &SeenClient| {
            let login = Login::of(client, &self.firm);
            if login.bad_email {
                reasons.push(reasons::bad_email());
            }
            if !login.is_enough(&self.firm) {
                decided = false;
                reasons.push(reasons::no_phone(&self.firm));
            }
            login
        };
        let logins = chosen.people.iter().map(&mut login).collect();
        People { first: chosen.people.first(), logins, decided, unclear: None }
    }

    /// Whether the case is taken: `never` and `[testing]` first, then what the case is, then `enabled_by`.
    fn scope(&self, facts: &Facts<'_>, area: &Area, stage: &Stage) -> Scope {
        let Firm { cases, testing, .. } = &*self.firm;
        let id = facts.case.id;
        if cases.never.contains(&id) {
            return Scope::Never;
        }
        if !testing.is_empty() && !testing.contains(&id) {
            return Scope::Out(OutOfScope::Testing);
        }
        if let Some(out) = area.out {
            return Scope::Out(out);
        }
        if stage.skipped {
            return Scope::Out(OutOfScope::StageSkipped);
        }
        match &self.enabled_by {
            Some(getter) if !getter.read(facts).is_some_and(|text| custom::is_true(&text)) => Scope::Out(OutOfScope::NotEnabled),
            Some(_) | None => Scope::In,
        }
    }
}

/// Who the client is and who leads, of one case.
pub(super) struct Looked<'a> {
    pub(super) people: People<'a>,
    pub(super) team: Team<'a>,
}

/// The clients of one case.
pub(super) struct People<'a> {
    /// The first, as MyCase shows the person.
    first: Option<&'a SeenClient>,
    /// Everybody who can log in.
    pub(super) logins: Vec<Login>,
    /// Whether they can be sent.
    decided: bool,
    /// Why it is not clear who the client is.
    unclear: Option<ReasonCode>,
}

fn state(status: CaseStatus) -> SeenStatus {
    match status {
        CaseStatus::Open => SeenStatus::Open,
        CaseStatus::Closed => SeenStatus::Closed,
        CaseStatus::Unknown => SeenStatus::Unknown,
    }
}
