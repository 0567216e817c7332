//! A JSON value read at once as what it is meant to be: a text, an id, a day, a moment, a flag. What stands there is looked at where
//! it stands, and only a text is copied: a page of a thousand cases has forty thousand such values.

use super::loose::{Bare, Item, Loose};
use crate::domain::CaseStatus;
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

/// What of an object a value means.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Through {
    Nothing,
    Id,
    Name,
}

/// What a value can be meant as.
pub(super) trait Meaning: Sized {
    /// What of an object that stands in its place says it.
    const THROUGH: Through = Through::Nothing;
    /// What it says.
    fn of(value: Loose<'_>) -> Option<Self>;
}

impl Meaning for String {
    const THROUGH: Through = Through::Name;
    fn of(value: Loose<'_>) -> Option<String> {
        value.text()
    }
}

impl Meaning for u64 {
    const THROUGH: Through = Through::Id;
    fn of(value: Loose<'_>) -> Option<u64> {
        value.number()
    }
}

impl Meaning for bool {
    fn of(value: Loose<'_>) -> Option<bool> {
        value.flag()
    }
}

impl Meaning for Date {
    fn of(value: Loose<'_>) -> Option<Date> {
        value.day()
    }
}

impl Meaning for Timestamp {
    fn of(value: Loose<'_>) -> Option<Timestamp> {
        value.moment()
    }
}

impl Meaning for CaseStatus {
    const THROUGH: Through = Through::Name;
    fn of(value: Loose<'_>) -> Option<CaseStatus> {
        let Loose::Text(text) = value else { return None };
        let words = [("open", CaseStatus::Open), ("closed", CaseStatus::Closed)];
        words.into_iter().find(|(word, _)| text.trim().eq_ignore_ascii_case(word)).map(|(_, status)| status)
    }
}

/// A list of ids.
impl Item for As<u64> {
    type Seen = u64;
    fn seen(self) -> Option<u64> {
        self.0
    }
}

impl Bare for As<u64> {
    fn bare(id: As<u64>) -> Option<As<u64>> {
        Some(id)
    }
}

impl<'de, T: Meaning> Deserialize<'de> for As<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<As<T>, D::Error> {
        deserializer.deserialize_any(MeantVisitor(PhantomData)).map(As)
    }
}

/// The keys of an object that are looked at; read without keeping their text.
#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Key {
    Id,
    Name,
    #[serde(other)]
    Other,
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
        Ok(T::of(Loose::Flag(flag)))
    }
    fn visit_u64<E: Error>(self, number: u64) -> Result<Option<T>, E> {
        Ok(T::of(Loose::Whole(number)))
    }
    fn visit_i64<E: Error>(self, number: i64) -> Result<Option<T>, E> {
        Ok(T::of(u64::try_from(number).map_or(Loose::Negative(number), Loose::Whole)))
    }
    fn visit_f64<E: Error>(self, number: f64) -> Result<Option<T>, E> {
        Ok(T::of(Loose::Real(number)))
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<Option<T>, E> {
        Ok(T::of(Loose::Text(text)))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Option<T>, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<T>, A::Error> {
        let mut meant = None;
        while let Some(key) = map.next_key()? {
            match (key, T::THROUGH) {
                (Key::Id, Through::Id) | (Key::Name, Through::Name) => meant = map.next_value::<As<T>>()?.0,
                (Key::Id | Key::Name | Key::Other, _) => drop(map.next_value::<IgnoredAny>()?),
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
    fn a_status_is_open_or_closed_however_it_is_written() {
        let status = |json: &str| serde_json::from_str::<As<CaseStatus>>(json).unwrap().0;
        assert_eq!((status("\"Open\""), status("\" closed \"")), (Some(CaseStatus::Open), Some(CaseStatus::Closed)));
        assert_eq!(status(r#"{"id":1,"name":"open"}"#), Some(CaseStatus::Open));
        assert!(["null", "\"\"", "true", "1", "[]", "\"pending\""].iter().all(|json| status(json).is_none()));
    }
}
