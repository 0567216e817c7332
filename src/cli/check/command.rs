//! Reads, checks, and shows: as text with the lines underlined, as JSON, or as annotations of a pull request.

use super::secrets;
use super::targets::{Target, targets};
use crate::cli::args::{CheckArgs, Format};
use crate::cli::command::Desk;
use crate::cli::exit::{Exit, Failure};
use crate::cli::output::Ink;
use crate::cli::setting::source;
use crate::config::{self, Firm, FirmInput, Problem, SetMember, Severity, SourceText, check_set, firm_files, render};
use crate::domain::FirmId;
use crate::load::{self, FolderText};
use crate::plan::firm_tests::{TestRun, check_and_test};
use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// How many runs of each schedule are told.
const RUNS: usize = 3;

/// Everything that was found.
#[derive(Debug, Default)]
pub(in crate::cli) struct Found {
    /// The files that were asked for, as people know them.
    pub(in crate::cli) files: Vec<String>,
    /// What is wrong with them, in the order of the places.
    pub(in crate::cli) problems: Vec<Problem>,
    /// Their texts.
    pub(in crate::cli) sources: Vec<SourceText>,
    /// What came of the tests of each firm whose file has no error, by the name of the file.
    pub(in crate::cli) runs: Vec<(FirmId, String, TestRun)>,
    firms: Vec<Firm>,
}

/// Checks what was asked for; ends with 3 when a file has an error.
pub(in crate::cli) fn check(args: &CheckArgs, desk: &Desk) -> Result<Exit, Failure> {
    let now = Timestamp::now();
    let mut found = Found::default();
    for target in targets(&args.paths, &desk.common)? {
        let members = found.read(&target, now)?;
        found.surroundings(members, &target);
    }
    found.sort();
    match desk.output.format {
        Format::Json => desk.output.json(&found.json(now)),
        Format::Github => {
            desk.output.answer(&render::github(&found.problems));
            desk.output.say(&render::summary(found.files.len(), &found.problems));
        }
        Format::Text | Format::Markdown => desk.output.answer(&found.text(now, desk.output.colour_answers())),
    }
    let failed = found.problems.iter().any(|problem| problem.severity == Severity::Error);
    Ok(if failed { Exit::Files } else { Exit::Done })
}

/// What the files themselves say, with what came of their tests: no secret is looked at. `now` dates catalogs.
pub(in crate::cli) fn read(paths: &[Utf8PathBuf], desk: &Desk, now: Timestamp) -> Result<Found, Failure> {
    let mut found = Found::default();
    for target in targets(paths, &desk.common)? {
        drop(found.read(&target, now)?);
    }
    found.sort();
    Ok(found)
}

impl Found {
    fn sort(&mut self) {
        self.problems.sort_by(|a, b| (&a.file, a.line, a.column, a.severity, a.code).cmp(&(&b.file, b.line, b.column, b.severity, b.code)));
        // What is wrong in defaults.toml is found once for every firm.
        self.problems.dedup();
    }

    /// Reads, checks and tests the files of one folder; gives the good ones.
    fn read(&mut self, target: &Target, now: Timestamp) -> Result<Vec<(Firm, SourceText)>, Failure> {
        let Target { setting, folder, only, whole } = target;
        if *whole {
            self.problems.extend(setting.problems.iter().cloned());
            self.files.extend(setting.sources.iter().map(|source| source.name.clone()));
            self.sources.extend(setting.sources.iter().cloned());
            if only.is_some() {
                return Ok(Vec::new());
            }
        }
        let mut paths = setting.paths.clone();
        paths.firms.clone_from(folder);
        let text = load::read_folder(&paths);
        if let Some(why) = &text.unreadable {
            let next = format!(
                "`casebridge init FIRM` makes it, with a first firm file; --config-dir names another one than {}",
                paths.config_dir
            );
            return Err(Failure::failed(format!("the folder of firm files {folder} cannot be read: {why}")).with_hint(next));
        }
        self.strays(&text, folder, only.as_ref());
        let defaults = text.defaults.as_ref().and_then(|file| source(&paths.defaults, file, &mut self.problems));
        self.sources.extend(defaults.clone());
        let firms = text.firms();
        let mut members: Vec<(Firm, SourceText)> = Vec::new();
        for (id, files) in &firms {
            let asked = only.as_ref().is_none_or(|only| only.contains(&files.firm.name));
            let mut problems = Vec::new();
            let mut read = |file: &load::FileText| source(&folder.join(&file.name), file, &mut problems);
            let (firm, tests, catalog) = (read(files.firm), files.tests.and_then(&mut read), files.catalog.and_then(&mut read));
            let mut sources: Vec<SourceText> = [&firm, &tests, &catalog].into_iter().flatten().cloned().collect();
            if let Some(firm_text) = firm {
                let input = FirmInput { id: id.clone(), source: firm_text.clone(), tests, catalog };
                let tested = check_and_test(&input, &setting.profiles, setting.rules(), defaults.as_ref(), now);
                problems.extend(tested.checked.problems);
                let run = tested.run.filter(|_| asked);
                self.runs.extend(run.map(|run| (id.clone(), firm_text.name.clone(), run)));
                members.extend(tested.checked.firm.map(|firm| (firm, firm_text)));
            }
            if asked {
                self.files.push(folder.join(&files.firm.name).into_string());
                self.problems.append(&mut problems);
                self.sources.append(&mut sources);
            }
        }
        Ok(members)
    }

    /// What only shows on this machine and across files, of the files that were asked for.
    fn surroundings(&mut self, members: Vec<(Firm, SourceText)>, target: &Target) {
        let Target { setting, folder, only, .. } = target;
        let asked = |file: &str| only.as_ref().is_none_or(|only| only.iter().any(|name| folder.join(name) == *file));
        let ids: BTreeSet<_> = members.iter().map(|(firm, _)| firm.id.clone()).collect();
        for (firm, source) in members.iter().filter(|(_, source)| asked(&source.name)) {
            self.problems.extend(secrets::warnings(firm, source, setting, &ids));
        }
        let prints: Vec<Option<String>> = members.iter().map(|(firm, _)| secrets::portal_key_print(firm, setting, &ids)).collect();
        let set = members.iter().zip(&prints).map(|((firm, source), print)| SetMember { firm, source, portal_key: print.as_deref() });
        let set: Vec<SetMember<'_>> = set.collect();
        self.problems.extend(check_set(&set).into_iter().filter(|problem| asked(&problem.file)));
        self.firms.extend(members.into_iter().filter(|(_, source)| asked(&source.name)).map(|(firm, _)| firm));
    }

    /// Files whose names look like a mistake: a warning, and an error when it was asked for by that name.
    fn strays(&mut self, text: &FolderText, folder: &Utf8Path, only: Option<&BTreeSet<String>>) {
        let names = text.files.keys().chain(&text.others).map(String::as_str);
        let found = firm_files(names).strays;
        let unknown =
            only.into_iter().flatten().filter(|name| !text.files.contains_key(*name) && !found.iter().any(|stray| stray.name == **name));
        let mut stray = |name: &str, severity, message: String, help: String| {
            let file = folder.join(name).into_string();
            self.problems.push(Problem { file, line: 1, column: 1, severity, code: "stray-file", message, help, span: 0..0 });
        };
        for name in unknown {
            let message = if name.ends_with(".firm.toml") {
                "there is no such firm file"
            } else {
                "this is no firm file: only files named <firm>.firm.toml are read"
            };
            stray(name, Severity::Error, message.to_owned(), "`casebridge check` without a name checks the whole folder".to_owned());
        }
        for config::Stray { name, message, help } in found {
            let severity = match only {
                Some(only) if only.contains(&name) => Severity::Error,
                Some(_) => continue,
                None => Severity::Warning,
            };
            stray(&name, severity, message, help);
        }
    }

    fn json(&self, now: Timestamp) -> Value {
        let mut value = render::json(&self.files, &self.problems);
        let runs = |firm: &Firm| -> Map<String, Value> {
            let runs = config::next_runs(firm, now, RUNS).into_iter().filter(|runs| !runs.times.is_empty());
            runs.map(|runs| (runs.schedule.to_owned(), runs.times.iter().map(|time| json!(time.timestamp())).collect())).collect()
        };
        let next: Map<String, Value> = self.firms.iter().map(|firm| (firm.id.to_string(), Value::Object(runs(firm)))).collect();
        value["next"] = Value::Object(next);
        value
    }

    fn text(&self, now: Timestamp, colour: bool) -> String {
        let mut text = render::text(&self.problems, &self.sources, colour);
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&Ink::Bold.on(&render::summary(self.files.len(), &self.problems), colour));
        text.push('\n');
        for firm in &self.firms {
            text.push_str(&next_of(firm, now));
        }
        text
    }
}

/// The next runs of one firm, in its own time.
fn next_of(firm: &Firm, now: Timestamp) -> String {
    let zone = firm.time_zone.iana_name().unwrap_or("its own zone");
    let state = if firm.active { "" } else { "; inactive, so nothing runs by itself yet" };
    let mut text = format!("\n{} ({}): the next runs, in the firm's time ({zone}){state}\n", firm.name, firm.id);
    for runs in config::next_runs(firm, now, RUNS) {
        let times: Vec<String> = runs.times.iter().map(|time| time.strftime("%a %-d %b %H:%M").to_string()).collect();
        let times = if times.is_empty() { "off".to_owned() } else { times.join(" · ") };
        text.push_str(&format!("  {:<10} {times}\n", runs.schedule));
    }
    text
}
