//! What a template of `[fields]` can see of a case. Null and absent values are not there, so they print as nothing.

use super::custom;
use super::sources::{Facts, Getter, READERS};
use crate::domain::{CustomValue, NameKey, Ordered, Reference};
use minijinja::Value;
use minijinja::value::{Enumerator, Object};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Custom fields by name, in the way firm files match names: `custom["Portal Enabled"]`, `custom.incident`.
#[derive(Debug)]
struct Custom(BTreeMap<NameKey, String>);

impl Object for Custom {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.0.get(&NameKey::new(key.as_str()?)).map(|text| Value::from(text.as_str()))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::NonEnumerable
    }
}

/// Every source with a value, by group: `case`, `client`, `lead_attorney`, `office`, `custom`.
pub(super) fn context(facts: &Facts<'_>) -> Value {
    let mut groups: BTreeMap<&str, BTreeMap<&str, Value>> = BTreeMap::new();
    for (name, reader) in READERS {
        let Some((group, field)) = name.split_once('.') else { continue };
        let values = groups.entry(group).or_default();
        if let Some(value) = Getter::Fixed(*reader).read(facts) {
            values.insert(field, Value::from(value.into_owned()));
        }
    }
    let full = facts.client.and_then(|client| facts.reference.clients.get(&client.id));
    if let Some(full) = full {
        groups.entry("client").or_default().insert("custom", custom(&full.custom, facts.reference));
    }
    let mut context: BTreeMap<&str, Value> = groups.into_iter().map(|(group, values)| (group, Value::from(values))).ordered();
    context.insert("custom", custom(&facts.case.custom, facts.reference));
    Value::from(context)
}

fn custom(values: &[CustomValue], reference: &Reference) -> Value {
    Value::from_object(Custom(custom::by_name(values, reference)))
}
