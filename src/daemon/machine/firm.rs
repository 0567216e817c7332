//! What the machine knows of one firm, and what follows from it. Pure; see `machine` for the rules.

use super::super::timetable::Timetable;
use super::{Action, STORE_RETRY};
use crate::config::cron::Cron;
use crate::config::{ContactHours, Firm};
use crate::domain::FirmId;
use crate::operations::{Connection, NextRuns};
use crate::sync::Trigger;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// When a run found contact hours open that were closed as it began, the cases it left follow after this.
const SOON: SignedDuration = SignedDuration::from_mins(1);

/// What the machine needs of a firm's file.
#[derive(Debug, Clone)]
pub struct FirmSpec {
    /// `firm.status`.
    pub active: bool,
    /// `schedule.cases`.
    pub cases: Option<Cron>,
    /// `schedule.verify`.
    pub verify: Option<Cron>,
    /// `portal.contact_hours`.
    pub hours: ContactHours,
    /// `firm.time_zone`.
    pub zone: TimeZone,
}

/// What a look at the folder says of one firm.
#[derive(Debug, Clone)]
pub struct News {
    /// The file in use (the last good one); `None` when there never was a good one.
    pub spec: Option<FirmSpec>,
    /// The file on disk is another text than at the last look.
    pub changed: bool,
    /// It was accepted just now and alters what clients see.
    pub alters: bool,
    /// When the file in use was accepted.
    pub accepted_at: Option<Timestamp>,
}

/// What a firm's state says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The connection to MyCase.
    pub connection: Connection,
    /// The pause in force.
    pub pause: Option<Pause>,
    /// When the last `cases` (or `verify`) run that was started by its schedule ended.
    pub last_cases: Option<Timestamp>,
    /// When the last `verify` run that was started by its schedule ended.
    pub last_verify: Option<Timestamp>,
    /// Whether the last run left cases for contact hours.
    pub later: bool,
}

/// A pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// When it ends by itself.
    pub until: Option<Timestamp>,
}

impl FirmSpec {
    /// Of a checked file.
    pub fn of(firm: &Firm) -> FirmSpec {
        FirmSpec {
            active: firm.active,
            cases: firm.schedule.cases.clone(),
            verify: firm.schedule.verify.clone(),
            hours: firm.portal.contact_hours.clone(),
            zone: firm.time_zone.clone(),
        }
    }
}

/// A run that is due.
#[derive(Debug, Clone, Copy)]
struct Waiting {
    trigger: Trigger,
    since: Timestamp,
}

/// One firm.
#[derive(Debug)]
pub(super) struct FirmState {
    pub(super) spec: Option<FirmSpec>,
    pub(super) cases: Timetable,
    pub(super) verify: Timetable,
    pub(super) missing_since: Option<Timestamp>,
    pub(super) gone: bool,
    pub(super) settle_until: Option<Timestamp>,
    pub(super) running: Option<Trigger>,
    pub(super) by_hand: usize,
    pub(super) skipped: u64,
    /// `None` until the state was opened.
    standing: Option<Standing>,
    retry_at: Option<Timestamp>,
    contact_at: Option<Timestamp>,
    waiting: Option<Waiting>,
}

impl FirmState {
    pub(super) fn new(news: News, now: Timestamp, edit_settle: Duration) -> FirmState {
        let crons = news.spec.as_ref().map(|spec| (spec.cases.clone(), spec.verify.clone())).unwrap_or_default();
        let mut state = FirmState {
            spec: None,
            cases: Timetable::new(crons.0, now),
            verify: Timetable::new(crons.1, now),
            missing_since: None,
            gone: false,
            // Accepted shortly before a restart: whether it altered anything is forgotten, so it is taken to have.
            settle_until: news.accepted_at.and_then(|at| at.checked_add(edit_settle).ok()).filter(|until| *until > now),
            running: None,
            by_hand: 0,
            skipped: 0,
            standing: None,
            retry_at: None,
            contact_at: None,
            waiting: None,
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

    pub(super) fn is_gone(&mut self) {
        (self.gone, self.waiting, self.contact_at) = (true, None, None);
    }

    /// The state was opened, or may have changed.
    pub(super) fn stands(&mut self, standing: Standing, now: Timestamp) {
        if self.standing.is_none() {
            // The first word after a start: what fell into downtime is due. Without a last run nothing was missed.
            self.cases.rewind(standing.last_cases.unwrap_or(now).min(now));
            self.verify.rewind(standing.last_verify.unwrap_or(now).min(now));
            if standing.later {
                self.contact_at = self.opening(now);
            }
        }
        self.standing = Some(standing);
        self.retry_at = None;
    }

    pub(super) fn store_busy(&mut self, now: Timestamp) {
        self.standing = None;
        self.retry_at = now.checked_add(STORE_RETRY).ok();
    }

    /// A run has ended and left cases for contact hours, or none, or nobody knows.
    pub(super) fn left(&mut self, later: Option<bool>, now: Timestamp) {
        match later {
            Some(true) => self.contact_at = self.opening(now),
            Some(false) => self.contact_at = None,
            None => {}
        }
    }

    /// The clock was put back far.
    pub(super) fn rewind(&mut self, now: Timestamp, edit_settle: Duration) {
        for table in [&mut self.cases, &mut self.verify] {
            table.rewind(table.dealt_with().min(now));
        }
        let latest = now.checked_add(edit_settle).ok();
        self.settle_until = self.settle_until.and_then(|until| latest.map(|latest| until.min(latest)));
        self.missing_since = self.missing_since.map(|since| since.min(now));
        self.retry_at = self.retry_at.map(|at| at.min(now));
        if self.contact_at.is_some() {
            self.contact_at = self.opening(now);
        }
        self.waiting = self.waiting.map(|waiting| Waiting { since: waiting.since.min(now), ..waiting });
    }

    /// Notes what has become due, and lets pass what may not run.
    pub(super) fn due(&mut self, firm: &FirmId, now: Timestamp, actions: &mut Vec<Action>) {
        if self.retry_at.is_some_and(|at| at <= now) && !self.gone {
            self.retry_at = None;
            actions.push(Action::RetryStore(firm.clone()));
        }
        self.pass_by(firm, now, actions);
        if !self.runs_by_itself() {
            return;
        }
        for trigger in [Trigger::Verify, Trigger::Schedule] {
            let table = if trigger == Trigger::Verify { &mut self.verify } else { &mut self.cases };
            let Some(since) = table.start().filter(|start| *start <= now) else { continue };
            table.pass(now);
            let before = self.skipped;
            self.want(trigger, since);
            if self.skipped > before {
                actions.push(Action::Skipped { firm: firm.clone(), trigger });
            }
        }
        if let Some(since) = self.contact_at.filter(|at| *at <= now)
            && self.running.is_none()
        {
            self.contact_at = None;
            self.want(Trigger::ContactHours, since);
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

    /// Since when a run waits that could start now.
    pub(super) fn ready(&self, now: Timestamp) -> Option<Timestamp> {
        let quiet = self.settle_until.is_none_or(|until| until <= now);
        let idle = self.running.is_none() && self.by_hand == 0;
        (quiet && idle && self.runs_by_itself()).then_some(self.waiting?.since)
    }

    /// Takes what waits as running.
    pub(super) fn start(&mut self) -> Option<Trigger> {
        let trigger = self.waiting.take()?.trigger;
        // Any of these runs takes care of what waited for contact hours, as far as hours are open.
        self.contact_at = None;
        self.running = Some(trigger);
        Some(trigger)
    }

    /// When this firm has to be looked at again.
    pub(super) fn wake(&self, now: Timestamp) -> Option<Timestamp> {
        let pause_ends = self.standing.as_ref().and_then(|standing| standing.pause).and_then(|pause| pause.until);
        let settles = self.settle_until.filter(|_| self.waiting.is_some());
        let starts = [self.cases.start(), self.verify.start(), self.contact_at].map(|at| at.filter(|_| self.runs_by_itself()));
        let all = starts.into_iter().chain([self.retry_at, pause_ends, settles]);
        all.flatten().filter(|at| *at > now).min()
    }

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
        let settled = |start: Timestamp| self.settle_until.map_or(start, |until| start.max(until));
        let waits = |trigger| self.waiting.is_some_and(|waiting| waiting.trigger == trigger).then(|| settled(now));
        let starts = |table: &Timetable| match paused_until {
            Some(until) => table.start_after(until),
            None => table.start().map(settled),
        };
        NextRuns {
            cases: waits(Trigger::Schedule).or_else(|| starts(&self.cases)),
            verify: waits(Trigger::Verify).or_else(|| starts(&self.verify)),
            ..NextRuns::default()
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
        self.waiting = None;
        self.cases.pass(now);
        self.verify.pass(now);
    }

    /// A run is due. The same schedule's run under way or waiting, or a `verify` run, makes it a skipped tick.
    fn want(&mut self, trigger: Trigger, since: Timestamp) {
        let covers = |other: Trigger| other == trigger || other == Trigger::Verify || trigger == Trigger::ContactHours;
        let under_way = self.running.is_some_and(covers);
        match self.waiting {
            _ if under_way => {
                self.skipped += u64::from(trigger != Trigger::ContactHours);
            }
            Some(waiting) if covers(waiting.trigger) => {
                // Two schedules that meet are one run, not a skipped one.
                self.skipped += u64::from(waiting.trigger == trigger && trigger != Trigger::ContactHours);
            }
            Some(waiting) => self.waiting = Some(Waiting { trigger, since: waiting.since.min(since) }),
            None => self.waiting = Some(Waiting { trigger, since }),
        }
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
