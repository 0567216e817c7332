//! What an accepted edit of a firm file means: the edit in words, and what it does to the linked cases, measured from the
//! links alone; nobody is asked.

use super::OperationError;
use crate::config::Firm;
use crate::config::changes::{Difference, FirmChange};
use crate::mapping::{NamesEver, Renames};
use crate::plan::{Edit, Effect};
use crate::sync::Hands;

/// When the next run is not known.
pub const AT_THE_NEXT_RUN: &str = "at the next run";

/// What an edit means.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Meaning {
    /// What changed, one fragment each.
    differences: Vec<String>,
    /// What it does to the linked cases; `None` when it can do nothing to them that their links show.
    effect: Option<Effect>,
    /// What it means that more cases are in scope now; `None` when there are not.
    widened: Option<&'static str>,
}

impl Meaning {
    /// Measures an edit of a firm's file.
    pub(super) fn of(hands: &Hands, old: &Firm, new: &Firm, change: &FirmChange) -> Result<Meaning, OperationError> {
        let measured = change.differences.iter().any(|difference| concerns_links(difference.section));
        let effect = measured.then(|| measure(hands, old, new)).transpose()?;
        let waits = match new.limits.first_import_goes {
            true => "more cases are in scope now: the next run counts as a first one, and [limits] first_import lets it go",
            false => "more cases are in scope now: the next run counts as a first one and waits for one yes",
        };
        let said = |difference: &Difference| format!("[{}] {}", difference.section, difference.what);
        Ok(Meaning { differences: change.differences.iter().map(said).collect(), effect, widened: change.widened.then_some(waits) })
    }

    /// All of it, one sentence each without a full stop; `when` is the next run, e.g. `tonight 17:15`.
    pub fn notes(&self, when: &str) -> Vec<String> {
        let Meaning { differences, effect, widened: _ } = self;
        let within = effect.as_ref().and_then(Effect::within_limits);
        differences.iter().cloned().chain(self.consequences(when)).chain(within).collect()
    }

    /// What follows from it for the cases; empty when nothing could.
    pub fn consequences(&self, when: &str) -> Vec<String> {
        let Meaning { differences: _, effect, widened } = self;
        let mut said = effect.as_ref().map(|effect| effect.sentences(when)).unwrap_or_default();
        if said.is_empty() && effect.as_ref().is_some_and(|effect| effect.linked > 0) {
            said.push("no linked case would move, close or need attention by it".to_owned());
        }
        said.extend(widened.map(str::to_owned));
        said
    }
}

fn measure(hands: &Hands, old: &Firm, new: &Firm) -> Result<Effect, OperationError> {
    let ever = hands.store.meta::<NamesEver>()?.unwrap_or_default();
    let (old_renames, new_renames) = (Renames::of(old, &ever), Renames::of(new, &ever));
    let edit = Edit { old: Some(old), new, old_renames: &old_renames, new_renames: &new_renames };
    let links = hands.store.links()?;
    // A row that cannot be read is said by whoever needs it; a forecast does without.
    Ok(Effect::on_links(&edit, links.iter()?.filter_map(Result::ok)))
}

/// Whether an edit of this section can move linked cases, close or open them, or leave them out.
fn concerns_links(section: &str) -> bool {
    ["stages", "practice_areas", "cases", "testing", "closure", "portal"].iter().any(|moving| section.starts_with(moving))
}
