//! Answers that get lost: what became of the request is looked up, and nothing is made twice.

use super::stage::{Portal, Stage};
use casebridge::domain::Kind;
use casebridge::sandbox::{Fault, FaultKind, NewClient, Side};
use casebridge::store::EntryState;
use casebridge::sync::Outcome;
use std::time::Duration;

fn create_fault(stage: &Stage, kind: FaultKind, times: u64) {
    stage.with(|world| world.faults.add(Fault::new(Side::CaseStatus, kind).method("POST").path("/v1/api/cases").skip(3).times(times)));
}

async fn held(stage: &Stage) {
    let held = stage.sync().await;
    assert_eq!(held.outcome, Outcome::Waiting, "{held:#?}");
    stage.with(|world| world.reset_requests());
}

/// Every record once; the journal owes nothing.
fn in_order(stage: &Stage) {
    let census = stage.census();
    assert!(census.len() > 30 && census.values().all(|count| *count == 1), "{census:?}");
    assert!(stage.hands().store.journal().expect("a journal").is_empty());
    assert_eq!(stage.with(|world| world.faults.left()), 0, "every fault struck");
}

#[tokio::test(start_paused = true)]
async fn creates_whose_answers_are_lost_are_found_by_looking_and_not_repeated() {
    for kind in [FaultKind::DropAfter, FaultKind::StatusAfter { code: 503 }, FaultKind::Cut] {
        let stage = Stage::new(Portal::CaseStatus, 60).await;
        held(&stage).await;
        create_fault(&stage, kind.clone(), 3);
        let done = stage.approve().await;
        assert!(done.error.is_none(), "{kind:?} {done:#?}");
        assert_eq!(done.failures.len(), 1, "the lead who has left, nothing else: {done:#?}");
        assert_eq!(done.written, stage.census().len(), "{kind:?}");
        in_order(&stage);
        let creates = stage.with(|world| world.writes().iter().filter(|write| write.path.ends_with("/v1/api/cases")).count());
        assert_eq!(creates, stage.census().len() + 1, "none was sent twice");
    }
}

#[tokio::test(start_paused = true)]
async fn creates_that_never_arrived_are_sent_again_in_the_same_run() {
    for kind in [FaultKind::DropBefore, FaultKind::Status { code: 500, retry_after: None, body: None }] {
        let stage = Stage::new(Portal::CaseStatus, 60).await;
        held(&stage).await;
        create_fault(&stage, kind.clone(), 3);
        let done = stage.approve().await;
        assert_eq!((done.written, done.failures.len()), (stage.census().len(), 1), "{kind:?} {done:#?}");
        in_order(&stage);
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_that_shows_writes_late_is_waited_for() {
    let stage = Stage::new(Portal::CaseStatus, 60).await;
    held(&stage).await;
    stage.with(|world| world.switches.list_lag_seconds = 4);
    create_fault(&stage, FaultKind::DropAfter, 4);
    let done = stage.approve().await;
    assert_eq!(done.written, stage.census().len(), "{done:#?}");
    in_order(&stage);
}

#[tokio::test(start_paused = true)]
async fn a_record_that_somebody_makes_while_the_run_reads_is_linked_and_brought_into_step() {
    let stage = Stage::new(Portal::CaseStatus, 60).await;
    held(&stage).await;
    let case = stage
        .with(|world| world.mycase.cases.values().find(|case| case.open && case.stage == world.mycase.stage_id("Treating")).map(|c| c.id));
    let case = case.expect("a case in treatment");
    // The portal's list is read first; MyCase takes its time.
    stage.with(|world| world.faults.add(Fault::new(Side::Mycase, FaultKind::Slow { millis: 9000 }).path("/cases")));
    let by_hand = async {
        tokio::time::sleep(Duration::from_secs(5)).await;
        stage.with(|world| {
            let now = world.now();
            world.case_status.add_by_hand("By hand", Some(&case.to_string()), now)
        })
    };
    let (done, made) = tokio::join!(stage.approve(), by_hand);
    assert!(done.error.is_none(), "{done:#?}");
    assert_eq!(stage.record(case).id, made, "409: it was looked up and linked");
    in_order(&stage);
    stage.sync().await;
    assert_eq!(stage.shown(case), "Medical Treatment");
    assert_ne!(stage.record(case).name.as_deref(), Some("By hand"));
}

#[tokio::test(start_paused = true)]
async fn an_upsert_whose_answer_is_lost_is_repeated_without_harm() {
    let stage = Stage::new(Portal::Hona, 60).await;
    held(&stage).await;
    for (path, kind) in
        [("/projects", FaultKind::DropAfter), ("/contacts", FaultKind::StatusAfter { code: 502 }), ("/projects", FaultKind::DropBefore)]
    {
        stage.with(|world| world.faults.add(Fault::new(Side::Hona, kind).path(path).skip(5).times(3)));
    }
    let done = stage.approve().await;
    assert!(done.error.is_none() && done.failures.len() <= 1, "{done:#?}");
    let (projects, welcomes) = stage.with(|world| (world.hona.projects.len(), world.hona.welcome_texts));
    assert_eq!((done.written, welcomes as usize), (projects, projects), "every client was welcomed once");
    assert!(stage.hands().store.journal().expect("a journal").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_process_that_dies_between_sending_and_remembering_makes_nothing_twice_and_keeps_the_yes() {
    for millis in [30, 300, 900, 1700, 2500, 3300] {
        let stage = Stage::new(Portal::CaseStatus, 60).await;
        held(&stage).await;
        let slow = Fault::new(Side::CaseStatus, FaultKind::Slow { millis: 700 }).method("POST").times(1000);
        stage.with(|world| world.faults.add(slow));
        tokio::select! {
            biased;
            () = tokio::time::sleep(Duration::from_millis(millis)) => {}
            report = stage.approve() => panic!("it should have been broken off: {report:#?}"),
        }
        stage.with(|world| world.faults.clear());
        let stage = stage.restarted();
        let owed = stage.hands().store.journal().expect("a journal");
        let next = stage.sync().await;
        assert!(next.error.is_none(), "{millis} {next:#?}");
        if owed.is_empty() {
            assert_eq!(next.outcome, Outcome::Waiting, "nothing had begun, so the plan still waits");
            continue;
        }
        assert_eq!(next.waiting_plan, None, "the yes survived ({millis} ms): {next:#?}");
        assert!(owed.iter().any(|entry| entry.state == EntryState::Sent) || owed.len() > 8, "{millis}");
        in_order(&stage);
        let again = stage.sync().await;
        assert_eq!(again.written, 0, "{again:#?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_close_whose_answer_is_lost_is_settled_by_the_listed_state() {
    let stage = Stage::new(Portal::CaseStatus, 60).await;
    stage.import().await;
    let case = stage.a_case();
    stage.with(|world| world.close(case)).expect("closed");
    stage.with(|world| world.faults.add(Fault::new(Side::CaseStatus, FaultKind::DropAfter).method("POST").path("/close").times(4)));
    let done = stage.sync().await;
    assert_eq!(done.written, 1, "{done:#?}");
    assert!(stage.record(case).closed_at.is_some());
    assert_eq!(stage.sync().await.written, 0);
}

#[tokio::test(start_paused = true)]
async fn a_move_whose_answers_are_lost_and_that_mycase_takes_back_is_taken_back_in_the_portal_and_counts_for_the_day() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage
        .with(|world| world.mycase.cases.values().find(|case| case.open && case.stage == world.mycase.stage_id("Treating")).map(|c| c.id));
    let case = case.expect("a case in treatment");
    stage.with(|world| world.set_stage(case, "Demand Sent")).expect("moved");
    let lost = Fault::new(Side::CaseStatus, FaultKind::StatusAfter { code: 503 }).method("PATCH").times(1000);
    stage.with(|world| world.faults.add(lost));
    let report = stage.sync().await;
    assert_eq!(report.outcome, Outcome::Failed, "{report:#?}");
    stage.with(|world| world.faults.clear());
    assert_eq!(stage.shown(case), "Demand", "it took effect all the same");
    assert_eq!(stage.hands().store.journal().expect("a journal")[0].state, EntryState::Sent);

    stage.with(|world| world.set_stage(case, "Treating")).expect("moved");
    let report = stage.sync().await;
    assert_eq!((report.error.clone(), report.written), (None, 1), "{report:#?}");
    assert_eq!(stage.shown(case), "Medical Treatment");
    assert!(stage.hands().store.journal().expect("a journal").is_empty());
    let day = stage.now() - jiff::SignedDuration::from_hours(24);
    assert_eq!(stage.hands().store.written_without_approval(day).expect("a count")[4], 2, "there and back");
    assert_eq!(stage.sync().await.written, 0);
}

#[tokio::test(start_paused = true)]
async fn what_was_overtaken_and_taken_back_is_written_as_mycase_says_and_never_as_it_was_in_between() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.in_stage("Treating")[0];
    let name = stage.with(|world| world.mycase.cases[&case].name.clone());
    let answers = |kind: FaultKind| {
        let fault = Fault::new(Side::CaseStatus, kind).method("PATCH").times(1000);
        stage.with(|world| world.faults.clear());
        stage.with(|world| world.faults.add(fault));
    };
    stage.with(|world| world.set_stage(case, "Demand Sent")).expect("moved");
    answers(FaultKind::StatusAfter { code: 503 });
    stage.sync().await;
    assert_eq!(stage.shown(case), "Demand", "it took effect all the same");

    stage.with(|world| world.set_stage(case, "Treating").and_then(|()| world.set_name(case, "Other v. Name"))).expect("moved");
    answers(FaultKind::Status { code: 503, retry_after: None, body: None });
    stage.sync().await;
    assert_eq!(stage.shown(case), "Demand", "nothing took effect");

    stage.with(|world| world.faults.clear());
    stage.with(|world| world.set_name(case, &name)).expect("named");
    let report = stage.sync().await;
    assert_eq!((report.error.clone(), report.written), (None, 1), "{report:#?}");
    assert_eq!(stage.shown(case), "Medical Treatment");
    assert_eq!(stage.sync().await.written, 0);
}

/// Another person is the case's only client; answers their telephone as it is sent.
fn swap(stage: &Stage, case: u64) -> &'static str {
    let person = NewClient {
        first_name: "Zora".to_owned(),
        last_name: "Quist".to_owned(),
        email: None,
        cell_phone: Some("(212) 300-0199".to_owned()),
    };
    stage.with(|world| {
        let client = world.add_client(person);
        world.set_clients(case, &[client], Some(client)).expect("swapped");
    });
    "+12123000199"
}

async fn asks_for_the_swap(stage: &Stage, case: u64, phone: &str) {
    let asked = stage.sync().await;
    assert_eq!(asked.outcome, Outcome::Waiting, "{asked:#?}");
    let phones = || stage.record(case).clients.into_iter().filter_map(|client| client.cell_phone).collect::<Vec<_>>();
    assert_ne!(phones(), [phone]);
    stage.approve_only(Kind::Contact).await;
    assert_eq!(phones(), [phone]);
    assert!(stage.hands().store.journal().expect("a journal").is_empty());
    assert_eq!(stage.sync().await.written, 0);
}

#[tokio::test(start_paused = true)]
async fn another_client_is_asked_for_although_the_answer_to_a_close_was_lost_before() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.in_stage("Treating")[0];
    stage.with(|world| world.close(case)).expect("closed");
    let refuses = Fault::new(Side::CaseStatus, FaultKind::Status { code: 503, retry_after: None, body: None }).method("POST").times(1000);
    stage.with(|world| world.faults.add(refuses));
    assert_eq!(stage.sync().await.outcome, Outcome::Failed);
    stage.with(|world| world.faults.clear());
    stage.with(|world| world.reopen(case)).expect("open again");
    let phone = swap(&stage, case);
    asks_for_the_swap(&stage, case, phone).await;
    assert!(stage.record(case).closed_at.is_none());
}

#[tokio::test(start_paused = true)]
async fn another_client_is_asked_for_although_the_answer_to_a_new_telephone_was_lost_before() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.in_stage("Treating")[0];
    let client = stage.with(|world| world.mycase.cases[&case].clients[0]);
    stage.with(|world| world.set_client_phone(client, Some("(212) 300-0177"))).expect("called otherwise");
    let lost = Fault::new(Side::CaseStatus, FaultKind::StatusAfter { code: 503 }).method("PATCH").times(1000);
    stage.with(|world| world.faults.add(lost));
    assert_eq!(stage.sync().await.outcome, Outcome::Failed);
    stage.with(|world| world.faults.clear());
    let phone = swap(&stage, case);
    asks_for_the_swap(&stage, case, phone).await;
}

#[tokio::test(start_paused = true)]
async fn what_was_accepted_of_a_change_before_the_rest_was_refused_counts_for_the_day() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.in_stage("Treating")[0];
    stage.with(|world| world.close(case)).expect("closed");
    assert_eq!(stage.sync().await.written, 1);
    let counted = |stage: &Stage| {
        let day = stage.now() - jiff::SignedDuration::from_hours(24);
        stage.hands().store.written_without_approval(day).expect("a count")[2]
    };
    assert_eq!(counted(&stage), 0);
    stage.with(|world| world.reopen(case).and_then(|()| world.set_name(case, "Other v. Name"))).expect("open again");
    let refused = Fault::new(Side::CaseStatus, FaultKind::Status { code: 422, retry_after: None, body: None }).method("PATCH");
    stage.with(|world| world.faults.add(refused));
    let report = stage.sync().await;
    assert_eq!((report.written, report.failures.len()), (0, 1), "{report:#?}");
    assert!(stage.record(case).closed_at.is_none(), "it was opened all the same");
    assert_eq!(counted(&stage), 1);
    stage.with(|world| world.faults.clear());
    stage.with(|world| world.close(case)).expect("closed");
    let report = stage.verify().await;
    assert_eq!(report.written, 1, "nobody else has opened it: {report:#?}");
    assert!(stage.record(case).closed_at.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_move_whose_answer_was_lost_is_not_forgotten_when_the_next_try_does_not_get_through() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.in_stage("Treating")[0];
    let answers = |kind: FaultKind| {
        let fault = Fault::new(Side::CaseStatus, kind).method("PATCH").times(1000);
        stage.with(|world| world.faults.clear());
        stage.with(|world| world.faults.add(fault));
    };
    stage.with(|world| world.set_stage(case, "Demand Sent")).expect("moved");
    answers(FaultKind::StatusAfter { code: 503 });
    stage.sync().await;
    answers(FaultKind::Status { code: 429, retry_after: None, body: None });
    stage.sync().await;
    assert_eq!(stage.shown(case), "Demand", "it took effect all the same");

    stage.with(|world| world.faults.clear());
    stage.with(|world| world.set_stage(case, "Treating")).expect("moved");
    let report = stage.sync().await;
    assert_eq!((report.error.clone(), report.written), (None, 1), "{report:#?}");
    assert_eq!(stage.shown(case), "Medical Treatment");
    assert_eq!(stage.sync().await.written, 0);
}
