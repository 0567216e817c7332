//! Expressions in bodies: minijinja over the case as it should be, compiled once. Which names there are is decided here; what
//! they hold, in `portal::context`.

use super::walk::did_you_mean;
use crate::config::profile::Each;
use crate::domain::Ordered;
use minijinja::{Environment, UndefinedBehavior, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::LazyLock;

/// Everything an expression may do; it has no state, so one serves the process.
static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Chainable);
    // Far more than any sane expression takes, far less than a second.
    environment.set_fuel(Some(100_000));
    environment
});

/// A compiled expression of a profile's body.
pub struct BodyExpression {
    whole: minijinja::Expression<'static, 'static>,
    /// Set when it is only a name, as most are, and perhaps names inside it: these are looked up without a machine to run them.
    way: Option<Vec<String>>,
}

/// Why an expression cannot be used; the text is minijinja's and quotes no value of a case.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ExpressionError(pub String);

/// The names that expressions may use, besides those of the profile's fields.
pub const EXPRESSION_NAMES: [&str; 15] = [
    "case_id",
    "integration_id",
    "portal_id",
    "practice_area",
    "stage",
    "open",
    "state",
    "closed_date",
    "attorney_email",
    "attorney_emails",
    "paralegal_emails",
    "team",
    "clients",
    "fields",
    "extra",
];

/// What expressions may ask of a client.
pub(crate) const CLIENT_NAMES: [&str; 5] = ["id", "first_name", "last_name", "email", "phone"];
/// The same of a member of the firm.
pub(crate) const MEMBER_NAMES: [&str; 2] = ["email", "role"];

impl BodyExpression {
    /// Compiles an expression (without its `=`).
    pub fn compile(text: &str) -> Result<BodyExpression, ExpressionError> {
        let compiled = ENVIRONMENT.compile_expression_owned(text.to_owned());
        let whole = compiled.map_err(|error| ExpressionError(words(&error)))?;
        let mut expression = BodyExpression { whole, way: None };
        // What is nothing but the one name it uses.
        let text = text.trim();
        if expression.whole.undeclared_variables(true).iter().eq([text]) && !expression.names().is_empty() {
            expression.way = Some(text.split('.').map(str::to_owned).collect());
        }
        Ok(expression)
    }

    /// The name, and perhaps names inside it, when it is nothing else.
    pub fn way(&self) -> Option<&[String]> {
        self.way.as_deref()
    }

    /// The value in a context, a map of names. Names that are absent are undefined, as are things inside them.
    pub fn value(&self, context: &Value) -> Result<Value, ExpressionError> {
        self.whole.eval(context.clone()).map_err(|error| ExpressionError(error.kind().to_string()))
    }

    /// The names it uses, without what follows a dot.
    pub(super) fn names(&self) -> BTreeSet<String> {
        let globals: BTreeSet<&str> = ENVIRONMENT.globals().map(|(name, _)| name).ordered();
        self.whole.undeclared_variables(false).into_iter().filter(|name| !globals.contains(name.as_str())).ordered()
    }

    /// What is wrong with it, as (message, help), when it stands inside these repetitions and the profile has these fields.
    pub(super) fn problem(&self, inside: &[Each], fields: &BTreeSet<&str>) -> Option<(String, String)> {
        let each: Vec<&str> = inside.iter().map(|each| each.name()).collect();
        let known: Vec<&str> = EXPRESSION_NAMES.iter().chain(fields).chain(&each).copied().collect();
        if let Some(wrong) = self.names().iter().find(|name| !known.contains(&name.as_str())) {
            return Some((format!("expressions know no {wrong:?} here"), did_you_mean(wrong, &known)));
        }
        let mut nested: Vec<String> = self.whole.undeclared_variables(true).into_iter().collect();
        nested.sort();
        for (whole, known) in [(Each::Client, CLIENT_NAMES.as_slice()), (Each::Member, MEMBER_NAMES.as_slice())] {
            let wrong = nested.iter().find_map(|path| {
                let inner = path.strip_prefix(whole.name())?.strip_prefix('.')?.split('.').next()?;
                (!known.contains(&inner)).then_some(inner)
            });
            if let Some(wrong) = wrong {
                return Some((format!("a {} has no {wrong:?}", whole.name()), did_you_mean(wrong, known)));
            }
        }
        [sample(fields, true), sample(fields, false)].iter().find_map(|context| {
            let error = self.whole.eval(context.clone()).err()?;
            Some((format!("the expression fails: {}", words(&error)), String::new()))
        })
    }
}

impl fmt::Debug for BodyExpression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BodyExpression")
    }
}

fn words(error: &minijinja::Error) -> String {
    match error.detail() {
        Some(detail) => format!("{}: {detail}", error.kind()),
        None => error.kind().to_string(),
    }
}

/// A made-up case, full or as empty as one can be, to see that an expression can be computed at all.
fn sample(fields: &BTreeSet<&str>, full: bool) -> Value {
    let text = |text: &str| if full { Value::from(text) } else { Value::from(()) };
    let map = |names: &[&str]| Value::from_pairs(names.iter().map(|name| ((*name).to_owned(), text("x"))));
    let list = |one: Value| Value::from(if full { vec![one] } else { Vec::new() });
    let own: BTreeMap<String, Value> = fields.iter().map(|name| ((*name).to_owned(), text("2024-01-31"))).ordered();
    let mut names: BTreeMap<String, Value> = own.clone();
    let named = [
        ("case_id", Value::from("1")),
        ("integration_id", Value::from("1")),
        ("portal_id", text("1")),
        ("practice_area", text("x")),
        ("stage", text("x")),
        ("open", Value::from(full)),
        ("state", Value::from(if full { "open" } else { "closed" })),
        ("closed_date", text("2024-01-31")),
        ("attorney_email", text("a@b.example")),
        ("attorney_emails", list(Value::from("a@b.example"))),
        ("paralegal_emails", list(Value::from("a@b.example"))),
        ("team", list(map(&MEMBER_NAMES))),
        ("clients", list(map(&CLIENT_NAMES))),
        ("fields", Value::from_pairs(own)),
        ("extra", Value::from_pairs(full.then(|| ("x".to_owned(), Value::from("x"))))),
        (Each::Client.name(), map(&CLIENT_NAMES)),
        (Each::Member.name(), map(&MEMBER_NAMES)),
    ];
    names.extend(named.into_iter().map(|(name, value)| (name.to_owned(), value)));
    Value::from_pairs(names)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn problem(text: &str, inside: &[Each]) -> Option<(String, String)> {
        BodyExpression::compile(text).unwrap().problem(inside, &BTreeSet::from(["name", "readable_id"]))
    }

    #[test]
    fn every_name_and_field_can_be_used_and_a_misspelt_one_finds_its_neighbour() {
        assert_eq!(problem("readable_id ~ ' ' ~ (name or '-') ~ closed_date ~ portal_id", &[]), None);
        assert_eq!(problem("team | map(attribute='email') | list", &[]), None);
        assert_eq!(problem("[range(2), dict(a=1)]", &[]), None);
        let (message, help) = problem("readableid", &[]).unwrap();
        assert_eq!((message.as_str(), help.as_str()), (r#"expressions know no "readableid" here"#, r#"did you mean "readable_id"?"#));
    }

    #[test]
    fn what_is_nothing_but_a_name_is_known() {
        let ways = ["name", " stage", "client.phone", "client.nobody.phone", "nobody", "team", "extra.x", "case_date", "stage.x"];
        let others = ["none", "true", "range", "range.x", "name or stage", "'a.b'", "1.5", "not open", "stage[0]", "client['phone']"];
        for (text, looked_up) in ways.map(|text| (text, true)).into_iter().chain(others.map(|text| (text, false))) {
            let way = BodyExpression::compile(text).unwrap().way;
            assert_eq!(way.map(|way| way.join(".")), looked_up.then(|| text.trim().to_owned()));
        }
    }

    #[test]
    fn a_client_is_known_only_inside_a_repetition_and_has_only_its_own_names() {
        assert_eq!(problem("client.phone", &[Each::Client]), None);
        assert!(problem("client.phone", &[]).unwrap().0.contains("client"));
        assert_eq!(problem("client.fone", &[Each::Client]).unwrap().1, r#"did you mean "phone"?"#);
        assert_eq!(problem("member.role", &[Each::Member]), None);
    }

    #[test]
    fn filters_that_do_not_exist_and_loops_without_end_are_found_before_they_are_needed() {
        assert!(problem("name | nosuchfilter", &[]).unwrap().0.contains("filter"));
        assert!(problem("range(1000) | map('upper') | list | length", &[]).is_none());
        assert!(BodyExpression::compile("name ~").is_err());
    }
}
