//! What goes into the machine and what comes out of it. Values only.

use super::lane::LaneName;
use super::spec::{News, Standing};
use crate::domain::FirmId;
use crate::sync::Trigger;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::time::Duration;

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
    Standing(FirmId, Box<Standing>),
    /// Another process holds the firm's state.
    StoreBusy(FirmId),
    /// A run the machine started has ended.
    RunEnded {
        /// The firm.
        firm: FirmId,
        /// Why it ran.
        trigger: Trigger,
        /// Whether it left cases for contact hours; `None` when it failed.
        later: Option<bool>,
    },
    /// Somebody started a run by hand.
    AskBegan {
        /// The firm.
        firm: FirmId,
        /// What it works on.
        lane: LaneName,
    },
    /// It has ended.
    AskEnded {
        /// The firm.
        firm: FirmId,
        /// What it worked on.
        lane: LaneName,
        /// Whether cases wait for contact hours; `None` when nothing is known.
        later: Option<bool>,
    },
    /// A renewal of a firm's connection is over, well or not; [`Event::Standing`] says what came of it.
    RenewEnded {
        /// The firm.
        firm: FirmId,
        /// Whether it could be tried at all.
        tried: bool,
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
    /// Renew the firm's connection to MyCase; answer with [`Event::RenewEnded`] and [`Event::Standing`].
    Renew(FirmId),
    /// Say it to somebody, and write down that it was said; answer with [`Event::Standing`].
    Remind {
        /// The firm.
        firm: FirmId,
        /// Of what.
        of: Reminder,
    },
    /// Try the firm's state again; answer with [`Event::Standing`] or [`Event::StoreBusy`].
    RetryStore(FirmId),
    /// The firm's file is gone for good: say so; nothing of it runs any more.
    Gone(FirmId),
    /// The firm's pause has come to its end: take it out of the state, and say so.
    EndPause(FirmId),
    /// A tick was skipped because the last run still runs: say so. Once for each run; the count has all.
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

/// What people are told when it begins, and once a day while it lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reminder {
    /// MyCase refused the tokens: somebody must connect again.
    Reconnect,
    /// A plan waits for approval.
    WaitingPlan,
}
