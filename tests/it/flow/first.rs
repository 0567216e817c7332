//! A first import, and the run after it.

use super::stage::{Portal, Stage};
use casebridge::sandbox::Side;
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
    }
}
