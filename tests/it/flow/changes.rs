//! Changes runs: what they read, what they cost, and from where on they look. What follows from a move is in `moved.rs`.

use super::stage::{Portal, Stage};
use casebridge::sandbox::{Fault, FaultKind, Side, World};
use casebridge::store::{FirstRunDone, LastScan};
use casebridge::sync::{Outcome, RunReport};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);

/// An imported firm, an hour later; the overlap of the import is behind it.
async fn calm(cases: usize) -> Stage {
    let stage = Stage::imported(Portal::CaseStatus, cases).await;
    stage.pass(HOUR).await;
    stage.changes().await;
    stage.pass(HOUR).await;
    stage.with(World::reset_requests);
    stage
}

fn runs(stage: &Stage) -> usize {
    stage.hands().store.runs(usize::MAX).expect("runs").len()
}

fn ticks(stage: &Stage) -> u64 {
    stage.hands().store.counter("changes").expect("a count")
}

fn cost(run: &RunReport) -> (u64, u64) {
    (run.requests.mycase, run.requests.portal)
}

#[tokio::test(start_paused = true)]
async fn a_quiet_tick_costs_five_requests_and_leaves_only_a_count() {
    let stage = calm(60).await;
    let (kept, counted) = (runs(&stage), ticks(&stage));
    let cursor = stage.hands().store.cursor("changes").expect("a cursor");
    for tick in 1..4 {
        let run = stage.changes().await;
        assert_eq!((run.outcome, run.run.0, run.written, run.complete), (Outcome::Done, 0, 0, true), "{run:#?}");
        assert_eq!((cost(&run), runs(&stage), ticks(&stage)), ((5, 0), kept, counted + tick));
        stage.pass(HOUR).await;
    }
    assert_eq!(stage.hands().store.cursor("changes").expect("a cursor"), cursor, "nothing moved, so nothing need be remembered");
    let asked = stage.with(|world| world.requests());
    assert_eq!((asked.get("mycase GET /custom_fields"), asked.get("mycase GET /cases")), (None, Some(&3)), "{asked:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_moved_case_is_sent_and_no_other_is_read() {
    let stage = calm(60).await;
    let case = stage.a_case();
    stage.with(|world| world.set_stage(case, "Demand Sent")).expect("moved");
    let before = runs(&stage);
    let run = stage.changes_later().await;
    assert_eq!((run.outcome, run.written, cost(&run)), (Outcome::Done, 1, (5 + 4, 1)), "{run:#?}");
    assert_eq!((stage.shown(case).as_str(), runs(&stage)), ("Demand", before + 1));
    stage.pass(HOUR).await;
    assert_eq!((cost(&stage.changes().await), stage.sync().await.written), ((5, 0), 0));
}

#[tokio::test(start_paused = true)]
async fn what_moved_within_the_overlap_is_read_twice_and_sent_once() {
    let stage = calm(60).await;
    let case = stage.a_case();
    stage.with(|world| world.set_stage(case, "Demand Sent")).expect("moved");
    assert_eq!(stage.changes().await.written, 1);
    stage.pass(Duration::from_secs(60)).await;
    let again = stage.changes().await;
    assert_eq!((again.written, cost(&again)), (0, (5 + 4, 0)), "{again:#?}");
}

#[tokio::test(start_paused = true)]
async fn the_cursor_runs_on_mycases_own_clock() {
    let stage = calm(60).await;
    let case = stage.a_case();
    stage.with(|world| world.advance(7 * HOUR));
    stage.with(|world| world.set_stage(case, "Demand Sent")).expect("moved");
    assert_eq!(stage.changes_later().await.written, 1);
    let theirs = stage.with(|world| world.now());
    let cursor = stage.hands().store.cursor("changes").expect("readable").expect("a cursor");
    let behind = theirs.duration_since(cursor).as_secs();
    assert!((120..180).contains(&behind), "two minutes behind MyCase's clock, not hours: {behind} s");
    stage.pass(Duration::from_secs(600)).await;
    assert_eq!(cost(&stage.changes().await), (5, 0));
    stage.with(|world| world.set_stage(case, "Litigation Filed")).expect("moved");
    assert_eq!(stage.changes().await.written, 1);
}

#[tokio::test(start_paused = true)]
async fn every_run_over_all_cases_sets_the_cursor_and_an_approval_does_not() {
    let stage = Stage::new(Portal::CaseStatus, 60).await;
    let cursor = || stage.hands().store.cursor("changes").expect("readable");
    assert_eq!(cursor(), None);
    stage.sync().await;
    let first = cursor().expect("set by the first reading of everything");
    stage.pass(HOUR).await;
    stage.approve().await;
    assert_eq!(cursor(), Some(first), "what moved beside the plan was read and not acted on");
    stage.sync_cases(&[stage.a_case()]).await;
    assert_eq!(cursor(), Some(first));
    stage.verify().await;
    assert!(cursor() > Some(first));
}

#[tokio::test(start_paused = true)]
async fn an_error_while_reading_leaves_the_cursor_and_the_next_tick_reads_the_stretch_again() {
    let stage = calm(60).await;
    let (case, client) = (stage.a_case(), stage.client_of(stage.in_stage("Negotiation")[0]));
    stage
        .with(|world| world.set_stage(case, "Demand Sent").and_then(|()| world.set_client_phone(client, Some("2127365001"))))
        .expect("moved");
    let cursor = stage.hands().store.cursor("changes").expect("readable");
    for path in ["/cases?", "/clients", "/staff", "/case_stages", "/practice_areas", "/custom_fields", "/cases/"] {
        let kind = FaultKind::Status { code: 503, retry_after: None, body: None };
        stage.with(|world| world.faults.add(Fault::new(Side::Mycase, kind).path(path).times(50)));
        let run = stage.changes().await;
        assert_eq!((run.outcome, run.written, stage.writes()), (Outcome::Failed, 0, 0), "{path} {run:#?}");
        assert_eq!(stage.status().await.last.expect("a report").error, run.error, "{path}: said and kept");
        assert_eq!(stage.hands().store.cursor("changes").expect("readable"), cursor, "{path}");
        stage.with(|world| world.faults.clear());
        stage.pass(HOUR).await;
    }
    assert_eq!(stage.changes().await.written, 2);
}

#[tokio::test(start_paused = true)]
async fn before_a_first_run_has_completed_a_tick_asks_nobody_and_says_so() {
    let stage = Stage::new(Portal::CaseStatus, 60).await;
    for _ in 0..2 {
        stage.with(World::reset_requests);
        let run = stage.changes().await;
        assert_eq!((run.outcome, cost(&run), run.waiting), (Outcome::Done, (0, 0), 0), "{run:#?}");
        assert!(run.notes[0].contains("no first run has completed"), "{run:#?}");
        stage.sync().await;
    }
    assert!(stage.status().await.waiting > 30, "the held import still waits");
}

#[tokio::test(start_paused = true)]
async fn without_a_cursor_all_cases_are_read_and_no_fact_of_whole_runs_is_touched() {
    let stage = calm(60).await;
    let (case, gone) = (stage.a_case(), stage.in_stage("Negotiation")[0]);
    let store = &stage.hands().store;
    store.write(|w| w.remove_cursor("changes")).expect("removed");
    let facts = || (store.meta::<FirstRunDone>().expect("readable"), store.meta::<LastScan>().expect("readable"));
    let before = facts();
    stage.with(|world| world.set_stage(case, "Demand Sent").and_then(|()| world.delete(gone))).expect("changed");
    let run = stage.changes_later().await;
    assert_eq!((run.written, run.counts.close, cost(&run)), (1, 0, (4 + 1, 1)), "{run:#?}");
    assert_eq!((facts(), stage.reasons(gone).await), (before, vec![]), "a changes run concludes no absence");
    let links = store.links().expect("links");
    assert_eq!(links.get(casebridge::domain::CaseId(gone)).expect("readable").expect("a link").missing, None);
    stage.pass(HOUR).await;
    assert_eq!(cost(&stage.changes().await), (5, 0), "and the next one knows where to begin");
}

#[tokio::test(start_paused = true)]
async fn while_test_cases_are_named_a_tick_acts_on_these_only() {
    let stage = calm(60).await;
    let (case, other) = (stage.a_case(), stage.in_stage("Negotiation")[0]);
    stage.edit("[clients]\n", &format!("[testing]\ncases = [{case}]\n\n[clients]\n"));
    let people = [stage.client_of(case), stage.client_of(other)];
    stage.with(|world| {
        world.set_name(other, "Renamed v. Other").expect("renamed");
        people.iter().try_for_each(|client| world.set_client_phone(*client, Some("2127365001"))).expect("a number");
    });
    let run = stage.changes_later().await;
    assert_eq!((run.written, cost(&run).0), (1, 5 + 4 + 1), "{run:#?}");
    stage.with(|world| world.set_name(other, "Renamed again")).expect("renamed");
    stage.pass(HOUR).await;
    let quiet = stage.changes().await;
    assert_eq!((quiet.run.0, cost(&quiet)), (0, (5, 0)), "{quiet:#?}");
    stage.pass(HOUR).await;
    stage.with(World::reset_requests);
    stage.changes().await;
}

#[tokio::test(start_paused = true)]
async fn many_cases_of_people_who_moved_are_read_by_the_page() {
    let stage = calm(120).await;
    let open = stage.open_cases();
    let people: Vec<u64> = open.iter().map(|case| stage.client_of(*case)).collect();
    assert!(people.len() > 20);
    let name = |world: &mut World, client: u64| world.edit_client(client, |client| client.first_name = "Robin".to_owned());
    stage.with(|world| people[..3].iter().try_for_each(|client| name(world, *client))).expect("renamed");
    let few = stage.changes().await;
    assert!(few.requests.mycase >= 5 + 4 + 3, "{few:#?}");
    stage.edit("[limits]\n", "[limits]\ncontact = \"no limit\"\n");
    stage.pass(HOUR).await;
    stage.with(|world| people.iter().try_for_each(|client| name(world, *client))).expect("renamed");
    let many = stage.changes().await;
    assert_eq!(many.requests.mycase, 5 + 4 + 1, "{many:#?}");
    assert!(many.written > 10, "{many:#?}");
}
