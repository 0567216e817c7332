//! Messages that clients wrote in the portal become notes in MyCase: each once, with who sent it and when.

use super::given::LATER;
use super::stage::{Portal, Stage};
use casebridge::domain::{CaseId, Link, ReasonCode};
use casebridge::operations::SyncAsk;
use casebridge::sandbox::{ListOrder, PortalMessage, World};
use casebridge::sync::{Outcome, Trigger};

impl Stage {
    fn alter(&self, message: u64, alter: impl FnOnce(&mut PortalMessage)) {
        self.with(|world| alter(world.case_status.messages.get_mut(&message).expect("the message")));
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_becomes_a_note_with_its_sender_its_time_and_its_id() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    let id = stage.write_to(case, "Ana Lee", "I moved.\nNew address below.");
    let sent_at = "2026-03-02T15:30:00Z";
    stage.alter(id, |message| message.sent_at = sent_at.parse().expect("a time"));
    let run = stage.carry_messages().await;
    assert_eq!((run.transferred, run.trigger), (Some(1), Trigger::Messages), "{run:#?}");
    let notes = stage.notes(case);
    assert_eq!((notes.len(), notes[0].subject.as_str(), notes[0].date.as_str()), (1, "Portal message from Ana Lee", sent_at));
    let text = format!("I moved.\nNew address below.\n\nSent by Ana Lee on 2 March 2026, 9:30 AM CST\nCase Status message {id}");
    assert_eq!(notes[0].note, text);
    stage.with(World::reset_requests);
    assert_eq!(stage.tick(Trigger::Messages).await.transferred, Some(0));
    assert_eq!(stage.asked(), (0, 0, 2), "a quiet tick");
    stage.settled();
}

#[tokio::test(start_paused = true)]
async fn messages_come_oldest_first_whatever_the_order_of_the_list() {
    for order in [ListOrder::OldestFirst, ListOrder::NewestFirst, ListOrder::Shuffled] {
        let stage = Stage::imported(Portal::CaseStatus, 60).await;
        stage.with(|world| world.switches.list_order = order);
        let case = stage.a_case();
        for n in 0..25 {
            stage.write_to(case, "Ana Lee", &format!("message {n:02}"));
            stage.pass(std::time::Duration::from_secs(60)).await;
        }
        assert_eq!(stage.tick(Trigger::Messages).await.transferred, Some(25), "{order:?}");
        let texts: Vec<String> = stage.notes(case).iter().map(|note| note.note[..10].to_owned()).collect();
        assert_eq!(texts, (0..25).map(|n| format!("message {n:02}")).collect::<Vec<_>>(), "{order:?}");
        stage.write_to(case, "Ana Lee", "one more");
        assert_eq!(stage.tick(Trigger::Messages).await.transferred, Some(1), "{order:?}");
        stage.with(World::reset_requests);
        stage.tick(Trigger::Messages).await;
        assert!(stage.asked().2 <= 2, "{order:?}");
        stage.settled();
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_finds_its_case_by_a_readable_id_that_one_linked_case_bears() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    let readable = stage.record(case).readable_id;
    // Somebody copied the record by hand: no integration id, but the readable one.
    let copy = |readable: Option<String>| {
        stage.with(|world| {
            let now = world.now();
            let copy = world.case_status.add_by_hand("A copy", None, now);
            world.case_status.edit(copy, now, |record| record.readable_id = readable).expect("edited");
            world.case_status.add_message(copy, "Ana Lee", "hello", now)
        })
    };
    copy(readable);
    copy(Some("nobody's".to_owned()));
    let run = stage.tick(Trigger::Messages).await;
    assert_eq!((run.transferred, run.notes.len(), stage.notes(case).len()), (Some(1), 1, 1), "{run:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_readable_id_of_two_linked_cases_needs_attention_on_both() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let (case, other) = (stage.a_case(), stage.in_stage("Negotiation")[0]);
    let readable = stage.record(case).readable_id;
    // Both were given one number; a run holds such a change back, so it is as an older portal left it.
    let store = &stage.hands().store;
    let links = store.links().expect("links");
    let link = |case: u64| links.get(CaseId(case)).expect("read").expect("a link");
    let alike = Link { readable: link(case).readable, ..link(other) };
    store.write(|w| w.touch_link(&alike)).expect("written");
    drop(links);
    stage.with(|world| {
        let now = world.now();
        let copy = world.case_status.add_by_hand("A copy", None, now);
        world.case_status.edit(copy, now, |record| record.readable_id = readable).expect("edited");
        world.case_status.add_message(copy, "Ana Lee", "whose am I?", now);
    });
    let run = stage.tick(Trigger::Messages).await;
    assert_eq!(run.transferred, Some(0), "{run:#?}");
    let both = [stage.reasons(case).await, stage.reasons(other).await];
    assert!(both.iter().all(|reasons| *reasons == [ReasonCode::CarryUnclear]), "{both:?}");
    assert!(stage.notes(case).is_empty() && stage.notes(other).is_empty());
}

#[tokio::test(start_paused = true)]
async fn after_a_lost_state_no_message_is_told_twice() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    for n in 0..3 {
        stage.write_to(case, "Ana Lee", &format!("message {n}"));
    }
    assert_eq!(stage.carry_messages().await.transferred, Some(3));
    let stage = stage.bereft().await;
    stage.edit("[stages]\n", "[messages]\nsince = \"everything\"\n\n[stages]\n");
    stage.import_again().await;
    stage.write_to(case, "Ana Lee", "and one more");
    let run = stage.carry_messages().await;
    assert_eq!((run.transferred, stage.notes(case).len()), (Some(1), 4), "{run:#?}");
    stage.settled();
}

#[tokio::test(start_paused = true)]
async fn messages_from_before_the_connection_are_left_alone() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    let old = stage.write_to(case, "Ana Lee", "long ago");
    stage.alter(old, |message| message.sent_at = "2025-01-01T00:00:00Z".parse().expect("a time"));
    let run = stage.carry_messages().await;
    assert_eq!((run.transferred, run.notes.len(), stage.notes(case).len()), (Some(0), 1, 0), "{run:#?}");
    stage.settled();
}

#[tokio::test(start_paused = true)]
async fn what_a_client_writes_cannot_pass_for_our_own_mark() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    let first = stage.write_to(case, "Ana Lee", "hello");
    stage.write_to(case, "Mallory", &format!("Case Status message {}", first + 2));
    let third = stage.write_to(case, "Ana Lee", "the third");
    assert_eq!(third, first + 2);
    // The first answer to the third is lost before it took effect: the forged mark must not settle it.
    let fault = casebridge::sandbox::Fault::new(casebridge::sandbox::Side::Mycase, casebridge::sandbox::FaultKind::DropBefore);
    stage.with(|world| world.faults.add(fault.method("POST").path("/notes").skip(2)));
    assert_eq!(stage.tick(Trigger::Messages).await.transferred, Some(2));
    stage.pass(LATER).await;
    assert_eq!(stage.tick(Trigger::Messages).await.transferred, Some(1));
    assert_eq!(stage.notes(case).len(), 3);
    stage.settled();
}

#[tokio::test(start_paused = true)]
async fn no_text_no_sender_and_no_file_name_is_in_a_report() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    stage.write_to(case, "Wilhelmina", "Featherstone wrote this");
    let body = r#"{"errors":[{"description":"note: Featherstone wrote this, Wilhelmina"}]}"#.to_owned();
    let fault = casebridge::sandbox::FaultKind::Status { code: 422, retry_after: None, body: Some(body) };
    stage.with(|world| {
        world.faults.add(casebridge::sandbox::Fault::new(casebridge::sandbox::Side::Mycase, fault).method("POST").path("/notes"))
    });
    let run = stage.tick(Trigger::Messages).await;
    assert_eq!((run.outcome, run.failures.len()), (Outcome::Failed, 1));
    let said = format!("{run:?} {:?}", stage.status().await);
    assert!(!said.contains("Featherstone"), "{said}");
    assert_eq!(stage.reasons(case).await, [ReasonCode::CarryRefused]);
}

#[tokio::test(start_paused = true)]
async fn both_may_be_asked_for_at_once_and_hona_has_neither() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    stage.write_to(case, "Ana Lee", "hello");
    stage.give(case, "scan.pdf", "scan");
    let both = SyncAsk { documents: true, messages: true, ..SyncAsk::default() };
    assert_eq!(stage.sync_with(both).await.transferred, Some(2));
    let stage = Stage::new(Portal::Hona, 30).await;
    let error = stage.carry_messages().await.error.expect("an error");
    assert_eq!(error.text, "Hona cannot give messages back: its API has no list of them");
}
