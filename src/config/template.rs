//! The one way templates are compiled: with fuel, and null and absent print as nothing. Errors never carry values.

use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value};

/// Steps a template may take: far above any sane one, far below a second.
const FUEL: u64 = 50_000;

/// The environment for `[fields]`, `messages.subject` and profiles' expressions.
pub fn template_environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Chainable);
    environment.set_fuel(Some(FUEL));
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    environment.set_formatter(|out, state, value| match value.is_none() || value.is_undefined() {
        true => Ok(()),
        false => minijinja::escape_formatter(out, state, value),
    });
    environment
}

/// What is wrong with a template: it does not compile, it names what is not there, or it calls what does not exist.
/// `names` takes a dotted name ("case.name") and gives the help sentence of an unknown one.
pub(crate) fn check(text: &str, names: impl Fn(&str) -> Result<(), String>) -> Result<(), (String, String)> {
    let environment = template_environment();
    let template = environment.template_from_str(text).map_err(|error| described(&error))?;
    for name in self::names(text) {
        names(&name).map_err(|help| (format!("the template names {name:?}, which there is not"), help))?;
    }
    match template.render(Value::from(())) {
        Err(error) if is_the_authors(error.kind()) => Err(described(&error)),
        _ => Ok(()),
    }
}

/// The dotted names a template takes from outside, in order; none when it does not compile.
pub(crate) fn names(text: &str) -> Vec<String> {
    let environment = template_environment();
    let Ok(template) = environment.template_from_str(text) else { return Vec::new() };
    let mut names: Vec<String> = template.undeclared_variables(true).into_iter().collect();
    names.sort();
    names
}

/// Whether an error of a trial run without values is the template's own fault.
fn is_the_authors(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::UnknownFilter | ErrorKind::UnknownTest | ErrorKind::UnknownFunction | ErrorKind::OutOfFuel | ErrorKind::TemplateNotFound
    )
}

fn described(error: &Error) -> (String, String) {
    let detail = error.detail().map_or_else(String::new, |detail| format!(": {detail}"));
    (format!("the template cannot be used ({}{detail})", error.kind()), "write e.g. \"{{ case.case_number }} / {{ client.last_name }}\"".to_owned())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn null_and_absent_print_as_nothing() {
        let environment = template_environment();
        let template = environment.template_from_str("[{{ case.a }}|{{ case.b.c }}|{{ other }}]").unwrap();
        let case = std::collections::BTreeMap::from([("case", std::collections::BTreeMap::from([("a", None::<String>)]))]);
        assert_eq!(template.render(case).unwrap(), "[||]");
    }

    #[test]
    fn a_template_that_never_ends_or_calls_nothing_is_found_at_check() {
        let fine = |_: &str| Ok(());
        assert!(check("{{ case.name }}", fine).is_ok());
        assert!(check("{{ case.name", fine).unwrap_err().0.contains("syntax"));
        assert!(check("{{ case.name|shout }}", fine).unwrap_err().0.contains("shout"));
        assert!(check("{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}", fine).is_err());
        assert!(check("{{ x.y }}", |_| Err("help".to_owned())).unwrap_err().0.contains("x.y"));
    }
}
