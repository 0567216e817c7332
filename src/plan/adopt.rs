//! What the portal's own list means: which record is a case's own, which looks like it, and where the portal says
//! something else than it was last told.

use crate::config::Firm;
use crate::domain::{CaseId, Fingerprinter, Kind, Kinds, Link, Listing, NameKey, PortalCase, PortalId, Record, readable_print};
use std::collections::{BTreeSet, HashMap};

/// The portal's list, indexed. Lookups only: nothing iterates the hash maps. Not `Debug`: its keys are names of cases.
pub(super) struct Shelf {
    listing: Listing,
    by_portal_id: HashMap<PortalId, usize>,
    by_case: HashMap<CaseId, Vec<usize>>,
    /// Records without a MyCase id, by the name and the readable id they bear.
    strangers: HashMap<NameKey, Vec<usize>>,
    /// Records that a link knows as a case's own.
    known: BTreeSet<usize>,
    /// Records that carry the id of a case that MyCase shows.
    explained: BTreeSet<usize>,
}

/// Records that no case of MyCase's explains.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Foreign {
    /// Without a MyCase id.
    pub(super) without_id: Vec<PortalId>,
    /// With an id that is no case here.
    pub(super) other_id: Vec<PortalId>,
}

/// The portal records that carry a case's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Own {
    /// None does.
    Nobody,
    /// Exactly one.
    One(usize),
    /// More than one.
    Several,
}

/// What the list says of a link's record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Here it is.
    Listed(usize),
    /// Not listed, and the list was not whole.
    Unknown,
    /// Gone; another record carries the case's id.
    Moved,
    /// Gone.
    Gone,
}

impl Shelf {
    pub(super) fn new(listing: Listing) -> Shelf {
        let mut shelf = Shelf {
            by_portal_id: HashMap::with_capacity(listing.cases.len()),
            by_case: HashMap::with_capacity(listing.cases.len()),
            strangers: HashMap::new(),
            known: BTreeSet::new(),
            explained: BTreeSet::new(),
            listing: Listing::default(),
        };
        for (at, record) in listing.cases.iter().enumerate().filter(|(_, record)| !record.deleted) {
            shelf.by_portal_id.insert(record.portal_id.clone(), at);
            if let Some(case) = carried(record) {
                shelf.by_case.entry(case).or_default().push(at);
                continue;
            }
            for name in [&record.name, &record.readable_id].into_iter().flatten() {
                shelf.strangers.entry(NameKey::new(name)).or_default().push(at);
            }
        }
        shelf.listing = listing;
        shelf
    }

    pub(super) fn is_whole(&self) -> bool {
        self.listing.whole
    }

    /// A link says that this record is a case's own.
    pub(super) fn mark_linked(&mut self, portal_id: &PortalId) {
        if let Some(at) = self.by_portal_id.get(portal_id) {
            self.known.insert(*at);
        }
    }

    /// MyCase shows this case: a record that carries its id belongs somewhere, whatever becomes of the case.
    pub(super) fn explain(&mut self, case: CaseId) {
        if let Some(own) = self.by_case.get(&case) {
            self.explained.extend(own);
        }
    }

    /// What belongs to no case that MyCase shows and to no link, in the list's order. After all cases were looked at.
    pub(super) fn foreign(&self) -> Foreign {
        let mut foreign = Foreign::default();
        for (at, record) in self.listing.cases.iter().enumerate() {
            if record.deleted || self.known.contains(&at) || self.explained.contains(&at) {
                continue;
            }
            let without_id = record.integration_id.as_deref().is_none_or(|id| id.trim().is_empty());
            let kind = if without_id { &mut foreign.without_id } else { &mut foreign.other_id };
            kind.push(record.portal_id.clone());
        }
        foreign
    }

    pub(super) fn record(&self, at: usize) -> Option<&PortalCase> {
        self.listing.cases.get(at)
    }

    pub(super) fn own(&self, case: CaseId) -> Own {
        match self.by_case.get(&case).map(Vec::as_slice) {
            None | Some([]) => Own::Nobody,
            Some([one]) => Own::One(*one),
            Some(_) => Own::Several,
        }
    }

    pub(super) fn standing(&self, link: &Link) -> Standing {
        match (self.by_portal_id.get(&link.portal_id), self.own(link.case)) {
            (Some(at), _) => Standing::Listed(*at),
            (None, Own::One(_) | Own::Several) => Standing::Moved,
            (None, Own::Nobody) if self.listing.whole => Standing::Gone,
            (None, Own::Nobody) => Standing::Unknown,
        }
    }

    /// Whether a record that belongs to nobody bears the name or the readable id of what would be created.
    pub(super) fn lookalike(&self, wanted: &Record) -> bool {
        if self.strangers.is_empty() {
            return false;
        }
        let mut bears = ["name", "readable_id"].into_iter().filter_map(|field| wanted.fields.get(field));
        bears.any(|text| {
            let key = NameKey::new(text);
            !key.is_empty() && self.strangers.get(&key).is_some_and(|all| all.iter().any(|at| !self.known.contains(at)))
        })
    }

    /// Whether the portal may say something else of a linked record than the link or mapping does. May say yes too
    /// often: the draft then looks closer.
    pub(super) fn differs(&self, at: usize, link: &Link, wanted: &Record, firm: &Firm, prints: &Fingerprinter) -> bool {
        let Some(record) = self.record(at) else { return false };
        let other =
            |listed: &Option<String>, known: &Option<String>| listed.as_deref().is_some_and(|text| Some(text.trim()) != known.as_deref());
        if record.open.is_some_and(|open| open != link.open) {
            return true;
        }
        if other(&record.stage, &link.stage) || other(&record.practice_area, &link.practice_area) {
            return true;
        }
        // `wanted` is sure to be what was sent only while the rest is in step; else the case has a draft anyway.
        let view = overlay(wanted, record, firm);
        view.attorney != wanted.attorney || view.fields != wanted.fields || readable_print(&view, prints) != link.readable
    }
}

/// The MyCase id that a record carries; anything but a number is no id of ours.
fn carried(record: &PortalCase) -> Option<CaseId> {
    record.integration_id.as_deref().and_then(|id| id.trim().parse().ok())
}

/// `record` with what the portal lists laid over it. What is not listed, or is no field of the firm's, stays.
pub(crate) fn overlay(record: &Record, listed: &PortalCase, firm: &Firm) -> Record {
    let mut view = record.clone();
    let PortalCase { name, readable_id, stage, practice_area, open, attorney, .. } = listed;
    let lay = |value: &mut Option<String>, listed: &Option<String>| {
        if let Some(listed) = listed
            && value.as_deref() != Some(listed.trim())
        {
            *value = Some(listed.trim().to_owned());
        }
    };
    lay(&mut view.stage, stage);
    lay(&mut view.practice_area, practice_area);
    view.open = open.unwrap_or(view.open);
    if let Some(attorney) = attorney
        && !view.attorney.as_deref().is_some_and(|known| known.eq_ignore_ascii_case(attorney.trim()))
    {
        view.attorney = Some(attorney.trim().to_lowercase());
    }
    for (field, listed) in [("name", name), ("readable_id", readable_id)] {
        let ours = firm.fields.get(field).is_some_and(|rule| !rule.extra);
        if let Some(listed) = listed
            && ours
            && view.fields.get(field).map(|known| known.trim()) != Some(listed.trim())
        {
            view.fields.insert(field.to_owned(), listed.trim().to_owned());
        }
    }
    view
}

/// Sorts out what the portal says of a linked record against what it was last told (`sent`) and what would be sent now
/// (`after`): what it already shows as wanted is taken; what a person changed there is named, or taken as the state to
/// correct from. Returns what the portal is held to have, and the names of what is only said.
pub(super) fn sort_out(sent: &Record, view: &Record, after: &Record, correct: bool) -> (Record, Vec<String>) {
    let mut before = sent.clone();
    let mut said = Vec::new();
    let mut take = |changed: bool, as_wanted: bool, moves: bool, name: String| {
        let taken = changed && (correct || as_wanted);
        if changed && !taken && !moves {
            said.push(name);
        }
        taken
    };
    if take(view.open != sent.open, view.open == after.open, after.open != sent.open, door_word(view.open)) {
        before.open = view.open;
    }
    let place = |name: &str, value: &Option<String>| format!("{name} (the portal shows {:?})", value.as_deref().unwrap_or(""));
    let (area, was, goal) = (&view.practice_area, &sent.practice_area, &after.practice_area);
    if take(area != was, area == goal, goal != was, place("practice area", area)) {
        before.practice_area.clone_from(area);
    }
    let (stage, was, goal) = (&view.stage, &sent.stage, &after.stage);
    if take(stage != was, stage == goal, goal != was, place("stage", stage)) {
        before.stage.clone_from(stage);
    }
    if take(view.attorney != sent.attorney, view.attorney == after.attorney, after.attorney != sent.attorney, "attorney".into()) {
        before.attorney.clone_from(&view.attorney);
    }
    for field in ["name", "readable_id"] {
        let (now, was, goal) = (view.fields.get(field), sent.fields.get(field), after.fields.get(field));
        if take(now != was, now == goal, goal != was, field.to_owned())
            && let Some(now) = now
        {
            before.fields.insert(field.to_owned(), now.clone());
        }
    }
    (before, said)
}

fn door_word(open: bool) -> String {
    if open { "opened again".into() } else { "closed".into() }
}

/// The kinds that say anything of a record: what a rewrite sends.
pub(super) fn content(record: &Record, goal_contact: bool) -> Kinds {
    let contact = (goal_contact && !record.clients.is_empty()).then_some(Kind::Contact);
    let stage = (record.stage.is_some() || record.practice_area.is_some()).then_some(Kind::Stage);
    contact.into_iter().chain(stage).chain([Kind::Update]).collect()
}
