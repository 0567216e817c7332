//! `explain` as a paralegal reads it: how the case stands, why it waits, what needs attention, then field by field.

use super::output::Ink;
use super::when;
use crate::operations::{Explained, FieldState, FieldView, InMyCase, SentView, Standing, WaitView};
use crate::plan::render::one_line;
use jiff::tz::TimeZone;

/// The whole text.
pub(super) fn text(explained: &Explained, colour: bool) -> String {
    let Explained { firm, time_zone, case, name, url, standing, summary, waits, attention, fields, last_sent, notes, .. } = explained;
    let zone = when::zone(time_zone.as_deref());
    let title = [Some(format!("Case {case}")), name.as_deref().map(one_line)].into_iter().flatten().collect::<Vec<_>>().join("  ");
    let mut lines = vec![Ink::Bold.on(&title, colour)];
    lines.extend(url.clone());
    lines.push(format!("{firm}: {}", sides(explained, &zone)));
    lines.push(String::new());
    lines.push(ink(*standing).on(&one_line(summary), colour));
    if !waits.is_empty() {
        lines.push("\nWhy".to_owned());
        lines.extend(waits.iter().map(|wait| format!("  {}", waiting(wait, &zone))));
    }
    let plan = waits.iter().find_map(|wait| wait.plan.as_ref().filter(|_| wait.code == "approval"));
    lines.extend(plan.map(|plan| format!("    -> casebridge approve {firm} {plan}")));
    if !attention.is_empty() {
        lines.push(format!("\n{}", Ink::Yellow.on("Needs attention", colour)));
        for reason in attention {
            lines.push(format!("  {}", one_line(&reason.text)));
            lines.push(format!("    -> {}", one_line(&reason.fix)));
        }
    }
    if !fields.is_empty() {
        lines.push("\nField by field".to_owned());
        fields.iter().for_each(|view| field(&mut lines, view, &zone, colour));
    }
    if let Some(sent) = last_sent {
        lines.push("\nLast sent".to_owned());
        lines.push(format!("  {}", self::sent(sent, &zone)));
    }
    if !notes.is_empty() {
        lines.push("\nWorth knowing".to_owned());
        lines.extend(notes.iter().map(|note| format!("  {}", one_line(note))));
    }
    lines.join("\n")
}

fn ink(standing: Standing) -> Ink {
    match standing {
        Standing::InStep => Ink::Green,
        Standing::Differs | Standing::Waits | Standing::NeedsAttention | Standing::NotFound => Ink::Yellow,
        Standing::LeftOut | Standing::Closed => Ink::Bold,
    }
}

/// `open in MyCase, portal record cs-12, linked since ...`.
fn sides(explained: &Explained, zone: &TimeZone) -> String {
    let mycase = match explained.in_mycase {
        InMyCase::Open => "open in MyCase",
        InMyCase::Closed => "closed in MyCase",
        InMyCase::Unknown => "neither open nor closed in MyCase",
        InMyCase::NotFound => "not shown by MyCase",
    };
    let portal = match (&explained.portal_id, explained.linked_since) {
        (Some(id), Some(since)) => format!("portal record {id}, linked since {}", when::shown(since, zone)),
        (Some(id), None) => format!("portal record {id}"),
        (None, _) => "not linked to a portal record".to_owned(),
    };
    format!("{mycase}, {portal}")
}

fn waiting(wait: &WaitView, zone: &TimeZone) -> String {
    let until = wait.until.map(|until| format!(", until {}", when::shown(until, zone))).unwrap_or_default();
    format!("{}{until}{}", one_line(&wait.text), decided(wait.setting.as_deref(), wait.place.as_deref()))
}

/// ` ([clients] who, acme.firm.toml:27)`.
fn decided(setting: Option<&str>, place: Option<&str>) -> String {
    match (setting, place) {
        (Some(setting), Some(place)) => format!(" ({setting}, {place})"),
        (Some(setting), None) => format!(" ({setting}, its default)"),
        (None, Some(place)) => format!(" ({place})"),
        (None, None) => String::new(),
    }
}

fn field(lines: &mut Vec<String>, view: &FieldView, zone: &TimeZone, colour: bool) {
    let FieldView { field, in_mycase, rule, setting, place, result, sent, sent_at, sent_run, state } = view;
    let mark = match state {
        FieldState::InStep | FieldState::NotInPortal => String::new(),
        FieldState::Differs => Ink::Yellow.on("  not in step", colour),
        FieldState::Held => Ink::Yellow.on("  not in step, held back", colour),
    };
    lines.push(format!("  {}{mark}", field.replace('_', " ")));
    let mut row = |label: &str, text: &str| lines.push(format!("    {label:<8}{text}"));
    if let Some(value) = in_mycase {
        row("MyCase", &one_line(value));
    }
    row("rule", &format!("{}{}", one_line(rule), decided(setting.as_deref(), place.as_deref())));
    if result.is_some() || *state == FieldState::NotInPortal {
        row("result", &result.as_deref().map_or_else(|| "(nothing)".to_owned(), one_line));
    }
    let told = match (sent_at, sent_run) {
        (Some(at), Some(run)) => format!(", {} by run {run}", when::shown(*at, zone)),
        _ => String::new(),
    };
    if *state != FieldState::NotInPortal {
        row("sent", &format!("{}{told}", sent.as_deref().map_or_else(|| "(nothing)".to_owned(), one_line)));
    }
}

fn sent(sent: &SentView, zone: &TimeZone) -> String {
    let SentView { at, run, trigger, approved_by, plan, kinds, fields } = sent;
    let kinds: Vec<&str> = kinds.iter().map(|kind| kind.word()).collect();
    let yes = match (approved_by, plan) {
        (Some(who), Some(plan)) => format!("approved by {who} in plan {plan}"),
        (Some(who), None) => format!("approved by {who}"),
        (None, _) => "within the limits".to_owned(),
    };
    let fields = fields.join(", ").replace('_', " ");
    format!("{} by run {run} ({trigger}), {}, {yes}: {fields}", when::shown(*at, zone), kinds.join(" and "))
}
