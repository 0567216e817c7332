//! A JSON value that may be of the neighbouring type: a number as text, a text as number, `"true"`, null, or nothing.
//!
//! Reading one never fails; what cannot be understood is absent. No meaning of MyCase's here.

use super::meant::As;
use crate::domain::moment;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer};
use std::fmt;
use std::marker::PhantomData;

/// Any value, read as what it is meant to be.
#[derive(Default)]
pub(super) enum Loose<S = String> {
    /// Absent, null, a list.
    #[default]
    Nothing,
    Text(S),
    Whole(u64),
    Negative(i64),
    Real(f64),
    Flag(bool),
    /// An object: its `id` and `name`.
    Thing(Box<(Loose<S>, Loose<S>)>),
}

impl Loose {
    /// As text, trimmed; `None` when blank.
    pub(super) fn text(self) -> Option<String> {
        match self {
            Loose::Nothing => None,
            Loose::Text(text) => {
                let trimmed = text.trim();
                match trimmed.len() {
                    0 => None,
                    len if len == text.len() => Some(text),
                    _ => Some(trimmed.to_owned()),
                }
            }
            Loose::Whole(number) => Some(number.to_string()),
            Loose::Negative(number) => Some(number.to_string()),
            Loose::Real(number) => Some(number.to_string()),
            Loose::Flag(flag) => Some(flag.to_string()),
            Loose::Thing(thing) => thing.1.text(),
        }
    }
}

impl<S: AsRef<str>> Loose<S> {
    /// As a whole number that is not negative: an id.
    pub(super) fn number(&self) -> Option<u64> {
        match self {
            Loose::Whole(number) => Some(*number),
            // Up to 2^53 a float holds a whole number exactly.
            Loose::Real(real) if real.fract() == 0.0 && (0.0..=9_007_199_254_740_992.0).contains(real) => Some(*real as u64),
            Loose::Text(text) => text.as_ref().trim().parse().ok(),
            Loose::Thing(thing) => thing.0.number(),
            Loose::Nothing | Loose::Negative(_) | Loose::Real(_) | Loose::Flag(_) => None,
        }
    }

    /// As yes or no.
    pub(super) fn flag(&self) -> Option<bool> {
        match self {
            Loose::Flag(flag) => Some(*flag),
            Loose::Whole(number @ (0 | 1)) => Some(*number == 1),
            Loose::Text(text) => match text.as_ref().trim().to_ascii_lowercase().as_str() {
                "true" | "t" | "yes" | "y" | "1" => Some(true),
                "false" | "f" | "no" | "n" | "0" => Some(false),
                _ => None,
            },
            Loose::Nothing | Loose::Whole(_) | Loose::Negative(_) | Loose::Real(_) | Loose::Thing(_) => None,
        }
    }

    /// As a date: the first ten characters `YYYY-MM-DD`, whatever time stands behind; never moved to another zone.
    pub(super) fn day(&self) -> Option<Date> {
        let Loose::Text(text) = self else { return None };
        let text = text.as_ref().trim();
        text.get(..10)?.parse().ok()
    }

    /// As a moment: any offset; without one UTC (MyCase: Time-Zones); a date alone is its first moment.
    pub(super) fn moment(&self) -> Option<Timestamp> {
        match self {
            Loose::Text(text) => moment(text.as_ref().trim()),
            // Numbers below 10^11 are seconds (until the year 5138), above milliseconds.
            Loose::Whole(number) => {
                let number = i64::try_from(*number).ok()?;
                if number < 100_000_000_000 { Timestamp::from_second(number).ok() } else { Timestamp::from_millisecond(number).ok() }
            }
            Loose::Nothing | Loose::Negative(_) | Loose::Real(_) | Loose::Flag(_) | Loose::Thing(_) => None,
        }
    }
}

impl<'de> Deserialize<'de> for Loose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Loose, D::Error> {
        deserializer.deserialize_any(LooseVisitor)
    }
}

/// The keys of an object that are looked at; read without keeping their text.
#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
pub(super) enum Key {
    Id,
    Name,
    #[serde(other)]
    Other,
}

struct LooseVisitor;

impl<'de> Visitor<'de> for LooseVisitor {
    type Value = Loose;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }
    fn visit_unit<E: Error>(self) -> Result<Loose, E> {
        Ok(Loose::Nothing)
    }
    fn visit_bool<E: Error>(self, flag: bool) -> Result<Loose, E> {
        Ok(Loose::Flag(flag))
    }
    fn visit_u64<E: Error>(self, number: u64) -> Result<Loose, E> {
        Ok(Loose::Whole(number))
    }
    fn visit_i64<E: Error>(self, number: i64) -> Result<Loose, E> {
        Ok(u64::try_from(number).map_or(Loose::Negative(number), Loose::Whole))
    }
    fn visit_f64<E: Error>(self, number: f64) -> Result<Loose, E> {
        Ok(Loose::Real(number))
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<Loose, E> {
        Ok(Loose::Text(text.to_owned()))
    }
    fn visit_string<E: Error>(self, text: String) -> Result<Loose, E> {
        Ok(Loose::Text(text))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Loose, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Loose::Nothing)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Loose, A::Error> {
        let (mut id, mut name) = (Loose::Nothing, Loose::Nothing);
        while let Some(key) = map.next_key()? {
            match key {
                Key::Id => id = map.next_value()?,
                Key::Name => name = map.next_value()?,
                Key::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(Loose::Thing(Box::new((id, name))))
    }
}

/// A part that may stand as the whole object, as its bare id, or not at all.
pub(super) struct Part<T>(pub(super) Option<T>);

/// What a bare id says of a part; `None` when a part means nothing without its object.
pub(super) trait Bare: Sized {
    fn bare(_id: As<u64>) -> Option<Self> {
        None
    }
}

impl<T> Default for Part<T> {
    fn default() -> Part<T> {
        Part(None)
    }
}

impl<'de, T: Deserialize<'de> + Bare> Deserialize<'de> for Part<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Part<T>, D::Error> {
        deserializer.deserialize_any(PartVisitor(PhantomData)).map(Part)
    }
}

struct PartVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de> + Bare> Visitor<'de> for PartVisitor<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }
    fn visit_unit<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }
    fn visit_bool<E: Error>(self, _: bool) -> Result<Option<T>, E> {
        Ok(None)
    }
    fn visit_u64<E: Error>(self, number: u64) -> Result<Option<T>, E> {
        Ok(T::bare(As(Some(number))))
    }
    fn visit_i64<E: Error>(self, _: i64) -> Result<Option<T>, E> {
        Ok(None)
    }
    fn visit_f64<E: Error>(self, number: f64) -> Result<Option<T>, E> {
        Ok(T::bare(As(Loose::<&str>::Real(number).number())))
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<Option<T>, E> {
        Ok(T::bare(As(Loose::Text(text).number())))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Option<T>, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Option<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Some)
    }
}

/// A list that may be null, absent or no list at all; then it is empty.
pub(super) struct Many<T>(pub(super) Vec<T>);

impl<T> Default for Many<T> {
    fn default() -> Many<T> {
        Many(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Many<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Many<T>, D::Error> {
        deserializer.deserialize_any(ManyVisitor(PhantomData)).map(Many)
    }
}

struct ManyVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ManyVisitor<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }
    fn visit_unit<E: Error>(self) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }
    fn visit_bool<E: Error>(self, _: bool) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }
    fn visit_u64<E: Error>(self, _: u64) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }
    fn visit_i64<E: Error>(self, _: i64) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }
    fn visit_f64<E: Error>(self, _: f64) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }
    fn visit_str<E: Error>(self, _: &str) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vec<T>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Vec::new())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
        let mut read = Vec::new();
        while let Some(item) = items.next_element()? {
            read.push(item);
        }
        Ok(read)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn loose(json: &str) -> Loose {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_value_is_understood_in_its_neighbours_type() {
        assert_eq!(loose("12").text().as_deref(), Some("12"));
        assert_eq!(loose("12.5").text().as_deref(), Some("12.5"));
        assert_eq!(loose("true").text().as_deref(), Some("true"));
        assert_eq!(loose("\" Injury \"").text().as_deref(), Some("Injury"));
        assert_eq!(loose(r#"{"id":3,"name":"Injury"}"#).text().as_deref(), Some("Injury"));
        assert_eq!(loose("\"  \"").text(), None);
        assert_eq!(loose("[1,2]").text(), None);
        for id in ["7", "\"7\"", "7.0", "\" 7 \"", r#"{"id":"7"}"#] {
            assert_eq!(loose(id).number(), Some(7), "{id}");
        }
        for none in ["null", "-7", "7.5", "\"x\"", "true", "1e40", "[7]", "{}"] {
            assert_eq!(loose(none).number(), None, "{none}");
        }
        assert_eq!((loose("\"True\"").flag(), loose("0").flag(), loose("null").flag()), (Some(true), Some(false), None));
    }

    #[test]
    fn a_date_may_have_a_time_behind_it_and_keeps_its_day() {
        for text in ["2024-01-05", "2024-01-05T23:30:00-08:00", "2024-01-05 00:00:00 UTC"] {
            assert_eq!(loose(&format!("\"{text}\"")).day().unwrap().to_string(), "2024-01-05", "{text}");
        }
        for none in ["\"\"", "\"2024-13-40\"", "\"soon\"", "20240105", "\"01/05/2024\"", "\"äöüäöüäöü\""] {
            assert_eq!(loose(none).day(), None, "{none}");
        }
    }

    #[test]
    fn a_moment_may_have_any_offset_or_none() {
        for text in [
            "2023-02-13T22:16:19Z",
            "2023-02-13T17:16:19-05:00",
            "2023-02-13T17:16:19-0500",
            "2023-02-13T17:16:19.000-05:00",
            "2023-02-13 17:16:19 -0500",
            "2023-02-13 22:16:19 UTC",
            "2023-02-13T22:16:19",
            "2023-02-13 22:16:19",
        ] {
            assert_eq!(loose(&format!("\"{text}\"")).moment().unwrap().to_string(), "2023-02-13T22:16:19Z", "{text}");
        }
        assert_eq!(loose("\"2023-02-13\"").moment().unwrap().to_string(), "2023-02-13T00:00:00Z");
        assert_eq!(loose("1676326579").moment(), loose("1676326579000").moment());
        assert_eq!(loose("\"never\"").moment(), None);
    }

    #[test]
    fn a_list_that_is_none_is_empty() {
        for text in ["null", "7", "\"x\"", "{\"a\":[1]}", "true", "1.5", "-1", "[]"] {
            assert!(serde_json::from_str::<Many<Loose>>(text).unwrap().0.is_empty(), "{text}");
        }
        assert_eq!(serde_json::from_str::<Many<Loose>>("[1,null]").unwrap().0.len(), 2);
    }
}
