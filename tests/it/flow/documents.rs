//! Files that clients gave to the portal become documents in MyCase: each once, whole, under a plain name.

use super::given::LATER;
use super::stage::{Portal, Stage};
use casebridge::domain::ReasonCode;
use casebridge::operations::SyncAsk;
use casebridge::sandbox::{Document, ListOrder, PortalFile, World};
use casebridge::sync::{Outcome, Trigger};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600 + 60);

impl Stage {
    /// Perturbs a file in the portal.
    fn trick(&self, file: u64, trick: impl FnOnce(&mut PortalFile)) {
        self.with(|world| trick(world.case_status.files.get_mut(&file).expect("the file")));
    }

    /// The portal's list shows null there.
    fn hide(&self, file: u64, field: &str) {
        self.trick(file, |file| {
            file.nulls.insert(field.to_owned());
        });
    }
}

#[tokio::test(start_paused = true)]
async fn a_file_becomes_a_document_at_three_requests_and_never_again() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    let id = stage.give(case, "C:\\phone\\scan.pdf", "hello");
    stage.with(World::reset_requests);
    let run = stage.carry().await;
    assert_eq!((run.transferred, run.outcome, run.trigger), (Some(1), Outcome::Done, Trigger::Documents), "{run:#?}");
    stage.has(case, "scan.pdf", "hello");
    let document = &stage.documents(case)[0];
    assert_eq!(document.description, format!("From the client portal: Case Status file {id}"));
    assert_eq!(stage.asked(), (1 + 1, 1, 2 + 1), "the case's list and the record; the bytes; two pages and the download");
    assert_eq!((run.requests.mycase, run.requests.portal), (3, 3));
    stage.with(World::reset_requests);
    let again = stage.tick(Trigger::Documents).await;
    assert_eq!((again.transferred, stage.asked()), (Some(0), (0, 0, 2)), "a quiet tick reads two pages: {again:#?}");
    stage.settled();
}

#[tokio::test(start_paused = true)]
async fn a_quiet_tick_is_two_requests_however_many_files_there_are_and_is_only_counted() {
    for (files, order) in
        [(30, ListOrder::OldestFirst), (35, ListOrder::OldestFirst), (30, ListOrder::NewestFirst), (43, ListOrder::NewestFirst)]
    {
        let stage = Stage::imported(Portal::CaseStatus, 30).await;
        stage.with(|world| world.switches.list_order = order);
        let cases = stage.open_cases();
        for n in 0..files {
            stage.give(cases[n % cases.len()], &format!("{n}.txt"), "x");
        }
        let first = stage.tick(Trigger::Documents).await;
        assert_eq!(first.transferred, Some(files), "{first:#?}");
        let runs = stage.hands().store.runs(100).expect("runs").len();
        stage.with(World::reset_requests);
        stage.tick(Trigger::Documents).await;
        assert!(stage.asked().2 <= 2 && stage.asked().0 == 0, "{files} {order:?}: {:?}", stage.asked());
        assert_eq!(stage.hands().store.runs(100).expect("runs").len(), runs, "not stored");
        assert_eq!(stage.hands().store.counter("documents").expect("a count"), 1);
        let late = stage.give(cases[0], "late.txt", "late");
        stage.with(World::reset_requests);
        assert_eq!(stage.tick(Trigger::Documents).await.transferred, Some(1), "{late}");
        stage.has(cases[0], "late.txt", "late");
    }
}

#[tokio::test(start_paused = true)]
async fn after_everything_was_compared_the_next_ticks_read_the_whole_lists_once() {
    let stage = Stage::imported(Portal::CaseStatus, 30).await;
    let case = stage.a_case();
    for n in 0..35 {
        stage.give(case, &format!("{n}.txt"), "x");
        stage.write_to(case, "somebody", "x");
    }
    stage.tick(Trigger::Documents).await;
    stage.tick(Trigger::Messages).await;
    stage.verify().await;
    let mut pages = Vec::new();
    for trigger in [Trigger::Documents, Trigger::Messages, Trigger::Documents, Trigger::Messages] {
        stage.with(World::reset_requests);
        let run = stage.tick(trigger).await;
        assert_eq!(run.transferred, Some(0), "{run:#?}");
        pages.push(stage.asked().2);
    }
    assert_eq!(pages, [4, 4, 2, 2], "35 of each are four pages; a quiet tick reads two");
}

#[tokio::test(start_paused = true)]
async fn hundreds_of_files_cost_three_requests_each_and_the_lists() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let cases: Vec<u64> = stage.open_cases().into_iter().take(10).collect();
    for n in 0..300 {
        stage.give(cases[n % 10], &format!("{n}.txt"), "x");
    }
    stage.with(World::reset_requests);
    let run = stage.carry().await;
    assert_eq!((run.transferred, run.failures.len()), (Some(300), 0), "{run:#?}");
    let (mycase, files, portal) = stage.asked();
    assert_eq!((mycase, files, portal), (300 + 10, 300, 300 + 31));
    stage.settled();
}

#[tokio::test(start_paused = true)]
async fn names_are_plain_and_unique_in_the_folder() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    assert_eq!(stage.carry().await.transferred, Some(0), "the first reading");
    for name in ["scan.pdf", "SCAN.pdf", "../../scan.pdf", "...profile", "\u{0}\n", "a\u{202e}gpj.exe"] {
        stage.give(case, name, name);
    }
    let last = stage.with(|world| *world.case_status.files.keys().last().expect("a file"));
    stage.hide(last, "file_name");
    let run = stage.carry().await;
    assert_eq!(run.transferred, Some(6), "{run:#?}");
    let names: Vec<String> = stage.paths(case).iter().map(|path| path.replace("Case Documents/", "")).collect();
    let (nameless, unnamed) = (names[4].clone(), names[5].clone());
    assert_eq!(names[..4], ["scan.pdf", "SCAN (2).pdf", "scan (3).pdf", "profile"]);
    assert!(nameless.starts_with("file-") && unnamed.starts_with("file-") && unnamed.ends_with(".exe"), "{names:?}");
}

#[tokio::test(start_paused = true)]
async fn a_file_of_a_case_that_is_not_linked_waits_and_comes_when_it_is() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let record = stage.with(|world| {
        let now = world.now();
        let record = world.case_status.add_by_hand("Somebody", Some("77"), now);
        world.case_status.add_file(record, "waits.txt", 9, None, now);
        record
    });
    for _ in 0..2 {
        let run = stage.carry().await;
        assert_eq!((run.transferred, run.counts.exceptions), (Some(0), 0), "{run:#?}");
        assert_eq!(run.notes, ["1 file belongs to a case that is not linked and waits"]);
    }
    let case = stage.a_case();
    stage.with(|world| {
        let now = world.now();
        // The record turns out to be that of a linked case.
        let other = world.case_status.by_integration_id(&case.to_string())[0].id;
        for file in world.case_status.files.values_mut().filter(|file| file.case == record) {
            file.case = other;
        }
        world.case_status.delete(record, now).expect("deleted");
    });
    assert_eq!(stage.tick(Trigger::Documents).await.transferred, Some(1));
    assert_eq!(stage.paths(case), ["Case Documents/waits.txt"]);
    stage.settled();
}

#[tokio::test(start_paused = true)]
async fn a_case_that_is_imported_later_gets_what_its_client_gave_before() {
    let stage = Stage::new(Portal::CaseStatus, 60).await;
    stage.with(|world| {
        let everybody: Vec<String> = world.mycase.staff.values().map(|person| person.email.to_lowercase()).collect();
        world.case_status.staff.extend(everybody);
    });
    // A portal that somebody filled by hand: the case is adopted by the first run.
    let case = stage.with(|world| {
        let treating = world.mycase.stage_id("Treating");
        let area = world.mycase.practice_area_id("Personal Injury");
        let case = world.mycase.cases.values().find(|case| case.open && case.stage == treating && case.practice_area == area);
        case.expect("a case").id
    });
    stage.with(|world| {
        let now = world.now();
        let record = world.case_status.add_by_hand("By hand", Some(&case.to_string()), now);
        world.case_status.add_file(record, "early.txt", 700, None, now);
    });
    assert_eq!(stage.tick(Trigger::Documents).await.transferred, Some(0), "not linked yet");
    stage.import().await;
    let run = stage.tick(Trigger::Documents).await;
    assert_eq!(run.transferred, Some(1), "{run:#?}");
    assert_eq!(stage.paths(case), ["Case Documents/early.txt"]);
    stage.settled();
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_too_large_waits_until_more_is_allowed() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let (case, other) = (stage.a_case(), stage.in_stage("Negotiation")[0]);
    stage.edit("[stages]\n", "[documents]\nmax_size = \"1 KB\"\n\n[stages]\n");
    let listed = stage.give(case, "listed.bin", &"x".repeat(1500));
    let silent = stage.give(other, "silent.bin", &"y".repeat(1600));
    stage.hide(silent, "size");
    let chunked = stage.give(other, "chunked.bin", &"z".repeat(1700));
    stage.hide(chunked, "size");
    stage.trick(chunked, |file| file.chunked = true);
    stage.give(case, "small.txt", "small");
    stage.with(World::reset_requests);
    let run = stage.carry().await;
    assert_eq!((run.transferred, run.counts.exceptions, run.failures.len()), (Some(1), 2, 0), "{listed} {run:#?}");
    assert_eq!(stage.documents(other).len(), 0, "no record was made");
    assert_eq!(stage.reasons(case).await, [ReasonCode::FileTooLarge]);
    assert_eq!(
        stage.status().await.attention.iter().filter(|line| line.code == ReasonCode::FileTooLarge).map(|line| line.cases).sum::<usize>(),
        2
    );
    stage.with(World::reset_requests);
    stage.tick(Trigger::Documents).await;
    assert_eq!(stage.asked(), (0, 0, 2), "nobody asks for it meanwhile");
    stage.edit("max_size = \"1 KB\"", "max_size = \"1 MB\"");
    let run = stage.tick(Trigger::Documents).await;
    assert_eq!((run.transferred, run.counts.exceptions), (Some(3), 0), "{run:#?}");
    stage.has(other, "chunked.bin", &"z".repeat(1700));
    stage.settled();
}

#[tokio::test(start_paused = true)]
async fn a_vanished_file_needs_attention_until_it_is_there_or_no_longer_listed() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let (case, other) = (stage.a_case(), stage.in_stage("Negotiation")[0]);
    let gone = stage.give(case, "gone.txt", "gone");
    let back = stage.give(other, "back.txt", "back");
    for file in [gone, back] {
        stage.trick(file, |file| file.answers = Some(404));
    }
    stage.give(case, "fine.txt", "fine");
    let run = stage.carry().await;
    assert_eq!((run.transferred, run.failures.len(), run.counts.exceptions), (Some(1), 2, 2), "{run:#?}");
    assert_eq!(stage.reasons(case).await, [ReasonCode::FileVanished]);
    assert!(stage.documents(other).is_empty(), "MyCase was not asked");
    stage.trick(back, |file| file.answers = None);
    stage.pass(DAY).await;
    let run = stage.tick(Trigger::Documents).await;
    assert_eq!((run.transferred, run.counts.exceptions), (Some(1), 1), "{run:#?}");
    stage.with(|world| world.case_status.remove_file(gone)).expect("removed");
    let whole = stage.sync_with(SyncAsk { documents: true, verify: true, ..SyncAsk::default() }).await;
    assert_eq!(whole.counts.exceptions, 0, "{whole:#?}");
    stage.settled();
}

#[tokio::test(start_paused = true)]
async fn a_file_that_does_not_come_whole_is_not_delivered_and_needs_attention_after_three_tries() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    let file = stage.give(case, "odd.bin", "twelve bytes");
    stage.trick(file, |file| file.size = 400);
    for tries in 1..=3 {
        let run = stage.carry().await;
        assert_eq!((run.transferred, run.failures.len()), (Some(0), 1), "{run:#?}");
        assert_eq!(stage.reasons(case).await.len(), usize::from(tries == 3), "try {tries}");
    }
    assert!(stage.documents(case).is_empty());
    assert_eq!(stage.reasons(case).await, [ReasonCode::FileNotWhole]);
    stage.trick(file, |file| file.size = 12);
    stage.pass(DAY).await;
    assert_eq!(stage.tick(Trigger::Documents).await.transferred, Some(1));
    stage.has(case, "odd.bin", "twelve bytes");
    stage.settled();
}

#[tokio::test(start_paused = true)]
async fn files_of_closed_cases_come_along_or_wait_as_the_file_says() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    stage.with(|world| world.close(case)).expect("closed");
    stage.sync().await;
    stage.edit("[stages]\n", "[documents]\nclosed_cases = \"attention\"\n\n[stages]\n");
    stage.give(case, "late.txt", "late");
    let run = stage.tick(Trigger::Documents).await;
    assert_eq!((run.transferred, run.outcome), (Some(0), Outcome::Done), "{run:#?}");
    assert_eq!(stage.reasons(case).await, [ReasonCode::FileForClosedCase]);
    stage.edit("closed_cases = \"attention\"", "closed_cases = \"carry\"");
    assert_eq!(stage.tick(Trigger::Documents).await.transferred, Some(1));
    stage.edit("closed_cases = \"carry\"", "closed_cases = \"attention\"");
    stage.give(case, "later.txt", "later");
    assert_eq!(stage.tick(Trigger::Documents).await.transferred, Some(0));
    stage.with(|world| world.reopen(case)).expect("reopened");
    stage.sync().await;
    assert_eq!(stage.tick(Trigger::Documents).await.transferred, Some(1), "it opened again");
    stage.settled();
}

#[tokio::test(start_paused = true)]
async fn the_key_goes_nowhere_but_to_the_portal_and_the_token_nowhere_but_to_mycase() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    stage.with(|world| {
        world.switches.files_origin = Some("http://localhost:7777".to_owned());
        world.switches.storage_origin = Some("http://localhost:8888".to_owned());
    });
    stage.give(case, "elsewhere.txt", "elsewhere");
    assert_eq!(stage.carry().await.transferred, Some(1));
    let transfers = stage.with(|world| world.transfers().to_vec());
    assert_eq!(transfers.len(), 2, "{transfers:#?}");
    assert!(transfers.iter().all(|transfer| !transfer.authorization && transfer.status == 200), "{transfers:#?}");
    stage.has(case, "elsewhere.txt", "elsewhere");
}

#[tokio::test(start_paused = true)]
async fn a_file_of_unknown_length_lies_on_the_disk_meanwhile_and_leaves_nothing_there() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    let text = "chunk after chunk ".repeat(20_000);
    let file = stage.give(case, "chunked.txt", &text);
    stage.trick(file, |file| file.chunked = true);
    let run = stage.carry().await;
    assert_eq!(run.transferred, Some(1), "{run:#?}");
    stage.has(case, "chunked.txt", &text);
    assert_eq!(stage.scratch(), 0, "nothing is left");
}

#[tokio::test(start_paused = true)]
async fn after_a_lost_state_nothing_is_doubled_and_what_is_new_comes() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    stage.give(case, "scan.pdf", "one");
    stage.give(case, "scan.pdf", "two");
    stage.give(case, "sub/by hand.pdf", "by hand");
    assert_eq!(stage.carry().await.transferred, Some(3));
    // Somebody renames one: the mark still finds it. Another was filed by hand and bears none.
    stage.with(|world| {
        let came = |document: &&mut Document| document.case == Some(case) && document.path.starts_with("Case Documents/");
        let mut documents = world.mycase.documents.values_mut().filter(came);
        documents.next().expect("one").path = "Renamed/x.pdf".to_owned();
        documents.next_back().expect("another").description.clear();
    });
    let stage = stage.bereft().await;
    stage.edit("[stages]\n", "[documents]\nsince = \"everything\"\n\n[stages]\n");
    stage.import_again().await;
    stage.give(case, "new.pdf", "new");
    let run = stage.carry().await;
    assert_eq!((run.transferred, run.failures.len()), (Some(1), 0), "{run:#?}");
    assert_eq!(stage.documents(case).len(), 4, "{:?}", stage.paths(case));
    stage.has(case, "new.pdf", "new");
    stage.settled();
}

#[tokio::test(start_paused = true)]
async fn older_files_are_left_alone_and_counted_until_the_file_wants_them() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    let days = ["2025-12-30T10:00:00Z", "2026-01-15T10:00:00Z", "2026-02-15T10:00:00Z"];
    for day in days {
        let file = stage.give(case, &format!("{}.txt", &day[..10]), day);
        stage.trick(file, |file| file.created_at = day.parse().expect("a time"));
    }
    let run = stage.carry().await;
    assert_eq!(run.transferred, Some(0), "{run:#?}");
    assert_eq!(run.notes, ["3 files are older than the connection, or than `since`, and were left alone"]);
    assert!(stage.tick(Trigger::Documents).await.notes.is_empty(), "said once");
    stage.edit("[stages]\n", "[documents]\nsince = \"2026-02-01\"\n\n[stages]\n");
    assert_eq!(stage.tick(Trigger::Documents).await.transferred, Some(1));
    stage.edit("since = \"2026-02-01\"", "since = \"everything\"");
    assert_eq!(stage.tick(Trigger::Documents).await.transferred, Some(2));
    assert_eq!(stage.documents(case).len(), 3);
    stage.settled();
}

#[tokio::test(start_paused = true)]
async fn a_file_without_a_date_needs_attention_on_the_first_reading_and_comes_later() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let case = stage.a_case();
    let undated = stage.give(case, "undated.txt", "undated");
    stage.hide(undated, "created_at");
    assert_eq!(stage.carry().await.transferred, Some(0));
    assert_eq!(stage.reasons(case).await, [ReasonCode::CarryUnclear]);
    let later = stage.give(case, "later.txt", "later");
    stage.hide(later, "created_at");
    assert_eq!(stage.tick(Trigger::Documents).await.transferred, Some(1), "it was not there before");
    stage.edit("[stages]\n", "[documents]\nsince = \"everything\"\n\n[stages]\n");
    assert_eq!(stage.carry().await.transferred, Some(1));
    stage.settled();
}

#[tokio::test(start_paused = true)]
async fn while_cases_are_tested_the_files_of_others_wait() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let (case, other) = (stage.a_case(), stage.in_stage("Negotiation")[0]);
    stage.edit("[stages]\n", &format!("[testing]\ncases = [{case}]\n\n[stages]\n"));
    stage.give(case, "mine.txt", "mine");
    stage.give(other, "other.txt", "other");
    assert_eq!(stage.carry().await.transferred, Some(1));
    assert!(stage.documents(other).is_empty());
    stage.edit(&format!("cases = [{case}]"), "cases = []");
    assert_eq!(stage.tick(Trigger::Documents).await.transferred, Some(1));
    stage.settled();
}

#[tokio::test(start_paused = true)]
async fn a_portal_that_cannot_give_documents_says_so() {
    let stage = Stage::new(Portal::Hona, 30).await;
    let run = stage.carry().await;
    let error = run.error.expect("an error");
    assert_eq!((run.outcome, error.code.as_str()), (Outcome::Failed, "portal"));
    assert_eq!(error.text, "Hona cannot give documents back: its API has no list of them");
}

#[tokio::test(start_paused = true)]
async fn the_last_run_of_status_is_the_last_that_read_cases() {
    let stage = Stage::imported(Portal::CaseStatus, 30).await;
    let case = stage.open_cases()[0];
    stage.give(case, "scan.pdf", "x");
    stage.carry().await;
    let last = stage.status().await.last.expect("a run");
    assert_eq!(last.trigger, Trigger::Approval);
    let both = stage.sync_with(SyncAsk { documents: true, messages: true, ..SyncAsk::default() }).await;
    assert_eq!(both.transferred, Some(0));
    let with_case =
        stage.ask(casebridge::operations::Ask::Sync(SyncAsk { documents: true, cases: vec!["7".into()], ..SyncAsk::default() }));
    assert!(with_case.await.is_err_and(|error| error.to_string().contains("as a whole")));
}

#[tokio::test(start_paused = true)]
async fn an_outage_is_reported_once_and_then_counted() {
    let stage = Stage::imported(Portal::CaseStatus, 30).await;
    let key = stage.with(|world| std::mem::replace(&mut world.case_status.api_key, "another".to_owned()));
    let before = stage.hands().store.runs(100).expect("runs").len();
    for _ in 0..3 {
        let run = stage.tick(Trigger::Documents).await;
        assert_eq!(run.error.map(|error| error.code).as_deref(), Some("portal"));
        stage.pass(LATER).await;
    }
    assert_eq!(stage.hands().store.runs(100).expect("runs").len(), before + 1);
    stage.with(|world| world.case_status.api_key = key);
    assert_eq!(stage.tick(Trigger::Documents).await.error, None);
}
