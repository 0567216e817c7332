//! What stays in memory of a look at the folder: names and hashes. The texts of 500 firms are not kept beside what they mean.

use crate::domain::{FirmId, Ordered};
use crate::load::FolderText;
use std::collections::{BTreeMap, BTreeSet};

/// The last look that could read the folder.
pub(super) struct LastLook {
    content: Content,
    /// The firms that have a file.
    pub(super) firms: BTreeSet<FirmId>,
    /// Names that look like a firm file with a mistake in the name, with what was likely meant.
    pub(super) strays: Vec<(String, String)>,
    /// The commit the files are of, when they lie in a git tree.
    pub(super) commit: Option<String>,
}

/// What was read: no times of writing, for a touched file says nothing new.
#[derive(PartialEq, Eq)]
struct Content {
    hashes: BTreeMap<String, [u8; 32]>,
    defaults: Option<[u8; 32]>,
    others: Vec<String>,
}

impl LastLook {
    pub(super) fn of(folder: &FolderText) -> LastLook {
        let content = Content {
            hashes: folder.files.iter().map(|(name, file)| (name.clone(), file.hash)).ordered(),
            defaults: folder.defaults.as_ref().map(|file| file.hash),
            others: folder.others.clone(),
        };
        let firms = folder.firms().into_keys().ordered();
        LastLook { content, firms, strays: folder.strays(), commit: folder.commit.clone() }
    }

    /// Whether both found the same texts.
    pub(super) fn says_the_same(&self, other: &LastLook) -> bool {
        self.content == other.content
    }
}
