//! A plan as a comment: a verdict in one line, counts with their limits, what waits and how to approve it, then everything
//! folded: moves from where to where, attention by cause with its fix.

use super::page::{Page, escape, sentence};
use crate::domain::{CaseId, Kind, Reason, ReasonCode};
use crate::plan::render::text::by_text;
use crate::plan::render::words::{self, Options, group, headline, plural};
use crate::plan::{Change, Counts, HeldWhy, Judged, LimitLine, Plan};
use std::collections::BTreeMap;

/// The whole comment, ending in a newline.
pub fn markdown(plan: &Plan, judged: &Judged, options: &Options) -> String {
    let mut page = Page::default();
    page.paragraph(&format!("### casebridge: what a run would do for `{}`", plan.firm));
    page.paragraph(&format!("**{}**", verdict(plan, judged)));
    for doubt in &plan.doubts {
        page.paragraph(&format!(
            "> Not the whole picture: {}. Nothing is concluded from cases that are absent.",
            escape(&doubt.to_string())
        ));
    }
    page.table("| | Cases | Limit |", "|---|---:|---|", &rows(plan, judged));
    waits(&mut page, plan, judged, options);
    let most = options.most.unwrap_or(usize::MAX);
    for kind in Kind::ALL {
        let changes: Vec<&Change> = plan.changes.iter().filter(|change| change.kind() == kind).collect();
        page.fold(&group(kind, changes.len()), &items(&changes, options), most);
    }
    let swaps: Vec<&Change> = plan.swaps.iter().collect();
    page.fold(&plural(swaps.len(), "case with another client now", "cases with another client now"), &items(&swaps, options), most);
    let asks = plan.exceptions.len();
    page.fold(&plural(asks, "case needs attention", "cases need attention"), &attention(plan, options), most);
    if !plan.notes.is_empty() {
        page.items(&plan.notes.iter().map(|note| sentence(note)).collect::<Vec<_>>(), most);
    }
    page.end()
}

/// The plan in one line.
fn verdict(plan: &Plan, judged: &Judged) -> String {
    let held = judged.held.as_ref().map_or(0, |held| held.changes.len());
    let (goes, later) = (judged.approved.changes().len(), judged.later.changes().len());
    let cases = |count| plural(count, "case", "cases");
    if plan.changes.is_empty() && held == 0 {
        return match plan.exceptions.len() {
            0 => "Nothing to change: everything is in step.".to_owned(),
            count => format!("Nothing to change; {}.", plural(count, "case needs attention", "cases need attention")),
        };
    }
    if judged.held.as_ref().is_some_and(|held| held.why == HeldWhy::FirstImport) {
        return format!("A first import: {} for one yes, nothing is sent before.", plural(held, "case waits", "cases wait"));
    }
    let hours = if later > 0 { format!(", {later} more once contact hours begin") } else { String::new() };
    match held {
        0 => format!("A run would change {}{hours}; nothing would wait for approval.", cases(goes)),
        held => format!("A run would change {}{hours}, and hold {held} for approval.", cases(goes)),
    }
}

/// The counts, each with what its limit makes of it.
fn rows(plan: &Plan, judged: &Judged) -> Vec<String> {
    let Counts { create, update, stage, contact, close, reopen, unchanged, exceptions } = plan.counts();
    let count = |kind| match kind {
        Kind::Create => (create, "New records"),
        Kind::Close => (close, "Records to close"),
        Kind::Reopen => (reopen, "Records to reopen"),
        Kind::Contact => (contact, "Changes of contact data"),
        Kind::Stage => (stage, "Stages to move"),
        Kind::Update => (update, "Other updates"),
    };
    let first = judged.held.as_ref().is_some_and(|held| held.why == HeldWhy::FirstImport);
    let row = |kind| {
        let (count, words) = count(kind);
        let line = judged.limits.iter().find(|line| line.kind == kind);
        // A case that closes may move too: what is counted against a limit is more than the group shows.
        let counted = line.is_some_and(|line| line.exceeded);
        // A first import waits whatever its size: limits are no matter then.
        let said = line.filter(|_| !first).map(|line| limit(line, count)).unwrap_or_default();
        (count > 0 || counted).then(|| format!("| {words} | {count} | {said} |"))
    };
    let mut rows: Vec<String> = Kind::ALL.into_iter().filter_map(row).collect();
    rows.push(format!("| In step | {unchanged} | |"));
    rows.push(format!("| Need attention | {exceptions} | |"));
    rows
}

fn limit(line: &LimitLine, count: usize) -> String {
    let LimitLine { kind: _, limit, planned, exceeded } = line;
    let Some(limit) = limit else { return "none".to_owned() };
    let counted = if *planned == count { String::new() } else { format!(" ({planned} counted)") };
    let over = if *exceeded { ", **over the limit**" } else { "" };
    format!("{limit}{counted}{over}")
}

/// What waits, why, and what to type.
fn waits(page: &mut Page, plan: &Plan, judged: &Judged, options: &Options) {
    if let Some(held) = &judged.held {
        let own = held.changes.iter().filter(|change| change.hold.is_none()).count();
        page.line(&format!(
            "> **{} for approval.** {}",
            plural(held.changes.len(), "case would wait", "cases would wait"),
            words::why_held(held).join(" ")
        ));
        let (firm, name) = (&plan.firm, &options.plan);
        if own > 0 {
            page.line(">");
            page.line(&format!("> To say yes: `casebridge approve {firm} {name}`, or part of it with `--only`, `--practice-area`, `--except`; `casebridge reject {firm} {name}` drops it."));
        }
        if held.changes.len() > own {
            page.line(">");
            let swaps = plural(held.changes.len() - own, "changed client waits", "changed clients wait");
            page.line(&format!("> {swaps} for a yes of their own: `casebridge approve {firm} {name} --only contact`."));
        }
        page.line("");
    }
    let later = judged.later.changes().len();
    if later > 0 {
        page.paragraph(&format!("> {} for contact hours.", plural(later, "case waits", "cases wait")));
    }
}

/// Cases with their moves when names may be shown; else the moves with how many cases make them.
fn items(changes: &[&Change], options: &Options) -> Vec<String> {
    if options.names.is_some() {
        return changes.iter().map(|change| format!("{}: {}", escape(&options.case(change.case)), escape(&what(change)))).collect();
    }
    let mut groups: BTreeMap<String, usize> = BTreeMap::new();
    changes.iter().for_each(|change| *groups.entry(what(change)).or_default() += 1);
    let mut groups: Vec<(String, usize)> = groups.into_iter().collect();
    groups.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    groups.into_iter().map(|(what, count)| format!("{}: {}", escape(&what), plural(count, "case", "cases"))).collect()
}

/// What a change does: `from Treatment to Demand (Personal Injury); also phone`.
fn what(change: &Change) -> String {
    let Change { before, after, .. } = change;
    let (area, stage) = (after.practice_area.as_deref(), after.stage.as_deref());
    let Some(before) = before else { return words::stands(area, stage) };
    let moved = words::moved((before.practice_area.as_deref(), before.stage.as_deref()), (area, stage));
    let door = match (before.open, after.open) {
        (true, false) => Some("closes".to_owned()),
        (false, true) => Some("opens again".to_owned()),
        (true, true) | (false, false) => None,
    };
    let others = words::other_fields(change);
    let own: Vec<String> = door.into_iter().chain(moved).collect();
    match (own.is_empty(), others.is_empty()) {
        (true, _) => others.join(", "),
        (false, true) => own.join(", "),
        (false, false) => format!("{}; also {}", own.join(", "), others.join(", ")),
    }
}

/// Every cause with its fix, most cases first.
fn attention(plan: &Plan, options: &Options) -> Vec<String> {
    let cases = |count| plural(count, "case", "cases");
    if options.names.is_some() {
        let named = |found: &[CaseId]| found.iter().map(|case| escape(&options.case(*case))).collect::<Vec<_>>().join("; ");
        let line = |(reason, found): (&Reason, Vec<CaseId>)| format!("{}: {}: {}", cases(found.len()), cause(reason), named(&found));
        return by_text(plan).into_iter().map(line).collect();
    }
    let mut causes: BTreeMap<String, usize> = BTreeMap::new();
    for (reason, found) in by_text(plan) {
        let words = if names_nobody(reason.code) { cause(reason) } else { headline(reason.code).to_owned() };
        *causes.entry(words).or_default() += found.len();
    }
    let mut causes: Vec<(String, usize)> = causes.into_iter().collect();
    causes.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    causes.into_iter().map(|(words, count)| format!("{}: {words}", cases(count))).collect()
}

fn cause(reason: &Reason) -> String {
    format!("{} &rarr; {}", sentence(&reason.text), sentence(&reason.fix))
}

/// Whether reasons of this sort name neither cases nor people nor quote another system: only those stand whole in a comment
/// that many can read.
fn names_nobody(code: ReasonCode) -> bool {
    match code {
        ReasonCode::NoClient
        | ReasonCode::CompanyClient
        | ReasonCode::NoUsablePhone
        | ReasonCode::ClientChanged
        | ReasonCode::StageNotMapped
        | ReasonCode::PracticeAreaNotMapped
        | ReasonCode::RequiredFieldEmpty
        | ReasonCode::BadValue
        | ReasonCode::StatusUnknown
        | ReasonCode::TwoPortalRecords
        | ReasonCode::LookalikeInPortal
        | ReasonCode::PortalRecordGone
        | ReasonCode::ChangedByHand
        | ReasonCode::OutOfScope
        | ReasonCode::GoneFromMyCase
        | ReasonCode::ClosedByHand
        | ReasonCode::Renamed => true,
        ReasonCode::NoLeadAttorney
        | ReasonCode::StaffUnknown
        | ReasonCode::ClientUnclear
        | ReasonCode::SharedPhone
        | ReasonCode::SameReadableId
        | ReasonCode::Refused
        | ReasonCode::FileTooLarge
        | ReasonCode::FileVanished
        | ReasonCode::FileNotWhole
        | ReasonCode::CarryRefused
        | ReasonCode::FileForClosedCase
        | ReasonCode::CarryUnclear => false,
    }
}
