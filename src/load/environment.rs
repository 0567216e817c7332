//! The process's environment as a value, so that tests can have their own. Nothing else in the crate reads variables.

use crate::domain::Ordered;
use std::collections::BTreeMap;
use std::fmt;

/// Environment variables, and whether this is root. `Debug` shows no values.
#[derive(Clone, PartialEq, Eq)]
pub struct Environment {
    root: bool,
    given: Option<BTreeMap<String, String>>,
}

impl Environment {
    /// The process's own, read when asked.
    pub fn of_process() -> Environment {
        Environment { root: effective_user() == Some(0), given: None }
    }

    /// Exactly these variables.
    pub fn of<K: Into<String>, V: Into<String>>(root: bool, variables: impl IntoIterator<Item = (K, V)>) -> Environment {
        Environment { root, given: Some(variables.into_iter().map(|(name, value)| (name.into(), value.into())).ordered()) }
    }

    /// Whether this is root.
    pub fn is_root(&self) -> bool {
        self.root
    }

    /// A variable that is set, not empty and text.
    pub fn get(&self, name: &str) -> Option<String> {
        let value = match &self.given {
            Some(given) => given.get(name).cloned(),
            None => std::env::var(name).ok(),
        };
        value.filter(|value| !value.is_empty())
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment").field("root", &self.root).finish_non_exhaustive()
    }
}

/// The effective user's id: the owner of `/proc/self` (Linux: proc(5)).
fn effective_user() -> Option<u32> {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").ok().map(|about| about.uid())
}
