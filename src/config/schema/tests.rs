//! Makes the schemas from the structs that read the files, for the tests that compare them with `schemas/`.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use crate::config::check;
use crate::config::raw::{RawDaemon, RawFirm};
use serde_json::{Map, Value, json};

/// Of `<firm>.firm.toml`.
fn firm() -> Value {
    let mut schema = schemars::schema_for!(RawFirm).to_value();
    strip(&mut schema);
    for (section, key) in check::required_keys() {
        if let Some(section) = definition(&mut schema, section) {
            let required = section.entry("required").or_insert_with(|| json!([]));
            required.as_array_mut().into_iter().for_each(|list| list.push(json!(key)));
        }
    }
    schema["required"] = json!(["clients", "firm", "mycase", "portal"]);
    add_defaults(&mut schema, include_str!("../defaults.toml"));
    finish(schema, "A firm file of casebridge")
}

/// Of `casebridge.toml`.
fn daemon() -> Value {
    let mut schema = schemars::schema_for!(RawDaemon).to_value();
    strip(&mut schema);
    add_defaults(&mut schema, include_str!("../daemon.defaults.toml"));
    finish(schema, "The daemon's file of casebridge")
}

fn finish(mut schema: Value, title: &str) -> Value {
    schema["title"] = json!(title);
    schema
}

/// TOML has no null, and what is required is said by the checks, not by the structs' shape.
fn strip(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if object.get("properties").is_some_and(Value::is_object) {
                object.remove("required");
            }
            if let Some(Value::Array(types)) = object.get_mut("type") {
                types.retain(|kind| kind != "null");
                if let [one] = types.as_slice() {
                    let one = one.clone();
                    object.insert("type".to_owned(), one);
                }
            }
            if let Some(Value::Array(options)) = object.get_mut("anyOf") {
                options.retain(|option| option.get("type").is_none_or(|kind| kind != "null"));
                if let [Value::Object(one)] = options.as_slice() {
                    let one = one.clone();
                    object.remove("anyOf");
                    object.extend(one);
                }
            }
            object.values_mut().for_each(strip);
        }
        Value::Array(list) => list.iter_mut().for_each(strip),
        _ => {}
    }
}

/// The schema of a section: behind its reference, or in place.
fn definition<'s>(schema: &'s mut Value, section: &str) -> Option<&'s mut Map<String, Value>> {
    let property = schema.get("properties")?.get(section)?;
    let path = match property.get("$ref").and_then(Value::as_str) {
        Some(reference) => reference.trim_start_matches('#').to_owned(),
        None => format!("/properties/{section}"),
    };
    schema.pointer_mut(&path)?.as_object_mut()
}

/// Writes every default of the embedded file to its key.
fn add_defaults(schema: &mut Value, defaults: &str) {
    let table: toml::Table = toml::from_str(defaults).unwrap_or_default();
    for (section, keys) in table {
        let Some(properties) = definition(schema, &section).and_then(|section| section.get_mut("properties")) else { continue };
        for (key, value) in keys.as_table().into_iter().flatten() {
            if let (Some(Value::Object(property)), Ok(value)) = (properties.get_mut(key), serde_json::to_value(value)) {
                property.insert("default".to_owned(), value);
            }
        }
    }
}

fn is_current(name: &str, schema: &Value) {
    let path = format!("{}/schemas/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = serde_json::to_string_pretty(schema).unwrap() + "\n";
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    assert!(
        std::fs::read_to_string(&path).unwrap() == text,
        "{name} is not what `casebridge schema` says: run UPDATE_SCHEMAS=1 cargo test schema"
    );
}

#[test]
fn the_files_in_schemas_are_the_ones_the_structs_make() {
    is_current("firm.schema.json", &firm());
    is_current("daemon.schema.json", &daemon());
}

#[test]
fn the_program_says_what_is_in_schemas() {
    assert_eq!((crate::config::schema::firm(), crate::config::schema::daemon()), (firm(), daemon()));
    assert!(crate::config::schema::profile().is_object());
}

#[test]
fn the_schema_knows_required_keys_defaults_and_words() {
    let schema = firm();
    let at = |pointer: &str| schema.pointer(pointer).cloned().unwrap_or_default();
    assert_eq!(at("/$defs/RawClients/required"), json!(["who"]));
    assert_eq!(at("/$defs/RawLookback/properties/later/default"), json!("12 months"));
    assert_eq!(at("/$defs/RawStages/properties/for/type"), json!("object"));
    assert_eq!(at("/$defs/RawClients/additionalProperties"), json!(false));
    assert!(!schema.to_string().contains("null"));
}
