//! The files around a firm's state: the folder, the file's permissions, and the name a damaged file gets.

use super::StoreError;
use super::dice::random;
use crate::domain::FirmId;
use camino::{Utf8Path, Utf8PathBuf};
use fs_err::os::unix::fs::OpenOptionsExt;
use jiff::Timestamp;
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, fchown};

/// Makes a folder for its owner alone (0700), with those above it; one that is there stays as it is. What root makes belongs
/// to whom the folder above belongs.
pub fn make_private_folder(folder: &Utf8Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let above = folder_of(folder);
    make_private_folder(above)?;
    match std::fs::DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
        Err(error) => Err(error),
        Ok(()) => belongs_with(fs_err::File::open(folder)?.file(), above),
    }
}

/// Makes names in a folder durable.
pub fn sync_folder(folder: &Utf8Path) -> io::Result<()> {
    fs_err::File::open(folder)?.sync_all()
}

/// Opens a state file that is there; readable by its owner alone from then on. An empty one is damaged: casebridge never
/// leaves one.
pub(super) fn open_private(path: &Utf8Path) -> io::Result<std::fs::File> {
    let file = fs_err::OpenOptions::new().read(true).write(true).open(path)?;
    let found = file.metadata()?;
    if found.len() == 0 {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "the file is empty"));
    }
    if found.permissions().mode() & 0o077 != 0 {
        file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    }
    Ok(file.into_parts().0)
}

/// Makes a file (0600) whole under another name, then gives it its own name unless that is taken by now; also its folder.
///
/// Crash before it returns: there is no file, or a whole one; a stray `.new` file may stay. After: a whole one, durably.
pub(super) fn make_whole<E: From<io::Error>>(path: &Utf8Path, fill: impl FnOnce(std::fs::File) -> Result<(), E>) -> Result<(), E> {
    let folder = folder_of(path);
    make_private_folder(folder)?;
    let aside = Utf8PathBuf::from(format!("{path}.{:016x}.new", u64::from_ne_bytes(random()?)));
    let file = fs_err::OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&aside)?;
    belongs_with(file.file(), folder)?;
    let synced = file.file().try_clone()?;
    let named = fill(file.into_parts().0).and_then(|()| Ok(synced.sync_all().and_then(|()| give_name(&aside, path))?));
    match fs_err::remove_file(&aside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => named.and(Err(error.into())),
        _ => named,
    }?;
    Ok(sync_folder(folder)?)
}

/// What root makes belongs to whom the folder belongs: `sudo casebridge secret set` must leave a state that the daemon,
/// which is another user, can open.
pub fn belongs_with(file: &std::fs::File, folder: &Utf8Path) -> io::Result<()> {
    let (made, folder) = (file.metadata()?, fs_err::metadata(folder)?);
    match made.uid() == 0 && folder.uid() != 0 {
        true => fchown(file, Some(folder.uid()), Some(folder.gid())),
        false => Ok(()),
    }
}

fn give_name(aside: &Utf8Path, path: &Utf8Path) -> io::Result<()> {
    use io::ErrorKind::{AlreadyExists, PermissionDenied, Unsupported};
    match fs_err::hard_link(aside, path) {
        Err(error) if error.kind() == AlreadyExists => Ok(()),
        // File systems without hard links (network shares): a rename, which two at once could both do.
        Err(error) if matches!(error.kind(), Unsupported | PermissionDenied) && !path.exists() => fs_err::rename(aside, path),
        other => other,
    }
}

/// An error when a state is not in its place because a rename was broken off: it is whole, under a passing name. Neither the
/// old name nor the new one may get an empty state meanwhile.
pub fn not_half_way(path: &Utf8Path, firm: &FirmId) -> Result<(), StoreError> {
    if path.exists() {
        return Ok(());
    }
    match half_way(folder_of(path)).into_iter().find(|(from, to)| from == firm || to == firm) {
        Some((firm, to)) => Err(StoreError::Renaming { firm, to }),
        None => Ok(()),
    }
}

/// The renames in a folder of states that were broken off: from and to.
pub fn half_way(folder: &Utf8Path) -> Vec<(FirmId, FirmId)> {
    let Ok(entries) = folder.read_dir_utf8() else { return Vec::new() };
    let names = entries.filter_map(Result::ok).map(|entry| entry.file_name().to_owned());
    let parsed = |name: String| name.split_once(".redb.renamed-to-").and_then(|(from, to)| Some((from.parse().ok()?, to.parse().ok()?)));
    names.filter_map(parsed).collect()
}

/// Moves a damaged file away, unchanged: `acme.redb` -> `acme.redb.damaged-20261123T142233Z`.
///
/// Crash before: the file is still in place and will be found damaged again. After: it is aside.
pub(super) fn set_aside(path: &Utf8Path, now: Timestamp) -> io::Result<Utf8PathBuf> {
    let name = free_name(&format!("{path}.damaged-"), "", now)?;
    fs_err::rename(path, &name)?;
    sync_folder(folder_of(path))?;
    Ok(name)
}

/// A name that nothing bears yet: `acme.redb.damaged-` -> `acme.redb.damaged-20261123T142233Z`.
pub fn free_name(before: &str, after: &str, now: Timestamp) -> io::Result<Utf8PathBuf> {
    let stamp = now.strftime("%Y%m%dT%H%M%SZ");
    let numbers = std::iter::once(String::new()).chain((2..).map(|n| format!("-{n}")));
    let mut free = numbers.map(|n| Utf8PathBuf::from(format!("{before}{stamp}{n}{after}"))).filter(|name| !name.exists());
    free.next().ok_or_else(|| io::ErrorKind::AlreadyExists.into())
}

/// The folder a path lies in; `.` for a bare name.
pub fn folder_of(path: &Utf8Path) -> &Utf8Path {
    path.parent().filter(|folder| !folder.as_str().is_empty()).unwrap_or(Utf8Path::new("."))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn a_file_that_root_makes_belongs_to_whom_its_folder_belongs() {
        let dir = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(dir.path()).unwrap().join("vault.key");
        // Only root can give a folder away; anybody else's files are his own in any case.
        let given = std::os::unix::fs::chown(dir.path(), Some(4242), Some(4243)).is_ok();
        make_whole(&path, |mut file| file.write_all(b"key")).unwrap();
        let (made, folder) = (fs_err::metadata(&path).unwrap(), fs_err::metadata(dir.path()).unwrap());
        assert_eq!((made.uid(), made.gid(), made.mode() & 0o777), (folder.uid(), folder.gid(), 0o600));
        assert_eq!(made.uid() == 4242, given);
        let below = Utf8Path::from_path(dir.path()).unwrap().join("backups/acme");
        make_private_folder(&below).unwrap();
        let made = fs_err::metadata(&below).unwrap();
        assert_eq!((made.uid(), made.gid(), made.mode() & 0o777), (folder.uid(), folder.gid(), 0o700));
        let fresh = crate::store::Fresh::copy_of(&path, &"acme".parse().unwrap(), &below.join("acme.redb")).unwrap();
        assert_eq!(fs_err::metadata(fresh.path().unwrap()).unwrap().uid(), folder.uid());
    }
}
