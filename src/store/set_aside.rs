//! The files around a firm's state: the folder, the file's permissions, and the name a damaged file gets.

use camino::{Utf8Path, Utf8PathBuf};
use fs_err::os::unix::fs::OpenOptionsExt;
use jiff::Timestamp;
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};

/// Makes a folder for its owner alone (0700); one that is there stays as it is.
pub(super) fn make_private_folder(folder: &Utf8Path) -> io::Result<()> {
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Makes names in a folder durable.
pub(super) fn sync_folder(folder: &Utf8Path) -> io::Result<()> {
    fs_err::File::open(folder)?.sync_all()
}

/// Opens a state file, or makes it with its folder; readable by its owner alone in either case.
///
/// Crash before it returns: no file, or an empty one, which opens as a new state. Crash after: the file's name is durable.
pub(super) fn open_private(path: &Utf8Path) -> io::Result<std::fs::File> {
    let folder = folder_of(path);
    make_private_folder(folder)?;
    let made = !path.exists();
    let file = fs_err::OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
    if file.metadata()?.permissions().mode() & 0o077 != 0 {
        file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    }
    if made {
        sync_folder(folder)?;
    }
    Ok(file.into_parts().0)
}

/// Moves a damaged file away, unchanged: `acme.redb` -> `acme.redb.damaged-20261123T142233Z`.
///
/// Crash before: the file is still in place and will be found damaged again. After: it is aside.
pub(super) fn set_aside(path: &Utf8Path, now: Timestamp) -> io::Result<Utf8PathBuf> {
    let stamp = now.strftime("%Y%m%dT%H%M%SZ");
    let names = std::iter::once(String::new()).chain((2..).map(|n| format!("-{n}")));
    let mut free = names.map(|end| Utf8PathBuf::from(format!("{path}.damaged-{stamp}{end}"))).filter(|name| !name.exists());
    let name = free.next().ok_or(io::ErrorKind::AlreadyExists)?;
    fs_err::rename(path, &name)?;
    sync_folder(folder_of(path))?;
    Ok(name)
}

fn folder_of(path: &Utf8Path) -> &Utf8Path {
    path.parent().filter(|folder| !folder.as_str().is_empty()).unwrap_or(Utf8Path::new("."))
}
