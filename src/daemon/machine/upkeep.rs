//! What keeps a firm's connection alive and its people told, whether or not its schedules run: renewals, reminders. Pure.
//!
//! Races and decisions: a renewal whose outcome the state could not keep comes again, but never within [`APART`]; a time
//! further ahead than any connection is planned was written by a wrong clock, and counts as due; firms that are due
//! together (after a start, all of them) are renewed a few a second.

use super::event::Reminder;
use super::spec::Standing;
use crate::operations::Connection;
use jiff::{SignedDuration, Timestamp};

/// Two renewals of a firm are at least so far apart, whatever its state says.
const APART: SignedDuration = SignedDuration::from_secs(30);
/// A renewal that could not even be tried (a secret is missing) is tried again after this.
const NOT_TRIED: SignedDuration = SignedDuration::from_mins(5);
/// Two reminders of one thing are at least so far apart, whatever the state says.
const REMINDERS_APART: SignedDuration = SignedDuration::from_hours(1);
/// No renewal is planned further ahead than three days (`sync::connection`): what lies further, a wrong clock wrote.
const FURTHEST: SignedDuration = SignedDuration::from_hours(3 * 24 + 1);
/// So many renewals begin within [`PACE`]: each is one request to MyCase, and a hundred firms are done in 20 seconds.
const RENEWALS: usize = 5;
const PACE: SignedDuration = SignedDuration::from_secs(1);

/// The renewals and reminders of one firm.
#[derive(Debug, Default)]
pub(super) struct Upkeep {
    renewing: bool,
    not_before: Option<Timestamp>,
    reminded: [Option<Timestamp>; 2],
}

impl Upkeep {
    /// Whether a renewal is under way: an end of the process waits for its answer.
    pub(super) fn is_renewing(&self) -> bool {
        self.renewing
    }

    /// When the next renewal begins; it may be in the past, then it is due.
    pub(super) fn renewal(&self, standing: &Standing, now: Timestamp) -> Option<Timestamp> {
        let at = standing.renew_at.filter(|_| standing.connection == Connection::Connected && !self.renewing)?;
        let at = if now.duration_until(at) > FURTHEST { now } else { at };
        Some(self.not_before.map_or(at, |soonest| at.max(soonest)))
    }

    /// A renewal begins.
    pub(super) fn renew(&mut self) {
        self.renewing = true;
    }

    /// It is over.
    pub(super) fn renewed(&mut self, tried: bool, now: Timestamp) {
        self.renewing = false;
        // What the state says of it is heard only after this.
        self.not_before = now.checked_add(if tried { APART } else { NOT_TRIED }).ok();
    }

    /// When somebody is to be told; it may be in the past.
    fn reminder(&self, standing: &Standing, of: Reminder) -> Option<Timestamp> {
        let at = match of {
            Reminder::Reconnect => standing.remind_at.filter(|_| standing.connection == Connection::Reconnect),
            Reminder::WaitingPlan => standing.remind_plan_at,
        }?;
        let last = self.reminded[of as usize].and_then(|last| last.checked_add(REMINDERS_APART).ok());
        Some(last.map_or(at, |soonest| at.max(soonest)))
    }

    /// What people are to be told now; each is taken as told.
    pub(super) fn remind(&mut self, standing: &Standing, now: Timestamp) -> Vec<Reminder> {
        let mut due = vec![Reminder::Reconnect, Reminder::WaitingPlan];
        due.retain(|of| self.reminder(standing, *of).is_some_and(|at| at <= now));
        due.iter().for_each(|of| self.reminded[*of as usize] = Some(now));
        due
    }

    /// When this has to be looked at again.
    pub(super) fn wake(&self, standing: &Standing, now: Timestamp) -> Option<Timestamp> {
        let reminders = [Reminder::Reconnect, Reminder::WaitingPlan].map(|of| self.reminder(standing, of));
        reminders.into_iter().chain([self.renewal(standing, now)]).flatten().filter(|at| *at > now).min()
    }

    /// The clock was put back far.
    pub(super) fn rewind(&mut self, now: Timestamp) {
        self.not_before = self.not_before.map(|at| now.checked_add(NOT_TRIED).map_or(at, |soon| at.min(soon)));
        self.reminded = self.reminded.map(|at| at.map(|at| at.min(now)));
    }
}

/// How fast renewals of all firms begin.
#[derive(Debug, Default)]
pub(super) struct Pace {
    since: Option<Timestamp>,
    begun: usize,
}

impl Pace {
    /// How many renewals may begin now.
    pub(super) fn free(&mut self, now: Timestamp) -> usize {
        if self.since.is_none_or(|since| since > now || since.duration_until(now) >= PACE) {
            (self.since, self.begun) = (Some(now), 0);
        }
        RENEWALS.saturating_sub(self.begun)
    }

    /// One begins.
    pub(super) fn begins(&mut self) {
        self.begun += 1;
    }

    /// When more may begin.
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.since.and_then(|since| since.checked_add(PACE).ok())
    }
}
