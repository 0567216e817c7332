//! What the machine is told of a firm: by its file, by a look at the folder, by its state. Values only.

use crate::config::{ContactHours, Firm, Schedule};
use crate::operations::Connection;
use crate::sync::Trigger;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// What the machine needs of a firm's file.
#[derive(Debug, Clone)]
pub struct FirmSpec {
    /// `firm.status`.
    pub active: bool,
    /// `[schedule]`.
    pub schedule: Schedule,
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
    /// When runs last ended.
    pub last: LastRuns,
    /// Whether the last run left cases for contact hours.
    pub later: bool,
    /// When the connection is to be renewed; `None` when there is none to renew.
    pub renew_at: Option<Timestamp>,
    /// When somebody is to be told (again) that the firm must be connected anew; only while it must.
    pub remind_at: Option<Timestamp>,
    /// When somebody is to be told (again) that a plan waits; only while one does.
    pub remind_plan_at: Option<Timestamp>,
}

/// A pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// When it ends by itself.
    pub until: Option<Timestamp>,
}

/// When the last run of each schedule ended that its schedule had started; `None` when none is known. A schedule starts at
/// once what it missed since then, and nothing when there was no run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LastRuns {
    /// `schedule.cases`, or a run that did as much.
    pub cases: Option<Timestamp>,
    /// `schedule.changes`, or a run that did as much.
    pub changes: Option<Timestamp>,
    /// `schedule.verify`.
    pub verify: Option<Timestamp>,
    /// `schedule.documents`; one that found nothing is forgotten with the process.
    pub documents: Option<Timestamp>,
    /// `schedule.messages`; the same.
    pub messages: Option<Timestamp>,
}

impl FirmSpec {
    /// Of a checked file.
    pub fn of(firm: &Firm) -> FirmSpec {
        FirmSpec {
            active: firm.active,
            schedule: firm.schedule.clone(),
            hours: firm.portal.contact_hours.clone(),
            zone: firm.time_zone.clone(),
        }
    }
}

impl LastRuns {
    /// The one of a schedule.
    pub(super) fn of(&self, trigger: Trigger) -> Option<Timestamp> {
        match trigger {
            Trigger::Schedule => self.cases,
            Trigger::Changes => self.changes,
            Trigger::Verify => self.verify,
            Trigger::Documents => self.documents,
            Trigger::Messages => self.messages,
            Trigger::ByHand | Trigger::Approval | Trigger::ContactHours => None,
        }
    }

    /// A run that its schedule started has ended at this time.
    pub fn ended(&mut self, trigger: Trigger, at: Timestamp) {
        let all: &mut [&mut Option<Timestamp>] = match trigger {
            Trigger::Verify => &mut [&mut self.verify, &mut self.cases, &mut self.changes],
            Trigger::Schedule => &mut [&mut self.cases, &mut self.changes],
            Trigger::Changes => &mut [&mut self.changes],
            Trigger::Documents => &mut [&mut self.documents],
            Trigger::Messages => &mut [&mut self.messages],
            Trigger::ByHand | Trigger::Approval | Trigger::ContactHours => &mut [],
        };
        all.iter_mut().for_each(|last| **last = (**last).max(Some(at)));
    }
}
