//! What a run came to so far, and what becomes of an item that did not arrive. The only place that decides about waits.

use super::fate::Fate;
use super::kit::{Item, Job, Kit};
use super::reasons;
use crate::store::CarryTrouble;
use crate::sync::{Failure, RunError};

/// Items in a row that MyCase gave no answer to before the run ends.
const SILENT: u32 = 3;
/// Tries after which a file that does not come whole needs attention.
const NOT_WHOLE: u32 = 3;

/// The run so far.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Items that arrived.
    pub(super) transferred: usize,
    /// What went wrong, case by case.
    pub(super) failures: Vec<Failure>,
    /// Whether any row came to need attention, or was settled.
    pub(super) news: bool,
    /// Items whose lost answer it is too early to look up.
    pub(super) later: usize,
    silent: u32,
}

impl Tally {
    /// Takes note of how an item ended and keeps its row.
    pub(super) fn conclude<I: Item>(&mut self, kit: &Kit, mut job: Job<I>, fate: Fate) -> Result<(), RunError> {
        match fate {
            Fate::Delivered => {
                self.transferred += 1;
                self.silent = 0;
                Ok(())
            }
            Fate::Settled => {
                self.news = true;
                Ok(())
            }
            Fate::Later(wait) => {
                self.later += 1;
                Ok(kit.put(&job, Some(wait))?)
            }
            Fate::Trouble { reason, wait, failed } => {
                self.news = true;
                self.silent = 0;
                self.fail(&job, failed);
                job.row.tries = job.row.tries.saturating_add(1);
                job.row.trouble = Some(CarryTrouble { cases: vec![job.case], reason: *reason });
                let wait = wait.unwrap_or_else(|| kit.again(job.row.tries));
                Ok(kit.put(&job, Some(wait))?)
            }
            Fate::NotWhole(text) if job.row.tries + 1 >= NOT_WHOLE => {
                self.conclude(kit, job, Fate::Trouble { reason: Box::new(reasons::not_whole()), wait: None, failed: Some(text) })
            }
            Fate::NotWhole(text) => self.conclude(kit, job, Fate::Again { text, wait: None, silent: false }),
            Fate::Again { text, wait, silent } => {
                self.fail(&job, Some(format!("it is tried again: {text}")));
                job.row.tries = job.row.tries.saturating_add(1);
                kit.put(&job, Some(wait.unwrap_or_else(|| kit.again(job.row.tries))))?;
                self.silent = if silent { self.silent + 1 } else { 0 };
                if self.silent >= SILENT { Err(RunError::Silent(text)) } else { Ok(()) }
            }
            Fate::Ends(error) => Err(*error),
        }
    }

    fn fail<I: Item>(&mut self, job: &Job<I>, text: Option<String>) {
        let failure = |text: String| Failure { case: job.case, text: format!("{} {}: {text}", I::SHELF.word(), job.id) };
        self.failures.extend(text.map(failure));
    }
}
