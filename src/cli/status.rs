//! `casebridge status [FIRM]`: the daemon's view, or without a daemon what files and states say.

use super::args::{Format, StatusArgs};
use super::command::Desk;
use super::exit::{Exit, Failure};
use super::firm;
use super::signals::Stop;
use super::{status_table, status_text, when};
use crate::daemon::StatusAnswer;
use crate::domain::FirmId;
use crate::load;
use crate::operations::{self, FileState, FileVerdict, FileView, FirmStatus, House, NextRuns, StoreError, problem_values};
use jiff::Timestamp;
use std::time::Duration;

/// How often `--watch` looks.
const AGAIN: Duration = Duration::from_secs(2);
/// More firms than this are a table.
const BLOCKS: usize = 6;

/// How firms stand.
pub(super) async fn status(args: &StatusArgs, desk: &Desk) -> Result<Exit, Failure> {
    if args.watch {
        return watch(args, desk).await;
    }
    let answer = look(args, desk).await?;
    if desk.output.format == Format::Json {
        desk.output.json(&answer);
    } else {
        desk.output.text(&text(&answer, desk.output.colour_answers(), desk.output.width()));
    }
    Ok(Exit::Done)
}

/// The same again and again, also past a restart of the daemon. Without one it would take states that others need.
async fn watch(args: &StatusArgs, desk: &Desk) -> Result<Exit, Failure> {
    if desk.output.format != Format::Text {
        return Err(Failure::usage("--watch is for people: leave --format out"));
    }
    let mut stop = Stop::listen()?;
    let mut last: Option<String> = None;
    loop {
        match (by_daemon(args, desk).await, &last) {
            (Ok(Some(answer)), _) => {
                let text = text(&answer, desk.output.colour_answers(), desk.output.width());
                desk.output.text_anew(&text);
                last = Some(text);
            }
            (Ok(None), None) => {
                return Err(Failure::failed("no daemon runs, so there is nothing to watch").with_hint("casebridge run"));
            }
            (Err(failure), None) => return Err(failure),
            (Ok(None) | Err(_), Some(last)) => {
                desk.output.text_anew(&format!("{last}\nThe daemon does not answer now; above is what it said last."))
            }
        }
        tokio::select! {
            () = tokio::time::sleep(AGAIN) => {}
            () = stop.asked() => return Ok(Exit::Done),
        }
    }
}

async fn look(args: &StatusArgs, desk: &Desk) -> Result<StatusAnswer, Failure> {
    match by_daemon(args, desk).await? {
        Some(answer) => Ok(answer),
        None => here(&firm::quiet_house(desk)?, args.firm.as_deref()),
    }
}

/// What the daemon says, when one runs.
async fn by_daemon(args: &StatusArgs, desk: &Desk) -> Result<Option<StatusAnswer>, Failure> {
    let Some(client) = firm::client(desk).await? else { return Ok(None) };
    let mut answer = client.status().await.map_err(|error| firm::lost(&error))?;
    if let Some(wanted) = &args.firm {
        let known: Vec<FirmId> = answer.firms.iter().map(|status| status.firm.clone()).collect();
        answer.firms.retain(|status| status.firm.as_str() == wanted);
        if answer.firms.is_empty() {
            return Err(no_such_firm(wanted, &known));
        }
    }
    Ok(Some(answer))
}

fn no_such_firm(wanted: &str, known: &[FirmId]) -> Failure {
    let known: Vec<&str> = known.iter().map(FirmId::as_str).collect();
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    Failure::of_word("no-such-firm", format!("there is no firm {wanted}; there are: {known}"))
}

fn text(answer: &StatusAnswer, colour: bool, width: Option<usize>) -> String {
    let now = Timestamp::now();
    let mut blocks: Vec<String> = match answer.firms.len() {
        0..=BLOCKS => answer.firms.iter().map(|status| status_text::firm(status, now, colour)).collect(),
        _ => vec![status_table::text(&answer.firms, now, width)],
    };
    let mut last: Vec<String> = answer.problems.iter().map(status_text::place).collect();
    // A daemon has no zone of its own: the first firm's will do.
    let zone = when::zone(answer.firms.iter().find_map(|status| status.time_zone.as_deref()));
    last.push(match &answer.daemon {
        Some(daemon) => {
            let looks = if daemon.watching { "" } else { "; the system does not tell it of changed files, so it looks every few seconds" };
            format!("The daemon runs since {} (process {}){looks}.", when::near(daemon.since, now, &zone), daemon.process)
        }
        None => "No daemon runs, so nothing runs by itself: `casebridge run` starts it.".to_owned(),
    });
    if answer.firms.is_empty() {
        last.insert(0, "There are no firm files yet: `casebridge init FIRM` writes one.".to_owned());
    }
    blocks.push(last.join("\n"));
    blocks.join("\n")
}

/// What files and states say. A state is opened when it is there, and never made.
fn here(house: &House, only: Option<&str>) -> Result<StatusAnswer, Failure> {
    let folder = load::read_folder(&house.paths);
    let now = house.clock.now();
    let view = house.check_folder(&folder, now);
    let mut problems = problem_values(&view.stray);
    if let Some(why) = folder.unreadable.as_ref().filter(|_| house.paths.firms.exists()) {
        return Err(Failure::failed(format!("the folder of firm files {} cannot be read: {why}", house.paths.firms)));
    }
    let left: Vec<FirmId> = house.with_states().into_iter().filter(|id| !view.firms.contains_key(id)).collect();
    let known: Vec<FirmId> = view.firms.keys().chain(&left).cloned().collect();
    let asked = |id: &FirmId| only.is_none_or(|only| only == id.as_str());
    if let Some(wanted) = only.filter(|_| !known.iter().any(asked)) {
        return Err(no_such_firm(wanted, &known));
    }
    let firms = view.firms.iter().filter(|(id, _)| asked(id)).map(|(id, verdict)| match one(house, id, verdict, now) {
        // Among others a state that cannot be had is that firm's own trouble.
        Err(failure) if only.is_none() => Ok(FirmStatus { state_error: Some(failure.text), ..of_file(id, verdict) }),
        found => found,
    });
    let mut firms: Vec<FirmStatus> = firms.collect::<Result<_, _>>()?;
    firms.extend(left.iter().filter(|id| asked(id)).map(|id| {
        let file = FileView::new(FileState::Removed, Vec::new());
        FirmStatus::bare(id, file)
    }));
    firms.sort_by(|a, b| a.firm.cmp(&b.firm));
    firms.iter_mut().for_each(|status| status.file.commit.clone_from(&folder.commit));
    if only.is_some() {
        problems.retain(|problem| problem["severity"] == "error");
    }
    Ok(StatusAnswer { firms, daemon: None, problems })
}

/// As far as its file says.
fn of_file(id: &FirmId, verdict: &FileVerdict) -> FirmStatus {
    let file = |state| FileView { sha256_on_disk: Some(verdict.sha256.clone()), ..FileView::new(state, problem_values(&verdict.problems)) };
    match &verdict.checked {
        Some(firm) => FirmStatus::of_file(firm, file(FileState::Current)),
        None => FirmStatus::bare(id, file(FileState::Rejected)),
    }
}

fn one(house: &House, id: &FirmId, verdict: &FileVerdict, now: Timestamp) -> Result<FirmStatus, Failure> {
    let by_file = of_file(id, verdict);
    if !house.has_state(id) {
        return Ok(by_file);
    }
    let hands = match house.open_firm(id) {
        Ok(hands) => hands,
        Err(error @ StoreError::Busy { .. }) => {
            return Ok(FirmStatus { state_error: Some(firm::held(&error, id).text), ..by_file });
        }
        Err(error) => return Err(firm::held(&error, id)),
    };
    let accepted = house.accept(&hands, verdict, now).map_err(|error| firm::refused(&error))?;
    let Some(good) = &accepted.firm else { return Ok(FirmStatus { file: accepted.file, ..by_file }) };
    let mut status = operations::status(good, &hands.store, now).map_err(|error| firm::refused(&error))?;
    let notes = accepted.notes();
    status.file = accepted.file;
    status.overdue = operations::overdue(good, &hands.store, &status, now).map_err(|error| firm::refused(&error))?;
    // Nothing runs by itself without a daemon, so there is no next run to promise.
    status.next = NextRuns::default();
    status.notes.extend(notes);
    Ok(status)
}
