//! The words of one firm's text. The first line answers the one question its reader has: is what I saved in use?

use crate::config::{Problem, Severity};
use crate::daemon::message::Verdict;
use crate::daemon::when;
use crate::domain::FirmId;
use crate::operations::{Connection, FirmStatus, RunState};
use crate::plan::render::plural;
use crate::sync::{ReportCounts, RunReport};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// So many problems are told; the rest is counted.
const MOST: usize = 10;

/// What is to be told of one firm.
pub(in crate::daemon) struct Told<'a> {
    /// The firm.
    pub(in crate::daemon) firm: &'a FirmId,
    /// What came of its file.
    pub(in crate::daemon) verdict: Verdict,
    /// When the version in use was accepted; `None` while none ever was.
    pub(in crate::daemon) accepted_at: Option<Timestamp>,
    /// What is wrong with the file on disk, and warnings.
    pub(in crate::daemon) problems: &'a [Problem],
    /// What the last edit means for the cases.
    pub(in crate::daemon) consequences: Vec<String>,
    /// Files beside it that look like a mistake.
    pub(in crate::daemon) strays: Vec<String>,
    /// Why the state cannot be had.
    pub(in crate::daemon) trouble: Option<&'a str>,
    /// How the firm stands, when that is known.
    pub(in crate::daemon) status: Option<&'a FirmStatus>,
    /// The firm's zone.
    pub(in crate::daemon) zone: &'a TimeZone,
    /// Now.
    pub(in crate::daemon) now: Timestamp,
}

/// The text without its footer, ending in a newline.
pub(in crate::daemon) fn body(told: &Told<'_>) -> String {
    let parts = [vec![file(told)], mistakes(told), stands(told), runs(told), warnings(told), told.strays.clone()];
    let parts = parts.into_iter().filter(|lines| !lines.is_empty());
    parts.map(|lines| lines.join("\n") + "\n").collect::<Vec<_>>().join("\n")
}

/// As of when: an old text says that nobody writes any more.
pub(in crate::daemon) fn footer(now: Timestamp, zone: &TimeZone) -> String {
    format!("As of {}.", now.to_zoned(zone.clone()).strftime("%A %-d %B %Y, %H:%M (%Z)"))
}

/// The body for a firm without a file.
pub(in crate::daemon) fn gone(firm: &FirmId) -> String {
    format!("GONE: {firm}.firm.toml is no longer in the folder. Nothing runs for this firm; what the portal shows stays as it is.\n")
}

/// The body where a file with a wrong name was and is no longer.
pub(in crate::daemon) fn nothing(firm: &FirmId) -> String {
    format!("NO FILE: there is no {firm}.firm.toml in the folder.\n")
}

/// The sentence on a file whose name looks like a mistake.
pub(in crate::daemon) fn stray(name: &str, meant: &str) -> String {
    format!("NOT READ: {name} has a name that is not looked for. If it is a firm's file, name it {meant}.")
}

/// What became of the file.
fn file(told: &Told<'_>) -> String {
    let Told { firm, verdict, accepted_at, consequences, zone, now, .. } = told;
    match verdict {
        Verdict::Accepted | Verdict::Unchanged => {
            let when = accepted_at.map(|at| format!(" {}", when::past(at, *now, zone))).unwrap_or_default();
            sentences([format!("ACCEPTED{when}")].into_iter().chain(consequences.iter().cloned()))
        }
        Verdict::Rejected => {
            let errors = errors(told);
            let what = match errors.as_slice() {
                [one] => format!("NOT USED: {}", problem(firm, one)),
                many => format!("NOT USED: {} problems", many.len()),
            };
            let runs = match accepted_at {
                Some(at) => format!("{} is still running", when::version(*at, *now, zone)),
                None => "Nothing runs for this firm until that is put right".to_owned(),
            };
            sentences([what, runs])
        }
        Verdict::Removed => gone(firm).trim_end().to_owned(),
        Verdict::Waiting => sentences([format!("NOT LOOKED AT YET: {}", told.trouble.unwrap_or("its state is in use elsewhere"))]),
    }
}

/// The problems one by one, when there are several.
fn mistakes(told: &Told<'_>) -> Vec<String> {
    let errors = errors(told);
    if told.verdict != Verdict::Rejected || errors.len() < 2 {
        return Vec::new();
    }
    listed(told.firm, &errors)
}

fn warnings(told: &Told<'_>) -> Vec<String> {
    let found: Vec<&Problem> = told.problems.iter().filter(|problem| problem.severity == Severity::Warning).collect();
    if found.is_empty() {
        return Vec::new();
    }
    ["Worth a look:".to_owned()].into_iter().chain(listed(told.firm, &found)).collect()
}

fn listed(firm: &FirmId, problems: &[&Problem]) -> Vec<String> {
    let mut lines: Vec<String> = problems.iter().take(MOST).map(|found| format!("- {}", sentences([problem(firm, found)]))).collect();
    if problems.len() > MOST {
        lines.push(format!("- and {} more", problems.len() - MOST));
    }
    lines
}

fn errors<'a>(told: &Told<'a>) -> Vec<&'a Problem> {
    told.problems.iter().filter(|problem| problem.severity == Severity::Error).collect()
}

/// `line 41: unknown key 'stagse'; write 'stages'`.
fn problem(firm: &FirmId, problem: &Problem) -> String {
    let Problem { file, line, message, help, .. } = problem;
    let place = if *file == format!("{firm}.firm.toml") { format!("line {line}") } else { format!("line {line} of {file}") };
    let help = if help.is_empty() { String::new() } else { format!("; {help}") };
    format!("{place}: {message}{help}")
}

/// What keeps things from running, and what waits for somebody.
fn stands(told: &Told<'_>) -> Vec<String> {
    let Told { status: Some(status), zone, now, verdict, .. } = told else { return Vec::new() };
    if *verdict == Verdict::Removed {
        return Vec::new();
    }
    let past = |at: Timestamp| when::past(at, *now, zone);
    let mut said = Vec::new();
    match status.connection {
        Connection::Connected => {}
        Connection::NotConnected => said.push("Nothing runs: the firm is not connected to MyCase yet".to_owned()),
        Connection::Reconnect => {
            let since = status.reconnect.as_ref().map(|broken| format!(" since {}", past(broken.since))).unwrap_or_default();
            said.push(format!("Nothing runs{since}: somebody has to allow access in MyCase again"));
        }
    }
    if let Some(pause) = &status.pause {
        let until = pause.until.map(|until| format!(", until {}", when::soon(until, *now, zone))).unwrap_or_default();
        said.push(format!("Paused since {}{until}: {}", past(pause.since), pause.reason));
    } else if status.status == RunState::Inactive && status.connection == Connection::Connected {
        said.push("The firm is inactive: nothing runs by itself".to_owned());
    }
    if status.waiting_plan.is_some() {
        let since = status.waiting_since.map(|at| format!(" since {}", past(at))).unwrap_or_default();
        said.push(format!("{} for approval{since}", plural(status.waiting, "case waits", "cases wait")));
    }
    if status.exceptions > 0 {
        said.push(plural(status.exceptions, "case needs attention", "cases need attention"));
    }
    said.extend(status.overdue.iter().map(|due| format!("A run ({}) should have begun {} and still waits", due.what, past(due.at))));
    said.into_iter().map(|sentence| sentences([sentence])).collect()
}

/// How the last run went, and when the next one is.
fn runs(told: &Told<'_>) -> Vec<String> {
    let Told { status: Some(status), zone, now, verdict, .. } = told else { return Vec::new() };
    if *verdict == Verdict::Removed {
        return Vec::new();
    }
    let last = status.last.as_ref().map(|last| format!("{}: {}", when::run_of(last.started_at, *now, zone), came(last)));
    let next = status.next.of_all_cases().map(|at| format!("Next run {}", when::soon(at, *now, zone)));
    let said: Vec<String> = last.into_iter().chain(next).collect();
    if said.is_empty() { said } else { vec![sentences(said)] }
}

/// What a run came to, in a few words.
fn came(report: &RunReport) -> String {
    let RunReport { error, counts, written, waiting, failures, .. } = report;
    if let Some(error) = error {
        return format!("it did not come to its end ({})", error.text.trim_end_matches('.'));
    }
    let some = |count: usize, what: &str| (count > 0).then(|| format!("{count} {what}"));
    // What was planned was done only when nothing of it waits or failed.
    let parts: Vec<Option<String>> = if *waiting == 0 && failures.is_empty() {
        let ReportCounts { create, update, stage, contact, close, reopen, .. } = *counts;
        vec![
            some(create, "new"),
            some(stage, "moved"),
            some(close, "closed"),
            some(reopen, "opened again"),
            some(contact, "with new contact data"),
            some(update, "updated"),
        ]
    } else {
        vec![some(*written, "changed"), some(*waiting, "waiting for approval"), some(failures.len(), "failed")]
    };
    let said: Vec<String> = parts.into_iter().flatten().collect();
    if said.is_empty() { "nothing to change".to_owned() } else { said.join(", ") }
}

/// Fragments as sentences, each with a capital letter and one full stop.
fn sentences(parts: impl IntoIterator<Item = String>) -> String {
    let one = |part: String| {
        let part = part.trim_end_matches('.');
        let end = if part.ends_with(['?', '!']) { "" } else { "." };
        let mut chars = part.chars();
        let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
        format!("{first}{}{end}", chars.as_str())
    };
    parts.into_iter().map(one).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
