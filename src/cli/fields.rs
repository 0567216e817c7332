//! `casebridge fields [KIND]`: what a firm file may name.

use super::args::{FieldsArgs, Format};
use super::columns::columns;
use super::command::Desk;
use super::exit::{Exit, Failure};
use super::output::Ink;
use super::setting::Setting;
use crate::config::{FieldsTable, Profiles, SourceLine, fields_table, sources_table};
use serde_json::json;

/// Prints the fields of one portal, or of all, and the sources.
pub(super) fn fields(args: &FieldsArgs, desk: &Desk) -> Result<Exit, Failure> {
    // Without a configuration folder there are still the built-in portals.
    let profiles = Setting::read(&desk.common).map_or_else(|_| Profiles::builtin(), |setting| setting.profiles);
    let names = match &args.kind {
        Some(kind) => vec![kind.as_str()],
        None => profiles.names(),
    };
    let mut tables = Vec::new();
    for name in names {
        let Some(profile) = profiles.get(name) else {
            return Err(Failure::usage(format!("there is no portal {name:?}; there are {}", profiles.names().join(", "))));
        };
        tables.push(fields_table(&profile));
    }
    match (desk.output.format, args.kind.is_some()) {
        (Format::Json, true) => tables.iter().for_each(|table| desk.output.json(table)),
        (Format::Json, false) => desk.output.json(&json!({ "portals": tables })),
        _ => desk.output.answer(&text(&tables, desk.output.colour_answers(), desk.output.width())),
    }
    Ok(Exit::Done)
}

fn text(tables: &[FieldsTable], colour: bool, width: Option<usize>) -> String {
    let mut text = String::new();
    for portal in tables {
        let heading = format!("{} (kind = \"{}\"): portal fields for [fields]", portal.title, portal.kind);
        text.push_str(&format!("{}\n", Ink::Bold.on(&heading, colour)));
        let rows = portal.fields.iter().map(|field| {
            let default = if field.default.is_empty() { "off".to_owned() } else { field.default.join(", else ") };
            [field.name.clone(), if field.required { "required" } else { "" }.to_owned(), default, field.help.clone()]
        });
        text.push_str(&columns([""; 4], rows, width));
        if portal.takes_extra {
            text.push_str("  Any other name goes along as a field of the firm's own.\n");
        }
        text.push('\n');
    }
    text.push_str(&format!("{}\n", Ink::Bold.on("Sources: what may stand right of the = in [fields], and in templates", colour)));
    let sources = sources_table().into_iter();
    let rows = sources.map(|SourceLine { name, date, help }| [name, if date { "date" } else { "" }.to_owned(), help]);
    text.push_str(&columns([""; 3], rows, width));
    text
}
