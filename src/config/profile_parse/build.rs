//! From what a profile's TOML says to what it means, with every problem in its place. Operations are `operations`' business.

use super::raw::{RawField, RawMayContact, RawProfile, RawRequired, RawStages, RawWords};
use super::tree::Node;
use crate::config::profile::{Auth, Profile, ProfileField, RequiredPeople, StageRules, Words};
use crate::config::{Problem, Severity};
use crate::domain::{FirmId, Kind, Ordered};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use url::{Host, Url};

/// Collects problems while a profile is made.
pub(super) struct Builder<'n> {
    node: &'n Node,
    pub(super) problems: Vec<Problem>,
}

impl<'n> Builder<'n> {
    pub(super) fn new(node: &'n Node) -> Builder<'n> {
        Builder { node, problems: Vec::new() }
    }

    pub(super) fn error(&mut self, path: &[&str], code: &'static str, message: &str, help: &str) {
        self.problems.push(self.node.place(path).error(code, message, help));
    }

    pub(super) fn key_error(&mut self, path: &[&str], code: &'static str, message: &str, help: &str) {
        self.problems.push(self.node.key_place(path).error(code, message, help));
    }

    pub(super) fn key_warning(&mut self, path: &[&str], code: &'static str, message: &str, help: &str) {
        self.problems.push(self.node.key_place(path).warning(code, message, help));
    }

    pub(super) fn has(&self, path: &[&str]) -> bool {
        self.node.get(path).is_some()
    }

    /// The profile; what it is worth is for `problems` to say.
    pub(super) fn profile(&mut self, raw: RawProfile, name: &str) -> Profile {
        let own = raw.fields.keys().cloned().collect::<Vec<_>>();
        let fields: BTreeSet<&str> = own.iter().map(String::as_str).ordered();
        self.check_names(&raw.name, name, &fields);
        let takes_extra = raw.takes_extra.unwrap_or(false);
        let operations = self.operations(raw.operations, &fields, takes_extra);
        let RawWords { case, stage, practice_area } = raw.words;
        let (may_contact, may_contact_when) = may_contact(raw.may_contact);
        self.check_auth(&raw.auth.header, &raw.auth.value);
        self.check_base_url(&raw.base_url);
        Profile {
            name: name.to_owned(),
            title: raw.title,
            words: Words { case, stage, practice_area },
            base_url: raw.base_url,
            auth: Auth { header: raw.auth.header, value: raw.auth.value },
            requests_per_second: self.at_least_one("requests_per_second", raw.requests_per_second, 10),
            in_flight: self.at_least_one("in_flight", raw.in_flight, 4),
            settles_in: self.duration("settles_in", raw.settles_in.as_deref()),
            imports_closed: raw.imports_closed.unwrap_or(true),
            may_contact,
            may_contact_when,
            stages: self.stages(raw.stages.unwrap_or_default()),
            fields: raw.fields.into_iter().map(|(name, field)| (name.clone(), self.field(&name, field))).ordered(),
            takes_extra,
            required: required(&raw.required.unwrap_or_default()),
            operations,
        }
    }

    fn check_names(&mut self, written: &str, name: &str, fields: &BTreeSet<&str>) {
        if written.parse::<FirmId>().is_err() {
            let help = "write lower-case letters, digits and hyphens, e.g. \"my-portal\"";
            self.error(&["name"], "bad-name", &format!("{written:?} cannot be a profile's name"), help);
        } else if written != name {
            let message = format!("the profile calls itself {written:?}, its file is named {name:?}");
            self.error(&["name"], "bad-name", &message, &format!("write name = {name:?}, or rename the file to {written}.toml"));
        }
        for field in fields {
            let reserved = super::EXPRESSION_NAMES.contains(field) || ["client", "member"].contains(field);
            if reserved {
                let help = "name the field otherwise, and send it under the portal's name in the body";
                self.key_error(&["fields", field], "reserved-name", &format!("{field:?} means something else in expressions"), help);
            }
        }
    }

    fn check_auth(&mut self, header: &str, value: &str) {
        if http::HeaderName::try_from(header).is_err() {
            self.error(&["auth", "header"], "bad-header", "this cannot be a header's name", "e.g. \"Authorization\"");
        }
        if value.matches("{key}").count() != 1 {
            self.error(
                &["auth", "value"],
                "no-key",
                "the header's value holds {key} once, for the firm's portal key",
                "e.g. \"Bearer {key}\"",
            );
        }
        if http::HeaderValue::try_from(value).is_err() {
            self.error(&["auth", "value"], "bad-header", "this cannot be a header's value", "e.g. \"Bearer {key}\"");
        }
    }

    fn check_base_url(&mut self, text: &str) {
        let help = "e.g. \"https://api.portal.example/v1\"";
        let Ok(url) = Url::parse(text) else {
            return self.error(&["base_url"], "bad-url", "this is no address", help);
        };
        let here = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        if !(url.scheme() == "https" || url.scheme() == "http" && here) {
            self.error(
                &["base_url"],
                "bad-url",
                "the key and the cases travel here, so it must be https (http on this machine only)",
                help,
            );
        }
        let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
        if !plain || text.ends_with('/') {
            self.error(&["base_url"], "bad-url", "the address has no slash at the end, no query and no user", help);
        }
    }

    fn at_least_one(&mut self, key: &str, value: Option<u32>, default: u32) -> u32 {
        if value == Some(0) {
            self.error(&[key], "too-small", &format!("{key} is at least 1"), "");
        }
        value.unwrap_or(default).max(1)
    }

    fn duration(&mut self, key: &str, text: Option<&str>) -> Duration {
        let Some(text) = text else { return Duration::from_secs(5) };
        let read = text.parse::<jiff::SignedDuration>().ok().and_then(|span| Duration::try_from(span).ok());
        if read.is_none() {
            self.error(&[key], "bad-duration", &format!("{text:?} is no duration"), "e.g. \"5 seconds\" or \"2 minutes\"");
        }
        read.unwrap_or_default()
    }

    fn stages(&mut self, raw: RawStages) -> StageRules {
        let RawStages { minimum, maximum, exact, one_per_trigger } = raw;
        if let (Some(minimum), Some(maximum)) = (minimum, maximum)
            && minimum > maximum
        {
            self.error(&["stages", "maximum"], "bad-range", &format!("the maximum is below the minimum of {minimum}"), "");
        }
        StageRules {
            minimum: minimum.map(|number| number as usize),
            maximum: maximum.map(|number| number as usize),
            exact: exact.unwrap_or(false),
            one_per_trigger: one_per_trigger.unwrap_or(false),
        }
    }

    fn field(&mut self, name: &str, raw: RawField) -> ProfileField {
        let default = raw.default.unwrap_or_default();
        for (at, source) in default.iter().enumerate() {
            let known = ["case.", "client.", "lead_attorney.", "office.", "custom."];
            if !known.iter().any(|room| source.strip_prefix(room).is_some_and(|rest| !rest.is_empty())) {
                let help = "a source is case.*, client.*, lead_attorney.*, office.* or custom.<name>; `casebridge fields` lists them";
                self.error(&["fields", name, "default", &at.to_string()], "unknown-source", &format!("{source:?} is no source"), help);
            }
        }
        ProfileField {
            default,
            required: raw.required.unwrap_or(false),
            date: raw.date.unwrap_or(false),
            help: raw.help.unwrap_or_default(),
        }
    }

    /// Whether any problem so far is an error.
    pub(super) fn failed(&self) -> bool {
        self.problems.iter().any(|problem| problem.severity == Severity::Error)
    }
}

fn may_contact(raw: Option<RawMayContact>) -> (Option<String>, BTreeMap<Kind, String>) {
    let Some(RawMayContact { create, close, reopen, contact, stage, update }) = raw else { return Default::default() };
    let others = [(Kind::Close, close), (Kind::Reopen, reopen), (Kind::Contact, contact), (Kind::Stage, stage), (Kind::Update, update)];
    (create, others.into_iter().filter_map(|(kind, text)| Some((kind, text?))).ordered())
}

fn required(raw: &RawRequired) -> RequiredPeople {
    let RawRequired { attorney, client, phone, phone_or_email, stage, practice_area } = *raw;
    RequiredPeople {
        attorney: attorney.unwrap_or(false),
        client: client.unwrap_or(false),
        phone: phone.unwrap_or(false),
        phone_or_email: phone_or_email.unwrap_or(false),
        stage: stage.unwrap_or(false),
        practice_area: practice_area.unwrap_or(false),
    }
}
