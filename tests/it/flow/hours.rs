//! Contact hours: what clients notice waits for them, and a yes outside them is kept.

use super::stage::{Portal, Stage};
use casebridge::operations::ApproveAsk;
use casebridge::sandbox::{Fault, FaultKind, Side};
use casebridge::sync::{Outcome, RunReport};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);

/// The stage begins on a Monday at 09:00 in Chicago.
async fn closed() -> Stage {
    let stage = Stage::new(Portal::CaseStatus, 60).await;
    stage.with(|world| world.case_status.staff.extend(world.mycase.staff.values().map(|person| person.email.to_lowercase())));
    stage.edit("[portal]\n", "[portal]\ncontact_hours = \"13:00-20:00 mon-sat\"\n");
    stage
}

fn ask(run: &RunReport, now: bool) -> ApproveAsk {
    let plan = run.waiting_plan.clone().expect("a plan waits").to_string();
    ApproveAsk { plan, only: Vec::new(), practice_area: None, except: Vec::new(), now }
}

#[tokio::test(start_paused = true)]
async fn a_yes_outside_the_hours_is_kept_and_sent_when_they_begin() {
    let stage = closed().await;
    let held = stage.sync().await;
    let yes = stage.approve_with(ask(&held, false)).await;
    assert_eq!((yes.written, yes.later), (0, held.waiting), "{yes:#?}");
    let early = stage.sync().await;
    assert_eq!((early.written, early.waiting_plan.clone()), (0, None), "approved already: {early:#?}");
    stage.pass(5 * HOUR).await;
    let stage = stage.restarted();
    let open = stage.sync().await;
    assert_eq!((open.written, open.waiting_plan.clone()), (held.waiting, None), "cases older than a year as well: {open:#?}");
    assert_eq!(stage.sync().await.written, 0);
}

#[tokio::test(start_paused = true)]
async fn approve_now_sends_outside_the_hours() {
    let stage = closed().await;
    let held = stage.sync().await;
    let yes = stage.approve_with(ask(&held, true)).await;
    assert_eq!((yes.written, yes.later), (held.waiting, 0), "{yes:#?}");
}

#[tokio::test(start_paused = true)]
async fn what_clients_notice_waits_for_the_hours_and_the_rest_goes() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    stage.edit("[portal]\n", "[portal]\ncontact_hours = \"13:00-20:00 mon-sat\"\n");
    let (case, other) = (stage.a_case(), stage.in_stage("Negotiation")[0]);
    stage.with(|world| world.set_stage(case, "Demand Sent").and_then(|()| world.set_name(other, "Renamed v. One"))).expect("changed");
    let run = stage.sync().await;
    assert_eq!((run.outcome, run.written, run.later), (Outcome::Done, 1, 1), "{run:#?}");
    assert_eq!((stage.shown(case).as_str(), stage.record(other).name.as_deref()), ("Medical Treatment", Some("Renamed v. One")));
    stage.pass(5 * HOUR).await;
    assert_eq!(stage.sync().await.written, 1);
    assert_eq!(stage.shown(case), "Demand");
}

#[tokio::test(start_paused = true)]
async fn a_yes_that_waits_for_the_hours_is_dropped_when_the_case_moves_meanwhile() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    stage.edit("[portal]\n", "[portal]\ncontact_hours = \"13:00-20:00 mon-sat\"\n");
    stage.edit("change_stage = \"10%, at least 5, at most 50\"", "change_stage = \"at most 0\"");
    let case = stage.a_case();
    stage.with(|world| world.set_stage(case, "Demand Sent")).expect("moved");
    let held = stage.sync().await;
    assert_eq!(stage.approve_with(ask(&held, false)).await.later, 1);
    stage.with(|world| world.set_stage(case, "Litigation Filed")).expect("moved");
    stage.pass(5 * HOUR).await;
    let open = stage.sync().await;
    assert_eq!((open.written, open.waiting), (0, 1), "another move needs another yes: {open:#?}");
}

/// What was allowed within the hours, and was not sent or not heard of then, waits for the next ones.
#[tokio::test(start_paused = true)]
async fn what_the_portal_turned_away_within_the_hours_is_not_sent_at_night() {
    for kind in [FaultKind::Status { code: 429, retry_after: None, body: None }, FaultKind::StatusAfter { code: 503 }] {
        let lost = matches!(kind, FaultKind::StatusAfter { .. });
        let stage = Stage::imported(Portal::CaseStatus, 60).await;
        stage.edit("[portal]\n", "[portal]\ncontact_hours = \"08:00-20:00 mon-sat\"\n");
        let case = stage.a_case();
        stage.with(|world| world.set_stage(case, "Demand Sent")).expect("moved");
        stage.with(|world| world.faults.add(Fault::new(Side::CaseStatus, kind.clone()).method("PATCH").times(1000)));
        assert_eq!(stage.sync().await.written, 0);
        stage.with(|world| world.faults.clear());
        stage.pass(12 * HOUR).await;
        let stage = stage.restarted();
        let night = stage.sync().await;
        assert_eq!((night.written, night.waiting, night.later), (0, 0, 1), "{kind:?} {night:#?}");
        assert_eq!(stage.shown(case), if lost { "Demand" } else { "Medical Treatment" });
        stage.pass(12 * HOUR).await;
        let morning = stage.changes_later().await;
        assert_eq!(morning.written, 1, "the first tick within the hours sends it: {kind:?} {morning:#?}");
        assert_eq!(stage.shown(case), "Demand");
        assert!(stage.hands().store.journal().expect("a journal").is_empty());
    }
}
