//! `[limits]`: the brakes.

use super::Check;
use crate::config::raw::{Maybe, RawFirstImport, RawLimits};
use crate::config::{Limit, Limits, values};

pub(super) fn limits(check: &mut Check<'_>, raw: &RawLimits) -> Option<Limits> {
    let mut limit = |raw: &Maybe<String>| -> Option<Limit> {
        check.value(raw.as_ref()?, "bad-limit", |text| format!("{text:?} is no limit"), |text| values::limit(text))
    };
    let (create, change_stage, close) = (limit(&raw.create), limit(&raw.change_stage), limit(&raw.close));
    let (reopen, contact, update) = (limit(&raw.reopen), limit(&raw.contact), limit(&raw.update));
    Some(Limits {
        first_import_goes: raw.first_import.as_ref()?.value == RawFirstImport::Go,
        create: create?,
        change_stage: change_stage?,
        close: close?,
        reopen: reopen?,
        contact: contact?,
        update: update?,
    })
}
