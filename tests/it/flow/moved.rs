//! What a changes run makes of what moved: clients, staff, things that have to stand, and what waits meanwhile.

use super::stage::{Portal, Stage};
use casebridge::domain::ReasonCode;
use casebridge::operations::{Answer, Ask};
use casebridge::sandbox::{Fault, FaultKind, NewCase, NewClient, Side, World};
use casebridge::sync::{Outcome, RunReport};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

/// An imported firm, an hour later; the overlap of the import is behind it.
async fn calm() -> Stage {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    stage.pass(HOUR).await;
    stage.changes().await;
    stage.pass(HOUR).await;
    stage.with(World::reset_requests);
    stage
}

fn cost(run: &RunReport) -> (u64, u64) {
    (run.requests.mycase, run.requests.portal)
}

fn new_case(stage: &Stage, phone: Option<&str>) -> (u64, u64) {
    stage.with(|world| {
        let (first_name, last_name) = ("Ada".to_owned(), "Okafor".to_owned());
        let client = world.add_client(NewClient { first_name, last_name, email: None, cell_phone: phone.map(str::to_owned) });
        let (area, at) = (Some("Personal Injury".to_owned()), Some("Treating".to_owned()));
        let case = NewCase { name: "Okafor v. X".to_owned(), practice_area: area, stage: at, case_number: None, clients: vec![client] };
        (world.add_case(case).expect("a case"), client)
    })
}

/// Somebody on the staff who leads open cases that are in the portal, with how many.
fn a_lead(stage: &Stage) -> (u64, Vec<u64>) {
    let open = stage.open_cases();
    stage.with(|world| {
        let leads = |staff: u64, case: u64| world.mycase.cases[&case].staff.iter().any(|person| person.id == staff && person.lead_lawyer);
        let led = |staff: u64| open.iter().copied().filter(|case| leads(staff, *case)).collect::<Vec<_>>();
        let mut all: Vec<(u64, Vec<u64>)> = world.mycase.staff.keys().map(|staff| (*staff, led(*staff))).collect();
        all.sort_by_key(|(_, cases)| std::cmp::Reverse(cases.len()));
        all.swap_remove(0)
    })
}

#[tokio::test(start_paused = true)]
async fn a_clients_new_phone_reaches_the_portal_though_the_case_did_not_move() {
    let stage = calm().await;
    let case = stage.a_case();
    let client = stage.client_of(case);
    stage.with(|world| world.set_client_phone(client, Some("(212) 736-5001"))).expect("a number");
    let run = stage.changes_later().await;
    assert_eq!((run.written, run.counts.contact), (1, 1), "{run:#?}");
    assert_eq!(cost(&run), (5 + 4 + 1, 1), "the case is read by its id, no other is");
    stage.pass(HOUR).await;
    assert_eq!(cost(&stage.changes().await), (5, 0));
}

#[tokio::test(start_paused = true)]
async fn a_client_who_got_a_phone_makes_an_unlinked_case_importable() {
    let stage = calm().await;
    let (case, client) = new_case(&stage, None);
    stage.changes().await;
    assert_eq!((stage.reasons(case).await, stage.records(case).len()), (vec![ReasonCode::NoUsablePhone], 0));
    stage.pass(HOUR).await;
    stage.with(|world| world.set_client_phone(client, Some("(212) 736-5001"))).expect("a number");
    let run = stage.changes().await;
    assert_eq!((run.counts.create, run.written), (1, 1), "{run:#?}");
    assert_eq!((stage.reasons(case).await, stage.records(case).len()), (vec![], 1));
}

#[tokio::test(start_paused = true)]
async fn a_record_that_is_there_already_is_adopted_by_a_tick_and_not_made_twice() {
    let stage = calm().await;
    let (case, _) = new_case(&stage, Some("(212) 736-5001"));
    stage.with(|world| {
        let now = world.now();
        world.case_status.add_by_hand("Okafor", Some(&case.to_string()), now)
    });
    let run = stage.changes().await;
    assert_eq!((run.counts.create, run.adopted), (0, 1), "{run:#?}");
    assert_eq!(stage.records(case).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_login_of_a_member_of_staff_costs_nothing_more() {
    let stage = calm().await;
    let (staff, _) = a_lead(&stage);
    stage.with(|world| world.edit_staff(staff, |person| person.hourly_rate += 1.0)).expect("edited");
    let run = stage.changes().await;
    assert_eq!((run.run.0, cost(&run)), (0, (5, 0)), "{run:#?}");
}

#[tokio::test(start_paused = true)]
async fn an_address_of_a_lead_attorney_that_changed_is_sent_for_all_his_cases() {
    let stage = calm().await;
    let (staff, led) = a_lead(&stage);
    let new = "moved.lead@harlowpike.example";
    stage.with(|world| {
        world.edit_staff(staff, |person| person.email = new.to_owned()).expect("edited");
        world.case_status.staff.insert(new.to_owned());
    });
    let run = stage.changes().await;
    assert_eq!((run.written, run.counts.update), (led.len(), led.len()), "{run:#?}");
    assert_eq!(run.requests.mycase, 5 + 4 + 1, "all cases are one page here");
    stage.pass(HOUR).await;
    assert_eq!(cost(&stage.changes().await), (5, 0), "and that is remembered");
}

#[tokio::test(start_paused = true)]
async fn a_run_of_one_case_does_not_hide_a_member_of_staff_from_the_next_tick() {
    let stage = calm().await;
    let (staff, led) = a_lead(&stage);
    let new = "moved.lead@harlowpike.example";
    stage.with(|world| {
        world.edit_staff(staff, |person| person.email = new.to_owned()).expect("edited");
        world.case_status.staff.insert(new.to_owned());
    });
    assert_eq!(stage.sync_cases(&led[..1]).await.written, 1);
    assert_eq!(stage.changes().await.written, led.len() - 1);
}

#[tokio::test(start_paused = true)]
async fn with_changes_on_a_stage_must_have_stood_for_half_an_hour_and_a_later_tick_sends_it() {
    let stage = calm().await;
    stage.edit("[schedule]\n", "[schedule]\nchanges = \"*/15 * * * *\"\n");
    let case = stage.a_case();
    stage.with(|world| world.set_stage(case, "Demand Sent")).expect("moved");
    assert_eq!(stage.changes_later().await.written, 0, "it may have been a slip");
    stage.pass(15 * MINUTE).await;
    assert_eq!(cost(&stage.changes().await), (5, 0), "nothing moved, and it is not time yet");
    stage.pass(16 * MINUTE).await;
    let run = stage.changes().await;
    assert_eq!((run.written, cost(&run)), (1, (5 + 4 + 1, 1)), "{run:#?}");
    assert_eq!(stage.shown(case), "Demand");
    stage.pass(15 * MINUTE).await;
    assert_eq!(cost(&stage.changes().await), (5, 0));
}

#[tokio::test(start_paused = true)]
async fn a_slip_that_was_taken_back_within_the_half_hour_is_never_sent() {
    let stage = calm().await;
    stage.edit("[schedule]\n", "[schedule]\nchanges = \"*/15 * * * *\"\n");
    let case = stage.a_case();
    stage.with(|world| world.set_stage(case, "Settled")).expect("moved");
    stage.changes_later().await;
    stage.pass(15 * MINUTE).await;
    stage.with(|world| world.set_stage(case, "Treating")).expect("moved back");
    for _ in 0..4 {
        assert_eq!(stage.changes().await.written, 0);
        stage.pass(15 * MINUTE).await;
    }
    assert_eq!(cost(&stage.changes().await), (5, 0));
}

#[tokio::test(start_paused = true)]
async fn a_stage_that_the_nightly_run_left_to_stand_is_sent_by_the_next_tick_that_is_due() {
    let stage = calm().await;
    stage.edit("[schedule]\n", "[schedule]\nchanges = \"*/15 * * * *\"\n");
    stage.edit("[stages]\n", "[closure]\nsettle = \"2 hours\"\n\n[stages]\n");
    let (case, other) = (stage.a_case(), stage.in_stage("Negotiation")[0]);
    stage.with(|world| world.set_stage(case, "Demand Sent").and_then(|()| world.close(other))).expect("changed");
    assert_eq!(stage.sync().await.written, 0);
    stage.pass(31 * MINUTE).await;
    assert_eq!((stage.changes().await.written, stage.shown(case).as_str()), (1, "Demand"));
    stage.pass(90 * MINUTE).await;
    assert_eq!(stage.changes().await.written, 1);
    assert!(stage.record(other).closed_at.is_some());
}

#[tokio::test(start_paused = true)]
async fn what_waits_for_approval_goes_on_waiting_beside_a_tick_and_when_its_case_moves() {
    let stage = calm().await;
    stage.edit("change_stage = \"10%, at least 5, at most 50\"", "change_stage = \"at most 2\"");
    let treating = stage.in_stage("Treating");
    let held = &treating[..3];
    stage.with(|world| held.iter().try_for_each(|case| world.set_stage(*case, "Demand Sent"))).expect("moved");
    let night = stage.sync().await;
    assert_eq!((night.written, night.waiting), (0, 3), "{night:#?}");
    stage.pass(HOUR).await;
    let other = stage.in_stage("Negotiation")[0];
    stage
        .with(|world| world.set_name(other, "Renamed v. Other").and_then(|()| world.edit_case(held[0], |case| case.outstanding_cents += 1)))
        .expect("changed");
    let tick = stage.changes().await;
    assert_eq!((tick.written, tick.waiting), (1, 3), "one move is under the limit, but it waits already: {tick:#?}");
    assert_eq!(stage.status().await.waiting, 3);
    let done = stage.approve().await;
    assert_eq!((done.written, done.moved.len(), done.waiting), (3, 0, 0), "{done:#?}");
}

#[tokio::test(start_paused = true)]
async fn what_a_tick_holds_is_approved_by_reading_these_cases_only() {
    let stage = calm().await;
    stage.edit("change_stage = \"10%, at least 5, at most 50\"", "change_stage = \"at most 0\"");
    let case = stage.a_case();
    stage.with(|world| world.set_stage(case, "Demand Sent")).expect("moved");
    assert_eq!(stage.changes().await.waiting, 1);
    let done = stage.approve().await;
    assert_eq!((done.written, done.requests.mycase), (1, 4 + 1), "{done:#?}");
}

#[tokio::test(start_paused = true)]
async fn many_small_ticks_count_together_against_the_days_limit() {
    let stage = calm().await;
    stage.edit("change_stage = \"10%, at least 5, at most 50\"", "change_stage = \"at most 2\"");
    let treating = stage.in_stage("Treating");
    let mut written = 0;
    for case in &treating[..4] {
        stage.with(|world| world.set_stage(*case, "Demand Sent")).expect("moved");
        written += stage.changes().await.written;
        stage.pass(HOUR).await;
    }
    assert_eq!((written, stage.status().await.waiting), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn what_an_approval_left_for_contact_hours_is_kept_and_sent_by_the_first_tick_within_them() {
    let stage = calm().await;
    stage.edit("[portal]\n", "[portal]\ncontact_hours = \"13:00-20:00 mon-sat\"\n");
    stage.edit("change_stage = \"10%, at least 5, at most 50\"", "change_stage = \"at most 0\"");
    let (case, other) = (stage.a_case(), stage.in_stage("Negotiation")[0]);
    stage.with(|world| world.set_stage(case, "Demand Sent")).expect("moved");
    stage.changes().await;
    assert_eq!(stage.approve().await.later, 1);
    stage.with(|world| world.set_name(other, "Renamed v. Other")).expect("renamed");
    let tick = stage.changes().await;
    assert_eq!((tick.written, stage.hands().store.journal().expect("readable").len()), (1, 1), "the yes stands: {tick:#?}");
    stage.pass(4 * HOUR).await;
    let open = stage.changes().await;
    assert_eq!((open.written, stage.shown(case).as_str()), (1, "Demand"), "{open:#?}");
}

#[tokio::test(start_paused = true)]
async fn what_waits_for_contact_hours_without_a_yes_is_looked_at_again_when_they_begin() {
    let stage = calm().await;
    stage.edit("[portal]\n", "[portal]\ncontact_hours = \"13:00-20:00 mon-sat\"\n");
    let case = stage.a_case();
    stage.with(|world| world.set_stage(case, "Demand Sent")).expect("moved");
    let early = stage.changes_later().await;
    assert_eq!((early.written, early.later), (0, 1), "{early:#?}");
    stage.pass(HOUR).await;
    assert_eq!(cost(&stage.changes().await), (5, 0));
    stage.pass(2 * HOUR).await;
    assert_eq!((stage.changes().await.written, stage.shown(case).as_str()), (1, "Demand"));
}

#[tokio::test(start_paused = true)]
async fn what_the_portal_refused_rests_for_half_a_day_and_is_then_tried_by_a_tick() {
    let stage = calm().await;
    let case = stage.a_case();
    stage.with(|world| {
        world.set_stage(case, "Demand Sent").expect("moved");
        let refuse = FaultKind::Status { code: 422, retry_after: None, body: None };
        world.faults.add(Fault::new(Side::CaseStatus, refuse).method("PATCH"));
    });
    let run = stage.changes_later().await;
    assert_eq!((run.outcome, stage.reasons(case).await), (Outcome::Failed, vec![ReasonCode::Refused]), "{run:#?}");
    stage.pass(HOUR).await;
    assert_eq!(cost(&stage.changes().await), (5, 0));
    stage.pass(12 * HOUR).await;
    let again = stage.changes().await;
    assert_eq!((again.written, stage.reasons(case).await), (1, vec![]), "{again:#?}");
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_sent_is_tried_by_the_next_tick() {
    let stage = calm().await;
    let cases = stage.open_cases();
    stage.with(|world| {
        cases[..3].iter().try_for_each(|case| world.set_name(*case, &format!("Name {case}"))).expect("renamed");
        world.faults.add(Fault::new(Side::CaseStatus, FaultKind::DropBefore).method("PATCH").times(100));
    });
    assert_eq!(stage.changes().await.written, 0);
    stage.with(|world| world.faults.clear());
    stage.pass(HOUR).await;
    let run = stage.changes().await;
    assert_eq!((run.written, run.failures.len()), (3, 0), "{run:#?}");
}

#[tokio::test(start_paused = true)]
async fn attention_of_cases_that_were_not_looked_at_stays() {
    let stage = calm().await;
    let (case, other) = (stage.a_case(), stage.in_stage("Negotiation")[0]);
    stage.with(|world| {
        world.add_stage("Brand New");
        world.set_stage(case, "Brand New").expect("moved");
    });
    stage.sync().await;
    let all = |stage: &Stage| stage.hands().store.exceptions().expect("readable");
    let before = all(&stage);
    assert!(before.len() > 1 && stage.reasons(case).await == [ReasonCode::StageNotMapped], "{before:#?}");
    stage.pass(HOUR).await;
    stage.with(|world| world.set_name(other, "Renamed v. Other")).expect("renamed");
    assert_eq!(stage.changes().await.written, 1);
    assert_eq!(all(&stage), before);
    stage.with(|world| world.set_stage(case, "Demand Sent")).expect("moved");
    stage.changes().await;
    assert_eq!((stage.reasons(case).await, all(&stage).len()), (vec![], before.len() - 1));
}

#[tokio::test(start_paused = true)]
async fn a_case_found_changed_by_hand_keeps_its_other_reasons_beside_a_run_of_another_case() {
    let stage = calm().await;
    let (case, other) = (stage.a_case(), stage.in_stage("Negotiation")[0]);
    let id = stage.record(case).id;
    stage.with(|world| {
        let now = world.now();
        world.case_status.edit(id, now, |record| record.name = Some("Scribbled".to_owned())).expect("edited");
        world.add_stage("Brand New");
        world.set_stage(case, "Brand New").expect("moved");
    });
    stage.verify().await;
    let both = [ReasonCode::StageNotMapped, ReasonCode::ChangedByHand];
    assert_eq!(stage.reasons(case).await, both);
    stage.sync_cases(&[other]).await;
    assert_eq!(stage.reasons(case).await, both);
    let Ok(Answer::Exceptions(_)) = stage.ask(Ask::Exceptions).await else { panic!("no list") };
}

#[tokio::test(start_paused = true)]
async fn a_phone_that_is_another_clients_is_held_and_goes_when_the_other_gives_it_up() {
    let stage = calm().await;
    let (case, other) = (stage.a_case(), stage.in_stage("Negotiation")[0]);
    let (client, owner) = (stage.client_of(case), stage.client_of(other));
    let phone = stage.with(|world| world.mycase.clients[&owner].cell_phone.clone()).expect("a number");
    stage.with(|world| world.set_client_phone(client, Some(&phone))).expect("a number");
    let run = stage.changes().await;
    assert_eq!(
        (run.written, stage.reasons(case).await, stage.reasons(other).await),
        (0, vec![ReasonCode::SharedPhone], vec![]),
        "{run:#?}"
    );
    stage.pass(HOUR).await;
    stage.with(|world| world.set_client_phone(owner, Some("(212) 736-5009"))).expect("a number");
    let first = stage.changes().await;
    stage.pass(HOUR).await;
    let night = stage.sync().await;
    assert_eq!((first.written + night.written, stage.reasons(case).await), (2, vec![]), "{first:#?} {night:#?}");
}
