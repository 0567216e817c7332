//! Rules across sections: what is required, and the table of named checks over the whole file.

use super::{Check, firm::header, portal, stages};
use crate::config::Profile;
use crate::config::raw::{Maybe, Place, RawFirm};

/// A key without a default.
struct Required {
    key: &'static str,
    given: fn(&RawFirm) -> bool,
    section: fn(&RawFirm) -> Option<&Place>,
    at: fn(&RawFirm) -> Option<&Place>,
    help: &'static str,
}

fn text(value: &Maybe<String>) -> bool {
    value.as_ref().is_some_and(|at| !at.value.trim().is_empty())
}

fn place<T>(value: &Maybe<T>) -> Option<&Place> {
    value.as_ref().map(|at| &at.place)
}

const REQUIRED: &[Required] = &[
    Required {
        key: "firm.name",
        given: |raw| text(&raw.firm.name),
        section: |raw| raw.firm.place.as_ref(),
        at: |raw| place(&raw.firm.name),
        help: "write the firm's name as people know it, e.g. name = \"Acme Injury Law\"",
    },
    Required {
        key: "firm.time_zone",
        given: |raw| text(&raw.firm.time_zone),
        section: |raw| raw.firm.place.as_ref(),
        at: |raw| place(&raw.firm.time_zone),
        help: "write where the firm sits, e.g. time_zone = \"America/New_York\"",
    },
    Required {
        key: "mycase.client_id",
        given: |raw| text(&raw.mycase.client_id),
        section: |raw| raw.mycase.place.as_ref(),
        at: |raw| place(&raw.mycase.client_id),
        help: "MyCase support gives it with API access: client_id = \"...\"",
    },
    Required {
        key: "mycase.client_secret",
        given: |raw| raw.mycase.client_secret.is_some(),
        section: |raw| raw.mycase.place.as_ref(),
        at: |raw| place(&raw.mycase.client_secret),
        help: "write client_secret = { stored = \"mycase\" } and run `casebridge secret set FIRM mycase`",
    },
    Required {
        key: "mycase.redirect_uri",
        given: |raw| text(&raw.mycase.redirect_uri),
        section: |raw| raw.mycase.place.as_ref(),
        at: |raw| place(&raw.mycase.redirect_uri),
        help: "write the address registered with MyCase, e.g. redirect_uri = \"http://127.0.0.1:8766/callback\"",
    },
    Required {
        key: "portal.kind",
        given: |raw| text(&raw.portal.kind),
        section: |raw| raw.portal.place.as_ref(),
        at: |raw| place(&raw.portal.kind),
        help: "write which portal the firm uses: kind = \"case-status\" or kind = \"hona\"",
    },
    Required {
        key: "portal.api_key",
        given: |raw| raw.portal.api_key.is_some(),
        section: |raw| raw.portal.place.as_ref(),
        at: |raw| place(&raw.portal.api_key),
        help: "write api_key = { stored = \"portal\" } and run `casebridge secret set FIRM portal`",
    },
    Required {
        key: "clients.who",
        given: |raw| text(&raw.clients.who),
        section: |raw| raw.clients.place.as_ref(),
        at: |raw| place(&raw.clients.who),
        help: "a person must say who gets access: who = \"sole-or-billing\", \"billing-contact\", \"group:Client\" or \"all\"",
    },
];

/// Names every required key that is missing, empty, or already said to be wrong (then once only).
pub(super) fn check_required(check: &mut Check<'_>, raw: &RawFirm) {
    for required in REQUIRED {
        if (required.given)(raw) {
            continue;
        }
        let (section, key) = required.key.split_once('.').unwrap_or(("", required.key));
        let place = match (required.at)(raw) {
            Some(place) => place.clone(),
            None => header(check, (required.section)(raw)),
        };
        // A value that could not be read has its own problem already, inside the section.
        if already_said(check, required.key) {
            continue;
        }
        check.error(&place, "required", format!("[{section}] needs {key}: there is no default for it"), required.help);
    }
}

fn already_said(check: &Check<'_>, key: &str) -> bool {
    check.problems.iter().any(|problem| problem.message.contains(key))
}

/// A rule over the whole file.
type Rule = (&'static str, fn(&mut Check<'_>, &RawFirm, &Profile));

/// They look at what the file says, so a mistake in one section hides none in another.
const RULES: &[Rule] = &[
    ("stages per practice area are within the portal's bounds", portal::stages_within_bounds),
    ("a map has no more different targets than the portal takes stages", stages::targets_within_bounds),
    ("portal stages are spelled as [portal.stages] spells them", stages::targets_are_listed),
    ("one MyCase stage leads to one phase of a project type", stages::one_phase_per_trigger),
    ("operations that are only our reading are said once", portal::unconfirmed),
];

/// Runs the table, if the portal is known.
pub(super) fn check_all(check: &mut Check<'_>, raw: &RawFirm, profile: Option<&Profile>) {
    let Some(profile) = profile else { return };
    for (_, rule) in RULES {
        rule(check, raw, profile);
    }
}

/// Required keys of a section, for the schema: `(section, key)`.
#[cfg(test)]
pub(crate) fn required_keys() -> impl Iterator<Item = (&'static str, &'static str)> {
    REQUIRED.iter().filter_map(|required| required.key.split_once('.'))
}
