//! `[fields]`: the profile's defaults with the firm's laid over them.

use super::{Check, sources};
use crate::config::raw::{At, Map, Place, RawField};
use crate::config::{FieldRule, FieldSource, Profile, SourceName, nearest};
use std::collections::BTreeMap;

pub(super) fn fields(
    check: &mut Check<'_>,
    raw: Option<&At<Map<RawField>>>,
    profile: Option<&Profile>,
) -> Option<BTreeMap<String, FieldRule>> {
    let profile = profile?;
    let mut fields: BTreeMap<String, FieldRule> = BTreeMap::new();
    for (name, field) in profile.fields.iter().filter(|(_, field)| !field.default.is_empty()) {
        let sources = field.default.iter().filter_map(|text| text.parse::<SourceName>().ok()).collect();
        let rule = FieldRule { source: FieldSource::First(sources), extra: false, required: field.required, line: 0 };
        fields.insert(name.clone(), rule);
    }
    for (key, value) in raw.into_iter().flat_map(|at| at.value.iter()) {
        let name = key.value.trim();
        if !known(check, key, profile) {
            continue;
        }
        let own = profile.fields.get(name);
        let source = source(check, value, own.is_some_and(|field| field.date));
        match source {
            Read::Off if own.is_some_and(|field| field.required) => {
                let message = format!("{} needs {name}: it cannot be switched off", profile.title);
                let help = format!("leave the line out for {}'s default, or write a source", profile.title);
                check.error(&value.place, "required-field", message, help);
            }
            Read::Off => drop(fields.remove(name)),
            Read::Source(source) => {
                let rule = FieldRule {
                    source,
                    extra: own.is_none(),
                    required: own.is_some_and(|field| field.required),
                    line: check.line(&key.place),
                };
                fields.insert(name.to_owned(), rule);
            }
            Read::Wrong => {}
        }
    }
    let missing: Vec<&String> =
        profile.fields.iter().filter(|(name, field)| field.required && !fields.contains_key(*name)).map(|(name, _)| name).collect();
    for name in missing {
        if raw.is_some_and(|at| at.value.iter().any(|(key, _)| key.value.trim() == name)) {
            continue;
        }
        let message = format!("{} needs {name}, and nothing says where it comes from", profile.title);
        let place = raw.map_or_else(Place::default, |at| Place { span: at.place.span.start..at.place.span.start, origin: at.place.origin });
        check.error(
            &place,
            "required-field",
            message,
            format!("write {name} = \"...\" under [fields]; `casebridge fields` lists the sources"),
        );
    }
    Some(fields)
}

/// Whether the portal has the field, or takes fields of one's own.
fn known(check: &mut Check<'_>, key: &At<String>, profile: &Profile) -> bool {
    let name = key.value.trim();
    if profile.fields.contains_key(name) {
        return true;
    }
    let near = nearest::nearest(name, profile.fields.keys().map(String::as_str));
    let message = format!("{} has no field {name:?}", profile.title);
    let list = || profile.fields.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
    if !profile.takes_extra {
        let help = near.map_or_else(|| format!("it has: {}", list()), |near| format!("did you mean {near:?}?"));
        check.error(&key.place, "unknown-field", message, help);
        return false;
    }
    if let Some(near) = near.filter(|near| strsim::normalized_damerau_levenshtein(near, name) > 0.8) {
        check.warning(
            &key.place,
            "unknown-field",
            message,
            format!("did you mean {near:?}? as it stands, it goes along as a field of the firm's own"),
        );
    }
    true
}

/// What a field's value was read as.
enum Read {
    Off,
    Source(FieldSource),
    Wrong,
}

fn source(check: &mut Check<'_>, value: &At<RawField>, date: bool) -> Read {
    match &value.value {
        RawField::One(text) if text.trim().is_empty() => Read::Off,
        RawField::One(text) => first(check, &[(text, &value.place)], date),
        RawField::First(list) if list.is_empty() => Read::Off,
        RawField::First(list) => first(check, &list.iter().map(|at| (&at.value, &at.place)).collect::<Vec<_>>(), date),
        RawField::Template(inner) => {
            let at = &inner.template;
            let template = match sources::template(&at.value, &[]) {
                Ok(template) => template,
                Err((message, help)) => {
                    check.error(&at.place, "bad-template", message, help);
                    return Read::Wrong;
                }
            };
            for name in template.uses() {
                sources::warn_if_sensitive(check, name, &at.place);
            }
            Read::Source(FieldSource::Template(at.value.clone()))
        }
    }
}

fn first(check: &mut Check<'_>, texts: &[(&String, &Place)], date: bool) -> Read {
    let mut read = Vec::with_capacity(texts.len());
    for (text, place) in texts {
        match sources::source(text) {
            Ok(source) => {
                sources::warn_if_sensitive(check, &source.to_string(), place);
                if date && sources::is_no_date(&source) {
                    let message = format!("{text:?} is no date, but the portal's field is one");
                    check.error(place, "not-a-date", message, "write a source that is a date, e.g. \"case.opened_date\"");
                }
                read.push(source);
            }
            Err(help) => {
                let help = if text.contains("{{") { "a template is written { template = \"...\" }".to_owned() } else { help };
                check.error(place, "unknown-source", format!("there is no source {text:?}"), help);
            }
        }
    }
    if read.len() == texts.len() { Read::Source(FieldSource::First(read)) } else { Read::Wrong }
}
