//! JSON values of a list item, read as what they are meant to be: a number as text, a text as number, times in many spellings.
//!
//! Reading never fails; what cannot be understood is absent. The one exception to kindness is MyCase's id: a text that merely
//! resembles one must not put a client's file into somebody else's case.

use crate::config::RequestTemplate;
use crate::domain::{CaseId, moment};
use jiff::Timestamp;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// One item of a list, with the profile's pointers into it.
#[derive(Clone, Copy)]
pub(super) struct Item<'a> {
    pub(super) template: &'a RequestTemplate,
    pub(super) value: &'a Value,
}

impl Item<'_> {
    /// A text or number as text, trimmed; `None` when it is neither, or blank.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        match self.at(name)? {
            Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            Value::Number(number) => Some(whole(number).map_or_else(|| number.to_string(), |whole| whole.to_string())),
            _ => None,
        }
    }

    /// A text as it is, with its blanks and line ends; `None` when nothing is written in it.
    pub(super) fn words(&self, name: &str) -> Option<String> {
        self.text(name)?;
        match self.at(name)? {
            Value::String(text) => Some(text.clone()),
            _ => self.text(name),
        }
    }

    /// A number that is not negative.
    pub(super) fn number(&self, name: &str) -> Option<u64> {
        match self.at(name)? {
            Value::Number(number) => whole(number),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// MyCase's id as casebridge writes it: digits, no zero before them, no sign.
    pub(super) fn case(&self, name: &str) -> Option<CaseId> {
        let text = self.text(name)?;
        text.parse::<u64>().ok().filter(|id| id.to_string() == text).map(CaseId)
    }

    /// A moment; without an offset UTC.
    pub(super) fn moment(&self, name: &str) -> Option<Timestamp> {
        match self.at(name)? {
            Value::String(text) => moment(text.trim()),
            // Below 10^11 seconds (until the year 5138), above milliseconds.
            Value::Number(number) => {
                let number = i64::try_from(whole(number)?).ok()?;
                if number < 100_000_000_000 { Timestamp::from_second(number).ok() } else { Timestamp::from_millisecond(number).ok() }
            }
            _ => None,
        }
    }

    fn at(&self, name: &str) -> Option<&Value> {
        self.value.pointer(&self.template.item.get(name)?.pointer)
    }
}

/// A whole number that is not negative, also when it is written `17.0`.
fn whole(number: &serde_json::Number) -> Option<u64> {
    // Up to 2^53 a float holds a whole number exactly.
    let real = |real: &f64| real.fract() == 0.0 && (0.0..=9_007_199_254_740_992.0).contains(real);
    number.as_u64().or_else(|| number.as_f64().filter(real).map(|real| real as u64))
}

/// The value at a JSON pointer of a body; `None` when there is none, or the body is not whole JSON. What an answer says beside it
/// (often the whole record) is passed by, and no room is made for it.
pub(super) fn value_at(body: &[u8], pointer: &str) -> Option<Value> {
    let (mut here, mut left) = (std::str::from_utf8(body).ok()?, pointer);
    while let Some(rest) = left.strip_prefix('/') {
        let (name, behind) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let mut json = serde_json::Deserializer::from_str(here);
        match json.deserialize_map(Member(name)) {
            Ok(Some(member)) if json.end().is_ok() => (here, left) = (member.get(), behind),
            // An item of a list, a name with escapes, nothing, or no JSON.
            _ => break,
        }
    }
    serde_json::from_str::<Value>(here).ok()?.pointer_mut(left).map(Value::take)
}

/// The name of a member, where it stands unless it is written with escapes.
#[derive(Deserialize)]
#[serde(transparent)]
struct Name<'b>(#[serde(borrow)] Cow<'b, str>);

/// The member of an object with this name; of several the last, as everywhere.
struct Member<'n>(&'n str);

impl<'de> Visitor<'de> for Member<'_> {
    type Value = Option<&'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some((Name(name), value)) = map.next_entry::<Name<'de>, &RawValue>()? {
            if name == self.0 {
                found = Some(value);
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_at_a_pointer_is_what_serde_json_finds_there() {
        let bodies = [
            r#"{"id":7,"data":{"id":"x","list":[{"id":1},2]},"a/b":{"~":1},"":{"":3},"id":8}"#,
            r#"[{"id":1},{"id":{"id":2.5}}]"#,
            r#"{"id":null}"#,
            r#""text""#,
            "null",
            r#"{"id":7} trailing"#,
            r#"{"id":7"#,
            "",
        ];
        let pointers =
            ["", "/", "//", "/id", "/data", "/data/id", "/data/list/0/id", "/data/list/1", "/a~1b/~0", "/1/id/id", "/01", "/no/id"];
        for body in bodies {
            let whole: Option<Value> = serde_json::from_str(body).ok();
            for pointer in pointers {
                let expected = whole.as_ref().and_then(|whole| whole.pointer(pointer)).cloned();
                assert_eq!(value_at(body.as_bytes(), pointer), expected, "{pointer} of {body}");
            }
        }
    }
}
