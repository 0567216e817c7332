//! A JSON value that may be of the neighbouring type: a number as text, a text as number, `"true"`; and parts that may stand in
//! another form than they should.
//!
//! Reading one never fails; what cannot be understood is absent. No meaning of MyCase's here.

use super::meant::As;
use crate::domain::{moment, usual_day};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer};
use std::fmt;
use std::marker::PhantomData;

/// A text, number or flag as it stands.
#[derive(Debug, Clone, Copy)]
pub(super) enum Loose<'a> {
    Text(&'a str),
    Whole(u64),
    Negative(i64),
    Real(f64),
    Flag(bool),
}

impl Loose<'_> {
    /// As text, trimmed; `None` when blank.
    pub(super) fn text(self) -> Option<String> {
        match self {
            Loose::Text(text) => Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned),
            Loose::Whole(number) => Some(number.to_string()),
            Loose::Negative(number) => Some(number.to_string()),
            Loose::Real(number) => Some(number.to_string()),
            Loose::Flag(flag) => Some(flag.to_string()),
        }
    }

    /// As a whole number that is not negative: an id.
    pub(super) fn number(self) -> Option<u64> {
        match self {
            Loose::Whole(number) => Some(number),
            // Up to 2^53 a float holds a whole number exactly.
            Loose::Real(real) if real.fract() == 0.0 && (0.0..=9_007_199_254_740_992.0).contains(&real) => Some(real as u64),
            Loose::Text(text) => text.trim().parse().ok(),
            Loose::Negative(_) | Loose::Real(_) | Loose::Flag(_) => None,
        }
    }

    /// As yes or no.
    pub(super) fn flag(self) -> Option<bool> {
        match self {
            Loose::Flag(flag) => Some(flag),
            Loose::Whole(number @ (0 | 1)) => Some(number == 1),
            Loose::Text(text) => match text.trim().to_ascii_lowercase().as_str() {
                "true" | "t" | "yes" | "y" | "1" => Some(true),
                "false" | "f" | "no" | "n" | "0" => Some(false),
                _ => None,
            },
            Loose::Whole(_) | Loose::Negative(_) | Loose::Real(_) => None,
        }
    }

    /// As a date: the first ten characters `YYYY-MM-DD`, whatever time stands behind; never moved to another zone.
    pub(super) fn day(self) -> Option<Date> {
        let Loose::Text(text) = self else { return None };
        let day = text.trim().get(..10)?;
        day.as_bytes().first_chunk().and_then(usual_day).or_else(|| day.parse().ok())
    }

    /// As a moment: any offset; without one UTC (MyCase: Time-Zones); a date alone is its first moment.
    pub(super) fn moment(self) -> Option<Timestamp> {
        match self {
            Loose::Text(text) => moment(text.trim()),
            // Numbers below 10^11 are seconds (until the year 5138), above milliseconds.
            Loose::Whole(number) => {
                let number = i64::try_from(number).ok()?;
                if number < 100_000_000_000 { Timestamp::from_second(number).ok() } else { Timestamp::from_millisecond(number).ok() }
            }
            Loose::Negative(_) | Loose::Real(_) | Loose::Flag(_) => None,
        }
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
        Ok(T::bare(As(Loose::Real(number).number())))
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

/// What an item of a list inside an object becomes.
pub(super) trait Item: Bare {
    /// Its domain value.
    type Seen;
    /// `None` when it says nothing.
    fn seen(self) -> Option<Self::Seen>;
}

/// The items of a list, each at once what it becomes; none when the list is null, absent or no list at all.
pub(super) struct Many<T: Item>(pub(super) Vec<T::Seen>);

impl<T: Item> Default for Many<T> {
    fn default() -> Many<T> {
        Many(Vec::new())
    }
}

impl<'de, T: Item + Deserialize<'de>> Deserialize<'de> for Many<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Many<T>, D::Error> {
        deserializer.deserialize_any(ManyVisitor::<T>(PhantomData)).map(Many)
    }
}

struct ManyVisitor<T>(PhantomData<T>);

impl<'de, T: Item + Deserialize<'de>> Visitor<'de> for ManyVisitor<T> {
    type Value = Vec<T::Seen>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }
    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }
    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }
    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }
    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }
    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }
    fn visit_str<E: Error>(self, _: &str) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Vec::new())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut read = Vec::new();
        while let Some(Part(item)) = items.next_element::<Part<T>>()? {
            let Some(seen) = item.and_then(T::seen) else { continue };
            if read.is_empty() && size_of::<T::Seen>() > SMALL {
                // Most cases have one client, and room for four is made otherwise.
                read.reserve_exact(1);
            }
            read.push(seen);
        }
        Ok(read)
    }
}

/// Items up to this size stand several to a list.
const SMALL: usize = 64;

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn said<T: super::super::meant::Meaning>(json: &str) -> Option<T> {
        serde_json::from_str::<As<T>>(json).unwrap().0
    }

    #[test]
    fn a_value_is_understood_in_its_neighbours_type() {
        let text = |json: &str| said::<String>(json);
        assert_eq!(text("12").as_deref(), Some("12"));
        assert_eq!(text("-12").as_deref(), Some("-12"));
        assert_eq!(text("12.5").as_deref(), Some("12.5"));
        assert_eq!(text("true").as_deref(), Some("true"));
        assert_eq!(text("\" Injury \"").as_deref(), Some("Injury"));
        assert_eq!(text(r#"{"id":3,"name":"Injury"}"#).as_deref(), Some("Injury"));
        assert_eq!(text(r#"{"id":3,"name":{"name":"Injury"}}"#).as_deref(), Some("Injury"));
        for none in ["\"  \"", "\"\"", "[1,2]", "null", "{}", r#"{"name":null}"#, r#"{"id":"Injury"}"#] {
            assert_eq!(text(none), None, "{none}");
        }
        for id in ["7", "\"7\"", "7.0", "\" 7 \"", r#"{"id":"7"}"#, r#"{"name":"x","id":{"id":7}}"#] {
            assert_eq!(said::<u64>(id), Some(7), "{id}");
        }
        for none in ["null", "-7", "7.5", "\"x\"", "true", "1e40", "[7]", "{}", r#"{"name":7}"#, r#"{"id":7,"id":null}"#] {
            assert_eq!(said::<u64>(none), None, "{none}");
        }
        assert_eq!((said::<bool>("\"True\""), said::<bool>("0"), said::<bool>("null")), (Some(true), Some(false), None));
    }

    #[test]
    fn a_date_may_have_a_time_behind_it_and_keeps_its_day() {
        for text in ["2024-01-05", "2024-01-05T23:30:00-08:00", "2024-01-05 00:00:00 UTC"] {
            assert_eq!(said::<Date>(&format!("\"{text}\"")).unwrap().to_string(), "2024-01-05", "{text}");
        }
        for none in ["\"\"", "\"2024-13-40\"", "\"soon\"", "20240105", "\"01/05/2024\"", "\"äöüäöüäöü\""] {
            assert_eq!(said::<Date>(none), None, "{none}");
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
            assert_eq!(said::<Timestamp>(&format!("\"{text}\"")).unwrap().to_string(), "2023-02-13T22:16:19Z", "{text}");
        }
        assert_eq!(said::<Timestamp>("\"2023-02-13\"").unwrap().to_string(), "2023-02-13T00:00:00Z");
        assert_eq!(said::<Timestamp>("1676326579"), said::<Timestamp>("1676326579000"));
        assert_eq!(said::<Timestamp>("\"never\""), None);
    }

    #[test]
    fn a_list_that_is_none_is_empty() {
        for text in ["null", "7", "\"x\"", "{\"a\":[1]}", "true", "1.5", "-1", "[]"] {
            assert!(serde_json::from_str::<Many<As<u64>>>(text).unwrap().0.is_empty(), "{text}");
        }
        assert_eq!(serde_json::from_str::<Many<As<u64>>>(r#"[1,null,"2",[3],{"id":4},-5]"#).unwrap().0, [1, 2, 4]);
    }
}
