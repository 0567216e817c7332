//! Why a case is wanted like this, down to the line of the firm file that decided. Quotes names of stages, practice
//! areas and sources; people are ids, and values are never quoted.

use super::stages::{Area, How, Stage};
use super::{Mapper, Wanted};
use crate::config::{Firm, Lead, LeadMissing, Rule};
use crate::domain::{CaseStatus, Kind, Kinds, SeenCase};
use std::fmt;

/// Why one field of the record is as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Because {
    /// As in `Record::differing_fields`: `state`, `stage`, `attorney`, a field's name, ...
    pub field: String,
    /// The kind of change the field belongs to; `state` bears `Close`, also when it reopens.
    pub kind: Kind,
    /// One sentence's end, without personal data.
    pub why: String,
    /// The firm file with the line that decided, e.g. `acme.firm.toml:41`; `None` when a default or MyCase did.
    pub place: Option<String>,
    /// The setting that decided, where no line of a map or of `[fields]` did.
    pub rule: Option<Rule>,
}

const AREAS: Rule = Rule::of("practice_areas", "not_in_map");
const STAGES: Rule = Rule::of("stages", "not_in_map");
const HIDE: Rule = Rule::of("stages", "hide");
const WHO: Rule = Rule::of("clients", "who");
const PHONE: Rule = Rule::of("clients", "phone");
const LEAD: Rule = Rule::of("staff", "lead");
const GIVEN: Rule = Rule::of("staff", "lead_missing");
const STAFF: Rule = Rule::of("staff", "");

impl fmt::Display for Because {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, Sentence(self))
    }
}

/// Why, and what decided.
struct Sentence<'a>(&'a Because);

impl fmt::Display for Sentence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Because { why, place, rule, .. } = self.0;
        match (place, rule) {
            (Some(place), _) => write!(f, "{why} ({place})"),
            (None, Some(rule)) => write!(f, "{why} ({rule})"),
            (None, None) => f.write_str(why),
        }
    }
}

impl Because {
    /// Why, and in brackets the line or the setting that decided.
    pub fn sentence(&self) -> String {
        Sentence(self).to_string()
    }
}

impl Mapper {
    /// Why a change is made, for its kinds: one sentence for each field that has a value. A create tells everything that
    /// the firm's file, MyCase or a rule decided; which fields take the portal's defaults, `casebridge fields` says.
    pub fn why(&self, case: &SeenCase, wanted: &Wanted, kinds: Kinds) -> Vec<String> {
        let state = kinds.contains(Kind::Close) || kinds.contains(Kind::Reopen);
        let asked = |because: &Because| match because.kind {
            Kind::Close | Kind::Reopen => state,
            kind => kinds.contains(kind),
        };
        let has_value = |because: &Because| {
            let record = &wanted.record;
            let of_file = because.kind != Kind::Update || matches!(because.field.as_str(), "attorney" | "team");
            of_file || record.fields.contains_key(&because.field) || record.extra.contains_key(&because.field)
        };
        let create = kinds.contains(Kind::Create);
        let decided = |because: &Because| because.kind != Kind::Update || because.place.is_some() || because.field == "attorney";
        let told = |because: &Because| if create { decided(because) } else { asked(because) };
        let told = self.explain(case).into_iter().filter(|because| told(because) && has_value(because));
        told.map(|because| because.to_string()).collect()
    }

    /// Why every field of the case is as it is, in the order of `Record::differing_fields`.
    pub fn explain(&self, case: &SeenCase) -> Vec<Because> {
        let firm = &*self.firm;
        let (area, stage) = self.names.decide(case, firm);
        let mut told = vec![state(case), explain_area(firm, case, &area), explain_stage(firm, case, &stage, &area)];
        told.extend(self.explain_clients(case));
        told.extend(self.explain_staff(case));
        told.extend(self.explain_fields(case));
        told
    }

    fn explain_clients(&self, case: &SeenCase) -> Vec<Because> {
        let contact = |field: &str, why: String, rule| Because { rule: Some(rule), ..because(field, Kind::Contact, why, None) };
        let chosen = match self.clients.choose(case, &self.firm, &self.reference) {
            Ok(chosen) => chosen,
            Err(reason) => return vec![contact("clients", format!("not decided: {}", reason.text), WHO)],
        };
        let people: Vec<String> = chosen.people.iter().map(|client| client.id.to_string()).collect();
        let mut told = vec![contact("clients", format!("person {}, {}", people.join(", "), chosen.because), WHO)];
        for client in chosen.people {
            let login = super::people::Login::of(client, &self.firm);
            told.push(contact(
                "phone",
                match login.phone {
                    Some(kind) => format!("the {} phone of person {}", super::reasons::phone_word(kind), client.id),
                    None => format!("person {} has no valid phone of those named", client.id),
                },
                PHONE,
            ));
        }
        told
    }

    fn explain_staff(&self, case: &SeenCase) -> Vec<Because> {
        let update = |field: &str, why: String, rule| Because { rule: Some(rule), ..because(field, Kind::Update, why, None) };
        let team = self.staff.team(case, &self.firm);
        let flag = |flag: Lead| match flag {
            Lead::LeadLawyer => "lead_lawyer",
            Lead::OriginatingLawyer => "originating_lawyer",
        };
        let given = matches!(&self.firm.staff.lead_missing, LeadMissing::Email(address) if team.email == Some(address.as_str()));
        let lead = match team.lead {
            _ if given => ("the address for cases that nobody leads".to_owned(), GIVEN),
            Some((id, by)) => (format!("staff {id}, marked as {} in MyCase", flag(by)), LEAD),
            None => ("nobody on the case leads it".to_owned(), LEAD),
        };
        let others = team.members.iter().filter(|member| Some(member.email.as_str()) != team.email).count();
        vec![update("attorney", lead.0, lead.1), update("team", format!("the lead attorney and {others} more of the case's staff"), STAFF)]
    }

    fn explain_fields(&self, case: &SeenCase) -> Vec<Because> {
        let looked = self.look(case, &mut Vec::new());
        let told = self.fields.explain(&self.facts(case, &looked));
        let title = &self.firm.portal.profile.title;
        let sentence = |(field, why): (&str, String)| {
            let line = self.firm.fields.get(field).map_or(0, |rule| rule.line);
            let why = if line == 0 { format!("{why} (the default for {title})") } else { why };
            because(field, Kind::Update, why, at(&self.firm, line))
        };
        told.into_iter().map(sentence).collect()
    }
}

fn state(case: &SeenCase) -> Because {
    let word = match case.status {
        CaseStatus::Open => "open in MyCase",
        CaseStatus::Closed => "closed in MyCase",
        CaseStatus::Unknown => "neither open nor closed in MyCase",
    };
    because("state", Kind::Close, word.to_owned(), None)
}

fn explain_area(firm: &Firm, case: &SeenCase, area: &Area) -> Because {
    let name = case.practice_area.as_deref().unwrap_or_default();
    let (why, line) = sentence(area.how, name, area.to.as_deref());
    Because { rule: rule(area.how, AREAS), ..because("practice_area", Kind::Stage, why, at(firm, line)) }
}

fn explain_stage(firm: &Firm, case: &SeenCase, stage: &Stage, area: &Area) -> Because {
    let name = case.stage.as_deref().unwrap_or_default();
    match (stage.how, &area.reason, &stage.reason) {
        (How::Undecided, Some(_), None) => because("stage", Kind::Stage, format!("{name:?} waits for the practice area"), None),
        _ => {
            let (why, line) = sentence(stage.how, name, stage.to.as_deref());
            Because { rule: rule(stage.how, STAGES), ..because("stage", Kind::Stage, why, at(firm, line)) }
        }
    }
}

fn sentence(how: How, name: &str, to: Option<&str>) -> (String, u32) {
    let to = to.unwrap_or_default();
    match how {
        How::Map { line } => (format!("{name:?} is {to:?}"), line),
        How::ForArea { line } => (format!("{name:?} is {to:?} for this practice area"), line),
        How::SameName => (format!("{to:?}, the same name as in MyCase"), 0),
        How::Hidden => (format!("{name:?} is not shown to clients, the portal's stays"), 0),
        How::Keep => (format!("{name:?} is not in the map, the portal's stays"), 0),
        How::Absent => ("MyCase has none, the portal's stays".to_owned(), 0),
        How::Undecided => (format!("{name:?} is not decided"), 0),
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

fn because(field: &str, kind: Kind, why: String, place: Option<String>) -> Because {
    Because { field: field.to_owned(), kind, why, place, rule: None }
}

/// The firm file with a line; `None` when a default applied.
fn at(firm: &Firm, line: u32) -> Option<String> {
    (line > 0).then(|| format!("{}:{line}", firm.file))
}
