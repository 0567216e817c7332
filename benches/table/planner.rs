//! What a run computes when nothing has changed, for firms of 1,000 to 1,000,000 linked cases: cases are mapped, compared with
//! their links, which are read from a redb file, and put together as an (empty) plan, fed page by page as `sync::study` does.
//! And what keeping a link costs ([`links`]).
//!
//! Not measured: HTTP, decoding MyCase's JSON, writing the report. The pages of 1000 cases are generated between the measured
//! pieces and dropped. The states are filled by one process and read by another, so that only the measured work counts as memory;
//! the files are then in the system's page cache, as they are on a machine that ran them lately.

use crate::desk::{Desk, PAGE};
use crate::process::{SELF, once_more, peak_mb, thread_processor};
use crate::row::{at_most, plain, thousands};
use crate::{Done, links};
use camino::Utf8Path;
use casebridge::domain::Scan;
use casebridge::plan::{Context, Look, Plan, Planner, Reach};
use serde::{Deserialize, Serialize};
use std::error::Error;

/// Makes this program look at so many cases each with the states of a folder.
pub(crate) const LOOK: &str = "--look";

/// Firms, and how often each is measured in one pass: the quietest counts.
const FIRMS: [(u64, usize); 4] = [(1_000, 3), (10_000, 3), (100_000, 3), (1_000_000, 1)];
/// The sizes are measured in turn, so that a machine whose speed moves from minute to minute moves all of them.
const PASSES: usize = 3;

/// What looking at all cases took, in seconds of the processor.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Looked {
    /// Before the first case: mapper, planner, the state's snapshot.
    before: f64,
    /// From the first case to the plan.
    cases: f64,
    peak_mb: f64,
}

impl Looked {
    const MOST: Looked = Looked { before: f64::MAX, cases: f64::MAX, peak_mb: 0.0 };

    fn or_quieter(self, other: Looked) -> Looked {
        Looked { before: self.before.min(other.before), cases: self.cases.min(other.cases), peak_mb: self.peak_mb.max(other.peak_mb) }
    }
}

/// What one size cost in its quietest pass.
struct Cost {
    cases: u64,
    /// Keeping a link more, in memory, in seconds of the processor.
    kept: f64,
    /// Keeping one of all links from the first on, on the disk.
    on_disk: f64,
    looked: Looked,
}

/// All of it.
pub(crate) fn scene() -> Done {
    let dir = tempfile::tempdir()?;
    let dir: &Utf8Path = dir.path().try_into()?;
    let mut costs = FIRMS.map(|(cases, _)| Cost { cases, kept: f64::MAX, on_disk: f64::MAX, looked: Looked::MOST });
    for _ in 0..PASSES {
        for Cost { cases, kept, on_disk, looked } in &mut costs {
            let firms = dir.join(cases.to_string());
            *kept = kept.min(links::more_in_memory(*cases)?);
            *on_disk = on_disk.min(links::keep(&firms, *cases)?);
            *looked = looked.or_quieter(once_more(&[LOOK, firms.as_str(), &cases.to_string()])?);
        }
    }
    for Cost { cases, looked, .. } in &costs {
        let all = looked.before + looked.cases;
        if *cases == 100_000 {
            at_most("mapping and planning 100,000 linked, unchanged cases: processor", all, "s", 0.3);
            at_most("the same: most memory, links read from the file", looked.peak_mb, "MB", 60.0);
        }
        if *cases == 1_000_000 {
            plain("mapping and planning 1,000,000 linked, unchanged cases: processor", all, "s");
            plain("the same: most memory", looked.peak_mb, "MB");
        }
    }
    flat("mapping and planning, each case", &costs, |cost| cost.looked.cases / cost.cases as f64);
    flat("keeping a link more, each, files in memory where it has room", &costs, |cost| cost.kept);
    for cost in &costs {
        let what = format!("keeping all links of new firms on this disk, each, {} cases: processor", thousands(cost.cases));
        plain(&what, cost.on_disk * 1e6, "µs");
    }
    Ok(())
}

/// The cost of one at each size, and how far the sizes lie apart.
fn flat(what: &str, costs: &[Cost], each: fn(&Cost) -> f64) {
    for cost in costs {
        plain(&format!("{what}, {} cases: processor", thousands(cost.cases)), each(cost) * 1e6, "µs");
    }
    let spread = costs.iter().map(each).fold(f64::MIN, f64::max) / costs.iter().map(each).fold(f64::MAX, f64::min);
    at_most(&format!("{what}: the dearest size over the cheapest"), spread, "", 1.1);
}

/// Looks at all cases of all firms again and again and prints what the quietest looks cost, each.
pub(crate) fn look(firms: &Utf8Path, cases: u64) -> Done {
    let desks = Desk::several(firms, cases)?;
    let times = FIRMS.iter().find(|(known, _)| *known == cases).map_or(1, |(_, times)| *times);
    let mut best = Looked::MOST;
    for _ in 0..times {
        let (before, cases) = looks(&desks, cases)?;
        best = best.or_quieter(Looked { before, cases, peak_mb: peak_mb(SELF) });
    }
    println!("{}", serde_json::to_string(&best)?);
    Ok(())
}

/// One look at each firm; what one took.
fn looks(desks: &[Desk], cases: u64) -> Result<(f64, f64), Box<dyn Error>> {
    let (mut before, mut took) = (0.0, 0.0);
    for desk in desks {
        let (first, rest, plan) = round(desk, cases)?;
        assert_eq!((plan.unchanged as u64, plan.changes.len(), plan.exceptions.len()), (cases, 0, 0));
        (before, took) = (before + first, took + rest);
    }
    Ok((before / desks.len() as f64, took / desks.len() as f64))
}

/// One run's computing in seconds of the processor, before the first case and from there on; generating cases is left out.
fn round(desk: &Desk, cases: u64) -> Result<(f64, f64, Plan), Box<dyn Error>> {
    let begun = thread_processor();
    let mapper = desk.mapper()?;
    let mut planner = Planner::new(context(desk, cases));
    let links = desk.store.links()?;
    let mut walk = links.walk();
    let before = thread_processor() - begun;
    let mut took = 0.0;
    for page in 0..cases / PAGE {
        let page = desk.page(page);
        let begun = thread_processor();
        for case in &page {
            let (wanted, link) = (mapper.map(case), walk.get(case.id)?);
            if planner.look(&wanted, link.as_ref()) != Look::InStep {
                return Err(format!("case {} is not in step", case.id).into());
            }
        }
        took += thread_processor() - begun;
    }
    let begun = thread_processor();
    let gone = walk.others(|case| planner.was_read(case))?;
    let scan = Scan { read: cases as usize, announced: Some(cases as usize), doubts: Vec::new() };
    let plan = planner.finish(&scan, gone);
    Ok((before, took + thread_processor() - begun, plan))
}

fn context(desk: &Desk, cases: u64) -> Context {
    Context {
        firm: desk.firm.clone(),
        prints: desk.vault.fingerprinter(&desk.firm.id),
        now: desk.now,
        first: false,
        lookback: jiff::Timestamp::MIN,
        reach: Reach::Everything,
        rewrite: false,
        listing: None,
        last_scan: Some(cases as usize),
        selected: Default::default(),
    }
}
