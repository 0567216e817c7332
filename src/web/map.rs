//! The stage map, drawn as two columns with lines between them: pure. The same stands in a table beside it.

use crate::operations::{AreaMap, FromStage, StageRule, ToStage};
use crate::plan::render::plural;
use serde::Serialize;

/// One practice area's map, ready to be drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Drawn {
    /// The heading.
    title: String,
    from: Vec<FromRow>,
    to: Vec<ToRow>,
    /// How many rows the longer column has.
    rows: usize,
    /// The drawing's height in its own units.
    height: usize,
    lines: Vec<Line>,
}

/// A stage of MyCase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct FromRow {
    stage: String,
    cases: usize,
    /// Where it leads, or why nowhere.
    leads: String,
    /// It leads to no stage.
    nowhere: bool,
    line: Option<u32>,
}

/// A stage of the portal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct ToRow {
    stage: String,
    cases: usize,
}

/// A line from the middle of one row to the middle of another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Line {
    from: usize,
    to: usize,
    /// No case stands there.
    idle: bool,
}

/// The drawing's height in its own units, however many rows there are.
const HEIGHT: usize = 1000;

/// The middle of a row of a column that is spread evenly.
fn middle(row: usize, rows: usize) -> usize {
    (2 * row + 1) * HEIGHT / (2 * rows.max(1))
}

/// Draws one map.
pub(super) fn drawn(area: &AreaMap) -> Drawn {
    let AreaMap { practice_area, portal_area, from, to } = area;
    let title = match (practice_area, portal_area) {
        (None, _) => "All practice areas".to_owned(),
        (Some(mycase), Some(portal)) if mycase.to_lowercase() != portal.to_lowercase() => format!("{mycase}, in the portal {portal}"),
        (Some(_), Some(portal)) => portal.clone(),
        (Some(mycase), None) => mycase.clone(),
    };
    let rank = |name: &str| to.iter().position(|to| to.stage.as_deref() == Some(name));
    let lines = from.iter().enumerate().filter_map(|(at, stage)| {
        let leads = rank(stage.to.as_deref()?)?;
        Some(Line { from: middle(at, from.len()), to: middle(leads, to.len()), idle: stage.cases == 0 })
    });
    Drawn {
        title,
        lines: lines.collect(),
        rows: from.len().max(to.len()),
        height: HEIGHT,
        from: from.iter().map(row).collect(),
        to: to.iter().map(|ToStage { stage, cases }| ToRow { stage: named(stage), cases: *cases }).collect(),
    }
}

fn row(stage: &FromStage) -> FromRow {
    let FromStage { stage: name, cases, to, rule, line } = stage;
    let leads = match (rule, to) {
        (StageRule::Map, Some(to)) => to.clone(),
        (StageRule::SameName, Some(to)) => format!("{to} (the same name)"),
        (StageRule::Hidden, _) => "hidden: clients keep seeing the stage before".to_owned(),
        (StageRule::Keep, _) => "not in the map: clients keep seeing the stage before".to_owned(),
        (StageRule::LeftOut, _) => "left out by [cases] skip_stages".to_owned(),
        (StageRule::NotInMap | StageRule::Map | StageRule::SameName, _) => "not in the map: needs attention".to_owned(),
    };
    FromRow { stage: named(name), cases: *cases, leads, nowhere: to.is_none(), line: line.filter(|line| *line > 0) }
}

fn named(stage: &Option<String>) -> String {
    stage.clone().unwrap_or_else(|| "(no stage)".to_owned())
}

/// What lies between where cases are and where the map leads.
pub(super) fn drift(open: usize, would_move: usize, not_in_map: usize, left_out: usize) -> Vec<String> {
    let mut said = match would_move {
        0 => vec![format!("{}, and none would move.", plural(open, "open case is linked", "open cases are linked"))],
        1 => vec!["1 case would move: it is not where the map leads.".to_owned()],
        more => vec![format!("{more} cases would move: they are not where the map leads.")],
    };
    if open == 0 {
        said = vec!["No open case is linked yet.".to_owned()];
    }
    let more = [(not_in_map, "in a stage that is not in the map"), (left_out, "left out by [cases]")];
    said.extend(
        more.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{} {what}.", plural(*count, "case is", "cases are"))),
    );
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_join_the_middles_of_rows_and_what_leads_nowhere_is_said() {
        let from = |stage: &str, to: Option<&str>, rule| FromStage {
            stage: Some(stage.to_owned()),
            cases: 2,
            to: to.map(str::to_owned),
            rule,
            line: Some(7),
        };
        let to = |stage: &str| ToStage { stage: Some(stage.to_owned()), cases: 1 };
        let area = AreaMap {
            practice_area: Some("PI".to_owned()),
            portal_area: Some("Personal Injury".to_owned()),
            from: vec![from("Demand Sent", Some("Demand"), StageRule::Map), from("Conflict Check", None, StageRule::Hidden)],
            to: vec![to("Getting Started"), to("Demand")],
        };
        let drawn = drawn(&area);
        assert_eq!((drawn.title.as_str(), drawn.rows), ("PI, in the portal Personal Injury", 2));
        assert_eq!(drawn.lines, [Line { from: 250, to: 750, idle: false }]);
        assert!(drawn.from[1].nowhere && drawn.from[1].leads.starts_with("hidden"));
    }

    #[test]
    fn drift_is_said_in_words() {
        assert_eq!(drift(10, 3, 0, 0), ["3 cases would move: they are not where the map leads."]);
        assert_eq!(drift(0, 0, 0, 0), ["No open case is linked yet."]);
        assert_eq!(drift(4, 0, 1, 0).len(), 2);
    }
}
