//! One file's bytes as text, with words for what word processors and half-written files do. Follows links.

use camino::Utf8Path;
use fs_err as fs;
use sha2::{Digest, Sha256};
use std::io::{ErrorKind, Read};
use std::os::unix::fs::MetadataExt;
use std::sync::Arc;

/// Far more than the largest firm file; what is larger was put there by mistake.
pub(super) const LARGEST: u64 = 4 * 1024 * 1024;

/// Why a file's text is not to be had, as a problem's parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// The line it shows in, from 1.
    pub line: usize,
    /// What is wrong, one sentence.
    pub message: String,
    /// What to do, one sentence; may be empty.
    pub help: String,
}

/// What a directory is, whatever it is called: device and inode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DirectoryId {
    /// The device.
    pub device: u64,
    /// The inode.
    pub inode: u64,
}

impl DirectoryId {
    /// Of a path, links followed; `None` when nothing is there.
    pub fn of(path: &Utf8Path) -> Option<DirectoryId> {
        fs::metadata(path).ok().map(|about| DirectoryId { device: about.dev(), inode: about.ino() })
    }
}

/// A file's bytes, read until two looks agree.
pub(super) struct Bytes {
    pub(super) text: Result<Arc<str>, Unreadable>,
    pub(super) hash: [u8; 32],
    /// It kept changing while it was read.
    pub(super) moving: bool,
}

/// Reads a file; a file caught while it is written is read again, three times at most.
pub(super) fn read(path: &Utf8Path) -> Bytes {
    let mut last = None;
    for _ in 0..3 {
        match read_once(path) {
            Ok((bytes, still)) => {
                let hash: [u8; 32] = Sha256::digest(&bytes).into();
                let moving = !still && last != Some(hash);
                last = Some(hash);
                if moving {
                    continue;
                }
                return Bytes { text: decode(bytes), hash, moving: false };
            }
            Err(unreadable) => {
                // The words are hashed, so that a file that becomes unreadable is a change, once.
                let hash = Sha256::digest(format!("unreadable: {}", unreadable.message)).into();
                return Bytes { text: Err(unreadable), hash, moving: false };
            }
        }
    }
    let message = "the file kept changing while it was read".to_owned();
    Bytes { text: Err(Unreadable { line: 1, message, help: String::new() }), hash: [0; 32], moving: true }
}

/// The bytes, and whether size, time and inode stood still meanwhile.
fn read_once(path: &Utf8Path) -> Result<(Vec<u8>, bool), Unreadable> {
    let unreadable = |error: std::io::Error| {
        let (message, help) = match error.kind() {
            ErrorKind::NotFound => ("the file is a link that leads nowhere".to_owned(), "put back what it points to, or remove the link"),
            ErrorKind::PermissionDenied => {
                ("the file may not be read by this user".to_owned(), "give the user of the daemon the right to read it")
            }
            _ => (format!("the file cannot be read: {error}"), ""),
        };
        Unreadable { line: 1, message, help: help.to_owned() }
    };
    // What is no plain file (a pipe) would make the reader wait for ever.
    let before = fs::metadata(path).map_err(unreadable)?;
    if !before.is_file() {
        return Err(Unreadable { line: 1, message: "this is not a plain file".to_owned(), help: String::new() });
    }
    if before.len() > LARGEST {
        let message = format!("the file is larger than {} MB", LARGEST / 1024 / 1024);
        return Err(Unreadable { line: 1, message, help: "is it another file under this name?".to_owned() });
    }
    let mut bytes = Vec::with_capacity(before.len() as usize + 1);
    fs::File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes)).map_err(unreadable)?;
    let after = fs::metadata(path).map_err(unreadable)?;
    let look = |about: &std::fs::Metadata| (about.len(), about.mtime(), about.mtime_nsec(), about.dev(), about.ino());
    let still = look(&before) == look(&after) && after.len() == bytes.len() as u64;
    Ok((bytes, still))
}

/// UTF-8, a byte order mark left out; anything else is said in words.
fn decode(mut bytes: Vec<u8>) -> Result<Arc<str>, Unreadable> {
    let again = |line, message: String| Unreadable { line, message, help: "save it again as UTF-8 (\"plain text\")".to_owned() };
    let zeros = bytes.iter().take(4096).filter(|byte| **byte == 0).count();
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) || zeros > bytes.len().min(4096) / 4 {
        return Err(again(1, "the file is written in UTF-16".to_owned()));
    }
    if bytes.starts_with(&[0xef, 0xbb, 0xbf]) {
        bytes.drain(..3);
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text.into()),
        Err(error) => {
            let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = good.iter().filter(|byte| **byte == b'\n').count() + 1;
            Err(again(line, format!("line {line} has a character that is not UTF-8")))
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn said(bytes: &[u8]) -> String {
        let Unreadable { message, help, .. } = decode(bytes.to_vec()).unwrap_err();
        format!("{message}; {help}")
    }

    #[test]
    fn what_word_processors_save_gets_its_own_words() {
        assert_eq!(&*decode(b"\xef\xbb\xbfa = 1".to_vec()).unwrap(), "a = 1");
        assert_eq!(said(b"\xff\xfea\0=\0"), "the file is written in UTF-16; save it again as UTF-8 (\"plain text\")");
        assert!(said(b"a\0 \0=\0 \x001\0").contains("UTF-16"), "also without a byte order mark");
        assert!(said(b"# x\nname = \"Caf\xe9\"").contains("line 2 has a character that is not UTF-8"));
        assert_eq!(&*decode(Vec::new()).unwrap(), "");
    }
}
