//! What only shows across cases: one phone on two people, one readable id on two cases.
//!
//! Keeps fingerprints with ids, never values: 24 bytes for a client with a phone, 8 for a case and 16 for its readable id.

use super::bearers::Bearers;
use super::reasons;
use crate::domain::{CaseId, Fingerprinter, Link, PersonId, Reason, Record, phone_print, readable_print};
use std::collections::BTreeMap;

/// Everybody that the portal knows or would know after this run.
#[derive(Debug, Default)]
pub(super) struct Crowd {
    phones: Bearers<(PersonId, CaseId)>,
    readable: Bearers<CaseId>,
    /// Every case looked at; sorted when `sorted`.
    looked_at: Vec<CaseId>,
    sorted: bool,
}

/// Reasons found across cases.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) phones: BTreeMap<CaseId, Reason>,
    pub(super) readable: BTreeMap<CaseId, Reason>,
}

impl Crowd {
    /// A linked case that was looked at and stays as it is.
    pub(super) fn link(&mut self, link: &Link) {
        self.looked_at(link.case);
        self.other(link);
    }

    /// A linked case that was not looked at.
    pub(super) fn other(&mut self, link: &Link) {
        link.phones.iter().zip(&link.clients).for_each(|(print, person)| self.phones.push(*print, (*person, link.case)));
        self.readable.push(link.readable, link.case);
    }

    /// A case as it would be after the run. What is held stays as the link has it.
    pub(super) fn wanted(&mut self, case: CaseId, after: &Record, prints: &Fingerprinter) {
        self.looked_at(case);
        for client in &after.clients {
            self.phones.push(phone_print(client.phone.as_deref(), prints), (client.id, case));
        }
        self.readable.push(readable_print(after, prints), case);
    }

    fn looked_at(&mut self, case: CaseId) {
        self.looked_at.push(case);
        self.sorted = false;
    }

    /// Whether the case was looked at. Sorts when something was looked at since.
    pub(super) fn has(&mut self, case: CaseId) -> bool {
        if !self.sorted {
            self.looked_at.sort_unstable();
            self.sorted = true;
        }
        self.looked_at.binary_search(&case).is_ok()
    }

    /// Another case that bears the readable id of `record`.
    pub(super) fn shares_readable(&mut self, case: CaseId, record: &Record, prints: &Fingerprinter) -> bool {
        self.readable.of(readable_print(record, prints)).any(|other| other != case)
    }

    /// Whether a phone of `record` belongs to another person on another case.
    pub(super) fn shares(&mut self, case: CaseId, record: &Record, prints: &Fingerprinter) -> bool {
        record.clients.iter().any(|client| {
            let print = phone_print(client.phone.as_deref(), prints);
            self.phones.of(print).any(|(person, other)| person != client.id && other != case)
        })
    }

    /// Finds what is shared.
    pub(super) fn find(&self, shared_phone_allowed: bool) -> Found {
        let mut found = Found::default();
        let phones = if shared_phone_allowed { Vec::new() } else { self.phones.several() };
        for group in phones.iter().filter(|group| group.first().map(|entry| entry.0) != group.last().map(|entry| entry.0)) {
            let cases = distinct(group.iter().map(|entry| entry.1));
            let reason = reasons::shared_phone(&cases);
            for case in cases {
                found.phones.entry(case).or_insert_with(|| reason.clone());
            }
        }
        for cases in self.readable.several() {
            let reason = reasons::same_readable_id(&cases);
            found.readable.extend(cases.into_iter().map(|case| (case, reason.clone())));
        }
        found
    }
}

fn distinct(cases: impl Iterator<Item = CaseId>) -> Vec<CaseId> {
    let mut cases: Vec<CaseId> = cases.collect();
    cases.sort_unstable();
    cases.dedup();
    cases
}
