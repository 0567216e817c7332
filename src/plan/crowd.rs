//! What only shows across cases: one phone on two people, one readable id on two cases.
//!
//! Keeps fingerprints with ids, never values: 24 bytes for a client with a phone, 16 for a case.

use super::reasons;
use crate::domain::{CaseId, Fingerprinter, Link, PersonId, Reason, Record, phone_print, readable_print};
use std::collections::BTreeMap;

/// Everybody that the portal knows or would know after this run.
#[derive(Debug, Default)]
pub(super) struct Crowd {
    phones: Vec<(u64, PersonId, CaseId)>,
    /// Every case looked at, with its readable id's print (0 for none).
    cases: Vec<(CaseId, u64)>,
    /// How many of `cases`, from the start, are sorted: those looked at, before other links joined.
    sorted: Option<usize>,
    /// Readable ids' prints with their cases, sorted; filled by `find`.
    readable: Vec<(u64, CaseId)>,
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
        self.clients_of(link);
        self.looked_at(link.case, link.readable);
    }

    /// A linked case that was not looked at.
    pub(super) fn other(&mut self, link: &Link) {
        self.clients_of(link);
        self.cases.push((link.case, link.readable));
    }

    /// A case as it would be after the run. What is held stays as the link has it.
    pub(super) fn wanted(&mut self, case: CaseId, after: &Record, prints: &Fingerprinter) {
        for client in after.clients.iter().filter(|client| client.phone.is_some()) {
            self.phones.push((phone_print(client.phone.as_deref(), prints), client.id, case));
        }
        self.looked_at(case, readable_print(after, prints));
    }

    fn clients_of(&mut self, link: &Link) {
        let pairs = link.phones.iter().zip(&link.clients).filter(|(print, _)| **print != 0);
        self.phones.extend(pairs.map(|(print, person)| (*print, *person, link.case)));
    }

    fn looked_at(&mut self, case: CaseId, readable: u64) {
        self.cases.push((case, readable));
        self.sorted = None;
    }

    /// Whether the case was looked at. Sorts when something was looked at since.
    pub(super) fn has(&mut self, case: CaseId) -> bool {
        let sorted = *self.sorted.get_or_insert_with(|| {
            self.cases.sort_unstable();
            self.cases.len()
        });
        let looked_at = self.cases.get(..sorted).unwrap_or_default();
        looked_at.binary_search_by_key(&case, |(case, _)| *case).is_ok()
    }

    /// Another case that bears the readable id of `record`. After `find`.
    pub(super) fn shares_readable(&self, case: CaseId, record: &Record, prints: &Fingerprinter) -> bool {
        let print = readable_print(record, prints);
        let first = self.readable.partition_point(|entry| entry.0 < print);
        let mut alike = self.readable.iter().skip(first).take_while(|entry| entry.0 == print);
        print != 0 && alike.any(|(_, other)| *other != case)
    }

    /// Whether a phone of `record` belongs to another person on another case. After `find`.
    pub(super) fn shares(&self, case: CaseId, record: &Record, prints: &Fingerprinter) -> bool {
        record.clients.iter().any(|client| {
            let print = phone_print(client.phone.as_deref(), prints);
            let first = self.phones.partition_point(|entry| entry.0 < print);
            let alike = self.phones.iter().skip(first).take_while(|entry| entry.0 == print);
            print != 0 && alike.into_iter().any(|(_, person, other)| *person != client.id && *other != case)
        })
    }

    /// Finds what is shared. Sorts, so it comes last.
    pub(super) fn find(&mut self, shared_phone_allowed: bool) -> Found {
        let mut found = Found::default();
        self.phones.sort_unstable();
        if !shared_phone_allowed {
            for group in self.phones.chunk_by(|a, b| a.0 == b.0).filter(|group| group.first().map(|e| e.1) != group.last().map(|e| e.1)) {
                let cases = distinct(group.iter().map(|entry| entry.2));
                let reason = reasons::shared_phone(&cases);
                for case in cases {
                    found.phones.entry(case).or_insert_with(|| reason.clone());
                }
            }
        }
        self.readable = self.cases.iter().filter(|entry| entry.1 != 0).map(|(case, print)| (*print, *case)).collect();
        self.readable.sort_unstable();
        self.readable.dedup();
        for group in self.readable.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 1) {
            let cases = distinct(group.iter().map(|entry| entry.1));
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
