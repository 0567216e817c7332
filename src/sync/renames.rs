//! What was renamed in MyCase while the firm's file says the old name: remembered by id, said in every run that reads the
//! lists, and in `status` until the file or MyCase changes.

use super::Engine;
use crate::config::Firm;
use crate::domain::Reference;
use crate::mapping::{NamesEver, Renames};
use crate::store::{Store, StoreError};

/// The names that the lists bear and bore, with what this reading adds; nothing is written.
pub(crate) fn names_ever(engine: &Engine, reference: &Reference) -> Result<NamesEver, StoreError> {
    let mut ever = engine.store().meta::<NamesEver>()?.unwrap_or_default();
    ever.read(reference);
    Ok(ever)
}

/// What was renamed and the firm's file still calls by the old name, one sentence each, as far as the last reading of the
/// lists showed it: `'Demand Sent' is now called 'Demand'; line 41 still says 'Demand Sent' (acme.firm.toml:41)`.
pub fn renames_view(firm: &Firm, store: &Store) -> Result<Vec<String>, StoreError> {
    let ever = store.meta::<NamesEver>()?.unwrap_or_default();
    Ok(sentences(&Renames::of(firm, &ever)))
}

/// One sentence for each.
pub(crate) fn sentences(renames: &Renames) -> Vec<String> {
    renames.all().iter().map(ToString::to_string).collect()
}
