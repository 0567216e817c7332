//! Two versions of a file held side by side, group by group of cases: only where they differ is counted.

use super::counts::{CaseCounts, Looks, Side, Tally, tally_counts, tally_links};
use super::outlook::Outlook;
use crate::config::Firm;
use crate::domain::{Kind, Kinds, Link, Reason, ReasonCode};
use crate::mapping::Renames;
use crate::plan::{LimitLine, guard};
use serde::Serialize;
use std::collections::BTreeMap;

/// Two versions of a firm's file.
#[derive(Debug, Clone, Copy)]
pub struct Edit<'a> {
    /// The version before; `None` when none is known: what the portal shows is what there was.
    pub old: Option<&'a Firm>,
    /// The version after.
    pub new: &'a Firm,
    /// Names that MyCase changed since the old version.
    pub old_renames: &'a Renames,
    /// And since the new one.
    pub new_renames: &'a Renames,
}

/// Why cases would close.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Closing {
    /// They are closed in MyCase.
    Closed,
    /// `[cases]` leaves them out.
    LeftOut,
    /// MyCase has them no more.
    Gone,
}

/// Cases that would move.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Move {
    /// Where the portal shows them.
    pub from: Side,
    /// Where it would.
    pub to: Side,
    /// How many.
    pub cases: usize,
}

/// What an edit does to the linked cases. A case that closes or opens is counted there and not among the moves.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Effect {
    /// Linked cases.
    pub linked: usize,
    /// Those that are open in the portal.
    pub open: usize,
    /// From where to where, the most cases first.
    pub moves: Vec<Move>,
    /// Cases that would close, by why.
    pub close: BTreeMap<Closing, usize>,
    /// Cases that would open again.
    pub reopen: usize,
    /// Cases that would have moved, closed or opened and now stay as the portal shows them.
    pub stay: usize,
    /// What would need attention and did not, the most cases first.
    pub attention: Vec<(Reason, usize)>,
    /// How many cases would need attention no more, or not for the same reason.
    pub attention_over: usize,
    /// The new file's limits, only on kinds that the edit adds to.
    pub limits: Vec<EditLimit>,
}

/// One limit of the new file, held against what the next run would plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditLimit {
    /// With what is due anyway.
    pub line: LimitLine,
    /// What the edit alone adds.
    pub by_edit: usize,
}

impl Effect {
    /// Measures an edit on links.
    pub fn on_links(edit: &Edit<'_>, links: impl IntoIterator<Item = Link>) -> Effect {
        Effect::of(edit, tally_links(edit, links))
    }

    /// Measures an edit on counts.
    pub fn on_counts(edit: &Edit<'_>, counts: &CaseCounts) -> Effect {
        Effect::of(edit, tally_counts(edit, counts))
    }

    fn of(edit: &Edit<'_>, tally: Tally) -> Effect {
        let mut sum = Sum::default();
        for ((looks, touched), cases) in &tally {
            let new = Outlook::of(edit.new, edit.new_renames, looks, touched.after);
            let old = match edit.old {
                Some(old) => Outlook::of(old, edit.old_renames, looks, touched.before),
                None => Outlook::stays(&looks.portal),
            };
            // While `[testing]` names cases, shares are shares of those.
            let looked_at = touched.after || edit.new.testing.is_empty();
            sum.linked += cases;
            sum.open += if looks.portal.open && !looks.gone && looked_at { *cases } else { 0 };
            sum.group(looks, &old, &new, *cases);
        }
        sum.effect(edit.new)
    }

    /// Whether nothing about any linked case is otherwise than before.
    pub fn is_empty(&self) -> bool {
        let Effect { linked: _, open: _, moves, close, reopen, stay, attention, attention_over, limits: _ } = self;
        moves.is_empty() && close.is_empty() && *reopen + *stay + *attention_over == 0 && attention.is_empty()
    }

    /// How many cases would move.
    pub fn moving(&self) -> usize {
        self.moves.iter().map(|one| one.cases).sum()
    }
}

/// What the groups come to.
#[derive(Default)]
struct Sum {
    linked: usize,
    open: usize,
    moves: BTreeMap<(Side, Side), usize>,
    close: BTreeMap<Closing, usize>,
    reopen: usize,
    stay: usize,
    attention: BTreeMap<(ReasonCode, String), (Reason, usize)>,
    attention_over: usize,
    /// What the next run would plan of each kind, and what of that is the edit's doing.
    planned: BTreeMap<Kind, (usize, usize)>,
}

impl Sum {
    fn group(&mut self, looks: &Looks, old: &Outlook, new: &Outlook, cases: usize) {
        let portal = &looks.portal;
        let (kinds, by_edit) = (kinds(portal, &new.side), old.side != new.side);
        for kind in kinds.iter() {
            let (all, added) = self.planned.entry(kind).or_default();
            *all += cases;
            *added += if by_edit { cases } else { 0 };
        }
        match kinds.weightiest().filter(|_| by_edit) {
            Some(Kind::Close) => *self.close.entry(new.closing).or_default() += cases,
            Some(Kind::Reopen) => self.reopen += cases,
            Some(Kind::Create | Kind::Contact | Kind::Stage | Kind::Update) => {
                *self.moves.entry((portal.clone(), new.side.clone())).or_default() += cases;
            }
            None => self.stay += if by_edit { cases } else { 0 },
        }
        let fresh = |reason: &&Reason| !old.why.iter().any(|known| same(known) == same(reason));
        for reason in new.why.iter().filter(fresh) {
            let (code, text) = same(reason);
            self.attention.entry((code, text.to_owned())).or_insert_with(|| (reason.clone(), 0)).1 += cases;
        }
        if old.why.iter().any(|known| !new.why.iter().any(|reason| same(known) == same(reason))) {
            self.attention_over += cases;
        }
    }

    fn effect(self, new: &Firm) -> Effect {
        let Sum { linked, open, moves, close, reopen, stay, attention, attention_over, planned } = self;
        let mut moves: Vec<Move> = moves.into_iter().map(|((from, to), cases)| Move { from, to, cases }).collect();
        moves.sort_by_key(|one| std::cmp::Reverse(one.cases));
        let mut attention: Vec<(Reason, usize)> = attention.into_values().collect();
        attention.sort_by_key(|(_, cases)| std::cmp::Reverse(*cases));
        let added = planned.into_iter().filter(|(_, (_, added))| *added > 0);
        let limit = |(kind, (all, by_edit))| EditLimit { line: guard::limit_line(&new.limits, kind, all, open), by_edit };
        Effect { linked, open, moves, close, reopen, stay, attention, attention_over, limits: added.map(limit).collect() }
    }
}

/// What has to be sent so that the portal shows this.
fn kinds(from: &Side, to: &Side) -> Kinds {
    let mut kinds = Kinds::NONE;
    if from.open != to.open {
        kinds.insert(if to.open { Kind::Reopen } else { Kind::Close });
    }
    if (&from.practice_area, &from.stage) != (&to.practice_area, &to.stage) {
        kinds.insert(Kind::Stage);
    }
    kinds
}

/// What makes two reasons one: `Renamed` quotes lines, which an edit moves.
fn same(reason: &Reason) -> (ReasonCode, &str) {
    (reason.code, if reason.code == ReasonCode::Renamed { "" } else { &reason.text })
}
