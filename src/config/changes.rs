//! What an edit of a firm file means: two firms compared section by section. Comments, line numbers and spelling that
//! does not count are no difference. `sections` tells each change key by key, `words` writes values as the file does.

mod sections;
mod words;

use super::{Firm, OperationName, PortalSettings, Profile};
use crate::domain::NameKey;
use sections::Differences;
use serde::Serialize;

/// One section that means something else now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The section as in the file, e.g. `stages.map`, `clients`.
    pub section: &'static str,
    /// The key; empty where the section is a map of names.
    pub key: &'static str,
    /// What changed, one fragment for people, e.g. `"Demand Sent" leads to "Demand" (was "Negotiation")`.
    pub what: String,
    /// Whether what clients see may change by it.
    pub clients_see: bool,
}

/// What an edit means.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FirmChange {
    /// In the file's order; empty when nothing changed in meaning.
    pub differences: Vec<Difference>,
    /// `[cases]` lets more in, or `[testing]` was emptied: the next run is a first one again.
    pub widened: bool,
    /// Another MyCase or portal account may be meant: address, kind or the place of a key changed.
    pub account: bool,
}

impl FirmChange {
    /// Whether nothing changed in meaning.
    pub fn is_empty(&self) -> bool {
        self.differences.is_empty()
    }

    /// Whether automatic runs wait until the file has been quiet for a while.
    pub fn alters_what_clients_see(&self) -> bool {
        self.differences.iter().any(|difference| difference.clients_see)
    }
}

/// Compares two firms by meaning.
pub fn compare(old: &Firm, new: &Firm) -> FirmChange {
    // Every section is named here: a new one does not compile until it is compared.
    let Firm {
        id: _,
        name: _,
        time_zone: _,
        active: _,
        mycase,
        portal,
        schedule,
        lookback,
        cases,
        testing: _,
        clients,
        staff,
        closure,
        stages,
        practice_areas,
        fields: _,
        documents,
        messages,
        limits,
        tests: _,
        file: _,
        names: _,
        made_of: _,
    } = new;
    let mut differences = Differences::between(old, new);
    differences.firm();
    differences.mycase(&old.mycase, mycase);
    differences.portal(&old.portal, portal);
    differences.schedule(&old.schedule, schedule);
    differences.lookback(&old.lookback, lookback);
    differences.cases(&old.cases, cases);
    differences.testing();
    differences.clients(&old.clients, clients);
    differences.staff(&old.staff, staff);
    differences.closure(&old.closure, closure);
    differences.stages(&old.stages, stages);
    differences.practice_areas(&old.practice_areas, practice_areas);
    differences.fields();
    differences.documents(&old.documents, documents);
    differences.messages(&old.messages, messages);
    differences.limits(&old.limits, limits);
    differences.tests();
    let list = differences.list;
    let account = list.iter().any(|difference| difference.section == "mycase") || same_account(&old.portal, portal).is_some();
    FirmChange { differences: list, widened: widened(old, new), account }
}

/// Whether cases that were out of scope may be in it now.
pub fn widened(old: &Firm, new: &Firm) -> bool {
    let (before, after) = (&old.cases, &new.cases);
    // Something left the list that shuts out.
    let freed = |before: &std::collections::BTreeSet<NameKey>, after: &std::collections::BTreeSet<NameKey>| !before.is_subset(after);
    let areas =
        !before.practice_areas.is_empty() && (after.practice_areas.is_empty() || !after.practice_areas.is_subset(&before.practice_areas));
    (!old.testing.is_empty() && new.testing.is_empty())
        || (before.selected_only && !after.selected_only)
        || areas
        || freed(&before.skip_practice_areas, &after.skip_practice_areas)
        || freed(&before.skip_stages, &after.skip_stages)
        || !before.never.is_subset(&after.never)
        || (before.enabled_by.is_some() && before.enabled_by != after.enabled_by)
}

/// What says that another portal account may be meant.
fn same_account(old: &PortalSettings, new: &PortalSettings) -> Option<&'static str> {
    if old.kind != new.kind {
        Some("kind")
    } else if old.base_url != new.base_url {
        Some("base_url")
    } else if old.api_key != new.api_key {
        Some("api_key")
    } else {
        None
    }
}

/// Which operations came or went, as an addition to a sentence.
fn operations(old: &Profile, new: &Profile) -> String {
    let has = |profile: &Profile, name: OperationName| profile.operations.contains_key(&name);
    let gone = old.operations.keys().filter(|name| !has(new, **name)).count();
    let come = new.operations.keys().filter(|name| !has(old, **name)).count();
    if gone + come == 0 { String::new() } else { format!(" ({come} operations more, {gone} fewer)") }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::super::check::samples::{SHORT, check};
    use super::*;

    fn edit(before: &str, after: &str) -> FirmChange {
        compare(&check(&format!("{SHORT}{before}")).firm.unwrap(), &check(&format!("{SHORT}{after}")).firm.unwrap())
    }

    #[test]
    fn comments_order_and_line_numbers_change_nothing() {
        let one = "[stages.map]\n\"Intake\" = \"Start\"\n[limits]\nclose = \"at most 5\"\n";
        let other =
            "# a remark\n\n[limits]\nclose = \"at most 5\"\n[stages.map]\n\n\" INTAKE\" = \"Start\"\n[lookback]\nlater = \"12 months\"\n";
        assert_eq!(edit(one, other), FirmChange::default());
    }

    #[test]
    fn a_map_that_leads_elsewhere_is_named_and_clients_see_it() {
        let change =
            edit("[stages.map]\n\"Intake\" = \"Start\"\n\"Lost\" = \"End\"\n", "[stages.map]\n\"Intake\" = \"Begin\"\n\"New\" = \"End\"\n");
        let said: Vec<&str> = change.differences.iter().map(|difference| difference.what.as_str()).collect();
        assert_eq!(
            said,
            [
                "\"Intake\" leads to \"Begin\" (was \"Start\")",
                "\"New\" leads to \"End\" (was not in the map)",
                "\"Lost\" is no longer in the map (was \"End\")"
            ]
        );
        assert!(change.alters_what_clients_see() && !change.widened && !change.account);
    }

    #[test]
    fn schedules_limits_and_tests_are_not_what_clients_see() {
        let change = edit("", "[schedule]\ncases = \"0 3 * * *\"\n[limits]\nclose = \"at most 1\"\n");
        assert_eq!(change.differences.len(), 2);
        assert_eq!(change.differences[0].what, "cases is \"0 3 * * *\" (was \"15 21 * * * UTC\")");
        assert!(!change.alters_what_clients_see());
    }

    #[test]
    fn every_section_is_told_key_by_key_in_the_files_own_words() {
        let said = |before: &str, after: &str| {
            let change = edit(before, after);
            let told = change.differences.iter().map(|difference| format!("[{}] {}", difference.section, difference.what));
            told.collect::<Vec<_>>().join("; ")
        };
        for (before, after, expected) in [
            ("", "[cases]\nskip_stages = [\"Lost Cause\"]\n", "[cases] skip_stages now has \"Lost Cause\""),
            ("[cases]\nnever = [7, 8]\n", "[cases]\nnever = [8, 9, 10]\n", "[cases] never has 2 cases more and 1 fewer"),
            ("", "[cases]\nimport = \"selected\"\n", "[cases] import is \"selected\" (was \"all\")"),
            ("", "[closure]\nsettle = \"2 hours\"\n", "[closure] settle is \"2 hours\" (was \"0 minutes\")"),
            ("", "[closure]\ndeleted = \"close\"\n", "[closure] deleted is \"close\" (was \"report\")"),
            ("", "[stages]\nnot_in_map = \"keep\"\n", "[stages] not_in_map is \"keep\" (was \"same-name\")"),
            ("", "[lookback]\nlater = \"6 months\"\n", "[lookback] later is \"6 months\" (was \"12 months\")"),
            ("", "[limits]\nclose = \"at most 1\"\n", "[limits] close is \"at most 1\" (was \"5%, at least 3, at most 20\")"),
            ("", "[documents]\nmax_size = \"1 GB\"\n", "[documents] max_size is \"1 GB\" (was \"250 MB\")"),
            ("", "[fields]\ndescription = \"case.description\"\n", "[fields] description comes from case.description (was off)"),
            ("", "[fields]\ncase_date = \"\"\n", "[fields] case_date is off (was case.opened_date)"),
            (
                "",
                "[stages.for.\"Family Law\"]\n\"Filed\" = \"Petition\"\n",
                "[stages.for] \"Filed\" leads to \"Petition\" (was not in the map), for \"Family Law\"",
            ),
            // Addresses are people's.
            ("", "[staff]\nlead_missing = \"jane@acme.example\"\n", "[staff] lead_missing is an address (was \"attention\")"),
            ("", "[staff.email]\n\"jane@old.example\" = \"jane@acme.example\"\n", "[staff.email] the list has 1 address more"),
        ] {
            assert_eq!(said(before, after), expected);
        }
    }

    #[test]
    fn scope_that_lets_more_in_is_seen() {
        for (before, after, wide) in [
            ("[testing]\ncases = [1]\n", "", true),
            ("[testing]\ncases = [1]\n", "[testing]\ncases = [1, 2]\n", false),
            ("[cases]\nskip_stages = [\"a\", \"b\"]\n", "[cases]\nskip_stages = [\"A\"]\n", true),
            ("[cases]\nskip_stages = [\"a\"]\n", "[cases]\nskip_stages = [\"a\", \"b\"]\n", false),
            ("[cases]\npractice_areas = [\"a\"]\n", "", true),
            ("[cases]\npractice_areas = [\"a\"]\n", "[cases]\npractice_areas = [\"a\", \"b\"]\n", true),
            ("", "[cases]\npractice_areas = [\"a\"]\n", false),
            ("[cases]\nimport = \"selected\"\n", "", true),
            ("[cases]\nnever = [7]\n", "[cases]\nnever = [8]\n", true),
        ] {
            assert_eq!(edit(before, after).widened, wide, "{before} -> {after}");
        }
    }

    #[test]
    fn another_account_is_seen() {
        assert!(edit("", "").is_empty());
        let old = check(SHORT).firm.unwrap();
        let new = check(&SHORT.replace("{ stored = \"portal\" }", "{ env = \"ACME_KEY\" }")).firm.unwrap();
        assert!(compare(&old, &new).account);
    }
}
