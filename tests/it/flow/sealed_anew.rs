//! A firm under another name, or under another vault key: it goes on as if nothing had been.

use super::given::LATER;
use super::stage::{Portal, Stage};
use casebridge::operations::{Ask, House, Secret, care};
use casebridge::sync::{Outcome, Trigger};

/// Goes on as if nothing had been, but for one reading of everything.
async fn goes_on(stage: &Stage) {
    stage.with(|world| world.reset_requests());
    let run = stage.sync().await;
    assert_eq!((run.error.as_ref(), run.outcome, run.written), (None, Outcome::Done, 0), "{run:#?}");
    for trigger in [Trigger::Documents, Trigger::Messages, Trigger::Changes] {
        let run = stage.tick(trigger).await;
        assert_eq!((run.error.as_ref(), run.outcome, run.written), (None, Outcome::Done, 0), "{run:#?}");
    }
    assert_eq!(stage.writes(), 0);
    let case = stage.a_case();
    stage.with(|world| world.set_stage(case, "Demand Sent")).expect("moved");
    assert_eq!(stage.sync().await.written, 1);
    stage.give(case, "later.pdf", "later");
    stage.pass(LATER).await;
    assert_eq!(stage.tick(Trigger::Documents).await.transferred, Some(1));
    let verify = stage.verify().await;
    assert_eq!((verify.error.as_ref(), verify.written), (None, 0), "{verify:#?}");
}

fn sound(house: &House) {
    for firm in house.with_states() {
        let found = care::check_file(house, Some(&firm), &house.state_file(&firm)).expect("looked at");
        assert!(found.checked.is_sound(), "{found:#?}");
    }
}

#[tokio::test(start_paused = true)]
async fn under_another_name_a_firm_goes_on_as_if_nothing_had_been() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    stage.give(case, "scan.pdf", "hello");
    stage.tick(Trigger::Documents).await;
    stage.tick(Trigger::Messages).await;
    let old = stage.firm.clone();
    let stage = stage.renamed_after("harlow", |house| {
        let renamed = care::rename(house, &old, &"harlow".parse().expect("an id")).expect("renamed");
        assert!(renamed.linked > 30 && !house.has_state(&old));
        sound(house);
    });
    let last = stage.status().await.last.expect("a run");
    assert_eq!(last.firm, stage.firm, "its reports bear its name");
    goes_on(&stage).await;
    stage.with(|world| world.case_status.api_key = "another".to_owned());
    let value = Secret("another".to_owned());
    stage.ask(Ask::SecretSet { name: "portal".to_owned(), value }).await.expect("kept");
    assert_eq!(stage.sync().await.error.expect("words").code, "other-account", "it is still bound to its account");
}

#[tokio::test(start_paused = true)]
async fn right_after_a_rename_another_portal_account_is_still_refused() {
    let stage = Stage::imported(Portal::CaseStatus, 30).await;
    let old = stage.firm.clone();
    let stage = stage.renamed_after("harlow", |house| {
        care::rename(house, &old, &"harlow".parse().expect("an id")).expect("renamed");
    });
    let value = Secret("another".to_owned());
    stage.ask(Ask::SecretSet { name: "portal".to_owned(), value }).await.expect("kept");
    assert_eq!(stage.sync().await.error.expect("words").code, "other-account");
}

#[tokio::test(start_paused = true)]
async fn under_another_vault_key_a_firm_goes_on_as_if_nothing_had_been() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let stage = stage.restarted_after(|house| {
        let before = std::fs::read(house.key_file()).expect("a key");
        let done = care::rekey(house, care::NewKey::Made).expect("done");
        assert_eq!((done.firms.len(), done.failed.len()), (1, 0), "{done:?}");
        assert_ne!(std::fs::read(house.key_file()).expect("a key"), before);
        assert_eq!(std::fs::read(done.former_key.expect("kept")).expect("a key"), before);
    });
    goes_on(&stage).await;
}
