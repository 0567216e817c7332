//! The portal's fields (`[fields]`): where each value comes from, and what is said when there is none or a bad one.

use super::reasons;
use super::sources::{Facts, Getter};
use super::{MapperError, template};
use crate::config::{FieldRule, FieldSource, Firm, SourceName, Template};
use crate::domain::{Holds, Ordered, Reason, ReasonCode, Reference};
use jiff::civil::Date;
use minijinja::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// The firm's fields with everything looked up once.
pub(super) struct Fields {
    fields: Vec<Field>,
    templates: bool,
}

/// One field.
struct Field {
    name: String,
    extra: bool,
    required: bool,
    date: bool,
    of_client: bool,
    source: Source,
}

enum Source {
    /// Each with its name as the file writes it.
    First(Vec<(Getter, String)>),
    Template(Box<Template>),
}

/// The values of one case.
#[derive(Default)]
pub(super) struct Filled {
    /// The portal's own fields.
    pub(super) fields: BTreeMap<String, String>,
    /// The firm's own.
    pub(super) extra: BTreeMap<String, String>,
}

impl Fields {
    /// Looks every source up and compiles the templates.
    pub(super) fn new(firm: &Firm, reference: &Reference) -> Result<Fields, MapperError> {
        let compile = |(name, rule): (&String, &FieldRule)| Field::new(name, rule, firm, reference);
        let fields: Vec<Field> = firm.fields.iter().map(compile).collect::<Result<_, _>>()?;
        let templates = fields.iter().any(|field| matches!(field.source, Source::Template(_)));
        Ok(Fields { fields, templates })
    }

    /// The values of one case. `client` is why the client is not decided, if so.
    pub(super) fn fill(&self, facts: &Facts<'_>, client: Option<ReasonCode>, reasons: &mut Vec<Reason>) -> Filled {
        let context = self.templates.then(|| template::context(facts));
        let mut filled = Filled::default();
        for field in self.fields.iter().filter(|field| client.is_none() || !field.of_client) {
            if let Some(value) = field.value(facts, context.as_ref(), reasons) {
                let map = if field.extra { &mut filled.extra } else { &mut filled.fields };
                map.insert(field.name.clone(), value.into_owned());
            }
        }
        if let Some(code) = client {
            let waiting: Vec<&Field> = self.fields.iter().filter(|field| field.of_client).collect();
            if !waiting.is_empty() {
                let names: Vec<&str> = waiting.iter().map(|field| field.name.as_str()).collect();
                reasons.push(reasons::client_fields_wait(code, &names, waiting.iter().any(|field| field.required)));
            }
        }
        filled
    }

    /// For every field where its value comes from, without the value.
    pub(super) fn explain<'a>(&'a self, facts: &'a Facts<'a>) -> impl Iterator<Item = (&'a str, Origin<'a>)> {
        self.fields.iter().map(|field| (field.name.as_str(), Origin { field, facts }))
    }
}

/// Where the value of a field of one case comes from; looked up when it is said.
pub(super) struct Origin<'a> {
    field: &'a Field,
    facts: &'a Facts<'a>,
}

impl fmt::Display for Origin<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.field.source {
            Source::Template(_) => f.write_str("from its template"),
            Source::First(getters) => match getters.iter().find(|(getter, _)| getter.read(self.facts).is_some()) {
                Some((_, name)) => write!(f, "from {name}"),
                None => write!(f, "{} is empty in MyCase", self.field.words()),
            },
        }
    }
}

impl Fields {
    /// The value of each field as MyCase has it, before it is put into the portal's form; a template has none of its own.
    pub(super) fn seen<'a>(&'a self, facts: &Facts<'a>) -> BTreeMap<&'a str, Cow<'a, str>> {
        let first = |field: &'a Field| match &field.source {
            Source::First(getters) => Some((field.name.as_str(), getters.iter().find_map(|(getter, _)| getter.read(facts))?)),
            Source::Template(_) => None,
        };
        self.fields.iter().filter_map(first).ordered()
    }
}

impl Field {
    fn new(name: &str, rule: &FieldRule, firm: &Firm, reference: &Reference) -> Result<Field, MapperError> {
        let (source, of_client) = match &rule.source {
            FieldSource::First(sources) => {
                let getter = |source: &SourceName| {
                    let unknown = || MapperError::UnknownSource { field: name.to_owned(), source_name: source.to_string() };
                    Ok((Getter::of(source, reference).ok_or_else(unknown)?, source.to_string()))
                };
                let getters = sources.iter().map(getter).collect::<Result<_, _>>()?;
                let of_client = sources.iter().any(|source| matches!(source, SourceName::Client(_)));
                (Source::First(getters), of_client)
            }
            FieldSource::Template(text) => {
                let failed = |source| MapperError::Template { field: name.to_owned(), source };
                let template = Template::compile(text).map_err(failed)?;
                let of_client = template.uses_group("client");
                (Source::Template(Box::new(template)), of_client)
            }
        };
        let date = !rule.extra && firm.portal.profile.fields.get(name).is_some_and(|field| field.date);
        Ok(Field { name: name.to_owned(), extra: rule.extra, required: rule.required, date, of_client, source })
    }

    /// The value, and a reason when there is none that will do.
    fn value<'a>(&self, facts: &Facts<'a>, context: Option<&Value>, reasons: &mut Vec<Reason>) -> Option<Cow<'a, str>> {
        let found = match &self.source {
            Source::First(getters) => getters.iter().find_map(|(getter, _)| getter.read(facts)),
            Source::Template(template) => match template.render(context.cloned().unwrap_or_default()) {
                Ok(text) => (!text.is_empty()).then_some(Cow::Owned(text)),
                Err(_) => {
                    reasons.push(self.template_failed());
                    return None;
                }
            },
        };
        match found {
            Some(value) if self.date => {
                let day = day(&value);
                if day.is_none() {
                    reasons.push(self.no_date());
                }
                // Most values are days in normal form already, and need no writing out.
                day.map(|day| if is_plain(&value) { value } else { Cow::Owned(day.to_string()) })
            }
            Some(value) => Some(value),
            None => {
                if self.required {
                    reasons.push(self.empty());
                }
                None
            }
        }
    }

    /// The sources as the file writes them.
    fn words(&self) -> String {
        match &self.source {
            Source::First(getters) => getters.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(" or "),
            Source::Template(_) => "its template".to_owned(),
        }
    }

    /// What a bad value holds: a field the portal requires is neither sent without it nor emptied.
    fn holds(&self) -> Holds {
        if self.required { Holds::Rest } else { Holds::Nothing }
    }

    fn empty(&self) -> Reason {
        let text = format!("the portal needs {}, and {} is empty in MyCase", self.name, self.words());
        let fix = format!("fill in {} in MyCase, or name a further source for {} under [fields]", self.words(), self.name);
        reasons::reason(ReasonCode::RequiredFieldEmpty, Holds::Rest, true, text, fix)
    }

    fn no_date(&self) -> Reason {
        let text = format!("the value for {} ({}) is not a date; it is left out", self.name, self.words());
        let fix = "write it as YYYY-MM-DD in MyCase, or name another source under [fields]".to_owned();
        reasons::reason(ReasonCode::BadValue, self.holds(), self.required, text, fix)
    }

    fn template_failed(&self) -> Reason {
        let text = format!("the template of {} could not be worked out for this case", self.name);
        let fix = format!("correct the template of {} under [fields]", self.name);
        reasons::reason(ReasonCode::BadValue, Holds::Rest, self.required, text, fix)
    }
}

/// The day that a text begins with; a time behind it is cut off.
fn day(text: &str) -> Option<Date> {
    match text.get(..10) {
        Some(head) if matches!(text.as_bytes().get(10), None | Some(b'T' | b' ')) => head.parse().ok(),
        _ => None,
    }
}

/// Whether a text that is a day is written `YYYY-MM-DD`.
fn is_plain(day: &str) -> bool {
    matches!(day.as_bytes(), [_, _, _, _, b'-', _, _, b'-', _, _])
}
