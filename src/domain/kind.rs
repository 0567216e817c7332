//! The kinds of change a portal's client can feel, from the weightiest to the lightest.

use serde::{Deserialize, Serialize};
use std::fmt;

/// One kind of change. The order is the weight: a case's change is named after its weightiest kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A portal record is made (one, also for a case that is closed already).
    Create,
    /// The portal record is closed.
    Close,
    /// The portal record is opened again.
    Reopen,
    /// Phone, e-mail, name of a client, or which clients there are: who can log in.
    Contact,
    /// Stage or practice area: where the client sees the case stand.
    Stage,
    /// Everything else.
    Update,
}

impl Kind {
    /// All kinds, weightiest first.
    pub const ALL: [Kind; 6] = [Kind::Create, Kind::Close, Kind::Reopen, Kind::Contact, Kind::Stage, Kind::Update];

    /// The word used in answers and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Create => "create",
            Kind::Close => "close",
            Kind::Reopen => "reopen",
            Kind::Contact => "contact",
            Kind::Stage => "stage",
            Kind::Update => "update",
        }
    }

    /// The kind a word names.
    pub fn from_word(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// A set of kinds.
#[derive(Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Kinds(u8);

impl Kinds {
    /// No kind.
    pub const NONE: Kinds = Kinds(0);

    /// Adds a kind.
    pub fn insert(&mut self, kind: Kind) {
        self.0 |= 1 << kind as u8;
    }

    /// The set without a kind.
    pub fn without(self, kind: Kind) -> Kinds {
        Kinds(self.0 & !(1 << kind as u8))
    }

    /// Whether the kind is in the set.
    pub fn contains(self, kind: Kind) -> bool {
        self.0 & (1 << kind as u8) != 0
    }

    /// Whether two sets share a kind.
    pub fn meets(self, other: Kinds) -> bool {
        self.0 & other.0 != 0
    }

    /// The kinds of both sets.
    #[must_use]
    pub fn union(self, other: Kinds) -> Kinds {
        Kinds(self.0 | other.0)
    }

    /// Whether the set is empty.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The kinds, weightiest first.
    pub fn iter(self) -> impl Iterator<Item = Kind> {
        Kind::ALL.into_iter().filter(move |kind| self.contains(*kind))
    }

    /// The weightiest kind.
    pub fn weightiest(self) -> Option<Kind> {
        self.iter().next()
    }
}

impl FromIterator<Kind> for Kinds {
    fn from_iter<I: IntoIterator<Item = Kind>>(kinds: I) -> Self {
        let mut set = Kinds::NONE;
        kinds.into_iter().for_each(|kind| set.insert(kind));
        set
    }
}

impl fmt::Debug for Kinds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_named_after_its_weightiest_kind() {
        let kinds: Kinds = [Kind::Update, Kind::Contact].into_iter().collect();
        assert_eq!(kinds.weightiest(), Some(Kind::Contact));
        assert!(kinds.contains(Kind::Update) && !kinds.contains(Kind::Close));
        assert_eq!(Kinds::NONE.weightiest(), None);
    }
}
