//! Where things are: options first, then `casebridge.toml` `[paths]`, then `/etc`, `/var/lib` and `/run` for root and
//! XDG folders for everybody else.

use super::Environment;
use crate::config::Daemon;
use camino::{Utf8Path, Utf8PathBuf};

/// What the command line says (`--config-dir`, `--state-dir`, `--socket`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PathOptions {
    /// The folder of `casebridge.toml`.
    pub config_dir: Option<Utf8PathBuf>,
    /// The folder of the firms' state.
    pub state_dir: Option<Utf8PathBuf>,
    /// The control socket.
    pub socket: Option<Utf8PathBuf>,
}

/// What `casebridge.toml` says: `[paths]`, `[allow] secrets` and `[allow] profiles`. Relative ones are relative to that file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PathSettings {
    /// `paths.firms`; default `firms.d`.
    pub firms: Option<String>,
    /// `paths.state`.
    pub state: Option<String>,
    /// `paths.socket`.
    pub socket: Option<String>,
    /// `paths.status`; default none.
    pub status: Option<String>,
    /// `allow.secrets`; default `secrets`.
    pub secrets: Option<String>,
    /// `allow.profiles`; default `profiles`.
    pub profiles: Option<String>,
}

/// Where everything is; absolute when the options and the environment are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// The folder of `casebridge.toml`.
    pub config_dir: Utf8PathBuf,
    /// `casebridge.toml`; it may be missing.
    pub daemon_file: Utf8PathBuf,
    /// The folder of firm files.
    pub firms: Utf8PathBuf,
    /// `defaults.toml` beside the firms folder; it may be missing.
    pub defaults: Utf8PathBuf,
    /// Below it a firm reads `<firm>/` only.
    pub secrets: Utf8PathBuf,
    /// Profiles of one's own.
    pub profiles: Utf8PathBuf,
    /// The firms' state, one file each.
    pub state: Utf8PathBuf,
    /// The control socket.
    pub socket: Utf8PathBuf,
    /// A folder for `<firm>.txt`.
    pub status: Option<Utf8PathBuf>,
}

impl PathSettings {
    /// What the daemon's file says of where things are.
    pub fn of(daemon: &Daemon) -> PathSettings {
        PathSettings {
            firms: Some(daemon.paths.firms.clone()),
            state: daemon.paths.state.clone(),
            socket: daemon.paths.socket.clone(),
            status: daemon.paths.status.clone(),
            secrets: Some(daemon.allow.secrets.clone()),
            profiles: Some(daemon.profiles.clone()),
        }
    }
}

/// Nothing says where a folder should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{option} is not given, and neither ${variable} nor $HOME says where it could be")]
pub struct PathError {
    /// The option that would say it.
    pub option: &'static str,
    /// The XDG variable that would say it.
    pub variable: &'static str,
}

impl Paths {
    /// The folder of `casebridge.toml`, needed before that file can be read.
    pub fn config_dir(options: &PathOptions, environment: &Environment) -> Result<Utf8PathBuf, PathError> {
        match &options.config_dir {
            Some(given) => Ok(given.clone()),
            None if environment.is_root() => Ok("/etc/casebridge".into()),
            None => xdg(environment, "--config-dir", "XDG_CONFIG_HOME", ".config"),
        }
    }

    /// All paths, once the daemon's file is read (or is not there: `PathSettings::default()`).
    pub fn new(options: &PathOptions, settings: &PathSettings, environment: &Environment) -> Result<Paths, PathError> {
        let config_dir = Paths::config_dir(options, environment)?;
        let here = |path: &str| config_dir.join(path);
        let firms = here(settings.firms.as_deref().unwrap_or("firms.d"));
        let state = match (&options.state_dir, &settings.state) {
            (Some(given), _) => given.clone(),
            (None, Some(written)) => here(written),
            (None, None) if environment.is_root() => "/var/lib/casebridge".into(),
            (None, None) => xdg(environment, "--state-dir", "XDG_STATE_HOME", ".local/state")?,
        };
        let socket = match (&options.socket, &settings.socket) {
            (Some(given), _) => given.clone(),
            (None, Some(written)) => here(written),
            // A state folder of one's own is a casebridge of one's own: it must not answer at the common address.
            (None, None) if options.state_dir.is_some() => state.join("control.sock"),
            (None, None) if environment.is_root() => "/run/casebridge/control.sock".into(),
            (None, None) => match environment.get("XDG_RUNTIME_DIR") {
                Some(folder) => Utf8PathBuf::from(folder).join("casebridge/control.sock"),
                None => state.join("control.sock"),
            },
        };
        Ok(Paths {
            daemon_file: here("casebridge.toml"),
            defaults: firms.parent().unwrap_or(Utf8Path::new("/")).join("defaults.toml"),
            secrets: here(settings.secrets.as_deref().unwrap_or("secrets")),
            profiles: here(settings.profiles.as_deref().unwrap_or("profiles")),
            status: settings.status.as_deref().filter(|path| !path.is_empty()).map(here),
            firms,
            state,
            socket,
            config_dir,
        })
    }
}

/// `$VARIABLE/casebridge`, else `$HOME/BELOW_HOME/casebridge`. A relative XDG path is invalid and ignored (XDG Base Directory).
fn xdg(environment: &Environment, option: &'static str, variable: &'static str, below_home: &str) -> Result<Utf8PathBuf, PathError> {
    let folder = environment.get(variable).map(Utf8PathBuf::from).filter(|folder| folder.is_absolute());
    let folder = folder.or_else(|| environment.get("HOME").map(|home| Utf8PathBuf::from(home).join(below_home)));
    folder.map(|folder| folder.join("casebridge")).ok_or(PathError { option, variable })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn user() -> Environment {
        Environment::of(false, [("HOME", "/home/jo"), ("XDG_RUNTIME_DIR", "/run/user/1000"), ("XDG_CONFIG_HOME", "relative")])
    }

    #[test]
    fn root_has_the_system_folders() {
        let paths = Paths::new(&PathOptions::default(), &PathSettings::default(), &Environment::of(true, [("HOME", "/root")])).unwrap();
        assert_eq!(paths.daemon_file, "/etc/casebridge/casebridge.toml");
        assert_eq!(paths.firms, "/etc/casebridge/firms.d");
        assert_eq!(paths.defaults, "/etc/casebridge/defaults.toml");
        assert_eq!(paths.state, "/var/lib/casebridge");
        assert_eq!(paths.socket, "/run/casebridge/control.sock");
    }

    #[test]
    fn everybody_else_has_xdg_folders() {
        let paths = Paths::new(&PathOptions::default(), &PathSettings::default(), &user()).unwrap();
        assert_eq!(paths.config_dir, "/home/jo/.config/casebridge");
        assert_eq!(paths.state, "/home/jo/.local/state/casebridge");
        assert_eq!(paths.socket, "/run/user/1000/casebridge/control.sock");
    }

    #[test]
    fn options_go_before_the_file_and_the_file_before_the_defaults() {
        let settings = PathSettings {
            firms: Some("/share/firms".into()),
            state: Some("state".into()),
            status: Some(String::new()),
            ..PathSettings::default()
        };
        let options = PathOptions { config_dir: Some("/c".into()), ..PathOptions::default() };
        let paths = Paths::new(&options, &settings, &user()).unwrap();
        assert_eq!((paths.firms.as_str(), paths.defaults.as_str()), ("/share/firms", "/share/defaults.toml"));
        assert_eq!((paths.state.as_str(), paths.secrets.as_str()), ("/c/state", "/c/secrets"));
        assert_eq!(paths.status, None);
        let options = PathOptions { state_dir: Some("/s".into()), ..options };
        let paths = Paths::new(&options, &settings, &user()).unwrap();
        assert_eq!(paths.socket, "/s/control.sock", "a state of one's own is answered for at an address of its own");
    }

    #[test]
    fn without_a_home_the_option_is_asked_for() {
        let error = Paths::new(&PathOptions::default(), &PathSettings::default(), &Environment::of(false, [("A", "b")])).unwrap_err();
        assert!(error.to_string().contains("--config-dir"));
    }
}
