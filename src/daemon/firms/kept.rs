//! What is kept of one firm, and how what the house made of its file is taken over.

use super::memory::Memory;
use crate::config::Firm;
use crate::daemon::message::Verdict;
use crate::daemon::report;
use crate::domain::FirmId;
use crate::operations::{Accepted, FileState, FileVerdict, FileView, Meaning};
use crate::sync::Hands;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::sync::Arc;

/// One firm.
#[derive(Default)]
pub(super) struct Kept {
    /// `None` until the state is open.
    pub(super) hands: Option<Arc<Hands>>,
    /// It is being opened.
    pub(super) opening: bool,
    /// The file in use: the last good version.
    pub(super) firm: Option<Arc<Firm>>,
    /// The file on disk, as it was last judged.
    pub(super) verdict: Option<FileVerdict>,
    /// Without the problems of a file that is in use.
    pub(super) view: Option<FileView>,
    /// What the last accepted edit means, until a run has done it.
    pub(super) meaning: Meaning,
    /// The same in sentences, with when that is.
    pub(super) notes: Vec<String>,
    /// Why the state cannot be opened, and since when.
    pub(super) trouble: Option<(String, Timestamp)>,
    /// What the last look made of the file.
    pub(super) last: Option<Verdict>,
    /// The file was rejected just now, and nobody was told yet.
    pub(super) rejected_anew: bool,
    /// What is known of its runs.
    pub(super) memory: Memory,
}

impl Kept {
    /// The firm's zone; UTC while no version of its file was good.
    pub(super) fn zone(&self) -> TimeZone {
        self.firm.as_ref().map_or(TimeZone::UTC, |firm| firm.time_zone.clone())
    }

    /// Takes over what the house made of the file, and says it. True when an edit alters what clients see.
    pub(super) fn takes(&mut self, id: &FirmId, accepted: Accepted, first: bool) -> bool {
        let Accepted { firm, mut file, difference, meaning } = accepted;
        let verdict = match (&file.state, &difference) {
            (FileState::Current, Some(_)) => Verdict::Accepted,
            (FileState::Current, None) => Verdict::Unchanged,
            (FileState::Rejected, _) => Verdict::Rejected,
            (FileState::Removed, _) => Verdict::Removed,
            (FileState::Opening, _) => Verdict::Waiting,
        };
        let again = self.view.as_ref().is_some_and(|known| known.problems == file.problems && known.state == file.state);
        let was_rejected = self.view.as_ref().is_some_and(|known| known.state == FileState::Rejected);
        if let Some(known) = self.view.as_ref().filter(|_| again && verdict == Verdict::Rejected) {
            // Rejected since it was first seen to be.
            file.since = known.since;
        }
        match verdict {
            Verdict::Rejected if !again => {
                let problems = self.verdict.as_ref().map(|verdict| verdict.problems.as_slice()).unwrap_or_default();
                report::rejected(id, problems, firm.is_some());
                self.rejected_anew = true;
            }
            Verdict::Unchanged if first => tracing::info!(firm = %id, generation = file.generation, "{id}: its file is in use"),
            Verdict::Unchanged if !again && was_rejected => {
                tracing::info!(firm = %id, "{id}: its file is good again, and means what it meant")
            }
            Verdict::Accepted | Verdict::Rejected | Verdict::Unchanged | Verdict::Removed | Verdict::Waiting => {}
        }
        if verdict == Verdict::Accepted {
            // Put into sentences once it is known when the next run is.
            (self.meaning, self.notes) = (meaning, Vec::new());
        }
        if file.state == FileState::Current {
            // Its problems stand in the verdict, and are not kept twice.
            file.problems = Vec::new();
        }
        (self.firm, self.view, self.last) = (firm, Some(file), Some(verdict));
        verdict == Verdict::Accepted && !first && difference.is_some_and(|difference| difference.alters_what_clients_see())
    }
}
