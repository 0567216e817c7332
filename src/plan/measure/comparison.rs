//! Two versions of a firm's file, compared for a reviewer: what the edit is in words, what it does to the linked cases by
//! their counts, and what counts cannot show. Renderings: `plan::render`.
//!
//! `--format json` is a contract (keys may be added, not changed): `{firm, against, counts: {source, taken_at, linked, open,
//! stale} | null, differences: [{section, key, what, clients_see}], widened, account, effect: {linked, open, moves: [{from:
//! {practice_area, stage, open}, to, cases}], close: {closed, left-out, gone}, reopen, stay, attention: [{code, text, fix,
//! cases}], attention_over, limits: [{kind, limit, planned, exceeded, by_edit}]} | null, says: [..], cannot_see: [..],
//! warnings: [..]}`.

use super::blind::blind;
use super::counts::CaseCounts;
use super::effect::{Edit, Effect};
use crate::config::Firm;
use crate::config::changes::{FirmChange, compare};
use crate::domain::FirmId;
use crate::mapping::Renames;
use jiff::Timestamp;

/// Two versions of a file, side by side.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The firm.
    pub firm: FirmId,
    /// The file as people know it.
    pub file: String,
    /// What it was compared with; `None` when there was no version before, or none that was good.
    pub against: Option<String>,
    /// What the edit is.
    pub change: FirmChange,
    /// What it does to the linked cases; `None` without counts.
    pub effect: Option<Effect>,
    /// Where the counts come from.
    pub counts: Option<CountsUsed>,
    /// What the counts cannot show.
    pub cannot_see: Vec<String>,
    /// What else a reviewer should know: stale counts, a version before that has errors, tests that fail.
    pub warnings: Vec<String>,
}

/// The counts that an effect was measured on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountsUsed {
    /// The file, or the firm's state.
    pub source: String,
    /// When they were taken.
    pub taken_at: Timestamp,
    /// Whether that is long ago.
    pub stale: bool,
}

impl Comparison {
    /// Compares; `against` is the version before with its name, `counts` the linked cases with where they come from.
    pub fn new(new: &Firm, against: Option<(&Firm, &str)>, counts: Option<(&CaseCounts, &str)>, now: Timestamp) -> Comparison {
        let old = against.map(|(old, _)| old);
        let none = Renames::default();
        let edit = Edit { old, new, old_renames: &none, new_renames: &none };
        let change = old.map(|old| compare(old, new)).unwrap_or_default();
        let used =
            counts.map(|(counts, source)| CountsUsed { source: source.to_owned(), taken_at: counts.taken_at, stale: counts.is_stale(now) });
        let warnings = used.iter().filter(|used| used.stale).map(|used| {
            let day = used.taken_at.to_zoned(new.time_zone.clone()).strftime("%-d %B %Y");
            format!("the counts are of {day}, older than 30 days: take them anew with `casebridge state export --for-plan {}`", new.id)
        });
        Comparison {
            firm: new.id.clone(),
            file: new.file.clone(),
            against: against.map(|(_, name)| name.to_owned()),
            cannot_see: blind(&change, new),
            effect: counts.map(|(counts, _)| Effect::on_counts(&edit, counts)),
            warnings: warnings.collect(),
            counts: used,
            change,
        }
    }

    /// Whether the edit means anything, in the file or for a linked case; a file without a version before is all new.
    pub fn has_changes(&self) -> bool {
        self.against.is_none() || !self.change.is_empty() || self.effect.as_ref().is_some_and(|effect| !effect.is_empty())
    }
}
