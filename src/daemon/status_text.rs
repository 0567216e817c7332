//! `[paths] status`: a short `<firm>.txt` per firm, for people who only see the share: what became of their last edit, what
//! waits for somebody, how the last run went. No personal data.
//!
//! Lines end as Windows ends them: shares are read there, also by a Notepad that knows nothing else, and nobody else minds. A
//! text is written whole or not at all. Whether the folder can be written is said once, not for every firm and every look.
//!
//! Races and decisions: a share that hangs must not hang the loop, so one thread beside it writes; what comes meanwhile waits,
//! the newest of each firm. What has not been written when the daemon ends is written after its next start.

mod words;

use crate::domain::FirmId;
use crate::operations::write_whole;
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(super) use words::{Told, body, footer, gone, nothing, stray};

/// One firm's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text {
    /// What it says.
    pub(super) body: String,
    /// As of when.
    pub(super) footer: String,
    /// Only to take the place of one that is there.
    pub(super) instead: bool,
}

/// Has texts written beside the loop.
#[derive(Debug, Default)]
pub(super) struct StatusTexts(Arc<Mutex<Desk>>);

/// What waits to be written, and what was.
#[derive(Debug, Default)]
struct Desk {
    waiting: BTreeMap<FirmId, Text>,
    /// At home while nobody writes.
    pen: Option<Pen>,
    began: bool,
}

/// Whoever holds it writes.
#[derive(Debug, Default)]
struct Pen {
    written: BTreeMap<FirmId, String>,
    /// Why the folder could not be written, as it was last said.
    trouble: Option<String>,
}

impl StatusTexts {
    /// Whether nothing was to be written since the start.
    pub(super) fn is_new(&self) -> bool {
        !lock(&self.0).began
    }

    /// Has these written into the folder, as far as they changed. Returns at once; must be called within a tokio runtime.
    pub(super) fn put(&self, folder: &Utf8Path, texts: BTreeMap<FirmId, Text>) {
        let mut desk = lock(&self.0);
        desk.waiting.extend(texts);
        let pen = if desk.began { desk.pen.take() } else { Some(Pen::default()) };
        desk.began = true;
        // Who has the pen comes back to see what waits.
        if let Some(pen) = pen {
            let (desk, folder) = (self.0.clone(), folder.to_owned());
            drop(tokio::task::spawn_blocking(move || write(&desk, pen, folder)));
        }
    }
}

fn write(desk: &Mutex<Desk>, mut pen: Pen, folder: Utf8PathBuf) {
    loop {
        let waiting = {
            let mut desk = lock(desk);
            let waiting = std::mem::take(&mut desk.waiting);
            if waiting.is_empty() {
                desk.pen = Some(pen);
                return;
            }
            waiting
        };
        waiting.iter().for_each(|(firm, text)| pen.write(&folder, firm, text));
    }
}

fn lock(desk: &Mutex<Desk>) -> MutexGuard<'_, Desk> {
    // What waits is whole whoever panicked beside it.
    desk.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pen {
    /// Writes `<folder>/<firm>.txt` when the body is another than last time, or the file is gone.
    fn write(&mut self, folder: &Utf8Path, firm: &FirmId, text: &Text) {
        let Text { body, footer, instead } = text;
        let path = folder.join(format!("{firm}.txt"));
        let there = path.exists();
        if (*instead && !there) || (there && self.written.get(firm) == Some(body)) {
            return;
        }
        match write_whole(&path, &format!("{body}\n{footer}\n").replace('\n', "\r\n")) {
            Ok(()) => {
                self.written.insert(firm.clone(), body.clone());
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

    fn text(body: &str, footer: &str) -> Text {
        Text { body: body.to_owned(), footer: footer.to_owned(), instead: false }
    }

    #[test]
    fn a_text_is_written_whole_with_windows_line_ends_and_only_when_it_changed_or_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(dir.path()).unwrap();
        let (mut pen, firm): (_, FirmId) = (Pen::default(), "acme".parse().unwrap());
        pen.write(folder, &firm, &Text { instead: true, ..text("one\n", "") });
        assert!(!folder.join("acme.txt").exists(), "nothing was there to be replaced");
        pen.write(folder, &firm, &text("one\n", "As of noon."));
        assert_eq!(fs::read_to_string(folder.join("acme.txt")).unwrap(), "one\r\n\r\nAs of noon.\r\n");
        pen.write(folder, &firm, &text("one\n", "As of one."));
        assert!(fs::read_to_string(folder.join("acme.txt")).unwrap().contains("noon"), "nothing changed");
        fs::remove_file(folder.join("acme.txt")).unwrap();
        pen.write(folder, &firm, &text("one\n", "As of two."));
        assert!(fs::read_to_string(folder.join("acme.txt")).unwrap().contains("two"), "it was gone");
        pen.write(folder, &firm, &text("two\n", "As of three."));
        assert_eq!(fs::read_dir(folder).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_tried_again() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(dir.path()).unwrap().join("share");
        let (mut pen, firm): (_, FirmId) = (Pen::default(), "acme".parse().unwrap());
        pen.write(&folder, &firm, &text("one\n", ""));
        pen.write(&folder, &firm, &text("one\n", ""));
        assert!(pen.trouble.is_some() && pen.written.is_empty());
        fs::create_dir(&folder).unwrap();
        pen.write(&folder, &firm, &text("one\n", ""));
        assert!(pen.trouble.is_none() && folder.join("acme.txt").exists());
    }

    #[tokio::test]
    async fn the_newest_of_what_comes_while_somebody_writes_is_written() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(dir.path()).unwrap();
        let texts = StatusTexts::default();
        assert!(texts.is_new());
        for n in 0..50 {
            texts.put(folder, [("acme".parse().unwrap(), text(&format!("{n}\n"), ""))].into());
        }
        let written = async {
            while lock(&texts.0).pen.is_none() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(20), written).await.unwrap();
        assert!(fs::read_to_string(folder.join("acme.txt")).unwrap().starts_with("49\r\n"));
    }
}
