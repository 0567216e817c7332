//! The sections of `casebridge.toml`, the daemon's file.

use super::{At, FromToml, Maybe, RawSecret, Reader, section, words};
use toml::Spanned;
use toml::de::DeValue;

section! {
    /// The daemon's file of casebridge: `casebridge.toml`.
    RawDaemon {
        /// Where things live.
        paths: RawPaths,
        /// The key that seals state.
        vault: RawVault,
        /// What firm files may reach.
        allow: RawAllow,
        /// How runs are started.
        daemon: RawRunning,
        /// The local page.
        web: RawWeb,
        /// Who is told.
        alerts: RawAlerts,
        /// Logs.
        log: RawLog,
    }
}

section! {
    RawPaths {
        /// The firms' folder, relative to this file.
        firms: Maybe<String>,
        /// The state folder.
        state: Maybe<String>,
        /// The control socket.
        socket: Maybe<String>,
        /// A folder for `<firm>.txt`; "" for none.
        status: Maybe<String>,
    }
}

section! {
    RawVault {
        /// Where the vault's key is kept; "" for `<state>/vault.key`.
        key: Maybe<RawOptionalSecret>,
    }
}

section! {
    RawAllow {
        /// Hosts beyond the vendors' own and loopback.
        hosts: Maybe<Vec<At<String>>>,
        /// The secrets folder: a firm reads only `<secrets>/<firm>/`.
        secrets: Maybe<String>,
        /// The folder of portal profiles of one's own.
        profiles: Maybe<String>,
        /// Environment variables beyond those that begin with the firm's id.
        environment: Maybe<Vec<At<String>>>,
    }
}

section! {
    RawRunning {
        /// How many firms run at once.
        firms_at_once: Maybe<u64>,
        /// Firms with the same schedule start spread over this, e.g. "15 minutes".
        spread: Maybe<String>,
        /// How long automatic runs wait after an edit that clients would see, e.g. "15 minutes".
        edit_settle: Maybe<String>,
        /// Per OAuth client id, in this process; at most 25.
        mycase_requests_per_second: Maybe<u64>,
    }
}

section! {
    RawWeb {
        /// E.g. "127.0.0.1:8787"; "" for off.
        listen: Maybe<String>,
        /// Where a browser reaches it.
        public_url: Maybe<String>,
        /// Needed off loopback.
        token: Maybe<RawOptionalSecret>,
        /// Client names on the page.
        show_names: Maybe<bool>,
    }
}

section! {
    RawAlerts {
        /// A program and its arguments; it gets one JSON object on stdin.
        command: Maybe<Vec<At<String>>>,
    }
}

section! {
    RawLog {
        /// The form.
        format: Maybe<RawLogFormat>,
        /// How much: "error", "warn", "info", "debug", "trace", or directives like "info,casebridge::sync=debug".
        level: Maybe<String>,
    }
}

words! {
    /// `log.format`.
    RawLogFormat {
        /// journald under systemd, text on a terminal, else json.
        Auto = "auto",
        /// Text.
        Text = "text",
        /// One JSON object a line.
        Json = "json",
        /// systemd's journal.
        Journald = "journald",
    }
}

/// A secret's reference, or "" for none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawOptionalSecret(pub(crate) Option<RawSecret>);

impl FromToml for RawOptionalSecret {
    fn from_toml(value: &Spanned<DeValue<'_>>, path: &str, reader: &mut Reader<'_>) -> Option<RawOptionalSecret> {
        if value.get_ref().as_str() == Some("") {
            return Some(RawOptionalSecret(None));
        }
        RawSecret::from_toml(value, path, reader).map(|secret| RawOptionalSecret(Some(secret)))
    }
}

/// Every section of the daemon's file with its keys, the top as "".
pub(crate) const DAEMON_SECTIONS: &[(&str, &[&str])] = &[
    ("", RawDaemon::KEYS),
    ("paths", RawPaths::KEYS),
    ("vault", RawVault::KEYS),
    ("allow", RawAllow::KEYS),
    ("daemon", RawRunning::KEYS),
    ("web", RawWeb::KEYS),
    ("alerts", RawAlerts::KEYS),
    ("log", RawLog::KEYS),
];
