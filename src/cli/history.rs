//! `casebridge history FIRM [CASE]`: what was changed in the portal, the newest last, times in the firm's zone. Client data
//! only with `--show-values`.

use super::args::{Format, HistoryArgs};
use super::command::Desk;
use super::exit::{Exit, Failure};
use super::firm::{self, unexpected};
use super::when;
use crate::operations::{Answer, Ask, History, HistoryAsk, HistoryLine};
use crate::plan::render::one_line;
use jiff::tz::TimeZone;

/// Shows it.
pub(super) async fn history(args: &HistoryArgs, desk: &Desk) -> Result<Exit, Failure> {
    let HistoryArgs { firm, case, limit, since, show_values } = args;
    let firm = firm::reach(firm, desk).await?;
    let since = match since {
        None => None,
        Some(text) => {
            let Answer::Status(status) = firm.ask(Ask::Status, desk).await? else { return Err(unexpected()) };
            Some(when::typed(text, &when::zone(status.time_zone.as_deref())).map_err(Failure::usage)?)
        }
    };
    let ask = HistoryAsk { case: case.clone(), limit: *limit, since, show_values: *show_values };
    let Answer::History(history) = firm.ask(Ask::History(ask), desk).await? else { return Err(unexpected()) };
    if desk.output.format == Format::Json {
        desk.output.json(&history);
    } else {
        desk.output.text(&text(&history));
    }
    Ok(Exit::Done)
}

fn text(history: &History) -> String {
    let History { firm, time_zone, case, entries, more, values_since } = history;
    let zone = when::zone(time_zone.as_deref());
    let of = case.map_or_else(|| firm.to_string(), |case| format!("case {case} of {firm}"));
    if entries.is_empty() {
        return format!("nothing was changed in the portal for {of}");
    }
    let mut lines: Vec<String> = Vec::new();
    if *more {
        lines.push(format!("the newest {} changes for {of}; --limit shows more", entries.len()));
    }
    entries.iter().for_each(|entry| change(&mut lines, entry, &zone));
    if entries.iter().any(|entry| entry.values_gone) {
        lines.push(format!("\nValues of changes before {} are gone: they are kept for 90 days.", when::shown(*values_since, &zone)));
    }
    lines.join("\n")
}

fn change(lines: &mut Vec<String>, line: &HistoryLine, zone: &TimeZone) {
    let HistoryLine { at, run, trigger, case, approved_by, approved_at: _, plan, kinds, fields, before, after, values_gone } = line;
    let kinds: Vec<&str> = kinds.iter().map(|kind| kind.word()).collect();
    let yes = match (approved_by, plan) {
        (Some(who), Some(plan)) => format!(", approved by {who} in plan {plan}"),
        (Some(who), None) => format!(", approved by {who}"),
        (None, _) => String::new(),
    };
    lines.push(format!("{}  case {case}: {} by run {run} ({trigger}){yes}", when::shown(*at, zone), kinds.join(" and ")));
    let mut hidden = Vec::new();
    for field in fields {
        let name = field.replace('_', " ");
        match (before.get(field), after.get(field)) {
            (None, Some(Some(word))) if matches!(word.as_str(), "changed" | "set") => hidden.push(name),
            (None, None) => hidden.push(name),
            (None, Some(now)) => lines.push(format!("    {name}: {}", shown(now))),
            (Some(was), now) => lines.push(format!("    {name}: {} -> {}", shown(was), now.map_or_else(|| "(gone)".to_owned(), shown))),
        }
    }
    if !hidden.is_empty() {
        let word = if before.is_empty() && kinds.contains(&"create") { "set" } else { "changed" };
        let gone = if *values_gone { " (values are gone)" } else { "" };
        lines.push(format!("    {word}: {}{gone}", hidden.join(", ")));
    }
}

fn shown(value: &Option<String>) -> String {
    value.as_deref().map_or_else(|| "(nothing)".to_owned(), one_line)
}
