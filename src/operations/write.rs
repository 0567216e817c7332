//! Writes a file whole or not at all: who reads it meanwhile sees the text before or the text after.

use crate::store::folder_of;
use camino::Utf8Path;
use fs_err as fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;

/// Writes beside the file, hidden, and puts it in the file's place: of a link, where it leads; with the rights that are there.
/// Crash before the renaming: the former text stands, and a hidden leftover. After: the new one.
pub fn write_whole(path: &Utf8Path, text: &str) -> std::io::Result<()> {
    let path = path.canonicalize_utf8().unwrap_or_else(|_| path.to_owned());
    // What others may do with a new file, the umask says.
    let rights = fs::metadata(&path).map_or(PermissionsExt::from_mode(0o666), |about| about.permissions());
    let mut file = tempfile::Builder::new().prefix(".").suffix(".new").permissions(rights).tempfile_in(folder_of(&path))?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(&path)?;
    Ok(())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn a_file_behind_a_link_is_replaced_with_its_rights_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        fs::create_dir(root.join("there")).unwrap();
        fs::write(root.join("there/a"), "before").unwrap();
        fs::set_permissions(root.join("there/a"), PermissionsExt::from_mode(0o640)).unwrap();
        fs_err::os::unix::fs::symlink("there/a", root.join("a")).unwrap();
        write_whole(&root.join("a"), "after").unwrap();
        assert_eq!(fs::read_to_string(root.join("there/a")).unwrap(), "after");
        assert!(fs::symlink_metadata(root.join("a")).unwrap().is_symlink());
        assert_eq!(fs::metadata(root.join("there/a")).unwrap().permissions().mode() & 0o777, 0o640);
        assert_eq!(fs::read_dir(root.join("there")).unwrap().count(), 1);
    }

    #[test]
    fn what_cannot_be_written_leaves_the_former_text() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        assert!(write_whole(&root.join("nowhere/a"), "text").is_err());
        write_whole(&root.join("a"), "text").unwrap();
        assert_eq!(fs::read_to_string(root.join("a")).unwrap(), "text");
    }
}
