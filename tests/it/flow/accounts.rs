//! One account, one state; and no personal data where it does not belong.

use super::stage::{Portal, Stage};
use casebridge::operations::{Ask, Secret};
use casebridge::sandbox::{Fault, FaultKind, Side};
use casebridge::sync::Outcome;

async fn keep_key(stage: &Stage, key: &str) {
    let value = Secret(key.to_owned());
    stage.ask(Ask::SecretSet { name: "portal".to_owned(), value }).await.expect("kept");
}

#[tokio::test(start_paused = true)]
async fn another_portal_key_is_refused_with_words_until_it_is_meant() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    stage.with(|world| world.case_status.api_key = "another".to_owned());
    keep_key(&stage, "another").await;
    stage.with(|world| world.reset_requests());
    let run = stage.sync().await;
    let error = run.error.expect("words");
    assert_eq!(error.code, "other-account");
    assert!(error.text.contains("casebridge rebind harlow-pike"), "{}", error.text);
    assert_eq!(stage.with(|world| world.requests_to(Side::Mycase) + world.requests_to(Side::CaseStatus)), 0, "nobody was asked");
    let before = stage.census();
    stage.ask(Ask::Rebind).await.expect("rebound");
    let run = stage.sync().await;
    assert_eq!((run.outcome, run.written), (Outcome::Done, 0), "the same account under another key: {run:#?}");
    assert_eq!(stage.census(), before);
}

#[tokio::test(start_paused = true)]
async fn a_mistyped_key_is_mended_by_the_right_one_while_nothing_is_linked() {
    let stage = Stage::new(Portal::CaseStatus, 60).await;
    let right = stage.with(|world| world.case_status.api_key.clone());
    keep_key(&stage, "mistyped").await;
    let run = stage.sync().await;
    assert_eq!(run.written, 0);
    keep_key(&stage, &right).await;
    let run = stage.sync().await;
    assert!(run.error.is_none() && run.waiting > 0, "{run:#?}");
    stage.approve().await;
    keep_key(&stage, "another").await;
    assert_eq!(stage.sync().await.error.expect("words").code, "other-account", "from now on it is another account");
}

#[tokio::test(start_paused = true)]
async fn after_a_rebind_to_another_place_nothing_is_believed_to_be_there() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let before = stage.census();
    stage.with(|world| {
        let ids: Vec<u64> = world.case_status.cases.keys().copied().collect();
        ids.into_iter().for_each(|id| drop(world.case_status.remove(id)));
    });
    let base = stage.text().lines().find(|line| line.starts_with("base_url")).expect("a line").to_owned();
    stage.edit(&base, &base.replace("127.0.0.1:9", "localhost:9"));
    assert_eq!(stage.sync().await.error.expect("words").code, "other-account");
    stage.ask(Ask::Rebind).await.expect("rebound");
    let run = stage.sync().await;
    assert_eq!((run.outcome, run.waiting), (Outcome::Waiting, before.len()), "{run:#?}");
    stage.approve().await;
    assert_eq!(stage.census(), before);
}

/// Every name, phone and address of the world's clients, as it could be quoted.
fn personal(stage: &Stage) -> Vec<String> {
    stage.with(|world| {
        let clients = world.mycase.clients.values().flat_map(|client| {
            let phone = client.cell_phone.clone().filter(|phone| phone.chars().filter(char::is_ascii_digit).count() > 6);
            let digits = phone.as_ref().map(|phone| phone.chars().filter(char::is_ascii_digit).collect::<String>());
            [Some(client.last_name.clone()), client.email.clone(), phone, digits].into_iter().flatten().collect::<Vec<_>>()
        });
        let names = world.mycase.cases.values().map(|case| case.name.clone());
        let staff = world.mycase.staff.values().map(|person| person.email.clone());
        clients.chain(names).chain(staff).filter(|value| value.len() > 3).collect()
    })
}

fn assert_clean(what: &str, text: &str, personal: &[String]) {
    let words: std::collections::BTreeSet<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
    for value in personal {
        let said = if value.chars().all(char::is_alphanumeric) { words.contains(value.as_str()) } else { text.contains(value) };
        assert!(!said, "{what} says {value:?}: {text}");
    }
}

#[tokio::test(start_paused = true)]
async fn no_name_phone_or_address_is_in_reports_status_or_plans() {
    for (portal, side, method) in [(Portal::CaseStatus, Side::CaseStatus, "POST"), (Portal::Hona, Side::Hona, "PUT")] {
        let stage = Stage::new(portal, 60).await;
        let personal = personal(&stage);
        let held = stage.sync().await;
        assert_clean("the held run", &format!("{held:?}"), &personal);
        // The portal quotes what it was sent, and how to reach somebody else.
        let (own, other) = stage.with(|world| {
            let mut clients = world.mycase.clients.values();
            let client = clients.next().expect("a client");
            let own = format!("{} {} {}", client.first_name, client.last_name, client.email.clone().unwrap_or_default());
            let other = clients.find(|client| client.email.is_some() && client.cell_phone.is_some()).expect("another");
            (own, format!("{} {}", other.email.clone().unwrap_or_default(), other.cell_phone.clone().unwrap_or_default()))
        });
        let body = |text: &str| serde_json::json!({ "errors": [format!("'{text}' is bad")], "clients": [{ "name": text }] }).to_string();
        for (code, text) in [(422, own), (400, other.clone()), (500, other)] {
            let kind = FaultKind::Status { code, retry_after: None, body: Some(body(&text)) };
            stage.with(|world| world.faults.add(Fault::new(side, kind).method(method)));
        }
        let plan = stage.plan().await;
        assert_clean("the plan", &plan.json.to_string(), &personal);
        assert_clean("the plan", &plan.markdown, &personal);
        let done = stage.approve().await;
        assert!(done.failures.len() >= 2, "{done:#?}");
        assert_clean("the report", &serde_json::to_string(&done).expect("JSON"), &personal);
        assert_clean("the report", &format!("{done:?}"), &personal);
        stage.sync().await;
        let status = stage.status().await;
        assert_clean("the status", &serde_json::to_string(&status).expect("JSON"), &personal);
        let exceptions = stage.ask(Ask::Exceptions).await.expect("a list");
        assert_clean("the list", &serde_json::to_string(&exceptions).expect("JSON"), &personal);
    }
}

#[tokio::test(start_paused = true)]
async fn no_name_phone_or_address_is_in_what_mycase_answers_wrongly() {
    let stage = Stage::imported(Portal::CaseStatus, 30).await;
    let personal = personal(&stage);
    for kind in [FaultKind::Truncate, FaultKind::NotArray, FaultKind::Cut] {
        stage.with(|world| world.faults.add(Fault::new(Side::Mycase, kind).path("/cases").times(50)));
        let run = stage.sync().await;
        assert!(run.error.is_some());
        assert_clean("the report", &format!("{run:?}"), &personal);
        stage.with(|world| world.faults.clear());
    }
}

/// Everything that is logged on this thread, however chatty.
#[derive(Clone, Default)]
struct Lines(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no test panicked here").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn no_name_phone_or_address_is_in_the_most_talkative_log() {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || writer.clone()).finish();
    // With one subscriber alone, tracing asks the thread that meets a log line first whether anybody listens: another test's.
    let _second = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::default());
    let listening = tracing::subscriber::set_default(subscriber);
    let stage = Stage::new(Portal::CaseStatus, 30).await;
    stage.with(|world| world.faults.add(Fault::new(Side::CaseStatus, FaultKind::DropAfter).method("POST").times(3)));
    stage.import().await;
    stage.with(|world| world.faults.add(Fault::new(Side::Mycase, FaultKind::Truncate).path("/cases")));
    stage.sync().await;
    drop(listening);
    let logged = String::from_utf8_lossy(&lines.0.lock().expect("no test panicked here")).into_owned();
    assert!(logged.contains("run ended"), "{logged}");
    let personal = personal(&stage);
    for line in logged.lines() {
        assert_clean("the log", line, &personal);
    }
}
