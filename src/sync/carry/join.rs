//! Which case a file or message belongs to: by ids alone, never by a name. Pure but for reading the links once.
//!
//! What a client gave must not land in another client's case, so ids that disagree decide nothing.

use crate::domain::{Bearing, CaseId, Fingerprinter, PortalId, readable_text_print};
use crate::store::{BearingKeys, Links, StoreError};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Whose an item is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Join {
    /// A linked case's.
    Case(CaseId),
    /// Of a case that is not linked, or that is not to be touched now.
    NotLinked,
    /// Its ids lead to more than one linked case.
    Unclear(Vec<CaseId>),
}

/// The links, by what items bear.
#[derive(Debug, Default)]
pub(super) struct Joiner {
    /// Whether the case is open on both sides.
    open: BTreeMap<CaseId, bool>,
    by_portal_id: HashMap<PortalId, CaseId>,
    by_readable: HashMap<u64, Vec<CaseId>>,
    /// While not empty, only these are touched.
    testing: BTreeSet<CaseId>,
}

impl Joiner {
    /// Of these links; `testing` is the file's `[testing] cases`.
    pub(super) fn new(links: &Links, testing: &BTreeSet<CaseId>) -> Result<Joiner, StoreError> {
        let mut joiner = Joiner { testing: testing.clone(), ..Joiner::default() };
        for link in links.iter()? {
            let link = link?;
            joiner.open.insert(link.case, link.open && link.seen.open);
            joiner.by_portal_id.insert(link.portal_id, link.case);
            if link.readable != 0 {
                joiner.by_readable.entry(link.readable).or_default().push(link.case);
            }
        }
        Ok(joiner)
    }

    /// Whether the case is open, in MyCase and in the portal.
    pub(super) fn is_open(&self, case: CaseId) -> bool {
        self.open.get(&case).copied().unwrap_or_default()
    }

    /// Whose an item is that bears these.
    pub(super) fn join(&self, keys: &BearingKeys) -> Join {
        let by_case = keys.case.filter(|case| self.open.contains_key(case));
        let by_portal = keys.portal_id.as_ref().and_then(|id| self.by_portal_id.get(id)).copied();
        let found = match (by_case, by_portal) {
            // The record says it is another case's than the link does.
            (Some(one), Some(other)) if one != other => return Join::Unclear(vec![one.min(other), one.max(other)]),
            (None, Some(linked)) if keys.case.is_some_and(|case| case != linked) => return Join::Unclear(vec![linked]),
            (Some(case), _) | (None, Some(case)) => Some(case),
            // An integration id that no link bears is another case's: a readable id must not overrule it.
            (None, None) if keys.case.is_some() => None,
            (None, None) => match self.by_readable.get(&keys.readable).map(Vec::as_slice) {
                Some([case]) => Some(*case),
                Some(several) => return Join::Unclear(several.to_vec()),
                None => None,
            },
        };
        match found.filter(|case| self.testing.is_empty() || self.testing.contains(case)) {
            Some(case) => Join::Case(case),
            None => Join::NotLinked,
        }
    }
}

/// What is kept of an item's bearing while its case is not linked.
pub(super) fn keys(bearing: &Bearing, prints: &Fingerprinter) -> BearingKeys {
    let Bearing { case, portal_id, readable_id } = bearing;
    let readable = readable_id.as_deref().map(str::trim).filter(|id| !id.is_empty());
    BearingKeys { case: *case, portal_id: portal_id.clone(), readable: readable.map_or(0, |id| readable_text_print(id, prints)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joiner() -> Joiner {
        let portal = |id: &str, case| (PortalId(id.to_owned()), CaseId(case));
        Joiner {
            open: [(CaseId(1), true), (CaseId(2), true), (CaseId(3), false)].into(),
            by_portal_id: [portal("p1", 1), portal("p2", 2), portal("p3", 3)].into(),
            by_readable: [(11, vec![CaseId(1)]), (99, vec![CaseId(2), CaseId(3)])].into(),
            testing: BTreeSet::new(),
        }
    }

    fn bears(case: Option<u64>, portal: Option<&str>, readable: u64) -> BearingKeys {
        BearingKeys { case: case.map(CaseId), portal_id: portal.map(|id| PortalId(id.to_owned())), readable }
    }

    #[test]
    fn the_integration_id_decides_then_the_portals_id_then_a_readable_id_of_one_case() {
        assert_eq!(joiner().join(&bears(Some(1), None, 0)), Join::Case(CaseId(1)));
        assert_eq!(joiner().join(&bears(None, Some("p2"), 11)), Join::Case(CaseId(2)));
        assert_eq!(joiner().join(&bears(None, None, 11)), Join::Case(CaseId(1)));
        assert_eq!(joiner().join(&bears(None, None, 0)), Join::NotLinked);
    }

    #[test]
    fn a_readable_id_of_two_cases_and_ids_that_disagree_decide_nothing() {
        assert_eq!(joiner().join(&bears(None, None, 99)), Join::Unclear(vec![CaseId(2), CaseId(3)]));
        assert_eq!(joiner().join(&bears(Some(2), Some("p1"), 0)), Join::Unclear(vec![CaseId(1), CaseId(2)]));
        assert_eq!(joiner().join(&bears(Some(77), Some("p1"), 0)), Join::Unclear(vec![CaseId(1)]));
    }

    #[test]
    fn a_case_that_is_not_linked_is_not_found_by_a_readable_id() {
        assert_eq!(joiner().join(&bears(Some(77), None, 11)), Join::NotLinked);
    }

    #[test]
    fn while_cases_are_tested_the_others_are_not_touched() {
        let joiner = Joiner { testing: [CaseId(2)].into(), ..joiner() };
        assert_eq!(joiner.join(&bears(Some(1), None, 0)), Join::NotLinked);
        assert_eq!(joiner.join(&bears(Some(2), None, 0)), Join::Case(CaseId(2)));
        assert!(joiner.is_open(CaseId(1)) && !joiner.is_open(CaseId(3)) && !joiner.is_open(CaseId(77)));
    }
}
