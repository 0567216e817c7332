//! What a file's rules make of a case of which only names are known: its practice area, its stage, open or closed. What an
//! edit is measured with. People, fields and `enabled_by` are not known here, so nothing is said of them.

use super::{OutOfScope, Renames, Scope, SeenStatus, Wanted};
use crate::config::Firm;
use crate::domain::{CaseId, Record};

/// What the firm's file wants of a case that MyCase shows like this. `never` and `[testing]` name single cases and are the
/// caller's; contact data and fields are left as they are.
pub fn placed(firm: &Firm, renames: &Renames, practice_area: Option<&str>, stage: Option<&str>, open: bool) -> Wanted {
    let area = renames.area(firm, practice_area);
    let found = renames.stage(firm, &area, stage);
    let out = area.out.or(found.skipped.then_some(OutOfScope::StageSkipped));
    let reasons = if out.is_none() { area.reason.into_iter().chain(found.reason).collect() } else { Vec::new() };
    Wanted {
        case: CaseId(0),
        scope: out.map_or(Scope::In, Scope::Out),
        practice_area_decided: area.to.is_some(),
        stage: found.wish,
        record: Record { practice_area: area.to, stage: found.to, ..Record::bare(open) },
        contact_decided: false,
        state: if open { SeenStatus::Open } else { SeenStatus::Closed },
        mycase_stage: stage.map(str::to_owned),
        former_stage: renames.former_stage(stage).map(str::to_owned),
        mycase_practice_area: practice_area.map(str::to_owned),
        updated_at: None,
        reasons,
    }
}
