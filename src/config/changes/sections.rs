//! What changed in each section, key by key, in the file's own words. Every section is taken apart by name: a new key does not
//! compile until somebody has said how its change is told.

use super::words;
use super::{Difference, operations};
use crate::config::{
    CasesRule, ClientsRule, Closure, DocumentsRule, Firm, Limits, Lookback, MapEntry, MessagesRule, MyCaseSettings, NameMap,
    PortalSettings, Schedule, StaffRule, StagesRule, TestCase,
};
use crate::domain::{NameKey, Ordered};
use std::collections::{BTreeMap, BTreeSet};

/// Finds differences between two firms.
pub(super) struct Differences<'a> {
    pub(super) list: Vec<Difference>,
    old: &'a Firm,
    new: &'a Firm,
}

impl<'a> Differences<'a> {
    pub(super) fn between(old: &'a Firm, new: &'a Firm) -> Differences<'a> {
        Differences { list: Vec::new(), old, new }
    }

    fn push(&mut self, section: &'static str, key: &'static str, clients_see: bool, what: String) {
        self.list.push(Difference { section, key, what, clients_see });
    }

    /// A value, as the file writes it.
    fn value(&mut self, section: &'static str, key: &'static str, clients_see: bool, old: String, new: String) {
        if old != new {
            self.push(section, key, clients_see, format!("{key} is {new} (was {old})"));
        }
    }

    /// Something that was told already, if it changed.
    fn told(&mut self, section: &'static str, key: &'static str, clients_see: bool, what: Option<String>) {
        if let Some(what) = what {
            self.push(section, key, clients_see, what);
        }
    }

    /// A set of MyCase's names.
    fn names(&mut self, section: &'static str, key: &'static str, old: &BTreeSet<NameKey>, new: &BTreeSet<NameKey>) {
        let what = words::came_and_went(key, (self.old, old), (self.new, new));
        self.told(section, key, true, what);
    }

    pub(super) fn firm(&mut self) {
        let zone = |firm: &Firm| words::quoted(firm.time_zone.iana_name().unwrap_or_default());
        let status = |firm: &Firm| words::one_of(firm.active, ["active", "inactive"]);
        self.value("firm", "name", false, words::quoted(&self.old.name), words::quoted(&self.new.name));
        self.value("firm", "time_zone", true, zone(self.old), zone(self.new));
        self.value("firm", "status", true, status(self.old), status(self.new));
    }

    pub(super) fn mycase(&mut self, old: &MyCaseSettings, new: &MyCaseSettings) {
        let MyCaseSettings { client_id, client_secret, redirect_uri, web_url, api_url, authorize_url, token_url } = new;
        let changed = [
            ("client_id", old.client_id != *client_id),
            ("client_secret", old.client_secret != *client_secret),
            ("redirect_uri", old.redirect_uri != *redirect_uri),
            ("web_url", old.web_url != *web_url),
            ("api_url", old.api_url != *api_url),
            ("authorize_url", old.authorize_url != *authorize_url),
            ("token_url", old.token_url != *token_url),
        ];
        for (key, _) in changed.into_iter().filter(|(_, changed)| *changed) {
            self.push("mycase", key, false, format!("{key} changed"));
        }
    }

    pub(super) fn portal(&mut self, old: &PortalSettings, new: &PortalSettings) {
        let PortalSettings { kind, kind_line: _, profile, api_key, base_url, existing, contact_hours, drift, stages } = new;
        self.value("portal", "kind", true, words::quoted(&old.kind), words::quoted(kind));
        self.value("portal", "base_url", true, words::quoted(old.base_url.as_str()), words::quoted(base_url.as_str()));
        if old.api_key != *api_key {
            self.push("portal", "api_key", false, "api_key is kept elsewhere".to_owned());
        }
        if old.kind == *kind && *old.profile != **profile {
            self.push("portal", "profile", true, format!("the profile of {} changed{}", profile.title, operations(&old.profile, profile)));
        }
        self.value("portal", "existing", true, words::existing(old.existing.as_ref()), words::existing(existing.as_ref()));
        self.value("portal", "contact_hours", false, words::hours(&old.contact_hours), words::hours(contact_hours));
        self.value("portal", "drift", true, words::drift(old.drift), words::drift(*drift));
        let areas: BTreeSet<&String> = old.stages.keys().chain(stages.keys()).ordered();
        for area in areas.into_iter().filter(|area| old.stages.get(*area) != stages.get(*area)) {
            let listed =
                |stages: Option<&Vec<String>>| stages.map_or("not listed".to_owned(), |all| words::list(all.iter().map(String::as_str)));
            let what = format!("{area:?} is {} (was {})", listed(stages.get(area)), listed(old.stages.get(area)));
            self.push("portal.stages", "", true, what);
        }
    }

    pub(super) fn schedule(&mut self, old: &Schedule, new: &Schedule) {
        let Schedule { cases, changes, verify, documents, messages } = new;
        let lines = [
            ("cases", &old.cases, cases),
            ("changes", &old.changes, changes),
            ("verify", &old.verify, verify),
            ("documents", &old.documents, documents),
            ("messages", &old.messages, messages),
        ];
        for (key, old, new) in lines {
            let text = |cron: &Option<crate::config::Cron>| words::quoted(cron.as_ref().map_or("off", |cron| cron.text()));
            self.value("schedule", key, false, text(old), text(new));
        }
    }

    pub(super) fn lookback(&mut self, old: &Lookback, new: &Lookback) {
        let Lookback { first, later } = new;
        self.value("lookback", "first", true, words::span(old.first), words::span(*first));
        self.value("lookback", "later", true, words::span(old.later), words::span(*later));
    }

    pub(super) fn cases(&mut self, old: &CasesRule, new: &CasesRule) {
        let CasesRule { selected_only, practice_areas, skip_practice_areas, skip_stages, never, enabled_by } = new;
        let import = |selected: bool| words::one_of(selected, ["selected", "all"]);
        self.value("cases", "import", true, import(old.selected_only), import(*selected_only));
        self.names("cases", "practice_areas", &old.practice_areas, practice_areas);
        self.names("cases", "skip_practice_areas", &old.skip_practice_areas, skip_practice_areas);
        self.names("cases", "skip_stages", &old.skip_stages, skip_stages);
        self.told("cases", "never", true, words::more_and_fewer("never", ["case", "cases"], &old.never, never));
        let enabled = |by: Option<&crate::config::SourceName>| words::quoted(&by.map(ToString::to_string).unwrap_or_default());
        self.value("cases", "enabled_by", true, enabled(old.enabled_by.as_ref()), enabled(enabled_by.as_ref()));
    }

    pub(super) fn testing(&mut self) {
        let what = words::more_and_fewer("cases", ["case", "cases"], &self.old.testing, &self.new.testing);
        self.told("testing", "cases", true, what);
    }

    pub(super) fn clients(&mut self, old: &ClientsRule, new: &ClientsRule) {
        let ClientsRule { who, phone, country, shared_phone_allowed, company_takes_billing_contact } = new;
        let shared = |allowed: bool| words::one_of(allowed, ["allow", "attention"]);
        let company = |takes: bool| words::one_of(takes, ["billing-contact", "attention"]);
        self.value("clients", "who", true, words::who(&old.who), words::who(who));
        self.value("clients", "phone", true, words::phones(&old.phone), words::phones(phone));
        self.value("clients", "country", true, words::quoted(&old.country), words::quoted(country));
        self.value("clients", "shared_phone", true, shared(old.shared_phone_allowed), shared(*shared_phone_allowed));
        self.value("clients", "company_cases", true, company(old.company_takes_billing_contact), company(*company_takes_billing_contact));
    }

    pub(super) fn staff(&mut self, old: &StaffRule, new: &StaffRule) {
        let StaffRule { lead, lead_missing, paralegals, roles, email } = new;
        self.value("staff", "lead", true, words::leads(&old.lead), words::leads(lead));
        if old.lead_missing != *lead_missing {
            let (new, old) = (words::lead_missing(lead_missing), words::lead_missing(&old.lead_missing));
            let what = if new == old { "lead_missing is another address".to_owned() } else { format!("lead_missing is {new} (was {old})") };
            self.push("staff", "lead_missing", true, what);
        }
        self.names("staff", "paralegals", &old.paralegals, paralegals);
        let roles_of =
            |roles: &BTreeMap<NameKey, String>| roles.iter().map(|(of, role)| (of.clone(), role.clone())).ordered::<BTreeSet<_>>();
        self.told("staff.roles", "", true, words::more_and_fewer("the list", ["role", "roles"], &roles_of(&old.roles), &roles_of(roles)));
        // Addresses are people's: they are counted.
        let pairs = |email: &BTreeMap<String, String>| email.iter().map(|(from, to)| (from.clone(), to.clone())).ordered::<BTreeSet<_>>();
        self.told("staff.email", "", true, words::more_and_fewer("the list", ["address", "addresses"], &pairs(&old.email), &pairs(email)));
    }

    pub(super) fn closure(&mut self, old: &Closure, new: &Closure) {
        let Closure { close, reopen, deleted, out_of_scope, settle, stage, by_hand, import_closed } = new;
        let closed = |close: bool| words::one_of(close, ["close", "ignore"]);
        let reopened = |reopen: bool| words::one_of(reopen, ["reopen", "ignore"]);
        self.value("closure", "closed", true, closed(old.close), closed(*close));
        self.value("closure", "reopened", true, reopened(old.reopen), reopened(*reopen));
        self.value("closure", "deleted", true, words::deleted(old.deleted), words::deleted(*deleted));
        self.value("closure", "out_of_scope", true, words::out_of_scope(old.out_of_scope), words::out_of_scope(*out_of_scope));
        self.value("closure", "settle", true, words::duration(old.settle), words::duration(*settle));
        self.value("closure", "stage", true, words::text(old.stage.as_deref()), words::text(stage.as_deref()));
        self.names("closure", "by_hand", &old.by_hand, by_hand);
        self.value("closure", "import_closed", true, words::yes(old.import_closed), words::yes(*import_closed));
    }

    pub(super) fn stages(&mut self, old: &StagesRule, new: &StagesRule) {
        let StagesRule { not_in_map, hide, start, settle, map, by_area } = new;
        self.value("stages", "not_in_map", true, words::not_in_map(old.not_in_map), words::not_in_map(*not_in_map));
        self.names("stages", "hide", &old.hide, hide);
        self.value("stages", "start", true, words::text(old.start.as_deref()), words::text(start.as_deref()));
        self.value("stages", "settle", true, words::duration(old.settle), words::duration(*settle));
        self.map("stages.map", "", &old.map, map);
        let empty = BTreeMap::new();
        let areas: BTreeSet<&NameKey> = old.by_area.keys().chain(by_area.keys()).ordered();
        for area in areas {
            let said = [self.new, self.old].into_iter().flat_map(|firm| &firm.names).find(|said| NameKey::new(&said.name) == *area);
            let place = format!(", for {:?}", said.map_or(area.as_str(), |said| said.name.trim()));
            self.map("stages.for", &place, old.by_area.get(area).unwrap_or(&empty), by_area.get(area).unwrap_or(&empty));
        }
    }

    pub(super) fn practice_areas(&mut self, old: &NameMap, new: &NameMap) {
        let NameMap { not_in_map, map } = new;
        self.value("practice_areas", "not_in_map", true, words::not_in_map(old.not_in_map), words::not_in_map(*not_in_map));
        self.map("practice_areas.map", "", &old.map, map);
    }

    fn map(&mut self, section: &'static str, place: &str, old: &BTreeMap<NameKey, MapEntry>, new: &BTreeMap<NameKey, MapEntry>) {
        for (name, MapEntry { from, to, line: _ }) in new {
            match old.get(name) {
                None => self.push(section, "", true, format!("{from:?} leads to {to:?} (was not in the map){place}")),
                Some(before) if before.to != *to => {
                    self.push(section, "", true, format!("{from:?} leads to {to:?} (was {:?}){place}", before.to));
                }
                Some(_) => {}
            }
        }
        for (_, gone) in old.iter().filter(|(name, _)| !new.contains_key(*name)) {
            self.push(section, "", true, format!("{:?} is no longer in the map (was {:?}){place}", gone.from, gone.to));
        }
    }

    pub(super) fn fields(&mut self) {
        let (old, new) = (&self.old.fields, &self.new.fields);
        let names: BTreeSet<&String> = old.keys().chain(new.keys()).ordered();
        let source = |fields: &BTreeMap<String, crate::config::FieldRule>, name: &str| {
            fields.get(name).map_or("off".to_owned(), |rule| words::source(&rule.source))
        };
        for name in names {
            let (before, after) = (source(old, name), source(new, name));
            if before != after {
                self.push("fields", "", true, format!("{name} comes from {after} (was {before})").replace("comes from off", "is off"));
            }
        }
    }

    pub(super) fn documents(&mut self, old: &DocumentsRule, new: &DocumentsRule) {
        let DocumentsRule { folder, since, max_size, carry_closed } = new;
        let closed = |carry: bool| words::one_of(carry, ["carry", "attention"]);
        self.value("documents", "folder", false, words::quoted(&old.folder), words::quoted(folder));
        self.value("documents", "since", false, words::since(old.since), words::since(*since));
        self.value("documents", "max_size", false, words::size(old.max_size), words::size(*max_size));
        self.value("documents", "closed_cases", false, closed(old.carry_closed), closed(*carry_closed));
    }

    pub(super) fn messages(&mut self, old: &MessagesRule, new: &MessagesRule) {
        let MessagesRule { since, subject } = new;
        self.value("messages", "since", false, words::since(old.since), words::since(*since));
        self.value("messages", "subject", false, words::quoted(&old.subject), words::quoted(subject));
    }

    pub(super) fn limits(&mut self, old: &Limits, new: &Limits) {
        let Limits { first_import_goes, create, change_stage, close, reopen, contact, update } = new;
        let first = |goes: bool| words::one_of(goes, ["go", "approve"]);
        self.value("limits", "first_import", false, first(old.first_import_goes), first(*first_import_goes));
        let lines = [
            ("create", &old.create, create),
            ("change_stage", &old.change_stage, change_stage),
            ("close", &old.close, close),
            ("reopen", &old.reopen, reopen),
            ("contact", &old.contact, contact),
            ("update", &old.update, update),
        ];
        for (key, old, new) in lines {
            self.value("limits", key, false, words::limit(old), words::limit(new));
        }
    }

    pub(super) fn tests(&mut self) {
        let meaning = |tests: &'a [TestCase]| tests.iter().map(|test| (test.name.as_str(), (&test.given, &test.expect)));
        let (old, new): (BTreeMap<_, _>, BTreeMap<_, _>) = (meaning(&self.old.tests).ordered(), meaning(&self.new.tests).ordered());
        let came = new.keys().filter(|name| !old.contains_key(*name)).count();
        let went = old.keys().filter(|name| !new.contains_key(*name)).count();
        let other = new.iter().filter(|(name, test)| old.get(*name).is_some_and(|before| before != *test)).count();
        let parts = [(came, "new"), (other, "changed"), (went, "gone")].into_iter().filter(|(count, _)| *count > 0);
        let said: Vec<String> = parts.map(|(count, what)| format!("{count} {what}")).collect();
        self.told("tests", "", false, (!said.is_empty()).then(|| format!("of the tests {}", said.join(", "))));
    }
}
