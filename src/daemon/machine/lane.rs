//! One kind of work of one firm: what is due, what waits, what runs. Pure.
//!
//! A firm has three lanes. In each at most one run is started by the machine, and lanes run beside each other: documents
//! and messages have tables of their own and touch nothing a `cases` run writes.

use super::super::timetable::{Timetable, schedule_key};
use super::spec::LastRuns;
use crate::config::{Cron, Schedule};
use crate::domain::Ordered;
use crate::sync::Trigger;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// What a run works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LaneName {
    /// Cases, MyCase to portal.
    Cases,
    /// Files, portal to MyCase.
    Documents,
    /// Messages, portal to MyCase.
    Messages,
}

/// Lanes that share a bound on how many runs there are at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Pool {
    Cases,
    Carrying,
}

impl LaneName {
    /// All.
    pub const ALL: [LaneName; 3] = [LaneName::Cases, LaneName::Documents, LaneName::Messages];

    /// The lane a run belongs to.
    pub fn of(trigger: Trigger) -> LaneName {
        match trigger {
            Trigger::Documents => LaneName::Documents,
            Trigger::Messages => LaneName::Messages,
            Trigger::Schedule | Trigger::Verify | Trigger::ByHand | Trigger::Approval | Trigger::ContactHours | Trigger::Changes => {
                LaneName::Cases
            }
        }
    }

    /// The word used in answers.
    pub fn word(self) -> &'static str {
        match self {
            LaneName::Cases => "cases",
            LaneName::Documents => "documents",
            LaneName::Messages => "messages",
        }
    }

    pub(super) fn pool(self) -> Pool {
        match self {
            LaneName::Cases => Pool::Cases,
            LaneName::Documents | LaneName::Messages => Pool::Carrying,
        }
    }

    /// The schedules that start its runs; what covers another stands before it.
    fn schedules(self) -> &'static [Trigger] {
        match self {
            LaneName::Cases => &[Trigger::Verify, Trigger::Schedule, Trigger::Changes],
            LaneName::Documents => &[Trigger::Documents],
            LaneName::Messages => &[Trigger::Messages],
        }
    }
}

/// A run that is due.
#[derive(Debug, Clone, Copy)]
struct Waiting {
    trigger: Trigger,
    since: Timestamp,
}

/// One lane of one firm.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) name: LaneName,
    tables: Vec<(Trigger, Timetable)>,
    running: Option<Trigger>,
    by_hand: usize,
    waiting: Option<Waiting>,
    skipped: u64,
    /// That ticks are skipped was said of the run under way.
    said: bool,
}

impl Lane {
    /// A lane whose ticks up to now need no run.
    pub(super) fn new(name: LaneName, schedule: Option<&Schedule>, now: Timestamp) -> Lane {
        let table = |trigger: &Trigger| (*trigger, Timetable::new(schedule.and_then(|all| line(all, *trigger)).cloned(), now));
        let tables = name.schedules().iter().map(table).collect();
        Lane { name, tables, running: None, by_hand: 0, waiting: None, skipped: 0, said: false }
    }

    /// Takes over the lines of a changed file.
    pub(super) fn set(&mut self, schedule: &Schedule, offset: &impl Fn(&Cron) -> SignedDuration, now: Timestamp) {
        for (trigger, table) in &mut self.tables {
            let cron = line(schedule, *trigger);
            table.set(cron.cloned(), cron.map_or(SignedDuration::ZERO, offset), now);
        }
    }

    /// The first word of the state after a start: what fell into downtime is due. Without a last run nothing was missed.
    pub(super) fn goes_on(&mut self, last: &LastRuns, now: Timestamp) {
        for (trigger, table) in &mut self.tables {
            table.rewind(last.of(*trigger).unwrap_or(now).min(now));
        }
    }

    /// The clock was put back far.
    pub(super) fn rewind(&mut self, now: Timestamp) {
        self.tables.iter_mut().for_each(|(_, table)| table.rewind(table.dealt_with().min(now)));
        self.waiting = self.waiting.map(|waiting| Waiting { since: waiting.since.min(now), ..waiting });
    }

    /// What is due up to now is let pass.
    pub(super) fn let_pass(&mut self, now: Timestamp) {
        self.waiting = None;
        self.tables.iter_mut().for_each(|(_, table)| table.pass(now));
    }

    /// Notes what has become due. Names the schedule when a tick is skipped for the first time during a run.
    pub(super) fn due(&mut self, now: Timestamp) -> Option<Trigger> {
        let mut skipped = None;
        for at in 0..self.tables.len() {
            let Some((trigger, table)) = self.tables.get_mut(at) else { break };
            let Some(since) = table.start().filter(|start| *start <= now) else { continue };
            table.pass(now);
            let trigger = *trigger;
            if self.want(trigger, since) {
                self.skipped += 1;
                skipped = (!std::mem::replace(&mut self.said, true)).then_some(trigger).or(skipped);
            }
        }
        skipped
    }

    /// A run is due. True when that is a skipped tick: the same schedule's run is under way. A tick that a waiting run, or
    /// another schedule's, will cover is none: two that meet are one run.
    pub(super) fn want(&mut self, trigger: Trigger, since: Timestamp) -> bool {
        let again = |other: Trigger| other == trigger && trigger != Trigger::ContactHours;
        match (self.running, self.waiting) {
            (Some(running), _) if covers(running, trigger) => return again(running),
            (_, Some(waiting)) if covers(waiting.trigger, trigger) => {}
            (_, Some(waiting)) => self.waiting = Some(Waiting { trigger, since: waiting.since.min(since) }),
            (_, None) => self.waiting = Some(Waiting { trigger, since }),
        }
        false
    }

    /// Since when a run waits that could start now.
    pub(super) fn ready(&self) -> Option<Timestamp> {
        let idle = self.running.is_none() && self.by_hand == 0;
        self.waiting.filter(|_| idle).map(|waiting| waiting.since)
    }

    /// Takes what waits as running.
    pub(super) fn start(&mut self) -> Option<Trigger> {
        let trigger = self.waiting.take()?.trigger;
        (self.running, self.said) = (Some(trigger), false);
        Some(trigger)
    }

    /// The run the machine started has ended.
    pub(super) fn ended(&mut self) {
        self.running = None;
    }

    /// A run by hand began, or has ended.
    pub(super) fn by_hand(&mut self, began: bool) {
        self.by_hand = if began { self.by_hand + 1 } else { self.by_hand.saturating_sub(1) };
    }

    /// What the machine started and has not ended.
    pub(super) fn running(&self) -> Option<Trigger> {
        self.running
    }

    /// Whether nothing is under way.
    pub(super) fn is_idle(&self) -> bool {
        self.running.is_none() && self.by_hand == 0
    }

    /// Whether a run waits.
    pub(super) fn waits(&self) -> bool {
        self.waiting.is_some()
    }

    /// The run that waits, and since when.
    pub(super) fn waiting_since(&self) -> Option<(Trigger, Timestamp)> {
        self.waiting.map(|waiting| (waiting.trigger, waiting.since))
    }

    /// How many ticks were skipped.
    pub(super) fn skipped(&self) -> u64 {
        self.skipped
    }

    /// The next start of any of its schedules.
    pub(super) fn next_start(&self) -> Option<Timestamp> {
        self.tables.iter().filter_map(|(_, table)| table.start()).min()
    }

    /// When a schedule's run starts: what waits may start at `soonest`; paused, the first start after the pause.
    pub(super) fn next_run(&self, trigger: Trigger, soonest: Timestamp, paused_until: Option<Timestamp>) -> Option<Timestamp> {
        let table = &self.tables.iter().find(|(of, _)| *of == trigger)?.1;
        match paused_until {
            Some(until) => table.start_after(until),
            None if self.waiting.is_some_and(|waiting| waiting.trigger == trigger) => Some(soonest),
            None => table.start().map(|start| start.max(soonest)),
        }
    }
}

/// How much of a firm's cases a run looks after: a run does all that a lighter one does.
fn weight(trigger: Trigger) -> u8 {
    match trigger {
        Trigger::Verify => 3,
        Trigger::Schedule => 2,
        Trigger::ContactHours => 1,
        Trigger::Changes | Trigger::ByHand | Trigger::Approval | Trigger::Documents | Trigger::Messages => 0,
    }
}

/// Whether a run does what a tick asks for.
fn covers(run: Trigger, tick: Trigger) -> bool {
    weight(run) >= weight(tick)
}

/// The schedule's line for runs of a kind.
fn line(schedule: &Schedule, trigger: Trigger) -> Option<&Cron> {
    match trigger {
        Trigger::Schedule => schedule.cases.as_ref(),
        Trigger::Changes => schedule.changes.as_ref(),
        Trigger::Verify => schedule.verify.as_ref(),
        Trigger::Documents => schedule.documents.as_ref(),
        Trigger::Messages => schedule.messages.as_ref(),
        Trigger::ByHand | Trigger::Approval | Trigger::ContactHours => None,
    }
}

/// The lines of a schedule, each once: firms that share one are spread.
pub(super) fn keys(schedule: &Schedule) -> BTreeSet<(String, String)> {
    let Schedule { cases, changes, verify, documents, messages } = schedule;
    [cases, changes, verify, documents, messages].into_iter().flatten().map(schedule_key).ordered()
}
