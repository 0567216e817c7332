//! Which lists of MyCase a firm's rules need beyond those that every run reads.

use crate::config::{FieldRule, FieldSource, Firm, SourceName, Template, Who};

/// What must be in the reference besides staff, stages, practice areas and custom fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Needs {
    /// All people groups (MyCase: PeopleGroups.json).
    pub people_groups: bool,
    /// All clients in full (MyCase: Clients.json); many pages.
    pub clients: bool,
}

/// What the firm's rules need. A template that names `client.custom` or `client.people_group` in any way counts.
pub fn needs(firm: &Firm) -> Needs {
    let by_group = matches!(firm.clients.who, Who::Group(_));
    let used = firm.fields.values().map(uses).chain(firm.cases.enabled_by.as_ref().map(of_source));
    let (group, custom) = used.fold((false, false), |(group, custom), (g, c)| (group || g, custom || c));
    Needs { people_groups: by_group || group, clients: by_group || group || custom }
}

fn uses(rule: &FieldRule) -> (bool, bool) {
    match &rule.source {
        FieldSource::First(sources) => {
            sources.iter().map(of_source).fold((false, false), |(group, custom), (g, c)| (group || g, custom || c))
        }
        FieldSource::Template(text) => {
            let Ok(template) = Template::compile(text) else { return (false, false) };
            // A bare `client` is handed on whole, so anything may be read from it.
            let whole = template.uses().any(|name| name == "client");
            let starts = |start: &str| whole || template.uses().any(|name| name.starts_with(start));
            (starts("client.people_group"), starts("client.custom"))
        }
    }
}

fn of_source(source: &SourceName) -> (bool, bool) {
    match source {
        SourceName::Client(name) => (name == "people_group", name.starts_with("custom.")),
        SourceName::Case(_) | SourceName::LeadAttorney(_) | SourceName::Office(_) | SourceName::Custom(_) => (false, false),
    }
}
