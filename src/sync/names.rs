//! The names of a firm's MyCase and portal, read for the catalog, and a look at both accounts for `check --online`. Readers
//! only; of what is seen, only whether the portal accepts the key is remembered.

use super::{Engine, KeyCheck, Progress, Requests, RunError, bind, connection};
use crate::config::{Catalog, CatalogEntry, MyCaseFinding, Online, OnlineFinding, PortalFinding};
use crate::domain::{Listing, Named, Ordered};
use crate::mapping::{NameTrail, NamesEver};
use crate::mycase::NameLists;
use crate::store::{Connected, StoreError};
use crate::sync::study::{from_mycase, read_listing};
use std::collections::{BTreeMap, BTreeSet};

/// What was read for the catalog.
#[derive(Debug)]
pub struct NamesRead {
    /// The names. What bore another name before says so as far as the state remembers it.
    pub catalog: Catalog,
    /// What is not in it, and why, one sentence each.
    pub notes: Vec<String>,
    /// What it cost.
    pub requests: Requests,
}

/// Reads MyCase's lists (five requests while none is longer than a page) and, where it can be listed, the portal's. A list
/// that may not be read is left out and said; so is a portal that does not answer. Without `portal` nobody asks it.
pub async fn read_names(engine: &Engine, portal: bool, progress: &Progress) -> Result<NamesRead, RunError> {
    connection::ready(engine)?;
    let before = engine.requests();
    progress.say("reading MyCase's lists");
    let lists = engine.mycase()?.name_lists().await.map_err(|error| from_mycase(engine, error))?;
    let mut notes: Vec<String> =
        lists.unread.iter().map(|(list, why)| format!("MyCase's {list} could not be read and are left out: {why}")).collect();
    let mut catalog = from_lists(engine, &lists)?;
    let title = &engine.firm.portal.profile.title;
    if portal && engine.firm.portal.profile.is_listable() {
        match read_listing(engine, progress).await {
            Ok(listing) => catalog.portal_stages = stages_stood_in(&listing),
            Err(error) => notes.push(format!("{title}'s stages could not be read and stay as they were: {}", error.sentence())),
        }
    } else if portal {
        notes.push(format!("{title} cannot be listed: its stages are not in the catalog"));
    }
    let after = engine.requests();
    let requests = Requests { mycase: after.mycase - before.mycase, portal: after.portal - before.portal };
    Ok(NamesRead { catalog, notes, requests })
}

/// Looks at both accounts: six requests to MyCase and one to the portal. Whatever goes wrong is a finding.
pub async fn look_online(engine: &Engine) -> Result<Online, StoreError> {
    let mut online = Online::default();
    if let Err(error) = look_at_mycase(engine, &mut online).await {
        online.findings.push(OnlineFinding::MyCase(finding(&error)));
    }
    look_at_portal(engine, &mut online).await?;
    Ok(online)
}

async fn look_at_mycase(engine: &Engine, online: &mut Online) -> Result<(), RunError> {
    connection::ready(engine)?;
    engine.mycase_secret()?;
    let reader = engine.mycase()?;
    let (firm, lists) = tokio::try_join!(reader.firm(), reader.name_lists()).map_err(|error| from_mycase(engine, error))?;
    (online.firm_name, online.firm_url) = (firm.name, firm.url);
    let connected = engine.store().meta::<Connected>()?;
    let person = connected.filter(|_| !lists.staff.is_empty()).map(|connected| connected.person);
    let is_active = |person: &String| lists.staff.iter().any(|staff| staff.id.to_string() == *person && staff.active);
    if person.is_some_and(|person| !is_active(&person)) {
        online.findings.push(OnlineFinding::MyCase(MyCaseFinding::PersonInactive));
    }
    let unread = lists.unread.iter().map(|(list, why)| OnlineFinding::MyCase(MyCaseFinding::ListNotRead((*list).to_owned(), why.clone())));
    online.findings.extend(unread);
    online.names = Some(from_lists(engine, &lists)?);
    Ok(())
}

async fn look_at_portal(engine: &Engine, online: &mut Online) -> Result<(), StoreError> {
    if let Err(error) = engine.portal_key() {
        online.findings.push(OnlineFinding::Portal(PortalFinding::Secret(error.sentence())));
        return Ok(());
    }
    if let Some(error) = bind::bound_elsewhere(engine).err() {
        online.findings.push(OnlineFinding::Portal(PortalFinding::OtherAccount(error.sentence())));
        return Ok(());
    }
    let check = connection::check_key(engine).await?;
    online.key_accepted = match &check {
        KeyCheck::Accepted => Some(true),
        KeyCheck::Refused(_) => Some(false),
        KeyCheck::NotAsked | KeyCheck::Unknown(_) => None,
    };
    online.findings.extend(match check {
        KeyCheck::Accepted => None,
        KeyCheck::NotAsked => Some(OnlineFinding::Portal(PortalFinding::KeyNotAsked)),
        KeyCheck::Refused(text) => Some(OnlineFinding::Portal(PortalFinding::KeyRefused(text))),
        KeyCheck::Unknown(text) => Some(OnlineFinding::Portal(PortalFinding::Silent(text))),
    });
    Ok(())
}

fn finding(error: &RunError) -> MyCaseFinding {
    match error {
        RunError::NotConnected(_) => MyCaseFinding::NotConnected,
        RunError::Reconnect { why, .. } => MyCaseFinding::Reconnect(why.clone()),
        RunError::Secret(why) => MyCaseFinding::Secret(why.clone()),
        other => MyCaseFinding::Silent(other.sentence()),
    }
}

/// What MyCase's lists say, each in the order of the ids: a new name is a line at the end.
fn from_lists(engine: &Engine, lists: &NameLists) -> Result<Catalog, StoreError> {
    let ever = engine.store().meta::<NamesEver>()?.unwrap_or_default();
    let types: BTreeSet<&String> = lists.staff.iter().filter_map(|staff| staff.kind.as_ref()).ordered();
    let fields = lists.custom_fields.iter().map(|field| (field.id.0, field.name.as_str()));
    Ok(Catalog {
        taken_at: engine.hands.clock.now().round(jiff::Unit::Second).unwrap_or(engine.hands.clock.now()),
        stages: entries(of(&lists.stages), &ever.stages),
        practice_areas: entries(of(&lists.practice_areas), &ever.practice_areas),
        custom_fields: entries(fields, &BTreeMap::new()),
        people_groups: entries(of(&lists.people_groups), &BTreeMap::new()),
        staff_types: types.into_iter().cloned().collect(),
        portal_stages: BTreeMap::new(),
    })
}

fn of(list: &[Named]) -> impl Iterator<Item = (u64, &str)> {
    list.iter().map(|named| (named.id, named.name.as_str()))
}

fn entries<'a>(list: impl Iterator<Item = (u64, &'a str)>, ever: &BTreeMap<u64, NameTrail>) -> Vec<CatalogEntry> {
    let by_id: BTreeMap<u64, &str> = list.ordered();
    let entry = |(id, name): (u64, &str)| CatalogEntry::new(id, name, &former(ever.get(&id), name));
    by_id.into_iter().map(entry).collect()
}

/// The names that the state remembers of one thing; the last one among them when it was renamed since.
fn former(trail: Option<&NameTrail>, now: &str) -> Vec<String> {
    let Some(NameTrail { now: last, before }) = trail else { return Vec::new() };
    before.iter().chain(last.iter().filter(|last| *last != now)).cloned().collect()
}

/// The portal's stages by its practice area, as far as a case stands in one; of a case without a practice area under "".
fn stages_stood_in(listing: &Listing) -> BTreeMap<String, Vec<String>> {
    let mut stages: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for case in listing.cases.iter().filter(|case| !case.deleted && (case.stage.is_some() || case.practice_area.is_some())) {
        stages.entry(case.practice_area.clone().unwrap_or_default()).or_default().extend(case.stage.clone());
    }
    stages.into_iter().map(|(area, stages)| (area, stages.into_iter().collect())).collect()
}
