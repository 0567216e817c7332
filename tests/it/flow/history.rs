//! `history`: what was changed in the portal, by which run and with whose yes; client data only for those who ask for it.

use super::stage::{Portal, Stage};
use casebridge::domain::Kind;
use casebridge::operations::{Answer, Ask, History, HistoryAsk, HistoryLine};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);

impl Stage {
    async fn history(&self, ask: HistoryAsk) -> History {
        match self.ask(Ask::History(HistoryAsk { limit: ask.limit.max(1), ..ask })).await {
            Ok(Answer::History(history)) => *history,
            other => panic!("{other:?}"),
        }
    }

    async fn history_of(&self, case: u64, show_values: bool) -> Vec<HistoryLine> {
        self.history(HistoryAsk { case: Some(case.to_string()), limit: 50, since: None, show_values }).await.entries
    }

    /// A week goes by with the daemon's upkeep.
    async fn weeks(&self, weeks: u32) {
        for _ in 0..weeks {
            self.pass(7 * DAY).await;
            self.sync().await;
        }
    }
}

fn value<'l>(line: &'l HistoryLine, field: &str) -> (Option<&'l str>, Option<&'l str>) {
    let of = |values: &'l std::collections::BTreeMap<String, Option<String>>| values.get(field).and_then(Option::as_deref);
    (of(&line.before), of(&line.after))
}

#[tokio::test(start_paused = true)]
async fn a_cases_changes_come_newest_last_with_run_yes_and_stages() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    stage.with(|world| world.set_stage(case, "Demand Sent")).expect("moved");
    let run = stage.sync().await;
    stage.with(|world| world.close(case)).expect("closed");
    stage.sync().await;
    let lines = stage.history_of(case, false).await;
    let [made, moved, closed] = lines.as_slice() else { panic!("{lines:#?}") };
    assert_eq!(
        (made.kinds.as_slice(), made.approved_by.as_deref(), made.trigger.as_str()),
        (&[Kind::Create][..], Some("tester"), "approval")
    );
    assert!(made.plan.is_some() && made.approved_at.is_some() && made.before.is_empty(), "{made:#?}");
    assert_eq!((value(made, "stage").1, value(made, "phone").1), (Some("Medical Treatment"), Some("set")));
    assert_eq!((moved.run, moved.trigger.as_str(), &moved.approved_by), (run.run, "by-hand", &None));
    assert_eq!((moved.fields.clone(), value(moved, "stage")), (vec!["stage".to_owned()], (Some("Medical Treatment"), Some("Demand"))));
    assert_eq!((closed.kinds.as_slice(), value(closed, "state")), (&[Kind::Close][..], (Some("open"), Some("closed"))));
}

#[tokio::test(start_paused = true)]
async fn contact_values_are_changed_unless_they_are_asked_for() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    let (client, old) = (stage.client_of(case), stage.record(case).clients[0].cell_phone.clone());
    stage.with(|world| world.set_client_phone(client, Some("212-736-5199"))).expect("a phone");
    assert_eq!(stage.sync().await.written, 1);
    let quiet = stage.history_of(case, false).await.pop().expect("a change");
    assert_eq!((quiet.fields.clone(), value(&quiet, "phone")), (vec!["phone".to_owned()], (None, Some("changed"))));
    let all = serde_json::to_string(&stage.history(HistoryAsk { limit: 500, ..HistoryAsk::default() }).await).expect("JSON");
    assert!(!all.contains("+1") && !all.contains('@') && !all.contains(" v. "), "{all}");
    let loud = stage.history_of(case, true).await.pop().expect("a change");
    assert_eq!(value(&loud, "phone"), (old.as_deref(), Some("+12127365199")));
    assert!(!format!("{loud:?}").contains("5199"));
}

#[tokio::test(start_paused = true)]
async fn a_limit_takes_the_newest_and_a_day_cuts_the_rest() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let cases = stage.open_cases();
    stage.pass(DAY).await;
    let since = stage.now();
    for case in &cases[..3] {
        stage.with(|world| world.set_name(*case, &format!("Name {case}"))).expect("renamed");
        stage.pass(DAY / 10).await;
        stage.sync().await;
    }
    let two = stage.history(HistoryAsk { limit: 2, ..HistoryAsk::default() }).await;
    assert_eq!((two.entries.iter().map(|line| line.case.0).collect::<Vec<_>>(), two.more), (cases[1..3].to_vec(), true));
    let today = stage.history(HistoryAsk { limit: 50, since: Some(since), ..HistoryAsk::default() }).await;
    assert_eq!((today.entries.len(), today.more), (3, false));
    assert!(stage.history_of(999_999_999, true).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn after_ninety_days_values_are_gone_and_that_is_said_while_the_stage_stays() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    stage.weeks(13).await;
    let made = stage.history_of(case, true).await.remove(0);
    assert!(made.values_gone, "{made:#?}");
    assert_eq!((value(&made, "stage").1, value(&made, "clients").1), (Some("Medical Treatment"), Some("set")));
}
