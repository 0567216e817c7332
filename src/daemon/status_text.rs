//! `[paths] status`: a short `<firm>.txt` per firm, for people who only see the share: what became of their last edit, what
//! waits for somebody, how the last run went. No personal data.
//!
//! Lines end as Windows ends them: shares are read there, also by a Notepad that knows nothing else, and nobody else minds. A
//! text is written whole or not at all. Whether the folder can be written is said once, not for every firm and every look.

mod words;

use crate::domain::FirmId;
use crate::operations::write_whole;
use camino::Utf8Path;
use std::collections::BTreeMap;

pub(super) use words::{Told, body, footer, gone, stray};

/// Writes what has changed since it was last written.
#[derive(Debug, Default)]
pub(super) struct StatusTexts {
    written: BTreeMap<FirmId, String>,
    /// Why the folder could not be written, as it was last said.
    trouble: Option<String>,
}

impl StatusTexts {
    /// Whether nothing was written since the start.
    pub(super) fn is_new(&self) -> bool {
        self.written.is_empty()
    }

    /// Writes `<folder>/<firm>.txt` when the body is another than last time, or the file is gone. `footer` says as of when.
    pub(super) fn write(&mut self, folder: &Utf8Path, firm: &FirmId, body: &str, footer: &str) {
        let path = folder.join(format!("{firm}.txt"));
        if self.written.get(firm).is_some_and(|written| written == body) && path.exists() {
            return;
        }
        let text = format!("{body}\n{footer}\n").replace('\n', "\r\n");
        match write_whole(&path, &text) {
            Ok(()) => {
                self.written.insert(firm.clone(), body.to_owned());
                if self.trouble.take().is_some() {
                    tracing::info!("{folder}: status texts can be written again");
                }
            }
            Err(error) => {
                let why = error.kind().to_string();
                if self.trouble.as_ref() != Some(&why) {
                    tracing::warn!(%error, "{folder}: status texts cannot be written ({why}); it is tried again at every look");
                    self.trouble = Some(why);
                }
            }
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use fs_err as fs;

    #[test]
    fn a_text_is_written_whole_with_windows_line_ends_and_only_when_it_changed_or_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(dir.path()).unwrap();
        let (mut texts, firm): (_, FirmId) = (StatusTexts::default(), "acme".parse().unwrap());
        texts.write(folder, &firm, "one\n", "As of noon.");
        assert_eq!(fs::read_to_string(folder.join("acme.txt")).unwrap(), "one\r\n\r\nAs of noon.\r\n");
        texts.write(folder, &firm, "one\n", "As of one.");
        assert!(fs::read_to_string(folder.join("acme.txt")).unwrap().contains("noon"), "nothing changed");
        fs::remove_file(folder.join("acme.txt")).unwrap();
        texts.write(folder, &firm, "one\n", "As of two.");
        assert!(fs::read_to_string(folder.join("acme.txt")).unwrap().contains("two"), "it was gone");
        texts.write(folder, &firm, "two\n", "As of three.");
        assert_eq!(fs::read_dir(folder).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_tried_again() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(dir.path()).unwrap().join("share");
        let (mut texts, firm): (_, FirmId) = (StatusTexts::default(), "acme".parse().unwrap());
        texts.write(&folder, &firm, "one\n", "");
        texts.write(&folder, &firm, "one\n", "");
        assert!(texts.trouble.is_some() && texts.is_new());
        fs::create_dir(&folder).unwrap();
        texts.write(&folder, &firm, "one\n", "");
        assert!(texts.trouble.is_none() && folder.join("acme.txt").exists());
    }
}
