//! Decides when what happens: events go in with the time, actions come out. Pure: no clock, no file, no await, no log.
//!
//! Start with [`Machine::handle`]. The rules, one by one:
//! - A firm has three lanes: cases (with changes and verify), documents, messages. One run per lane, lanes beside each
//!   other; a run by hand occupies its lane.
//! - A run starts when its schedule says so, moved by the firm's share of the spread when firms share a schedule.
//! - At most `firms_at_once` runs of cases, and as many of documents and messages; who waits longest goes first. A run by
//!   hand starts at once and is not counted.
//! - A tick while the schedule's last run still runs is skipped and counted; while it waits the two are one. A tick while a
//!   run by hand, or a lighter run, is under way waits for its end; a heavier run does what the lighter one would: `verify`
//!   does all that `cases` does, and `cases` all that `changes` does.
//! - A tick that fell into downtime (or a leap of the clock) starts one run. Ticks while a firm is inactive, paused or not
//!   connected pass by.
//! - After an accepted edit that alters what clients see, runs of cases wait until the file has been quiet for
//!   `edit_settle`; documents and messages alter nothing that clients see, and wait neither for that nor for contact hours.
//! - A run that left cases for contact hours is followed by one run when they begin.
//! - A connection is renewed when the firm's state says so, also of a firm that is inactive or paused, a few a second.
//! - People are told of a connection that is over and of a plan that waits when it begins, and once a day.
//! - A file gone in two looks, a second or more apart, stops its firm.
//!
//! Races and decisions: an edit during a run does not touch it (the run keeps its engine); a firm whose state another
//! process holds is asked for again every [`STORE_RETRY`], and its ticks wait meanwhile; an end waits for renewals under
//! way, for their answer is the only key to the account.

mod event;
mod firm;
mod lane;
mod spec;
#[cfg(test)]
mod tests;
mod upkeep;

pub use event::{Action, Event, Reminder, Rules};
pub use lane::LaneName;
pub use spec::{FirmSpec, LastRuns, News, Pause, Standing};

use super::timetable;
use crate::config::Cron;
use crate::domain::FirmId;
use crate::operations::{Due, NextRuns};
use crate::sync::Trigger;
use firm::FirmState;
use jiff::{SignedDuration, Timestamp};
use lane::Pool;
use std::collections::BTreeMap;
use std::time::Duration;
use upkeep::Pace;

/// How often a state that another process holds is asked for.
pub const STORE_RETRY: Duration = Duration::from_secs(5);
/// How soon the folder is read again when a file is missing from it.
pub const SECOND_LOOK: Duration = Duration::from_secs(2);
/// Two looks nearer than this prove no more than one.
const LOOKS_APART: SignedDuration = SignedDuration::from_secs(1);
/// A clock put back by less is corrected by waiting; by more, schedules are set anew.
const LEAP_BACK: SignedDuration = SignedDuration::from_hours(1);

/// The state of all firms.
#[derive(Debug)]
pub struct Machine {
    rules: Rules,
    firms: BTreeMap<FirmId, FirmState>,
    pace: Pace,
    latest: Option<Timestamp>,
    stopping: bool,
}

impl Machine {
    /// No firms yet.
    pub fn new(rules: Rules) -> Machine {
        Machine { rules, firms: BTreeMap::new(), pace: Pace::default(), latest: None, stopping: false }
    }

    /// Takes in what happened at `now` and says what to do, in order.
    #[must_use]
    pub fn handle(&mut self, event: Event, now: Timestamp) -> Vec<Action> {
        self.handle_all([event], now)
    }

    /// The same for what happened together: what follows is decided once, when all of it is known, so that 500 firms that are
    /// heard of at once are walked once and the longest waiting of them goes first.
    #[must_use]
    pub fn handle_all(&mut self, events: impl IntoIterator<Item = Event>, now: Timestamp) -> Vec<Action> {
        self.mind_the_clock(now);
        let mut actions = Vec::new();
        self.firms.iter_mut().for_each(|(firm, state)| state.pass_by(firm, now, &mut actions));
        events.into_iter().for_each(|event| self.hear(event, now, &mut actions));
        self.act(now, &mut actions);
        actions
    }

    fn hear(&mut self, event: Event, now: Timestamp, actions: &mut Vec<Action>) {
        match event {
            Event::Folder(news) => self.folder(news, now, actions),
            Event::Rules(rules) => {
                self.rules = rules;
                self.spread(now);
            }
            Event::Standing(ref firm, _)
            | Event::StoreBusy(ref firm)
            | Event::RunEnded { ref firm, .. }
            | Event::AskBegan { ref firm, .. }
            | Event::AskEnded { ref firm, .. }
            | Event::RenewEnded { ref firm, .. } => {
                if let Some(state) = self.firms.get_mut(firm) {
                    state.hears(event, now);
                }
            }
            Event::Tick => {}
            Event::Stop => self.stopping = true,
        }
    }

    /// When the firm's schedules start next; nothing for what does not run by itself now.
    pub fn next_runs(&self, firm: &FirmId, now: Timestamp) -> NextRuns {
        self.firms.get(firm).map(|state| state.next_runs(now)).unwrap_or_default()
    }

    /// What runs for the firm now, started by the machine.
    pub fn running(&self, firm: &FirmId) -> Vec<Trigger> {
        self.firms.get(firm).map(|state| state.running().collect()).unwrap_or_default()
    }

    /// Until when the firm's runs wait because its file was edited.
    pub fn settles_until(&self, firm: &FirmId, now: Timestamp) -> Option<Timestamp> {
        self.firms.get(firm).and_then(|state| state.settle_until).filter(|until| *until > now)
    }

    /// What was due a while ago and still waits: for another run, for a place, for the file to be quiet.
    pub fn overdue(&self, firm: &FirmId, now: Timestamp) -> Vec<Due> {
        self.firms.get(firm).map(|state| state.overdue(now)).unwrap_or_default()
    }

    /// How many ticks were skipped since the start because the last run still ran.
    pub fn skipped(&self, firm: &FirmId) -> u64 {
        self.firms.get(firm).map_or(0, FirmState::skipped)
    }

    /// Whether the firm's file is gone.
    pub fn is_gone(&self, firm: &FirmId) -> bool {
        self.firms.get(firm).is_some_and(|state| state.gone)
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
                        state.is_gone(now);
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
        let specs = self.firms.values().filter(|state| !state.gone).filter_map(|state| state.spec.as_ref());
        specs.flat_map(|spec| lane::keys(&spec.schedule)).for_each(|key| *shared.entry(key).or_default() += 1);
        let alone = |cron: &Cron| shared.get(&timetable::schedule_key(cron)).is_none_or(|firms| *firms < 2);
        for (firm, state) in &mut self.firms {
            let offset = timetable::offset(firm, self.rules.spread);
            state.spread(&|cron| if alone(cron) { SignedDuration::ZERO } else { offset }, now);
        }
    }

    fn act(&mut self, now: Timestamp, actions: &mut Vec<Action>) {
        if self.stopping {
            if self.firms.values().all(FirmState::is_idle) {
                actions.push(Action::Finish);
            }
            return;
        }
        self.firms.iter_mut().for_each(|(firm, state)| state.due(firm, now, actions));
        self.start_runs(now, actions);
        let renewals_go_on = self.renew(now, actions);
        let wakes = self.firms.values().filter_map(|state| state.wake(now)).chain(renewals_go_on);
        actions.extend(wakes.filter(|at| *at > now).min().map(Action::Wake));
    }

    /// Starts what is due, the longest waiting first, as far as its pool has room.
    fn start_runs(&mut self, now: Timestamp, actions: &mut Vec<Action>) {
        let mut running: BTreeMap<Pool, usize> = BTreeMap::new();
        let triggers = self.firms.values().flat_map(FirmState::running);
        triggers.for_each(|trigger| *running.entry(LaneName::of(trigger).pool()).or_default() += 1);
        let mut waiting: Vec<(Timestamp, FirmId, LaneName)> = Vec::new();
        for (firm, state) in &self.firms {
            waiting.extend(state.ready(now).map(|(since, lane)| (since, firm.clone(), lane)));
        }
        waiting.sort();
        for (_, firm, lane) in waiting {
            let running = running.entry(lane.pool()).or_default();
            if *running >= self.rules.firms_at_once.max(1) {
                continue;
            }
            if let Some(trigger) = self.firms.get_mut(&firm).and_then(|state| state.start(lane)) {
                actions.push(Action::StartRun { firm, trigger });
                *running += 1;
            }
        }
    }

    /// Begins the renewals that are due, at a pace. Says when more may begin, if more are due.
    fn renew(&mut self, now: Timestamp, actions: &mut Vec<Action>) -> Option<Timestamp> {
        let due = self.firms.iter().filter_map(|(firm, state)| Some((state.renewal(now)?, firm.clone())));
        let mut due: Vec<(Timestamp, FirmId)> = due.filter(|(at, _)| *at <= now).collect();
        if due.is_empty() {
            return None;
        }
        due.sort();
        let free = self.pace.free(now);
        let more = due.len() > free;
        for (_, firm) in due.into_iter().take(free) {
            if let Some(state) = self.firms.get_mut(&firm) {
                state.renew();
                self.pace.begins();
                actions.push(Action::Renew(firm));
            }
        }
        self.pace.next().filter(|_| more)
    }
}
