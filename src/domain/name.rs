//! MyCase's names as people mean them: without regard to case, outer blanks and no-break spaces.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A name to look things up by. Two names that differ only in case, outer blanks or no-break spaces are one key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NameKey(String);

impl NameKey {
    /// The key of a name. No-break spaces count as blanks; inner blanks stay as they are.
    pub fn new(name: &str) -> NameKey {
        let plain = name.chars().map(|c| if matches!(c, '\u{a0}' | '\u{202f}' | '\u{2007}') { ' ' } else { c });
        let plain: String = plain.collect();
        NameKey(plain.trim().to_lowercase())
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for NameKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_outer_blanks_and_no_break_spaces_do_not_matter() {
        assert_eq!(NameKey::new(" Demand\u{a0}Sent "), NameKey::new("demand sent"));
        assert_ne!(NameKey::new("Demand  Sent"), NameKey::new("Demand Sent"));
    }
}
