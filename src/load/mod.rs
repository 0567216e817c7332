//! Reads what is on disk and in the environment (the firms folder, the daemon's file, profiles, secrets) and hands text
//! to `config`. It checks nothing a file says; it never writes.
//!
//! Start with [`read_folder`] (every firm's files as text) and [`Secrets`] (what a firm file may reach).

mod commit;
mod environment;
mod existing;
mod folder;
mod paths;
mod secrets;
mod text;

pub(crate) use commit::commit_of;
pub use environment::Environment;
pub use existing::{ExistingError, read_existing};
pub use folder::{FileText, FirmFiles, FolderText, likely_meant, read_daemon_file, read_folder, read_one, read_profiles};
pub use paths::{PathError, PathOptions, PathSettings, Paths};
pub use secrets::{SecretError, Secrets};
pub use text::{DirectoryId, Unreadable};
