//! Whether a firm's secrets can be read on this machine. Only a warning here: the machine that checks pull requests has none.

use crate::cli::exit::whole;
use crate::cli::setting::Setting;
use crate::config::{Firm, Problem, SecretRef, Severity, SourceText};
use crate::domain::{FirmId, Ordered};
use crate::http::{Clock, Transport};
use crate::load::{PathOptions, Secrets};
use crate::operations::{Hands, House};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::watch;

/// A warning for each secret that cannot be read, at the line that names it. A state is looked into when it is there and
/// nobody holds it; while a daemon does, `status` is the place to ask.
pub(super) fn warnings(firm: &Firm, text: &SourceText, setting: &Setting, firms: &BTreeSet<FirmId>) -> Vec<Problem> {
    let secrets = reachable(setting, firms);
    let asked = [("mycase", "client_secret", &firm.mycase.client_secret), ("portal", "api_key", &firm.portal.api_key)];
    let kept = asked.iter().any(|(.., reference)| matches!(reference, SecretRef::Stored(_))).then(|| kept(firm, setting));
    let mut problems = Vec::new();
    for (section, key, reference) in asked {
        let warn = |message: String, help: &str| {
            let span = place(&text.text, section, key);
            Problem::at(text, span, Severity::Warning, "secret-not-here", message, help.to_owned())
        };
        match (reference, &kept) {
            (SecretRef::Stored(name), Some(kept)) if kept.lacks(name) => {
                let help = format!("run: casebridge secret set {} {name}", firm.id);
                problems.push(warn(format!("the stored secret '{name}' is not on this machine"), &help));
            }
            (SecretRef::Stored(_), _) => {}
            (SecretRef::Env(_) | SecretRef::File(_) | SecretRef::Credential(_), _) => {
                if let Err(error) = secrets.resolve(&firm.id, reference, |_| None) {
                    problems.push(warn(format!("this secret cannot be read on this machine: {}", whole(&error)), ""));
                }
                problems.extend(secrets.warning(&firm.id, reference).map(|message| warn(message, "")));
            }
        }
    }
    problems
}

/// What tells one portal key from another, when it lies outside of a state and can be read here.
pub(super) fn portal_key_print(firm: &Firm, setting: &Setting, firms: &BTreeSet<FirmId>) -> Option<String> {
    let key = reachable(setting, firms).resolve(&firm.id, &firm.portal.api_key, |_| None).ok()?;
    Some(format!("{:x?}", Sha256::digest(key.expose_secret().as_bytes())))
}

fn reachable(setting: &Setting, firms: &BTreeSet<FirmId>) -> Secrets {
    Secrets {
        environment: setting.environment.clone(),
        allowed: setting.rules().environment.iter().cloned().ordered(),
        folder: setting.paths.secrets.clone(),
        firms: firms.clone(),
    }
}

/// What is known of a firm's sealed secrets here.
enum Kept {
    /// There is no state, so there are none.
    NoState,
    /// The state is open.
    Open(Arc<Hands>),
    /// Somebody holds it, or it cannot be opened: nothing is known.
    Unknown,
}

impl Kept {
    fn lacks(&self, name: &str) -> bool {
        match self {
            Kept::NoState => true,
            Kept::Open(hands) => hands.store.secret(name).is_ok_and(|secret| secret.is_none()),
            Kept::Unknown => false,
        }
    }
}

fn kept(firm: &Firm, setting: &Setting) -> Kept {
    let paths = &setting.paths;
    let options = PathOptions { config_dir: Some(paths.config_dir.clone()), state_dir: Some(paths.state.clone()), socket: None };
    // Nobody is called, so no network is needed.
    let nowhere = Transport::InProcess(axum::Router::new());
    let Ok(house) = House::open(&options, setting.environment.clone(), Clock::System, nowhere, watch::channel(false).1) else {
        return Kept::Unknown;
    };
    if !house.has_state(&firm.id) {
        return Kept::NoState;
    }
    house.open_firm(&firm.id).map_or(Kept::Unknown, Kept::Open)
}

/// The bytes of a key's name in its section; the file's first byte when it is written in a form that is not looked for.
fn place(text: &str, section: &str, key: &str) -> std::ops::Range<usize> {
    let mut at = 0;
    let mut inside = false;
    for line in text.split_inclusive('\n') {
        let plain = line.trim_start();
        let indent = line.len() - plain.len();
        if plain.starts_with('[') {
            inside = plain.trim_end().starts_with(&format!("[{section}]"));
        } else if inside && plain.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('=')) {
            return at + indent..at + indent + key.len();
        }
        at += line.len();
    }
    0..0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secrets_warning_points_at_the_line_that_names_it() {
        let text = "[portal]\nkind = 1\napi_key_old = 1\n  api_key = { env = \"X\" }\n[mycase]\napi_key = 2\n";
        let span = place(text, "portal", "api_key");
        assert_eq!((&text[span.clone()], text[..span.start].lines().count()), ("api_key", 4));
        assert_eq!(place(text, "mycase", "client_secret"), 0..0);
    }
}
