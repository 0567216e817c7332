//! What the system says of the watched files without opening one: while that stays as it was, the poll need not read them.
//!
//! A write that leaves length, inode and both times as they were (within one tick of the system's clock) would be missed here;
//! where the system tells of changes it is heard all the same, and every so often the poll reads whatever this says.

use super::is_ours;
use crate::load::commit_of;
use camino::{Utf8Path, Utf8PathBuf};
use fs_err as fs;
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::fs::MetadataExt;

/// One number over every file of ours in these folders, links followed, and the commit they are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp(u64);

impl Stamp {
    /// As it is now.
    pub(super) fn of(folders: &BTreeSet<Utf8PathBuf>) -> Stamp {
        let mut hasher = DefaultHasher::new();
        for folder in folders {
            let mut entries = entries(folder);
            entries.sort();
            (folder, entries, commit_of(folder)).hash(&mut hasher);
        }
        Stamp(hasher.finish())
    }
}

/// Name, device, inode, length, when written, when anything of it changed.
type Entry = (String, Option<[i64; 7]>);

fn entries(folder: &Utf8Path) -> Vec<Entry> {
    let Ok(listed) = fs::read_dir(folder) else { return Vec::new() };
    let names = listed.filter_map(Result::ok).map(|entry| entry.file_name().to_string_lossy().into_owned());
    let ours = names.filter(|name| is_ours(name));
    ours.map(|name| {
        let about = about(&folder.join(&name));
        (name, about)
    })
    .collect()
}

fn about(path: &Utf8Path) -> Option<[i64; 7]> {
    let about = fs::metadata(path).ok()?;
    let [device, inode, length] = [about.dev(), about.ino(), about.len()].map(u64::cast_signed);
    Some([device, inode, length, about.mtime(), about.mtime_nsec(), about.ctime(), about.ctime_nsec()])
}
