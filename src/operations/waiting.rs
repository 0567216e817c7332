//! The plan that waits for approval, counted: by kind, by practice area, from which stage to which. Asks nobody.

use super::{Answer, OperationError};
use crate::domain::{CaseId, Kind, PlanName, RunId};
use crate::plan::{Change, Hold, LimitLine, what_clients_notice};
use crate::store::{FirstRunDone, PlanSlot, SavedPlan};
use crate::sync::Engine;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How many cases are named one by one.
const SHOWN: usize = 200;

/// What waits. The JSON form is a contract: keys may be added, not changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WaitingPlan {
    /// Its name: it stands for exactly these changes.
    pub plan: PlanName,
    /// When it was saved first.
    pub saved_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// The run that held it.
    pub run: Option<RunId>,
    /// Whether the firm's first run is not over: then everything waits, whatever the limits.
    pub first: bool,
    /// How many cases.
    pub cases: usize,
    /// By the weightiest kind, weightiest first.
    pub kinds: Vec<Counted<Kind>>,
    /// By the portal's practice area; the empty name is none.
    pub practice_areas: Vec<Counted<String>>,
    /// Moves between stages, the most frequent first.
    pub moves: Vec<Moved>,
    /// Every limit that something of it is counted against.
    pub limits: Vec<LimitLine>,
    /// What the portal may do to clients about it, a sentence for each kind of change.
    pub may_contact: Vec<String>,
    /// Cases whose client is now another person; only `approve --only contact` sends those.
    pub other_clients: usize,
    /// Cases that a person left out of an earlier yes.
    pub left_out: usize,
    /// The first of its cases.
    pub shown: Vec<WaitingCase>,
}

/// How many cases something is true of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted<T> {
    /// What.
    pub of: T,
    /// How many cases.
    pub cases: usize,
}

/// A move that several cases make.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Moved {
    /// The portal's practice area; the empty name is none.
    pub practice_area: String,
    /// The stage that clients see now; `None` for none.
    pub from: Option<String>,
    /// The stage that they would see.
    pub to: Option<String>,
    /// How many cases.
    pub cases: usize,
}

/// One case that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingCase {
    /// The case.
    pub case: CaseId,
    /// Its clients' names; only when asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its kinds, the weightiest first.
    pub kinds: Vec<Kind>,
}

/// The plan that waits now; `None` when nothing does.
pub(super) fn waiting(engine: &Engine, show_names: bool) -> Result<Answer, OperationError> {
    let (store, now) = (engine.store(), engine.hands.clock.now());
    let saved = store.plan(PlanSlot::Waiting)?.filter(|saved| saved.expires_at > now);
    let first = store.meta::<FirstRunDone>()?.is_none();
    Ok(Answer::Waiting(saved.map(|saved| {
        let may_contact = what_clients_notice(&engine.firm.portal.profile, &saved.changes);
        Box::new(WaitingPlan { may_contact, ..counted(saved, first, show_names) })
    })))
}

fn counted(saved: SavedPlan, first: bool, show_names: bool) -> WaitingPlan {
    let SavedPlan { name, saved_at, expires_at, changes, over, run, left, .. } = saved;
    let mut areas: BTreeMap<&str, usize> = BTreeMap::new();
    let mut moves: BTreeMap<(&str, Option<&str>, Option<&str>), usize> = BTreeMap::new();
    for change in &changes {
        let (before, after) = (change.before.as_ref(), &change.after);
        let area = after.practice_area.as_deref().unwrap_or_default();
        *areas.entry(area).or_default() += 1;
        let from = before.and_then(|before| before.stage.as_deref());
        if before.is_some() && change.kinds.contains(Kind::Stage) {
            *moves.entry((area, from, after.stage.as_deref())).or_default() += 1;
        }
    }
    let owned = |name: Option<&str>| name.map(str::to_owned);
    let mut moves: Vec<Moved> = moves
        .into_iter()
        .map(|((area, from, to), cases)| Moved { practice_area: area.to_owned(), from: owned(from), to: owned(to), cases })
        .collect();
    moves.sort_by(|a, b| b.cases.cmp(&a.cases).then_with(|| a.cmp(b)));
    let of_kind = |kind| changes.iter().filter(|change| change.kind() == kind).count();
    let kinds = Kind::ALL.into_iter().map(|kind| Counted { of: kind, cases: of_kind(kind) }).filter(|counted| counted.cases > 0);
    WaitingPlan {
        plan: name,
        saved_at,
        expires_at,
        run,
        first,
        cases: changes.len(),
        kinds: kinds.collect(),
        practice_areas: areas.into_iter().map(|(area, cases)| Counted { of: area.to_owned(), cases }).collect(),
        moves,
        limits: over.into_iter().filter(|line| line.planned > 0).collect(),
        may_contact: Vec::new(),
        other_clients: changes.iter().filter(|change| change.hold == Some(Hold::ClientChanged)).count(),
        left_out: changes.iter().filter(|change| left.contains(&change.case)).count(),
        shown: changes.iter().take(SHOWN).map(|change| shown(change, show_names)).collect(),
    }
}

fn shown(change: &Change, show_names: bool) -> WaitingCase {
    let names = || change.after.clients.iter().map(|client| format!("{} {}", client.first_name, client.last_name).trim().to_owned());
    let name = show_names.then(|| names().collect::<Vec<_>>().join(", ")).filter(|name| !name.is_empty());
    WaitingCase { case: change.case, name, kinds: change.kinds.iter().collect() }
}
