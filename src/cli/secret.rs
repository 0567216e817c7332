//! `casebridge secret set FIRM NAME`: from the terminal without echo, or from stdin. Never from the command line: others on
//! the machine can read that.

use super::args::SecretCommand;
use super::command::Desk;
use super::exit::{Exit, Failure};
use super::firm;
use crate::operations::{Ask, Secret};
use std::io::{IsTerminal, Read};

/// No key is longer; what is was piped in by mistake.
const LONGEST: u64 = 64 * 1024;

/// Seals a secret in the firm's state.
pub(super) async fn secret(command: &SecretCommand, desk: &Desk) -> Result<Exit, Failure> {
    let SecretCommand::Set { firm, name } = command;
    let reached = firm::reach_state(firm, desk).await?;
    let value = read(firm, name)?;
    reached.done(Ask::SecretSet { name: name.clone(), value }, desk).await
}

fn read(firm: &str, name: &str) -> Result<Secret, Failure> {
    let failed = |error: std::io::Error| Failure::failed(format!("the secret could not be read: {error}"));
    let value = if std::io::stdin().is_terminal() {
        Secret(rpassword::prompt_password(format!("{name} of {firm} (not shown): ")).map_err(failed)?)
    } else {
        let mut text = String::new();
        std::io::stdin().lock().take(LONGEST + 1).read_to_string(&mut text).map_err(failed)?;
        Secret(text)
    };
    let inside = value.0.trim_end_matches(['\r', '\n']);
    if inside.is_empty() {
        return Err(
            Failure::usage("the secret is empty").with_hint(format!("type it, or pipe it in: casebridge secret set {firm} {name} < FILE"))
        );
    }
    if inside.len() as u64 > LONGEST || inside.chars().any(char::is_control) {
        return Err(Failure::usage("a secret is one line of text").with_hint("was a whole file or page piped in by mistake?"));
    }
    Ok(Secret(inside.to_owned()))
}
