//! What the daemon remembers of a firm's runs since its start, and what it reads of earlier ones when it opens the state.

use crate::daemon::machine::{LaneName, LastRuns};
use crate::daemon::metrics::RunValues;
use crate::domain::{Ordered, ReasonCode};
use crate::operations::Attention;
use crate::store::{Store, StoreError};
use crate::sync::{LastSuccess, Outcome, RunReport, Trigger, last_success};
use std::collections::{BTreeMap, BTreeSet};

/// One firm's.
#[derive(Debug, Clone, Default)]
pub(super) struct Memory {
    /// When runs last ended, by schedule; also of runs that the state does not keep.
    pub(super) last: LastRuns,
    /// Whether the last run before this start left cases for contact hours.
    pub(super) later: bool,
    /// For `/metrics`.
    pub(super) numbers: RunValues,
    /// The causes of attention that somebody could know of; `None` before the first look.
    causes: Option<BTreeSet<(ReasonCode, String)>>,
    /// The error that the last run of a lane ended with.
    errors: BTreeMap<LaneName, String>,
}

impl Memory {
    /// Of the runs that the state keeps: the newest of each kind, one walk.
    pub(super) fn read(store: &Store) -> Result<Memory, StoreError> {
        let mut memory = Memory::default();
        // Runs that found nothing are not kept; when the last one went well is.
        let LastSuccess { cases, documents, messages } = last_success(store)?;
        let known = [(LaneName::Cases, cases), (LaneName::Documents, documents), (LaneName::Messages, messages)];
        memory.numbers.succeeded = known.into_iter().filter_map(|(lane, at)| Some((lane, at?))).ordered();
        let mut looked_at_all = false;
        store.walk_runs(|value| {
            let Ok(report) = serde_json::from_value::<RunReport>(value) else { return true };
            memory.knows(&report);
            if LaneName::of(report.trigger) == LaneName::Cases && !looked_at_all {
                memory.later |= report.later > 0;
                looked_at_all = report.trigger != Trigger::Changes;
            }
            !(memory.is_full() && looked_at_all)
        })?;
        Ok(memory)
    }

    /// A run has ended.
    pub(super) fn ended(&mut self, report: &RunReport) {
        self.knows(report);
        *self.numbers.runs.entry((report.trigger.word(), outcome(report.outcome))).or_default() += 1;
        let lane = LaneName::of(report.trigger);
        if let Some(transferred) = report.transferred {
            *self.numbers.transferred.entry(lane).or_default() += transferred as u64;
        }
        let (last, all) = self.numbers.took.entry(lane).or_default();
        *last = report.duration_seconds.max(0.0);
        *all += *last;
    }

    /// Whether a lane's run ended with an error that the one before did not end with.
    pub(super) fn is_news(&mut self, report: &RunReport) -> bool {
        let lane = LaneName::of(report.trigger);
        match &report.error {
            Some(error) => self.errors.insert(lane, error.code.clone()).as_ref() != Some(&error.code),
            None => self.errors.remove(&lane).is_some(),
        }
    }

    /// Whether causes were looked at.
    pub(super) fn knows_causes(&self) -> bool {
        self.causes.is_some()
    }

    /// The causes that were not there at the last look. None at the first: it only learns them.
    pub(super) fn new_causes(&mut self, attention: &[Attention]) -> Vec<Attention> {
        let now = attention.iter().map(|cause| (cause.code, cause.text.clone())).ordered();
        let Some(before) = self.causes.replace(now) else { return Vec::new() };
        attention.iter().filter(|cause| !before.contains(&(cause.code, cause.text.clone()))).cloned().collect()
    }

    fn knows(&mut self, report: &RunReport) {
        let ended = report.ended_at();
        self.last.ended(report.trigger, ended);
        if report.went_well() {
            let succeeded = self.numbers.succeeded.entry(LaneName::of(report.trigger)).or_insert(ended);
            *succeeded = ended.max(*succeeded);
        }
    }

    fn is_full(&self) -> bool {
        let LastRuns { cases, changes, verify, documents, messages } = self.last;
        [cases, changes, verify, documents, messages].iter().all(Option::is_some) && self.numbers.succeeded.len() == LaneName::ALL.len()
    }
}

/// The word used in answers.
fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "done",
        Outcome::Waiting => "waiting",
        Outcome::Failed => "failed",
    }
}
