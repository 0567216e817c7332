//! One value out of an answer, by its JSON pointer (RFC 6901); the rest is read over and not kept.

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::fmt;

/// The value; `None` when nothing is there, or when the answer is not JSON from its beginning to its end.
pub(super) fn at(json: &[u8], pointer: &str) -> Option<Value> {
    let mut read = serde_json::Deserializer::from_slice(json);
    let found = Pointed(pointer).deserialize(&mut read).ok()?;
    read.end().ok()?;
    found
}

/// What is left of the way.
#[derive(Clone, Copy, Default)]
struct Pointed<'p>(&'p str);

impl<'p> Pointed<'p> {
    /// The next name and the way behind it.
    fn step(self) -> Option<(String, Pointed<'p>)> {
        let way = self.0.strip_prefix('/')?;
        let (name, _) = way.split_once('/').unwrap_or((way, ""));
        Some((name.replace("~1", "/").replace("~0", "~"), Pointed(&way[name.len()..])))
    }
}

impl<'de> DeserializeSeed<'de> for Pointed<'_> {
    type Value = Option<Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<Value>, D::Error> {
        if self.0.is_empty() { Value::deserialize(deserializer).map(Some) } else { deserializer.deserialize_any(self) }
    }
}

impl<'de> Visitor<'de> for Pointed<'_> {
    type Value = Option<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<Value>, A::Error> {
        let ((name, way), mut found) = (self.step().unwrap_or_default(), None);
        while let Some(here) = map.next_key_seed(Is(&name))? {
            if here {
                found = map.next_value_seed(way)?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Option<Value>, A::Error> {
        let step = self.step().and_then(|(name, way)| Some((name.parse::<usize>().ok()?, way)));
        let mut found = None;
        for at in 0.. {
            match step {
                Some((place, way)) if place == at => match items.next_element_seed(way)? {
                    Some(item) => found = item,
                    None => break,
                },
                _ if items.next_element::<IgnoredAny>()?.is_none() => break,
                _ => {}
            }
        }
        Ok(found)
    }

    fn visit_unit<E: Error>(self) -> Result<Option<Value>, E> {
        Ok(None)
    }
    fn visit_bool<E: Error>(self, _: bool) -> Result<Option<Value>, E> {
        Ok(None)
    }
    fn visit_u64<E: Error>(self, _: u64) -> Result<Option<Value>, E> {
        Ok(None)
    }
    fn visit_i64<E: Error>(self, _: i64) -> Result<Option<Value>, E> {
        Ok(None)
    }
    fn visit_f64<E: Error>(self, _: f64) -> Result<Option<Value>, E> {
        Ok(None)
    }
    fn visit_str<E: Error>(self, _: &str) -> Result<Option<Value>, E> {
        Ok(None)
    }
}

/// Whether a key is this one; its text is not kept.
struct Is<'a>(&'a str);

impl<'de> DeserializeSeed<'de> for Is<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Is<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }
    fn visit_str<E: Error>(self, key: &str) -> Result<bool, E> {
        Ok(key == self.0)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::at;
    use serde_json::{Value, json};

    #[test]
    fn a_value_is_found_where_the_whole_answer_has_it() {
        let answer = json!({ "id": 7, "a/b": { "~": ["x", { "id": "y" }] }, "list": [], "none": null, "": { "id": 8 } });
        let text = answer.to_string();
        let ways =
            ["", "/id", "/a~1b/~0/1/id", "/a~1b/~0/0", "/a~1b/~0/2", "/a~1b/~0/x", "/list/0", "/none", "/none/id", "/id/id", "/", "//id"];
        for way in ways {
            assert_eq!(at(text.as_bytes(), way).as_ref(), answer.pointer(way), "{way}");
        }
    }

    #[test]
    fn of_two_values_the_last_counts_as_in_the_whole_answer() {
        for text in [r#"{"a":{"id":1},"a":{"id":2}}"#, r#"{"a":{"id":1},"a":3}"#] {
            let whole: Value = serde_json::from_str(text).unwrap();
            assert_eq!(at(text.as_bytes(), "/a/id").as_ref(), whole.pointer("/a/id"), "{text}");
        }
    }

    #[test]
    fn what_is_not_json_to_its_end_names_nothing() {
        for text in ["", "{", r#"{"id":7"#, r#"{"id":7}}"#, r#"{"id":7} x"#, "<html>"] {
            assert_eq!(at(text.as_bytes(), "/id"), None, "{text}");
        }
    }
}
