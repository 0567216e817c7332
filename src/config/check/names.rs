//! Names as MyCase means them: two that differ only in case or blanks are one; lists and maps of them.

use super::Check;
use crate::config::MapEntry;
use crate::config::raw::{At, Map, Maybe};
use crate::domain::{NameKey, Ordered};
use std::collections::{BTreeMap, BTreeSet};

/// One word or the other.
pub(super) fn plural<'a>(count: usize, one: &'a str, many: &'a str) -> &'a str {
    if count == 1 { one } else { many }
}

/// Says which keys are one name.
pub(super) fn no_twins<'k>(check: &mut Check<'_>, keys: impl Iterator<Item = &'k At<String>>, path: &str) {
    let mut seen: BTreeMap<NameKey, &At<String>> = BTreeMap::new();
    for key in keys {
        let name = NameKey::new(&key.value);
        if name.is_empty() {
            check.error(&key.place, "empty-name", format!("a name in [{path}] is empty"), "write MyCase's name, or leave the line out");
        } else if let Some(first) = seen.get(&name) {
            let line = check.line(&first.place);
            let message =
                format!("{:?} is the same name as {:?} in line {line}: case and outer blanks do not count", key.value, first.value);
            check.error(&key.place, "same-name-twice", message, "leave one of the two lines out");
        } else {
            seen.insert(name, key);
        }
    }
}

/// A list of MyCase's names.
pub(super) fn set(check: &mut Check<'_>, list: Option<&At<Vec<At<String>>>>, path: &str) -> Option<BTreeSet<NameKey>> {
    let list = list?;
    no_twins(check, list.value.iter(), path);
    Some(list.value.iter().map(|at| NameKey::new(&at.value)).filter(|name| !name.is_empty()).ordered())
}

/// A map from MyCase's names to the portal's.
pub(super) fn map(check: &mut Check<'_>, map: &Map<String>, path: &str) -> BTreeMap<NameKey, MapEntry> {
    no_twins(check, map.iter().map(|(key, _)| key), path);
    let mut entries = BTreeMap::new();
    for (from, to) in map.iter() {
        if to.value.trim().is_empty() {
            let help = "write the portal's name; to hide a stage from clients, list it under hide in [stages]";
            check.error(&to.place, "empty-name", format!("{:?} leads nowhere", from.value), help);
        }
        let entry = MapEntry { from: from.value.as_str().into(), to: to.value.as_str().into(), line: check.line(&from.place) };
        entries.entry(NameKey::new(&from.value)).or_insert(entry);
    }
    entries
}

/// A map that may be absent.
pub(super) fn maybe_map(check: &mut Check<'_>, raw: &Maybe<Map<String>>, path: &str) -> BTreeMap<NameKey, MapEntry> {
    raw.as_ref().map(|at| map(check, &at.value, path)).unwrap_or_default()
}
