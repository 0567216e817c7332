//! A plan as a comment on a pull request: counts first, details folded, no client data and no case unless asked for.

use super::words::{self, Options, counts_line, group, headline, plural};
use crate::domain::Kind;
use crate::plan::{Change, Judged, LimitLine, Plan};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The whole comment, ending in a newline.
pub fn markdown(plan: &Plan, judged: &Judged, options: &Options) -> String {
    let mut out = String::new();
    line(&mut out, &format!("### casebridge: what a run would do for `{}`\n", plan.firm));
    line(&mut out, &format!("**{}**\n", counts_line(&plan.counts())));
    for doubt in &plan.doubts {
        line(&mut out, &format!("> Not the whole picture: {doubt}.\n"));
    }
    if let Some(held) = &judged.held {
        line(
            &mut out,
            &format!("> **{} for approval** (plan `{}`).", plural(held.changes.len(), "case would wait", "cases would wait"), options.plan),
        );
        words::why_held(held).iter().for_each(|why| line(&mut out, &format!("> {why}")));
        line(&mut out, "");
    }
    table(&mut out, &judged.limits);
    for kind in Kind::ALL {
        let changes: Vec<&Change> = plan.changes.iter().filter(|change| change.kind() == kind).collect();
        fold(&mut out, &group(kind, changes.len()), &changes, options);
    }
    let swaps: Vec<&Change> = plan.swaps.iter().collect();
    fold(&mut out, &plural(swaps.len(), "case with another client now", "cases with another client now"), &swaps, options);
    attention(&mut out, plan, options);
    plan.notes.iter().for_each(|note| line(&mut out, &format!("- {}", escape(note))));
    out
}

fn line(out: &mut String, text: &str) {
    // Writing to a String cannot fail.
    let _always_fine = writeln!(out, "{text}");
}

fn table(out: &mut String, limits: &[LimitLine]) {
    let used: Vec<_> = limits.iter().filter(|limit| limit.planned > 0).collect();
    if used.is_empty() {
        return;
    }
    line(out, "| Kind | Planned | Allowed | |\n|---|---:|---:|---|");
    for LimitLine { kind, limit, planned, exceeded } in used {
        let allowed = limit.map_or("no limit".into(), |limit| limit.to_string());
        line(out, &format!("| {kind} | {planned} | {allowed} | {} |", if *exceeded { "over the limit" } else { "" }));
    }
    line(out, "");
}

/// Cases with their moves when names may be shown; else the moves with how many cases make them.
fn fold(out: &mut String, title: &str, changes: &[&Change], options: &Options) {
    if changes.is_empty() {
        return;
    }
    line(out, &format!("<details><summary>{title}</summary>\n"));
    let what = |change: &Change| {
        let parts: Vec<String> = words::moves(change).into_iter().chain(words::other_fields(change)).collect();
        escape(&parts.join("; "))
    };
    let most = options.most.unwrap_or(usize::MAX);
    let lines: Vec<String> = if options.names.is_some() {
        changes.iter().map(|change| format!("{}: {}", escape(&options.case(change.case)), what(change))).collect()
    } else {
        let mut groups: BTreeMap<String, usize> = BTreeMap::new();
        changes.iter().for_each(|change| *groups.entry(what(change)).or_default() += 1);
        let mut groups: Vec<(String, usize)> = groups.into_iter().collect();
        groups.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        groups.into_iter().map(|(what, count)| format!("{}: {what}", plural(count, "case", "cases"))).collect()
    };
    lines.iter().take(most).for_each(|text| line(out, &format!("- {text}")));
    if lines.len() > most {
        line(out, &format!("- ... and {} more", lines.len() - most));
    }
    line(out, "\n</details>\n");
}

fn attention(out: &mut String, plan: &Plan, options: &Options) {
    if plan.exceptions.is_empty() {
        return;
    }
    let count = plan.exceptions.len();
    line(out, &format!("<details><summary>{}</summary>\n", plural(count, "case needs attention", "cases need attention")));
    if options.names.is_some() {
        for (reason, cases) in super::text::by_text(plan) {
            let named: Vec<String> = cases.iter().map(|case| escape(&options.case(*case))).collect();
            line(
                out,
                &format!(
                    "- {}: {}. {}: {}",
                    plural(cases.len(), "case", "cases"),
                    escape(&reason.text),
                    escape(&reason.fix),
                    named.join("; ")
                ),
            );
        }
    } else {
        // Reasons may name cases, so only their headlines stand in a comment that many can read.
        let mut groups: BTreeMap<&str, usize> = BTreeMap::new();
        for exception in &plan.exceptions {
            let mut codes: Vec<_> = exception.reasons.iter().map(|reason| reason.code).collect();
            codes.dedup();
            codes.into_iter().for_each(|code| *groups.entry(headline(code)).or_default() += 1);
        }
        groups.iter().for_each(|(words, count)| line(out, &format!("- {}: {words}", plural(*count, "case", "cases"))));
    }
    line(out, "\n</details>\n");
}

/// Text from outside cannot format, link or mention.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '@' => out.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '!' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
