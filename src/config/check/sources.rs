//! Sources and templates as a firm file names them, with the words for slips.

use super::Check;
use crate::config::raw::Place;
use crate::config::{SOURCES, Source, SourceName, SourceNameError, Template, TemplateError, nearest};

/// Reads a source; the error is the help sentence.
pub(super) fn source(text: &str) -> Result<SourceName, String> {
    let all = "`casebridge fields` lists what can be named";
    text.parse().map_err(|error| match error {
        SourceNameError::NoCustomName => "write the custom field's name behind the dot, e.g. \"custom.Court\"".to_owned(),
        SourceNameError::Unknown { name, nearest: near } => {
            let tail = |known: &&Source| known.name.split_once('.').is_some_and(|(_, tail)| tail == name);
            let same_tail = SOURCES.iter().find(tail).map(|known| known.name);
            match same_tail.or(nearest::nearest(&name, SOURCES.iter().map(|known| known.name))).or(near) {
                Some(near) => format!("did you mean {near:?}? {all}"),
                None => format!("a source begins with case, client, lead_attorney or office, or is \"custom.NAME\"; {all}"),
            }
        }
    })
}

/// Whether a source is known to be no date.
pub(super) fn is_no_date(source: &SourceName) -> bool {
    let name = source.to_string();
    Source::find(&name).is_some() && !name.ends_with("date")
}

/// Warns of what clients should hardly read.
pub(super) fn warn_if_sensitive(check: &mut Check<'_>, source: &str, place: &Place) {
    if let Some(why) = Source::find(source).and_then(|known| known.sensitive) {
        let message = format!("clients will read {source}: {why}");
        check.warning(place, "sensitive-field", message, "leave it out unless the firm has decided that");
    }
}

/// A template that can be used, or what is wrong with it and what to write. `extra` are names beside the sources.
pub(super) fn template(text: &str, extra: &[&str]) -> Result<Template, (String, String)> {
    let help = || "write e.g. \"{{ case.case_number }} / {{ client.last_name }}\"".to_owned();
    let template = Template::compile(text).map_err(|error| match error {
        TemplateError::Compile { message, .. } => (format!("the template cannot be used: {message}"), help()),
        TemplateError::Render => ("the template cannot be used".to_owned(), help()),
    })?;
    if let Some(name) = template.unknown_names().into_iter().find(|name| !extra.contains(name)) {
        let help = match extra {
            [] => source(name).err().unwrap_or_else(help),
            _ => format!("it may name {}, and sources like case.case_number", extra.join(", ")),
        };
        return Err((format!("the template names {name:?}, which there is not"), help));
    }
    match template.fault() {
        Some(fault) => Err((format!("the template cannot be used: {fault}"), help())),
        None => Ok(template),
    }
}
