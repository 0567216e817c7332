//! A page of cases of which most need not be read: each is looked at as a text first, and only one that is not known by it is read.

use super::error::MyCaseError;
use super::loose::Part;
use super::meant::As;
use super::pages::{Items, decode};
use super::wire::{Wire, WireCase};
use crate::domain::{CaseId, InStep, ShownCase};
use crate::http::Reply;
use serde::Deserializer;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// The cases of a page. One that cannot be taken apart into texts is read whole, and none of it can be known another time.
pub(super) fn recognized(reply: &Reply, known: Option<&InStep>) -> Result<Items<ShownCase>, MyCaseError> {
    if let Some(items) = known.and_then(|known| by_text(reply, known)) {
        return Ok(items);
    }
    let Items { usable, unusable } = decode::<WireCase>(reply)?;
    let read = |(id, case)| (id, ShownCase::Read(Box::new(case), None));
    Ok(Items { usable: usable.into_iter().map(read).collect(), unusable })
}

/// `None` when the page, or one of its cases, makes no sense as it stands.
fn by_text(reply: &Reply, known: &InStep) -> Option<Items<ShownCase>> {
    let texts: Vec<&RawValue> = serde_json::from_str(std::str::from_utf8(&reply.body).ok()?).ok()?;
    let mut usable = Vec::with_capacity(texts.len());
    for text in texts.iter().copied().map(RawValue::get) {
        let print = known.print(text);
        match first_id(text).filter(|id| known.has(CaseId(*id), print)) {
            Some(id) => usable.push((id, ShownCase::Same(CaseId(id)))),
            None => {
                let Part(case) = serde_json::from_str::<Part<WireCase>>(text).ok()?;
                usable.extend(case.and_then(WireCase::seen).map(|(id, case)| (id, ShownCase::Read(Box::new(case), Some(print)))));
            }
        }
    }
    Some(Items { unusable: texts.len() - usable.len(), usable })
}

/// The id of an object that begins with it, without reading the rest. Only a hint which print to compare.
fn first_id(text: &str) -> Option<u64> {
    let mut id = None;
    // What stands behind the id is left unread, and serde_json says so.
    let _ = serde_json::Deserializer::from_str(text).deserialize_map(First(&mut id));
    id
}

struct First<'a>(&'a mut Option<u64>);

impl<'de> Visitor<'de> for First<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        if map.next_key::<&str>()? == Some("id") {
            *self.0 = map.next_value::<As<u64>>()?.0;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_is_read_where_it_stands_first() {
        for (text, id) in [
            (r#"{"id":7,"name":"x"}"#, Some(7)),
            (r#" { "id" : "7" }"#, Some(7)),
            (r#"{"name":"x","id":7}"#, None),
            (r#"{"id":null}"#, None),
            ("[7]", None),
            ("7", None),
            ("{}", None),
        ] {
            assert_eq!(first_id(text), id, "{text}");
        }
    }
}
