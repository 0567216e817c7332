//! The text of `<firm>.catalog.toml`: one name a line and every list in a fixed order, so that git shows what changed and
//! nothing else.

use super::{Catalog, CatalogEntry};

const HEAD: &str =
    "# Written by `casebridge catalog pull`: names only, no client data. Commit it, and `casebridge check` resolves names offline.\n";
const PORTAL: &str = "# As far as a case has stood in one. A stage that is gone in the portal: delete its line.\n";

impl Catalog {
    /// The text of the file. A list that is empty was not read and is left out.
    pub fn to_toml(&self) -> String {
        let Catalog { taken_at, stages, practice_areas, custom_fields, people_groups, staff_types, portal_stages } = self;
        let mut text = format!("{HEAD}taken_at = \"{taken_at}\"\n");
        let lists =
            [("stages", stages), ("practice_areas", practice_areas), ("custom_fields", custom_fields), ("people_groups", people_groups)];
        for (key, entries) in lists.into_iter().filter(|(_, entries)| !entries.is_empty()) {
            put_list(&mut text, key, entries.iter().map(entry));
        }
        if !staff_types.is_empty() {
            put_list(&mut text, "staff_types", staff_types.iter().map(|name| quoted(name)));
        }
        if !portal_stages.is_empty() {
            text.push_str(&format!("\n{PORTAL}[portal_stages]\n"));
            for (area, stages) in portal_stages {
                put_list(&mut text, &quoted(area), stages.iter().map(|name| quoted(name)));
            }
        }
        text
    }
}

/// One item a line.
fn put_list(text: &mut String, key: &str, items: impl Iterator<Item = String>) {
    let lines: String = items.map(|item| format!("    {item},\n")).collect();
    text.push_str(&format!("{key} = [\n{lines}]\n"));
}

fn entry(entry: &CatalogEntry) -> String {
    let CatalogEntry { id, name, was } = entry;
    let list = || was.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ");
    let was = if was.is_empty() { String::new() } else { format!(", was = [{}]", list()) };
    format!("{{ id = {id}, name = {}{was} }}", quoted(name))
}

/// A text as TOML writes it, as a value or as a key: always in double quotes.
pub(in crate::config) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", c as u32)),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
