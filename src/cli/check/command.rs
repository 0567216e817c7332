//! `check`: shows what was found as text with the lines underlined, as JSON, or as annotations of a pull request.

use super::found::{Found, look};
use super::next_runs;
use crate::cli::args::{CheckArgs, Format};
use crate::cli::command::Desk;
use crate::cli::exit::{Exit, Failure};
use crate::cli::output::Ink;
use crate::config::{Catalog, Online, Problem, Severity, render};
use crate::domain::FirmId;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// Checks what was asked for; ends with 3 when a file has an error.
pub(in crate::cli) fn check(args: &CheckArgs, desk: &Desk) -> Result<Exit, Failure> {
    let now = Timestamp::now();
    let found = look(&args.paths, desk, now, args.online)?;
    match desk.output.format {
        Format::Json => desk.output.json(&json(&found, now, args.online)),
        Format::Github => {
            desk.output.answer(&render::github(&found.problems));
            desk.output.say(&render::summary(found.files.len(), &found.problems));
        }
        Format::Text | Format::Markdown => desk.output.answer(&text(&found, now, desk.output.colour_answers())),
    }
    Ok(exit(&found.problems))
}

/// A mistake in a file weighs more than a connection that is missing, and that more than an account that did not answer.
fn exit(problems: &[Problem]) -> Exit {
    let of = |problem: &Problem| match problem.code {
        "not-connected" | "reconnect" => Exit::NotConnected,
        "not-reached" | "no-answer" => Exit::Failed,
        _ => Exit::Files,
    };
    let ends: Vec<Exit> = problems.iter().filter(|problem| problem.severity == Severity::Error).map(of).collect();
    [Exit::Files, Exit::NotConnected, Exit::Failed].into_iter().find(|exit| ends.contains(exit)).unwrap_or(Exit::Done)
}

fn json(found: &Found, now: Timestamp, online: bool) -> Value {
    let mut value = render::json(&found.files, &found.problems);
    value["next"] = next_runs::json(&found.firms, now);
    if online {
        let seen: Map<String, Value> = found.online.iter().map(|(id, online)| (id.to_string(), seen(online))).collect();
        value["online"] = Value::Object(seen);
    }
    value
}

/// What was seen of one firm's accounts; what is wrong with them is among the problems.
fn seen(online: &Online) -> Value {
    let Online { names, firm_name, firm_url, key_accepted, findings: _ } = online;
    let counts = names.as_ref().map(|names| {
        let Catalog { taken_at: _, stages, practice_areas, custom_fields, people_groups, staff_types, portal_stages: _ } = names;
        json!({
            "stages": stages.len(),
            "practice_areas": practice_areas.len(),
            "custom_fields": custom_fields.len(),
            "people_groups": people_groups.len(),
            "staff_types": staff_types.len(),
        })
    });
    json!({ "connected": names.is_some(), "firm_name": firm_name, "firm_url": firm_url, "key_accepted": key_accepted, "compared": counts })
}

fn text(found: &Found, now: Timestamp, colour: bool) -> String {
    let mut text = render::text(&found.problems, &found.sources, colour);
    if !text.is_empty() {
        text.push('\n');
    }
    found.online.iter().filter_map(|(id, online)| told(id, online)).for_each(|line| text.push_str(&line));
    text.push_str(&Ink::Bold.on(&render::summary(found.files.len(), &found.problems), colour));
    text.push('\n');
    text.push_str(&next_runs::text(&found.firms, now));
    text
}

/// What is well with one firm's accounts, in a line.
fn told(id: &FirmId, online: &Online) -> Option<String> {
    let names = online.names.as_ref()?;
    let firm = online.firm_name.as_deref().or(online.firm_url.as_deref()).unwrap_or("a firm without a name");
    let key = if online.key_accepted == Some(true) { "; the portal accepts the key" } else { "" };
    let (stages, areas, fields) = (names.stages.len(), names.practice_areas.len(), names.custom_fields.len());
    Some(format!(
        "{id}: connected to MyCase as {firm}{key}; compared with its {stages} stages, {areas} practice areas and {fields} custom fields\n"
    ))
}
