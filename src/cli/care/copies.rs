//! `casebridge state backup FIRM` and `casebridge state restore FIRM FILE`.

use crate::cli::args::{Format, StateFileArgs, StateRestoreArgs};
use crate::cli::command::Desk;
use crate::cli::exit::{Exit, Failure};
use crate::cli::firm::{self, Reached, held, unexpected};
use crate::cli::state::cannot_write;
use crate::daemon::lock::{DaemonLock, LockError};
use crate::operations::care::{BackedUp, MadeAs, Restored};
use crate::operations::{Answer, Ask, House, OperationError, StoreError, care};
use crate::plan::render::plural;
use crate::store::{folder_of, sync_folder};
use camino::Utf8Path;
use fs_err as fs;

/// The lock of a daemon, for a command that cannot work beside one.
pub(super) fn alone(house: &House) -> Result<DaemonLock, Failure> {
    DaemonLock::take(&house.paths.state).map_err(|error| match error {
        LockError::AlreadyRunning { state, .. } => Failure::failed(format!("a daemon runs and has the states in {state} open"))
            .with_hint("stop it (systemctl stop casebridge), run this again, and start it again"),
        other => Failure::failed(crate::cli::exit::whole(&other)),
    })
}

/// Asks for something that needs the state only: of the daemon, or on the state itself where the daemon does not have it.
pub(super) async fn ask_state(firm: &str, ask: Ask, desk: &Desk) -> Result<Answer, Failure> {
    let id = firm::id(firm)?;
    if let Some(client) = firm::client(desk).await? {
        match client.ask(&id, &ask).await {
            // The firm has no file there, so nobody has its state open.
            Err(error) if error.code() == "no-such-firm" => {}
            answer => return answer.map_err(|error| firm::lost(&error)),
        }
    }
    let house = firm::quiet_house(desk)?;
    has_state(&house, &id)?;
    let hands = house.open_firm(&id).map_err(|error| held(&error, &id))?;
    Reached::State(hands).ask(ask, desk).await
}

/// A usage error when a firm has no state.
pub(super) fn has_state(house: &House, id: &crate::domain::FirmId) -> Result<(), Failure> {
    if house.has_state(id) {
        return Ok(());
    }
    let known: Vec<String> = house.with_states().iter().map(ToString::to_string).collect();
    let known = if known.is_empty() { "no states".to_owned() } else { known.join(", ") };
    Err(Failure::usage(format!("{id} has no state; {} has {known}", house.paths.state)))
}

/// Makes a backup and takes it where it was asked for.
pub(in crate::cli) async fn backup(args: &StateFileArgs, desk: &Desk) -> Result<Exit, Failure> {
    if let Some(output) = args.output.as_deref().filter(|output| output.exists()) {
        return Err(Failure::usage(format!("{output} is there already")).with_hint("name a file that is not there yet"));
    }
    let Answer::BackedUp(made) = ask_state(&args.firm, Ask::Backup, desk).await? else { return Err(unexpected()) };
    let mut made = *made;
    if let Some(output) = &args.output {
        moved(&made.file, output).map_err(|error| {
            let Failure { exit, text, .. } = cannot_write(output, &error);
            let hint = format!("the backup was made and is {}: take it from there, as a user who may", made.file);
            Failure { exit, text, hint }
        })?;
        made.file = output.clone();
    }
    if desk.output.format == Format::Json {
        desk.output.json(&made);
    } else {
        desk.output.text(&said_of_backup(&args.firm, &made));
    }
    Ok(Exit::Done)
}

fn said_of_backup(firm: &str, made: &BackedUp) -> String {
    let BackedUp { file, at, linked, bytes } = made;
    let cases = plural(usize::try_from(*linked).unwrap_or(usize::MAX), "linked case", "linked cases");
    format!(
        "{file}: {firm} as of {at:.0}, {cases}, {bytes} bytes.\n\
It holds no vault key and does not open without it: keep that key apart from it, and both apart from this machine.\n\
It holds no connection to MyCase: after a restore on another machine somebody connects again."
    )
}

/// Moves a file, also to another disk; readable by its owner alone.
fn moved(from: &Utf8Path, to: &Utf8Path) -> std::io::Result<()> {
    let folder = folder_of(to);
    if fs::rename(from, to).is_ok() {
        return sync_folder(folder);
    }
    let mut copy = tempfile::NamedTempFile::new_in(folder)?;
    std::io::copy(&mut fs::File::open(from)?, &mut copy)?;
    copy.as_file().sync_all()?;
    copy.persist_noclobber(to).map_err(|error| error.error)?;
    // The new name is durable before the old one goes: a power cut must not take both.
    sync_folder(folder)?;
    fs::remove_file(from)
}

/// Restores a file, and says what follows from that.
pub(in crate::cli) fn restore(args: &StateRestoreArgs, desk: &Desk) -> Result<Exit, Failure> {
    let id = firm::id(&args.firm)?;
    let house = firm::quiet_house(desk)?;
    if !args.file.is_file() {
        return Err(Failure::usage(format!("there is no file {}", args.file)));
    }
    let (from, key) = (args.from.as_deref().map(firm::id).transpose()?, args.key.as_deref());
    let _alone = alone(&house)?;
    let restored = care::restore(&house, &id, &args.file, MadeAs { from, key }).map_err(|error| busy(&error, &id))?;
    if desk.output.format == Format::Json {
        desk.output.json(&restored);
    } else {
        desk.output.text(&said_of_restore(&restored));
    }
    Ok(Exit::Done)
}

/// An operation's error, where a state may be held by somebody else.
pub(super) fn busy(error: &OperationError, id: &crate::domain::FirmId) -> Failure {
    match error {
        OperationError::Store(error @ StoreError::Busy { .. }) => held(error, id),
        error => firm::refused(error),
    }
}

fn said_of_restore(restored: &Restored) -> String {
    let Restored { firm, backup_of, linked, aside, connected, unread } = restored;
    let cases = plural(usize::try_from(*linked).unwrap_or(usize::MAX), "linked case", "linked cases");
    let as_of = backup_of.map_or_else(|| "the file".to_owned(), |at| format!("the backup of {at:.0}"));
    let mut lines = vec![format!("{firm} is restored from {as_of}: {cases}.")];
    lines.extend(
        aside
            .iter()
            .map(|aside| format!("The state that was there is {aside}; put it back with `casebridge state restore`, never by hand.")),
    );
    lines.extend(unread.iter().map(|why| format!("Nothing was taken over from it: {why}")));
    lines.push(match connected {
        true => "The connection to MyCase is the one of now: its tokens were kept, those of the backup were not there.".to_owned(),
        false => format!("It is not connected to MyCase: casebridge connect {firm}"),
    });
    lines.push(
        "The next run counts as a first one: it reads the portal's list, takes over what was made since the backup, compares everything, \
and waits for one yes. Clients' files and messages are looked for in MyCase before any is delivered."
            .to_owned(),
    );
    lines.join("\n")
}
