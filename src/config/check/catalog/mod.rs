//! The names of a firm file against MyCase's: offline from the catalog beside it, online from what MyCase says now.
//!
//! A catalog is as old as its last pull: a stage made in MyCase since is not in it, and an edit that names it must not be
//! refused for that. So offline only what is surely a slip of the keys is an error; what is not there, or was renamed (a run
//! knows what to do then), is a warning. What MyCase says now is certain.
//!
//! `said` finds the names in the file, `known` holds them against a list, `covered` asks the other way round; `portal` and
//! `in_tests` look at the portal's names and at those in `[[tests]]`.

mod covered;
mod in_tests;
mod known;
mod portal;
mod said;

pub(super) use said::names_said;

use super::Check;
use crate::config::raw::{Origin, Place, RawFirm};
use crate::config::{Catalog, Problem, Severity, SourceText, TestCase};
use known::Known;

/// How far a list can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// MyCase says so now.
    Live,
    /// The catalog says so, and was read lately.
    Fresh,
    /// The catalog is so old that it is a hint only.
    Stale,
}

impl Trust {
    /// How far a catalog's file can be trusted.
    pub(super) fn of(catalog: &Catalog, now: jiff::Timestamp) -> Trust {
        if catalog.is_stale(now) { Trust::Stale } else { Trust::Fresh }
    }
}

/// The catalog beside the firm file. One that cannot be read is no help and does no harm: it is said, and the firm's file is
/// judged without it.
pub(super) fn read(check: &mut Check<'_>, file: Option<&SourceText>) -> Option<Catalog> {
    let source = file?;
    let (catalog, problems) = Catalog::parse(source);
    let help = format!("run `casebridge catalog pull {}`: it writes the file anew", check.id);
    let as_warning = |problem: Problem| Problem {
        severity: Severity::Warning,
        message: format!("the catalog cannot be used, so names are not checked: {}", problem.message),
        help: help.clone(),
        ..problem
    };
    check.problems.extend(problems.into_iter().map(as_warning));
    if let Some(catalog) = catalog.as_ref().filter(|catalog| catalog.is_stale(check.now)) {
        let message = format!(
            "this catalog of MyCase's names is {} days old: names are compared with it, but only as a hint",
            catalog.days_old(check.now)
        );
        let start = source.text.find("taken_at").unwrap_or_default();
        let line = source.text[start..].lines().next().unwrap_or_default().len();
        let help = format!("run `casebridge catalog pull {}`", check.id);
        check.problems.push(Problem::at(source, start..start + line, Severity::Warning, "stale-catalog", message, help));
    }
    catalog
}

/// Compares every name the file itself says. `own` is the file without the built-in defaults.
pub(super) fn check_names(
    check: &mut Check<'_>,
    own: &RawFirm,
    tests: &[TestCase],
    sources: &[&SourceText],
    catalog: &Catalog,
    trust: Trust,
) {
    let lists = [
        (Known::new("stage", &catalog.stages), said::stages(own)),
        (Known::new("practice area", &catalog.practice_areas), said::practice_areas(own)),
        (Known::new("custom field", &catalog.custom_fields), said::custom_fields(own)),
        (Known::new("people group", &catalog.people_groups), said::people_group(own)),
    ];
    for (known, names) in &lists {
        known.look_at(check, names, catalog, trust);
    }
    let types = Known::of_types(&catalog.staff_types);
    types.look_at_types(check, &said::staff_types(own));
    portal::hints(check, own, catalog);
    let [(stages, _), (areas, _), (fields, _), (groups, _)] = &lists;
    in_tests::look(check, tests, sources, &in_tests::Lists { stages, areas, fields, groups, types: &types });
    if trust != Trust::Stale && !check.torn {
        covered::uncovered(check, own, catalog);
    }
}

/// A name and where it stands.
type Names = Vec<(String, Place)>;

/// Where a section stands, or the start of the file.
fn header_of(check: &Check<'_>, place: Option<&Place>) -> Place {
    super::firm::header(check, place.filter(|place| place.origin == Origin::File))
}
