//! The rule that decides what of a case may be sent: group by group, what cannot be decided stays as the portal has it.
//!
//! It works on borrowed values, so that looking at a case in step allocates nothing.

use super::closure::{self, Door};
use super::memory::Since;
use super::stages;
use crate::config::Firm;
use crate::domain::{Fingerprinter, Holds, Kind, Kinds, Link, PersonId, Reason, Record, RecordClient};
use crate::mapping::Wanted;
use crate::planted::{self, Plant};
use jiff::Timestamp;

/// What the portal has, as far as names and states go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Base<'a> {
    pub(super) practice_area: Option<&'a str>,
    pub(super) stage: Option<&'a str>,
    pub(super) open: bool,
}

impl<'a> Base<'a> {
    pub(super) fn of_link(link: &'a Link) -> Base<'a> {
        Base { practice_area: link.practice_area.as_deref(), stage: link.stage.as_deref(), open: link.open }
    }

    pub(super) fn of_record(record: &'a Record) -> Base<'a> {
        Base { practice_area: record.practice_area.as_deref(), stage: record.stage.as_deref(), open: record.open }
    }
}

/// What of a case its reasons hold back.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Holding {
    pub(super) stage: bool,
    pub(super) contact: bool,
    pub(super) state: bool,
    pub(super) rest: bool,
    pub(super) everything: bool,
}

impl Holding {
    pub(super) fn by(reasons: &[Reason]) -> Holding {
        let mut held = Holding::default();
        for reason in reasons {
            match reason.holds {
                Holds::Nothing => {}
                Holds::Stage => held.stage = true,
                Holds::Contact => held.contact = true,
                Holds::State => held.state = true,
                Holds::Rest => held.rest = true,
                Holds::Everything => held.everything = true,
            }
        }
        held
    }
}

/// What the portal should have after the run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Goal<'a> {
    pub(super) practice_area: Option<&'a str>,
    pub(super) stage: Option<&'a str>,
    pub(super) open: bool,
    /// The clients are the wanted ones; else they stay.
    pub(super) contact: bool,
    /// Attorney, team and fields are the wanted ones; else they stay.
    pub(super) rest: bool,
    /// The firm's rule names other people than the portal has.
    pub(super) swap: bool,
    /// What happens to the door.
    pub(super) door: Door,
}

impl<'a> Goal<'a> {
    /// `known`: the people the portal has; empty when that is not known.
    pub(super) fn of(firm: &'a Firm, wanted: &'a Wanted, base: &Base<'a>, known: &[PersonId], since: &Since, now: Timestamp) -> Goal<'a> {
        let held = Holding::by(&wanted.reasons);
        let stays = Goal {
            practice_area: base.practice_area,
            stage: base.stage,
            open: base.open,
            contact: false,
            rest: false,
            swap: false,
            door: if base.open { Door::StaysOpen } else { Door::Rests },
        };
        let door = closure::door(firm, wanted, base.open, held.state, since, now);
        if held.everything || door == Door::Rests {
            return stays;
        }
        let (practice_area, mut stage) = stages::place(firm, wanted, base, held.stage, since, now);
        if door == Door::Closes {
            stage = stages::closing_stage(firm, practice_area).or(stage);
        }
        let swap =
            wanted.contact_decided && !held.contact && !same_people(known, &wanted.record.clients) && !planted::is(Plant::ShowsToAnother);
        let open = match door {
            Door::Closes | Door::Rests => false,
            Door::StaysOpen | Door::ByHand | Door::Opens => true,
        };
        Goal { practice_area, stage, open, contact: wanted.contact_decided && !held.contact && !swap, rest: !held.rest, swap, door }
    }

    /// The kinds in which a link differs from this goal.
    pub(super) fn kinds(&self, link: &Link, wanted: &Wanted, prints: &Fingerprinter) -> Kinds {
        let mut kinds = Kinds::NONE;
        if self.open != link.open {
            kinds.insert(if self.open { Kind::Reopen } else { Kind::Close });
        }
        if self.contact && link.contact != prints.contact(&wanted.record.clients) {
            kinds.insert(Kind::Contact);
        }
        if self.stage != link.stage.as_deref() || self.practice_area != link.practice_area.as_deref() {
            kinds.insert(Kind::Stage);
        }
        if self.rest && link.rest != prints.rest(&wanted.record) {
            kinds.insert(Kind::Update);
        }
        kinds
    }

    /// The whole record that the portal should hold; what stays is `before`'s.
    pub(super) fn record(&self, before: &Record, wanted: &Wanted) -> Record {
        let rest = if self.rest { &wanted.record } else { before };
        Record {
            practice_area: self.practice_area.map(str::to_owned),
            stage: self.stage.map(str::to_owned),
            open: self.open,
            closed_date: wanted.record.closed_date,
            clients: if self.contact { wanted.record.clients.clone() } else { before.clients.clone() },
            attorney: rest.attorney.clone(),
            team: rest.team.clone(),
            fields: rest.fields.clone(),
            extra: rest.extra.clone(),
        }
    }
}

/// Whether the wanted clients are the people known, in any order. A record that was adopted while its client could not
/// be decided knows nobody: naming somebody then is no swap.
pub(super) fn same_people(known: &[PersonId], clients: &[RecordClient]) -> bool {
    known.is_empty() || (known.len() == clients.len() && clients.iter().all(|client| known.contains(&client.id)))
}
