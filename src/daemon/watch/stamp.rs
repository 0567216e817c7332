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
            (folder, entries(folder), commit_of(folder)).hash(&mut hasher);
        }
        Stamp(hasher.finish())
    }
}

/// The same of one folder, in whatever order its files are listed. Holds one name at a time: a daemon that is idle otherwise
/// looks at 500 files every half minute.
fn entries(folder: &Utf8Path) -> u64 {
    let Ok(listed) = fs::read_dir(folder) else { return 0 };
    let mut all = 0_u64;
    for entry in listed.filter_map(Result::ok) {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if is_ours(&name) {
            let mut hasher = DefaultHasher::new();
            (&*name, about(&folder.join(&*name))).hash(&mut hasher);
            all = all.wrapping_add(hasher.finish());
        }
    }
    all
}

/// Device, inode, length, when written, when anything of it changed.
fn about(path: &Utf8Path) -> Option<[i64; 7]> {
    let about = fs::metadata(path).ok()?;
    let [device, inode, length] = [about.dev(), about.ino(), about.len()].map(u64::cast_signed);
    Some([device, inode, length, about.mtime(), about.mtime_nsec(), about.ctime(), about.ctime_nsec()])
}
