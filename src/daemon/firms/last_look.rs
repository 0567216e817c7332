//! What stays in memory of a look at the folder: names and hashes. The texts of 500 firms are not kept beside what they mean.

use crate::domain::{FirmId, Ordered};
use crate::load::FolderText;
use std::collections::{BTreeMap, BTreeSet};

/// The last look that could read the folder.
pub(super) struct LastLook {
    /// Of every file, and of `defaults.toml`.
    hashes: BTreeMap<String, [u8; 32]>,
    others: Vec<String>,
    /// The firms that have a file.
    pub(super) firms: BTreeSet<FirmId>,
    /// Names that look like a firm file with a mistake in the name, with what was likely meant.
    pub(super) strays: Vec<(String, String)>,
    /// The commit the files are of, when they lie in a git tree.
    pub(super) commit: Option<String>,
}

impl LastLook {
    pub(super) fn of(folder: &FolderText) -> LastLook {
        let files = folder.files.values().chain(&folder.defaults);
        LastLook {
            hashes: files.map(|file| (file.name.clone(), file.hash)).ordered(),
            others: folder.others.clone(),
            firms: folder.firms().into_keys().ordered(),
            strays: folder.strays(),
            commit: folder.commit.clone(),
        }
    }

    /// Whether both found the same texts; times of writing do not count.
    pub(super) fn says_the_same(&self, other: &LastLook) -> bool {
        self.hashes == other.hashes && self.others == other.others
    }
}
