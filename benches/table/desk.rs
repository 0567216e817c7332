//! The example firm with everything that mapping and planning need, and cases as MyCase would show them: made up, always the
//! same, as many as are asked for.

use camino::Utf8Path;
use casebridge::config::{Firm, FirmInput, Profiles, SourceText, check_daemon, check_firm};
use casebridge::domain::{
    CaseId, CaseStaff, CaseStatus, CustomValue, FieldId, FirmId, Named, PersonId, Reference, SeenCase, SeenClient, Staff, StaffId,
};
use casebridge::mapping::Mapper;
use casebridge::store::{Store, Vault};
use jiff::Timestamp;
use std::collections::HashSet;
use std::error::Error;
use std::sync::Arc;

/// The example firm's file.
pub(crate) const FIRM: &str = include_str!("../../examples/case-status/harlow-pike.firm.toml");
/// Its id.
pub(crate) const FIRM_ID: &str = "harlow-pike";

/// Cases of one page, and of one transaction.
pub(crate) const PAGE: u64 = 1000;
/// Of a smaller firm there are as many as have so many cases together, one looked at (and filled) after the other. So each size is
/// measured over about as long, and none in memory that the processor still holds from the look before: a daemon comes to a
/// firm once in a while, after all its others.
const TOGETHER: u64 = 100_000;

/// Everything a round needs.
pub(crate) struct Desk {
    pub(crate) firm: Arc<Firm>,
    pub(crate) vault: Arc<Vault>,
    pub(crate) store: Store,
    reference: Arc<Reference>,
    places: Vec<(String, String)>,
    pub(crate) now: Timestamp,
}

impl Desk {
    pub(crate) fn open(path: &Utf8Path) -> Result<Desk, Box<dyn Error>> {
        let (id, now): (FirmId, Timestamp) = (FIRM_ID.parse()?, "2026-11-23T15:00:00Z".parse()?);
        let rules = check_daemon(&SourceText::new("casebridge.toml", "")).0.ok_or("no daemon")?.allow;
        let input = FirmInput { id: id.clone(), source: SourceText::new("harlow-pike.firm.toml", FIRM), tests: None, catalog: None };
        let firm = check_firm(&input, &Profiles::builtin(), &rules, None, now).firm.ok_or("the example has problems")?;
        let vault = Arc::new(Vault::from_key([7; 32]));
        let store = Store::open(path, &id, vault.clone(), now)?;
        let places = places(&firm);
        let named = |names: HashSet<&String>| names.into_iter().zip(1..).map(|(name, id)| Named { id, name: name.clone() }).collect();
        let reference = Reference {
            staff: (1..=40).map(|id| (StaffId(id), staff(id))).collect(),
            stages: named(places.iter().map(|place| &place.1).collect()),
            practice_areas: named(places.iter().map(|place| &place.0).collect()),
            ..Reference::default()
        };
        Ok(Desk { firm, vault, store, reference: Arc::new(reference), places, now })
    }

    /// Firms of so many cases, as many as have [`TOGETHER`], their states in this folder.
    pub(crate) fn several(folder: &Utf8Path, cases: u64) -> Result<Vec<Desk>, Box<dyn Error>> {
        (0..(TOGETHER / cases).max(1)).map(|firm| Desk::open(&folder.join(format!("{firm}.redb")))).collect()
    }

    /// A page of a firm's cases.
    pub(crate) fn page(&self, page: u64) -> Vec<SeenCase> {
        (page * PAGE..(page + 1) * PAGE).map(|place| self.case(place)).collect()
    }

    pub(crate) fn mapper(&self) -> Result<Mapper, Box<dyn Error>> {
        Ok(Mapper::new(self.firm.clone(), self.reference.clone())?)
    }

    /// A case as MyCase shows it; every tenth is closed.
    fn case(&self, place: u64) -> SeenCase {
        let (area, stage) = &self.places[place as usize % self.places.len()];
        let text = |text: String| Some(text);
        let mut case = SeenCase::bare(CaseId(20_000_000 + place * 7));
        case.name = text(format!("Featherstone {place} v. Meridian Logistics, Inc."));
        case.case_number = text(format!("24-{place:06}"));
        case.description = text("Rear-end collision at a red light; neck and shoulder. ".repeat(5));
        case.opened_date = Some(jiff::civil::date(2024, 5, 1 + (place % 28) as i8));
        case.practice_area = text(area.clone());
        case.stage = text(stage.clone());
        case.status = if place % 10 == 3 { CaseStatus::Closed } else { CaseStatus::Open };
        case.clients = vec![SeenClient {
            first_name: text(format!("Wilhelmina{}", place % 977)),
            last_name: text(format!("Featherstone{}", place % 7919)),
            email: text(format!("Client{place}@Example.com")),
            cell_phone: text(phone(place)),
            ..SeenClient::bare(PersonId(30_000_000 + place))
        }];
        let on_case = |id, lead_lawyer| CaseStaff { id: StaffId(id), lead_lawyer, originating_lawyer: false };
        case.staff = vec![on_case(1 + place % 20, true), on_case(21 + place % 20, false)];
        let value = |field| CustomValue { field: FieldId(field), text: format!("value {place}"), updated_at: Some(self.now) };
        case.custom = (1..=6).map(value).collect();
        case.updated_at = Some(self.now);
        case
    }
}

/// A phone of one's own for each of 6,400,000 places; exchanges whose second digit is 2 or more are all in use.
fn phone(place: u64) -> String {
    let exchange = place / 10_000;
    let (first, second, third) = (2 + exchange / 80 % 8, 2 + exchange / 10 % 8, exchange % 10);
    format!("(212) {first}{second}{third}-{:04}", place % 10_000)
}

/// Practice areas with stages that the file maps.
fn places(firm: &Firm) -> Vec<(String, String)> {
    let general = firm.stages.map.values().map(|entry| ("Personal Injury".to_owned(), entry.from.to_string()));
    let by_area = firm.stages.by_area.iter().flat_map(|(area, map)| map.values().map(move |entry| (area.as_str(), entry.from.to_string())));
    let spelled = |area: &str| firm.portal.stages.keys().find(|name| name.eq_ignore_ascii_case(area)).cloned();
    general.chain(by_area.filter_map(|(area, stage)| Some((spelled(area)?, stage)))).collect()
}

fn staff(id: u64) -> Staff {
    let kind = if id <= 20 { "Attorney" } else { "Paralegal" };
    let email = Some(format!("staff{id}@harlowpike.example"));
    Staff { id: StaffId(id), email, kind: Some(kind.to_owned()), first_name: "Ann".into(), last_name: "Lee".into(), active: true }
}
