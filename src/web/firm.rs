//! A firm's page: everything that `status` says, what waits, what needs attention, the last runs, the stage map.

use super::asking::Stop;
use super::cases::{Link, link};
use super::site::{Shared, Site};
use super::visitor::{FormsLeadTo, Visitor};
use super::words::{self, Badge, NextLine, RunLine};
use super::{approve, chart, map};
use crate::domain::{FirmId, near, zone};
use crate::operations::{Answer, Ask, Attention, ConnectView, Connection, FirmStatus, StageMap, WaitingPlan, attention};
use crate::sync::RunReport;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Serialize;

/// How many runs the chart shows.
const CHARTED: usize = 30;
/// How many cases of one cause are links.
const LINKS: usize = 100;

/// The page.
pub(super) async fn page(
    State(site): State<Shared>,
    Extension(visitor): Extension<Visitor>,
    Path(firm): Path<String>,
) -> Result<Response, Stop> {
    let firm = site.firm(&visitor, &firm)?;
    let known = known(&site, &visitor, &firm).await?;
    let leads_to = known.connect.as_ref().map(|connect| Extension(FormsLeadTo(connect.authorize_site.clone())));
    let page = site.page(&visitor, "firm.html", shown(known, site.clock.now()));
    Ok(match leads_to {
        Some(leads_to) => (leads_to, page).into_response(),
        None => page,
    })
}

/// Everything that is known of a firm. Without a good file there is only the status.
struct Known {
    status: FirmStatus,
    attention: Vec<Attention>,
    runs: Vec<RunReport>,
    waiting: Option<WaitingPlan>,
    map: Option<StageMap>,
    connect: Option<ConnectView>,
}

async fn known(site: &Site, visitor: &Visitor, firm: &FirmId) -> Result<Known, Stop> {
    let status = site.status_of(visitor, firm).await?;
    let ask = |ask| site.ask(visitor, firm, ask);
    let (exceptions, runs, waiting, map, connect) = tokio::join!(
        ask(Ask::Exceptions),
        ask(Ask::Runs { last: CHARTED }),
        ask(Ask::Waiting { show_names: site.show_names }),
        ask(Ask::StageMap),
        ask(Ask::ConnectHow),
    );
    // A firm whose file was never good, or whose state another process holds, has none of these; its status says why.
    let attention = match exceptions {
        Ok(Answer::Exceptions(exceptions)) => attention(&exceptions, LINKS),
        _ => status.attention.clone(),
    };
    Ok(Known {
        status,
        attention,
        runs: match runs {
            Ok(Answer::Runs(runs)) => runs.runs,
            _ => Vec::new(),
        },
        waiting: match waiting {
            Ok(Answer::Waiting(waiting)) => waiting.map(|waiting| *waiting),
            _ => None,
        },
        map: match map {
            Ok(Answer::StageMap(map)) => Some(*map),
            _ => None,
        },
        connect: match connect {
            Ok(Answer::Connecting(connect)) => Some(*connect),
            _ => None,
        },
    })
}

/// What the page shows.
#[derive(Serialize)]
struct Shown {
    firm: String,
    name: String,
    state: Badge,
    pause: Option<String>,
    reconnect: Option<String>,
    state_error: Option<String>,
    file: String,
    trouble: bool,
    problems: Vec<Problem>,
    notes: Vec<String>,
    /// Connecting is the first thing to do.
    unconnected: bool,
    connection: Vec<String>,
    connect: Option<Connect>,
    next: Vec<NextLine>,
    last: Option<RunLine>,
    runs: Vec<RunLine>,
    chart: Option<chart::Chart>,
    exceptions: usize,
    attention: Vec<Cause>,
    waiting: Option<approve::Shown>,
    map: Option<Map>,
}

/// A problem of the file.
#[derive(Serialize)]
struct Problem {
    line: String,
    severity: String,
    message: String,
    help: String,
}

/// How to connect.
#[derive(Serialize)]
struct Connect {
    here: bool,
    again: bool,
    redirect_uri: String,
}

/// One cause of attention.
#[derive(Serialize)]
struct Cause {
    text: String,
    fix: String,
    cases: usize,
    links: Vec<Link>,
}

/// The stage map.
#[derive(Serialize)]
struct Map {
    portal: String,
    word: String,
    drift: Vec<String>,
    moves: Vec<approve::Move>,
    areas: Vec<map::Drawn>,
}

fn shown(known: Known, now: Timestamp) -> Shown {
    let Known { status, attention, runs, waiting, map, connect } = known;
    let zone = zone(status.time_zone.as_deref());
    let at = |at: Timestamp| near(at, now, &zone);
    let runs: Vec<RunLine> = runs.iter().map(|report| words::run(report, now, &zone)).collect();
    let cases_url = status.cases_url.as_deref();
    let cause = |cause: Attention| {
        let Attention { code: _, text, fix, cases, examples } = cause;
        Cause { text, fix, cases, links: examples.iter().map(|case| link(*case, cases_url)).collect() }
    };
    let pause = status.pause.as_ref().map(|pause| {
        let until = pause.until.map_or_else(|| format!("until casebridge resume {}", status.firm), |until| format!("until {}", at(until)));
        format!("Paused since {}, {until}: {}", at(pause.since), pause.reason)
    });
    let reconnect = status.reconnect.as_ref().map(|reconnect| format!("Since {}: {}", at(reconnect.since), reconnect.why));
    let in_use = status.file.since.map_or_else(String::new, |since| format!(" since {}", at(since)));
    let in_use = format!("In use{in_use} (version {}).", status.file.generation);
    let trouble = words::file_trouble(&status);
    let connection = connection(&status, &at);
    let connected = status.connection == Connection::Connected;
    Shown {
        firm: status.firm.to_string(),
        state: words::state(&status),
        pause,
        reconnect,
        trouble: trouble.is_some(),
        file: trouble.unwrap_or(in_use),
        problems: status.file.problems.iter().map(problem).collect(),
        connection,
        unconnected: !connected && status.state_error.is_none(),
        state_error: status.state_error,
        connect: connect.map(|view| Connect { here: view.caught_by_daemon, again: connected, redirect_uri: view.redirect_uri }),
        next: words::next(&status.next, now, &zone),
        last: status.last.as_ref().map(|last| words::run(last, now, &zone)),
        chart: chart::chart(&runs),
        runs,
        exceptions: status.exceptions,
        attention: attention.into_iter().map(cause).collect(),
        waiting: waiting.map(|plan| approve::shown(&plan, cases_url, now, &zone)),
        map: map.map(|map| Map {
            drift: map::drift(map.open, map.would_move, map.not_in_map, map.left_out),
            moves: map.moves.iter().map(approve::Move::of).collect(),
            areas: map.areas.iter().map(map::drawn).collect(),
            portal: map.portal,
            word: map.stage_word,
        }),
        name: status.name,
        notes: status.notes,
    }
}

fn connection(status: &FirmStatus, at: &impl Fn(Timestamp) -> String) -> Vec<String> {
    let mut said = Vec::new();
    match status.connection {
        Connection::Connected => said.extend(status.connection_since.map(|since| format!("Connected to MyCase since {}.", at(since)))),
        Connection::NotConnected => said.push("Not connected to MyCase.".to_owned()),
        Connection::Reconnect => said.push("A person has to allow access in MyCase again.".to_owned()),
    }
    let ends = status.connection_ends.map(|ends| format!("Unless it is renewed it ends {}; the daemon renews it by itself.", at(ends)));
    said.extend(ends);
    said
}

fn problem(problem: &serde_json::Value) -> Problem {
    let word = |key: &str| problem[key].as_str().unwrap_or_default().to_owned();
    let line = problem["line"].as_u64().map(|line| line.to_string()).unwrap_or_default();
    Problem { line, severity: word("severity"), message: word("message"), help: word("help") }
}
