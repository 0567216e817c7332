//! What people hear back: the text on the share, what is told of files that concern all firms, when runs last went well.

use super::told::{alert_to_file, told};
use super::*;
use crate::operations::Due;
use crate::plan::{CaseCounts, Group};
use crate::sandbox::World;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Makes the daemon write texts into a folder, beside what its file says already.
fn texts(place: &Place) -> Utf8PathBuf {
    let folder = place.root.join("share");
    fs::create_dir_all(&folder).unwrap();
    let file = fs::read_to_string(place.root.join("casebridge.toml")).unwrap();
    fs::write(place.root.join("casebridge.toml"), format!("{file}[paths]\nstatus = \"{folder}\"\n")).unwrap();
    folder
}

fn text(folder: &Utf8Path, firm: &str) -> String {
    fs::read_to_string(folder.join(format!("{firm}.txt"))).unwrap_or_default()
}

/// The file with one line of a map led elsewhere, one that cases stand on.
fn moving(file: &str, counts: &CaseCounts) -> String {
    let line = |group: &Group| {
        let (stage, shown) = (group.mycase.stage.as_deref()?, group.portal.stage.as_deref()?);
        let to = if group.mycase.practice_area.as_deref() == Some("Family Law") { "Final Orders" } else { "Settlement" };
        let line = format!("\n{stage:?} = {shown:?}\n");
        let fits = group.portal.open && shown != to && stage != "Released From Treatment" && file.contains(&line);
        fits.then(|| file.replace(&line, &format!("\n{stage:?} = {to:?}\n")))
    };
    counts.groups.iter().find_map(line).expect("cases stand on a line of the map")
}

impl Running {
    /// The firm's text once it says all of this.
    async fn until_text(&self, folder: &Utf8Path, firm: &str, words: &[&str]) -> String {
        let reading = async {
            let mut often = tokio::time::interval(Duration::from_millis(20));
            loop {
                often.tick().await;
                let found = text(folder, firm);
                if words.iter().all(|word| found.contains(word)) {
                    return found;
                }
            }
        };
        match timeout(SOON, reading).await {
            Ok(found) => found,
            Err(_) => panic!("never {words:?}: {}", text(folder, firm)),
        }
    }
}

/// A Monday afternoon, with a run due at night.
fn monday() -> Timestamp {
    "2026-11-23T14:02:00Z".parse().unwrap()
}

#[tokio::test]
async fn who_only_sees_the_share_reads_what_became_of_an_edit_and_how_the_last_run_went() {
    let place = Place::new(Clock::simulated(monday()));
    let share = texts(&place);
    let good = place.file("15 17 * * *");
    place.write("acme", &good);
    let daemon = place.start().await;
    daemon
        .until_text(&share, "acme", &["ACCEPTED 14:02.", "not connected to MyCase yet", "As of Monday 23 November 2026, 14:02 (UTC)."])
        .await;
    daemon.connect(&place).await;
    let ran = daemon.sync().await;
    let made = format!("Today's run (14:02): {} new. Next run tonight 17:15.\r\n", ran.written);
    assert!(ran.failures.is_empty(), "{ran:?}");
    daemon.until_text(&share, "acme", &[&made]).await;

    let Answer::Counts(counts) = daemon.client.ask(&acme(), &Ask::Counts).await.unwrap() else { panic!("no counts") };
    place.write("acme", &moving(&good, &counts));
    let edited = daemon.until("the edit is in use", |status| status.file.generation == 2).await;
    let moves = edited.notes.iter().find(|note| note.contains("would move")).expect("a note").clone();
    assert!(moves.contains("would move tonight 17:15"), "{moves}");
    daemon.until_text(&share, "acme", &["ACCEPTED 14:02. ", &moves]).await;

    place.write("acme", &good.replace("\"Treating\" = \"Medical Treatment\"", "\"Treating\" = \"Medical Treatmnt\""));
    let rejected = daemon.until_text(&share, "acme", &["NOT USED: line ", "The version of 14:02 is still running."]).await;
    assert!(rejected.contains("Medical Treatmnt") && rejected.contains("Medical Treatment"), "{rejected}");
    assert!(!rejected.contains("would move"), "what the last good edit means is not said of a rejected one: {rejected}");

    fs::write(place.root.join("firms.d/acme.firm.toml.txt"), "").unwrap();
    fs::write(place.root.join("firms.d/beta.toml"), "").unwrap();
    daemon.until_text(&share, "acme", &["NOT READ: acme.firm.toml.txt", "name it acme.firm.toml."]).await;
    daemon.until_text(&share, "beta", &["NOT READ: beta.toml", "name it beta.firm.toml."]).await;
    fs::remove_file(place.root.join("firms.d/beta.toml")).unwrap();
    daemon.until_text(&share, "beta", &["NO FILE: there is no beta.firm.toml"]).await;

    fs::remove_file(place.path("acme")).unwrap();
    daemon.until("gone", |status| status.file.state == FileState::Removed).await;
    daemon.until_text(&share, "acme", &["GONE: acme.firm.toml"]).await;
    daemon.stop().await;
}

#[tokio::test]
async fn what_waits_for_a_yes_stands_in_the_text_also_after_a_start_and_yesterdays_version_is_named() {
    let mut place = Place::new(Clock::simulated(monday()));
    let share = texts(&place);
    let good = place.file("15 17 * * *").replace("first_import = \"go\"", "");
    place.write("acme", &good);
    let daemon = place.start().await;
    daemon.connect(&place).await;
    let held = daemon.sync().await;
    daemon.until_text(&share, "acme", &[&format!("{} cases wait for approval since 14:02.", held.waiting)]).await;
    daemon.stop().await;

    place.clock = Clock::simulated(monday() + DAY);
    place.sandbox.with(|world| world.advance(DAY));
    place.write("acme", &good.replace("[clients]", "[cleints]"));
    fs::remove_file(share.join("acme.txt")).unwrap();
    fs::rename(&share, place.root.join("away")).unwrap();
    let daemon = place.start().await;
    // The share comes back: the next look writes.
    fs::rename(place.root.join("away"), &share).unwrap();
    daemon.client.reload(true).await.unwrap();
    daemon.until_text(&share, "acme", &["Yesterday's version is still running.", "wait for approval since yesterday 14:02."]).await;
    daemon.stop().await;

    let before = text(&share, "acme");
    fs::rename(place.root.join("firms.d"), place.root.join("unmounted")).unwrap();
    let daemon = place.start().await;
    daemon.stop().await;
    assert_eq!(text(&share, "acme"), before, "a folder that cannot be read says nothing of its files");

    fs::rename(place.root.join("unmounted"), place.root.join("firms.d")).unwrap();
    fs::remove_file(place.path("acme")).unwrap();
    let daemon = place.start().await;
    daemon.until_text(&share, "acme", &["GONE: acme.firm.toml"]).await;
    daemon.stop().await;
}

#[tokio::test]
async fn a_mistake_in_casebridge_toml_is_told_once_and_the_daemon_goes_on() {
    let place = Place::new(now());
    let file = alert_to_file(&place);
    let daemon = place.start().await;
    let good = fs::read_to_string(place.root.join("casebridge.toml")).unwrap();
    fs::write(place.root.join("casebridge.toml"), format!("{good}\n[deamon]\n")).unwrap();
    assert!(!daemon.client.reload(true).await.unwrap().is_good());
    daemon.client.reload(true).await.unwrap();
    daemon.stop().await;
    let rejected = told(&file, "rejected-file");
    assert_eq!(rejected.len(), 1, "{rejected:?}");
    assert_eq!((&rejected[0]["firm"], &rejected[0]["name"]), (&serde_json::Value::Null, &"casebridge.toml".into()));
    assert!(rejected[0]["problems"][0]["line"].as_u64().is_some_and(|line| line > 1), "{rejected:?}");
    assert!(rejected[0]["text"].as_str().unwrap().contains("stays in use for all firms"), "{rejected:?}");
}

#[tokio::test]
async fn a_plan_that_still_waits_is_told_again_a_day_later_and_new_attention_once() {
    let mut place = Place::new(Clock::simulated(monday()));
    let file = alert_to_file(&place);
    place.write("acme", &place.file("15 17 * * *").replace("first_import = \"go\"", ""));
    let daemon = place.start().await;
    daemon.connect(&place).await;
    daemon.sync().await;
    daemon.stop().await;
    assert_eq!(told(&file, "waiting-plan").len(), 1);
    let before = told(&file, "attention").len();

    place.clock = Clock::simulated(monday() + DAY + DAY / 24);
    place.sandbox.with(|world| world.advance(DAY + DAY / 24));
    let case = place.sandbox.with(|world| world.mycase.cases.values().find(|case| case.open).map(|case| case.id)).unwrap();
    place.sandbox.with(|world| world.set_stage(case, "Referred Out")).unwrap();
    let daemon = place.start().await;
    daemon.sync().await;
    daemon.sync().await;
    daemon.stop().await;
    assert_eq!(told(&file, "waiting-plan").len(), 2, "once more, a day later");
    let attention = told(&file, "attention");
    assert_eq!(attention.len(), before + 1, "{attention:?}");
    let causes = attention.last().unwrap()["causes"].as_array().unwrap();
    assert!(causes.iter().any(|cause| cause["code"] == "stage-not-mapped"), "{attention:?}");
}

#[tokio::test]
async fn when_runs_last_went_well_outlives_the_daemon_and_what_is_due_next_is_said() {
    // Two seconds before the minute.
    let start: Timestamp = "2026-11-23T12:00:58Z".parse().unwrap();
    let place = Place::new(Clock::simulated(start));
    place.write("acme", &place.file("30 3 * * *").replace("messages = \"off\"", "messages = \"1 12 * * *\""));
    let daemon = place.start().await;
    let fresh = daemon.status().await;
    assert_eq!((fresh.last_success.cases, fresh.next_due), (None, None), "not connected");
    daemon.connect(&place).await;
    daemon.until("the messages run found nothing", |status| status.last_success.messages.is_some()).await;
    daemon.sync().await;
    let ran = daemon.until("the run of cases is over", |status| status.last_success.cases.is_some()).await;
    assert_eq!(ran.next_due, Some(Due::new("cases", "2026-11-24T03:30:00Z".parse().unwrap())));
    daemon.stop().await;

    let daemon = place.start().await;
    let again = daemon.status().await;
    assert_eq!(again.last_success, ran.last_success);
    place.sandbox.with(World::revoke_tokens);
    assert!(daemon.sync().await.error.is_some());
    assert_eq!(daemon.status().await.last_success, ran.last_success, "a run that fails is no success");
    daemon.stop().await;
}
