//! `casebridge sync`, `approve` and `reject`: a run now, a yes, a no.

use super::args::{ApproveArgs, Format, RejectArgs, SyncArgs};
use super::command::Desk;
use super::exit::{Exit, Failure};
use super::firm::{self, Reached, unexpected};
use super::report;
use crate::operations::{Answer, ApproveAsk, Ask, SyncAsk};
use crate::sync::RunReport;
use camino::Utf8Path;
use fs_err as fs;
use std::sync::atomic::Ordering;

/// A run now.
pub(super) async fn sync(args: &SyncArgs, desk: &Desk) -> Result<Exit, Failure> {
    if let Some(path) = &args.report {
        // Before the run: a report that cannot be written must not be found out after it.
        fs::OpenOptions::new().append(true).create(true).open(path).map_err(|error| Failure::failed(error.to_string()))?;
    }
    let firm = firm::reach(&args.firm, desk).await?;
    let SyncArgs { cases, verify, rewrite, documents, messages, .. } = args;
    let ask = SyncAsk { cases: cases.clone(), verify: *verify, rewrite: *rewrite, documents: *documents, messages: *messages };
    let Answer::Run(run) = firm.ask(Ask::Sync(ask), desk).await? else { return Err(unexpected()) };
    if let Some(path) = &args.report {
        write_report(path, &run, &firm, desk).await?;
    }
    Ok(show(&run, desk))
}

/// Applies a saved plan.
pub(super) async fn approve(args: &ApproveArgs, desk: &Desk) -> Result<Exit, Failure> {
    let firm = firm::reach(&args.firm, desk).await?;
    let ask = ApproveAsk {
        plan: args.plan.clone(),
        only: args.only.clone(),
        practice_area: args.practice_area.clone(),
        except: args.except.clone(),
        now: args.now,
    };
    let Answer::Run(run) = firm.ask(Ask::Approve(ask), desk).await? else { return Err(unexpected()) };
    Ok(show(&run, desk))
}

/// Drops a saved plan.
pub(super) async fn reject(args: &RejectArgs, desk: &Desk) -> Result<Exit, Failure> {
    firm::reach(&args.firm, desk).await?.done(Ask::Reject { plan: args.plan.clone() }, desk).await
}

fn show(run: &RunReport, desk: &Desk) -> Exit {
    match desk.output.format {
        Format::Json => desk.output.json(run),
        Format::Text | Format::Markdown | Format::Github => desk.output.text(&report::text(run, desk.output.colour_answers())),
    }
    match report::exit(run) {
        // What a signal left undone is nobody's failure, but it is not done either.
        Exit::Done if desk.interrupted.load(Ordering::Relaxed) => Exit::Failed,
        exit => exit,
    }
}

/// The CSV: written beside and renamed, so that nobody reads half of it.
async fn write_report(path: &Utf8Path, run: &RunReport, firm: &Reached, desk: &Desk) -> Result<(), Failure> {
    let Answer::Exceptions(attention) = firm.ask(Ask::Exceptions, desk).await? else { return Err(unexpected()) };
    let failed = |error: std::io::Error| Failure::failed(format!("the run is over, but its report was not written: {error}"));
    let beside = path.with_extension("csv.part");
    fs::write(&beside, report::csv(&run.firm, run, &attention)).and_then(|()| fs::rename(&beside, path)).map_err(failed)?;
    desk.output.say(&format!("report: {path}"));
    Ok(())
}
