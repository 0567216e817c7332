//! What of an edit the linked cases' names cannot show, in sentences that say where to look instead. Only what this edit
//! touches is said.

use crate::config::Firm;
use crate::config::changes::{Difference, FirmChange};

/// Where to look for what is not counted.
const PLAN: &str = "`casebridge plan FIRM` on the firm's machine shows it";

/// One sentence each, in the order of the file. `new` is the version after.
pub(super) fn blind(change: &FirmChange, new: &Firm) -> Vec<String> {
    let mut said: Vec<String> = Vec::new();
    if change.account {
        said.push("another MyCase or portal account may be meant: what is counted belongs to the account before, and runs ask for `casebridge rebind` first".to_owned());
    }
    if !new.testing.is_empty() {
        said.push(
            "[testing] names single cases, and nothing else is touched while it does: what the rest would do is not counted".to_owned(),
        );
    }
    if change.widened {
        let waits = if new.limits.first_import_goes { "" } else { " and waits for one yes, whatever its size" };
        said.push(format!("more cases are in scope: how many would be created is not known, because only linked cases are counted; the next run counts as a first one{waits}"));
    }
    for difference in &change.differences {
        let more = of(difference).map(|what| format!("{what}; {PLAN}"));
        said.extend(more.filter(|more| !said.contains(more)));
    }
    said.iter().map(|sentence| sentence.replace("FIRM", new.id.as_str())).collect()
}

/// What cannot be counted of one difference.
fn of(difference: &Difference) -> Option<&'static str> {
    Some(match (difference.section, difference.key) {
        ("clients", _) => "contact data is not counted: whose phone, e-mail or name would change is not known here",
        ("staff" | "staff.roles" | "staff.email", _) => {
            "people are not counted: which cases would get another attorney or team is not known here"
        }
        ("fields", _) => "values of fields are not counted: how many records would be updated is not known here",
        ("cases", "enabled_by") => "custom fields are not counted: which cases `enabled_by` switches on or off is not known here",
        ("cases", "never") => "single cases are not counted: what `never` now names or frees is not known here",
        ("cases", "import") => "cases that are not linked are not counted: which ones `import` would take is not known here",
        ("testing", _) => "single cases are not counted: what `[testing] cases` names is not known here",
        ("lookback", _) => "cases that are not linked are not counted: which ones would be imported is not known here",
        ("stages" | "closure", "settle") => {
            "since when a case stands as it does is not counted: which ones would go sooner or later is not known here"
        }
        ("stages", "start") | ("closure", "import_closed") => {
            "cases that are not linked are not counted: how they would be imported is not known here"
        }
        ("portal", "drift") => "what was changed in the portal by hand is not counted: what would be put right is not known here",
        ("portal", "kind" | "profile" | "existing") => "what the portal holds is not counted: what would be sent anew is not known here",
        ("firm", "time_zone") => "dates are not counted: which ones read otherwise in another time zone is not known here",
        ("documents", "since" | "max_size" | "closed_cases") | ("messages", "since") => {
            "files and messages are not counted: which ones would be carried into MyCase is not known here"
        }
        _ => return None,
    })
}
