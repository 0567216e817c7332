//! Why a case is wanted like this, down to the line of the firm file that decided. Quotes names of stages, practice
//! areas and sources; people are ids, and values are never quoted.

use super::because::{Because, Listener, Named, People, Place, Told};
use super::mapper::Looked;
use super::people::Login;
use super::staff::Team;
use super::stages::{Area, How, Stage};
use super::{Mapper, Wanted};
use crate::config::{Firm, Lead, LeadMissing, Rule};
use crate::domain::{CaseStatus, Kind, Kinds, SeenCase};
use std::fmt;

const AREAS: Rule = Rule::of("practice_areas", "not_in_map");
const STAGES: Rule = Rule::of("stages", "not_in_map");
const HIDE: Rule = Rule::of("stages", "hide");
const WHO: Rule = Rule::of("clients", "who");
const PHONE: Rule = Rule::of("clients", "phone");
const LEAD: Rule = Rule::of("staff", "lead");
const GIVEN: Rule = Rule::of("staff", "lead_missing");
const STAFF: Rule = Rule::of("staff", "");

impl Mapper {
    /// Why a change is made, for its kinds: one sentence for each field that has a value. A create tells everything that
    /// the firm's file, MyCase or a rule decided; which fields take the portal's defaults, `casebridge fields` says.
    pub fn why(&self, case: &SeenCase, wanted: &Wanted, kinds: Kinds) -> Vec<String> {
        let state = kinds.contains(Kind::Close) || kinds.contains(Kind::Reopen);
        let asked = |told: &Told<'_>| match told.kind {
            Kind::Close | Kind::Reopen => state,
            kind => kinds.contains(kind),
        };
        let has_value = |told: &Told<'_>| {
            let record = &wanted.record;
            let of_file = told.kind != Kind::Update || matches!(told.field, "attorney" | "team");
            of_file || record.fields.contains_key(told.field) || record.extra.contains_key(told.field)
        };
        let create = kinds.contains(Kind::Create);
        let decided = |told: &Told<'_>| told.kind != Kind::Update || told.place.is_some() || told.field == "attorney";
        let mut why = Vec::new();
        self.tell(case, &mut |told| {
            if (if create { decided(&told) } else { asked(&told) }) && has_value(&told) {
                why.push(told.sentence());
            }
        });
        why
    }

    /// Why every field of the case is as it is, in the order of `Record::differing_fields`.
    pub fn explain(&self, case: &SeenCase) -> Vec<Because> {
        let mut all = Vec::new();
        self.tell(case, &mut |told| all.push(told.owned()));
        all
    }

    fn tell(&self, case: &SeenCase, listener: &mut Listener<'_>) {
        let firm = &*self.firm;
        let (area, stage) = self.names.decide(case, firm);
        tell_state(case, listener);
        tell_area(firm, case, &area, listener);
        tell_stage(firm, case, &stage, &area, listener);
        let looked = self.look(case, &mut Vec::new());
        self.tell_clients(case, &looked, listener);
        self.tell_staff(&looked.team, listener);
        self.tell_fields(case, &looked, listener);
    }

    fn tell_clients(&self, case: &SeenCase, looked: &Looked<'_>, listener: &mut Listener<'_>) {
        let mut contact = |field: &str, why: &dyn fmt::Display, rule| {
            listener(Told { field, kind: Kind::Contact, why, place: None, rule: Some(rule) });
        };
        let chosen = match self.clients.choose(case, &self.firm, &self.reference) {
            Ok(chosen) => chosen,
            Err(reason) => return contact("clients", &format_args!("not decided: {}", reason.text), WHO),
        };
        contact("clients", &format_args!("person {}, {}", People(chosen.people), chosen.because), WHO);
        for Login { client, phone, .. } in &looked.people.logins {
            match *phone {
                Some(kind) => {
                    let phone = super::reasons::phone_word(kind);
                    contact("phone", &format_args!("the {phone} phone of person {}", client.id), PHONE);
                }
                None => contact("phone", &format_args!("person {} has no valid phone of those named", client.id), PHONE),
            }
        }
    }

    fn tell_staff(&self, team: &Team<'_>, listener: &mut Listener<'_>) {
        let mut update = |field: &str, why: &dyn fmt::Display, rule| {
            listener(Told { field, kind: Kind::Update, why, place: None, rule: Some(rule) });
        };
        let flag = |flag: Lead| match flag {
            Lead::LeadLawyer => "lead_lawyer",
            Lead::OriginatingLawyer => "originating_lawyer",
        };
        let given =
            matches!(&self.firm.staff.lead_missing, LeadMissing::Email(address) if team.email.is_some_and(|email| **email == **address));
        match team.lead {
            _ if given => update("attorney", &"the address for cases that nobody leads", GIVEN),
            Some((id, by)) => update("attorney", &format_args!("staff {id}, marked as {} in MyCase", flag(by)), LEAD),
            None => update("attorney", &"nobody on the case leads it", LEAD),
        }
        let others = team.members.iter().filter(|member| Some(&member.email) != team.email).count();
        update("team", &format_args!("the lead attorney and {others} more of the case's staff"), STAFF);
    }

    fn tell_fields(&self, case: &SeenCase, looked: &Looked<'_>, listener: &mut Listener<'_>) {
        let facts = self.facts(case, looked);
        let title = &self.firm.portal.profile.title;
        for (field, from) in self.fields.explain(&facts) {
            let place = at(&self.firm, self.firm.fields.get(field).map_or(0, |rule| rule.line));
            let mut update = |why: &dyn fmt::Display| listener(Told { field, kind: Kind::Update, why, place, rule: None });
            match place {
                Some(_) => update(&from),
                None => update(&format_args!("{from} (the default for {title})")),
            }
        }
    }
}

fn tell_state(case: &SeenCase, listener: &mut Listener<'_>) {
    let word = match case.status {
        CaseStatus::Open => "open in MyCase",
        CaseStatus::Closed => "closed in MyCase",
        CaseStatus::Unknown => "neither open nor closed in MyCase",
    };
    listener(Told { field: "state", kind: Kind::Close, why: &word, place: None, rule: None });
}

fn tell_area(firm: &Firm, case: &SeenCase, area: &Area, listener: &mut Listener<'_>) {
    let name = case.practice_area.as_deref().unwrap_or_default();
    let (why, rule) = (Named { how: area.how, name, to: area.to.as_deref().unwrap_or_default() }, rule(area.how, AREAS));
    listener(Told { field: "practice_area", kind: Kind::Stage, why: &why, place: at(firm, why.line()), rule });
}

fn tell_stage(firm: &Firm, case: &SeenCase, stage: &Stage, area: &Area, listener: &mut Listener<'_>) {
    let name = case.stage.as_deref().unwrap_or_default();
    let mut told = |why: &dyn fmt::Display, place, rule| listener(Told { field: "stage", kind: Kind::Stage, why, place, rule });
    match (stage.how, &area.reason, &stage.reason) {
        (How::Undecided, Some(_), None) => told(&format_args!("{name:?} waits for the practice area"), None, None),
        _ => {
            let why = Named { how: stage.how, name, to: stage.to.as_deref().unwrap_or_default() };
            told(&why, at(firm, why.line()), rule(stage.how, STAGES));
        }
    }
}

/// The setting behind a name that no line of a map decided.
fn rule(how: How, not_in_map: Rule) -> Option<Rule> {
    match how {
        How::SameName | How::Keep | How::Undecided => Some(not_in_map),
        How::Hidden => Some(HIDE),
        How::Map { .. } | How::ForArea { .. } | How::Absent => None,
    }
}

/// The firm file with a line; `None` when a default applied.
fn at(firm: &Firm, line: u32) -> Option<Place<'_>> {
    (line > 0).then(|| Place(&firm.file, line))
}
