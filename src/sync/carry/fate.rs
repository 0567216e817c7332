//! How one item ended, and what an error of either side means for it. Decides nothing about waits: that is `tally`'s.

use super::kit::{Kit, LOOK_AFTER};
use super::reasons;
use crate::domain::Reason;
use crate::mycase::{MyCaseError, WriteError};
use crate::store::{Shelf, Wait};
use crate::sync::RunError;
use crate::sync::study::from_mycase_of;
use jiff::Timestamp;

/// How one item ended.
#[derive(Debug)]
pub(super) enum Fate {
    /// It arrived; its row says so.
    Delivered,
    /// Nothing was to be done; its row says so.
    Settled,
    /// Not now; nothing went wrong.
    Later(Wait),
    /// It needs attention until it arrives; `failed` is what went wrong, when something was tried.
    Trouble {
        /// Why.
        reason: Box<Reason>,
        /// What it waits for; `None` is the time for the next try.
        wait: Option<Wait>,
        /// For the report.
        failed: Option<String>,
    },
    /// Its bytes did not come as announced.
    NotWhole(String),
    /// It is tried again; `wait` when the time is not that of the next try.
    Again {
        /// For the report.
        text: String,
        /// When.
        wait: Option<Wait>,
        /// MyCase gave no answer.
        silent: bool,
    },
    /// The run cannot go on.
    Ends(Box<RunError>),
}

impl Fate {
    /// The run ends with this.
    pub(super) fn ends(error: impl Into<RunError>) -> Fate {
        Fate::Ends(Box::new(error.into()))
    }

    /// It needs attention because of what went wrong, and is tried again in time.
    pub(super) fn trouble(reason: Reason, text: impl Into<String>) -> Fate {
        Fate::Trouble { reason: Box::new(reason), wait: None, failed: Some(text.into()) }
    }

    /// MyCase shows no such case.
    pub(super) fn no_case(shelf: Shelf) -> Fate {
        Fate::trouble(reasons::no_case(shelf.word()), "MyCase answers that the case is not there")
    }

    /// What the case holds could not be read.
    pub(super) fn unread(kit: &Kit, shelf: Shelf, error: MyCaseError) -> Fate {
        match error {
            MyCaseError::Forbidden { what } => Fate::trouble(reasons::forbidden(shelf.word()), what),
            other => Fate::ends(from_mycase_of(&kit.firm.id, other)),
        }
    }

    /// The answer to a write was lost at this moment, from which on absence counts.
    pub(super) fn lost(lost_at: Timestamp, text: &str) -> Fate {
        let text = format!("the answer was lost, what became of it is looked up: {text}");
        Fate::Again { text, wait: Some(Wait::Until(lost_at + LOOK_AFTER)), silent: true }
    }

    /// A write that failed; one whose answer was lost is [`Fate::lost`] where it may have made something.
    pub(super) fn unwritten(kit: &Kit, shelf: Shelf, error: WriteError) -> Fate {
        match error {
            WriteError::Unknown { text } | WriteError::NotSent { text } => Fate::Again { text, wait: None, silent: true },
            WriteError::PlaceOver { text } => Fate::Again { text, wait: None, silent: false },
            WriteError::Refused { status, text } => Fate::trouble(reasons::refused(shelf.word(), status), text),
            WriteError::Forbidden { text } => Fate::trouble(reasons::forbidden(shelf.word()), text),
            WriteError::Gone => Fate::no_case(shelf),
            WriteError::Connection(error) => Fate::ends(from_mycase_of(&kit.firm.id, error)),
        }
    }
}
