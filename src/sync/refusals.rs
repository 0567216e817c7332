//! What the portal refused is not sent again unchanged within half a day: it stays listed as needing attention, a run right
//! after another writes nothing, and the nightly run tries again, since the cause may have been put right in the portal.

use super::study::Study;
use super::{Engine, RunError, apply::Trouble, record};
use crate::domain::{CaseException, CaseId, Ordered, Reason, ReasonCode};
use crate::plan::{Change, Counts, Plan, Reach};
use crate::store::{Refusal, Refusals, StoreError};
use jiff::{Timestamp, ToSpan};
use std::collections::{BTreeMap, BTreeSet};

/// How long a refused change rests.
const REST_HOURS: i64 = 12;

/// What the portal refused a short while ago.
#[derive(Debug, Default)]
pub(crate) struct Rested(Refusals);

impl Rested {
    /// What rests in this run. Cases asked for by name, `--verify` and `--rewrite` try at once.
    pub(crate) fn of(engine: &Engine, ask: &Study) -> Result<Rested, RunError> {
        if ask.verify || ask.rewrite || matches!(ask.reach, Reach::Cases(_)) {
            return Ok(Rested::default());
        }
        let since = engine.hands.clock.now().checked_sub(REST_HOURS.hours()).unwrap_or(Timestamp::MIN);
        let mut refusals = engine.store().meta::<Refusals>()?.unwrap_or_default();
        refusals.0.retain(|_, refusal| refusal.at > since);
        Ok(Rested(refusals))
    }

    /// Whether this very change was refused a short while ago.
    pub(crate) fn rests(&self, engine: &Engine, change: &Change) -> bool {
        self.0.0.get(&change.case).is_some_and(|refusal| refusal.key == change.key(&engine.hands.prints))
    }

    /// Takes what rests out of the plan and its counts, and says it as needing attention.
    pub(crate) fn take_out(&self, engine: &Engine, plan: &mut Plan, planned: &mut Counts) -> Vec<CaseException> {
        let rests = plan.changes.iter().filter(|change| self.rests(engine, change));
        let resting: BTreeSet<CaseId> = rests.inspect(|change| *planned.of(change.kind()) -= 1).map(|change| change.case).ordered();
        let known: BTreeSet<CaseId> = plan.exceptions.iter().map(|exception| exception.case).ordered();
        planned.exceptions += resting.difference(&known).count();
        plan.changes.retain(|change| !resting.contains(&change.case));
        resting.into_iter().filter_map(|case| Some(record::trouble(case, Trouble::Refused, &self.0.0.get(&case)?.text))).collect()
    }
}

/// Until when each refused change rests.
pub(crate) fn rested_until(engine: &Engine) -> Result<BTreeMap<CaseId, Timestamp>, StoreError> {
    let refusals = engine.store().meta::<Refusals>()?.unwrap_or_default();
    let until = |at: Timestamp| at.checked_add(REST_HOURS.hours()).unwrap_or(at);
    Ok(refusals.0.into_iter().map(|(case, refusal)| (case, until(refusal.at))).ordered())
}

/// Remembers what was refused in this run, and forgets what was not.
pub(crate) fn remember<'a>(engine: &Engine, sent: impl Iterator<Item = &'a Change>, exceptions: &[CaseException]) -> Result<(), RunError> {
    let mut refusals = engine.store().meta::<Refusals>()?.unwrap_or_default();
    let before = refusals.clone();
    let now = engine.hands.clock.now();
    let refused_now: BTreeMap<CaseId, &Reason> = exceptions
        .iter()
        .filter_map(|exception| Some((exception.case, exception.reasons.iter().find(|reason| reason.code == ReasonCode::Refused)?)))
        .ordered();
    for change in sent {
        match refused_now.get(&change.case) {
            Some(reason) => {
                let key = change.key(&engine.hands.prints);
                refusals.0.insert(change.case, Refusal { key, at: now, text: reason.text.clone() });
            }
            None => {
                refusals.0.remove(&change.case);
            }
        }
    }
    if refusals != before {
        engine.store().write(|w| w.put_meta(&refusals))?;
    }
    Ok(())
}
