//! The JSON schemas of the files people write, as they lie in `schemas/`. Tests make them from the structs that read the files,
//! and compare.

#[cfg(test)]
mod tests;

use serde_json::Value;

/// Of `<firm>.firm.toml`.
pub fn firm() -> Value {
    read(include_str!("../../schemas/firm.schema.json"))
}

/// Of `casebridge.toml`.
pub fn daemon() -> Value {
    read(include_str!("../../schemas/daemon.schema.json"))
}

/// Of portal profiles.
pub fn profile() -> Value {
    read(include_str!("../../schemas/profile.schema.json"))
}

/// A test reads each.
fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}
