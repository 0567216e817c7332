//! One case looked at closely, for `explain`: MyCase is asked for it, and for its short lists only when it is there; what a
//! run would make of it is planned against what the state remembers. Holds readers only, and remembers nothing.

use super::refusals::rested_until;
use super::study::{from_mycase, lookback};
use super::{Engine, RunError, connection, renames};
use crate::domain::{CaseId, Link, Record, Scan, ScanDoubt, SeenCase};
use crate::mapping::{self, FieldRow, Mapper, Renamed, Renames, Wanted};
use crate::plan::{Change, Context, Look, Plan, Planner, Reach, Told, standing};
use crate::store::{FirstRunDone, Refusals, Selected};
use jiff::Timestamp;
use std::sync::Arc;

/// What is known of one case.
#[derive(Debug)]
pub struct Closeup {
    /// What MyCase shows and what follows; `None` when MyCase answers 404.
    pub seen: Option<SeenCloseup>,
    /// Its link.
    pub link: Option<Link>,
    /// The record as last sent or adopted.
    pub sent: Option<Record>,
}

/// A case that MyCase shows.
#[derive(Debug)]
pub struct SeenCloseup {
    /// The case.
    pub case: SeenCase,
    /// What the firm's file makes of it.
    pub wanted: Wanted,
    /// The same field by field.
    pub rows: Vec<FieldRow>,
    /// Why it stands as it does.
    pub told: Vec<Told>,
    /// What a run that looked at no other case would do, and what needs attention.
    pub plan: Plan,
    /// Until when the portal's refusal of this very change rests.
    pub rests: Option<Timestamp>,
    /// Names in the firm's file that this case's stage or practice area no longer bears.
    pub renamed: Vec<Renamed>,
}

impl SeenCloseup {
    /// What would be sent.
    pub fn change(&self) -> Option<&Change> {
        self.plan.changes.first()
    }
}

/// Looks at one case. Costs one request, and one for each page of MyCase's lists when the case is there; none to the portal.
pub async fn closeup(engine: &Engine, case: CaseId) -> Result<Closeup, RunError> {
    connection::ready(engine)?;
    let reader = engine.mycase()?;
    let found = reader.case(case).await.map_err(|error| from_mycase(engine, error))?;
    let links = engine.store().links()?;
    let (link, sent) = (links.get(case)?, links.sent(case)?);
    let Some(case) = found else { return Ok(Closeup { seen: None, link, sent }) };
    let needs = mapping::needs(&engine.firm);
    let needs = crate::mycase::Needs { people_groups: needs.people_groups, clients: needs.clients };
    let reference = Arc::new(reader.reference(needs).await.map_err(|error| from_mycase(engine, error))?);
    let renamed = Renames::of(&engine.firm, &renames::names_ever(engine, &reference)?);
    let mapper = Mapper::heeding(engine.firm.clone(), reference, renamed).map_err(|error| RunError::Mapping(error.to_string()))?;
    let wanted = mapper.map(&case);
    let context = context(engine)?;
    let told = standing(&context, &wanted, link.as_ref());
    let mut planner = Planner::new(context);
    if let Look::Differs(kinds) = planner.look(&wanted, link.as_ref()) {
        planner.draft(wanted.clone(), link.clone(), sent.clone(), mapper.why(&case, &wanted, kinds));
    }
    // The other links count: a phone or a readable id may be another case's.
    let scan = Scan { read: 1, announced: None, doubts: vec![ScanDoubt::Partial] };
    let plan = planner.finish(&scan, links.iter()?.filter_map(Result::ok));
    let seen = SeenCloseup {
        rows: mapper.table(&case, &wanted),
        rests: rests(engine, plan.changes.first())?,
        renamed: of_case(mapper.renames(), &case),
        case,
        wanted,
        told,
        plan,
    };
    Ok(Closeup { seen: Some(seen), link, sent })
}

/// As a run by schedule has it: nobody asks for this very case.
fn context(engine: &Engine) -> Result<Context, RunError> {
    let store = engine.store();
    let (now, first) = (engine.hands.clock.now(), store.meta::<FirstRunDone>()?.is_none());
    Ok(Context {
        firm: engine.firm.clone(),
        prints: engine.hands.prints.clone(),
        now,
        first,
        lookback: lookback(engine, first, now)?,
        reach: Reach::Changed,
        rewrite: false,
        listing: None,
        last_scan: None,
        selected: store.meta::<Selected>()?.unwrap_or_default().0,
    })
}

fn rests(engine: &Engine, change: Option<&Change>) -> Result<Option<Timestamp>, RunError> {
    let Some(change) = change else { return Ok(None) };
    let refusals = engine.store().meta::<Refusals>()?.unwrap_or_default();
    let same = refusals.0.get(&change.case).is_some_and(|refusal| refusal.key == change.key(&engine.hands.prints));
    let until = rested_until(engine)?.remove(&change.case);
    Ok(until.filter(|until| same && *until > engine.hands.clock.now()))
}

fn of_case(renames: &Renames, case: &SeenCase) -> Vec<Renamed> {
    let names = [case.stage.as_deref(), case.practice_area.as_deref()];
    renames.all().iter().filter(|renamed| names.contains(&Some(renamed.now.as_str()))).cloned().collect()
}
