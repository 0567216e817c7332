//! How much room is left where states lie.

use camino::Utf8Path;

/// Bytes that this process may still write in a folder; `None` when the folder is not there or the system does not say.
pub fn room_left(folder: &Utf8Path) -> Option<u64> {
    let found = rustix::fs::statvfs(folder.as_std_path()).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_can_be_written_has_room_and_one_that_is_not_there_has_no_answer() {
        let folder = tempfile::tempdir().unwrap();
        let here = Utf8Path::from_path(folder.path()).unwrap();
        std::fs::write(here.join("a"), b"something").unwrap();
        assert!(room_left(here).unwrap() > 0);
        assert_eq!(room_left(&here.join("gone")), None);
    }
}
