//! A backup that is restored after the firm went on: nothing is made twice, nothing is lost, and one yes comes first.

use super::adoption::new_case;
use super::given::LATER;
use super::stage::{Portal, Stage};
use casebridge::operations::{Answer, Ask, Connection, care};
use casebridge::sandbox::{Fault, FaultKind, NewCase, Side};
use casebridge::store::Pause;
use casebridge::sync::{Outcome, Trigger};
use std::collections::BTreeMap;

impl Stage {
    /// A backup; where it is.
    async fn backup(&self) -> camino::Utf8PathBuf {
        match self.ask(Ask::Backup).await {
            Ok(Answer::BackedUp(made)) => made.file,
            other => panic!("{other:?}"),
        }
    }

    /// The process ends, a backup is restored, and another process begins.
    fn restored(self, file: &camino::Utf8Path) -> Stage {
        let firm = self.firm.clone();
        self.restarted_after(|house| {
            let restored = care::restore(house, &firm, file, care::MadeAs::default()).expect("restored");
            assert!(restored.aside.expect("what was there").exists());
        })
    }

    /// What clients see: each record's stage and whether it is open, by the case's id.
    fn seen(&self) -> BTreeMap<String, (Option<String>, bool)> {
        self.with(|world| {
            let live = world.case_status.cases.values().filter(|case| case.deleted_at.is_none());
            live.map(|case| (case.integration_id.clone().unwrap_or_default(), (case.status.clone(), case.closed_at.is_none()))).collect()
        })
    }
}

#[tokio::test(start_paused = true)]
async fn what_went_on_since_a_backup_is_taken_over_and_nothing_is_made_twice() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let cases = stage.in_stage("Treating");
    let (moved, closed) = (cases[0], cases[1]);
    stage.give(moved, "before.pdf", "before");
    stage.write_to(moved, "Anna", "before");
    // Not carried yet when the backup is made, and carried after it: of the file nobody knows, the note was surely refused.
    stage.give(closed, "owed.pdf", "owed");
    stage.write_to(cases[2], "Carla", "owed");
    stage.with(|world| {
        for (path, code) in [("/documents", 500), ("/notes", 422)] {
            let refused = FaultKind::Status { code, retry_after: None, body: None };
            world.faults.add(Fault::new(Side::Mycase, refused).method("POST").path(path).times(1));
        }
    });
    stage.tick(Trigger::Documents).await;
    stage.tick(Trigger::Messages).await;
    let file = stage.backup().await;

    let new = new_case(&stage, "New v. Northline");
    stage.with(|world| world.set_stage(moved, "Demand Sent")).expect("moved");
    stage.sync().await;
    stage.pass(LATER).await;
    stage.give(new, "after.pdf", "after");
    stage.write_to(new, "Bert", "after");
    for _ in 0..3 {
        stage.pass(LATER).await;
        stage.tick(Trigger::Documents).await;
        stage.tick(Trigger::Messages).await;
    }
    stage.with(|world| world.close(closed)).expect("closed");
    stage.sync().await;
    let (seen, documents, notes) =
        (stage.seen(), stage.with(|world| world.mycase.documents.len()), stage.with(|world| world.mycase.notes.len()));
    assert!(stage.record(closed).closed_at.is_some() && stage.shown(moved) == "Demand");

    let stage = stage.restored(&file);
    assert_eq!(stage.hands().store.links().expect("links").get(casebridge::domain::CaseId(new)).expect("read"), None, "it is the backup");
    stage.with(|world| world.reset_requests());
    let run = stage.sync().await;
    assert_eq!((run.error.as_ref(), stage.writes()), (None, 0), "what is there is taken as it is: {run:#?}");
    assert_eq!(run.outcome, Outcome::Done, "{run:#?}");
    let mut again = 0;
    for _ in 0..3 {
        stage.pass(LATER).await;
        for trigger in [Trigger::Documents, Trigger::Messages] {
            let run = stage.tick(trigger).await;
            assert_eq!((run.error.as_ref(), run.failures.len()), (None, 0), "{run:#?}");
            again += run.transferred.expect("a number");
        }
    }
    assert_eq!(again, 1, "of the one that was under way the bytes are sent once more, into the same document");
    assert_eq!(stage.seen(), seen);
    assert_eq!((stage.with(|world| world.mycase.documents.len()), stage.with(|world| world.mycase.notes.len())), (documents, notes));
    stage.has(closed, "owed.pdf", "owed");
    stage.has(new, "after.pdf", "after");
    stage.settled();
    assert_eq!(stage.sync().await.written, 0);
    stage.with(|world| world.set_stage(new, "Demand Sent")).expect("moved");
    stage.sync().await;
    assert_eq!(stage.shown(new), "Demand", "it goes on");
}

#[tokio::test(start_paused = true)]
async fn after_a_restore_what_still_differs_waits_for_one_yes() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let file = stage.backup().await;
    let case = stage.a_case();
    let stage = stage.restored(&file);
    stage.with(|world| world.set_stage(case, "Demand Sent")).expect("moved");
    let shown = stage.shown(case);
    let run = stage.changes_later().await;
    assert_eq!((run.written, stage.shown(case)), (0, shown.clone()), "a small run does not go ahead of it: {run:#?}");
    let run = stage.sync().await;
    assert_eq!((run.outcome, run.waiting, stage.shown(case)), (Outcome::Waiting, 1, shown), "{run:#?}");
    stage.approve().await;
    assert_eq!(stage.shown(case), "Demand");
}

#[tokio::test(start_paused = true)]
async fn creates_that_a_backup_still_owes_are_looked_up_and_not_repeated() {
    let stage = Stage::new(Portal::CaseStatus, 60).await;
    assert_eq!(stage.sync().await.outcome, Outcome::Waiting);
    stage.stop();
    stage.approve().await;
    let owed = stage.hands().store.journal_len().expect("a journal");
    assert!(owed > 30, "{owed}");
    let file = stage.backup().await;
    let stage = stage.restarted();
    stage.sync().await;
    let census = stage.census();
    assert!(census.len() > 30);
    let stage = stage.restored(&file);
    stage.with(|world| world.reset_requests());
    let run = stage.sync().await;
    assert!(run.error.is_none(), "{run:#?}");
    let creates = stage.with(|world| world.writes().iter().filter(|write| write.path.ends_with("/v1/api/cases")).count());
    assert!(creates <= 1, "only the case whose lead the portal refuses: {creates}");
    assert_eq!(stage.census(), census);
}

#[tokio::test(start_paused = true)]
async fn on_a_portal_that_cannot_be_listed_a_restore_makes_nothing_twice_either() {
    let stage = Stage::imported(Portal::Hona, 60).await;
    let file = stage.backup().await;
    let count = |stage: &Stage| stage.with(|world| world.hona.projects.len());
    let imported = count(&stage);
    let case = stage.with(|world| world.mycase.cases.values().find(|case| case.open && !case.clients.is_empty()).expect("a case").clone());
    let area = stage.with(|world| world.mycase.practice_area_of(case.id).map(str::to_owned));
    let at = stage.with(|world| world.mycase.stage_of(case.id).map(str::to_owned));
    let new = NewCase { name: "New v. Northline".to_owned(), practice_area: area, stage: at, case_number: None, clients: case.clients };
    stage.with(|world| world.add_case(new)).expect("a case");
    stage.sync().await;
    let before = count(&stage);
    assert_eq!(before, imported + 1);
    let stage = stage.restored(&file);
    let run = stage.sync().await;
    assert_eq!((run.error.as_ref(), run.outcome, count(&stage)), (None, Outcome::Waiting, before), "{run:#?}");
    let run = stage.approve().await;
    assert_eq!((run.error.as_ref(), count(&stage)), (None, before), "{run:#?}");
}

#[tokio::test(start_paused = true)]
async fn the_connection_of_now_goes_on_and_an_old_one_never_comes_back() {
    let stage = Stage::imported(Portal::CaseStatus, 30).await;
    let file = stage.backup().await;
    let then = stage.hands().store.tokens().expect("read").expect("a pair");
    stage.pass(std::time::Duration::from_secs(20 * 3600)).await;
    casebridge::operations::keep_alive(&stage.engine()).await;
    stage.ask(Ask::Pause { reason: "holiday".to_owned(), until: None }).await.expect("paused");
    let now = stage.hands().store.tokens().expect("read").expect("a pair");
    assert_ne!(then, now);
    let stage = stage.restored(&file);
    assert_eq!(stage.hands().store.tokens().expect("read"), Some(now));
    assert!(stage.hands().store.meta::<Pause>().expect("read").is_some(), "a pause is a person's word");
    assert!(stage.sync().await.error.is_none());

    // The state is lost, the vault key is not.
    let firm = stage.firm.clone();
    let stage = stage.restarted_after(|house| {
        std::fs::remove_file(house.state_file(&firm)).expect("removed");
        assert!(!care::restore(house, &firm, &file, care::MadeAs::default()).expect("restored").connected);
    });
    assert_eq!(stage.status().await.connection, Connection::NotConnected);
    stage.connect().await;
    assert!(stage.sync().await.error.is_none());
}
