//! Whether a firm's secrets can be read on this machine. Only a warning here: the machine that checks pull requests has none.

use crate::cli::setting::Setting;
use crate::config::{Firm, Problem, SecretRef, Severity, SourceText};
use crate::domain::FirmId;
use crate::load::Secrets;
use std::collections::BTreeSet;

/// A warning for each secret that cannot be read, at the line that names it. Stored ones are the state's and looked at by
/// `status`; here nobody opens a state.
pub(super) fn warnings(firm: &Firm, text: &SourceText, setting: &Setting, firms: &BTreeSet<FirmId>) -> Vec<Problem> {
    let secrets = Secrets {
        environment: setting.environment.clone(),
        allowed: setting.rules().environment.iter().cloned().collect(),
        folder: setting.paths.secrets.clone(),
        firms: firms.clone(),
    };
    let asked = [("mycase", "client_secret", &firm.mycase.client_secret), ("portal", "api_key", &firm.portal.api_key)];
    let mut problems = Vec::new();
    for (section, key, reference) in asked {
        let warn = |message: String, help: &str| {
            let span = place(&text.text, section, key);
            Problem::at(text, span, Severity::Warning, "secret-not-here", message, help.to_owned())
        };
        let without_state = setting.paths.state.join(format!("{}.redb", firm.id));
        match reference {
            SecretRef::Stored(name) if !without_state.exists() => {
                let help = format!("run: casebridge secret set {} {name}", firm.id);
                problems.push(warn(format!("the stored secret '{name}' is not on this machine"), &help));
            }
            SecretRef::Stored(_) => {}
            SecretRef::Env(_) | SecretRef::File(_) | SecretRef::Credential(_) => {
                if let Err(error) = secrets.resolve(&firm.id, reference, |_| None) {
                    problems.push(warn(format!("this secret cannot be read on this machine: {}", crate::cli::exit::whole(&error)), ""));
                }
                problems.extend(secrets.warning(&firm.id, reference).map(|message| warn(message, "")));
            }
        }
    }
    problems
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
