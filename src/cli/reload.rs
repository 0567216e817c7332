//! `casebridge reload [--wait]`: the daemon reads the folder now, and says what came of each file.

use super::args::{Format, ReloadArgs};
use super::command::Desk;
use super::exit::{Exit, Failure};
use super::firm;
use super::output::Ink;
use super::setting::Setting;
use super::status_text::place;
use crate::daemon::{FileReport, ReloadAnswer, Verdict};

/// Ends with 3 when a file was rejected and `--wait` asked.
pub(super) async fn reload(args: &ReloadArgs, desk: &Desk) -> Result<Exit, Failure> {
    let Some(client) = firm::client(desk).await? else {
        let socket = Setting::read(&desk.common)?.paths.socket;
        let text = format!("no daemon listens at {socket}; without one every command reads the files anew");
        return Err(Failure::failed(text).with_hint("`casebridge check` judges the files, `casebridge run` starts the daemon"));
    };
    let answer = client.reload(args.wait).await.map_err(|error| firm::lost(&error))?;
    if !args.wait {
        desk.output
            .say("The daemon reads the folder now; `casebridge status` shows what came of it, `casebridge reload --wait` waits for it.");
        return Ok(Exit::Done);
    }
    if desk.output.format == Format::Json {
        desk.output.json(&answer);
    } else {
        desk.output.text(&text(&answer, desk.output.colour_answers()));
    }
    Ok(if answer.is_good() { Exit::Done } else { Exit::Files })
}

fn text(answer: &ReloadAnswer, colour: bool) -> String {
    let mut lines: Vec<String> = Vec::new();
    for FileReport { file, verdict, generation, problems, notes, .. } in &answer.files {
        let (word, ink) = match (verdict, generation) {
            (Verdict::Accepted, _) => (format!("taken into use (version {generation})"), Ink::Green),
            (Verdict::Unchanged, _) => (format!("means what it meant (version {generation})"), Ink::Dim),
            (Verdict::Rejected, 0) => ("has problems; nothing runs for the firm".to_owned(), Ink::Red),
            (Verdict::Rejected, _) => (format!("has problems; version {generation} stays in use"), Ink::Red),
            (Verdict::Removed, _) => ("gone; nothing runs for the firm".to_owned(), Ink::Yellow),
            (Verdict::Waiting, _) => ("waits until another process lets go of the firm's state".to_owned(), Ink::Yellow),
        };
        lines.push(format!("{file}: {}", ink.on(&word, colour)));
        lines.extend(notes.iter().map(|note| format!("  {note}")));
        lines.extend(problems.iter().map(|problem| format!("  {}", place(problem))));
    }
    lines.extend(answer.problems.iter().map(place));
    if lines.is_empty() {
        lines.push("There are no firm files.".to_owned());
    }
    lines.join("\n")
}
