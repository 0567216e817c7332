//! What the page asks for: the plan that waits in counts, the stage map with who stands where, the last runs, how connecting
//! goes. From the state alone: nobody is asked.

use super::stage::{Portal, Stage};
use casebridge::domain::Kind;
use casebridge::operations::{Answer, Ask, ConnectView, Secret, StageMap, WaitingPlan};
use casebridge::sync::Trigger;

async fn waiting(stage: &Stage, show_names: bool) -> Option<WaitingPlan> {
    match stage.ask(Ask::Waiting { show_names }).await {
        Ok(Answer::Waiting(waiting)) => waiting.map(|plan| *plan),
        other => panic!("{other:?}"),
    }
}

async fn map(stage: &Stage) -> StageMap {
    match stage.ask(Ask::StageMap).await {
        Ok(Answer::StageMap(map)) => *map,
        other => panic!("{other:?}"),
    }
}

async fn connecting(stage: &Stage) -> ConnectView {
    match stage.ask(Ask::ConnectHow).await {
        Ok(Answer::Connecting(view)) => *view,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_first_import_waits_in_counts_and_names_nobody_unless_asked() {
    let stage = Stage::new(Portal::CaseStatus, 40).await;
    assert_eq!(waiting(&stage, true).await, None);
    let run = stage.sync().await;
    let plan = waiting(&stage, false).await.expect("it waits");
    assert_eq!((Some(&plan.plan), plan.cases, plan.first), (run.waiting_plan.as_ref(), run.waiting, true));
    assert_eq!((plan.kinds.len(), plan.kinds[0].of, plan.kinds[0].cases), (1, Kind::Create, run.waiting));
    assert_eq!(plan.practice_areas.iter().map(|area| area.cases).sum::<usize>(), run.waiting);
    assert!(plan.moves.is_empty() && plan.shown.iter().all(|case| case.name.is_none()), "{plan:#?}");
    let named = waiting(&stage, true).await.expect("it waits");
    assert!(named.shown.iter().all(|case| case.name.is_some()), "{named:#?}");
}

#[tokio::test(start_paused = true)]
async fn an_edit_shows_in_the_map_at_once_and_its_moves_in_the_plan_that_waits() {
    let stage = Stage::imported(Portal::CaseStatus, 120).await;
    let before = map(&stage).await;
    assert_eq!((before.would_move, before.moves.len()), (0, 0), "{before:#?}");
    assert_eq!(before.areas.len(), 3, "one for each practice area");
    let stands = |map: &StageMap| map.areas.iter().flat_map(|area| &area.from).map(|from| from.cases).sum::<usize>();
    let seen = |map: &StageMap| map.areas.iter().flat_map(|area| &area.to).map(|to| to.cases).sum::<usize>();
    assert_eq!((stands(&before), seen(&before)), (before.open, before.open), "every open case stands somewhere, on both sides");

    stage.edit("change_stage = \"10%, at least 5, at most 50\"", "change_stage = \"at most 2\"");
    stage.edit("\"Treating\" = \"Medical Treatment\"", "\"Treating\" = \"Treatment Completed\"");
    let after = map(&stage).await;
    assert!(after.would_move > 2, "{after:#?}");
    for moved in &after.moves {
        assert_eq!((moved.from.as_deref(), moved.to.as_deref()), (Some("Medical Treatment"), Some("Treatment Completed")), "{moved:?}");
    }
    assert_eq!(after.moves.iter().map(|moved| moved.cases).sum::<usize>(), after.would_move);

    let requests = stage.with(|world| world.requests().values().sum::<u64>());
    assert_eq!(requests, 0, "nobody was asked");
    stage.sync().await;
    let plan = waiting(&stage, false).await.expect("it waits");
    assert_eq!(plan.moves, after.moves);
    assert!(plan.limits.iter().any(|line| line.kind == Kind::Stage && line.exceeded), "{plan:#?}");
    stage.approve().await;
    assert_eq!((map(&stage).await.would_move, waiting(&stage, false).await), (0, None));
}

#[tokio::test(start_paused = true)]
async fn the_last_runs_are_told_the_newest_first_without_those_that_carry() {
    let stage = Stage::imported(Portal::CaseStatus, 20).await;
    stage.tick(Trigger::Documents).await;
    let last = stage.sync().await;
    let Ok(Answer::Runs(runs)) = stage.ask(Ask::Runs { last: 2 }).await else { panic!("no runs") };
    let told: Vec<_> = runs.runs.iter().map(|run| (run.run, run.trigger)).collect();
    assert_eq!((told.len(), told[0], told[1].1), (2, (last.run, Trigger::ByHand), Trigger::Approval), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn how_connecting_ended_is_told_to_whoever_asks_and_another_attempts_address_ends_nothing() {
    let stage = Stage::unconnected(Portal::CaseStatus, 3);
    assert!(!connecting(&stage).await.under_way);
    let Ok(Answer::Authorize { url, .. }) = stage.ask(Ask::ConnectBegin).await else { panic!("no address to open") };
    let state = url.split("state=").nth(1).and_then(|rest| rest.split('&').next()).expect("a state").to_owned();
    let end = async |query: String| stage.ask(Ask::ConnectEnd { redirected: Secret(format!("http://x/callback?{query}")) }).await;
    assert!(end("error=access_denied".to_owned()).await.is_err() && end("error=access_denied&state=x".to_owned()).await.is_err());
    let view = connecting(&stage).await;
    assert!(view.under_way && view.ended.is_none() && !view.caught_by_daemon, "{view:?}");
    assert!(end(format!("error=access_denied&state={state}")).await.is_err());
    let ended = connecting(&stage).await.ended.expect("it ended");
    assert!(ended.connected.is_none() && ended.why.is_some_and(|why| why.contains("access_denied")));
    stage.connect().await;
    let connected = connecting(&stage).await.ended.and_then(|ended| ended.connected).expect("connected");
    assert!(!connected.notes.is_empty());
}
