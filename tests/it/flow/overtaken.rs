//! Something was sent and nobody heard what became of it, and the case moves on before it is looked up or sent again.

use super::stage::{Portal, Stage};
use casebridge::domain::Kind;
use casebridge::sandbox::{Fault, FaultKind, NewClient, Side};
use casebridge::store::EntryState;

/// A first import whose projects were all made, and none of whose answers came; a case of which this is so.
async fn unheard() -> (Stage, u64) {
    let stage = Stage::new(Portal::Hona, 60).await;
    stage.sync().await;
    let lost = Fault::new(Side::Hona, FaultKind::StatusAfter { code: 502 }).method("PUT").path("/projects").times(1000);
    stage.with(|world| world.faults.add(lost));
    assert_eq!(stage.approve().await.written, 0);
    stage.with(|world| world.faults.clear());
    let journal = stage.hands().store.journal().expect("a journal");
    let sent = journal.into_iter().find(|entry| entry.state == EntryState::Sent).expect("one was sent");
    (stage, sent.change.case.0)
}

fn contacts(stage: &Stage, case: u64) -> Vec<String> {
    stage.with(|world| world.hona.projects[&case.to_string()].contacts.iter().map(|contact| contact.external_id.clone()).collect())
}

#[tokio::test(start_paused = true)]
async fn a_project_that_was_perhaps_made_for_one_person_is_made_for_another_only_with_a_yes() {
    let (stage, case) = unheard().await;
    let before = contacts(&stage, case);
    let person = NewClient { first_name: "Zora".into(), last_name: "Quist".into(), email: None, cell_phone: Some("(212) 300-0199".into()) };
    stage.with(|world| {
        let client = world.add_client(person);
        world.set_clients(case, &[client], Some(client)).expect("swapped");
    });
    for _ in 0..2 {
        let run = stage.sync().await;
        assert_eq!(run.waiting, 1, "{run:#?}");
        assert_eq!(contacts(&stage, case), before);
    }
    let done = stage.approve_only(Kind::Contact).await;
    assert_eq!((done.written, done.waiting), (1, 0), "{done:#?}");
    assert_ne!(contacts(&stage, case), before);
    assert!(stage.hands().store.journal().expect("a journal").is_empty());
    assert_eq!(stage.sync().await.written, 0);
}

#[tokio::test(start_paused = true)]
async fn a_project_that_was_perhaps_made_and_is_wanted_otherwise_is_made_so() {
    let (stage, case) = unheard().await;
    stage.with(|world| world.set_name(case, "Renamed v. Other")).expect("renamed");
    let run = stage.sync().await;
    assert_eq!(run.waiting, 1, "the first import is not over: {run:#?}");
    let done = stage.approve().await;
    assert_eq!((done.written, done.waiting), (1, 0), "{done:#?}");
    let name = stage.with(|world| world.hona.projects[&case.to_string()].name.clone());
    assert_eq!(name.as_deref(), Some("Renamed v. Other"));
    assert!(stage.hands().store.journal().expect("a journal").is_empty());
    assert_eq!(stage.sync().await.written, 0);
}

#[tokio::test(start_paused = true)]
async fn a_close_that_was_lost_is_not_sent_again_beside_another_lost_answer_when_the_case_is_open_again() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let [case, other] = stage.in_stage("Treating")[..2] else { panic!("two cases") };
    stage.with(|world| world.close(case)).expect("closed");
    let lost = |kind: FaultKind, method: &str| {
        stage.with(|world| world.faults.add(Fault::new(Side::CaseStatus, kind).method(method).times(1000)));
    };
    lost(FaultKind::Status { code: 503, retry_after: None, body: None }, "POST");
    stage.sync().await;
    stage.with(|world| world.faults.clear());
    // It is open again, and that waits for a yes; what is sent for another case gets no answer.
    stage.with(|world| world.reopen(case)).expect("open again");
    stage.edit("[limits]\n", "[limits]\nreopen = \"at most 0\"\n");
    stage.with(|world| world.set_stage(other, "Demand Sent")).expect("moved");
    lost(FaultKind::StatusAfter { code: 503 }, "PATCH");
    let run = stage.sync().await;
    assert_eq!(run.waiting, 1, "{run:#?}");
    assert!(stage.record(case).closed_at.is_none(), "MyCase says that it is open");
}

#[tokio::test(start_paused = true)]
async fn a_yes_to_what_overtakes_a_lost_move_outlives_a_portal_that_turns_it_away() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.in_stage("Treating")[0];
    let answers = |kind: FaultKind| {
        stage.with(|world| world.faults.clear());
        stage.with(|world| world.faults.add(Fault::new(Side::CaseStatus, kind).method("PATCH").times(1000)));
    };
    stage.with(|world| world.set_stage(case, "Demand Sent")).expect("moved");
    answers(FaultKind::StatusAfter { code: 503 });
    stage.sync().await;
    // The link says Medical Treatment still, and so does MyCase again; only the journal knows what the portal may show.
    stage.with(|world| world.set_stage(case, "Treating")).expect("moved back");
    stage.edit("change_stage = \"10%, at least 5, at most 50\"", "change_stage = \"at most 0\"");
    let asked = stage.sync().await;
    assert_eq!(asked.waiting, 1, "{asked:#?}");
    answers(FaultKind::Status { code: 429, retry_after: None, body: None });
    for run in [stage.approve().await, stage.sync().await, stage.verify().await] {
        assert_eq!((run.written, run.waiting), (0, 0), "nobody is asked again: {run:#?}");
    }
    stage.with(|world| world.faults.clear());
    let sent = stage.sync().await;
    assert_eq!((sent.written, sent.waiting), (1, 0), "{sent:#?}");
    assert_eq!(stage.shown(case), "Medical Treatment");
    assert!(stage.hands().store.journal().expect("a journal").is_empty());
}
