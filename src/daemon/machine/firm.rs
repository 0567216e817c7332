//! What the machine knows of one firm, and what follows from it. Pure; see `machine` for the rules.

use super::event::Action;
use super::lane::{Lane, LaneName};
use super::spec::{FirmSpec, News, Pause, Standing};
use super::upkeep::Upkeep;
use super::{STORE_RETRY, event::Event};
use crate::config::Cron;
use crate::domain::FirmId;
use crate::operations::{Connection, Due, NextRuns};
use crate::sync::Trigger;
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// When a run found contact hours open that were closed as it began, the cases it left follow after this.
const SOON: SignedDuration = SignedDuration::from_mins(1);

/// A run that waits so long is late.
const LATE: SignedDuration = SignedDuration::from_mins(15);

/// One firm.
#[derive(Debug)]
pub(super) struct FirmState {
    pub(super) spec: Option<FirmSpec>,
    pub(super) missing_since: Option<Timestamp>,
    pub(super) gone: bool,
    pub(super) settle_until: Option<Timestamp>,
    /// In the order of [`LaneName::ALL`].
    lanes: [Lane; 3],
    upkeep: Upkeep,
    /// `None` until the state was opened.
    standing: Option<Standing>,
    retry_at: Option<Timestamp>,
    contact_at: Option<Timestamp>,
}

impl FirmState {
    pub(super) fn new(news: News, now: Timestamp, edit_settle: Duration) -> FirmState {
        let schedule = news.spec.as_ref().map(|spec| &spec.schedule);
        let mut state = FirmState {
            spec: None,
            missing_since: None,
            gone: false,
            // Accepted shortly before a restart: whether it altered anything is forgotten, so it is taken to have.
            settle_until: news.accepted_at.and_then(|at| at.checked_add(edit_settle).ok()).filter(|until| *until > now),
            lanes: LaneName::ALL.map(|name| Lane::new(name, schedule, now)),
            upkeep: Upkeep::default(),
            standing: None,
            retry_at: None,
            contact_at: None,
        };
        state.takes(news, now, edit_settle);
        state
    }

    /// A look at the folder found the firm's file.
    pub(super) fn takes(&mut self, news: News, now: Timestamp, edit_settle: Duration) {
        (self.missing_since, self.gone) = (None, false);
        let waits = self.settle_until.is_some_and(|until| until > now);
        if news.alters || (news.changed && waits) {
            self.settle_until = now.checked_add(edit_settle).ok();
        }
        self.spec = news.spec;
        // Other hours: what waits for them waits for the new ones.
        if self.contact_at.is_some_and(|at| at > now) {
            self.contact_at = self.opening(now);
        }
    }

    /// Gives the schedules their share of the spread.
    pub(super) fn spread(&mut self, offset: &impl Fn(&Cron) -> SignedDuration, now: Timestamp) {
        let Some(spec) = &self.spec else { return };
        self.lanes.iter_mut().for_each(|lane| lane.set(&spec.schedule, offset, now));
    }

    pub(super) fn is_gone(&mut self, now: Timestamp) {
        (self.gone, self.contact_at) = (true, None);
        self.let_pass(now);
    }

    /// Something happened to this firm.
    pub(super) fn hears(&mut self, event: Event, now: Timestamp) {
        match event {
            Event::Standing(_, standing) => self.stands(*standing, now),
            Event::StoreBusy(_) => {
                self.standing = None;
                self.retry_at = now.checked_add(STORE_RETRY).ok();
            }
            Event::RunEnded { trigger, later, .. } => {
                self.lane(LaneName::of(trigger)).ended();
                // A run that looks at changed cases only says nothing of what an earlier one left.
                self.left(later.filter(|later| *later || looks_at_all(trigger)), now);
            }
            Event::AskBegan { lane, .. } => self.lane(lane).by_hand(true),
            Event::AskEnded { lane, later, .. } => {
                self.lane(lane).by_hand(false);
                self.left(later, now);
            }
            Event::RenewEnded { tried, .. } => self.upkeep.renewed(tried, now),
            Event::Folder(_) | Event::Rules(_) | Event::Tick | Event::Stop => {}
        }
    }

    /// The state was opened, or may have changed.
    fn stands(&mut self, standing: Standing, now: Timestamp) {
        if self.standing.is_none() {
            self.lanes.iter_mut().for_each(|lane| lane.goes_on(&standing.last, now));
            if standing.later {
                self.contact_at = self.opening(now);
            }
        }
        self.standing = Some(standing);
        self.retry_at = None;
    }

    /// A run has ended and left cases for contact hours, or none, or nobody knows.
    fn left(&mut self, later: Option<bool>, now: Timestamp) {
        match later {
            Some(true) => self.contact_at = self.opening(now),
            Some(false) => self.contact_at = None,
            None => {}
        }
    }

    /// The clock was put back far.
    pub(super) fn rewind(&mut self, now: Timestamp, edit_settle: Duration) {
        self.lanes.iter_mut().for_each(|lane| lane.rewind(now));
        self.upkeep.rewind(now);
        let latest = now.checked_add(edit_settle).ok();
        self.settle_until = self.settle_until.and_then(|until| latest.map(|latest| until.min(latest)));
        self.missing_since = self.missing_since.map(|since| since.min(now));
        self.retry_at = self.retry_at.map(|at| at.min(now));
        if self.contact_at.is_some() {
            self.contact_at = self.opening(now);
        }
    }

    /// Notes what has become due, and lets pass what may not run.
    pub(super) fn due(&mut self, firm: &FirmId, now: Timestamp, actions: &mut Vec<Action>) {
        // Never further away than that, also when the clock is put back by less than what sets schedules anew.
        self.retry_at = self.retry_at.map(|at| now.checked_add(STORE_RETRY).map_or(at, |latest| at.min(latest)));
        if self.retry_at.is_some_and(|at| at <= now) && !self.gone {
            self.retry_at = None;
            actions.push(Action::RetryStore(firm.clone()));
        }
        self.pass_by(firm, now, actions);
        if let Some(standing) = self.standing.as_ref().filter(|_| !self.gone) {
            let reminders = self.upkeep.remind(standing, now).into_iter();
            actions.extend(reminders.map(|of| Action::Remind { firm: firm.clone(), of }));
        }
        if !self.runs_by_itself() {
            return;
        }
        let skipped = self.lanes.iter_mut().filter_map(|lane| lane.due(now));
        actions.extend(skipped.map(|trigger| Action::Skipped { firm: firm.clone(), trigger }));
        if let Some(since) = self.contact_at.filter(|at| *at <= now)
            && self.lane(LaneName::Cases).running().is_none()
        {
            self.contact_at = None;
            self.lane(LaneName::Cases).want(Trigger::ContactHours, since);
        }
    }

    /// Lets pass what may not run, up to now; called before and after every event, so that a firm that is switched on,
    /// connected or resumed starts with its next tick. A pause that came to its end is taken out.
    pub(super) fn pass_by(&mut self, firm: &FirmId, now: Timestamp, actions: &mut Vec<Action>) {
        let Some(standing) = &mut self.standing else { return };
        if let Some(until) = standing.pause.and_then(|pause| pause.until).filter(|until| *until <= now) {
            standing.pause = None;
            actions.push(Action::EndPause(firm.clone()));
            self.let_pass(until);
        }
        if !self.runs_by_itself() {
            self.let_pass(now);
        }
    }

    /// The lanes with a run that could start now, and since when it waits.
    pub(super) fn ready(&self, now: Timestamp) -> impl Iterator<Item = (Timestamp, LaneName)> {
        let able = self.runs_by_itself();
        let lanes = self.lanes.iter().filter(move |lane| able && self.soonest(lane.name, now) <= now);
        lanes.filter_map(|lane| Some((lane.ready()?, lane.name)))
    }

    /// Takes what waits in a lane as running.
    pub(super) fn start(&mut self, lane: LaneName) -> Option<Trigger> {
        let trigger = self.lane(lane).start()?;
        if looks_at_all(trigger) {
            // It takes care of what waited for contact hours, as far as hours are open.
            self.contact_at = None;
        }
        Some(trigger)
    }

    /// When the connection is to be renewed; it may be in the past.
    pub(super) fn renewal(&self, now: Timestamp) -> Option<Timestamp> {
        self.upkeep.renewal(self.standing.as_ref().filter(|_| !self.gone)?, now)
    }

    /// Takes the renewal as begun.
    pub(super) fn renew(&mut self) {
        self.upkeep.renew();
    }

    /// Whether an end of the process has nothing of this firm to wait for.
    pub(super) fn is_idle(&self) -> bool {
        self.lanes.iter().all(Lane::is_idle) && !self.upkeep.is_renewing()
    }

    /// What runs, started by the machine.
    pub(super) fn running(&self) -> impl Iterator<Item = Trigger> {
        self.lanes.iter().filter_map(Lane::running)
    }

    /// How many ticks were skipped.
    pub(super) fn skipped(&self) -> u64 {
        self.lanes.iter().map(Lane::skipped).sum()
    }

    /// When this firm has to be looked at again.
    pub(super) fn wake(&self, now: Timestamp) -> Option<Timestamp> {
        let standing = self.standing.as_ref();
        let pause_ends = standing.and_then(|standing| standing.pause).and_then(|pause| pause.until);
        let settles = self.settle_until.filter(|_| self.lanes.iter().any(|lane| lane.name == LaneName::Cases && lane.waits()));
        let starts = self.lanes.iter().map(Lane::next_start).chain([self.contact_at]);
        let starts = starts.map(|at| at.filter(|_| self.runs_by_itself()));
        let upkeep = standing.filter(|_| !self.gone).and_then(|standing| self.upkeep.wake(standing, now));
        starts.chain([self.retry_at, pause_ends, settles, upkeep]).flatten().filter(|at| *at > now).min()
    }

    /// When each schedule starts next.
    pub(super) fn next_runs(&self, now: Timestamp) -> NextRuns {
        let Some(standing) = &self.standing else { return NextRuns::default() };
        let paused_until = match standing.pause {
            Some(Pause { until: None }) => return NextRuns::default(),
            Some(Pause { until: Some(until) }) if until > now => Some(until),
            _ => None,
        };
        if !self.is_on() || standing.connection != Connection::Connected {
            return NextRuns::default();
        }
        let next = |trigger| {
            let lane = self.lanes.iter().find(|lane| lane.name == LaneName::of(trigger))?;
            lane.next_run(trigger, self.soonest(lane.name, now), paused_until)
        };
        NextRuns {
            cases: next(Trigger::Schedule),
            changes: next(Trigger::Changes),
            verify: next(Trigger::Verify),
            documents: next(Trigger::Documents),
            messages: next(Trigger::Messages),
        }
    }

    /// What was due a while ago and has not begun.
    pub(super) fn overdue(&self, now: Timestamp) -> Vec<Due> {
        let able = self.runs_by_itself();
        let waiting = self.lanes.iter().filter(|_| able).filter_map(Lane::waiting_since);
        let late = waiting.filter(|(_, since)| since.duration_until(now) > LATE);
        late.filter_map(|(trigger, since)| Some(Due::new(schedule_word(trigger)?, since))).collect()
    }

    fn lane(&mut self, name: LaneName) -> &mut Lane {
        &mut self.lanes[name as usize]
    }

    /// When a run of a lane may start: what alters what clients see waits until the file was quiet.
    fn soonest(&self, lane: LaneName, now: Timestamp) -> Timestamp {
        match lane {
            LaneName::Cases => self.settle_until.map_or(now, |until| until.max(now)),
            LaneName::Documents | LaneName::Messages => now,
        }
    }

    fn is_on(&self) -> bool {
        !self.gone && self.spec.as_ref().is_some_and(|spec| spec.active)
    }

    fn runs_by_itself(&self) -> bool {
        let able = |standing: &Standing| standing.connection == Connection::Connected && standing.pause.is_none();
        self.is_on() && self.standing.as_ref().is_some_and(able)
    }

    fn let_pass(&mut self, now: Timestamp) {
        self.lanes.iter_mut().for_each(|lane| lane.let_pass(now));
    }

    /// When contact hours begin, or soon when they are open already.
    fn opening(&self, now: Timestamp) -> Option<Timestamp> {
        let spec = self.spec.as_ref()?;
        match spec.hours.is_open(now, &spec.zone) {
            true => now.checked_add(SOON).ok(),
            false => spec.hours.next_opening(now, &spec.zone),
        }
    }
}

/// The key in `[schedule]` that starts such runs.
fn schedule_word(trigger: Trigger) -> Option<&'static str> {
    match trigger {
        Trigger::Schedule => Some("cases"),
        Trigger::Changes | Trigger::Verify | Trigger::Documents | Trigger::Messages => Some(trigger.word()),
        Trigger::ByHand | Trigger::Approval | Trigger::ContactHours => None,
    }
}

/// Whether a run looks at every case, and so at those that an earlier one left.
fn looks_at_all(trigger: Trigger) -> bool {
    match trigger {
        Trigger::Schedule | Trigger::Verify | Trigger::ContactHours => true,
        Trigger::Changes | Trigger::ByHand | Trigger::Approval | Trigger::Documents | Trigger::Messages => false,
    }
}
