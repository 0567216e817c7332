//! `casebridge state check [FIRM|FILE ...]`: looks at copies; the states themselves are only read.

use super::copies::{ask_state, has_state};
use crate::cli::args::{Format, StateCheckArgs};
use crate::cli::command::Desk;
use crate::cli::exit::{Exit, Failure};
use crate::cli::firm::{self, unexpected};
use crate::domain::FirmId;
use crate::operations::care::{CheckedFile, check_file};
use crate::operations::{Answer, Ask, House, OperationError, StoreError};
use camino::{Utf8Path, Utf8PathBuf};
use serde_json::json;

/// What is to be looked at.
enum Target {
    Firm(FirmId),
    File(Utf8PathBuf),
}

/// Looks at each and says everything that is wrong. Problems end with 3, as those of firm files do.
pub(in crate::cli) async fn check(args: &StateCheckArgs, desk: &Desk) -> Result<Exit, Failure> {
    let house = firm::quiet_house(desk)?;
    let mut checked = Vec::new();
    for target in targets(args, &house)? {
        checked.push(match target {
            Target::Firm(id) => state(&house, &id, desk).await?,
            Target::File(file) => check_file(&house, None, &file).map_err(|error| not_looked_at(&error, &file))?,
        });
    }
    if checked.is_empty() {
        desk.output.say(&format!("no firm has a state in {}", house.paths.state));
    }
    if desk.output.format == Format::Json {
        desk.output.json(&json!({ "states": checked }));
    } else {
        checked.iter().for_each(|checked| desk.output.text(&said(checked)));
    }
    let sound = checked.iter().all(|checked| checked.checked.is_sound());
    Ok(if sound { Exit::Done } else { Exit::Files })
}

/// A word that names a file that is there, or ends as one, is a file.
fn targets(args: &StateCheckArgs, house: &House) -> Result<Vec<Target>, Failure> {
    if args.targets.is_empty() {
        return Ok(house.with_states().into_iter().map(Target::Firm).collect());
    }
    let target = |typed: &String| -> Result<Target, Failure> {
        let path = Utf8Path::new(typed);
        if path.is_file() {
            return Ok(Target::File(path.to_owned()));
        }
        if typed.contains(['/', '.']) {
            return Err(Failure::usage(format!("there is no file {typed}")));
        }
        let id = firm::id(typed)?;
        has_state(house, &id)?;
        Ok(Target::Firm(id))
    };
    args.targets.iter().map(target).collect()
}

/// A firm's state; while a daemon has it open, a backup that the daemon makes for this.
async fn state(house: &House, id: &FirmId, desk: &Desk) -> Result<CheckedFile, Failure> {
    let file = house.state_file(id);
    match check_file(house, Some(id), &file) {
        Err(OperationError::Store(StoreError::Busy { .. })) => {}
        other => return other.map_err(|error| not_looked_at(&error, &file)),
    }
    let Answer::BackedUp(made) = ask_state(id.as_str(), Ask::Backup, desk).await? else { return Err(unexpected()) };
    desk.output.say(&format!(
        "{id}: the daemon has it open, so a copy of its rows as of now was looked at; its pages are checked whenever it is opened"
    ));
    let checked = check_file(house, Some(id), &made.file).map_err(|error| not_looked_at(&error, &made.file));
    fs_err::remove_file(&made.file).map_err(|error| Failure::failed(error.to_string()))?;
    Ok(CheckedFile { file, ..checked? })
}

fn not_looked_at(error: &OperationError, file: &Utf8Path) -> Failure {
    match error {
        OperationError::Store(StoreError::Busy { .. }) => Failure::failed(format!("another casebridge process works on {file}"))
            .with_hint("wait until it is over; when it is a daemon with another --socket, name that socket"),
        OperationError::Store(error) => Failure::failed(format!("{file} could not be looked at: {}", crate::cli::exit::whole(error))),
        error => firm::refused(error),
    }
}

fn said(found: &CheckedFile) -> String {
    let CheckedFile { file, checked } = found;
    let whose = checked.firm.as_ref().map_or("nobody's".to_owned(), |firm| firm.to_string());
    let backup = checked.backup_of.map(|at| format!(", a backup of {at:.0}")).unwrap_or_default();
    let format = checked.format.map(|format| format!(", format {format}")).unwrap_or_default();
    let mut lines = Vec::new();
    if checked.is_sound() {
        let rows: u64 = checked.rows.values().sum();
        lines.push(format!("{file}: sound ({whose}{format}{backup}, {rows} rows)"));
    } else {
        lines.push(format!("{file}: not sound ({whose}{format}{backup})"));
    }
    for finding in &checked.findings {
        let table = finding.table.as_ref().map(|table| format!("{table}: ")).unwrap_or_default();
        lines.push(format!("  {table}{}", finding.text));
        lines.push(format!("    next: {}", finding.fix));
    }
    lines.join("\n")
}
