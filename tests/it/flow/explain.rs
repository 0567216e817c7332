//! `explain`: every question about one case has an answer, down to the line of the file; asking changes nothing.

use super::stage::{Portal, Stage};
use casebridge::domain::ReasonCode;
use casebridge::operations::{Answer, Ask, ExplainAsk, Explained, FieldState, FieldView, InMyCase, Standing, SyncAsk, WaitView};
use casebridge::sandbox::{Fault, FaultKind, NewCase, Side, World};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);

impl Stage {
    async fn explain(&self, case: u64) -> Explained {
        self.explain_as(case, true).await
    }

    async fn explain_as(&self, case: u64, show_values: bool) -> Explained {
        match self.ask(Ask::Explain(ExplainAsk { case: case.to_string(), show_values })).await {
            Ok(Answer::Explained(explained)) => *explained,
            other => panic!("{other:?}"),
        }
    }

    /// `harlow-pike.firm.toml:LINE` of the first line that begins so.
    fn place(&self, words: &str) -> Option<String> {
        let line = 1 + self.text().lines().position(|line| line.starts_with(words))?;
        Some(format!("{}.firm.toml:{line}", self.firm))
    }

    fn demand(&self, case: u64) {
        self.with(|world| world.set_stage(case, "Demand Sent")).expect("moved");
    }
}

/// An imported firm that runs by itself.
async fn active() -> Stage {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    stage.edit("status = \"inactive\"", "status = \"active\"");
    stage
}

fn field<'e>(explained: &'e Explained, name: &str) -> &'e FieldView {
    explained.fields.iter().find(|view| view.field == name).unwrap_or_else(|| panic!("no {name}: {explained:?}"))
}

fn wait<'e>(explained: &'e Explained, code: &str) -> &'e WaitView {
    explained.waits.iter().find(|wait| wait.code == code).unwrap_or_else(|| panic!("no {code}: {explained:?}"))
}

fn codes(explained: &Explained) -> Vec<ReasonCode> {
    explained.attention.iter().map(|reason| reason.code).collect()
}

fn new_case(stage: &Stage, at: &str) -> u64 {
    let client = stage.client_of(stage.a_case());
    let (area, at) = (Some("Personal Injury".to_owned()), Some(at.to_owned()));
    let case = NewCase { name: "New v. Northline".to_owned(), practice_area: area, stage: at, case_number: None, clients: vec![client] };
    stage.with(|world| world.add_case(case)).expect("a case")
}

#[tokio::test(start_paused = true)]
async fn a_case_in_step_is_told_field_by_field_at_five_requests_and_nothing_is_written() {
    let stage = active().await;
    let case = stage.a_case();
    stage.sync().await;
    stage.with(World::reset_requests);
    let told = stage.explain(case).await;
    let asked = stage.with(|world| (world.requests_to(Side::Mycase), world.requests_to(Side::CaseStatus)));
    assert_eq!((asked, stage.writes()), ((5, 0), 0), "the case and four lists, and the portal is not asked");
    assert_eq!((told.standing, told.in_mycase, told.waits.len(), codes(&told).len()), (Standing::InStep, InMyCase::Open, 0, 0), "{told:?}");
    assert_eq!(told.portal_id.as_ref().map(ToString::to_string), Some(stage.record(case).id.to_string()));
    let at = field(&told, "stage");
    assert_eq!(at.in_mycase.as_deref(), Some("Treating"));
    assert_eq!((at.result.as_deref(), at.sent.as_deref()), (Some("Medical Treatment"), Some("Medical Treatment")));
    assert_eq!((at.rule.as_str(), &at.place), ("\"Treating\" is \"Medical Treatment\"", &stage.place("\"Treating\"")));
    assert_eq!((field(&told, "clients").place.clone(), field(&told, "phone").place.clone()), (stage.place("who"), stage.place("phone")));
    assert_eq!((field(&told, "attorney").setting.as_deref(), &field(&told, "attorney").place), (Some("[staff] lead"), &None));
    assert!(told.fields.iter().all(|view| view.state == FieldState::InStep), "{told:?}");
    let sent = told.last_sent.clone().expect("it was created");
    assert_eq!((sent.approved_by.as_deref(), sent.trigger.as_str()), (Some("tester"), "approval"));
    let when = |name| (field(&told, name).sent_at, field(&told, name).sent_run);
    assert_eq!(["stage", "phone", "state", "name"].map(when), [(Some(sent.at), Some(sent.run)); 4]);
}

#[tokio::test(start_paused = true)]
async fn without_values_json_has_no_client_data() {
    let stage = active().await;
    let case = stage.a_case();
    let client = stage.client_of(case);
    stage.with(|world| world.set_client_phone(client, Some("212-736-5199"))).expect("a phone");
    let private: Vec<String> = stage.with(|world| {
        let person = &world.mycase.clients[&client];
        [Some(person.last_name.clone()), person.email.clone(), Some(world.mycase.cases[&case].name.clone())].into_iter().flatten().collect()
    });
    let json = |told: &Explained| serde_json::to_string(told).expect("JSON");
    let quiet = stage.explain_as(case, false).await;
    assert!(private.iter().all(|text| !json(&quiet).contains(text)) && !json(&quiet).contains("5199"), "{}", json(&quiet));
    let phone = field(&quiet, "phone");
    assert_eq!((phone.result.as_deref(), phone.sent.as_deref(), phone.state), (Some("changed"), Some("set"), FieldState::Differs));
    assert_eq!(field(&quiet, "stage").result.as_deref(), Some("Medical Treatment"), "names of stages are no client data");
    let loud = stage.explain(case).await;
    assert!(private.iter().all(|text| json(&loud).contains(text)) && json(&loud).contains("+12127365199"), "{private:?} {}", json(&loud));
    assert!(private.iter().all(|text| !format!("{loud:?}").contains(text)), "nor do words for programmers");
}

#[tokio::test(start_paused = true)]
async fn what_the_next_run_sends_is_named_and_an_inactive_or_paused_firm_says_so() {
    let stage = active().await;
    let case = stage.a_case();
    stage.demand(case);
    let told = stage.explain(case).await;
    assert_eq!((told.standing, told.summary.as_str()), (Standing::Differs, "Not in step; the next run sends it: stage."));
    assert_eq!((field(&told, "stage").state, field(&told, "phone").state), (FieldState::Differs, FieldState::InStep));
    stage.edit("status = \"active\"", "status = \"inactive\"");
    let told = stage.explain(case).await;
    assert_eq!((told.standing, wait(&told, "inactive").place.clone()), (Standing::Waits, stage.place("status")));
    stage.ask(Ask::Pause { reason: "moving".to_owned(), until: None }).await.expect("paused");
    assert_eq!(wait(&stage.explain(case).await, "paused").text, "the firm is paused: moving");
}

#[tokio::test(start_paused = true)]
async fn a_change_over_its_limit_names_the_plan_the_run_and_the_line_of_the_limit() {
    let stage = active().await;
    stage.edit("change_stage = \"10%, at least 5, at most 50\"", "change_stage = \"at most 0\"");
    let case = stage.a_case();
    stage.demand(case);
    let run = stage.sync().await;
    let told = stage.explain(case).await;
    let held = wait(&told, "approval");
    assert_eq!(
        (told.standing, held.plan.clone(), held.place.clone()),
        (Standing::Waits, run.waiting_plan.clone(), stage.place("change_stage"))
    );
    let plan = run.waiting_plan.expect("it waits");
    assert_eq!(
        held.text,
        format!("waits for approval in plan {plan}, held by run {}: 1 with the kind stage within a day, 0 allowed", run.run)
    );
}

#[tokio::test(start_paused = true)]
async fn contact_hours_and_a_yes_that_waits_for_them_say_when_they_begin() {
    let stage = active().await;
    stage.edit("[portal]\n", "[portal]\ncontact_hours = \"13:00-20:00 mon-sat\"\n");
    let case = stage.a_case();
    stage.demand(case);
    let told = stage.explain(case).await;
    let hours = wait(&told, "contact-hours");
    assert_eq!((hours.place.clone(), hours.until), (stage.place("contact_hours"), Some("2026-03-02T19:00:00Z".parse().expect("a time"))));
    stage.edit("change_stage = \"10%, at least 5, at most 50\"", "change_stage = \"at most 0\"");
    stage.sync().await;
    let plan = stage.approve().await;
    assert_eq!(plan.later, 1, "{plan:#?}");
    let told = stage.explain(case).await;
    assert!(wait(&told, "contact-hours").text.starts_with("approved by tester in plan p-"), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn a_stage_or_a_closing_that_has_to_stand_says_until_when() {
    let stage = active().await;
    stage.edit("[stages]\n", "[closure]\nsettle = \"2 hours\"\n\n[stages]\nsettle = \"1 hour\"\n");
    let (case, other) = (stage.a_case(), stage.in_stage("Negotiation")[0]);
    stage.demand(case);
    stage.with(|world| world.close(other)).expect("closed");
    let (moved, closed) = (stage.explain(case).await, stage.explain(other).await);
    let (moved, closed) = (wait(&moved, "settling").clone(), wait(&closed, "settling").clone());
    assert_eq!((moved.setting.as_deref(), closed.setting.as_deref()), (Some("[stages] settle"), Some("[closure] settle")));
    assert_eq!((moved.until, closed.until), (Some(stage.now() + HOUR), Some(stage.now() + 2 * HOUR)));
}

#[tokio::test(start_paused = true)]
async fn a_case_that_the_file_leaves_out_is_told_the_line_that_does() {
    let stage = active().await;
    let (case, other) = (stage.a_case(), stage.in_stage("Negotiation")[0]);
    stage.with(|world| world.set_stage(case, "Potential Client")).expect("moved");
    let told = stage.explain(case).await;
    assert_eq!((told.standing, wait(&told, "out-of-scope").place.clone()), (Standing::LeftOut, stage.place("skip_stages")));
    assert_eq!(told.summary, "Cases in its stage are left out, so its portal record stays as it is, and a person should look.");
    assert_eq!(codes(&told), [ReasonCode::OutOfScope]);
    stage.edit("[cases]\n", &format!("[cases]\nnever = [{other}]\n"));
    let told = stage.explain(other).await;
    assert_eq!((told.standing, wait(&told, "never").place.clone()), (Standing::LeftOut, stage.place("never")));
}

#[tokio::test(start_paused = true)]
async fn a_case_that_is_not_in_the_portal_says_why_not() {
    let stage = active().await;
    let new = new_case(&stage, "Treating");
    let told = stage.explain(new).await;
    assert_eq!(
        (told.standing, told.summary.as_str(), &told.portal_id),
        (Standing::Differs, "Not in step; the next run sends it: a new record.", &None)
    );
    assert!(told.fields.iter().all(|view| view.state == FieldState::NotInPortal) && told.last_sent.is_none(), "{told:?}");
    let lost = new_case(&stage, "Treating");
    stage.with(|world| world.set_clients(lost, &[], None)).expect("nobody");
    let told = stage.explain(lost).await;
    assert_eq!((told.standing, codes(&told)), (Standing::NeedsAttention, vec![ReasonCode::NoClient]), "{told:?}");
    stage.edit("[cases]\n", "[closure]\nimport_closed = false\n\n[lookback]\nlater = \"3 days\"\n\n[cases]\n");
    stage.pass(5 * 24 * HOUR).await;
    let told = stage.explain(new).await;
    assert_eq!((told.standing, wait(&told, "too-old").place.clone()), (Standing::LeftOut, stage.place("later")), "{told:?}");
    stage.with(|world| world.close(new)).expect("closed");
    let told = stage.explain(new).await;
    assert_eq!(wait(&told, "closed-before").place, stage.place("import_closed"));
    stage.edit("[cases]\n", "[cases]\nimport = \"selected\"\n");
    let told = stage.explain(lost).await;
    assert_eq!((told.standing, wait(&told, "not-selected").place.clone()), (Standing::LeftOut, stage.place("import =")));
}

#[tokio::test(start_paused = true)]
async fn a_closed_case_rests_and_a_stage_that_is_not_mapped_needs_attention() {
    let stage = active().await;
    let (case, other) = (stage.a_case(), stage.in_stage("Negotiation")[0]);
    stage.with(|world| world.close(case)).expect("closed");
    stage.sync().await;
    let told = stage.explain(case).await;
    assert_eq!((told.standing, told.in_mycase), (Standing::Closed, InMyCase::Closed), "{told:?}");
    stage.with(|world| {
        world.add_stage("Brand New");
        world.set_stage(other, "Brand New").expect("moved");
    });
    let told = stage.explain(other).await;
    assert_eq!((told.standing, codes(&told)), (Standing::NeedsAttention, vec![ReasonCode::StageNotMapped]), "{told:?}");
    assert_eq!((field(&told, "stage").place.clone(), field(&told, "stage").result.clone()), (stage.place("not_in_map"), None));
}

#[tokio::test(start_paused = true)]
async fn what_the_portal_refused_rests_and_says_until_when() {
    let stage = active().await;
    let case = stage.a_case();
    stage.demand(case);
    stage.with(|world| {
        let refuse = FaultKind::Status { code: 422, retry_after: None, body: Some(r#"{"errors":["no"]}"#.to_owned()) };
        world.faults.add(Fault::new(Side::CaseStatus, refuse).method("PATCH"));
    });
    let began = stage.now();
    stage.sync().await;
    let told = stage.explain(case).await;
    assert_eq!((told.standing, codes(&told)), (Standing::Waits, vec![ReasonCode::Refused]), "{told:?}");
    assert!(wait(&told, "refused").until >= Some(began + 12 * HOUR), "{told:?}");
    stage.pass(13 * HOUR).await;
    let told = stage.explain(case).await;
    assert_eq!((told.standing, codes(&told)), (Standing::Differs, vec![]), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn a_case_that_mycase_does_not_show_costs_one_request_and_keeps_its_story() {
    let stage = active().await;
    let case = stage.a_case();
    stage.with(|world| world.delete(case)).expect("deleted");
    stage.with(World::reset_requests);
    let told = stage.explain(case).await;
    assert_eq!(
        (told.standing, told.in_mycase, stage.with(|world| world.requests_to(Side::Mycase))),
        (Standing::NotFound, InMyCase::NotFound, 1)
    );
    assert!(told.summary.ends_with("until two runs an hour apart have proved it."), "{told:?}");
    stage.sync().await;
    stage.pass(HOUR).await;
    stage.sync().await;
    let told = stage.explain(case).await;
    assert_eq!(told.summary, "MyCase no longer shows this case; its portal record stays as it is until a person decides.");
    assert_eq!((codes(&told), told.last_sent.is_some()), (vec![ReasonCode::GoneFromMyCase], true));
    let never = stage.explain(999_999_999).await;
    assert_eq!(never.summary, "MyCase shows no such case to the person who connected, and it is not in the portal.");
    assert!(stage.ask(Ask::Explain(ExplainAsk { case: "Smith v. Jones".to_owned(), show_values: true })).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_renamed_stage_and_a_file_that_waits_are_told_with_the_case() {
    let stage = active().await;
    let case = stage.a_case();
    stage.with(|world| world.rename_stage("Treating", "In Treatment")).expect("renamed");
    let told = stage.explain(case).await;
    assert_eq!(codes(&told), [ReasonCode::Renamed]);
    assert!(told.notes[0].starts_with("'Treating' is now called 'In Treatment'"), "{:?}", told.notes);
    stage.edit("[limits]\n", "[documents]\nmax_size = \"1 KB\"\n\n[limits]\n");
    let id = stage.give(case, "scan.pdf", &"x".repeat(2000));
    stage.sync_with(SyncAsk { documents: true, ..SyncAsk::default() }).await;
    let told = stage.explain(case).await;
    assert_eq!(codes(&told), [ReasonCode::FileTooLarge, ReasonCode::Renamed]);
    assert!(told.attention[0].text.ends_with(&format!("(file {id})")), "{told:?}");
}
