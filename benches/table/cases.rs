//! Whole runs of cases over HTTP on loopback: a first import, the run after it, the nightly run of a large firm in which nothing
//! has changed, ticks of changes. The sandbox that plays both sides is a process of its own (`casebridge sandbox
//! --no-rate-limits`), and each run is one, too ([`crate::run`]): what is counted is the client's part alone.
//!
//! Not measured: TLS, a real vendor's answering time, the vendors' rate limits (at Case Status' 10 requests a second 10,000
//! cases take 20 minutes). MyCase's budget of 25 requests in 1.1 seconds is kept: a nightly run mostly waits for it.

use crate::Done;
use crate::row::{at_least, at_most, plain};
use crate::run::{Run, What, in_a_process};
use crate::stand::{self, Connected, Hand, Sandbox};
use camino::Utf8Path;
use casebridge::sync::RunReport;
use http::Method;
use serde_json::json;
use std::error::Error;

const ROUNDS: usize = 3;
/// So many cases change their stage between two ticks.
const MOVED: usize = 50;

/// 10,000 cases are made in the portal, then read again.
pub(crate) fn import() -> Done {
    let mut best: Option<(Run, Run)> = None;
    for _ in 0..ROUNDS {
        let firm = NewFirm::new("10000")?;
        let (first, again) = (firm.run(What::Cases)?, firm.run(What::Cases)?);
        first_is_whole(&first.report);
        nothing_is_written(&again.report);
        if best.as_ref().is_none_or(|(best, _)| first.processor < best.processor) {
            best = Some((first, again));
        }
    }
    let Some((first, again)) = best else { return Ok(()) };
    let made = first.report.written;
    let what = format!("a first import of 10,000 cases ({made} made, {} requests): processor, client", first.report.requests.portal);
    at_most(&what, first.processor, "s", 1.0);
    at_least("the same: cases a second, sandbox on the same cores", made as f64 / first.seconds, "", 2000.0);
    plain("the same: most memory", first.peak_mb, "MB");
    plain("the run after it, nothing written: processor, client", again.processor, "s");
    Ok(())
}

/// 100,000 cases, all linked but those that need attention, none of them changed.
pub(crate) fn nightly() -> Done {
    let firm = NewFirm::new("100000")?;
    first_is_whole(&firm.run(What::Cases)?.report);
    let all_read = firm.run(What::Cases)?;
    nothing_is_written(&all_read.report);
    let mut best = firm.run(What::Cases)?;
    for _ in 1..ROUNDS {
        let run = firm.run(What::Cases)?;
        if run.processor < best.processor {
            best = run;
        }
    }
    nothing_is_written(&best.report);
    at_most("a whole nightly run, 100,000 cases, nothing changed: processor, client", best.processor, "s", 1.0);
    plain("of that until its state is open and checked, as the daemon does once at its start", best.opened, "s");
    at_most("the same: most memory", best.peak_mb, "MB", 60.0);
    plain("the same: on the wall, at MyCase's 25 requests in 1.1 s", best.seconds, "s");
    plain("a night in which each case is read (the first, one after an edit, one a week): processor, client", all_read.processor, "s");
    Ok(())
}

/// Ticks of changes over 10,000 cases: a quiet one, and one that finds some.
pub(crate) fn changes() -> Done {
    let firm = NewFirm::new("10000")?;
    first_is_whole(&firm.run(What::Cases)?.report);
    // What the import did not carry for good is looked at by this one.
    firm.run(What::Changes)?;
    let quiet = firm.run(What::Changes)?;
    nothing_is_written(&quiet.report);
    let moved = stand::runtime()?.block_on(firm.move_some())?;
    let found = firm.run(What::Changes)?;
    assert_eq!(found.report.written, moved, "{:#?}", found.report);
    at_most("a tick of changes that finds nothing, 10,000 cases: requests", quiet.report.requests.mycase as f64, "", 5.0);
    plain("the same: processor, client, its start included", quiet.processor * 1e3, "ms");
    plain(&format!("a tick of changes that moves {moved} cases: processor, client"), found.processor * 1e3, "ms");
    plain("the same: requests", (found.report.requests.mycase + found.report.requests.portal) as f64, "");
    Ok(())
}

/// A firm that has nothing in its portal, and its sandbox.
struct NewFirm {
    sandbox: Sandbox,
    dir: tempfile::TempDir,
}

impl NewFirm {
    fn new(cases: &str) -> Result<NewFirm, Box<dyn Error>> {
        let firm = NewFirm { sandbox: Sandbox::start(cases)?, dir: tempfile::tempdir()? };
        stand::runtime()?.block_on(Connected::new(firm.root()?, &firm.sandbox, ""))?;
        Ok(firm)
    }

    fn root(&self) -> Result<&Utf8Path, Box<dyn Error>> {
        Ok(Utf8Path::from_path(self.dir.path()).ok_or("a path that is no UTF-8")?)
    }

    fn run(&self, what: What) -> Result<Run, Box<dyn Error>> {
        in_a_process(self.root()?, what)
    }

    /// Gives some linked cases another stage in MyCase; says how many.
    async fn move_some(&self) -> Result<usize, Box<dyn Error>> {
        let hand = Hand::new(&self.sandbox)?;
        let found = hand.control(Method::GET, "/mycase/cases?stage=Treating&status=open", None).await?;
        let held = hand.control(Method::GET, "/case-status/cases", None).await?;
        let linked: std::collections::HashSet<String> =
            held.as_array().into_iter().flatten().filter_map(|case| Some(case["integration_id"].as_str()?.to_owned())).collect();
        let ids = found.as_array().into_iter().flatten().filter_map(|case| case["id"].as_u64());
        let ids: Vec<u64> = ids.filter(|id| linked.contains(&id.to_string())).take(MOVED).collect();
        for id in &ids {
            hand.control(Method::POST, &format!("/mycase/cases/{id}"), Some(&json!({ "stage": "Settled" }))).await?;
        }
        Ok(ids.len())
    }
}

fn first_is_whole(report: &RunReport) {
    assert!(report.complete && report.written > 0, "{report:#?}");
}

fn nothing_is_written(report: &RunReport) {
    assert_eq!((report.written, report.error.is_none()), (0, true), "{report:#?}");
}
