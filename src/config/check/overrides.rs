//! `[portal.overrides]`: single keys of a profile, laid over it by whoever reads profiles.

use super::Check;
use crate::config::Profile;
use crate::config::raw::{At, RawTable, root};
use std::sync::Arc;

/// The profile with the firm's overrides. The table is taken from the text once more, as its keys are the profile's.
pub(super) fn overlaid(check: &mut Check<'_>, kind: &str, at: &At<RawTable>) -> Option<Arc<Profile>> {
    let value = root(check.source).ok()?;
    let portal = value.get_ref().as_table()?.get("portal")?;
    let overrides = portal.get_ref().as_table()?.get("overrides")?;
    match check.profiles.overlay(kind, overrides.get_ref().as_table()?, at.place.span.clone(), check.source) {
        Ok(profile) => Some(Arc::new(profile)),
        Err(mut problems) => {
            check.problems.append(&mut problems);
            None
        }
    }
}
