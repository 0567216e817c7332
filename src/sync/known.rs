//! Which cases a run over everything need not read, and which it leaves for the next ([`InStep`]).
//!
//! Everything that planning heeds besides a case and its link is part of what a case is known by: the texts that the firm's rules
//! were made of, MyCase's short lists, this program. A run that compares with the portal's list, or sends anew, knows nobody. And
//! every week all are looked at once more, whatever was known: what nobody thought of here lasts no longer than that.

use super::Engine;
use super::study::Study;
use crate::domain::{CaseId, Fingerprint, InStep};
use crate::mapping::{self, Mapper};
use crate::plan::Reach;
use crate::planted::{self, Plant};
use crate::store::{Links, StoreError};
use jiff::Timestamp;

const WEEK: i64 = 7 * 24 * 60 * 60;

/// What a run may go by; `None` when it has to look at each case.
pub(super) fn known(engine: &Engine, ask: &Study, links: &Links, mapper: &Mapper, now: Timestamp) -> Result<Option<InStep>, StoreError> {
    let renamed = !mapper.renames().all().is_empty();
    // Clients' own records move every day; with them no rules are the same for long.
    if ask.reach != Reach::Everything || ask.verify || ask.rewrite || renamed || mapping::needs(&engine.firm).clients {
        return Ok(None);
    }
    let Ok(lists) = postcard::to_extend(mapper.reference(), Vec::new()) else { return Ok(None) };
    let week = now.as_second().div_euclid(WEEK).to_be_bytes();
    let made_of = if planted::is(Plant::RulesForgotten) { [0; 32] } else { engine.firm.made_of };
    let rules = [env!("CARGO_PKG_VERSION").as_bytes(), &made_of, &lists, &week];
    Ok(Some(InStep::new(engine.hands.prints.clone(), rules, links.in_step()?)))
}

/// Cases that were found in step, and by which text they are known from now on.
pub(super) type Found = Vec<(CaseId, Fingerprint)>;
