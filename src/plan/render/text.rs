//! A plan as a person reads it on a terminal: counts first, then what would change, what waits, what needs attention.

use super::words::{self, Options, capital, counts_line, group, one_line, plural};
use crate::domain::{CaseId, Kind, Reason};
use crate::plan::{Change, Judged, Plan};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The whole text, ending in a newline. Colours and widths are the caller's.
pub fn text(plan: &Plan, judged: &Judged, options: &Options) -> String {
    let mut out = String::new();
    line(&mut out, 0, &format!("Plan {} for {}: {}.", options.plan, plan.firm, counts_line(&plan.counts())));
    for doubt in &plan.doubts {
        line(&mut out, 0, &format!("Not the whole picture: {doubt}. Nothing is concluded from cases that are absent."));
    }
    for kind in Kind::ALL {
        let changes: Vec<&Change> = plan.changes.iter().filter(|change| change.kind() == kind).collect();
        changes_of(&mut out, &group(kind, changes.len()), &changes, options);
    }
    let swaps: Vec<&Change> = plan.swaps.iter().collect();
    changes_of(&mut out, &plural(swaps.len(), "case with another client now", "cases with another client now"), &swaps, options);
    waiting(&mut out, plan, judged, options);
    attention(&mut out, plan, options);
    limits(&mut out, judged);
    if !plan.notes.is_empty() {
        line(&mut out, 0, "\nWorth knowing");
        plan.notes.iter().for_each(|note| line(&mut out, 1, note));
    }
    out
}

fn line(out: &mut String, depth: usize, text: &str) {
    // Writing to a String cannot fail.
    let _always_fine = writeln!(out, "{:indent$}{text}", "", indent = depth * 2);
}

fn changes_of(out: &mut String, title: &str, changes: &[&Change], options: &Options) {
    if changes.is_empty() {
        return;
    }
    line(out, 0, &format!("\n{}", capital(title)));
    let most = options.most.unwrap_or(usize::MAX);
    for change in changes.iter().take(most) {
        line(out, 1, &options.case(change.case));
        let mut what = words::moves(change);
        let others = words::other_fields(change);
        if !others.is_empty() {
            what.push(if change.before.is_none() { format!("with {}", others.join(", ")) } else { others.join(", ") });
        }
        line(out, 2, &what.join("; "));
        if options.show_values {
            values(out, change);
        }
        change.why.iter().for_each(|why| line(out, 3, &one_line(why)));
    }
    if changes.len() > most {
        line(out, 1, &format!("... and {} more", changes.len() - most));
    }
}

fn values(out: &mut String, change: &Change) {
    let shown = |record: &crate::domain::Record| {
        let clients = record.clients.iter().map(|client| {
            let reach = [client.phone.as_deref(), client.email.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(", ");
            format!("{} {} ({reach})", client.first_name, client.last_name)
        });
        let fields = record.fields.iter().chain(&record.extra).map(|(field, value)| format!("{field}: {value}"));
        let attorney = record.attorney.iter().map(|attorney| format!("attorney: {attorney}"));
        clients.chain(attorney).chain(fields).map(|text| one_line(&text)).collect::<Vec<_>>()
    };
    let before = change.before.as_ref().map(shown).unwrap_or_default();
    let after = shown(&change.after);
    before.iter().filter(|text| !after.contains(text)).for_each(|text| line(out, 3, &format!("- {text}")));
    after.iter().filter(|text| !before.contains(text)).for_each(|text| line(out, 3, &format!("+ {text}")));
}

fn waiting(out: &mut String, plan: &Plan, judged: &Judged, options: &Options) {
    if let Some(held) = &judged.held {
        let own = held.changes.iter().filter(|change| change.hold.is_none()).count();
        line(out, 0, "\nWaiting for approval");
        words::why_held(held).iter().for_each(|why| line(out, 1, why));
        if own > 0 {
            line(out, 1, &format!("{}: casebridge approve {} {}", plural(own, "case waits", "cases wait"), plan.firm, options.plan));
        }
        if held.changes.len() > own {
            let swaps = plural(held.changes.len() - own, "changed client waits", "changed clients wait");
            line(out, 1, &format!("{swaps}: casebridge approve {} {} --only contact", plan.firm, options.plan));
        }
    }
    let later = judged.later.changes().len();
    if later > 0 {
        line(out, 0, &format!("\n{} for contact hours", capital(&plural(later, "case waits", "cases wait"))));
    }
}

/// Reasons by what they say, most cases first.
pub(super) fn by_text(plan: &Plan) -> Vec<(&Reason, Vec<CaseId>)> {
    let mut groups: BTreeMap<(&str, &str), (&Reason, Vec<CaseId>)> = BTreeMap::new();
    for exception in &plan.exceptions {
        for reason in &exception.reasons {
            groups.entry((&reason.text, &reason.fix)).or_insert((reason, Vec::new())).1.push(exception.case);
        }
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    groups.sort_by_key(|(reason, cases)| (std::cmp::Reverse(cases.len()), reason.code));
    groups
}

fn attention(out: &mut String, plan: &Plan, options: &Options) {
    if plan.exceptions.is_empty() {
        return;
    }
    let count = plan.exceptions.len();
    line(out, 0, &format!("\n{}", capital(&plural(count, "case needs attention", "cases need attention"))));
    let most = options.most.unwrap_or(usize::MAX);
    for (reason, cases) in by_text(plan) {
        line(out, 1, &format!("{}: {}", plural(cases.len(), "case", "cases"), one_line(&reason.text)));
        line(out, 2, &format!("-> {}", one_line(&reason.fix)));
        match &options.names {
            Some(_) => cases.iter().take(most).for_each(|case| line(out, 2, &options.case(*case))),
            None => line(out, 2, &cases.iter().take(most).map(CaseId::to_string).collect::<Vec<_>>().join(", ")),
        }
        if cases.len() > most {
            line(out, 2, &format!("... and {} more", cases.len() - most));
        }
    }
}

fn limits(out: &mut String, judged: &Judged) {
    let used: Vec<_> = judged.limits.iter().filter(|limit| limit.planned > 0).collect();
    if used.is_empty() {
        return;
    }
    line(out, 0, "\nLimits (with what was written without approval in the last 24 hours)");
    for limit in used {
        let allowed = limit.limit.map_or("no limit".into(), |allowed| format!("{allowed} allowed"));
        let over = if limit.exceeded { "  OVER THE LIMIT" } else { "" };
        line(out, 1, &format!("{:8} {}, {allowed}{over}", limit.kind.word(), limit.planned));
    }
}
