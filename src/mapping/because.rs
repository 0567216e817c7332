//! Why one field is as it is, as a sentence with what decided: told while it is asked for, or kept.

use super::stages::How;
use crate::config::Rule;
use crate::domain::{Kind, SeenClient};
use std::fmt;

/// Why one field of the record is as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Because {
    /// As in `Record::differing_fields`: `state`, `stage`, `attorney`, a field's name, ...
    pub field: String,
    /// The kind of change the field belongs to; `state` bears `Close`, also when it reopens.
    pub kind: Kind,
    /// One sentence's end, without personal data.
    pub why: String,
    /// The firm file with the line that decided, e.g. `acme.firm.toml:41`; `None` when a default or MyCase did.
    pub place: Option<String>,
    /// The setting that decided, where no line of a map or of `[fields]` did.
    pub rule: Option<Rule>,
}

/// Why one field is as it is, for as long as it takes to ask whether anybody wants to hear it: most fields of most cases nobody
/// asks for, and no sentence is made of these.
pub(super) struct Told<'a> {
    pub(super) field: &'a str,
    pub(super) kind: Kind,
    pub(super) why: &'a dyn fmt::Display,
    pub(super) place: Option<Place<'a>>,
    pub(super) rule: Option<Rule>,
}

/// The firm file with the line that decided.
#[derive(Clone, Copy)]
pub(super) struct Place<'a>(pub(super) &'a str, pub(super) u32);

/// Whom it is told.
pub(super) type Listener<'l> = dyn FnMut(Told<'_>) + 'l;

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.0, self.1)
    }
}

impl Told<'_> {
    pub(super) fn owned(&self) -> Because {
        let Told { field, kind, why, place, rule } = self;
        Because { field: (*field).to_owned(), kind: *kind, why: why.to_string(), place: place.map(|place| place.to_string()), rule: *rule }
    }

    /// As it is displayed; there is room for it from the beginning, for every case of a first import has several.
    pub(super) fn sentence(&self) -> String {
        let mut sentence = String::with_capacity(96);
        // A text takes whatever is written to it.
        fmt::write(&mut sentence, format_args!("{self}")).ok();
        sentence
    }
}

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.place.as_ref().map(|place| place as &dyn fmt::Display);
        write!(f, "{}: {}", self.field, Sentence { why: self.why, place, rule: self.rule })
    }
}

impl fmt::Display for Because {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, Sentence::of(self))
    }
}

/// Why, and what decided.
struct Sentence<'a> {
    why: &'a dyn fmt::Display,
    place: Option<&'a dyn fmt::Display>,
    rule: Option<Rule>,
}

impl Sentence<'_> {
    fn of(because: &Because) -> Sentence<'_> {
        let place = because.place.as_ref().map(|place| place as &dyn fmt::Display);
        Sentence { why: &because.why, place, rule: because.rule }
    }
}

impl fmt::Display for Sentence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Sentence { why, place, rule } = self;
        match (place, rule) {
            (Some(place), _) => write!(f, "{why} ({place})"),
            (None, Some(rule)) => write!(f, "{why} ({rule})"),
            (None, None) => why.fmt(f),
        }
    }
}

impl Because {
    /// Why, and in brackets the line or the setting that decided.
    pub fn sentence(&self) -> String {
        Sentence::of(self).to_string()
    }
}

/// Their ids, one behind the other.
pub(super) struct People<'a>(pub(super) &'a [SeenClient]);

impl fmt::Display for People<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().enumerate().try_for_each(|(at, client)| write!(f, "{}{}", if at == 0 { "" } else { ", " }, client.id))
    }
}

/// How a name of MyCase became one of the portal, as a sentence's end.
pub(super) struct Named<'a> {
    pub(super) how: How,
    pub(super) name: &'a str,
    pub(super) to: &'a str,
}

impl Named<'_> {
    /// The line of the firm's file that decided; 0 for none.
    pub(super) fn line(&self) -> u32 {
        match self.how {
            How::Map { line } | How::ForArea { line } => line,
            How::SameName | How::Hidden | How::Keep | How::Absent | How::Undecided => 0,
        }
    }
}

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Named { how, name, to } = self;
        match how {
            How::Map { .. } => write!(f, "{name:?} is {to:?}"),
            How::ForArea { .. } => write!(f, "{name:?} is {to:?} for this practice area"),
            How::SameName => write!(f, "{to:?}, the same name as in MyCase"),
            How::Hidden => write!(f, "{name:?} is not shown to clients, the portal's stays"),
            How::Keep => write!(f, "{name:?} is not in the map, the portal's stays"),
            How::Absent => f.write_str("MyCase has none, the portal's stays"),
            How::Undecided => write!(f, "{name:?} is not decided"),
        }
    }
}
