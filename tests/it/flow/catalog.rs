//! The names of a firm's accounts, pulled into a catalog and looked at online: what it costs, what renames leave, what a
//! person may not see.

use super::stage::{Portal, Stage};
use casebridge::config::{Catalog, CatalogDiff, MyCaseFinding, Online, OnlineFinding, PortalFinding, SourceText};
use casebridge::load::read_folder;
use casebridge::operations::{Answer, Ask, CatalogAnswer, CatalogAsk, FileState};
use casebridge::sandbox::{Fault, FaultKind, Side, World};

impl Stage {
    async fn names(&self) -> CatalogAnswer {
        match self.ask(Ask::Catalog(CatalogAsk::default())).await {
            Ok(Answer::Catalog(answer)) => *answer,
            other => panic!("{other:?}"),
        }
    }

    async fn online(&self) -> Online {
        match self.ask(Ask::Online).await {
            Ok(Answer::Online(online)) => *online,
            other => panic!("{other:?}"),
        }
    }

    /// Writes a catalog beside the firm's file.
    fn put_catalog(&self, catalog: &Catalog) {
        self.put_beside(&format!("{}.catalog.toml", self.firm), &catalog.to_toml());
    }

    /// What the look at the folder says of the firm's file, with the lines of errors.
    fn complaints(&self) -> (bool, Vec<String>) {
        let view = self.house.check_folder(&read_folder(&self.house.paths), self.now());
        let verdict = &view.firms[&self.firm];
        let said = verdict.problems.iter().map(|problem| format!("{} {}", problem.code, problem.message));
        (verdict.checked.is_some(), said.collect())
    }
}

fn may_not_read(stage: &Stage, path: &str) {
    let refusal = Fault::new(Side::Mycase, FaultKind::Status { code: 403, retry_after: None, body: None });
    stage.with(|world| world.faults.add(refusal.path(path).times(50)));
}

#[tokio::test(start_paused = true)]
async fn a_pull_costs_five_requests_and_the_portals_pages_and_holds_no_client_data() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    stage.with(World::reset_requests);
    let CatalogAnswer { catalog, notes, requests } = stage.names().await;
    assert_eq!((requests.mycase, stage.with(|world| world.requests_to(Side::Mycase))), (5, 5));
    assert_eq!((requests.portal, stage.writes()), (2, 0), "a page of the portal's list and the empty one that ends it");
    assert_eq!(notes, [] as [String; 0]);
    assert!(catalog.stages.iter().any(|stage| stage.name == "Treating") && catalog.staff_types.contains(&"Paralegal".to_owned()));
    assert!(catalog.portal_stages["Personal Injury"].contains(&"Medical Treatment".to_owned()), "{catalog:#?}");
    let Ok(Answer::Catalog(quick)) = stage.ask(Ask::Catalog(CatalogAsk { without_portal: true })).await else { panic!("no answer") };
    assert_eq!((quick.requests.mycase, quick.requests.portal, quick.catalog.stages), (5, 0, catalog.stages.clone()));
    let (people, text) = (stage.with(|world| world.mycase.clients.clone()), catalog.to_toml());
    for person in people.values() {
        let name = format!("{} {}", person.first_name, person.last_name);
        assert!(!text.contains(&name), "{name}");
    }
    let read = Catalog::parse(&SourceText::new("acme.catalog.toml", text));
    assert_eq!(read, (Some(catalog), Vec::new()));
}

#[tokio::test(start_paused = true)]
async fn a_rename_is_known_by_id_from_the_last_run_and_from_the_last_pull() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let before = stage.names().await.catalog;
    stage.with(|world| world.rename_stage("Treating", "In Treatment")).expect("renamed");
    stage.with(|world| world.rename_custom_field("Judge", "Presiding Judge")).expect("renamed");
    let mut after = stage.names().await.catalog;
    let was = |catalog: &Catalog, name: &str| {
        let all = catalog.stages.iter().chain(&catalog.custom_fields);
        all.clone().find(|entry| entry.name == name).map(|entry| entry.was.clone())
    };
    assert_eq!(was(&after, "In Treatment"), Some(vec!["Treating".to_owned()]), "a run remembered it");
    assert_eq!(was(&after, "Presiding Judge"), Some(vec![]), "no run remembers custom fields");
    let diff = CatalogDiff::between(Some(&before), &after).to_string();
    assert_eq!(
        diff,
        "stages\n  ~ \"Treating\" is now called \"In Treatment\"\ncustom fields\n  ~ \"Judge\" is now called \"Presiding Judge\"\n"
    );
    after.remember(&before);
    assert_eq!(was(&after, "Presiding Judge"), Some(vec!["Judge".to_owned()]), "the file remembers it");
    stage.put_catalog(&after);
    let line = 1 + stage.text().lines().position(|line| line.starts_with("\"Treating\"")).expect("a line");
    let (good, said) = stage.complaints();
    assert!(good, "a rename takes no file out of use: runs wait with what it decides");
    let words = format!("renamed 'Treating' is now called 'In Treatment'; line {line} still says 'Treating'");
    assert!(said.contains(&words), "{said:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_new_catalog_changes_nothing_that_runs_and_an_edit_with_a_slip_is_refused() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let accepted = || async { stage.status().await.file };
    let generation = accepted().await.generation;
    stage.put_catalog(&stage.names().await.catalog);
    assert_eq!((accepted().await.generation, accepted().await.state), (generation, FileState::Current));
    stage.edit("\"Signed Up\" =", "\"Signd Up\" =");
    let (good, said) = stage.complaints();
    assert!(!good && said.iter().any(|said| said.contains("MyCase has no stage \"Signd Up\"")), "{said:#?}");
    stage.edit("\"Signd Up\" =", "\"Arbitration\" =");
    let (good, said) = stage.complaints();
    assert!(good && said.iter().any(|said| said.contains("MyCase had no stage \"Arbitration\"")), "it may be new: {said:#?}");
    stage.put_beside(&format!("{}.catalog.toml", stage.firm), "<<<<<<< HEAD\n");
    assert!(stage.complaints().0, "a catalog that cannot be read is no reason to refuse an edit");
}

#[tokio::test(start_paused = true)]
async fn a_catalog_that_shows_a_slip_in_the_file_in_use_takes_it_from_nobody() {
    let stage = Stage::imported(Portal::CaseStatus, 20).await;
    let accept = |stage: &Stage| {
        let view = stage.house.check_folder(&read_folder(&stage.house.paths), stage.now());
        let accepted = stage.house.accept(stage.hands(), &view.firms[&stage.firm], stage.now()).expect("judged");
        (accepted.file.state, accepted.firm.is_some(), accepted.file.problems.iter().any(|one| one["code"] == "unknown-name"))
    };
    let mut catalog = stage.names().await.catalog;
    // Made anew in MyCase under another id: no rename that anybody knows of.
    catalog.stages.iter_mut().filter(|entry| entry.name == "Signed Up").for_each(|entry| entry.name = "Signd Up".to_owned());
    stage.put_catalog(&catalog);
    assert_eq!(accept(&stage), (FileState::Current, true, true), "said, and nothing else");
    stage.edit("\"Treating\" = \"Medical Treatment\"", "\"Treating\" = \"Demand\"");
    assert_eq!(accept(&stage), (FileState::Rejected, true, true), "an edit beside a slip is refused, what ran goes on");
    let stage = stage.restarted();
    assert_eq!(accept(&stage), (FileState::Rejected, true, true), "also across a restart");
}

#[tokio::test(start_paused = true)]
async fn a_list_that_may_not_be_read_is_left_out_and_said() {
    let stage = Stage::new(Portal::CaseStatus, 10).await;
    may_not_read(&stage, "/custom_fields");
    let CatalogAnswer { catalog, notes, .. } = stage.names().await;
    assert!(catalog.custom_fields.is_empty() && !catalog.stages.is_empty());
    assert!(notes.len() == 1 && notes[0].contains("MyCase's custom fields could not be read and are left out"), "{notes:#?}");
    assert!(!catalog.to_toml().contains("custom_fields"));
    let online = stage.online().await;
    assert!(
        matches!(online.findings.as_slice(), [OnlineFinding::MyCase(MyCaseFinding::ListNotRead(list, _))] if list == "custom fields"),
        "{online:#?}"
    );
    stage.with(|world| world.faults.clear());
    may_not_read(&stage, "");
    assert!(stage.ask(Ask::Catalog(CatalogAsk::default())).await.is_err(), "who may read nothing has no catalog");
}

#[tokio::test(start_paused = true)]
async fn a_portal_that_cannot_be_read_costs_the_portals_part_only() {
    let stage = Stage::imported(Portal::CaseStatus, 20).await;
    let before = stage.names().await.catalog;
    let refusal = Fault::new(Side::CaseStatus, FaultKind::Status { code: 401, retry_after: None, body: None });
    stage.with(|world| world.faults.add(refusal.times(50)));
    let CatalogAnswer { mut catalog, notes, .. } = stage.names().await;
    assert!(catalog.portal_stages.is_empty() && notes[0].contains("Case Status's stages could not be read"), "{notes:#?}");
    catalog.remember(&before);
    assert_eq!(catalog.portal_stages, before.portal_stages);
    let hona = Stage::new(Portal::Hona, 10).await;
    let CatalogAnswer { catalog, notes, requests } = hona.names().await;
    assert!(catalog.portal_stages.is_empty() && notes == ["Hona cannot be listed: its stages are not in the catalog"], "{notes:#?}");
    assert_eq!((requests.mycase, requests.portal), (5, 0));
    let online = hona.online().await;
    assert_eq!((online.findings.as_slice(), online.key_accepted), (&[OnlineFinding::Portal(PortalFinding::KeyNotAsked)][..], None));
}

#[tokio::test(start_paused = true)]
async fn a_look_online_costs_seven_requests_and_finds_what_is_not_as_it_should_be() {
    let stage = Stage::new(Portal::CaseStatus, 10).await;
    stage.with(World::reset_requests);
    let online = stage.online().await;
    assert_eq!(stage.with(|world| (world.requests_to(Side::Mycase), world.requests_to(Side::CaseStatus))), (6, 1));
    assert_eq!((online.findings.as_slice(), online.key_accepted), (&[][..], Some(true)));
    assert_eq!(online.firm_url.as_deref(), Some("https://harlowpike.mycase.com"));
    stage.with(|world| {
        let everybody: Vec<u64> = world.mycase.staff.keys().copied().collect();
        everybody.into_iter().for_each(|person| world.set_staff_active(person, false).expect("a person"));
        world.faults.add(Fault::new(Side::CaseStatus, FaultKind::Status { code: 401, retry_after: None, body: None }).times(50));
    });
    let online = stage.online().await;
    assert!(
        matches!(
            online.findings.as_slice(),
            [OnlineFinding::MyCase(MyCaseFinding::PersonInactive), OnlineFinding::Portal(PortalFinding::KeyRefused(_))]
        ),
        "{online:#?}"
    );
    stage.with(|world| {
        world.revoke_tokens();
        world.faults.clear();
    });
    let online = stage.online().await;
    assert!(
        matches!(online.findings.as_slice(), [OnlineFinding::MyCase(MyCaseFinding::Reconnect(_))]) && online.names.is_none(),
        "{online:#?}"
    );
    assert_eq!(online.key_accepted, Some(true), "one side's trouble does not hide the other");
    let before = Stage::unconnected(Portal::CaseStatus, 5).online().await;
    assert_eq!(before.findings, [OnlineFinding::MyCase(MyCaseFinding::NotConnected)]);
}
