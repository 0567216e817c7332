//! Linked cases counted by how they look: what a measure starts from, and what `state export --for-plan` writes. No ids, no
//! client data, no secrets: names of stages and practice areas, open or closed, and numbers.
//!
//! The JSON form is a contract (keys may be added, not changed) and comes in a stable order, so that it can be committed:
//! `{version, firm, taken_at, linked, open, groups: [{mycase: {practice_area, stage, open}, portal: {the same}, cases}]}`;
//! a group bears `gone` when MyCase proved to have its cases no more, `never` when `[cases] never` names them.

use super::effect::Edit;
use crate::config::Firm;
use crate::domain::{CaseId, FirmId, Link};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The form this version writes and reads.
const VERSION: u32 = 1;
/// Counts older than this say little about today.
const STALE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Where a case stands on one side.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Side {
    /// The practice area, as spelled there.
    pub practice_area: Option<String>,
    /// The stage, as spelled there.
    pub stage: Option<String>,
    /// Open or closed.
    pub open: bool,
}

/// Cases that look alike.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Group {
    /// In MyCase, as last seen.
    pub mycase: Side,
    /// In the portal, as last sent.
    pub portal: Side,
    /// MyCase proved to have them no more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gone: bool,
    /// `[cases] never` names them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub never: bool,
    /// How many.
    pub cases: usize,
}

/// The linked cases of one firm, counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseCounts {
    /// The form of this file.
    version: u32,
    /// The firm.
    pub firm: FirmId,
    /// When it was taken.
    pub taken_at: Timestamp,
    /// Linked cases.
    pub linked: usize,
    /// Those that are open in the portal: what shares of limits are shares of.
    pub open: usize,
    /// In the order of what they look like.
    pub groups: Vec<Group>,
}

/// Why a file of counts cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CountsError {
    /// It is no such file.
    #[error("it is no file of counts, or not whole: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// Another version of casebridge wrote it.
    #[error("it has the form {0}, and this casebridge reads form {VERSION}")]
    Version(u64),
    /// It is another firm's.
    #[error("it counts the cases of {0}")]
    OtherFirm(FirmId),
}

impl CaseCounts {
    /// Counts links. `never`: what the file in use says of single cases.
    pub fn of_links(firm: &FirmId, never: &BTreeSet<CaseId>, links: impl IntoIterator<Item = Link>, now: Timestamp) -> CaseCounts {
        let mut tally: BTreeMap<(Looks, bool), usize> = BTreeMap::new();
        for link in links {
            let never = never.contains(&link.case);
            *tally.entry((Looks::of(link), never)).or_default() += 1;
        }
        let group = |((looks, never), cases): ((Looks, bool), usize)| {
            let Looks { mycase, portal, gone } = looks;
            Group { mycase, portal, gone, never, cases }
        };
        let groups: Vec<Group> = tally.into_iter().map(group).collect();
        let of = |counted: fn(&Group) -> bool| groups.iter().filter(|group| counted(group)).map(|group| group.cases).sum();
        let (linked, open) = (of(|_| true), of(|group| group.portal.open));
        // A second is exact enough, and a shorter text changes less.
        let taken_at = Timestamp::from_second(now.as_second()).unwrap_or(now);
        CaseCounts { version: VERSION, firm: firm.clone(), taken_at, linked, open, groups }
    }

    /// Reads what [`CaseCounts::json`] wrote, for this firm.
    pub fn parse(text: &str, firm: &FirmId) -> Result<CaseCounts, CountsError> {
        // The version first: a later form may look otherwise.
        let value: serde_json::Value = serde_json::from_str(text)?;
        if let Some(version) = value["version"].as_u64().filter(|version| *version != u64::from(VERSION)) {
            return Err(CountsError::Version(version));
        }
        let counts: CaseCounts = serde_json::from_value(value)?;
        if counts.firm != *firm {
            return Err(CountsError::OtherFirm(counts.firm));
        }
        Ok(counts)
    }

    /// The file's text, one line per group so that a difference between two is readable.
    pub fn json(&self) -> Result<String, CountsError> {
        let CaseCounts { version, firm, taken_at, linked, open, groups } = self;
        let groups: Vec<String> = groups.iter().map(serde_json::to_string).collect::<Result<_, _>>()?;
        let groups = if groups.is_empty() { String::new() } else { format!("\n    {}\n  ", groups.join(",\n    ")) };
        let (firm, taken_at) = (serde_json::to_string(firm)?, serde_json::to_string(taken_at)?);
        Ok(format!(
            "{{\n  \"version\": {version},\n  \"firm\": {firm},\n  \"taken_at\": {taken_at},\n  \"linked\": {linked},\n  \"open\": {open},\n  \"groups\": [{groups}]\n}}\n"
        ))
    }

    /// Whether they are too old to say much about `now`.
    pub fn is_stale(&self, now: Timestamp) -> bool {
        self.taken_at.duration_until(now) > STALE
    }
}

/// How a case looks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Looks {
    pub(super) mycase: Side,
    pub(super) portal: Side,
    pub(super) gone: bool,
}

impl Looks {
    fn of(link: Link) -> Looks {
        let Link { practice_area, stage, open, seen, missing, .. } = link;
        Looks {
            mycase: Side { practice_area: seen.practice_area, stage: seen.stage, open: seen.open },
            portal: Side { practice_area, stage, open },
            gone: missing.is_some_and(|missing| missing.proved),
        }
    }
}

/// What the two versions of an edit let a run touch: `never` and `[testing]` name single cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Touched {
    pub(super) before: bool,
    pub(super) after: bool,
}

/// Cases that look alike and that the two versions may touch alike, with how many they are.
pub(super) type Tally = BTreeMap<(Looks, Touched), usize>;

/// Links, collapsed.
pub(super) fn tally_links(edit: &Edit<'_>, links: impl IntoIterator<Item = Link>) -> Tally {
    let touches =
        |firm: &Firm, case: CaseId| !firm.cases.never.contains(&case) && (firm.testing.is_empty() || firm.testing.contains(&case));
    let mut tally = Tally::new();
    for link in links {
        let after = touches(edit.new, link.case);
        let touched = Touched { before: edit.old.map_or(after, |old| touches(old, link.case)), after };
        *tally.entry((Looks::of(link), touched)).or_default() += 1;
    }
    tally
}

/// Counts, which know no single case: while `[testing]` names cases, they say nothing of those.
pub(super) fn tally_counts(edit: &Edit<'_>, counts: &CaseCounts) -> Tally {
    let mut tally = Tally::new();
    for Group { mycase, portal, gone, never, cases } in &counts.groups {
        let touches = |firm: &Firm| !never && firm.testing.is_empty();
        let after = touches(edit.new);
        let touched = Touched { before: edit.old.map_or(after, touches), after };
        let looks = Looks { mycase: mycase.clone(), portal: portal.clone(), gone: *gone };
        *tally.entry((looks, touched)).or_default() += cases;
    }
    tally
}
