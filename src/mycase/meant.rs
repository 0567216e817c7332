//! A JSON value read at once as what it is meant to be: an id, a day, a moment, a flag. It understands what [`Loose`] does and
//! keeps nothing of the text, which `Loose` would copy first: a page of a thousand cases has twenty thousand such values.

use super::loose::{Key, Loose};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;
use std::marker::PhantomData;

/// A value as a `T`, where it can be understood as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct As<T>(pub(super) Option<T>);

impl<T> Default for As<T> {
    fn default() -> As<T> {
        As(None)
    }
}

impl As<u64> {
    /// An id, also of an object.
    pub(super) fn number(&self) -> Option<u64> {
        self.0
    }
}

impl As<bool> {
    /// Yes or no.
    pub(super) fn flag(&self) -> Option<bool> {
        self.0
    }
}

impl As<Date> {
    /// A day, whatever time stands behind it.
    pub(super) fn day(&self) -> Option<Date> {
        self.0
    }
}

impl As<Timestamp> {
    /// A moment.
    pub(super) fn moment(&self) -> Option<Timestamp> {
        self.0
    }
}

/// What a value can be meant as.
pub(super) trait Meaning: Sized {
    /// An object means what its `id` does.
    const BY_ID: bool = false;
    /// What it says.
    fn of(value: &Loose<&str>) -> Option<Self>;
}

impl Meaning for u64 {
    const BY_ID: bool = true;
    fn of(value: &Loose<&str>) -> Option<u64> {
        value.number()
    }
}

impl Meaning for bool {
    fn of(value: &Loose<&str>) -> Option<bool> {
        value.flag()
    }
}

impl Meaning for Date {
    fn of(value: &Loose<&str>) -> Option<Date> {
        value.day()
    }
}

impl Meaning for Timestamp {
    fn of(value: &Loose<&str>) -> Option<Timestamp> {
        value.moment()
    }
}

impl<'de, T: Meaning> Deserialize<'de> for As<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<As<T>, D::Error> {
        deserializer.deserialize_any(MeantVisitor(PhantomData)).map(As)
    }
}

struct MeantVisitor<T>(PhantomData<T>);

impl<'de, T: Meaning> Visitor<'de> for MeantVisitor<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }
    fn visit_unit<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }
    fn visit_bool<E: Error>(self, flag: bool) -> Result<Option<T>, E> {
        Ok(T::of(&Loose::Flag(flag)))
    }
    fn visit_u64<E: Error>(self, number: u64) -> Result<Option<T>, E> {
        Ok(T::of(&Loose::Whole(number)))
    }
    fn visit_i64<E: Error>(self, number: i64) -> Result<Option<T>, E> {
        Ok(T::of(&u64::try_from(number).map_or(Loose::Negative(number), Loose::Whole)))
    }
    fn visit_f64<E: Error>(self, number: f64) -> Result<Option<T>, E> {
        Ok(T::of(&Loose::Real(number)))
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<Option<T>, E> {
        Ok(T::of(&Loose::Text(text)))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Option<T>, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<T>, A::Error> {
        let mut meant = None;
        while let Some(key) = map.next_key()? {
            match key {
                Key::Id if T::BY_ID => meant = map.next_value::<As<T>>()?.0,
                Key::Id | Key::Name | Key::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(meant)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn a_value_means_what_it_would_if_it_were_kept() {
        let values = ["7", "\"7\"", "\" 7 \"", "7.0", "7.5", "-7", "1e40", "true", "null", "[7]", "{}", r#"{"id":"7","name":"x"}"#];
        let things = [r#"{"name":"x","id":{"id":3}}"#, r#"{"id":7,"id":null}"#, r#"{"a":[1,{"id":2}]}"#, "\"True\"", "\"n\"", "0", "1"];
        let times = ["\"2024-01-05\"", "\"2024-01-05T23:30:00-08:00\"", "\"soon\"", "\"\"", "1676326579", "1676326579000", "20240105"];
        for text in values.into_iter().chain(things).chain(times) {
            let kept: Loose = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::from_str::<As<u64>>(text).unwrap().number(), kept.number(), "{text}");
            assert_eq!(serde_json::from_str::<As<bool>>(text).unwrap().flag(), kept.flag(), "{text}");
            assert_eq!(serde_json::from_str::<As<Date>>(text).unwrap().day(), kept.day(), "{text}");
            assert_eq!(serde_json::from_str::<As<Timestamp>>(text).unwrap().moment(), kept.moment(), "{text}");
        }
    }
}
