//! Both built-in profiles against the sandbox's portals, which share no code with them: what one misspells the other refuses.

use casebridge::config::Profiles;
use casebridge::domain::{CaseId, Kind, Kinds, PersonId, Record, RecordClient, SeenState, TeamMember};
use casebridge::http::Transport;
use casebridge::plan::Change;
use casebridge::portal::{self, PortalReader, PortalWriter, WriteError, Written};
use casebridge::sandbox::{Options, Sandbox};
use jiff::Timestamp;
use secrecy::SecretString;

struct Account {
    sandbox: Sandbox,
    reader: PortalReader,
    writer: PortalWriter,
}

fn account(name: &str, face: &str) -> Account {
    let start = "2026-03-02T09:00:00Z".parse().expect("a time");
    let sandbox = Sandbox::new(Options { cases: 5, seed: 7, rate_limits: false, start });
    let handle = sandbox.handle("http://sandbox.internal");
    let profile = Profiles::builtin().get(name).expect("it is built in");
    let http = portal::client(Transport::InProcess(sandbox.router()), &profile);
    let base: url::Url = handle[face]["base_url"].as_str().and_then(|text| text.parse().ok()).expect("an address");
    let key = || SecretString::from(handle[face]["api_key"].as_str().expect("a key"));
    let reader = PortalReader::new(http.clone(), profile.clone(), base.clone(), key());
    Account { sandbox, reader, writer: PortalWriter::new(http, profile, base, key()) }
}

fn record(sandbox: &Sandbox) -> Record {
    let mut staff: Vec<String> = sandbox.with(|world| world.case_status.staff.iter().cloned().collect());
    staff.truncate(2);
    let (area, stages) = casebridge::sandbox::portal_stages().remove(0);
    let member = |email: &String, attorney: bool| TeamMember { email: email.as_str().into(), role: "Attorney".into(), attorney };
    let own = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Record {
        practice_area: Some(area),
        stage: Some(stages[0].clone()),
        open: true,
        closed_date: None,
        clients: vec![RecordClient {
            id: PersonId(501),
            first_name: "Jane".to_owned(),
            last_name: "Doe".to_owned(),
            email: Some("jane@example.com".to_owned()),
            phone: Some("+12127365000".to_owned()),
        }],
        attorney: Some(staff[0].clone()),
        team: vec![member(&staff[0], true), member(&staff[1], false)],
        fields: [own("readable_id", "24-0001"), own("name", "Doe v. Roe"), own("case_date", "2024-01-05")].into(),
        extra: [].into(),
    }
}

fn change(before: Option<(Record, &Written)>, after: Record) -> Change {
    let kinds = before.as_ref().map_or_else(|| Kinds::from_iter([Kind::Create]), |(before, _)| before.differs(&after));
    let at = Timestamp::UNIX_EPOCH;
    Change {
        case: CaseId(17),
        kinds,
        portal_id: before.as_ref().map(|(_, written)| written.portal_id.clone()),
        before: before.map(|(before, _)| before),
        after,
        seen: SeenState { practice_area: None, stage: None, stage_since: at, open: true, open_since: at },
        why: Vec::new(),
        hold: None,
    }
}

/// Takes a record through everything that can happen to it; gives back the last.
async fn life(account: &Account) -> Record {
    let first = record(&account.sandbox);
    let written = account.writer.apply(&change(None, first.clone())).await.expect("a record is made");
    let second_stage = casebridge::sandbox::portal_stages().remove(0).1.remove(1);
    let mut steps = vec![Record { stage: Some(second_stage), ..first.clone() }];
    let mut contact = steps[0].clone();
    contact.clients[0].phone = Some("+12127365001".to_owned());
    contact.clients[0].email = None;
    steps.push(contact.clone());
    let mut emptied = contact.clone();
    emptied.fields.remove("case_date");
    emptied.team.truncate(1);
    steps.push(emptied.clone());
    steps.push(Record { open: false, closed_date: "2026-02-01".parse().ok(), ..emptied.clone() });
    steps.push(Record { stage: first.stage.clone(), ..emptied });
    let mut before = first;
    for after in steps {
        let change = change(Some((before, &written)), after.clone());
        let again = account.writer.apply(&change).await.expect("the portal takes the change");
        assert_eq!(again, written);
        before = after;
    }
    before
}

#[tokio::test(start_paused = true)]
async fn a_case_lives_its_whole_life_in_case_status() {
    let account = account("case-status", "case_status");
    assert!(account.reader.probe().await.expect("the key works").asked);
    let last = life(&account).await;
    account.sandbox.with(|world| {
        let case = world.case_status.cases.values().next().expect("the case is there");
        assert_eq!((world.case_status.cases.len(), case.integration_id.as_deref()), (1, Some("17")));
        assert_eq!((&case.status, &case.practice_area, case.closed_at), (&last.stage, &last.practice_area, None));
        assert_eq!((&case.case_date, case.paralegal_emails.len(), case.attorney_emails.len()), (&None, 0, 1));
        let client = &case.clients[0];
        assert_eq!((client.cell_phone.as_deref(), &client.email), (Some("+12127365001"), &None));
        // Made, moved, re-addressed, emptied, closed, opened and moved.
        assert_eq!(world.writes().len(), 7);
    });
    let listing = account.reader.list_cases(|_, _| {}).await.expect("a list");
    assert!(listing.whole && listing.cases.len() == 1, "{listing:?}");
    assert_eq!((listing.cases[0].integration_id.as_deref(), listing.cases[0].open), (Some("17"), Some(true)));
    assert_eq!(account.writer.apply(&change(None, last)).await, Err(WriteError::Exists));
}

#[tokio::test(start_paused = true)]
async fn a_case_lives_its_whole_life_in_hona() {
    let account = account("hona", "hona");
    let last = life(&account).await;
    account.sandbox.with(|world| {
        let project = &world.hona.projects["17"];
        assert_eq!((&project.phase, project.status.as_str(), project.team.len()), (&last.stage, "In Progress", 1));
        let contact = &world.hona.contacts["501"];
        assert_eq!((contact.phone.as_deref(), &contact.email), (Some("+12127365001"), &None));
        assert_eq!((world.hona.welcome_texts, world.hona.login_links), (1, 1));
        // The contact twice; the project made, moved, emptied, closed, opened.
        assert_eq!(world.writes().len(), 2 + 5);
    });
    let again = account.writer.apply(&change(None, last)).await.expect("making it again makes nothing");
    account
        .sandbox
        .with(|world| assert_eq!((world.hona.projects.len(), world.hona.projects["17"].id.as_str()), (1, again.portal_id.as_str())));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_names_the_stage_and_not_the_person() {
    let account = account("case-status", "case_status");
    let mut wrong = record(&account.sandbox);
    wrong.stage = Some("Demnd".to_owned());
    wrong.clients[0].phone = Some("2127365000".to_owned());
    let Err(WriteError::Refused { status: 422, text, .. }) = account.writer.apply(&change(None, wrong)).await else {
        panic!("not refused")
    };
    assert!(text.contains("'Demnd'") && text.contains("'‹phone›'") && !text.contains("736"), "{text}");
}
