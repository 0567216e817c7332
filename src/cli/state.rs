//! The commands about a firm's state. Here: `casebridge state export --for-plan FIRM`, the firm's linked cases as counts, for
//! `plan --against` on another machine; the others stand in [`super::care`].

use super::args::{StateCommand, StateExportArgs};
use super::care;
use super::command::Desk;
use super::exit::{Exit, Failure};
use super::firm::{self, unexpected};
use crate::operations::{Answer, Ask, write_whole};
use camino::Utf8Path;

/// The commands about a firm's state.
pub(super) async fn state(command: &StateCommand, desk: &Desk) -> Result<Exit, Failure> {
    match command {
        StateCommand::Export(args) => export(args, desk).await,
        StateCommand::Backup(args) => care::backup(args, desk).await,
        StateCommand::Restore(args) => care::restore(args, desk),
        StateCommand::Check(args) => care::check(args, desk).await,
        StateCommand::Handover(args) => care::handover(args, desk).await,
        StateCommand::Erase(args) => care::erase(args, desk).await,
        StateCommand::Rekey(args) => care::rekey(args, desk),
    }
}

/// Writes the counts to stdout or into a file; they are JSON whatever the format asked for.
async fn export(args: &StateExportArgs, desk: &Desk) -> Result<Exit, Failure> {
    let firm = firm::reach(&args.firm, desk).await?;
    let Answer::Counts(counts) = firm.ask(Ask::Counts, desk).await? else { return Err(unexpected()) };
    let text = counts.json().map_err(|error| Failure::failed(error.to_string()))?;
    let Some(path) = &args.output else {
        desk.output.answer(&text);
        return Ok(Exit::Done);
    };
    write_whole(path, &text).map_err(|error| cannot_write(path, &error))?;
    let cases = crate::plan::render::plural(counts.linked, "linked case", "linked cases");
    desk.output.say(&format!("{cases} of {} counted in {path}: numbers only, no ids and no client data", args.firm));
    Ok(Exit::Done)
}

/// Why a file was not written.
pub(super) fn cannot_write(path: &Utf8Path, error: &std::io::Error) -> Failure {
    Failure::failed(format!("{path} cannot be written: {error}"))
        .with_hint("name a file in a folder that is there and that you may write to")
}
