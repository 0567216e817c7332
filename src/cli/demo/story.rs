//! The steps of the demo, in order. Each says what it does, does it through the daemon, looks at the stand-ins, and ends
//! the demo when something is not as it should be.

use super::back;
use super::cast::{Player, Shown};
use super::theatre::{Oops, Theatre};
use crate::cli::Output;
use crate::cli::args::DemoArgs;
use crate::cli::command::Desk;
use crate::cli::exit::{Exit, Failure};
use crate::operations::{Answer, Ask, PlanAsk};
use crate::plan::render::plural;
use crate::sync::{Outcome, RunReport};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Tells the whole story; done only when every step did what it says.
pub(crate) async fn demo(args: &DemoArgs, desk: &Desk) -> Result<Exit, Failure> {
    let mut players = Player::both(args.cases.max(32), Timestamp::now()).map_err(Failure::failed)?;
    let mut theatre = Theatre::open(&mut players).await.map_err(Failure::failed)?;
    let mut stage = Stage { output: desk.output.clone(), step: 0 };
    stage.line("Two law firms, a MyCase and a portal for each, and casebridge between them. Nothing here leaves this machine.");
    match tell(&mut stage, &mut theatre, &players).await {
        Ok(()) => {
            stage.line("\nEvery step did what it says.");
            theatre.stop_daemon().await.map_err(Failure::failed)?;
            Ok(Exit::Done)
        }
        Err(oops) => Err(Failure::failed(format!("step {} of the demo did not do what it says: {oops}", stage.step))),
    }
}

async fn tell(stage: &mut Stage, theatre: &mut Theatre, players: &[Player]) -> Result<(), Oops> {
    stage.title("Connect: somebody at each firm allows access in MyCase");
    for player in players {
        let name = theatre.connect(player).await?;
        stage.line(&format!("   {}: connected to {name}; its portal is {}", player.id, player.portal));
    }
    stage.title("Plan: what a first run would do; nothing is written");
    for player in players {
        plan(stage, theatre, player).await?;
    }
    stage.title("The first run waits, whole, for one yes");
    for player in players {
        first_import(stage, theatre, player).await?;
    }
    stage.title("What cannot be decided is asked, never guessed");
    for player in players {
        attention(stage, theatre, player).await?;
    }
    stage.title("A second run right after it writes nothing");
    for player in players {
        let report = theatre.sync(&player.id).await?;
        expect(report.written == 0 && player.writes() == 0, || format!("{} were written", report.written))?;
        let requests = report.requests;
        stage.line(&format!(
            "   {}: {} in step; {} requests to MyCase, {} to {}",
            player.id, report.counts.unchanged, requests.mycase, requests.portal, player.portal
        ));
    }
    stage.title("A case moves in MyCase and arrives in the portal");
    for player in players {
        a_case_moves(stage, theatre, player).await?;
    }
    stage.title("One line of the stage map is edited; hot reload says what it means, and exactly that arrives");
    a_line_is_edited(stage, theatre, &players[0]).await?;
    stage.title("A case closes");
    for player in players {
        a_case_closes(stage, theatre, player).await?;
    }
    stage.title("An edit that would move most cases is refused by the firm's own test; without it, it waits for a person");
    a_mass_edit(stage, theatre, &players[0]).await?;
    stage.title("A client answers: a file and a message travel back into MyCase, though the access token ends meanwhile");
    back::a_client_answers(stage, theatre, &players[0]).await?;
    stage.title("The disk is lost: both states are gone, and the portals are full");
    the_state_is_lost(stage, theatre, players).await
}

async fn plan(stage: &mut Stage, theatre: &Theatre, player: &Player) -> Result<(), Oops> {
    let Answer::Plan(plan) = theatre.ask(&player.id, Ask::Plan(PlanAsk::default())).await? else { return Err("no plan came".to_owned()) };
    let first = plan.text.lines().take(1).map(|line| format!("   {line}")).collect::<String>();
    stage.line(&first);
    expect(plan.has_changes, || "the plan is empty".to_owned())?;
    expect(player.writes() == 0, || "a plan wrote something".to_owned())
}

async fn first_import(stage: &mut Stage, theatre: &Theatre, player: &Player) -> Result<(), Oops> {
    let held = theatre.sync(&player.id).await?;
    let waiting = held.waiting_plan.clone().ok_or("the first run did not wait")?;
    expect(held.written == 0 && player.writes() == 0, || "something was written before the yes".to_owned())?;
    stage.line(&format!("   {}: {} wait; $ casebridge approve {} {waiting}", player.id, plural(held.waiting, "case", "cases"), player.id));
    let report = theatre.approve(&player.id, waiting.as_str()).await?;
    let shown = player.shown()?;
    expect(shown.len() == report.written && report.written > 0, || {
        format!("{} were written, the portal shows {}", report.written, shown.len())
    })?;
    let took = format!("{:.1} s", report.duration_seconds);
    stage.line(&format!(
        "   {}: {} written, {} failed; {} shows {} ({took})",
        player.id,
        report.written,
        report.failures.len(),
        player.portal,
        shown.len()
    ));
    for failure in &report.failures {
        stage.line(&format!("      case {}: {}", failure.case, failure.text));
    }
    player.writes();
    Ok(())
}

async fn attention(stage: &mut Stage, theatre: &Theatre, player: &Player) -> Result<(), Oops> {
    let status = theatre.status(&player.id).await?;
    expect(!status.attention.is_empty(), || "nothing needs attention, and the sandbox has cases that do".to_owned())?;
    for line in &status.attention {
        stage.line(&format!("   {}: {}: {} -> {}", player.id, plural(line.cases, "case", "cases"), line.text, line.fix));
    }
    Ok(())
}

async fn a_case_moves(stage: &mut Stage, theatre: &Theatre, player: &Player) -> Result<(), Oops> {
    let before = player.shown()?;
    let case = one_in(player, "Treating", &before)?;
    player.sandbox.with(|world| world.set_stage(case, "Demand Sent")).map_err(|_| "MyCase has no such case")?;
    let report = theatre.sync(&player.id).await?;
    let after = player.shown()?;
    let arrived = after.get(&case).and_then(|shown| shown.stage.as_deref()) == Some("Demand");
    expect(arrived && moved(&before, &after) == [case], || format!("the portal shows {:?}", after.get(&case)))?;
    say_run(stage, player, &report, &format!("case {case}: \"Medical Treatment\" is now \"Demand\""));
    player.writes();
    Ok(())
}

async fn a_line_is_edited(stage: &mut Stage, theatre: &Theatre, player: &Player) -> Result<(), Oops> {
    let before = player.shown()?;
    let concerned: Vec<u64> = before.keys().copied().filter(|case| stands_in(player, *case, "Demand Sent") && before[case].open).collect();
    let (old, new) = ("\"Demand Sent\" = \"Demand\"", "\"Demand Sent\" = \"Negotiation\"");
    stage.line(&format!("   - {old}\n   + {new}"));
    let notes = theatre.edit(&player.id, |text| text.replace(old, new)).await?;
    notes.iter().for_each(|note| stage.line(&format!("   daemon: {note}")));
    expect(notes.iter().any(|note| note.contains("would move")), || format!("the daemon said {notes:?}"))?;
    expect(player.writes() == 0, || "the edit alone wrote something".to_owned())?;
    let report = theatre.sync(&player.id).await?;
    let after = player.shown()?;
    expect(moved(&before, &after) == concerned, || format!("{:?} moved instead of {concerned:?}", moved(&before, &after)))?;
    say_run(stage, player, &report, "exactly those cases moved, and no other");
    player.writes();
    Ok(())
}

async fn a_case_closes(stage: &mut Stage, theatre: &Theatre, player: &Player) -> Result<(), Oops> {
    let before = player.shown()?;
    let case = one_in(player, "Treating", &before)?;
    player.sandbox.with(|world| world.close(case)).map_err(|_| "MyCase has no such case")?;
    let report = theatre.sync(&player.id).await?;
    let after = player.shown()?;
    expect(after.get(&case).is_some_and(|shown| !shown.open) && moved(&before, &after) == [case], || format!("{:?}", after.get(&case)))?;
    say_run(stage, player, &report, &format!("case {case} is closed in {}", player.portal));
    player.writes();
    Ok(())
}

async fn a_mass_edit(stage: &mut Stage, theatre: &Theatre, player: &Player) -> Result<(), Oops> {
    stage.line("   every line of [stages.map] now says \"Settlement\" (the wrong column was pasted)");
    let problem = theatre.refused_edit(&player.id, everything_in_one_stage).await?;
    stage.line(&format!("   daemon: not used, the file before it runs on: {problem}"));
    stage.line("   Suppose somebody in a hurry takes that test out:");
    let notes = theatre.edit(&player.id, without_tests).await?;
    notes.iter().filter(|note| note.contains("would move")).for_each(|note| stage.line(&format!("   daemon: {note}")));
    let before = player.shown()?;
    let held = theatre.sync(&player.id).await?;
    let waiting = held.waiting_plan.clone().ok_or("nothing was held")?;
    expect(held.written == 0 && player.writes() == 0, || format!("{} were written over the limit", held.written))?;
    stage.line(&format!(
        "   {}: held before the first write: {} wait in {waiting}; nobody was texted",
        player.id,
        plural(held.waiting, "case", "cases")
    ));
    stage.line("   Suppose it was meant: one yes.");
    let report = theatre.approve(&player.id, waiting.as_str()).await?;
    let after = player.shown()?;
    expect(report.written == held.waiting && moved(&before, &after).len() == held.waiting, || {
        format!("{} arrived", moved(&before, &after).len())
    })?;
    say_run(stage, player, &report, "approved, and who approved is kept");
    player.writes();
    Ok(())
}

async fn the_state_is_lost(stage: &mut Stage, theatre: &mut Theatre, players: &[Player]) -> Result<(), Oops> {
    theatre.stop_daemon().await?;
    for player in players {
        theatre.lose_state(&player.id)?;
        if !player.is_listable() {
            theatre.put("whitcomb-exported.csv", &player.exported())?;
        }
    }
    theatre.start_daemon().await?;
    for player in players {
        if !player.is_listable() {
            stage.line(&format!("   {} cannot be listed: the firm file names the list exported from it", player.portal));
            theatre.edit(&player.id, |text| text.replace("existing = \"none\"", "existing = \"whitcomb-exported.csv\"")).await?;
        }
        theatre.connect(player).await?;
        let before = player.shown()?;
        let report = theatre.sync(&player.id).await?;
        let after = player.shown()?;
        expect(report.adopted == before.len(), || format!("{} of {} were adopted", report.adopted, before.len()))?;
        let creates = report.counts.create;
        expect(after == before && report.written == 0, || format!("the portal changed: {} written, {creates} created", report.written))?;
        stage.line(&format!("   {}: all {} adopted, none made twice, nothing written", player.id, report.adopted));
    }
    Ok(())
}

/// Every line of the general stage map leads to one stage.
fn everything_in_one_stage(text: &str) -> String {
    let mut inside = false;
    let lines = text.lines().map(|line| {
        if line.starts_with('[') {
            inside = line.trim() == "[stages.map]";
        }
        match line.split_once(" = ") {
            Some((from, _)) if inside => format!("{from} = \"Settlement\"\n"),
            _ => format!("{line}\n"),
        }
    });
    lines.collect()
}

/// The file without the firm's own tests.
fn without_tests(text: &str) -> String {
    let mut inside = false;
    let lines = text.lines().filter(|line| {
        if line.starts_with('[') {
            inside = line.trim() == "[[tests]]";
        }
        !inside
    });
    lines.map(|line| format!("{line}\n")).collect()
}

/// An open injury case that the portal shows and that stands in this stage in MyCase.
fn one_in(player: &Player, stage: &str, shown: &BTreeMap<u64, Shown>) -> Result<u64, Oops> {
    let fits = |case: &&u64| {
        let injury = player.sandbox.with(|world| world.mycase.practice_area_of(**case) == Some("Personal Injury"));
        injury && shown[case].open && stands_in(player, **case, stage)
    };
    shown.keys().find(fits).copied().ok_or_else(|| format!("no open case stands in {stage}"))
}

fn stands_in(player: &Player, case: u64, stage: &str) -> bool {
    player.sandbox.with(|world| world.mycase.stage_of(case) == Some(stage))
}

/// The cases that the portal shows otherwise than before.
fn moved(before: &BTreeMap<u64, Shown>, after: &BTreeMap<u64, Shown>) -> Vec<u64> {
    after.iter().filter(|(case, shown)| before.get(case) != Some(shown)).map(|(case, _)| *case).collect()
}

fn say_run(stage: &mut Stage, player: &Player, report: &RunReport, what: &str) {
    let waits = if report.outcome == Outcome::Waiting { ", some wait" } else { "" };
    stage.line(&format!("   {}: {} written{waits}: {what}", player.id, report.written));
}

pub(super) fn expect(fine: bool, otherwise: impl FnOnce() -> String) -> Result<(), Oops> {
    if fine { Ok(()) } else { Err(otherwise()) }
}

/// Where the story is told.
pub(super) struct Stage {
    output: Output,
    step: usize,
}

impl Stage {
    fn title(&mut self, text: &str) {
        self.step += 1;
        self.output.text(&format!("\n{}. {text}", self.step));
    }

    pub(super) fn line(&self, text: &str) {
        self.output.text(text);
    }
}
