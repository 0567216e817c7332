//! The plan that waits: shown with its counts, asked about once more, then approved or dropped as a whole. For parts of it there
//! is the command line.
//!
//! A plan's name stands for exactly its changes, so a page that is an hour old cannot approve what it did not show: another
//! plan bears another name. The page has no accounts; what is kept is the name that was typed, and from where.

use super::asking::Stop;
use super::cases::{Link, link};
use super::pages::Message;
use super::site::{Shared, Site};
use super::visitor::Visitor;
use super::words;
use crate::daemon::Refusal;
use crate::domain::{FirmId, near, zone};
use crate::operations::{Answer, ApproveAsk, Ask, Caller, FirmStatus, Moved, WaitingPlan};
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use std::time::Duration;
use tokio::time::timeout;

/// A browser waits so long for what a plan came to; then it is told to look again.
const PATIENCE: Duration = Duration::from_secs(10);
/// A longer name is none.
const LONGEST_NAME: usize = 80;

/// A plan as the page shows it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Shown {
    plan: String,
    cases: usize,
    saved: String,
    ends: String,
    run: Option<u64>,
    /// Why it waits.
    why: Vec<String>,
    kinds: Vec<(String, usize)>,
    areas: Vec<(String, usize)>,
    moves: Vec<Move>,
    /// What the portal may do about it.
    contact: Vec<String>,
    other_clients: usize,
    shown: Vec<Case>,
}

/// A move that several cases make.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Move {
    area: String,
    from: String,
    to: String,
    cases: usize,
}

/// A case of the plan.
#[derive(Debug, Clone, Serialize)]
struct Case {
    link: Link,
    name: Option<String>,
    kinds: Vec<&'static str>,
}

impl Move {
    pub(super) fn of(moved: &Moved) -> Move {
        let Moved { practice_area, from, to, cases } = moved;
        let stage = |stage: &Option<String>| stage.clone().unwrap_or_else(|| "(none)".to_owned());
        Move { area: practice_area.clone(), from: stage(from), to: stage(to), cases: *cases }
    }
}

/// A plan as the page shows it.
pub(super) fn shown(plan: &WaitingPlan, cases_url: Option<&str>, now: Timestamp, zone: &TimeZone) -> Shown {
    let WaitingPlan { plan: name, saved_at, expires_at, run, cases, kinds, practice_areas, moves, .. } = plan;
    let area = |area: &str| if area.is_empty() { "(none)".to_owned() } else { area.to_owned() };
    let case = |case: &crate::operations::WaitingCase| Case {
        link: link(case.case, cases_url),
        name: case.name.clone(),
        kinds: case.kinds.iter().map(|kind| words::kind(*kind)).collect(),
    };
    Shown {
        plan: name.to_string(),
        cases: *cases,
        saved: near(*saved_at, now, zone),
        ends: near(*expires_at, now, zone),
        run: run.map(|run| run.0),
        why: why(plan),
        kinds: kinds.iter().map(|counted| (words::kind(counted.of).to_owned(), counted.cases)).collect(),
        areas: practice_areas.iter().map(|counted| (area(&counted.of), counted.cases)).collect(),
        moves: moves.iter().map(Move::of).collect(),
        contact: plan.may_contact.clone(),
        other_clients: plan.other_clients,
        shown: plan.shown.iter().map(case).collect(),
    }
}

/// Why it waits.
fn why(plan: &WaitingPlan) -> Vec<String> {
    let mut why = Vec::new();
    if plan.first {
        why.push("A first import waits for one yes, whole.".to_owned());
    }
    // Whatever the limits say, a first import waits.
    for line in plan.limits.iter().filter(|line| line.exceeded && !plan.first) {
        let allowed = line.limit.map_or_else(|| "no limit".to_owned(), |limit| limit.to_string());
        why.push(format!("{}: {} within a day, {allowed} allowed.", words::kind(line.kind), line.planned));
    }
    if plan.left_out > 0 {
        why.push(format!("{} of its cases were left out of an earlier yes.", plan.left_out));
    }
    why
}

/// Yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answered {
    Yes,
    No,
}

/// The question, with the counts once more.
pub(super) async fn ask(state: State<Shared>, visitor: Extension<Visitor>, path: Path<(String, String)>) -> Result<Response, Stop> {
    question(&state.0, &visitor.0, path.0, Answered::Yes).await
}

/// The same before it is dropped.
pub(super) async fn ask_to_reject(
    state: State<Shared>,
    visitor: Extension<Visitor>,
    path: Path<(String, String)>,
) -> Result<Response, Stop> {
    question(&state.0, &visitor.0, path.0, Answered::No).await
}

/// The question's page.
#[derive(Serialize)]
struct Question {
    firm: String,
    name: String,
    yes: bool,
    waiting: Shown,
    nameless: bool,
}

async fn question(site: &Site, visitor: &Visitor, path: (String, String), answer: Answered) -> Result<Response, Stop> {
    let found = looked_up(site, visitor, &path).await?;
    Ok(asked(site, visitor, &found, answer, false))
}

/// What a path names.
struct Found {
    firm: FirmId,
    status: FirmStatus,
    plan: WaitingPlan,
}

fn asked(site: &Site, visitor: &Visitor, found: &Found, answer: Answered, nameless: bool) -> Response {
    let Found { firm, status, plan } = found;
    let zone = zone(status.time_zone.as_deref());
    let waiting = shown(plan, status.cases_url.as_deref(), site.clock.now(), &zone);
    let question = Question { firm: firm.to_string(), name: status.name.clone(), yes: answer == Answered::Yes, waiting, nameless };
    site.page(visitor, "approve.html", question)
}

/// The firm and the plan that waits, when it is the one that the path names.
async fn looked_up(site: &Site, visitor: &Visitor, path: &(String, String)) -> Result<Found, Stop> {
    let firm = site.firm(visitor, &path.0)?;
    let status = site.status_of(visitor, &firm).await?;
    match site.ask(visitor, &firm, Ask::Waiting { show_names: site.show_names }).await {
        Ok(Answer::Waiting(Some(plan))) if plan.plan.0 == path.1 => Ok(Found { firm, status, plan: *plan }),
        Ok(Answer::Waiting(_)) => Err(gone(site, visitor, &firm).into()),
        other => Err(site.unanswered(visitor, &firm, other)),
    }
}

/// Somebody was faster, or a later run made another plan.
fn gone(site: &Site, visitor: &Visitor, firm: &FirmId) -> Response {
    let message = Message {
        title: "This plan waits no longer".to_owned(),
        text: vec!["It was approved or dropped meanwhile, or another run found something else. Nothing was done.".to_owned()],
        command: None,
        next: Some((format!("/firms/{firm}"), "See what waits now".to_owned())),
    };
    site.message(visitor, StatusCode::CONFLICT, message)
}

/// Approves the whole plan.
pub(super) async fn approve(
    State(site): State<Shared>,
    Extension(visitor): Extension<Visitor>,
    Path(path): Path<(String, String)>,
) -> Result<Response, Stop> {
    let found = looked_up(&site, &visitor, &path).await?;
    let Some(name) = name(visitor.field("who")) else {
        return Err((StatusCode::BAD_REQUEST, asked(&site, &visitor, &found, Answered::Yes, true)).into_response().into());
    };
    let Found { firm, plan, .. } = found;
    let by = Caller::named(&name, &visitor.from());
    let ask = ApproveAsk { plan: plan.plan.0, only: Vec::new(), practice_area: None, except: Vec::new(), now: false };
    let Ok(answer) = timeout(PATIENCE, site.daemon.ask(firm.clone(), Ask::Approve(ask), by)).await else {
        // It goes on, whether or not anybody waits.
        return Ok(under_way(&site, &visitor, &firm));
    };
    match answer {
        Ok(Answer::Run(report)) if report.run.0 > 0 => {
            let base = site.addresses.base();
            Ok(Redirect::to(&format!("{base}/firms/{firm}/runs/{}", report.run)).into_response())
        }
        Ok(Answer::Run(report)) => {
            let text = report.error.map_or_else(|| "Nothing was done.".to_owned(), |error| error.text);
            Err(site.refused(&visitor, Some(&firm), &Refusal::new("run", text)).into())
        }
        other => Err(site.unanswered(&visitor, &firm, other)),
    }
}

fn under_way(site: &Site, visitor: &Visitor, firm: &FirmId) -> Response {
    let message = Message {
        title: "Approved, and under way".to_owned(),
        text: vec!["casebridge reads once more and writes what is still the same. It goes on whether or not you wait.".to_owned()],
        command: None,
        next: Some((format!("/firms/{firm}"), "Look how it goes".to_owned())),
    };
    site.message(visitor, StatusCode::ACCEPTED, message)
}

/// Drops the plan.
pub(super) async fn reject(
    State(site): State<Shared>,
    Extension(visitor): Extension<Visitor>,
    Path(path): Path<(String, String)>,
) -> Result<Response, Stop> {
    let Found { firm, plan, .. } = looked_up(&site, &visitor, &path).await?;
    match site.ask(&visitor, &firm, Ask::Reject { plan: plan.plan.0 }).await {
        Ok(Answer::Done { text }) => {
            let next = Some((format!("/firms/{firm}"), format!("Go to {firm}")));
            Ok(site.message(&visitor, StatusCode::OK, Message { title: "Dropped".to_owned(), text: vec![text], command: None, next }))
        }
        other => Err(site.unanswered(&visitor, &firm, other)),
    }
}

/// A name that somebody typed, on one line; `None` when there is none.
fn name(typed: &str) -> Option<String> {
    let name: String = typed.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}
