//! What an edit of a firm file means: two firms compared section by section. Comments, line numbers and spelling that
//! does not count are no difference.

use super::{FieldSource, Firm, MapEntry, NameMap, OperationName, PortalSettings, Profile, Schedule, StagesRule};
use crate::domain::NameKey;
use std::collections::BTreeMap;
use std::fmt::Debug;

/// One section that means something else now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The section as in the file, e.g. `stages.map`, `clients`.
    pub section: &'static str,
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
        name,
        time_zone,
        active,
        mycase,
        portal,
        schedule,
        lookback,
        cases,
        testing,
        clients,
        staff,
        closure,
        stages,
        practice_areas,
        fields,
        documents,
        messages,
        limits,
        tests,
        file: _,
        names: _,
    } = new;
    let mut differences = Differences::default();
    differences.note("firm", "name", false, &old.name, name);
    differences.note("firm", "time_zone", true, &old.time_zone.iana_name(), &time_zone.iana_name());
    let status = |active: bool| if active { "active" } else { "inactive" };
    differences.note("firm", "status", true, &status(old.active), &status(*active));
    differences.section("mycase", false, &old.mycase, mycase);
    differences.portal(&old.portal, portal);
    differences.schedule(&old.schedule, schedule);
    differences.section(
        "lookback",
        true,
        &[old.lookback.first, old.lookback.later].map(|s| s.to_string()),
        &[lookback.first, lookback.later].map(|s| s.to_string()),
    );
    differences.section("cases", true, &old.cases, cases);
    differences.section("testing", true, &old.testing, testing);
    differences.section("clients", true, &old.clients, clients);
    differences.section("staff", true, &old.staff, staff);
    differences.section("closure", true, &old.closure, closure);
    differences.stages(&old.stages, stages);
    let NameMap { not_in_map, map } = practice_areas;
    differences.note("practice_areas", "not_in_map", true, &old.practice_areas.not_in_map, not_in_map);
    differences.map("practice_areas.map", &old.practice_areas.map, map);
    differences.section("fields", true, &sources(old), &fields.iter().map(|(name, rule)| (name.as_str(), &rule.source)).collect());
    differences.section("documents", false, &old.documents, documents);
    differences.section("messages", false, &old.messages, messages);
    differences.section("limits", false, &old.limits, limits);
    let meaning = |firm_tests: &[super::TestCase]| {
        firm_tests.iter().map(|test| (test.name.clone(), test.given.clone(), test.expect.clone())).collect::<Vec<_>>()
    };
    differences.section("tests", false, &meaning(&old.tests), &meaning(tests));
    let account = differences.list.iter().any(|difference| difference.section == "mycase") || same_account(&old.portal, portal).is_some();
    FirmChange { differences: differences.list, widened: widened(old, new), account }
}

fn sources(firm: &Firm) -> BTreeMap<&str, &FieldSource> {
    firm.fields.iter().map(|(name, rule)| (name.as_str(), &rule.source)).collect()
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

#[derive(Default)]
struct Differences {
    list: Vec<Difference>,
}

impl Differences {
    fn push(&mut self, section: &'static str, clients_see: bool, what: String) {
        self.list.push(Difference { section, what, clients_see });
    }

    /// A value worth showing.
    fn note<T: Debug + PartialEq>(&mut self, section: &'static str, key: &str, clients_see: bool, old: &T, new: &T) {
        if old != new {
            self.push(section, clients_see, format!("{key} is {new:?} (was {old:?})"));
        }
    }

    /// A section as a whole; its `Debug` shows every field, so a new field is compared without being named here.
    fn section<T: Debug>(&mut self, section: &'static str, clients_see: bool, old: &T, new: &T) {
        if format!("{old:?}") != format!("{new:?}") {
            self.push(section, clients_see, format!("[{section}] changed"));
        }
    }

    fn portal(&mut self, old: &PortalSettings, new: &PortalSettings) {
        let PortalSettings { kind, kind_line: _, profile, api_key, base_url, existing, contact_hours, drift, stages } = new;
        self.note("portal", "kind", true, &old.kind, kind);
        self.note("portal", "base_url", true, &old.base_url.as_str(), &base_url.as_str());
        if old.api_key != *api_key {
            self.push("portal", false, "api_key is kept elsewhere".to_owned());
        }
        if old.kind == *kind && *old.profile != **profile {
            self.push("portal", true, format!("the profile of {} changed{}", profile.title, operations(&old.profile, profile)));
        }
        self.note("portal", "existing", true, &old.existing, existing);
        self.note("portal", "contact_hours", false, &old.contact_hours, contact_hours);
        self.note("portal", "drift", true, &old.drift, drift);
        self.section("portal.stages", true, &old.stages, stages);
    }

    fn schedule(&mut self, old: &Schedule, new: &Schedule) {
        let Schedule { cases, changes, verify, documents, messages } = new;
        let lines = [
            ("cases", &old.cases, cases),
            ("changes", &old.changes, changes),
            ("verify", &old.verify, verify),
            ("documents", &old.documents, documents),
            ("messages", &old.messages, messages),
        ];
        for (key, old, new) in lines {
            let text = |cron: &Option<super::Cron>| cron.as_ref().map_or("off".to_owned(), |cron| cron.text().to_owned());
            self.note("schedule", key, false, &text(old), &text(new));
        }
    }

    fn stages(&mut self, old: &StagesRule, new: &StagesRule) {
        let StagesRule { not_in_map, hide, start, settle, map, by_area } = new;
        self.note("stages", "not_in_map", true, &old.not_in_map, not_in_map);
        self.note("stages", "hide", true, &old.hide, hide);
        self.note("stages", "start", true, &old.start, start);
        let words = |settle: std::time::Duration| match settle.as_secs() {
            seconds if seconds % 60 == 0 => format!("{} minutes", seconds / 60),
            seconds => format!("{seconds} seconds"),
        };
        self.note("stages", "settle", true, &words(old.settle), &words(*settle));
        self.map("stages.map", &old.map, map);
        let empty = BTreeMap::new();
        let areas: std::collections::BTreeSet<&NameKey> = old.by_area.keys().chain(by_area.keys()).collect();
        for area in areas {
            self.map("stages.for", old.by_area.get(area).unwrap_or(&empty), by_area.get(area).unwrap_or(&empty));
        }
    }

    fn map(&mut self, section: &'static str, old: &BTreeMap<NameKey, MapEntry>, new: &BTreeMap<NameKey, MapEntry>) {
        for (name, MapEntry { from, to, line: _ }) in new {
            match old.get(name) {
                None => self.push(section, true, format!("{from:?} leads to {to:?} (was not in the map)")),
                Some(before) if before.to != *to => self.push(section, true, format!("{from:?} leads to {to:?} (was {:?})", before.to)),
                Some(_) => {}
            }
        }
        for (_, gone) in old.iter().filter(|(name, _)| !new.contains_key(*name)) {
            self.push(section, true, format!("{:?} is no longer in the map (was {:?})", gone.from, gone.to));
        }
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
