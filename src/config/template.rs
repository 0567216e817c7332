//! Templates of `[fields]`: compiled once, with fuel, so that a firm's file cannot make a run hang. Checking and mapping
//! use this one type, so what `check` accepts is what a run runs.

use super::SOURCES;
use crate::domain::Ordered;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};
use std::collections::BTreeSet;

/// Steps one rendering may take; a line of text takes a few dozen.
const FUEL: u64 = 20_000;

/// No portal field is longer; more is a slip (a filter that repeats).
const LONGEST: usize = 20_000;

const NAME: &str = "field";

/// The groups a template of `[fields]` can name.
const GROUPS: [&str; 5] = ["case", "client", "lead_attorney", "office", "custom"];

/// A compiled template. Null and absent values print as nothing.
#[derive(Debug, Clone)]
pub struct Template {
    environment: Environment<'static>,
    uses: BTreeSet<String>,
}

/// Why a template cannot be used or gave no text. `Compile` quotes the template, never a value.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The text is no template.
    #[error("{message}")]
    Compile {
        /// What is wrong with it.
        message: String,
        /// The line within the template, from 1.
        line: Option<usize>,
    },
    /// It could not be worked out for one case's values. The cause may quote a value: not for logs or answers.
    #[error("the template could not be worked out")]
    Render,
}

impl Template {
    /// Compiles `text`.
    pub fn compile(text: &str) -> Result<Template, TemplateError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Chainable);
        environment.set_auto_escape_callback(|_| AutoEscape::None);
        environment.set_fuel(Some(FUEL));
        environment.set_formatter(|out, state, value| match value.is_none() {
            true => Ok(()),
            false => minijinja::escape_formatter(out, state, value),
        });
        environment.add_template_owned(NAME, text.to_owned()).map_err(|error| TemplateError::Compile {
            message: error.detail().map_or_else(|| error.kind().to_string(), str::to_owned),
            line: error.line(),
        })?;
        let globals: BTreeSet<String> = environment.globals().map(|(name, _)| name.to_owned()).ordered();
        let used = environment.get_template(NAME).map(|template| template.undeclared_variables(true)).unwrap_or_default();
        let uses = used.into_iter().filter(|name| !globals.contains(name)).ordered();
        Ok(Template { environment, uses })
    }

    /// The names it uses, e.g. `case.case_number`, in alphabetical order.
    pub fn uses(&self) -> impl Iterator<Item = &str> {
        self.uses.iter().map(String::as_str)
    }

    /// Whether it uses something of this group, e.g. `client`.
    pub fn uses_group(&self, group: &str) -> bool {
        self.uses.iter().any(|name| name.split('.').next() == Some(group))
    }

    /// The names it uses that are no sources of `[fields]`. Names of custom fields are not checked.
    pub fn unknown_names(&self) -> Vec<&str> {
        let known = |name: &str| match name.split_once('.') {
            None => GROUPS.contains(&name),
            Some(("custom", _)) => true,
            Some(("client", rest)) if rest == "custom" || rest.starts_with("custom.") => true,
            // A source is text: what stands behind its name is a method of it.
            Some(_) => SOURCES.iter().any(|source| name == source.name || name.starts_with(&format!("{}.", source.name))),
        };
        self.uses().filter(|name| !known(name)).collect()
    }

    /// What is wrong with the template whatever the values are: an unknown filter, test or function, or no end. Found by
    /// a run without values; it quotes the template only.
    pub fn fault(&self) -> Option<String> {
        use minijinja::ErrorKind::{OutOfFuel, TemplateNotFound, UnknownFilter, UnknownFunction, UnknownTest};
        let error = self.environment.get_template(NAME).and_then(|template| template.render(Value::from(()))).err()?;
        let authors = matches!(error.kind(), UnknownFilter | UnknownTest | UnknownFunction | OutOfFuel | TemplateNotFound);
        authors.then(|| error.detail().map_or_else(|| error.kind().to_string(), str::to_owned))
    }

    /// The text for these values, trimmed.
    pub fn render(&self, values: Value) -> Result<String, TemplateError> {
        let template = self.environment.get_template(NAME).map_err(|_| TemplateError::Render)?;
        let text = template.render(values).map_err(|_| TemplateError::Render)?;
        let trimmed = text.trim();
        if trimmed.len() > LONGEST { Err(TemplateError::Render) } else { Ok(trimmed.to_owned()) }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use minijinja::context;

    #[test]
    fn null_and_absent_print_as_nothing() {
        let template = Template::compile("{{ case.name }}/{{ case.case_number }}/{{ client.x.y }}").unwrap();
        assert_eq!(template.render(context!(case => context!(name => "A", case_number => ()))).unwrap(), "A//");
    }

    #[test]
    fn names_that_are_no_sources_are_told_and_custom_names_are_not_judged() {
        let template = Template::compile(
            "{{ case.case_numbr }} {{ case.name.upper() }} {{ custom['Portal Enabled'] }} {{ weather }} {% for i in range(2) %}{{ i }}{% endfor %}",
        )
        .unwrap();
        assert_eq!(template.unknown_names(), ["case.case_numbr", "weather"]);
        assert!(template.uses_group("custom") && !template.uses_group("client"));
    }

    #[test]
    fn a_slip_in_the_syntax_is_said_with_its_line() {
        let Err(TemplateError::Compile { line, message }) = Template::compile("a\n{{ case.name ") else { panic!("it compiled") };
        assert_eq!(line, Some(2));
        assert!(!message.is_empty());
    }

    #[test]
    fn what_no_value_can_mend_is_found_without_values() {
        let fault = |text: &str| Template::compile(text).unwrap().fault();
        assert_eq!(fault("{{ case.name|upper }} {{ client.first_name[:1] }}"), None);
        assert!(fault("{{ case.name|shout }}").is_some_and(|fault| fault.contains("shout")));
        assert!(fault("{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}").is_some());
    }

    #[test]
    fn an_endless_template_runs_out_of_fuel() {
        let text = "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}";
        assert!(Template::compile(text).unwrap().render(context!()).is_err());
    }
}
