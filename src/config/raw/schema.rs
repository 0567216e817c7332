//! What the schemas say of values that are read by hand. The schemas are made in tests only: the program prints the files in
//! `schemas/`, and making them in it would take half a megabyte of it.

use super::secret::RawSecretTable;
use super::{At, Map, RawAny, RawCase, RawOptionalSecret, RawSecret, RawSince, RawTable};
use schemars::JsonSchema;
use std::collections::BTreeMap;

impl<T: JsonSchema> JsonSchema for At<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::schema_name()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        T::json_schema(generator)
    }
}

impl<T: JsonSchema> JsonSchema for Map<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("MapOf{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        <BTreeMap<String, T>>::json_schema(generator)
    }
}

impl JsonSchema for RawSecret {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Secret".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let mut schema = RawSecretTable::json_schema(generator);
        schema.insert("description".to_owned(), "Where a secret is kept; exactly one of the keys.".into());
        schema.insert("minProperties".to_owned(), 1.into());
        schema.insert("maxProperties".to_owned(), 1.into());
        schema
    }
}

impl JsonSchema for RawOptionalSecret {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "OptionalSecret".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "anyOf": [{ "const": "" }, generator.subschema_for::<RawSecret>()] })
    }
}

macro_rules! plain_schema {
    ($type:ty, $name:literal, $schema:tt) => {
        impl JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> std::borrow::Cow<'static, str> {
                $name.into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!($schema)
            }
        }
    };
}

plain_schema!(RawSince, "Since", { "type": "string" });
plain_schema!(RawCase, "Case", { "type": ["string", "integer"] });
plain_schema!(RawAny, "Any", {});
plain_schema!(RawTable, "Table", { "type": "object" });
