//! A firm's state is opened beside the loop: a new one is made with several waits for the disk, and 500 of them would leave
//! nobody an answer for half a minute. The file is taken into use there, too, for that is another wait.
//!
//! Races: what was read while a state was being opened is judged when it is open; a file that goes meanwhile stays gone; a
//! `casebridge.toml` that changes meanwhile makes every file be judged again.

use super::memory::Memory;
use super::{Firms, Kept, Look, Verdict};
use crate::daemon::machine::Event;
use crate::domain::{FirmId, sentence};
use crate::operations::{Accepted, FileVerdict, House};
use crate::store::StoreError;
use crate::sync::Hands;
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What is said meanwhile.
const OPENING: &str = "its state is being opened; ask again in a moment";

/// A state that is to be opened, with everything that takes.
#[derive(Debug)]
pub(in crate::daemon) struct Opening {
    house: Arc<House>,
    /// The firm.
    pub(in crate::daemon) firm: FirmId,
    verdict: FileVerdict,
    now: Timestamp,
}

/// What came of it.
pub(in crate::daemon) struct Opened {
    /// The firm.
    pub(in crate::daemon) firm: FirmId,
    /// Or why it cannot be had.
    pub(in crate::daemon) state: Result<OpenState, String>,
}

/// An open state.
pub(in crate::daemon) struct OpenState {
    hands: Arc<Hands>,
    memory: Memory,
    /// What the house made of the file, and of which; `None` when it could not say.
    accepted: Option<(String, Accepted)>,
}

impl Opening {
    /// Opens it, and takes the file into use. Waits for the disk.
    pub(in crate::daemon) fn open(self) -> Opened {
        let Opening { house, firm, verdict, now } = self;
        let opened = house.open_firm(&firm).and_then(|hands| Ok((Memory::read(&hands.store)?, hands)));
        let state = opened.map_err(|error| match &error {
            StoreError::Busy { .. } => format!("another process works on the state of {firm}; the daemon waits for it"),
            _ => sentence(&error),
        });
        let state = state.map(|(memory, hands)| {
            // A failure is said when the loop tries it once more.
            let accepted = house.accept(&hands, &verdict, now).ok().map(|accepted| (verdict.hash, accepted));
            OpenState { hands, memory, accepted }
        });
        Opened { firm, state }
    }
}

impl Firms {
    /// Whether a firm's state is being opened.
    pub(in crate::daemon) fn is_opening(&self, id: &FirmId) -> bool {
        self.kept.get(id).is_some_and(|kept| kept.opening)
    }

    /// Takes a firm's state as one that is being opened; nothing when it is already, or when there is no file to take.
    pub(super) fn opening(&mut self, id: &FirmId, now: Timestamp) -> Option<Opening> {
        let kept = self.kept.get_mut(id).filter(|kept| !kept.opening)?;
        let verdict = kept.verdict.clone()?;
        kept.opening = true;
        kept.last = Some(Verdict::Waiting);
        Some(Opening { house: self.house.clone(), firm: id.clone(), verdict, now })
    }

    /// States were opened, or cannot be.
    pub(in crate::daemon) fn opened(&mut self, all: Vec<Opened>, now: Timestamp) -> Look {
        let (mut look, mut alters) = (Look::default(), BTreeSet::new());
        for Opened { firm, state } in all {
            let Some(kept) = self.kept.get_mut(&firm) else { continue };
            kept.opening = false;
            let OpenState { hands, memory, accepted } = match state {
                Ok(state) => state,
                Err(why) => {
                    kept.cannot_be_opened(&firm, why, now);
                    look.events.push(Event::StoreBusy(firm));
                    continue;
                }
            };
            kept.memory = memory;
            kept.hands = Some(hands);
            if kept.trouble.take().is_some() {
                tracing::info!(%firm, "{firm}: its state is open now");
            }
            if !self.last.as_ref().is_some_and(|last| last.firms.contains(&firm)) {
                self.gone(&firm, now);
                continue;
            }
            let accepted = accepted.filter(|(hash, _)| kept.verdict.as_ref().is_some_and(|verdict| verdict.hash == *hash));
            if self.settle(&firm, accepted.map(|(_, accepted)| accepted), true, now, &mut look) {
                alters.insert(firm);
            }
        }
        look.events.insert(0, Event::Folder(self.news(&BTreeSet::new(), &alters)));
        look
    }
}

impl Kept {
    /// Says once why the state cannot be had.
    fn cannot_be_opened(&mut self, id: &FirmId, why: String, now: Timestamp) {
        if self.trouble.as_ref().is_none_or(|(known, _)| *known != why) {
            tracing::warn!(firm = %id, "{id}: {why}");
            self.trouble = Some((why, now));
        }
        if self.last != Some(Verdict::Removed) {
            self.last = Some(Verdict::Waiting);
        }
    }

    /// Why nothing can be asked of the firm now: its state is not there yet.
    pub(super) fn not_open(&self) -> Option<&str> {
        let opening = self.opening.then_some(OPENING);
        self.trouble.as_ref().map(|(why, _)| why.as_str()).or(opening)
    }
}
