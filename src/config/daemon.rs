//! What a checked `casebridge.toml` means, with every default filled in. Paths are texts: the shell joins them.

use super::{DaemonRules, SecretRef};
use std::net::SocketAddr;
use std::time::Duration;
use url::Url;

/// The daemon's file.
#[derive(Debug, Clone, PartialEq)]
pub struct Daemon {
    /// `[paths]`; `None` where the file does not say and the default depends on who runs it (root or a person).
    pub paths: DaemonPaths,
    /// `[vault] key`; `None` for `<state>/vault.key`.
    pub vault_key: Option<SecretRef>,
    /// `[allow]`: hosts, environment and secrets folder.
    pub allow: DaemonRules,
    /// `[allow] profiles`: the folder of profiles, relative to the file.
    pub profiles: String,
    /// How many firms run at once, at least 1.
    pub firms_at_once: usize,
    /// Firms with the same schedule start spread over this.
    pub spread: Duration,
    /// How long automatic runs wait after an edit that clients would see.
    pub edit_settle: Duration,
    /// Requests to MyCase in any 1.1 seconds per OAuth client id, 1 to 25.
    pub mycase_requests: u32,
    /// `[web]`; `None` for off.
    pub web: Option<Web>,
    /// `[alerts] command`; empty for none.
    pub alert_command: Vec<String>,
    /// `[log] format`.
    pub log_format: LogFormat,
    /// `[log] level`.
    pub log_level: String,
}

/// `[paths]`, as far as the file says them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DaemonPaths {
    /// The firms' folder, relative to the file's folder.
    pub firms: String,
    /// The state folder.
    pub state: Option<String>,
    /// The control socket.
    pub socket: Option<String>,
    /// Where `<firm>.txt` is written.
    pub status: Option<String>,
}

/// `[web]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Web {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Where a browser reaches it.
    pub public_url: Option<Url>,
    /// Needed off loopback.
    pub token: Option<SecretRef>,
    /// Client names on the page.
    pub show_names: bool,
}

/// `log.format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// journald under systemd, text on a terminal, else json.
    Auto,
    /// Text.
    Text,
    /// One JSON object a line.
    Json,
    /// systemd's journal.
    Journald,
}
