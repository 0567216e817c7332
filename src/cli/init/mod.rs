//! `casebridge init FIRM`: a commented firm file to start from, inactive. On a terminal the few questions that only a person can
//! answer are asked; what is not answered stays marked in the file. With `--stage-map` a map is proposed for a file that is there.

mod questions;
mod stage_map;

use super::args::{Format, InitArgs};
use super::command::{Desk, wait};
use super::exit::{Exit, Failure};
use super::setting::Setting;
use crate::config::{Profile, init_template};
use crate::domain::{FirmId, FirmIdError};
use camino::Utf8Path;
use fs_err as fs;
use jiff::Timestamp;
use questions::{Answers, Judge};
use serde_json::json;
use std::collections::BTreeMap;
use std::io::{ErrorKind, IsTerminal, Write};
use std::sync::Arc;

/// Writes `<firms>/<firm>.firm.toml`; a file that is there is never touched.
pub(super) fn init(args: &InitArgs, desk: &Desk) -> Result<Exit, Failure> {
    let firm: FirmId = args.firm.parse().map_err(|error: FirmIdError| Failure::usage(error.to_string()))?;
    if args.stage_map {
        return wait(stage_map::stage_map(&firm, desk));
    }
    let setting = Setting::read(&desk.common)?;
    let profile = args.portal.as_deref().map(|name| portal(name, &setting)).transpose()?;
    let folder = &setting.paths.firms;
    let path = folder.join(format!("{firm}.firm.toml"));
    if path.exists() {
        return Err(there(&firm, &path));
    }
    let judge = Judge { firm: &firm, setting: &setting, now: Timestamp::now() };
    let mut answers = Answers { profile, values: BTreeMap::new() };
    for (key, value) in args.answers() {
        judge.take(&mut answers, key, value).map_err(Failure::usage)?;
    }
    let terminal = std::io::stdin().is_terminal() && std::io::stderr().is_terminal() && desk.output.format == Format::Text;
    if args.ask || terminal {
        questions::ask(&mut answers, &judge, desk)?;
    }
    let text = init_template(&firm, answers.profile.as_deref(), &answers.values);
    fs::create_dir_all(folder).map_err(|error| Failure::failed(error.to_string()))?;
    write(&firm, &path, &text)?;
    let open = open(&text);
    if desk.output.format == Format::Json {
        desk.output.json(&json!({ "firm": firm, "file": path, "unanswered": open }));
    } else {
        desk.output.answer(path.as_str());
    }
    desk.output.say(&next_steps(&firm, &open));
    Ok(Exit::Done)
}

fn portal(name: &str, setting: &Setting) -> Result<Arc<Profile>, Failure> {
    let names = setting.profiles.names();
    setting.profiles.get(name).ok_or_else(|| Failure::usage(format!("there is no portal {name:?}; there are {}", names.join(", "))))
}

fn write(firm: &FirmId, path: &Utf8Path, text: &str) -> Result<(), Failure> {
    let made = fs::OpenOptions::new().write(true).create_new(true).open(path);
    let mut file = made.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => there(firm, path),
        _ => Failure::failed(error.to_string()),
    })?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(|error| Failure::failed(error.to_string()))
}

fn there(firm: &FirmId, path: &Utf8Path) -> Failure {
    let next = format!("casebridge check {path}, or for a stage map to put into it: casebridge init {firm} --stage-map");
    Failure::failed(format!("{path} is there already, and stays as it is")).with_hint(next)
}

/// The keys that still wait for an answer.
fn open(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.contains("REQUIRED: ")).filter_map(|line| line.split_once(" = ").map(|(key, _)| key)).collect()
}

fn next_steps(firm: &FirmId, open: &[&str]) -> String {
    let first = match open {
        [] => None,
        open => Some(format!("answer the lines marked REQUIRED in it: {}", open.join(", "))),
    };
    let steps = [
        format!("casebridge secret set {firm} mycase     (MyCase's client secret)"),
        format!("casebridge secret set {firm} portal     (the portal's key)"),
        "casebridge check".to_owned(),
        format!("casebridge connect {firm}"),
        format!("casebridge init {firm} --stage-map      (proposes the stage map from the live names)"),
        format!("casebridge catalog pull {firm}          (so that check knows every name offline)"),
        format!("casebridge plan {firm}"),
    ];
    let lines: String = (1..).zip(first.into_iter().chain(steps)).map(|(number, step)| format!("\n  {number}. {step}")).collect();
    format!("The file is inactive: nothing runs by itself. What to do next:{lines}")
}
