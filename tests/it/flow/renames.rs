//! Stages and practice areas that are renamed in MyCase while the firm's file says the old name.

use super::stage::{Portal, Stage};
use casebridge::domain::ReasonCode;
use casebridge::operations::{Answer, Ask};
use casebridge::sandbox::World;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);

fn line_of(stage: &Stage, words: &str) -> usize {
    1 + stage.text().lines().position(|line| line.starts_with(words)).expect("a line")
}

async fn fixes(stage: &Stage, case: u64) -> Vec<String> {
    let Ok(Answer::Exceptions(all)) = stage.ask(Ask::Exceptions).await else { panic!("no list") };
    all.into_iter().filter(|one| one.case.0 == case).flat_map(|one| one.reasons).map(|reason| reason.fix).collect()
}

#[tokio::test(start_paused = true)]
async fn a_renamed_stage_is_named_with_its_line_until_the_file_says_the_new_name() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    let (case, line) = (stage.a_case(), line_of(&stage, "\"Treating\""));
    let file = format!("{}.firm.toml", stage.firm);
    stage.with(|world| world.rename_stage("Treating", "In Treatment")).expect("renamed");
    let said = format!("'Treating' is now called 'In Treatment'; line {line} still says 'Treating' ({file}:{line})");
    let run = stage.verify().await;
    assert_eq!((run.written, stage.writes()), (0, 0), "{run:#?}");
    assert!(run.notes.contains(&said), "{run:#?}");
    assert_eq!(stage.reasons(case).await, [ReasonCode::Renamed]);
    assert_eq!(fixes(&stage, case).await, [format!("write \"In Treatment\" in line {line} of {file}")]);
    assert_eq!(stage.status().await.notes, std::slice::from_ref(&said));
    let line_in_status = stage.status().await.attention.into_iter().find(|line| line.code == ReasonCode::Renamed).expect("a line");
    assert!(line_in_status.cases > 1 && line_in_status.text == said, "one cause, one line: {line_in_status:#?}");
    stage.edit("\"Treating\" =", "\"In Treatment\" =");
    assert_eq!(stage.status().await.notes, [] as [String; 0], "gone as soon as the file is corrected");
    let run = stage.sync().await;
    assert_eq!((run.written, stage.reasons(case).await), (0, vec![]), "{run:#?}");
}

#[tokio::test(start_paused = true)]
async fn with_same_name_a_renamed_stage_is_never_sent_as_it_is_called_now_however_few_the_cases() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    stage.edit("not_in_map = \"attention\"", "not_in_map = \"same-name\"");
    let case = stage.in_stage("Mediation").into_iter().chain(stage.in_stage("Treating")).next().expect("a case");
    let (shown, name) =
        (stage.shown(case), stage.with(|world| world.mycase.stages[&world.mycase.cases[&case].stage.expect("a stage")].name.clone()));
    // The portal knows a stage of the new name, so nothing but the rename itself speaks against it.
    stage.with(|world| world.rename_stage(&name, "Settlement")).expect("renamed");
    let run = stage.sync().await;
    assert_eq!((run.written, run.waiting, stage.writes()), (0, 0, 0), "{run:#?}");
    assert_eq!((stage.shown(case), stage.reasons(case).await), (shown, vec![ReasonCode::Renamed]));
    stage.with(|world| world.set_name(case, "Renamed v. One")).expect("renamed");
    assert_eq!(stage.sync().await.written, 1, "only the stage is held back");
    stage.with(|world| world.rename_stage("Settlement", &name)).expect("back");
    stage.sync().await;
    assert_eq!((stage.reasons(case).await, stage.status().await.notes), (vec![], vec![]), "named back, all is as it was");
}

#[tokio::test(start_paused = true)]
async fn a_skipped_stage_that_is_renamed_lets_nobody_in() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    stage.edit("not_in_map = \"attention\"", "not_in_map = \"same-name\"");
    let before = stage.census().len();
    stage.with(|world| world.rename_stage("Potential Client", "Getting Started")).expect("renamed");
    let run = stage.sync().await;
    assert_eq!((run.written, run.waiting, run.counts.create, stage.census().len()), (0, 0, 0, before), "{run:#?}");
    assert!(run.notes.iter().any(|note| note.starts_with("'Potential Client' is now called 'Getting Started'")), "{run:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_tick_that_sees_a_rename_looks_at_all_cases_and_says_it() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    stage.pass(HOUR).await;
    stage.changes().await;
    stage.pass(HOUR).await;
    stage.with(|world| world.rename_stage("Treating", "In Treatment")).expect("renamed");
    stage.with(World::reset_requests);
    let run = stage.changes_later().await;
    assert_eq!((run.written, run.requests.mycase), (0, 5 + 4 + 1), "{run:#?}");
    assert!(run.notes.iter().any(|note| note.starts_with("'Treating' is now called 'In Treatment'")), "{run:#?}");
    assert_eq!(stage.reasons(stage.open_in("In Treatment")).await, [ReasonCode::Renamed]);
    stage.pass(HOUR).await;
    assert_eq!(stage.changes().await.requests.mycase, 5);
}

#[tokio::test(start_paused = true)]
async fn a_practice_area_that_is_renamed_keeps_its_cases_where_they_are() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    stage.edit("[stages.for.\"Family Law\"]", "[practice_areas.map]\n\"Family Law\" = \"Family Law\"\n\n[stages.for.\"Family Law\"]");
    stage.edit("[cases]\n", "[closure]\nout_of_scope = \"close\"\n\n[cases]\npractice_areas = [\"Family Law\", \"Personal Injury\", \"Workers Compensation\"]\n");
    assert_eq!(stage.sync().await.counts.close, 0);
    stage.with(|world| world.rename_practice_area("Family Law", "Domestic Relations")).expect("renamed");
    let run = stage.sync().await;
    assert_eq!((run.written, run.waiting), (0, 0), "nothing closes and nothing moves: {run:#?}");
    let lines = [
        line_of(&stage, "practice_areas = "),
        line_of(&stage, "\"Family Law\" = \"Family Law\""),
        line_of(&stage, "[stages.for.\"Family Law\"]"),
    ];
    let [first, second, third] = lines;
    let said = format!("lines {first}, {second}, {third} still say 'Family Law'");
    assert!(run.notes.iter().any(|note| note.contains(&said)), "{said} {run:#?}");
    let family = stage.status().await.attention.into_iter().find(|line| line.code == ReasonCode::Renamed).expect("a line");
    assert!(family.cases > 0, "{family:#?}");
}
