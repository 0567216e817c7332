//! One daemon per state folder: a lock the kernel gives back whatever happens to the process.

use camino::{Utf8Path, Utf8PathBuf};
use fs_err as fs;
use std::io::{Read, Write};

/// Held as long as the daemon lives.
#[derive(Debug)]
pub struct DaemonLock {
    _file: std::fs::File,
}

/// Why the lock cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another daemon works on this state.
    #[error("another casebridge daemon{} works on {state}: stop it first, or give this one a --state-dir of its own", .process.map(|id| format!(" (process {id})")).unwrap_or_default())]
    AlreadyRunning {
        /// The folder.
        state: Utf8PathBuf,
        /// Its process, when it says so.
        process: Option<u32>,
    },
    /// The system refused.
    #[error("the state folder {state} cannot be used")]
    Io {
        /// The folder.
        state: Utf8PathBuf,
        /// What it says.
        #[source]
        source: std::io::Error,
    },
}

impl DaemonLock {
    /// Takes the lock of a state folder, and makes the folder (0700) when it is missing.
    pub fn take(state: &Utf8Path) -> Result<DaemonLock, LockError> {
        let io = |source| LockError::Io { state: state.to_owned(), source };
        if !state.is_dir() {
            use std::os::unix::fs::DirBuilderExt;
            std::fs::DirBuilder::new().recursive(true).mode(0o700).create(state).map_err(io)?;
        }
        let path = state.join("daemon.lock");
        let file = fs::OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path).map_err(io)?;
        let mut file = file.into_parts().0;
        // A command that root runs takes the lock, too: the daemon must be able to take it after that.
        crate::store::belongs_with(&file, state).map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => {
                let mut text = String::new();
                let process = file.read_to_string(&mut text).ok().and_then(|_| text.trim().parse().ok());
                return Err(LockError::AlreadyRunning { state: state.to_owned(), process });
            }
            Err(std::fs::TryLockError::Error(source)) => return Err(io(source)),
        }
        file.set_len(0).and_then(|()| write!(file, "{}", std::process::id())).map_err(io)?;
        Ok(DaemonLock { _file: file })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn a_second_daemon_on_one_state_folder_is_refused_by_name_and_the_next_one_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let state = Utf8Path::from_path(dir.path()).unwrap().join("state");
        let first = DaemonLock::take(&state).unwrap();
        let refused = DaemonLock::take(&state).unwrap_err().to_string();
        assert!(refused.contains(&format!("process {}", std::process::id())), "{refused}");
        drop(first);
        assert!(DaemonLock::take(&state).is_ok());
    }
}
