//! When the firms' schedules run next, at the end of `check`: in full for a few firms, a line each for some, and nothing for
//! a whole folder of hundreds, where nobody reads it.

use crate::config::{self, Firm};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// How many runs of each schedule are told.
const RUNS: usize = 3;
/// Up to so many firms are told in full.
const IN_FULL: usize = 4;
/// Up to so many have a line each.
const A_LINE_EACH: usize = 40;

/// For people.
pub(super) fn text(firms: &[Arc<Firm>], now: Timestamp) -> String {
    if firms.len() <= IN_FULL {
        return firms.iter().map(|firm| in_full(firm, now)).collect();
    }
    if firms.len() <= A_LINE_EACH {
        let lines: String = firms.iter().map(|firm| line(firm, now)).collect();
        return format!("\nThe next run of each schedule, in the firm's time:\n{lines}");
    }
    format!("When one of these {} firms runs next: `casebridge check FILE`\n", firms.len())
}

/// For scripts: every firm, every schedule that is on.
pub(super) fn json(firms: &[Arc<Firm>], now: Timestamp) -> Value {
    let runs = |firm: &Firm| -> Map<String, Value> {
        let runs = config::next_runs(firm, now, RUNS).into_iter().filter(|runs| !runs.times.is_empty());
        runs.map(|runs| (runs.schedule.to_owned(), runs.times.iter().map(|time| json!(time.timestamp())).collect())).collect()
    };
    Value::Object(firms.iter().map(|firm| (firm.id.to_string(), Value::Object(runs(firm)))).collect())
}

/// The next runs of one firm, in its own time.
fn in_full(firm: &Firm, now: Timestamp) -> String {
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

fn line(firm: &Firm, now: Timestamp) -> String {
    if !firm.active {
        return format!("  {}: inactive\n", firm.id);
    }
    let next = config::next_runs(firm, now, 1).into_iter();
    let next: Vec<String> =
        next.filter_map(|runs| Some(format!("{} {}", runs.schedule, runs.times.first()?.strftime("%a %H:%M")))).collect();
    format!("  {}: {}\n", firm.id, if next.is_empty() { "off".to_owned() } else { next.join(", ") })
}
