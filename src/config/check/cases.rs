//! `[lookback]`, `[cases]`, `[testing]`, `[clients]` and `[staff]`.

use super::account::given;
use super::{Check, names, sources};
use crate::config::raw::{
    At, Maybe, RawCase, RawCases, RawClients, RawCompanyCases, RawImport, RawLead, RawLookback, RawPhone, RawSharedPhone, RawStaff,
};
use crate::config::{CasesRule, ClientsRule, Lead, LeadMissing, Lookback, PhoneKind, StaffRule, Who, nearest, values};
use crate::domain::{self, CaseId, CaseRef, NameKey, Ordered};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn lookback(check: &mut Check<'_>, raw: &RawLookback) -> Option<Lookback> {
    let mut span = |raw: &Maybe<String>| {
        let at = raw.as_ref()?;
        check.value(at, "bad-duration", |text| format!("{text:?} is no length of time"), |text| values::span(text))
    };
    let (first, later) = (span(&raw.first), span(&raw.later));
    Some(Lookback { first: first?, later: later? })
}

pub(super) fn cases(check: &mut Check<'_>, raw: &RawCases, web_url: Option<&str>) -> Option<CasesRule> {
    let practice_areas = names::set(check, raw.practice_areas.as_ref(), "cases.practice_areas");
    let skip_practice_areas = names::set(check, raw.skip_practice_areas.as_ref(), "cases.skip_practice_areas");
    let skip_stages = names::set(check, raw.skip_stages.as_ref(), "cases.skip_stages");
    let never = case_ids(check, raw.never.as_ref(), web_url);
    let enabled_by = match given(&raw.enabled_by) {
        None => Some(None),
        Some(at) => {
            check.value(at, "unknown-source", |text| format!("there is no source {text:?}"), |text| sources::source(text)).map(Some)
        }
    };
    Some(CasesRule {
        selected_only: raw.import.as_ref()?.value == RawImport::Selected,
        practice_areas: practice_areas?,
        skip_practice_areas: skip_practice_areas?,
        skip_stages: skip_stages?,
        never: never?,
        enabled_by: enabled_by?,
    })
}

/// Ids or addresses of cases; an address must be of the firm's own MyCase.
pub(super) fn case_ids(check: &mut Check<'_>, list: Option<&At<Vec<At<RawCase>>>>, web_url: Option<&str>) -> Option<BTreeSet<CaseId>> {
    let mut ids = BTreeSet::new();
    let mut whole = true;
    for at in list.into_iter().flat_map(|list| &list.value) {
        match at.value.0.parse::<CaseRef>().and_then(|case| case.within(web_url)) {
            Ok(id) => drop(ids.insert(id)),
            Err(error) => {
                whole = false;
                let help = "open the case in MyCase and copy the number or the address from the browser";
                check.error(&at.place, "not-a-case", error.to_string(), help);
            }
        }
    }
    whole.then_some(ids)
}

pub(super) fn clients(check: &mut Check<'_>, raw: &RawClients) -> Option<ClientsRule> {
    let who =
        given(&raw.who).and_then(|at| check.value(at, "unknown-word", |text| format!("clients.who cannot be {text:?}"), |text| who(text)));
    let phone = raw.phone.as_ref().and_then(|list| phones(check, list));
    let country = raw
        .country
        .as_ref()
        .and_then(|at| check.value(at, "unknown-country", |text| format!("{text:?} is no country"), |text| country(text)));
    Some(ClientsRule {
        who: who?,
        phone: phone?,
        country: country?,
        shared_phone_allowed: raw.shared_phone.as_ref()?.value == RawSharedPhone::Allow,
        company_takes_billing_contact: raw.company_cases.as_ref()?.value == RawCompanyCases::BillingContact,
    })
}

fn who(text: &str) -> Result<Who, String> {
    match text.trim() {
        "sole-or-billing" => Ok(Who::SoleOrBilling),
        "billing-contact" => Ok(Who::BillingContact),
        "all" => Ok(Who::All),
        text => match text.strip_prefix("group:").map(NameKey::new) {
            Some(group) if !group.is_empty() => Ok(Who::Group(group)),
            Some(_) => Err("write the people group behind the colon, e.g. \"group:Client\"".to_owned()),
            None => Err(nearest::did_you_mean(text, &["sole-or-billing", "billing-contact", "group:Client", "all"])),
        },
    }
}

fn phones(check: &mut Check<'_>, list: &At<Vec<At<RawPhone>>>) -> Option<Vec<PhoneKind>> {
    let mut phones = Vec::with_capacity(list.value.len());
    for at in &list.value {
        let kind = match at.value {
            RawPhone::Cell => PhoneKind::Cell,
            RawPhone::Home => PhoneKind::Home,
            RawPhone::Work => PhoneKind::Work,
        };
        if kind == PhoneKind::Work {
            let message = "a work phone is often shared or answered by others, who would then see the case";
            check.warning(&at.place, "work-phone", message, "leave \"work\" out unless the firm has decided that");
        }
        if phones.contains(&kind) {
            check.error(&at.place, "twice", "this phone is listed twice", "leave one of the two out");
        }
        phones.push(kind);
    }
    if phones.is_empty() {
        check.error(&list.place, "empty-list", "without a phone nobody can log in", "write phone = [\"cell\"]");
        return None;
    }
    Some(phones)
}

fn country(text: &str) -> Result<String, String> {
    let code = text.trim().to_uppercase();
    match phonelib::country_by_code(&code).is_some() {
        true => Ok(code),
        false => Err("write the country's two letters, e.g. \"US\" or \"CA\"".to_owned()),
    }
}

pub(super) fn staff(check: &mut Check<'_>, raw: &RawStaff) -> Option<StaffRule> {
    let paralegals = names::set(check, raw.paralegals.as_ref(), "staff.paralegals");
    let lead = raw.lead.as_ref().map(|list| list.value.iter().map(|at| lead(at.value)).collect::<Vec<_>>());
    if let Some(list) = raw.lead.as_ref().filter(|list| list.value.is_empty()) {
        check.error(
            &list.place,
            "empty-list",
            "without a flag nobody leads a case",
            "write lead = [\"lead_lawyer\", \"originating_lawyer\"]",
        );
    }
    let lead_missing = raw.lead_missing.as_ref().and_then(|at| {
        let turn = |text: &String| match text.trim() {
            "attention" => Ok(LeadMissing::Attention),
            text => {
                domain::email(text).map(LeadMissing::Email).ok_or("write \"attention\", or the e-mail address that leads then".to_owned())
            }
        };
        check.value(at, "bad-e-mail", |text| format!("{text:?} is no e-mail address"), turn)
    });
    let roles =
        names::maybe_map(check, &raw.roles, "staff.roles").into_iter().map(|(name, entry)| (name, entry.to.into_string())).ordered();
    let mut email = BTreeMap::new();
    for (from, to) in raw.email.iter().flat_map(|at| at.value.iter()) {
        let mut address = |at: &At<String>| {
            check.value(
                at,
                "bad-e-mail",
                |text| format!("{text:?} is no e-mail address"),
                |text| domain::email(text).ok_or_else(|| "write an address like \"jane@acme.example\"".to_owned()),
            )
        };
        let (Some(old), Some(new)) = (address(from), address(to)) else { continue };
        if email.insert(old, new).is_some() {
            check.error(&from.place, "same-name-twice", "this address stands here twice", "leave one of the two lines out");
        }
    }
    Some(StaffRule { lead: lead?, lead_missing: lead_missing?, paralegals: paralegals?, roles, email })
}

fn lead(raw: RawLead) -> Lead {
    match raw {
        RawLead::LeadLawyer => Lead::LeadLawyer,
        RawLead::OriginatingLawyer => Lead::OriginatingLawyer,
    }
}
