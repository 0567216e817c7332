//! Values for the store's tests, full of personal data that must never be readable in the file ([`PRIVATE`]).

use super::{Approval, Carried, CarryState, EntryState, HistoryEntry, JournalEntry, PutAt, SavedPlan, Store, Vault};
use crate::domain::{
    CaseException, CaseId, DocumentId, FirmId, Holds, Kind, Link, PersonId, PlanName, PortalId, Reason, ReasonCode, Record, RecordClient,
    RunId, SeenState, TeamMember, Tokens,
};
use crate::plan::{Change, LimitLine};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

/// What stands in the samples and must not stand in a file.
pub(super) const PRIVATE: [&str; 9] =
    ["Wilhelmina", "Featherstone", "+13105550", "@example.com", "Boss", "refresh-", "access-", "approver-anna", "stored-secret"];

pub(super) fn firm() -> FirmId {
    "acme".parse().unwrap()
}

pub(super) fn vault() -> Arc<Vault> {
    Arc::new(Vault::from_key([7; 32]))
}

pub(super) fn store() -> Store {
    Store::in_memory(&firm(), vault()).unwrap()
}

pub(super) fn now() -> Timestamp {
    "2026-11-23T14:22:33Z".parse().unwrap()
}

pub(super) fn record(case: u64) -> Record {
    let client = RecordClient {
        id: PersonId(case * 10),
        first_name: "Wilhelmina".into(),
        last_name: format!("Featherstone{case}"),
        email: Some(format!("w{case}@example.com")),
        phone: Some(format!("+13105550{case:03}")),
    };
    let lead = TeamMember { email: "boss@example.com".into(), role: "Attorney".into(), attorney: true };
    Record {
        practice_area: Some("Motor Vehicle Accident".into()),
        stage: Some("Demand Sent".into()),
        open: true,
        closed_date: Some("2026-01-31".parse().unwrap()),
        clients: vec![client],
        attorney: Some("boss@example.com".into()),
        team: vec![lead],
        fields: [("readable_id".to_owned(), format!("Featherstone-{case}"))].into(),
        extra: [("contact".to_owned(), "Boss".to_owned())].into(),
    }
}

pub(super) fn seen() -> SeenState {
    let since = now() - SignedDuration::from_hours(100);
    SeenState { practice_area: Some("MVA".into()), stage: Some("Demand".into()), stage_since: since, open: true, open_since: since }
}

pub(super) fn link(case: u64) -> Link {
    Link::after(CaseId(case), PortalId(format!("cs-{case:08}")), &record(case), seen(), now(), &vault().fingerprinter(&firm()))
}

pub(super) fn change(case: u64) -> Change {
    Change {
        case: CaseId(case),
        kinds: [Kind::Stage, Kind::Contact].into_iter().collect(),
        portal_id: Some(PortalId(format!("cs-{case:08}"))),
        before: Some(record(case + 1)),
        after: record(case),
        seen: seen(),
        why: vec!["stage: \"Demand Sent\" is \"Demand\" (acme.firm.toml:41)".into()],
        hold: None,
    }
}

pub(super) fn by_person() -> Approval {
    Approval::Person { who: "approver-anna".into(), at: now(), plan: PlanName("p-00c0ffee".into()) }
}

pub(super) fn entry(run: u64, seq: u64, case: u64) -> JournalEntry {
    let not_before = Some(now());
    JournalEntry { seq, run: RunId(run), change: change(case), approval: by_person(), state: EntryState::Intended, not_before }
}

pub(super) fn plan(cases: &[u64]) -> SavedPlan {
    SavedPlan {
        name: PlanName("p-00c0ffee".into()),
        saved_at: now(),
        expires_at: now() + SignedDuration::from_hours(7 * 24),
        changes: cases.iter().map(|case| change(*case)).collect(),
        over: vec![LimitLine { kind: Kind::Stage, limit: Some(25), planned: 26, exceeded: true }],
        run: Some(RunId(3)),
        reminded_at: None,
        named: None,
        verify: false,
        rewrite: false,
        left: Default::default(),
    }
}

pub(super) fn exception(case: u64) -> CaseException {
    let reason = Reason {
        code: ReasonCode::StageNotMapped,
        holds: Holds::Stage,
        no_create: true,
        text: "the stage \"Odd\" is not in the map".into(),
        fix: "add it to [portal.stages]".into(),
    };
    CaseException { case: CaseId(case), reasons: vec![reason] }
}

/// A file on its way, with what must not be readable.
pub(super) fn posted() -> Carried {
    let headers = [("x-amz-acl".to_owned(), "stored-secret".to_owned())].into();
    let place = PutAt { url: "https://storage.example/access-to-write".into(), headers };
    let state = CarryState::Posted { document: DocumentId(5), path: "Case Documents/Featherstone.pdf".into(), place };
    Carried { case: Some(CaseId(7)), state, ..Carried::owed(true) }
}

pub(super) fn tokens(which: &str) -> Tokens {
    Tokens {
        access: format!("access-{which}"),
        refresh: format!("refresh-{which}"),
        obtained_at: now(),
        expires_at: now() + SignedDuration::from_hours(24),
        firm_uuid: Some("2f1c".into()),
    }
}

pub(super) fn history(case: u64) -> HistoryEntry {
    let Change { kinds, before, after, .. } = change(case);
    HistoryEntry {
        at: now(),
        run: RunId(3),
        case: CaseId(case),
        kinds,
        visible: kinds,
        trigger: "schedule".into(),
        approval: Approval::ByLimits,
        fields: vec!["stage".into(), "phone".into()],
        stage: (before.as_ref().and_then(|record| record.stage.clone()), after.stage.clone()),
        before,
        after: Some(after),
    }
}
