//! Whatever goes wrong on the way, a file or message arrives once: lost answers, a process that dies, places that are over,
//! lists that lag.

use super::given::LATER;
use super::stage::{Portal, Stage};
use casebridge::domain::{ItemId, ReasonCode};
use casebridge::sandbox::{Fault, FaultKind, Side, World};
use casebridge::store::{CarryState, Shelf};
use casebridge::sync::{Outcome, Trigger};
use std::time::Duration;

/// Ways for an answer to get lost after the request took effect, and for a request not to take effect.
const LOST: [FaultKind; 3] = [FaultKind::DropAfter, FaultKind::StatusAfter { code: 503 }, FaultKind::Cut];

fn failing() -> [FaultKind; 2] {
    [FaultKind::DropBefore, FaultKind::Status { code: 500, retry_after: None, body: None }]
}

impl Stage {
    fn spoil(&self, side: Side, method: &str, path: &str, kind: FaultKind, times: u64) {
        self.with(|world| world.faults.add(Fault::new(side, kind).method(method).path(path).times(times)));
    }

    fn row(&self, shelf: Shelf, id: u64) -> Option<CarryState> {
        self.hands().store.carried(shelf, &ItemId(id.to_string())).expect("a ledger").map(|row| row.state)
    }

    /// Runs until nothing is open, as the daemon would; answers how many runs that took.
    async fn carried_on(&self, trigger: Trigger) -> usize {
        for runs in 1..=8 {
            self.pass(LATER).await;
            let run = self.tick(trigger).await;
            assert!(run.error.is_none(), "{run:#?}");
            let counts = self.hands().store.carried_counts().expect("counts");
            if counts.documents.open + counts.messages.open == 0 {
                return runs;
            }
        }
        panic!("it does not come to an end");
    }
}

#[tokio::test(start_paused = true)]
async fn a_record_whose_answer_is_lost_is_found_by_looking_and_gets_its_bytes() {
    for kind in LOST {
        let stage = Stage::imported(Portal::CaseStatus, 60).await;
        let case = stage.a_case();
        let id = stage.give(case, "scan.pdf", "hello");
        stage.spoil(Side::Mycase, "POST", "/documents", kind.clone(), 1);
        let run = stage.tick(Trigger::Documents).await;
        assert_eq!((run.transferred, run.failures.len()), (Some(0), 1), "{kind:?} {run:#?}");
        assert!(matches!(stage.row(Shelf::Documents, id), Some(CarryState::Begun { .. })), "{kind:?}");
        stage.with(World::reset_requests);
        assert_eq!(stage.carry().await.transferred, Some(1), "what is there counts at once");
        assert_eq!(stage.with(|world| world.requests().get("mycase POST /cases/{id}/documents").copied()), None);
        stage.has(case, "scan.pdf", "hello");
        assert_eq!(stage.documents(case).len(), 1, "{kind:?}");
        stage.settled();
    }
}

#[tokio::test(start_paused = true)]
async fn a_record_that_was_never_made_is_made_once_the_whole_list_does_not_show_it() {
    for kind in failing() {
        let stage = Stage::imported(Portal::CaseStatus, 60).await;
        let case = stage.a_case();
        stage.give(case, "scan.pdf", "hello");
        stage.spoil(Side::Mycase, "POST", "/documents", kind.clone(), 1);
        assert_eq!(stage.tick(Trigger::Documents).await.transferred, Some(0), "{kind:?}");
        assert!(stage.documents(case).is_empty());
        stage.pass(LATER).await;
        stage.with(|world| {
            world.faults.add(Fault::new(Side::Mycase, FaultKind::WrongCount { by: 1 }).method("GET").path("/documents").times(1))
        });
        assert_eq!(stage.tick(Trigger::Documents).await.transferred, Some(0), "a list that is not whole proves nothing");
        stage.carried_on(Trigger::Documents).await;
        stage.has(case, "scan.pdf", "hello");
        stage.settled();
    }
}

#[tokio::test(start_paused = true)]
async fn bytes_whose_answer_is_lost_are_put_again_to_the_same_document() {
    for kind in LOST.into_iter().chain(failing()) {
        for times in [1, 3, 5] {
            let stage = Stage::imported(Portal::CaseStatus, 60).await;
            let case = stage.a_case();
            stage.give(case, "scan.pdf", "hello");
            stage.spoil(Side::Files, "PUT", "/uploads", kind.clone(), times);
            let run = stage.tick(Trigger::Documents).await;
            assert_eq!(run.transferred, Some(usize::from(times < 3)), "{kind:?} {times} {run:#?}");
            if times >= 3 {
                stage.carried_on(Trigger::Documents).await;
            }
            stage.has(case, "scan.pdf", "hello");
            assert_eq!(stage.documents(case)[0].versions.len(), 1, "{kind:?}");
            stage.settled();
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_place_that_is_over_is_followed_by_a_version_and_not_by_a_document() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    stage.with(|world| world.switches.put_url_seconds = Some(300));
    let id = stage.give(case, "scan.pdf", "hello");
    stage.spoil(Side::Files, "PUT", "/uploads", FaultKind::DropBefore, 3);
    assert_eq!(stage.tick(Trigger::Documents).await.transferred, Some(0));
    assert!(matches!(stage.row(Shelf::Documents, id), Some(CarryState::Posted { .. })));
    stage.carried_on(Trigger::Documents).await;
    stage.has(case, "scan.pdf", "hello");
    assert_eq!((stage.documents(case).len(), stage.documents(case)[0].versions.len()), (1, 2));
    stage.settled();
}

#[tokio::test(start_paused = true)]
async fn a_process_that_dies_at_any_step_leaves_one_whole_document() {
    // The download, the record, the bytes: each takes 700 ms.
    for millis in [100, 600, 800, 1300, 1500, 2000, 2200] {
        let kind = FaultKind::Slow { millis: 700 };
        let stage = Stage::imported(Portal::CaseStatus, 60).await;
        let case = stage.a_case();
        let (one, two) = (stage.give(case, "scan.pdf", "one"), stage.give(case, "scan.pdf", "two"));
        stage.spoil(Side::CaseStatus, "GET", "/data", kind.clone(), 1000);
        stage.spoil(Side::Mycase, "POST", "/documents", kind.clone(), 1000);
        stage.spoil(Side::Files, "PUT", "/uploads", kind.clone(), 1000);
        tokio::select! {
            biased;
            () = tokio::time::sleep(Duration::from_millis(millis)) => {}
            run = stage.tick(Trigger::Documents) => assert!(millis > 2100, "{millis}: {run:#?}"),
        }
        stage.with(|world| world.faults.clear());
        // What was on its way is dropped when its task is next looked at.
        tokio::task::yield_now().await;
        let states = [one, two].map(|id| stage.row(Shelf::Documents, id));
        assert!(states.iter().all(Option::is_some), "{millis}: {states:?}");
        let stage = stage.restarted();
        stage.carried_on(Trigger::Documents).await;
        assert_eq!(stage.documents(case).len(), 2, "{millis}: {states:?} {:?}", stage.paths(case));
        stage.has(case, "scan.pdf", "one");
        stage.has(case, "scan (2).pdf", "two");
        stage.settled();
    }
}

#[tokio::test(start_paused = true)]
async fn addresses_that_are_signed_for_a_short_time_are_listed_anew() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    for n in 0..40 {
        stage.give(case, &format!("{n}.txt"), "x");
    }
    stage.with(|world| {
        world.switches.files_origin = Some("http://localhost:7777".to_owned());
        world.switches.file_url_seconds = Some(100);
    });
    // Three at a time and 25 seconds each: most addresses are over before their turn comes.
    stage.spoil(Side::Files, "GET", "", FaultKind::Slow { millis: 25_000 }, 1000);
    let run = stage.tick(Trigger::Documents).await;
    assert_eq!((run.transferred, run.failures.len()), (Some(40), 0), "{run:#?}");
    stage.with(|world| world.faults.clear());
    stage.settled();
}

#[tokio::test(start_paused = true)]
async fn lists_of_mycase_that_lag_make_nothing_twice() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    stage.with(|world| world.switches.mycase_lag_seconds = 90);
    stage.give(case, "scan.pdf", "hello");
    stage.write_to(case, "Ana Lee", "hello");
    stage.spoil(Side::Mycase, "POST", "/documents", FaultKind::DropAfter, 1);
    stage.spoil(Side::Mycase, "POST", "/notes", FaultKind::DropAfter, 1);
    stage.tick(Trigger::Documents).await;
    stage.tick(Trigger::Messages).await;
    stage.carry().await;
    stage.carry_messages().await;
    stage.pass(Duration::from_secs(60)).await;
    stage.tick(Trigger::Documents).await;
    stage.tick(Trigger::Messages).await;
    assert_eq!((stage.documents(case).len(), stage.notes(case).len()), (1, 1), "absence has to stand for two minutes");
    stage.pass(Duration::from_secs(61)).await;
    assert_eq!((stage.carry().await.transferred, stage.carry_messages().await.transferred), (Some(1), Some(1)));
    stage.has(case, "scan.pdf", "hello");
    assert_eq!((stage.documents(case).len(), stage.notes(case).len()), (1, 1));
    stage.settled();
}

#[tokio::test(start_paused = true)]
async fn a_download_that_breaks_off_leaves_no_half_document() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    let text = "z".repeat(500_000);
    stage.give(case, "scan.pdf", &text);
    stage.spoil(Side::CaseStatus, "GET", "/data", FaultKind::Cut, 1);
    let run = stage.tick(Trigger::Documents).await;
    assert_eq!((run.transferred, run.outcome), (Some(0), Outcome::Failed), "{run:#?}");
    assert!(stage.documents(case).iter().all(|document| document.versions.iter().all(|version| version.length.is_none())));
    stage.carried_on(Trigger::Documents).await;
    stage.has(case, "scan.pdf", &text);
    assert_eq!(stage.documents(case).len(), 1);
    stage.settled();
}

#[tokio::test(start_paused = true)]
async fn a_record_that_somebody_deleted_before_its_bytes_came_is_made_again() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    stage.with(|world| world.switches.put_url_seconds = Some(60));
    stage.give(case, "scan.pdf", "hello");
    stage.spoil(Side::Files, "PUT", "/uploads", FaultKind::DropBefore, 3);
    stage.tick(Trigger::Documents).await;
    let id = stage.documents(case)[0].id;
    stage.with(|world| world.mycase.documents.remove(&id));
    stage.carried_on(Trigger::Documents).await;
    stage.has(case, "scan.pdf", "hello");
    stage.settled();
}

#[tokio::test(start_paused = true)]
async fn a_refusal_concerns_its_file_and_the_next_goes_on() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let (case, other) = (stage.a_case(), stage.in_stage("Negotiation")[0]);
    stage.give(case, "Jane Roe scan.pdf", "bad");
    stage.give(other, "fine.pdf", "fine");
    let body = r#"{"errors":[{"description":"filename Jane Roe scan.pdf is not allowed"}]}"#.to_owned();
    let refusal = Fault::new(Side::Mycase, FaultKind::Status { code: 422, retry_after: None, body: Some(body) });
    stage.with(|world| world.faults.add(refusal.method("POST").path(&format!("/cases/{case}/documents"))));
    let run = stage.tick(Trigger::Documents).await;
    assert_eq!((run.transferred, run.failures.len()), (Some(1), 1), "{run:#?}");
    assert_eq!(stage.reasons(case).await, [ReasonCode::CarryRefused]);
    let said = format!("{run:?} {:?}", stage.status().await);
    assert!(!said.contains("Jane") && said.contains("422"), "{said}");
    stage.carried_on(Trigger::Documents).await;
    stage.has(case, "Jane Roe scan.pdf", "bad");
    assert!(stage.reasons(case).await.is_empty());
    stage.settled();
}

#[tokio::test(start_paused = true)]
async fn a_mycase_that_is_down_ends_the_run_and_nothing_is_doubled_when_it_is_back() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    for n in 0..12 {
        stage.give(case, &format!("{n}.txt"), "x");
    }
    stage.spoil(Side::Mycase, "POST", "/documents", FaultKind::StatusAfter { code: 503 }, 1000);
    let run = stage.tick(Trigger::Documents).await;
    assert_eq!(run.error.map(|error| error.code).as_deref(), Some("mycase"));
    assert!(stage.documents(case).len() <= 6, "it stopped early: {}", stage.documents(case).len());
    stage.with(|world| world.faults.clear());
    stage.carried_on(Trigger::Documents).await;
    assert_eq!(stage.documents(case).len(), 12);
    (0..12).for_each(|n| stage.has(case, &format!("{n}.txt"), "x"));
    stage.settled();
}

#[tokio::test(start_paused = true)]
async fn a_stop_of_the_process_ends_the_run_after_the_files_on_their_way() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    for n in 0..9 {
        stage.give(case, &format!("{n}.txt"), "x");
    }
    stage.spoil(Side::Files, "PUT", "/uploads", FaultKind::Slow { millis: 1000 }, 1000);
    let stop = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        stage.stop();
    };
    let (run, ()) = tokio::join!(stage.tick(Trigger::Documents), stop);
    let carried = run.transferred.expect("a number");
    assert!((3..9).contains(&carried) && run.failures.is_empty() && run.notes.len() == 1, "{run:#?}");
    stage.with(|world| world.faults.clear());
    let stage = stage.restarted();
    stage.carried_on(Trigger::Documents).await;
    assert_eq!(stage.documents(case).len(), 9);
    stage.settled();
}

#[tokio::test(start_paused = true)]
async fn notes_whose_answers_are_lost_are_found_by_looking() {
    for kind in LOST.into_iter().chain(failing()) {
        let stage = Stage::imported(Portal::CaseStatus, 60).await;
        let case = stage.a_case();
        let id = stage.write_to(case, "Ana Lee", "hello");
        stage.spoil(Side::Mycase, "POST", "/notes", kind.clone(), 1);
        let run = stage.tick(Trigger::Messages).await;
        assert_eq!((run.transferred, run.failures.len()), (Some(0), 1), "{kind:?} {run:#?}");
        assert!(matches!(stage.row(Shelf::Messages, id), Some(CarryState::Begun { .. })), "{kind:?}");
        // One whose id begins alike is no proof.
        stage.carried_on(Trigger::Messages).await;
        assert_eq!(stage.notes(case).len(), 1, "{kind:?}");
        stage.settled();
    }
}

#[tokio::test(start_paused = true)]
async fn a_process_that_dies_while_it_writes_notes_leaves_each_once() {
    for millis in [100, 600, 800, 1300, 1500] {
        let stage = Stage::imported(Portal::CaseStatus, 60).await;
        let case = stage.a_case();
        for n in 0..3 {
            stage.write_to(case, "Ana Lee", &format!("message {n}"));
        }
        stage.spoil(Side::Mycase, "POST", "/notes", FaultKind::Slow { millis: 700 }, 1000);
        tokio::select! {
            biased;
            () = tokio::time::sleep(Duration::from_millis(millis)) => {}
            run = stage.tick(Trigger::Messages) => panic!("it should have been broken off: {run:#?}"),
        }
        stage.with(|world| world.faults.clear());
        let stage = stage.restarted();
        stage.carried_on(Trigger::Messages).await;
        assert_eq!(stage.notes(case).len(), 3, "{millis}");
        stage.settled();
    }
}

#[tokio::test(start_paused = true)]
async fn what_an_empty_list_did_not_show_once_is_carried_when_it_is_listed_again() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    stage.give(case, "scan.pdf", "pages");
    stage.write_to(case, "Ana", "When is it?");
    stage.with(|world| world.hide(case, true)).expect("hidden");
    assert_eq!((stage.carry().await.failures.len(), stage.carry_messages().await.failures.len()), (1, 1));
    for list in ["/files", "/messages"] {
        stage.with(|world| world.faults.add(Fault::new(Side::CaseStatus, FaultKind::Empty).method("GET").path(list)));
    }
    stage.pass(24 * LATER).await;
    stage.tick(Trigger::Documents).await;
    stage.tick(Trigger::Messages).await;
    stage.settled();
    stage.with(|world| world.hide(case, false)).expect("shown");
    let carried = (stage.carry().await.transferred, stage.carry_messages().await.transferred);
    assert_eq!(carried, (Some(1), Some(1)));
    stage.has(case, "scan.pdf", "pages");
    assert_eq!(stage.notes(case).len(), 1);
    assert_eq!((stage.carry().await.transferred, stage.carry_messages().await.transferred), (Some(0), Some(0)), "once");
}
