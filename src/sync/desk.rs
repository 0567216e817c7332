//! What a reading looks at cases with: mapper, planner and links in one place, and what it keeps of them.

use super::known::Found;
use super::refusals::Rested;
use super::study::read_listing;
use super::{Engine, Progress, RunError};
use crate::domain::{CaseId, Kinds, Link, PortalId, SeenCase, ShownCase};
use crate::mapping::{Mapper, Wanted};
use crate::plan::{Look, Planner};
use crate::planted::{self, Plant};
use crate::store::{LinkWalk, Links, StoreError};
use std::collections::{BTreeMap, BTreeSet};

/// The reading's tools, in one place.
pub(super) struct Desk<'a> {
    pub(super) engine: &'a Engine,
    pub(super) mapper: Mapper,
    pub(super) planner: Planner,
    pub(super) links: &'a Links,
    pub(super) walk: LinkWalk<'a>,
    pub(super) names: BTreeMap<CaseId, String>,
    /// What the portal refused a short while ago.
    pub(super) rested: Rested,
    /// New cases, kept until the portal's list was read; `None` where it was read before, or cannot be.
    pub(super) aside: Option<Vec<(Wanted, Vec<String>)>>,
    /// The cases of a reading that does not look at all.
    pub(super) looked: BTreeSet<CaseId>,
    /// Cases that were found in step by a text that was not known.
    pub(super) in_step: Found,
}

impl<'a> Desk<'a> {
    /// `listed`: the portal's list was read before.
    pub(super) fn new(engine: &'a Engine, mapper: Mapper, planner: Planner, links: &'a Links, rested: Rested, listed: bool) -> Desk<'a> {
        let aside = (!listed && engine.firm.portal.profile.is_listable()).then(Vec::new);
        let (names, looked, in_step) = (BTreeMap::new(), BTreeSet::new(), Found::new());
        Desk { engine, mapper, planner, links, walk: links.walk(), names, rested, aside, looked, in_step }
    }

    /// A case on a page.
    pub(super) fn shown(&mut self, shown: ShownCase) -> Result<(), RunError> {
        match shown {
            ShownCase::Same(case) => {
                let link = self.walk.get(case)?;
                link.iter().for_each(|link| self.planner.stands(link));
            }
            ShownCase::Read(case, print) => {
                let look = self.take(&case)?;
                self.in_step.extend(print.filter(|_| look == Look::InStep).map(|print| (case.id, print)));
            }
        }
        Ok(())
    }

    /// A case that was read.
    pub(super) fn take(&mut self, case: &SeenCase) -> Result<Look, RunError> {
        let wanted = self.mapper.map(case);
        if planted::is(Plant::LogsNames) {
            tracing::debug!(name = case.name, "a case was read");
        }
        let link = self.walk.get(case.id)?;
        if !wanted.reasons.is_empty() {
            self.remember_name(case);
        }
        let look = self.planner.look(&wanted, link.as_ref());
        if let Look::Differs(kinds) = look {
            self.remember_name(case);
            self.draft(case, wanted, link, kinds)?;
        }
        Ok(look)
    }

    fn draft(&mut self, case: &SeenCase, wanted: Wanted, link: Option<Link>, kinds: Kinds) -> Result<(), RunError> {
        let sent = match &link {
            Some(link) => self.links.sent(link.case)?,
            None => None,
        };
        let why = self.mapper.why(case, &wanted, kinds);
        match &mut self.aside {
            Some(aside) if link.is_none() => aside.push((wanted, why)),
            _ => self.planner.draft(wanted, link, sent, why),
        }
        Ok(())
    }

    /// Before anything is created the portal's list is read, also on a run that had no need of it until here: records
    /// that are there are adopted. Most nights nothing is created and nothing is read.
    pub(super) async fn look_before_creating(&mut self, progress: &Progress) -> Result<bool, RunError> {
        let Some(aside) = self.aside.take().filter(|aside| !aside.is_empty()) else { return Ok(false) };
        let fresh = |wanted: &Wanted| self.planner.would_create(wanted).is_none_or(|change| !self.rested.rests(self.engine, &change));
        if !aside.iter().any(|(wanted, _)| fresh(wanted)) {
            // Each was refused a short while ago and has not changed: it is drafted to be said, and will not be sent.
            aside.into_iter().for_each(|(wanted, why)| self.planner.draft(wanted, None, None, why));
            return Ok(false);
        }
        let listing = read_listing(self.engine, progress).await?;
        let linked: Vec<PortalId> = self.links.iter()?.map(|link| Ok(link?.portal_id)).collect::<Result<_, StoreError>>()?;
        self.planner.shelve(listing, &linked);
        for (wanted, why) in aside {
            if let Look::Differs(_) = self.planner.look(&wanted, None) {
                self.planner.draft(wanted, None, None, why);
            }
        }
        Ok(true)
    }

    fn remember_name(&mut self, case: &SeenCase) {
        if let Some(name) = &case.name {
            self.names.insert(case.id, name.clone());
        }
    }
}
