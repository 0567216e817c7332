//! `casebridge rename OLD NEW` and `casebridge state rekey`: states that are sealed anew.

use super::copies::{alone, busy};
use crate::cli::args::{Format, RenameArgs, StateRekeyArgs};
use crate::cli::command::Desk;
use crate::cli::exit::{Exit, Failure};
use crate::cli::firm;
use crate::operations::care;
use crate::operations::care::{NewKey, Rekeyed, Renamed};
use crate::plan::render::plural;

/// A firm's state follows its new name.
pub(in crate::cli) fn rename(args: &RenameArgs, desk: &Desk) -> Result<Exit, Failure> {
    let (from, to) = (firm::id(&args.from)?, firm::id(&args.to)?);
    let house = firm::quiet_house(desk)?;
    let _alone = alone(&house)?;
    let renamed = care::rename(&house, &from, &to).map_err(|error| busy(&error, &from))?;
    if desk.output.format == Format::Json {
        desk.output.json(&renamed);
        return Ok(Exit::Done);
    }
    let Renamed { from, to, linked, backups } = renamed;
    let cases = plural(usize::try_from(linked).unwrap_or(usize::MAX), "linked case", "linked cases");
    desk.output.text(&format!("The state of {from} is {to}'s now: {cases}, its connection, its secrets and its history."));
    desk.output.hint(&format!(
        "rename the folder {}/{from}, and variables that begin with the old name, too, where there are any; then casebridge check",
        house.paths.secrets
    ));
    if let Some(backups) = backups {
        desk.output.say(&format!(
            "The backups in {backups} are of {from}: make a new one, casebridge state backup {to}; an old one is restored by \
casebridge state restore {to} FILE --from {from}"
        ));
    }
    Ok(Exit::Done)
}

/// Another vault key.
pub(in crate::cli) fn rekey(args: &StateRekeyArgs, desk: &Desk) -> Result<Exit, Failure> {
    let house = firm::quiet_house(desk)?;
    let _alone = alone(&house)?;
    let new = args.new_key.as_deref().map_or(NewKey::Made, NewKey::Given);
    let done = care::rekey(&house, new).map_err(|error| firm::refused(&error))?;
    if desk.output.format == Format::Json {
        desk.output.json(&done);
    } else {
        desk.output.text(&said(&done));
    }
    if done.failed.is_empty() {
        return Ok(Exit::Done);
    }
    Err(Failure::failed("not every state is sealed under the new key; the former key is kept until it is")
        .with_hint("see to what is named above, then the same command again goes on with it"))
}

fn said(done: &Rekeyed) -> String {
    let Rekeyed { firms, already, failed, resumed, former_key, to_install } = done;
    let mut lines = vec![format!("{} sealed under the new vault key.", plural(firms.len() + already.len(), "state is", "states are"))];
    if *resumed {
        lines.push("This went on with a key that an earlier call had begun with; the same command again takes another one.".to_owned());
    }
    lines.extend(failed.iter().map(|(firm, why)| format!("{firm} is not: {why}")));
    if let Some(former) = former_key {
        lines.push(format!(
            "The former key is {former}: backups made before this, and states set aside, do not open without it (casebridge state \
restore FIRM FILE --key {former}). Make new backups, keep a copy of the new vault.key apart from them, and then delete the former key."
        ));
    }
    if let Some(file) = to_install {
        lines.push(format!("Put the key of {file} where [vault] of casebridge.toml says, before anything else is run; keep the former one for backups made before."));
    }
    lines.join("\n")
}
