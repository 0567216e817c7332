//! The words that all forms of a plan share.

use crate::domain::{CaseId, FieldName, Kind, ReasonCode};
use crate::plan::guard::{Held, HeldWhy};
use crate::plan::{Change, Counts, LimitLine};
use std::collections::BTreeMap;
use std::fmt;

/// How a plan is to be printed.
#[derive(Clone, Default)]
pub struct Options {
    /// The plan's name, as `approve` wants it.
    pub plan: String,
    /// Whether clients' data may be shown (`--show-values`).
    pub show_values: bool,
    /// Names of cases, when they may be shown (`--show-names`; a terminal).
    pub names: Option<BTreeMap<CaseId, String>>,
    /// MyCase's address of the firm, to link cases; only used where names may be shown.
    pub web_url: Option<String>,
    /// At most this many cases of a group; the rest is counted. `None`: all. The JSON always has all.
    pub most: Option<usize>,
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Options { plan, show_values, .. } = self;
        f.debug_struct("Options").field("plan", plan).field("show_values", show_values).finish_non_exhaustive()
    }
}

impl Options {
    /// `12 Smith v. Jones  https://acme.mycase.com/court_cases/12`, as far as it may be shown.
    pub(super) fn case(&self, case: CaseId) -> String {
        let mut text = case.to_string();
        if let Some(names) = &self.names {
            if let Some(name) = names.get(&case) {
                text.push_str(&format!("  {}", one_line(name)));
            }
            if let Some(url) = &self.web_url {
                text.push_str(&format!("  {}/court_cases/{case}", url.trim_end_matches('/')));
            }
        }
        text
    }
}

/// What a group of changes is called.
pub(in crate::plan) fn group(kind: Kind, count: usize) -> String {
    let (one, many) = match kind {
        Kind::Create => ("new record", "new records"),
        Kind::Close => ("record to close", "records to close"),
        Kind::Reopen => ("record to reopen", "records to reopen"),
        Kind::Contact => ("change of contact data", "changes of contact data"),
        Kind::Stage => ("stage to move", "stages to move"),
        Kind::Update => ("other update", "other updates"),
    };
    plural(count, one, many)
}

/// `1 case`, `2 cases`.
pub fn plural(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// `3 new records, 1 stage to move, 40 in step, 2 need attention`; nothing that is zero but the last two.
pub(super) fn counts_line(counts: &Counts) -> String {
    let Counts { create, update, stage, contact, close, reopen, unchanged, exceptions } = *counts;
    let kinds = [
        (Kind::Create, create),
        (Kind::Close, close),
        (Kind::Reopen, reopen),
        (Kind::Contact, contact),
        (Kind::Stage, stage),
        (Kind::Update, update),
    ];
    let mut parts: Vec<String> = kinds.into_iter().filter(|(_, count)| *count > 0).map(|(kind, count)| group(kind, count)).collect();
    if parts.is_empty() {
        parts.push("nothing to change".into());
    }
    parts.push(format!("{unchanged} in step"));
    parts.push(plural(exceptions, "needs attention", "need attention"));
    parts.join(", ")
}

/// Why changes wait, as sentences.
pub(super) fn why_held(held: &Held) -> Vec<String> {
    match held.why {
        HeldWhy::FirstImport => vec!["A first import waits for one yes, whatever its size.".into()],
        HeldWhy::OverLimits => held.over.iter().map(over_line).collect(),
        HeldWhy::ClientsChanged => vec!["Their client is now another person; that is never changed by itself.".into()],
        HeldWhy::LeftOut => vec!["Left out of an earlier yes; that waits for another.".into()],
    }
}

fn over_line(line: &LimitLine) -> String {
    let LimitLine { kind, limit, planned, exceeded: _ } = line;
    let limit = limit.map_or("no limit".to_owned(), |limit| limit.to_string());
    format!("{}, counting the last 24 hours; {limit} allowed.", group(*kind, *planned))
}

/// A reason in a few words that name no case.
pub fn headline(code: ReasonCode) -> &'static str {
    match code {
        ReasonCode::NoLeadAttorney => "no lead attorney",
        ReasonCode::StaffUnknown => "staff who are not in MyCase's list",
        ReasonCode::NoClient => "no client on the case",
        ReasonCode::ClientUnclear => "the firm's rule does not say who the client is",
        ReasonCode::CompanyClient => "the client is a company",
        ReasonCode::NoUsablePhone => "no usable phone number",
        ReasonCode::SharedPhone => "one phone number on two people",
        ReasonCode::ClientChanged => "the client is now another person",
        ReasonCode::StageNotMapped => "stage not in the map",
        ReasonCode::PracticeAreaNotMapped => "practice area not in the map",
        ReasonCode::RequiredFieldEmpty => "a required field is empty",
        ReasonCode::BadValue => "a value without the form it needs",
        ReasonCode::SameReadableId => "one readable id on several cases",
        ReasonCode::StatusUnknown => "neither open nor closed",
        ReasonCode::TwoPortalRecords => "two portal records for one case",
        ReasonCode::LookalikeInPortal => "a portal record without an id looks like the case",
        ReasonCode::PortalRecordGone => "the portal record is gone",
        ReasonCode::ChangedByHand => "changed in the portal by hand",
        ReasonCode::OutOfScope => "open in the portal, but left out by [cases]",
        ReasonCode::GoneFromMyCase => "gone from MyCase",
        ReasonCode::ClosedByHand => "to be closed by hand",
        ReasonCode::Refused => "refused by the portal",
        ReasonCode::FileTooLarge => "a client's file is too large",
        ReasonCode::FileVanished => "a client's file is gone from the portal",
        ReasonCode::FileNotWhole => "a client's file could not be fetched whole",
        ReasonCode::CarryRefused => "MyCase refused a client's file or message",
        ReasonCode::FileForClosedCase => "a client's file for a closed case",
        ReasonCode::CarryUnclear => "a client's file or message whose case is unclear",
        ReasonCode::Renamed => "renamed in MyCase",
    }
}

/// The moves a change makes in words that are no client data: `stage Treatment -> Demand`.
pub(super) fn moves(change: &Change) -> Vec<String> {
    let Change { before, after, .. } = change;
    let mut moves = Vec::new();
    let mut push = |name: &str, from: Option<&str>, to: Option<&str>| {
        if from != to {
            let word = |value: Option<&str>| one_line(value.unwrap_or("(none)"));
            let moved = format!("{name} {} -> {}", word(from), word(to));
            moves.push(if before.is_none() { format!("{name} {}", word(to)) } else { moved });
        }
    };
    let was = before.as_ref();
    push("practice area", was.and_then(|r| r.practice_area.as_deref()), after.practice_area.as_deref());
    push("stage", was.and_then(|r| r.stage.as_deref()), after.stage.as_deref());
    match was.map(|record| record.open) {
        None if !after.open => moves.push("closed".into()),
        Some(true) if !after.open => moves.push("closes".into()),
        Some(false) if after.open => moves.push("opens again".into()),
        None | Some(_) => {}
    }
    moves
}

/// Where a record stands: `Treatment (Personal Injury)`.
pub(super) fn stands(practice_area: Option<&str>, stage: Option<&str>) -> String {
    match (practice_area, stage) {
        (Some(area), Some(stage)) => format!("{stage} ({area})"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => "without stage or practice area".to_owned(),
    }
}

/// A move between two places of practice area and stage: `from Treatment to Demand (Personal Injury)`; `None` when it is none.
pub(super) fn moved(from: (Option<&str>, Option<&str>), to: (Option<&str>, Option<&str>)) -> Option<String> {
    let word = |name: Option<&str>| one_line(name.unwrap_or("(none)"));
    if from == to {
        return None;
    }
    if from.0 != to.0 {
        return Some(format!("from {} to {}", stands(from.0, from.1), stands(to.0, to.1)));
    }
    let area = to.0.map(|area| format!(" ({})", one_line(area))).unwrap_or_default();
    Some(format!("from {} to {}{area}", word(from.1), word(to.1)))
}

/// With a capital letter.
pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// The names of the other fields that change, in plain words.
pub(super) fn other_fields(change: &Change) -> Vec<String> {
    let named = |field: &FieldName| !matches!(&**field, "state" | "stage" | "practice_area");
    change.fields().into_iter().filter(named).map(|field| field.replace('_', " ")).collect()
}

/// Text from outside on one line: no control characters reach a terminal.
pub fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
