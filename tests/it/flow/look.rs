//! What a test looks at: the portal's records by MyCase id, cases to perturb, and a state that is opened again or lost.

use super::stage::Stage;
use casebridge::domain::ReasonCode;
use casebridge::operations::{Answer, Ask};
use casebridge::sandbox::PortalCase;
use std::collections::BTreeMap;

impl Stage {
    /// The only live Case Status record of a case.
    pub(super) fn record(&self, case: u64) -> PortalCase {
        let records = self.records(case);
        assert_eq!(records.len(), 1, "one record of case {case}");
        records[0].clone()
    }

    /// All live Case Status records of a case.
    pub(super) fn records(&self, case: u64) -> Vec<PortalCase> {
        self.with(|world| world.case_status.by_integration_id(&case.to_string()).into_iter().cloned().collect())
    }

    /// The stage a client sees.
    pub(super) fn shown(&self, case: u64) -> String {
        self.record(case).status.expect("a stage")
    }

    /// Live records by the MyCase id they carry.
    pub(super) fn census(&self) -> BTreeMap<String, usize> {
        let mut census = BTreeMap::new();
        self.with(|world| {
            for case in world.case_status.cases.values().filter(|case| case.deleted_at.is_none()) {
                *census.entry(case.integration_id.clone().unwrap_or_default()).or_insert(0) += 1;
            }
        });
        census
    }

    /// Open cases of a MyCase stage that are in the portal already.
    pub(super) fn in_stage(&self, stage: &str) -> Vec<u64> {
        self.with(|world| {
            let id = world.mycase.stage_id(stage).expect("a stage");
            let there = |case: u64| world.case_status.by_integration_id(&case.to_string()).len() == 1;
            let cases = world.mycase.cases.values().filter(|case| case.open && case.stage == Some(id));
            cases.map(|case| case.id).filter(|case| there(*case)).collect()
        })
    }

    /// Open cases that are in the portal and open there, in the order of their ids.
    pub(super) fn open_cases(&self) -> Vec<u64> {
        self.with(|world| {
            let open = |case: u64| world.case_status.by_integration_id(&case.to_string()).iter().any(|record| record.closed_at.is_none());
            world.mycase.cases.values().filter(|case| case.open).map(|case| case.id).filter(|case| open(*case)).collect()
        })
    }

    /// An open case in treatment, linked and in step: the one to perturb.
    pub(super) fn a_case(&self) -> u64 {
        self.in_stage("Treating")[0]
    }

    /// The first open case of a MyCase stage that is in the portal already.
    pub(super) fn open_in(&self, stage: &str) -> u64 {
        self.in_stage(stage)[0]
    }

    /// A person on a case.
    pub(super) fn client_of(&self, case: u64) -> u64 {
        self.with(|world| world.mycase.cases[&case].clients[0])
    }

    /// Why a case needs attention.
    pub(super) async fn reasons(&self, case: u64) -> Vec<ReasonCode> {
        let Ok(Answer::Exceptions(all)) = self.ask(Ask::Exceptions).await else { panic!("no list") };
        all.into_iter().filter(|one| one.case.0 == case).flat_map(|one| one.reasons).map(|reason| reason.code).collect()
    }
}
