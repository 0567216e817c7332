//! Which of a custom field's values counts, and what it says.

use crate::domain::{CustomValue, FieldId, NameKey, Ordered, Reference};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The first of `fields` that has a value. Of two values of one field the newest counts (observed: MyCase may show a
/// field twice), of two equally old ones the later; a list's key becomes the option people see.
pub(super) fn first<'a>(fields: &[FieldId], values: &'a [CustomValue], reference: &'a Reference) -> Option<Cow<'a, str>> {
    fields.iter().find_map(|field| {
        let newest = values.iter().filter(|value| value.field == *field).max_by_key(|value| value.updated_at)?;
        let shown = shown(newest, reference);
        (!shown.trim().is_empty()).then_some(Cow::Borrowed(shown))
    })
}

/// All values by the names of their fields, for templates.
pub(super) fn by_name(values: &[CustomValue], reference: &Reference) -> BTreeMap<NameKey, String> {
    let mut fields: BTreeMap<NameKey, Vec<FieldId>> = BTreeMap::new();
    for field in reference.custom_fields.values() {
        fields.entry(NameKey::new(&field.name)).or_default().push(field.id);
    }
    let value = |fields: &[FieldId]| first(fields, values, reference).map(|text| text.trim().to_owned());
    fields.into_iter().filter_map(|(name, fields)| Some((name, value(&fields)?))).ordered()
}

fn shown<'a>(value: &'a CustomValue, reference: &'a Reference) -> &'a str {
    let options = reference.custom_fields.get(&value.field).map(|field| &field.options);
    options.and_then(|options| options.get(value.text.trim())).map_or(value.text.as_str(), String::as_str)
}

/// Whether a person means yes.
pub(super) fn is_true(text: &str) -> bool {
    ["true", "yes", "1", "checked"].iter().any(|yes| text.trim().eq_ignore_ascii_case(yes))
}
