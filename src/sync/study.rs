//! Reading and planning: what a run would do. Holds readers only, so it cannot change anything anywhere.

use super::changes::{Moves, covers, seen_until};
use super::desk::Desk;
use super::refusals::Rested;
use super::{Engine, Progress, RunError, Work, connection, known, lists, renames};
use crate::domain::{CaseId, FirmId, InStep, Link, Listing, Ordered, Scan, ScanDoubt};
use crate::mapping::{self, Mapper, NamesEver, Renames};
use crate::mycase::{CaseQuery, MyCaseError, Reader};
use crate::plan::{Absence, Context, Look, Plan, Planner, Reach};
use crate::planted::{self, Plant};
use crate::store::{FirstRunDone, LastScan, ListsSeen, LookbackFirst, Selected};
use jiff::{Span, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How many vanished cases one run asks MyCase for one by one; the others are asked for by the next runs.
const ABSENT_ASKED_PER_RUN: usize = 200;

/// What is to be read and compared.
#[derive(Debug)]
pub(crate) struct Study {
    /// Which cases.
    pub reach: Reach,
    /// Compare with what the portal says, too.
    pub verify: bool,
    /// Send every linked case anew.
    pub rewrite: bool,
    /// What moved, when only that is to be read; without it [`Reach::Changed`] reads all cases.
    pub moves: Option<Moves>,
}

impl Study {
    /// A reading of all cases, or of named ones.
    pub(crate) fn of(reach: Reach, verify: bool, rewrite: bool) -> Study {
        Study { reach, verify, rewrite, moves: None }
    }
}

/// Which cases a run looked at: of the others nothing was learned, and what is kept of them stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Looked {
    /// All there are.
    All,
    /// These.
    Only(BTreeSet<CaseId>),
}

impl Looked {
    /// Whether this case was looked at.
    pub(crate) fn at(&self, case: CaseId) -> bool {
        match self {
            Looked::All => true,
            Looked::Only(cases) => cases.contains(&case),
        }
    }
}

/// What was read, as a plan.
pub(crate) struct Studied {
    /// The plan.
    pub plan: Plan,
    /// How the reading of all cases went; a reading of some cases says so.
    pub scan: Scan,
    /// Whether what was to be read was read to its end.
    pub complete: bool,
    /// Which cases were looked at.
    pub looked: Looked,
    /// Of the cases in the journal those that MyCase showed.
    pub shown: BTreeSet<CaseId>,
    /// Until when, on MyCase's own clock, all that moved was seen; `None` when that cannot be said.
    pub until: Option<Timestamp>,
    /// What MyCase's short lists bear and bore.
    pub names_ever: NamesEver,
    /// What rules may use of MyCase's short lists; only when all cases were looked at with them.
    pub lists: Option<ListsSeen>,
    /// Whether the portal's list was looked at.
    pub listed: bool,
    /// What the portal refused a short while ago.
    pub rested: Rested,
    /// Cases that were asked for by name and that MyCase does not show.
    pub not_found: Vec<CaseId>,
    /// Names of the cases that the plan speaks of, for a person's terminal only.
    pub names: BTreeMap<CaseId, String>,
    /// Cases that need not be read another time while they are shown by the same text.
    pub in_step: known::Found,
}

/// Reads MyCase (and the portal, where that is due) and plans.
pub(crate) async fn study(engine: &Engine, mut ask: Study, progress: &Progress) -> Result<Studied, RunError> {
    let store = engine.store();
    let first = store.meta::<FirstRunDone>()?.is_none();
    connection::ready(engine)?;
    let reader = engine.mycase()?;
    let listing = listing_when_due(engine, first, ask.verify, progress).await?;
    let listed = listing.is_some();
    let began = engine.hands.clock.now();
    let Lists { mapper, names_ever, lists, notes } = read_lists(engine, &reader, ask.verify).await?;
    let planner = Planner::new(Context {
        firm: engine.firm.clone(),
        prints: engine.hands.prints.clone(),
        now: began,
        first,
        lookback: lookback(engine, first, began)?,
        reach: ask.reach.clone(),
        rewrite: ask.rewrite || planted::is(Plant::SendsTheSame),
        listing,
        last_scan: store.meta::<LastScan>()?.map(|scan| scan.count),
        selected: store.meta::<Selected>()?.unwrap_or_default().0,
    });
    let links = store.links()?;
    let known = if listed { None } else { known::known(engine, &ask, &links, &mapper, began)? };
    let rested = Rested::of(engine, &ask)?;
    let mut desk = Desk::new(engine, mapper, planner, &links, rested, listed);
    let Reading { scan, not_found, unread, until, whole } = match &ask.reach {
        Reach::Cases(cases) => some(&mut desk, &reader, cases, progress).await?,
        Reach::Everything => all(&mut desk, &reader, known, began, progress).await?,
        Reach::Changed => match ask.moves.take().unwrap_or_default() {
            moves if moves.whole => all_of_changed(&mut desk, &reader, began, progress).await?,
            moves => changed(&mut desk, &reader, moves, progress).await?,
        },
    };
    let looked_at_portal = desk.look_before_creating(progress).await?;
    let Desk { mut planner, names, rested, looked, in_step, .. } = desk;
    let shown = store.journal_cases()?.into_iter().filter(|case| planner.was_read(*case)).ordered();
    let mut plan = match unread {
        Some(gone) => planner.finish(&scan, gone),
        None => planner.finish(&scan, links.iter()?.filter_map(Result::ok)),
    };
    plan.notes.extend(notes);
    let (complete, looked) = match ask.reach {
        Reach::Everything => (scan.is_whole(), Looked::All),
        Reach::Changed => (until.is_some(), Looked::Only(looked)),
        Reach::Cases(cases) => (scan.is_whole(), Looked::Only(cases)),
    };
    let (listed, lists) = (listed || looked_at_portal, whole.then_some(lists));
    Ok(Studied { shown, plan, scan, complete, looked, until, names_ever, lists, listed, rested, not_found, names, in_step })
}

/// How one reading of cases went.
struct Reading {
    scan: Scan,
    /// Cases that were asked for by name and that MyCase does not show.
    not_found: Vec<CaseId>,
    /// Links of cases that were not looked at, when these are known already.
    unread: Option<Vec<Link>>,
    /// Until when, on MyCase's own clock, all that moved was seen.
    until: Option<Timestamp>,
    /// Whether all cases were looked at.
    whole: bool,
}

/// MyCase's short lists, and what follows from them.
struct Lists {
    mapper: Mapper,
    names_ever: NamesEver,
    lists: ListsSeen,
    notes: Vec<String>,
}

async fn read_lists(engine: &Engine, reader: &Reader, verify: bool) -> Result<Lists, RunError> {
    let needs = mapping::needs(&engine.firm);
    let needs = crate::mycase::Needs { people_groups: needs.people_groups, clients: needs.clients };
    let reference = Arc::new(reader.reference(needs).await.map_err(|error| from_mycase(engine, error))?);
    let names_ever = renames::names_ever(engine, &reference)?;
    let renamed = Renames::of(&engine.firm, &names_ever);
    let mut notes = renames::sentences(&renamed);
    notes.extend(connection::note_person(engine, &reference)?);
    let profile = &engine.firm.portal.profile;
    if verify && !profile.is_listable() {
        let title = &profile.title;
        notes.push(format!("{title} cannot be listed: only MyCase's side was compared, not what the portal shows"));
    }
    let lists = lists::seen(&reference, &engine.hands.prints);
    let mapper = Mapper::heeding(engine.firm.clone(), reference, renamed).map_err(|error| RunError::Mapping(error.to_string()))?;
    Ok(Lists { mapper, names_ever, lists, notes })
}

/// Every case there is, page by page; then those that the state knows and no page showed, which are answered.
async fn all(
    desk: &mut Desk<'_>,
    reader: &Reader,
    known: Option<InStep>,
    began: Timestamp,
    progress: &Progress,
) -> Result<Reading, RunError> {
    let mut pages = reader.all_cases(known);
    let (mut read, mut answered, mut turned) = (0, None, 0);
    while let Some(page) = pages.next().await {
        answered = answered.or_else(|| Some(desk.engine.hands.clock.now()));
        let page = page.map_err(|error| from_mycase(desk.engine, error))?;
        (read, turned) = (read + page.len(), turned + 1);
        page.into_iter().try_for_each(|case| desk.shown(case))?;
        progress.read(read, pages.scan().announced, Some(turned));
    }
    let scan = pages.scan();
    let until = scan.is_whole().then(|| seen_until(pages.server_time(), began, answered.unwrap_or(began)));
    // Every linked case that was looked at is known to the planner, so nothing more need be kept of it.
    let Desk { planner, walk, .. } = desk;
    let gone = walk.others(|case| planner.was_read(case))?;
    let mut asked = 0;
    for link in &gone {
        let due = scan.is_whole() && desk.planner.wants_proof(link) && asked < ABSENT_ASKED_PER_RUN;
        let absence = if due {
            asked += 1;
            match reader.case(link.case).await.map_err(|error| from_mycase(desk.engine, error))? {
                None => Absence::Answered404,
                Some(_) => Absence::Shown,
            }
        } else {
            Absence::NotShown
        };
        if let Look::Differs(_) = desk.planner.absent(link, absence) {
            let sent = desk.links.sent(link.case)?;
            desk.planner.close_absent(link, sent);
        }
    }
    Ok(Reading { scan, not_found: Vec::new(), unread: Some(gone), until, whole: true })
}

/// Some cases, each by its id; answers those that MyCase does not show.
async fn some(desk: &mut Desk<'_>, reader: &Reader, cases: &BTreeSet<CaseId>, progress: &Progress) -> Result<Reading, RunError> {
    let not_found = one_by_one(desk, reader, cases, progress).await?;
    let scan = Scan { read: cases.len(), announced: None, doubts: vec![ScanDoubt::Partial] };
    Ok(Reading { scan, not_found, unread: None, until: None, whole: false })
}

/// What moved: cases that were read already, others one by one. Of what is not shown nothing follows.
async fn changed(desk: &mut Desk<'_>, reader: &Reader, moves: Moves, progress: &Progress) -> Result<Reading, RunError> {
    let Moves { read, others, whole, until } = moves;
    read.iter().try_for_each(|case| desk.take(case).map(drop))?;
    desk.looked.extend(read.iter().map(|case| case.id));
    let not_found: BTreeSet<CaseId> = one_by_one(desk, reader, &others, progress).await?.into_iter().ordered();
    desk.looked.extend(others.difference(&not_found));
    let scan = Scan { read: desk.looked.len(), announced: None, doubts: vec![ScanDoubt::Partial] };
    Ok(Reading { scan, not_found: Vec::new(), unread: None, until, whole })
}

/// All cases in place of what moved, page by page; nothing follows from what is not shown.
async fn all_of_changed(desk: &mut Desk<'_>, reader: &Reader, began: Timestamp, progress: &Progress) -> Result<Reading, RunError> {
    let mut pages = reader.cases(CaseQuery { updated_after: None });
    let (mut answered, mut turned) = (None, 0);
    while let Some(page) = pages.next().await {
        answered = answered.or_else(|| Some(desk.engine.hands.clock.now()));
        let page = page.map_err(|error| from_mycase(desk.engine, error))?;
        page.iter().try_for_each(|case| desk.take(case).map(drop))?;
        desk.looked.extend(page.iter().map(|case| case.id));
        turned += 1;
        progress.read(desk.looked.len(), pages.scan().announced, Some(turned));
    }
    let until = covers(&pages.scan()).then(|| seen_until(pages.server_time(), began, answered.unwrap_or(began)));
    let scan = Scan { read: desk.looked.len(), announced: None, doubts: vec![ScanDoubt::Partial] };
    Ok(Reading { scan, not_found: Vec::new(), unread: None, until, whole: true })
}

/// Reads cases one by one; answers those that MyCase does not show.
async fn one_by_one(desk: &mut Desk<'_>, reader: &Reader, cases: &BTreeSet<CaseId>, progress: &Progress) -> Result<Vec<CaseId>, RunError> {
    let mut not_found = Vec::new();
    for (done, id) in cases.iter().enumerate() {
        match reader.case(*id).await.map_err(|error| from_mycase(desk.engine, error))? {
            Some(case) => drop(desk.take(&case)?),
            None => not_found.push(*id),
        }
        progress.read(done + 1, Some(cases.len()), None);
    }
    Ok(not_found)
}

/// What the portal holds, where the run must know: on a first run, and when everything is compared. A list that the firm
/// exported says what was there before the first run; of what came later it knows nothing.
async fn listing_when_due(engine: &Engine, first: bool, verify: bool, progress: &Progress) -> Result<Option<Listing>, RunError> {
    if !engine.firm.portal.profile.is_listable() {
        return Ok(engine.existing().filter(|_| first).cloned());
    }
    if !first && !verify {
        return Ok(None);
    }
    read_listing(engine, progress).await.map(Some)
}

/// The portal's list; from one that is not whole the planner adopts, and creates nothing.
pub(crate) async fn read_listing(engine: &Engine, progress: &Progress) -> Result<Listing, RunError> {
    progress.say("reading the portal's list");
    let told = |records, pages| progress.listed(Work::Listing, records, pages);
    engine.portal_reader()?.list_cases(told).await.map_err(|error| RunError::Portal(Box::new(error)))
}

/// The day before which an unlinked case's last change is too old.
pub(super) fn lookback(engine: &Engine, first: bool, now: Timestamp) -> Result<Timestamp, RunError> {
    let long = first || engine.store().meta::<LookbackFirst>()?.is_some_and(|reset| reset.0);
    let span: Span = if long { engine.firm.lookback.first } else { engine.firm.lookback.later };
    let cutoff = now.to_zoned(engine.firm.time_zone.clone()).checked_sub(span);
    Ok(cutoff.map_or(Timestamp::MIN, |at| at.timestamp()))
}

/// MyCase's errors in a run's words.
pub(crate) fn from_mycase(engine: &Engine, error: MyCaseError) -> RunError {
    from_mycase_of(&engine.firm.id, error)
}

/// The same of the firm with this id.
pub(crate) fn from_mycase_of(firm: &FirmId, error: MyCaseError) -> RunError {
    let firm = firm.clone();
    match error {
        MyCaseError::NotConnected => RunError::NotConnected(firm),
        MyCaseError::Reconnect { why } => RunError::Reconnect { firm, why },
        other => RunError::MyCase(Box::new(other)),
    }
}
