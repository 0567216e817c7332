//! What a body's expressions find of a case where it stands. Nearly all of them are nothing but a name: these are looked up, and
//! nothing is copied; what is more than a name runs in the expressions' own machine, which gets a copy then.

use super::context::{self, CaseContext, Held};
use super::rendered::Rendered;
use crate::config::{BodyExpression, Each, ExpressionError};
use crate::domain::{CaseId, PortalId, Record, RecordClient, TeamMember};
use minijinja::Value;
use serde_json::Value as Json;
use std::cell::OnceCell;
use std::sync::Arc;

/// A case as it was or as it should be.
pub(super) struct Case<'a> {
    case: CaseId,
    portal_id: Option<&'a PortalId>,
    record: &'a Record,
    /// All of it for the expressions' machine, once one needs that.
    whole: OnceCell<Value>,
}

/// A case, and one client or member of it where a part of a body is for one.
#[derive(Clone, Copy)]
pub(super) struct View<'v, 'a> {
    case: &'v Case<'a>,
    element: Option<Element<'a>>,
}

#[derive(Clone, Copy)]
enum Element<'a> {
    Client(&'a RecordClient),
    Member(&'a TeamMember),
}

impl<'a> Case<'a> {
    /// A record of a case.
    pub(super) fn new(case: CaseId, portal_id: Option<&'a PortalId>, record: &'a Record) -> Case<'a> {
        Case { case, portal_id, record, whole: OnceCell::new() }
    }

    /// The case without regard to one of its people.
    pub(super) fn view(&self) -> View<'_, 'a> {
        View { case: self, element: None }
    }

    fn whole(&self) -> &Value {
        let copy = || CaseContext::value(self.case, self.portal_id.cloned(), Arc::new(self.record.clone()));
        self.whole.get_or_init(copy)
    }
}

impl<'v, 'a> View<'v, 'a> {
    /// The clients or members of the record with what tells them apart: a client's id, a member's place.
    pub(super) fn elements(self, each: Each) -> Box<dyn Iterator<Item = (u64, View<'v, 'a>)> + 'v> {
        let Case { record, .. } = self.case;
        let view = move |element| View { case: self.case, element: Some(element) };
        match each {
            Each::Client => Box::new(record.clients.iter().map(move |client| (client.id.0, view(Element::Client(client))))),
            Each::Member => Box::new((0..).zip(&record.team).map(move |(at, member)| (at, view(Element::Member(member))))),
        }
    }

    /// What an expression comes to.
    pub(super) fn rendered(self, expression: &BodyExpression) -> Result<Rendered<'a>, ExpressionError> {
        let value = match expression.way() {
            Some(way) => match self.there(way) {
                Some(there) => return Ok(there),
                None => self.looked_up(way),
            },
            None => expression.value(&self.context())?,
        };
        let json = serde_json::to_value(&value);
        Ok(Rendered::from_json(json.map_err(|_| ExpressionError("the expression's value cannot be sent as JSON".to_owned()))?))
    }

    /// What stands in the record as it is sent; `None` for what must be put together, or lies inside something else.
    fn there(self, way: &[String]) -> Option<Rendered<'a>> {
        let (held, inside) = self.held(way)?;
        Some(match (held, inside) {
            (None | Some(Held::Text(None)), []) => Rendered::Leaf(Json::Null),
            (Some(Held::Text(Some(text))), []) => Rendered::Text(text),
            (Some(Held::Id(id)), []) => Rendered::Leaf(Json::String(id.to_string())),
            (Some(Held::Texts(texts)), []) => Rendered::List(texts.into_iter().map(|text| (None, Rendered::Text(text))).collect()),
            (Some(Held::Named(texts)), []) => {
                Rendered::Object(texts.iter().map(|(name, value)| (Arc::from(name.as_str()), Rendered::Text(value))).collect())
            }
            (Some(Held::Named(texts)), [name]) => texts.get(name).map_or(Rendered::Leaf(Json::Null), |text| Rendered::Text(text)),
            _ => return None,
        })
    }

    /// What the first name of a way holds, or of an element's way the first two, with the names inside that; `None` when it is
    /// the element itself.
    fn held<'w>(self, way: &'w [String]) -> Option<(Option<Held<'a>>, &'w [String])> {
        let Case { case, portal_id, record, whole: _ } = self.case;
        let (name, inside) = way.split_first()?;
        match self.element.filter(|element| element.each().name() == name) {
            Some(element) => inside.split_first().map(|(name, inside)| (element.held(name), inside)),
            None => Some((context::of_case(*case, *portal_id, record, name), inside)),
        }
    }

    fn looked_up(self, way: &[String]) -> Value {
        let Some((held, inside)) = self.held(way) else { return self.element.map_or(Value::UNDEFINED, Element::value) };
        let first = held.map_or(Value::UNDEFINED, Held::value);
        inside.iter().fold(first, |value, name| value.get_attr(name).unwrap_or_default())
    }

    /// All of it for the expressions' machine.
    fn context(self) -> Value {
        let whole = self.case.whole();
        self.element.map_or_else(|| whole.clone(), |element| context::inner(element.each(), element.value(), whole))
    }
}

impl<'a> Element<'a> {
    fn each(self) -> Each {
        match self {
            Element::Client(_) => Each::Client,
            Element::Member(_) => Each::Member,
        }
    }

    fn value(self) -> Value {
        match self {
            Element::Client(client) => context::client(client),
            Element::Member(member) => context::member(member),
        }
    }

    fn held(self, name: &str) -> Option<Held<'a>> {
        match self {
            Element::Client(client) => context::of_client(client, name),
            Element::Member(member) => context::of_member(member, name),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::super::rendered::Body;
    use super::super::tests::record;
    use super::*;
    use crate::config::EXPRESSION_NAMES;

    fn sent(rendered: Rendered<'_>) -> Vec<u8> {
        let whole = Rendered::Object(vec![("it".into(), rendered)]);
        Body::New(whole).text().unwrap().to_vec()
    }

    #[test]
    fn a_name_is_looked_up_as_the_expressions_machine_would() {
        let mut full = record();
        full.closed_date = Some("2024-05-06".parse().unwrap());
        full.extra.insert("locker".to_owned(), "7".to_owned());
        let (bare, portal_id) = (Record::bare(true), PortalId("9001".to_owned()));
        let others =
            ["name", "readable_id", "fields.name", "fields.none", "extra.locker", "stage.x", "fields.name.x", "nobody", "nobody.x"];
        let of_client = ["id", "first_name", "last_name", "email", "phone", "fax", "phone.x"].map(|name| format!("client.{name}"));
        let of_member = ["email", "role", "age", "role.x"].map(|name| format!("member.{name}"));
        let elements = ["client", "member"].into_iter();
        let plain = EXPRESSION_NAMES.into_iter().chain(others).chain(elements).map(str::to_owned);
        let names: Vec<String> = plain.chain(of_client).chain(of_member).collect();
        let mut said = 0;
        for (record, portal_id) in [(&full, Some(&portal_id)), (&bare, None)] {
            let case = Case::new(CaseId(17), portal_id, record);
            let people = [Each::Client, Each::Member].map(|each| case.view().elements(each).map(|(_, view)| view).collect::<Vec<_>>());
            for view in people.concat().into_iter().chain([case.view()]) {
                for name in &names {
                    let expression = BodyExpression::compile(name).unwrap();
                    assert!(expression.way().is_some(), "{name}");
                    let machine = serde_json::to_value(expression.value(&view.context()).unwrap()).unwrap();
                    let (looked_up, machine) = (sent(view.rendered(&expression).unwrap()), sent(Rendered::from_json(machine)));
                    assert!(looked_up == machine, "{name} differs");
                    said += usize::from(looked_up != b"{}");
                }
            }
        }
        assert!(said > 100, "{said} of them say something");
    }
}
