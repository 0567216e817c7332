//! Decides when what happens: events go in with the time, actions come out. Pure: no clock, no file, no await, no log.
//!
//! Start with [`Machine::handle`]. The rules, one by one:
//! - A run starts when its schedule says so, moved by the firm's share of the spread when firms share a schedule.
//! - At most `firms_at_once` runs; who waits longest goes first. A run by hand starts at once and is not counted.
//! - A tick while the schedule's last run still runs (or waits) is skipped and counted. A tick while a run by hand, or a
//!   run of the other schedule, is under way waits for its end; a `verify` run does all that a `cases` run does.
//! - A tick that fell into downtime (or a leap of the clock) starts one run. Ticks while a firm is inactive, paused or not
//!   connected pass by.
//! - After an accepted edit that alters what clients see, runs wait until the file has been quiet for `edit_settle`.
//! - A run that left cases for contact hours is followed by one run when they begin.
//! - A file gone in two looks, a second or more apart, stops its firm.
//!
//! Races and decisions: an edit during a run does not touch it (the run keeps its engine); a firm whose state another
//! process holds is asked for again every [`STORE_RETRY`], and its ticks wait meanwhile.

mod firm;
#[cfg(test)]
mod tests;

pub use firm::{FirmSpec, News, Pause, Standing};

use super::timetable;
use crate::domain::FirmId;
use crate::operations::NextRuns;
use crate::sync::Trigger;
use firm::FirmState;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::time::Duration;

/// How often a state that another process holds is asked for.
pub const STORE_RETRY: Duration = Duration::from_secs(5);
/// How soon the folder is read again when a file is missing from it.
pub const SECOND_LOOK: Duration = Duration::from_secs(2);
/// Two looks nearer than this prove no more than one.
const LOOKS_APART: SignedDuration = SignedDuration::from_secs(1);
/// A clock put back by less is corrected by waiting; by more, schedules are set anew.
const LEAP_BACK: SignedDuration = SignedDuration::from_hours(1);

/// What `casebridge.toml` `[daemon]` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// `firms_at_once`, at least 1.
    pub firms_at_once: usize,
    /// `spread`.
    pub spread: Duration,
    /// `edit_settle`.
    pub edit_settle: Duration,
}

/// What happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// The folder was read: every firm that has a file there.
    Folder(BTreeMap<FirmId, News>),
    /// `casebridge.toml` was read anew.
    Rules(Rules),
    /// What the firm's state says; after it was opened, and after everything that may have changed it.
    Standing(FirmId, Standing),
    /// Another process holds the firm's state.
    StoreBusy(FirmId),
    /// A run the machine started has ended. `later`: whether it left cases for contact hours; `None` when it failed.
    RunEnded {
        /// The firm.
        firm: FirmId,
        /// Whether cases wait for contact hours.
        later: Option<bool>,
    },
    /// Somebody started a run by hand.
    AskBegan(FirmId),
    /// It has ended.
    AskEnded {
        /// The firm.
        firm: FirmId,
        /// Whether cases wait for contact hours; `None` when nothing is known.
        later: Option<bool>,
    },
    /// Time has passed.
    Tick,
    /// The process is to end.
    Stop,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Start a run; answer with [`Event::RunEnded`].
    StartRun {
        /// The firm.
        firm: FirmId,
        /// Why it runs.
        trigger: Trigger,
    },
    /// Try the firm's state again; answer with [`Event::Standing`] or [`Event::StoreBusy`].
    RetryStore(FirmId),
    /// The firm's file is gone for good: say so; nothing of it runs any more.
    Gone(FirmId),
    /// The firm's pause has come to its end: take it out of the state, and say so.
    EndPause(FirmId),
    /// A tick was skipped because the last run still runs: say so.
    Skipped {
        /// The firm.
        firm: FirmId,
        /// The schedule.
        trigger: Trigger,
    },
    /// Read the folder again at this time, whatever the watcher says.
    ReadFolder(Timestamp),
    /// Send [`Event::Tick`] at this time; it replaces the one before.
    Wake(Timestamp),
    /// Nothing runs any more: end.
    Finish,
}

/// The state of all firms.
#[derive(Debug)]
pub struct Machine {
    rules: Rules,
    firms: BTreeMap<FirmId, FirmState>,
    latest: Option<Timestamp>,
    stopping: bool,
}

impl Machine {
    /// No firms yet.
    pub fn new(rules: Rules) -> Machine {
        Machine { rules, firms: BTreeMap::new(), latest: None, stopping: false }
    }

    /// Takes in what happened at `now` and says what to do, in order.
    #[must_use]
    pub fn handle(&mut self, event: Event, now: Timestamp) -> Vec<Action> {
        self.mind_the_clock(now);
        let mut actions = Vec::new();
        self.firms.iter_mut().for_each(|(firm, state)| state.pass_by(firm, now, &mut actions));
        match event {
            Event::Folder(news) => self.folder(news, now, &mut actions),
            Event::Rules(rules) => {
                self.rules = rules;
                self.spread(now);
            }
            Event::Standing(firm, standing) => self.on(firm, |state| state.stands(standing, now)),
            Event::StoreBusy(firm) => self.on(firm, |state| state.store_busy(now)),
            Event::RunEnded { firm, later } => self.on(firm, |state| {
                state.running = None;
                state.left(later, now);
            }),
            Event::AskBegan(firm) => self.on(firm, |state| state.by_hand += 1),
            Event::AskEnded { firm, later } => self.on(firm, |state| {
                state.by_hand = state.by_hand.saturating_sub(1);
                state.left(later, now);
            }),
            Event::Tick => {}
            Event::Stop => self.stopping = true,
        }
        self.act(now, &mut actions);
        actions
    }

    /// When the firm's schedules start next; nothing for what does not run by itself now.
    pub fn next_runs(&self, firm: &FirmId, now: Timestamp) -> NextRuns {
        self.firms.get(firm).map(|state| state.next_runs(now)).unwrap_or_default()
    }

    /// What runs for the firm now, started by the machine.
    pub fn running(&self, firm: &FirmId) -> Option<Trigger> {
        self.firms.get(firm).and_then(|state| state.running)
    }

    /// Until when the firm's runs wait because its file was edited.
    pub fn settles_until(&self, firm: &FirmId, now: Timestamp) -> Option<Timestamp> {
        self.firms.get(firm).and_then(|state| state.settle_until).filter(|until| *until > now)
    }

    /// How many ticks were skipped since the start because the last run still ran.
    pub fn skipped(&self, firm: &FirmId) -> u64 {
        self.firms.get(firm).map_or(0, |state| state.skipped)
    }

    /// Whether the firm's file is gone.
    pub fn is_gone(&self, firm: &FirmId) -> bool {
        self.firms.get(firm).is_some_and(|state| state.gone)
    }

    fn on(&mut self, firm: FirmId, change: impl FnOnce(&mut FirmState)) {
        if let Some(state) = self.firms.get_mut(&firm) {
            change(state);
        }
    }

    /// A clock that was put back far makes times that were dealt with lie in the future: without this nothing would run
    /// until the clock has caught up.
    fn mind_the_clock(&mut self, now: Timestamp) {
        if self.latest.is_some_and(|latest| now.duration_until(latest) > LEAP_BACK) {
            self.firms.values_mut().for_each(|state| state.rewind(now, self.rules.edit_settle));
            self.latest = Some(now);
        }
        self.latest = self.latest.max(Some(now));
    }

    fn folder(&mut self, mut news: BTreeMap<FirmId, News>, now: Timestamp, actions: &mut Vec<Action>) {
        let mut look_again = false;
        for (firm, state) in &mut self.firms {
            match news.remove(firm) {
                Some(news) => state.takes(news, now, self.rules.edit_settle),
                None if state.gone => {}
                None => match state.missing_since {
                    Some(since) if since.duration_until(now) >= LOOKS_APART => {
                        state.is_gone();
                        actions.push(Action::Gone(firm.clone()));
                    }
                    since => {
                        state.missing_since = since.or(Some(now));
                        look_again = true;
                    }
                },
            }
        }
        for (firm, news) in news {
            self.firms.insert(firm, FirmState::new(news, now, self.rules.edit_settle));
        }
        self.spread(now);
        if look_again {
            actions.push(Action::ReadFolder(now.checked_add(SECOND_LOOK).unwrap_or(now)));
        }
    }

    /// Gives firms that share a schedule their offsets; who is alone with its schedule starts on the minute.
    fn spread(&mut self, now: Timestamp) {
        let mut shared: BTreeMap<(String, String), usize> = BTreeMap::new();
        let present = self.firms.values().filter(|state| !state.gone);
        let crons = present.filter_map(|state| state.spec.as_ref()).flat_map(|spec| [&spec.cases, &spec.verify]).flatten();
        crons.for_each(|cron| *shared.entry(timetable::schedule_key(cron)).or_default() += 1);
        let alone = |cron: &Option<crate::config::cron::Cron>| {
            cron.as_ref().is_none_or(|cron| shared.get(&timetable::schedule_key(cron)).copied().unwrap_or(0) < 2)
        };
        for (firm, state) in &mut self.firms {
            let Some(spec) = &state.spec else { continue };
            let offset = timetable::offset(firm, self.rules.spread);
            let of = |cron| if alone(cron) { SignedDuration::ZERO } else { offset };
            state.cases.set(spec.cases.clone(), of(&spec.cases), now);
            state.verify.set(spec.verify.clone(), of(&spec.verify), now);
        }
    }

    fn act(&mut self, now: Timestamp, actions: &mut Vec<Action>) {
        if self.stopping {
            if self.firms.values().all(|state| state.running.is_none() && state.by_hand == 0) {
                actions.push(Action::Finish);
            }
            return;
        }
        for (firm, state) in &mut self.firms {
            state.due(firm, now, actions);
        }
        let mut free = self.rules.firms_at_once.max(1).saturating_sub(self.firms.values().filter(|state| state.running.is_some()).count());
        let mut waiting: Vec<(Timestamp, FirmId)> =
            self.firms.iter().filter_map(|(firm, state)| Some((state.ready(now)?, firm.clone()))).collect();
        waiting.sort();
        for (_, firm) in waiting {
            if free == 0 {
                break;
            }
            if let Some(trigger) = self.firms.get_mut(&firm).and_then(FirmState::start) {
                actions.push(Action::StartRun { firm, trigger });
                free -= 1;
            }
        }
        let wake = self.firms.values().filter_map(|state| state.wake(now)).filter(|at| *at > now).min();
        actions.extend(wake.map(Action::Wake));
    }
}
