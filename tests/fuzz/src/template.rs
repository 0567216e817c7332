//! A template of `[fields]`, and the same text as an expression of a profile's body: what `check` accepts ends in time.

use casebridge::config::{BodyExpression, Template};
use minijinja::Value;

/// Values of one case, as the mapping hands them over.
fn values() -> Value {
    let group = |pairs: &[(&str, &str)]| Value::from_pairs(pairs.iter().map(|(key, value)| ((*key).to_owned(), Value::from(*value))));
    Value::from_pairs([
        ("case".to_owned(), group(&[("name", "Doe v. Roe"), ("case_number", "24-001"), ("id", "17"), ("opened_date", "2024-05-01")])),
        ("client".to_owned(), group(&[("first_name", "Jane"), ("last_name", "Doe"), ("phone", "+12127365000")])),
        ("lead_attorney".to_owned(), group(&[("email", "lead@acme.example")])),
        ("office".to_owned(), group(&[])),
        ("custom".to_owned(), group(&[("Portal", "yes")])),
        ("name".to_owned(), Value::from("Doe v. Roe")),
        ("open".to_owned(), Value::from(true)),
    ])
}

/// Compiling and rendering end, give the same twice, and stay short.
pub fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(template) = Template::compile(&text) {
        assert!(template.unknown_names().iter().all(|name| template.uses().any(|used| used == *name)));
        let fault = template.fault();
        let (one, other) = (template.render(values()), template.render(values()));
        assert_eq!(one.as_ref().ok(), other.as_ref().ok());
        if let Ok(said) = one {
            assert!(said.len() <= 20_000 && said.trim() == said);
        }
        assert!(fault.is_none_or(|fault| !fault.is_empty()));
    }
    if let Ok(expression) = BodyExpression::compile(&text) {
        let (one, other) = (expression.value(&values()), expression.value(&values()));
        assert_eq!(one.is_ok(), other.is_ok());
    }
}
