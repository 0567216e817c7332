//! Where things are for this call: the common options, `casebridge.toml` and the environment, put together before any
//! command that reads files. Reads only.

use super::args::Common;
use super::exit::Failure;
use crate::config::{Daemon, DaemonRules, Problem, Profiles, Severity, SourceText, check_daemon};
use crate::load::{self, Environment, FileText, PathOptions, PathSettings, Paths};
use camino::{Utf8Path, Utf8PathBuf};

/// A configuration folder as it is on disk.
#[derive(Debug, Clone)]
pub(super) struct Setting {
    /// Where things are; the defaults when `casebridge.toml` has errors.
    pub(super) paths: Paths,
    /// What `casebridge.toml` means; its defaults when it is missing or has errors.
    pub(super) daemon: Daemon,
    /// The portals known here.
    pub(super) profiles: Profiles,
    /// What is wrong with `casebridge.toml` and the profiles.
    pub(super) problems: Vec<Problem>,
    /// The texts behind the problems.
    pub(super) sources: Vec<SourceText>,
    /// The environment.
    pub(super) environment: Environment,
}

impl Setting {
    /// What the common options say.
    pub(super) fn read(common: &Common) -> Result<Setting, Failure> {
        Setting::with(&options(common))
    }

    /// The same for another configuration folder.
    pub(super) fn at(common: &Common, config_dir: &Utf8Path) -> Result<Setting, Failure> {
        Setting::with(&PathOptions { config_dir: Some(config_dir.to_owned()), ..options(common) })
    }

    fn with(options: &PathOptions) -> Result<Setting, Failure> {
        let environment = Environment::of_process();
        let nowhere = |error: load::PathError| Failure::usage(error.to_string());
        let config_dir = Paths::config_dir(options, &environment).map_err(nowhere)?;
        let (mut problems, mut sources) = (Vec::new(), Vec::new());
        let file = load::read_daemon_file(&config_dir);
        let text = file.and_then(|file| source(&config_dir.join("casebridge.toml"), &file, &mut problems));
        let mut daemon = None;
        if let Some(text) = text {
            let (checked, found) = check_daemon(&text);
            daemon = checked;
            problems.extend(found);
            sources.push(text);
        }
        // The defaults are checked by a test; an empty text always means something.
        let Some(daemon) = daemon.or_else(|| check_daemon(&SourceText::new("", "")).0) else {
            return Err(Failure::failed("the built-in defaults of casebridge.toml are broken"));
        };
        let paths = Paths::new(options, &PathSettings::of(&daemon), &environment).map_err(nowhere)?;
        let mut profiles = Profiles::builtin();
        for (name, file) in load::read_profiles(&paths.profiles) {
            let Some(text) = source(&paths.profiles.join(&file.name), &file, &mut problems) else { continue };
            problems.extend(profiles.with(&name, text.clone()));
            sources.push(text);
        }
        Ok(Setting { paths, daemon, profiles, problems, sources, environment })
    }

    /// What firm files may reach.
    pub(super) fn rules(&self) -> &DaemonRules {
        &self.daemon.allow
    }
}

/// The common options as `load` takes them.
pub(super) fn options(common: &Common) -> PathOptions {
    PathOptions { config_dir: common.config_dir.clone(), state_dir: common.state_dir.clone(), socket: common.socket.clone() }
}

/// A file's text under the name people know it by; an unreadable one becomes a problem.
pub(super) fn source(path: &Utf8Path, file: &FileText, problems: &mut Vec<Problem>) -> Option<SourceText> {
    match &file.text {
        Ok(text) => Some(SourceText::new(path.as_str(), text.clone())),
        Err(why) => {
            problems.push(Problem {
                file: path.to_string(),
                line: why.line,
                column: 1,
                severity: Severity::Error,
                code: "unreadable",
                message: why.message.clone(),
                help: why.help.clone(),
                span: 0..0,
            });
            None
        }
    }
}

/// The path without what goes nowhere (`./firms.d/` is `firms.d`), as it is shown.
pub(super) fn shown(path: &Utf8Path) -> Utf8PathBuf {
    let plain: Utf8PathBuf = path.components().filter(|part| part.as_str() != ".").collect();
    if plain.as_str().is_empty() { Utf8PathBuf::from(".") } else { plain }
}
