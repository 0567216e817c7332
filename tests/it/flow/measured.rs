//! What is said of an edit before it is used is what a run then plans: measured on the links, on their counts, and planned from
//! what MyCase shows.

use super::stage::{Portal, Stage};
use casebridge::domain::Reason;
use casebridge::mapping::Renames;
use casebridge::operations::{Answer, Ask};
use casebridge::plan::{Edit, Effect};
use serde_json::Value;

impl Stage {
    /// Edits the firm file and says what the edit means for the linked cases, by their counts.
    async fn measure(&self, from: &str, to: &str) -> Effect {
        let old = self.engine().firm;
        let Ok(Answer::Counts(counts)) = self.ask(Ask::Counts).await else { panic!("no counts") };
        self.edit(from, to);
        let (new, none) = (self.engine().firm, Renames::default());
        Effect::on_counts(&Edit { old: Some(&old), new: &new, old_renames: &none, new_renames: &none }, &counts)
    }

    /// How many cases a plan would move, close and open again, and how many need attention for something of stages or scope.
    async fn planned(&self) -> [usize; 4] {
        let plan = self.plan().await.json;
        let count = |kind: &str| plan["counts"][kind].as_u64().expect("a number") as usize;
        let of_names = |exception: &&Value| {
            let reasons = exception["reasons"].as_array().expect("a list");
            reasons
                .iter()
                .any(|reason| ["stage-not-mapped", "out-of-scope", "closed-by-hand"].contains(&reason["code"].as_str().expect("a code")))
        };
        let asks = plan["exceptions"].as_array().expect("a list").iter().filter(of_names).count();
        [count("stage"), count("close"), count("reopen"), asks]
    }

    /// Edits, measures, holds the measure against the plan, and has it done; gives what moved, closed, opened, needs attention.
    async fn measured(&self, from: &str, to: &str) -> [usize; 4] {
        let [.., asked] = self.planned().await;
        let effect = self.measure(from, to).await;
        let asking: usize = effect.attention.iter().map(|(_, cases): &(Reason, usize)| cases).sum();
        let said = [effect.moving(), effect.close.values().sum(), effect.reopen, asking];
        let planned = self.planned().await;
        assert_eq!(planned[..3], said[..3], "{from} -> {to}: {effect:#?}");
        assert_eq!(planned[3] + effect.attention_over, asked + said[3], "{from} -> {to}: {effect:#?}");
        if self.sync().await.waiting > 0 {
            let done = self.approve().await;
            assert!(done.failures.is_empty() && done.moved.is_empty(), "{done:#?}");
        }
        said
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_said_of_an_edit_is_what_the_next_run_plans() {
    let stage = Stage::imported(Portal::CaseStatus, 80).await;
    assert_eq!(stage.planned().await[..3], [0, 0, 0], "in step");

    let [moves, ..] = stage.measured("\"Treating\" = \"Medical Treatment\"", "\"Treating\" = \"Negotiation\"").await;
    assert!(moves > 0);
    let [.., asks] = stage.measured("\"Treating\" = \"Negotiation\"\n", "").await;
    assert_eq!(asks, moves, "the line is gone, and where they stand nobody can say");
    stage.measured("hide = [\"Conflict Check\"]", "hide = [\"Conflict Check\", \"Treating\"]").await;
    let [.., asks] =
        stage.measured("skip_stages = [\"Potential Client\"]", "skip_stages = [\"Potential Client\", \"Discovery Exchange\"]").await;
    assert!(asks > 0);
    let [_, closes, ..] = stage.measured("[limits]", "[closure]\nout_of_scope = \"close\"\nstage = \"Getting Started\"\n\n[limits]").await;
    assert_eq!(closes, asks, "what asked would close now");
    let [_, closes, ..] = stage.measured("[cases]", "[cases]\nskip_practice_areas = [\"Workers Compensation\"]").await;
    assert!(closes > 0);
}

#[tokio::test(start_paused = true)]
async fn closing_and_reopening_are_measured_as_they_are_planned() {
    let stage = Stage::imported(Portal::CaseStatus, 60).await;
    stage.edit("[limits]", "[closure]\nclosed = \"ignore\"\nreopened = \"ignore\"\n\n[limits]");
    let open: Vec<u64> = stage.with(|world| world.mycase.cases.values().filter(|case| case.open).map(|case| case.id).take(30).collect());
    let shut: Vec<u64> = stage.with(|world| world.mycase.cases.values().filter(|case| !case.open).map(|case| case.id).take(3).collect());
    stage.with(|world| open.iter().step_by(10).try_for_each(|case| world.close(*case))).expect("closed");
    stage.with(|world| shut.iter().try_for_each(|case| world.reopen(*case))).expect("reopened");
    stage.sync().await;
    let [_, closes, ..] = stage.measured("closed = \"ignore\"\n", "").await;
    let [_, _, reopens, _] = stage.measured("reopened = \"ignore\"\n", "").await;
    assert!(closes > 0 && reopens > 0, "{closes} {reopens}");
}
