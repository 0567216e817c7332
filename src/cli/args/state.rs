//! What is typed for `casebridge state`.

use camino::Utf8PathBuf;
use clap::{Args, Subcommand};

/// `state`.
#[derive(Debug, Subcommand)]
pub enum StateCommand {
    /// Writes the linked cases as counts, for `plan --against` on a machine without the state
    Export(StateExportArgs),
    /// Copies a firm's state as it is now, also while runs go on; without the connection to MyCase, and without the vault key
    Backup(StateFileArgs),
    /// Puts a backup in the place of a firm's state; what was there is kept beside it (no daemon may run)
    Restore(StateRestoreArgs),
    /// Looks at copies of states and backups: is every row sound, do they agree with each other
    Check(StateCheckArgs),
    /// A CSV of what is linked with what, for whoever takes over; no client data. What to revoke, and where, is said on stderr
    Handover(StateFileArgs),
    /// A firm leaves: removes everything of it from the state folder, and looks again
    Erase(StateEraseArgs),
    /// Seals every firm's state under another vault key (no daemon may run)
    Rekey(StateRekeyArgs),
}

/// `state backup` and `state handover`.
#[derive(Debug, Args)]
pub struct StateFileArgs {
    /// The firm
    pub firm: String,
    /// Into this file; without it a backup stays in the state folder, and a list goes to stdout
    #[arg(long, value_name = "FILE")]
    pub output: Option<Utf8PathBuf>,
}

/// `state restore`.
#[derive(Debug, Args)]
pub struct StateRestoreArgs {
    /// The firm
    pub firm: String,
    /// A backup of it, or a state that was set aside
    pub file: Utf8PathBuf,
    /// The firm's id when the backup was made, when `rename` gave it another since
    #[arg(long, value_name = "OLD")]
    pub from: Option<String>,
    /// The vault key of when the backup was made, when `state rekey` took another since: vault.key.retired-... beside the states
    #[arg(long, value_name = "FILE")]
    pub key: Option<Utf8PathBuf>,
}

/// `state check`.
#[derive(Debug, Args)]
pub struct StateCheckArgs {
    /// Firms, or files such as backups; without any, every firm that has a state
    #[arg(value_name = "FIRM|FILE")]
    pub targets: Vec<String>,
}

/// `state erase`.
#[derive(Debug, Args)]
pub struct StateEraseArgs {
    /// The firm; its file must be gone, or say that it is inactive
    pub firm: String,
    /// Do not ask: the firm's id once more
    #[arg(long, value_name = "FIRM")]
    pub yes: Option<String>,
}

/// `state rekey`.
#[derive(Debug, Args)]
pub struct StateRekeyArgs {
    /// The new key in a file, instead of one that is made (needed where casebridge.toml says where the key is)
    #[arg(long, value_name = "FILE")]
    pub new_key: Option<Utf8PathBuf>,
}

/// `state export`.
#[derive(Debug, Args)]
pub struct StateExportArgs {
    /// The firm
    pub firm: String,
    /// Only numbers by practice area, stage and open or closed: no ids, no client data
    #[arg(long, required = true)]
    pub for_plan: bool,
    /// Into this file instead of stdout, e.g. firms.d/FIRM.counts.json
    #[arg(long, value_name = "FILE")]
    pub output: Option<Utf8PathBuf>,
}
