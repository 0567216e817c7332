//! What one table says of another: each row that should have a partner has it.

use super::{Checked, RESTORE};
use crate::domain::{CaseId, PortalId};
use crate::store::snapshot::Snapshot;
use crate::store::tables::{self, Bytes};
use crate::store::{Carried, CarryState, PlanHead, Shelf, StoreError, links};
use redb::ReadableTable;
use std::collections::{BTreeMap, BTreeSet};

/// Two tables whose keys are the same. What is missing on either side, and what to do about it.
struct Twins {
    table: &'static str,
    lacking: &'static str,
    fix: &'static str,
}

const VERIFY: &str = "casebridge sync FIRM --verify compares everything with the portal and writes it anew";

pub(super) fn together(snapshot: &Snapshot<'_>, checked: &mut Checked) -> Result<(), StoreError> {
    let (linked, sent) = (ids(snapshot, tables::LINKS)?, ids(snapshot, tables::SENT.rows)?);
    differ(checked, &linked, &sent, &Twins { table: "links", lacking: "have no record as last sent", fix: VERIFY });
    differ(checked, &sent, &linked, &Twins { table: "sent", lacking: "belong to no linked case", fix: VERIFY });
    let (owed, changes) = (ids(snapshot, tables::JOURNAL)?, ids(snapshot, tables::JOURNAL_CHANGES.rows)?);
    differ(checked, &owed, &changes, &Twins { table: "journal", lacking: "do not say what is owed", fix: RESTORE });
    differ(checked, &changes, &owed, &Twins { table: "journal_changes", lacking: "do not say how far they came", fix: RESTORE });
    one_record_each(snapshot, checked)?;
    history(snapshot, checked)?;
    plans(snapshot, checked)?;
    [Shelf::Documents, Shelf::Messages].into_iter().try_for_each(|shelf| ledger(snapshot, checked, shelf))
}

fn ids(snapshot: &Snapshot<'_>, table: Bytes<u64>) -> Result<BTreeSet<u64>, StoreError> {
    snapshot.table(table)?.iter()?.map(|row| Ok(row?.0.value())).collect()
}

fn differ<T: Ord>(checked: &mut Checked, these: &BTreeSet<T>, those: &BTreeSet<T>, twins: &Twins) {
    let lacking = these.difference(those).count();
    if lacking > 0 {
        let text = format!("{lacking} of its {} rows {}", these.len(), twins.lacking);
        checked.wrong(Some(twins.table), text, twins.fix);
    }
}

/// One portal record belongs to one case.
fn one_record_each(snapshot: &Snapshot<'_>, checked: &mut Checked) -> Result<(), StoreError> {
    let mut owners: BTreeMap<PortalId, CaseId> = BTreeMap::new();
    for row in snapshot.table(tables::LINKS)?.iter()? {
        let Ok(link) = links::decode(row?.1.value()) else { continue };
        if let Some(other) = owners.insert(link.portal_id.clone(), link.case) {
            let text = format!("the cases {other} and {} are linked with one portal record, {}", link.case, link.portal_id);
            checked.wrong(Some("links"), text, "look at both in the portal, then casebridge sync FIRM --verify");
        }
    }
    Ok(())
}

fn history(snapshot: &Snapshot<'_>, checked: &mut Checked) -> Result<(), StoreError> {
    let entries = ids(snapshot, tables::HISTORY.rows)?;
    let mut by_case = BTreeSet::new();
    for row in snapshot.table(tables::HISTORY_BY_CASE)?.iter()? {
        by_case.insert(row?.0.value().1);
    }
    let (mut values, mut unapproved) = (BTreeSet::new(), BTreeSet::new());
    for row in snapshot.table(tables::HISTORY_VALUES.rows)?.iter()? {
        values.insert(row?.0.value().1);
    }
    for row in snapshot.table(tables::UNAPPROVED)?.iter()? {
        unapproved.insert(row?.0.value().1);
    }
    let fix = "nothing in the portal depends on it; what casebridge history shows is not whole";
    differ(checked, &entries, &by_case, &Twins { table: "history", lacking: "are not found by their case", fix });
    for (table, seqs) in [("history_by_case", by_case), ("history_values", values), ("unapproved", unapproved)] {
        differ(checked, &seqs, &entries, &Twins { table, lacking: "belong to no change", fix });
    }
    Ok(())
}

fn plans(snapshot: &Snapshot<'_>, checked: &mut Checked) -> Result<(), StoreError> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for row in snapshot.table(tables::PLAN_CHANGES.rows)?.iter()? {
        *counts.entry(row?.0.value().0.to_owned()).or_default() += 1;
    }
    for slot in ["waiting", "preview"] {
        let head = snapshot.unseal::<_, PlanHead>(&tables::PLANS, slot).ok().flatten();
        let (said, found) = (head.map_or(0, |head| head.cases), counts.get(slot).copied().unwrap_or_default());
        if said != found {
            let text = format!("the plan that is {slot} should hold {said} changes and holds {found}");
            checked.wrong(Some("plans"), text, "casebridge plan FIRM makes a fresh one");
        }
    }
    Ok(())
}

/// Every open item has its row, and every item that is under way is open.
fn ledger(snapshot: &Snapshot<'_>, checked: &mut Checked, shelf: Shelf) -> Result<(), StoreError> {
    let mut open = BTreeSet::new();
    for row in snapshot.table(shelf.open())?.iter()? {
        open.insert(row?.0.value().to_owned());
    }
    let (mut known, mut under_way) = (BTreeSet::new(), BTreeSet::new());
    for row in snapshot.table(shelf.rows().rows)?.iter()? {
        let (id, sealed) = row?;
        let id = id.value();
        let row = snapshot.sealer().open::<_, Carried>(shelf.rows(), &id, sealed.value());
        if row.is_ok_and(|row| matches!(row.state, CarryState::Owed | CarryState::Begun { .. } | CarryState::Posted { .. })) {
            under_way.insert(id.to_owned());
        }
        known.insert(id.to_owned());
    }
    let table = shelf.rows().name;
    let fix = RESTORE;
    differ(checked, &open, &known, &Twins { table, lacking: "wait and are not known", fix });
    differ(checked, &under_way, &open, &Twins { table, lacking: "are under way and wait for nothing: they would never arrive", fix });
    Ok(())
}
