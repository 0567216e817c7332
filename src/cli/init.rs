//! `casebridge init FIRM`: a commented firm file to start from, inactive, with the questions only a person can answer marked.

use super::args::{Format, InitArgs};
use super::command::Desk;
use super::exit::{Exit, Failure};
use super::setting::Setting;
use crate::config::init_template;
use crate::domain::FirmId;
use fs_err as fs;
use serde_json::json;
use std::io::Write;

/// Writes `<firms>/<firm>.firm.toml`; a file that is there is never touched.
pub(super) fn init(args: &InitArgs, desk: &Desk) -> Result<Exit, Failure> {
    let firm: FirmId = args.firm.parse().map_err(|error: crate::domain::FirmIdError| Failure::usage(error.to_string()))?;
    let setting = Setting::read(&desk.common)?;
    let profile =
        match &args.portal {
            None => None,
            Some(name) => Some(setting.profiles.get(name).ok_or_else(|| {
                Failure::usage(format!("there is no portal {name:?}; there are {}", setting.profiles.names().join(", ")))
            })?),
        };
    let folder = &setting.paths.firms;
    fs::create_dir_all(folder).map_err(|error| Failure::failed(error.to_string()))?;
    let path = folder.join(format!("{firm}.firm.toml"));
    let text = init_template(&firm, profile.as_deref());
    let made = fs::OpenOptions::new().write(true).create_new(true).open(&path);
    let mut file = made.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            Failure::failed(format!("{path} is there already, and stays as it is")).with_hint(format!("casebridge check {path}"))
        }
        _ => Failure::failed(error.to_string()),
    })?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(|error| Failure::failed(error.to_string()))?;
    if desk.output.format == Format::Json {
        desk.output.json(&json!({ "firm": firm, "file": path }));
    } else {
        desk.output.answer(&format!("{path}"));
    }
    desk.output.say(&next_steps(&firm));
    Ok(Exit::Done)
}

fn next_steps(firm: &FirmId) -> String {
    format!(
        "The file is inactive: nothing runs by itself. What to do next:\n  \
         1. Answer the lines marked REQUIRED in it.\n  \
         2. casebridge secret set {firm} mycase     (MyCase's client secret)\n  \
         3. casebridge secret set {firm} portal     (the portal's key)\n  \
         4. casebridge check\n  \
         5. casebridge connect {firm}\n  \
         6. casebridge plan {firm}"
    )
}
