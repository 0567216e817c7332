//! Rules over all firm files at once: one portal key belongs to one firm, and no firm reads another's secrets.

use crate::config::{Firm, Problem, SecretRef, Severity, SourceText};
use crate::domain::FirmId;
use std::collections::BTreeMap;

/// One firm of the set.
#[derive(Debug, Clone, Copy)]
pub struct SetMember<'a> {
    /// What its file means.
    pub firm: &'a Firm,
    /// Its text, to point at.
    pub source: &'a SourceText,
    /// What tells one resolved portal key from another, when it could be read; e.g. a fingerprint as text.
    pub portal_key: Option<&'a str>,
}

/// The problems of the set, each in the later file: members come in the order in which their files were accepted, and
/// the first that has a key keeps it.
pub fn check_set(members: &[SetMember<'_>]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut owners: BTreeMap<String, &Firm> = BTreeMap::new();
    for member in members {
        let portal = &member.firm.portal;
        // A stored secret is the firm's own; only what lies outside of its state can be shared by its name.
        let by_name = match &portal.api_key {
            SecretRef::Stored(_) | SecretRef::File(_) => None,
            SecretRef::Env(name) => Some(format!("env {name}")),
            SecretRef::Credential(name) => Some(format!("credential {name}")),
        };
        let by_value = member.portal_key.map(|print| format!("value {print}"));
        let mut taken = None;
        for key in [by_name, by_value].into_iter().flatten() {
            let whole = format!("{} {key}", portal.base_url);
            taken = taken.or(owners.get(whole.as_str()).copied());
            owners.entry(whole).or_insert(member.firm);
        }
        if let Some(owner) = taken.filter(|owner| owner.id != member.firm.id) {
            let message = format!("the portal key of this file is also the key of {} ({})", owner.file, owner.name);
            let help =
                "two firms in one portal account would overwrite each other: give each its own key, or remove one of the files".to_owned();
            problems.push(Problem::at(member.source, find(member.source, "api_key"), Severity::Error, "shared-portal-key", message, help));
        }
    }
    let ids: Vec<&FirmId> = members.iter().map(|member| &member.firm.id).collect();
    for member in members {
        let secrets = [(&member.firm.portal.api_key, "api_key"), (&member.firm.mycase.client_secret, "client_secret")];
        for (secret, key) in secrets {
            problems.extend(foreign_variable(member, secret, key, &ids));
        }
    }
    problems
}

/// `ACME_2_KEY` begins with acme's prefix too, but is acme-2's.
fn foreign_variable(member: &SetMember<'_>, secret: &SecretRef, key: &str, ids: &[&FirmId]) -> Option<Problem> {
    let SecretRef::Env(name) = secret else { return None };
    let own = member.firm.id.environment_prefix();
    let owner = ids.iter().find(|id| {
        let prefix = id.environment_prefix();
        ***id != member.firm.id && prefix.len() > own.len() && prefix.starts_with(&own) && name.starts_with(&prefix)
    })?;
    let message = format!("the variable {name:?} belongs to the firm {owner}, not to {}", member.firm.id);
    let help = format!("name it {own}... without what follows in {owner}'s names");
    Some(Problem::at(member.source, find(member.source, key), Severity::Error, "beyond-firm", message, help))
}

/// The line that says a key; the start of the file when it stands elsewhere.
fn find(source: &SourceText, key: &str) -> std::ops::Range<usize> {
    let mut start = 0;
    for line in source.text.split_inclusive('\n') {
        if line.trim_start().starts_with(key) {
            return start..start + line.trim_end().len();
        }
        start += line.len();
    }
    0..0
}
