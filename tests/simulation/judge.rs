//! Watches every effect on a portal and on MyCase while a story runs, and holds it against the promises. It knows what the
//! sandbox holds before and after each request and what people approved; it asks the product nothing.
//!
//! What it lets pass, and why:
//! - A write that changes nothing, where an earlier write for that case lost its answer (`unheard.rs`).
//! - A person who is sent with a project that does not name them yet, and is there already.
//! - What went without a yes before the product's clock leapt: it does not count for the day after.
//! - A close of a case that was closed in MyCase less than [`RACE`] ago: the run read it before it was opened again.
//! - A create that meets its own record, where the portal's list was made to lie shortly before.
//! - A first stage that changes nothing, of a record that was made without one: the portal chose it by itself and told nobody.

use crate::firm::{Firm, Portal};
use crate::unheard::Unheard;
use casebridge::domain::Kind;
use casebridge::plan::ChangeKey;
use casebridge::sandbox::{HonaContact, HonaProject, PortalCase, World};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// A run may act on what it read so long ago: it waits out storms of 429.
pub(crate) const RACE: SignedDuration = SignedDuration::from_hours(2);

/// What casebridge promises; a planted fault must be caught under the right one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Promise {
    /// When everything is well again the portal says what the mapping makes of MyCase.
    Converges,
    /// No case ever has two records, and no create is sent for a record that is there.
    NoDuplicate,
    /// Every file that a client gave arrives once.
    FilesOnce,
    /// Every message that a client gave arrives once.
    MessagesOnce,
    /// No write changes nothing.
    NoIdleWrite,
    /// Nothing is closed without proof.
    CloseIsProved,
    /// Nothing over a limit, no first import and no other client is sent without a person's yes.
    Approved,
    /// Nobody is asked twice for the same change of a case that nobody touched meanwhile.
    AskedOnce,
    /// No secret and nothing personal is logged.
    NothingLogged,
    /// A connection ends only when MyCase ends it.
    ConnectionKept,
    /// Nothing is sent that does not stand in the journal as sent.
    Journalled,
    /// A firm file with a mistake leaves the last good version in use.
    LastGoodStays,
    /// Nothing panics, and nothing hangs.
    GoesOn,
}

/// A promise that was broken.
#[derive(Clone, Debug)]
pub(crate) struct Broken {
    pub(crate) promise: Promise,
    pub(crate) text: String,
}

/// One request that could have changed something, as the sandbox saw it.
pub(crate) struct Write<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    /// Hona's `externalId`; empty elsewhere.
    pub(crate) external_id: &'a str,
    /// What the portal answered; the product may have been told otherwise.
    pub(crate) status: u16,
    /// The case that a contact is sent for, as the journal says.
    pub(crate) contact_of: Option<u64>,
    /// A change is under way that names this contact and finds it nowhere in the case's record.
    pub(crate) introduces: bool,
    /// It names no stage.
    pub(crate) unplaced: bool,
    /// A project, and nothing is said of its team.
    pub(crate) teamless: bool,
    /// The product never had a good answer.
    pub(crate) lost: bool,
    /// What the product's clock showed.
    pub(crate) clock: Timestamp,
}

/// What a portal holds.
#[derive(Clone, Default)]
pub(crate) struct Held {
    cases: BTreeMap<u64, PortalCase>,
    projects: BTreeMap<String, HonaProject>,
    contacts: BTreeMap<String, HonaContact>,
}

impl Held {
    pub(crate) fn of(portal: Portal, world: &World) -> Held {
        match portal {
            Portal::CaseStatus => Held { cases: world.case_status.cases.clone(), ..Held::default() },
            Portal::Hona => Held { projects: world.hona.projects.clone(), contacts: world.hona.contacts.clone(), ..Held::default() },
        }
    }
}

/// What is known of one firm.
#[derive(Default)]
struct Book {
    /// Somebody said yes to the first import.
    began: bool,
    /// What a person said yes to and was not seen yet.
    permits: BTreeMap<u64, BTreeSet<Kind>>,
    /// Of that, what the last yes was to.
    last_yes: BTreeMap<u64, Vec<Kind>>,
    /// What a person said yes to, and casebridge took it: neither sent yet nor touched by anybody since.
    taken: BTreeMap<u64, ChangeKey>,
    /// When what was sent without a yes.
    sent: Vec<(Timestamp, Kind, u64)>,
    unheard: Unheard,
    /// Cases whose record was made while they were closed: the closing belongs to the create.
    closing: BTreeSet<u64>,
    /// Cases whose record was made without a stage and was sent none since.
    unplaced: BTreeSet<u64>,
    /// When each case was last seen closed in MyCase.
    closed: BTreeMap<u64, Timestamp>,
    /// When the portal's list last lied.
    lied: Option<Timestamp>,
    said: BTreeSet<String>,
}

/// The judge of all firms of a story.
#[derive(Default)]
pub(crate) struct Judge {
    books: Vec<Book>,
    pub(crate) broken: Vec<Broken>,
}

impl Judge {
    pub(crate) fn new(firms: usize) -> Judge {
        Judge { books: (0..firms).map(|_| Book::default()).collect(), broken: Vec::new() }
    }

    /// A promise was broken.
    pub(crate) fn breaks(&mut self, promise: Promise, text: String) {
        self.broken.push(Broken { promise, text });
    }

    /// A person says yes to a plan of these cases.
    pub(crate) fn approved(&mut self, firm: usize, cases: impl IntoIterator<Item = (u64, Vec<Kind>)>) {
        let book = &mut self.books[firm];
        book.began = true;
        book.last_yes = cases.into_iter().collect();
        for (case, kinds) in &book.last_yes {
            book.permits.entry(*case).or_default().extend(kinds);
        }
    }

    /// A person is asked for these changes.
    pub(crate) fn asked(&mut self, firm: usize, changes: &[(u64, ChangeKey)]) {
        for (case, key) in changes {
            if self.books[firm].taken.get(case) == Some(key) {
                self.breaks(Promise::AskedOnce, format!("firm {firm}: case {case} is asked for again"));
            }
        }
    }

    /// A yes to these changes was taken.
    pub(crate) fn took(&mut self, firm: usize, changes: Vec<(u64, ChangeKey)>) {
        let book = &mut self.books[firm];
        let unused = |case: &u64| book.permits.get(case).is_some_and(|permit| !permit.is_empty());
        book.taken.extend(changes.into_iter().filter(|(case, _)| unused(case)));
    }

    /// Whether every firm's first import was approved.
    pub(crate) fn all_began(&self) -> bool {
        self.books.iter().all(|book| book.began)
    }

    /// The product's clock shows another time: what it decided under the one before may go under this one, and what a day is
    /// begins anew.
    pub(crate) fn clock_leaps(&mut self) {
        self.books.iter_mut().for_each(|book| book.sent.clear());
    }

    /// Somebody did something to a case, or to all: whoever is asked for it may be asked again.
    pub(crate) fn touched(&mut self, firm: usize, case: Option<u64>) {
        let taken = &mut self.books[firm].taken;
        taken.retain(|known, _| case.is_some_and(|case| case != *known));
    }

    /// Cases that had moved when the last yes was carried out: nothing of that was sent. An earlier yes to the same case holds.
    pub(crate) fn moved(&mut self, firm: usize, cases: impl IntoIterator<Item = u64>) {
        for case in cases {
            let book = &mut self.books[firm];
            if let (Some(permit), Some(kinds)) = (book.permits.get_mut(&case), book.last_yes.get(&case)) {
                permit.retain(|kind| !kinds.contains(kind));
            }
            self.touched(firm, Some(case));
        }
    }

    /// The portal's list was made to lie.
    pub(crate) fn list_lied(&mut self, firm: usize, at: Timestamp) {
        self.books[firm].lied = Some(at);
    }

    /// Looks at MyCase before anything changes there: what is closed now was closed.
    pub(crate) fn look(&mut self, firm: usize, world: &World) {
        let now = world.now();
        let closed = world.mycase.cases.values().filter(|case| !case.open && !case.hidden);
        self.books[firm].closed.extend(closed.map(|case| (case.id, now)));
    }

    /// The process died: whatever it had sent to these records, it does not know it.
    pub(crate) fn died(&mut self, firm: usize, portal: Portal, world: &World) {
        let ids: Vec<&str> = match portal {
            Portal::CaseStatus => world.case_status.cases.values().filter_map(|record| record.integration_id.as_deref()).collect(),
            Portal::Hona => world.hona.projects.keys().map(String::as_str).collect(),
        };
        ids.into_iter().filter_map(|id| id.parse().ok()).for_each(|case| self.books[firm].unheard.add(case, false));
    }

    /// A write for this case came to nothing.
    pub(crate) fn unheard(&mut self, firm: usize, case: Option<u64>) {
        case.into_iter().for_each(|case| self.books[firm].unheard.add(case, false));
    }

    /// A portal was written to.
    pub(crate) fn wrote(&mut self, firm: usize, about: &Firm, world: &World, before: &Held, write: &Write<'_>) {
        if (200..300).contains(&write.status) && !self.books[firm].began {
            self.breaks(Promise::Approved, format!("{}: {} {} before the first yes", about.id, write.method, write.path));
        }
        match about.portal {
            Portal::CaseStatus => self.case_status(firm, about, world, before, write),
            Portal::Hona => self.hona(firm, about, world, before, write),
        }
    }

    fn case_status(&mut self, firm: usize, about: &Firm, world: &World, before: &Held, write: &Write<'_>) {
        let after = &world.case_status.cases;
        if write.path == "/v1/api/cases" {
            if write.status == 409 && self.books[firm].lied.is_none_or(|lied| lied + RACE < world.now()) {
                let text = format!("{}: a create was sent for a case whose record is there", about.id);
                self.breaks(Promise::NoDuplicate, text);
            }
            for case in after.values().filter(|case| !before.cases.contains_key(&case.id)) {
                self.created(firm, about, world, case.integration_id.as_deref(), write);
            }
            return;
        }
        let Some(id) = write.path.split('/').find_map(|part| part.parse::<u64>().ok()) else { return };
        let (Some(old), Some(new)) = (before.cases.get(&id), after.get(&id)) else { return };
        if !(200..300).contains(&write.status) {
            return;
        }
        let case = new.integration_id.as_deref().and_then(|id| id.parse().ok()).unwrap_or(0);
        let kinds = differs(old, new);
        self.changed(firm, about, world, case, &kinds, other_people(old, new), write);
    }

    fn hona(&mut self, firm: usize, about: &Firm, world: &World, before: &Held, write: &Write<'_>) {
        if !(200..300).contains(&write.status) {
            return;
        }
        let id = write.external_id;
        if write.path == "/contacts" {
            let (Some(new), old) = (world.hona.contacts.get(id), before.contacts.get(id)) else { return };
            let kinds = if old.is_none_or(|old| old == new) { Vec::new() } else { vec![Kind::Contact] };
            let case = write.contact_of.or_else(|| of_contact(world, id)).unwrap_or(0);
            match old {
                // A person whom the project does not name yet counts with it.
                _ if write.lost && (old.is_none() || write.introduces) => self.books[firm].unheard.add(case, false),
                Some(_) if write.introduces => {}
                None => {}
                Some(_) => self.changed(firm, about, world, case, &kinds, false, write),
            }
            return;
        }
        match (before.projects.get(id), world.hona.projects.get(id)) {
            (None, Some(_)) => self.created(firm, about, world, Some(id), write),
            (Some(old), Some(new)) => {
                let kinds = project_differs(old, new);
                let other = old.contacts.iter().any(|party| !new.contacts.iter().any(|new| new.external_id == party.external_id));
                self.changed(firm, about, world, id.parse().unwrap_or(0), &kinds, other, write);
            }
            _nothing => {}
        }
    }

    fn created(&mut self, firm: usize, about: &Firm, world: &World, id: Option<&str>, write: &Write<'_>) {
        let Some(case) = id.and_then(|id| id.parse::<u64>().ok()) else {
            return self.breaks(Promise::NoDuplicate, format!("{}: a record without the case's id was made", about.id));
        };
        if world.case_status.by_integration_id(&case.to_string()).len() > 1 {
            self.breaks(Promise::NoDuplicate, format!("{}: case {case} has two records", about.id));
        }
        if world.mycase.cases.get(&case).is_some_and(|case| !case.open) || self.books[firm].closed.contains_key(&case) {
            self.books[firm].closing.insert(case);
        }
        if write.lost {
            self.books[firm].unheard.add(case, false);
        }
        if write.unplaced {
            self.books[firm].unplaced.insert(case);
        }
        self.counts(firm, about, case, &[Kind::Create], write);
    }

    #[expect(clippy::too_many_arguments, reason = "one write, as it was and as it is")]
    fn changed(&mut self, firm: usize, about: &Firm, world: &World, case: u64, kinds: &[Kind], other: bool, write: &Write<'_>) {
        let book = &mut self.books[firm];
        let request = format!("{} {} {}", write.method, write.path, write.external_id);
        let repeats = book.unheard.excuses(case, request, write.teamless, kinds.is_empty(), world.now());
        if write.lost {
            book.unheard.add(case, other);
        }
        let unplaced = !write.unplaced && book.unplaced.remove(&case);
        if kinds.is_empty() {
            if !repeats && !unplaced {
                self.breaks(Promise::NoIdleWrite, format!("{}: {} {} changed nothing", about.id, write.method, write.path));
            }
            return;
        }
        if kinds.contains(&Kind::Close) {
            self.closes(firm, about, world, case);
        }
        // Hona's people are sent before their project, under the same yes.
        let last = write.path != "/contacts";
        let permit = self.books[firm].permits.get_mut(&case);
        let made_anew = permit.is_some_and(|permit| if last { permit.remove(&Kind::Create) } else { permit.contains(&Kind::Create) });
        if made_anew {
            // A create was approved, and an earlier one had arrived without anybody knowing: whatever differs is part of it.
            return self.touched(firm, Some(case));
        }
        if other && !self.books[firm].permits.get(&case).is_some_and(|permit| permit.contains(&Kind::Contact)) {
            self.breaks(Promise::Approved, format!("{}: case {case} was shown to another person without a yes", about.id));
        }
        let book = &mut self.books[firm];
        // The stage that the portal itself gave to a record made without one is taken back.
        let portals_own = write.unplaced && book.unplaced.contains(&case);
        let is_own = |kind: &Kind| match kind {
            Kind::Close => !book.closing.remove(&case),
            Kind::Stage => !portals_own,
            _ => true,
        };
        let own: Vec<Kind> = kinds.iter().copied().filter(is_own).collect();
        self.counts(firm, about, case, &own, write);
    }

    fn closes(&mut self, firm: usize, about: &Firm, world: &World, case: u64) {
        let closed_now = world.mycase.cases.get(&case).is_some_and(|case| !case.open);
        // What the connected person may not see is gone for whoever asks.
        let there = world.mycase.cases.get(&case).is_some_and(|case| !case.hidden);
        let closed = self.books[firm].closed.get(&case);
        let proved = match (closed_now, there) {
            (true, _) => true,
            (false, true) => closed.is_some_and(|at| *at + RACE >= world.now()),
            (false, false) => closed.is_some(),
        };
        if !proved {
            self.breaks(Promise::CloseIsProved, format!("{}: case {case} was closed, and MyCase never said so", about.id));
        }
    }

    /// Counts what was sent without a yes against the limits.
    fn counts(&mut self, firm: usize, about: &Firm, case: u64, kinds: &[Kind], write: &Write<'_>) {
        self.touched(firm, Some(case));
        let mut over = Vec::new();
        let book = &mut self.books[firm];
        for kind in kinds {
            if let Some(permit) = book.permits.get_mut(&case).filter(|permit| permit.contains(kind)) {
                permit.remove(kind);
                continue;
            }
            let limit = match kind {
                Kind::Create => about.limits.create,
                Kind::Stage => about.limits.stage,
                Kind::Close => about.limits.close,
                Kind::Reopen => about.limits.reopen,
                Kind::Contact => about.limits.contact,
                Kind::Update => continue,
            };
            book.sent.push((write.clock, *kind, case));
            let since = write.clock - SignedDuration::from_hours(24);
            let sent: Vec<u64> = book.sent.iter().filter(|(at, sent, _)| sent == kind && *at > since).map(|(.., case)| *case).collect();
            if sent.len() > limit {
                over.push(format!("{}: {} of {kind} went in a day without a yes, {limit} may: {sent:?}", about.id, sent.len()));
            }
        }
        over.into_iter().for_each(|text| self.breaks(Promise::Approved, text));
    }

    /// A document or a note was made in MyCase: no file and no message may be there twice.
    pub(crate) fn delivered(&mut self, firm: usize, about: &Firm, world: &World) {
        let mut found = Vec::new();
        for file in world.case_status.files.values() {
            let mark = format!("file {}", file.id);
            let there = world.mycase.documents.values().filter(|document| document.description.ends_with(&mark)).count();
            if there > 1 {
                found.push((Promise::FilesOnce, format!("{}: {mark} has {there} documents", about.id)));
            }
        }
        for message in world.case_status.messages.values() {
            let there = world.mycase.notes.values().filter(|note| note.note.contains(&message.content)).count();
            if there > 1 {
                found.push((Promise::MessagesOnce, format!("{}: message {} has {there} notes", about.id, message.id)));
            }
        }
        for (promise, text) in found {
            if self.books[firm].said.insert(text.clone()) {
                self.breaks(promise, text);
            }
        }
    }
}

/// The kinds in which a record differs.
fn differs(old: &PortalCase, new: &PortalCase) -> Vec<Kind> {
    let people = |case: &PortalCase| -> Vec<_> {
        let client = |client: &casebridge::sandbox::PortalClient| {
            (
                client.integration_id.clone(),
                client.first_name.clone(),
                client.last_name.clone(),
                client.email.clone(),
                client.cell_phone.clone(),
            )
        };
        case.clients.iter().map(client).collect()
    };
    let rest = |case: &PortalCase| {
        let PortalCase { readable_id, name, description, case_date, attorney_email, attorney_emails, paralegal_emails, .. } = case;
        (
            readable_id.clone(),
            name.clone(),
            description.clone(),
            case_date.clone(),
            attorney_email.clone(),
            attorney_emails.clone(),
            paralegal_emails.clone(),
            case.extra.clone(),
        )
    };
    let mut kinds = Vec::new();
    match (old.closed_at.is_some(), new.closed_at.is_some()) {
        (false, true) => kinds.push(Kind::Close),
        (true, false) => kinds.push(Kind::Reopen),
        _same => {}
    }
    if people(old) != people(new) {
        kinds.push(Kind::Contact);
    }
    if (&old.status, &old.practice_area) != (&new.status, &new.practice_area) {
        kinds.push(Kind::Stage);
    }
    if rest(old) != rest(new) {
        kinds.push(Kind::Update);
    }
    kinds
}

fn other_people(old: &PortalCase, new: &PortalCase) -> bool {
    let ids = |case: &PortalCase| -> BTreeSet<Option<String>> { case.clients.iter().map(|client| client.integration_id.clone()).collect() };
    ids(old) != ids(new)
}

fn project_differs(old: &HonaProject, new: &HonaProject) -> Vec<Kind> {
    let mut kinds = Vec::new();
    match (old.status == "Complete", new.status == "Complete") {
        (false, true) => kinds.push(Kind::Close),
        (true, false) => kinds.push(Kind::Reopen),
        _same => {}
    }
    if old.contacts != new.contacts {
        kinds.push(Kind::Contact);
    }
    if (&old.phase, &old.project_type) != (&new.phase, &new.project_type) {
        kinds.push(Kind::Stage);
    }
    if (&old.name, &old.team) != (&new.name, &new.team) {
        kinds.push(Kind::Update);
    }
    kinds
}

/// A case whose project names this contact.
fn of_contact(world: &World, contact: &str) -> Option<u64> {
    let names = |project: &&HonaProject| project.contacts.iter().any(|party| party.external_id == contact);
    world.hona.projects.values().find(names).and_then(|project| project.external_id.parse().ok())
}
