//! What a run costs: requests are counted on both sides.

use super::stage::{Portal, Stage};
use casebridge::operations::{Ask, SyncAsk};
use casebridge::sandbox::{Side, World};
use casebridge::sync::Outcome;

#[tokio::test(start_paused = true)]
async fn a_run_reads_a_page_for_every_thousand_cases_and_four_lists() {
    let stage = Stage::imported(Portal::CaseStatus, 1001).await;
    let run = stage.sync().await;
    assert_eq!((run.requests.mycase, run.requests.portal), (2 + 4, 0), "{run:#?}");
    assert_eq!(stage.with(|world| world.requests_to(Side::Mycase)), 6);
}

#[tokio::test(start_paused = true)]
async fn a_run_writes_exactly_the_changed_cases() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let cases = stage.open_cases();
    stage.with(|world| {
        for case in &cases[..4] {
            world.set_name(*case, &format!("Name {case}")).expect("renamed");
        }
        world.edit_case(cases[5], |case| case.outstanding_cents += 1).expect("edited");
    });
    let run = stage.sync().await;
    assert_eq!((run.written, stage.writes(), run.requests.portal), (4, 4, 4), "{run:#?}");
    let mut paths: Vec<String> =
        stage.with(|world| world.writes().iter().map(|write| format!("{} {}", write.method, write.path)).collect());
    let mut wanted: Vec<String> = cases[..4].iter().map(|case| format!("PATCH /v1/api/cases/{}", stage.record(*case).id)).collect();
    paths.sort();
    wanted.sort();
    assert_eq!(paths, wanted);
}

#[tokio::test(start_paused = true)]
async fn a_create_on_hona_is_one_project_and_one_contact_for_each_client() {
    let stage = Stage::new(Portal::Hona, 60).await;
    stage.with(|world| world.hona.staff.extend(world.mycase.staff.values().map(|person| person.email.to_lowercase())));
    let report = stage.import().await;
    let (projects, contacts) = stage.with(|world| (world.hona.projects.len(), world.hona.contacts.len()));
    assert_eq!(report.requests.portal as usize, projects + contacts, "{report:#?}");
    let moved = stage.with(|world| {
        let there = |case: u64| world.hona.projects.contains_key(&case.to_string());
        let (id, area) = (world.mycase.stage_id("Treating"), world.mycase.practice_area_id("Personal Injury"));
        let fits = |case: &&casebridge::sandbox::Case| case.open && case.stage == id && case.practice_area == area && there(case.id);
        let case = world.mycase.cases.values().find(fits).expect("a case").id;
        world.set_stage(case, "Demand Sent").map(|()| case).expect("moved")
    });
    let run = stage.sync().await;
    assert_eq!((run.written, stage.writes()), (1, 1), "a move is one request for the project: {run:#?}");
    assert_eq!(stage.with(|world| world.hona.projects[&moved.to_string()].phase.clone()).as_deref(), Some("Demand"));
}

#[tokio::test(start_paused = true)]
async fn a_run_for_one_case_reads_and_writes_that_case_only() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let cases = stage.open_cases();
    stage.with(|world| {
        world.set_name(cases[0], "One").expect("renamed");
        world.set_name(cases[1], "Other").expect("renamed");
        world.reset_requests();
    });
    let run = stage.sync_cases(&cases[..1]).await;
    assert_eq!((run.written, stage.writes()), (1, 1), "{run:#?}");
    let asked = stage.with(|world| world.requests());
    assert_eq!(asked.get("mycase GET /cases"), None, "{asked:#?}");
    assert_eq!(stage.with(|world| world.requests_to(Side::Mycase)), 1 + 4);
    let url = format!("https://harlowpike.mycase.com/court_cases/{}", cases[1]);
    let by_url = stage.sync_with(SyncAsk { cases: vec![url], ..SyncAsk::default() }).await;
    assert_eq!(by_url.written, 1, "{by_url:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_case_of_another_firm_or_none_is_refused_with_words() {
    let stage = Stage::imported(Portal::CaseStatus, 30).await;
    let other =
        stage.ask(Ask::Sync(SyncAsk { cases: vec!["https://other.mycase.com/court_cases/5".to_owned()], ..SyncAsk::default() })).await;
    assert!(other.expect_err("words").to_string().contains("other.mycase.com"));
    let none = stage.sync_cases(&[5]).await;
    assert_eq!((none.outcome, none.failures.len(), none.written), (Outcome::Failed, 1, 0), "{none:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_rewrite_sends_every_linked_case_anew_once_it_is_approved() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let open = stage.open_cases();
    let case = open[0];
    stage.with(|world| {
        let (id, now) = (world.case_status.by_integration_id(&case.to_string())[0].id, world.now());
        world.case_status.edit(id, now, |record| record.description = Some("by hand".to_owned())).expect("edited");
    });
    let held = stage.sync_with(SyncAsk { rewrite: true, ..SyncAsk::default() }).await;
    assert_eq!((held.outcome, held.waiting), (Outcome::Waiting, open.len()), "{held:#?}");
    let done = stage.approve().await;
    assert_eq!((done.written, done.moved.len()), (open.len(), 0), "{done:#?}");
    stage.with(World::reset_requests);
    assert_eq!((stage.sync().await.written, stage.writes()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_plan_writes_nothing_to_the_portal_and_its_yes_does() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    stage.with(|world| world.set_stage(case, "Demand Sent")).expect("moved");
    let plan = stage.plan().await;
    assert!(plan.has_changes && plan.json["counts"]["stage"] == 1, "{}", plan.json);
    assert_eq!((stage.writes(), stage.shown(case).as_str()), (0, "Medical Treatment"));
    let ask = casebridge::operations::ApproveAsk {
        plan: plan.plan.to_string(),
        only: Vec::new(),
        practice_area: None,
        except: Vec::new(),
        now: false,
    };
    assert_eq!(stage.approve_with(ask).await.written, 1);
    assert_eq!(stage.shown(case), "Demand");
}
