//! One run's page: what it came to, what failed, what was left out.

use super::asking::Stop;
use super::cases::{Link, link};
use super::site::Shared;
use super::visitor::Visitor;
use super::words::{self, RunLine};
use crate::daemon::Refusal;
use crate::domain::zone;
use crate::operations::{Answer, Ask};
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;

/// What the page shows.
#[derive(Serialize)]
struct Shown {
    firm: String,
    name: String,
    line: RunLine,
    seconds: String,
    mycase: u64,
    portal: u64,
    unchanged: usize,
    exceptions: usize,
    failures: Vec<(Link, String)>,
    moved: Vec<Link>,
    notes: Vec<String>,
}

/// The page.
pub(super) async fn page(
    State(site): State<Shared>,
    Extension(visitor): Extension<Visitor>,
    Path((firm, number)): Path<(String, u64)>,
) -> Result<Response, Stop> {
    let firm = site.firm(&visitor, &firm)?;
    let status = site.status_of(&visitor, &firm).await?;
    let runs = match site.ask(&visitor, &firm, Ask::Runs { last: usize::MAX }).await {
        Ok(Answer::Runs(runs)) => runs.runs,
        other => return Err(site.unanswered(&visitor, &firm, other)),
    };
    let Some(report) = runs.iter().find(|report| report.run.0 == number) else {
        let refusal = Refusal::new("no-such-run", format!("run {number} is not among the runs that are kept"));
        return Err(site.refused(&visitor, Some(&firm), &refusal).into());
    };
    let cases_url = status.cases_url.as_deref();
    let failures = report.failures.iter().map(|failure| (link(failure.case, cases_url), failure.text.clone()));
    let shown = Shown {
        firm: firm.to_string(),
        line: words::run(report, site.clock.now(), &zone(status.time_zone.as_deref())),
        seconds: format!("{:.1}", report.duration_seconds),
        mycase: report.requests.mycase,
        portal: report.requests.portal,
        unchanged: report.counts.unchanged,
        exceptions: report.counts.exceptions,
        failures: failures.collect(),
        moved: report.moved.iter().map(|case| link(*case, cases_url)).collect(),
        notes: report.notes.clone(),
        name: status.name,
    };
    Ok(site.page(&visitor, "run.html", shown))
}
