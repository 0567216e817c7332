//! A first import, and the run after it.

use super::stage::{Portal, Stage};
use casebridge::domain::ReasonCode;
use casebridge::sandbox::{Fault, FaultKind, Side};
use casebridge::sync::Outcome;

#[tokio::test(start_paused = true)]
async fn a_first_import_waits_whole_for_one_yes_and_the_next_run_writes_nothing() {
    for portal in [Portal::CaseStatus, Portal::Hona] {
        let stage = Stage::new(portal, 60).await;
        let held = stage.sync().await;
        assert_eq!(held.outcome, Outcome::Waiting, "{held:#?}");
        assert_eq!((held.written, stage.writes()), (0, 0), "nothing is sent before the yes");
        assert!(held.counts.create > 30, "{held:#?}");

        let done = stage.approve().await;
        assert!(done.written >= held.counts.create - 1, "{done:#?}");
        stage.with(|world| world.reset_requests());

        let second = stage.sync().await;
        assert_eq!(second.outcome, Outcome::Done, "{second:#?}");
        assert_eq!((second.written, stage.writes()), (0, 0), "{second:#?}");
        assert_eq!(stage.with(|world| world.requests_to(Side::Mycase)), 5, "one page of cases and four reference lists");
        assert_eq!(second.requests.portal, 0, "nothing is new, so the portal is not asked");
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_portal_refused_stays_listed_with_its_words_and_is_tried_again_the_next_night() {
    let stage = Stage::new(Portal::CaseStatus, 60).await;
    let imported = stage.import().await;
    assert_eq!(imported.failures.len(), 1, "the lead of one case has left the firm: {imported:#?}");
    assert!(imported.failures[0].text.contains("was not found"), "{imported:#?}");
    assert!(!imported.failures[0].text.contains('@'), "no address in {imported:#?}");
    stage.sync().await;
    let listed = stage.status().await.attention.into_iter().any(|line| line.code == ReasonCode::Refused);
    assert!(listed, "it is listed until it is put right");
    stage.pass(std::time::Duration::from_secs(24 * 3600)).await;
    assert_eq!(stage.sync().await.failures.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_was_sent_is_remembered_and_its_values_are_forgotten_after_ninety_days() {
    let stage = Stage::new(Portal::Hona, 40).await;
    stage.import().await;
    let kept = |stage: &Stage| {
        let history = stage.hands().store.history(None, 1000).expect("a history");
        (history.len(), history.iter().filter(|entry| entry.after.is_some()).count())
    };
    let (written, with_values) = kept(&stage);
    assert!(written > 0 && with_values == written, "{with_values} of {written} keep their values");
    stage.pass(std::time::Duration::from_secs(91 * 24 * 3600)).await;
    stage.connect().await;
    stage.sync().await;
    assert_eq!(kept(&stage), (written, 0), "the entries stay, the values go");
}

#[tokio::test(start_paused = true)]
async fn a_run_that_comes_to_no_record_because_a_list_was_empty_is_no_first_import_and_the_next_one_waits_for_a_yes() {
    for list in ["/cases", "/staff"] {
        let stage = Stage::new(Portal::CaseStatus, 40).await;
        stage.with(|world| world.faults.add(Fault::new(Side::Mycase, FaultKind::Empty).path(list)));
        let empty = stage.sync().await;
        assert_eq!((empty.outcome, empty.written), (Outcome::Done, 0), "{empty:#?}");
        let next = stage.changes().await;
        assert_eq!((next.written, stage.writes()), (0, 0), "{list} {next:#?}");
        let held = stage.sync().await;
        assert_eq!((held.outcome, stage.writes()), (Outcome::Waiting, 0), "{list} {held:#?}");
    }
}
