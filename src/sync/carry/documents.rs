//! Delivers what is owed of files, case by case, three files at a time. Names are chosen here, before anything is sent.

use super::fate::Fate;
use super::file::{Start, deliver};
use super::kit::{Job, Kit, by_case};
use super::shelf::{CaseShelf, Step, settle};
use super::tally::Tally;
use crate::domain::{CaseId, PortalFile};
use crate::store::CarryState;
use crate::sync::{Progress, RunError, Work};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::task::JoinSet;

/// Files on their way at once.
const AT_ONCE: usize = 3;

/// The files on their way.
struct Lane<'t> {
    kit: &'t Arc<Kit>,
    tally: &'t mut Tally,
    progress: &'t Progress,
    set: JoinSet<(Job<PortalFile>, Fate)>,
    done: usize,
    of: usize,
}

/// Delivers; answers whether the process is about to end before all were tried.
pub(super) async fn documents(
    kit: &Arc<Kit>,
    jobs: Vec<Job<PortalFile>>,
    tally: &mut Tally,
    progress: &Progress,
) -> Result<bool, RunError> {
    let of = jobs.len();
    let mut lane = Lane { kit, tally, progress, set: JoinSet::new(), done: 0, of };
    let sent = lane.cases(by_case(jobs)).await;
    // What is on its way is finished, also when the run ends early.
    let drained = lane.drain().await;
    let stopped = sent?;
    drained.map(|()| stopped)
}

impl Lane<'_> {
    async fn cases(&mut self, cases: BTreeMap<CaseId, Vec<Job<PortalFile>>>) -> Result<bool, RunError> {
        for (case, jobs) in cases {
            if self.kit.hands.stopping() {
                return Ok(true);
            }
            if self.case(case, jobs).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn case(&mut self, case: CaseId, jobs: Vec<Job<PortalFile>>) -> Result<bool, RunError> {
        let kit = self.kit.clone();
        // Bytes alone need no look at the case.
        let (put, look): (Vec<_>, Vec<_>) =
            jobs.into_iter().partition(|job| matches!(job.row.state, CarryState::Posted { .. }) && job.item.is_some());
        for job in put {
            self.go(job, Start::Put).await?;
        }
        if look.is_empty() {
            return Ok(false);
        }
        let mut shelf = match CaseShelf::read(&kit, case).await {
            Ok(shelf) => shelf,
            Err(fate) => return self.all(look, fate).map(|()| false),
        };
        for mut job in look {
            if kit.hands.stopping() {
                return Ok(true);
            }
            let step = shelf.step(&job, kit.now());
            let start = match step {
                Step::New(path) => Start::New { path },
                Step::Version(document, path) => Start::Version { document, path },
                step => {
                    if let Some(fate) = settle(&kit, &mut job, step) {
                        self.tally.conclude(&kit, job, fate)?;
                    }
                    continue;
                }
            };
            self.go(job, start).await?;
        }
        Ok(false)
    }

    /// The case could not be read: that is true of every file of it.
    fn all(&mut self, jobs: Vec<Job<PortalFile>>, fate: Fate) -> Result<(), RunError> {
        let (reason, failed) = match fate {
            Fate::Trouble { reason, failed, .. } => (reason, failed),
            Fate::Ends(error) => return Err(*error),
            _ => return Ok(()),
        };
        for job in jobs {
            let fate = Fate::Trouble { reason: reason.clone(), wait: None, failed: failed.clone() };
            self.tally.conclude(self.kit, job, fate)?;
        }
        Ok(())
    }

    /// Sends a file on its way, once there is room.
    async fn go(&mut self, job: Job<PortalFile>, start: Start) -> Result<(), RunError> {
        while self.set.len() >= AT_ONCE {
            self.land().await?;
        }
        self.set.spawn(deliver(self.kit.clone(), job, start));
        Ok(())
    }

    async fn land(&mut self) -> Result<(), RunError> {
        // A task that was broken off left its row as it stood: the next run takes it up.
        if let Some(Ok((job, fate))) = self.set.join_next().await {
            self.done += 1;
            self.progress.applied(Work::Files, self.done, self.of);
            self.tally.conclude(self.kit, job, fate)?;
        }
        Ok(())
    }

    async fn drain(&mut self) -> Result<(), RunError> {
        let mut first = Ok(());
        while !self.set.is_empty() {
            first = first.and(self.land().await);
        }
        first
    }
}
