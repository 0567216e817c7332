//! What runs say of themselves while they run: for `status`, and for whoever asked for a run that has to wait for another.
//!
//! Races and decisions: a step that comes while somebody looks waits for the look, which copies a few numbers; who stops
//! watching is told into the void.

use super::machine::LaneName;
use crate::domain::FirmId;
use crate::http::Clock;
use crate::operations::Running;
use crate::sync::{Pace, Progress, Step, Trigger};
use jiff::Timestamp;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A run that is watched.
#[derive(Debug)]
pub(super) struct Watched {
    pub(super) firm: FirmId,
    pub(super) lanes: Vec<LaneName>,
    trigger: Trigger,
    by: Option<String>,
    since: Timestamp,
    said: Arc<Mutex<Said>>,
}

/// What a run has said, and who else hears it.
#[derive(Debug, Default)]
struct Said {
    pace: Pace,
    waiting: Vec<Progress>,
}

impl Watched {
    /// A run that begins now; `by` is who asked for it.
    pub(super) fn begins(firm: &FirmId, trigger: Trigger, lanes: Vec<LaneName>, by: Option<String>, now: Timestamp) -> Watched {
        Watched { firm: firm.clone(), lanes, trigger, by, since: now, said: Arc::default() }
    }

    /// Where the run's steps go: here, and `onward` to whoever asked.
    pub(super) fn progress(&self, onward: Progress, clock: Clock) -> Progress {
        let (said, trigger) = (self.said.clone(), self.trigger);
        Progress::to(move |step| {
            let now = clock.now();
            let (doing, waiting) = {
                let mut said = lock(&said);
                said.pace.takes(step.clone(), now);
                (said.pace.doing(now), said.waiting.clone())
            };
            let doing = doing.map(|doing| format!(": {doing}")).unwrap_or_default();
            let sentence = format!("waiting for the {} under way{doing}", trigger.name());
            waiting.iter().for_each(|other| other.step(Step::Said(sentence.clone().into())));
            onward.step(step);
        })
    }

    /// Another run waits for this one's end: whoever asked for it hears how far this one is.
    pub(super) fn is_waited_for(&self, by: &Watched, onward: Progress) {
        lock(&self.said).waiting.push(onward);
        let sentence = format!("waits for the {} under way", self.trigger.name());
        lock(&by.said).pace.takes(Step::Said(sentence.into()), by.since);
    }

    /// When it began.
    pub(super) fn since(&self) -> Timestamp {
        self.since
    }

    /// How far it is.
    pub(super) fn view(&self, now: Timestamp) -> Running {
        let doing = lock(&self.said).pace.doing(now);
        Running { trigger: self.trigger, by: self.by.clone(), since: self.since, doing }
    }
}

fn lock(said: &Mutex<Said>) -> MutexGuard<'_, Said> {
    // Whoever panicked beside it left numbers that are whole.
    said.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::sync::{Tally, Work};

    fn heard() -> (Progress, Arc<Mutex<Vec<Step>>>) {
        let all: Arc<Mutex<Vec<Step>>> = Arc::default();
        let kept = all.clone();
        (Progress::to(move |step| kept.lock().unwrap().push(step)), all)
    }

    #[test]
    fn whoever_has_to_wait_for_a_run_hears_how_far_it_is_and_then_only_of_his_own() {
        let (firm, now): (FirmId, Timestamp) = ("acme".parse().unwrap(), Timestamp::UNIX_EPOCH);
        let begins = |trigger, by| Watched::begins(&firm, trigger, vec![LaneName::Cases], by, now);
        let (first, second) = (begins(Trigger::Schedule, None), begins(Trigger::ByHand, Some("lin".to_owned())));
        let clock = Clock::simulated(now);
        let (theirs, heard_there) = heard();
        let run = first.progress(Progress::silent(), clock);
        first.is_waited_for(&second, theirs.clone());
        assert_eq!(second.view(now).doing.unwrap().text, "waits for the scheduled run under way");

        let step = Step::Done(Tally { work: Work::Reading, done: 1000, of: Some(2400), pages: Some(1) });
        run.step(step.clone());
        let sentence = "waiting for the scheduled run under way: reading MyCase: 1000 of 2400 cases (1 page)";
        assert_eq!(heard_there.lock().unwrap().drain(..).collect::<Vec<_>>(), [Step::Said(sentence.into())]);
        assert_eq!(first.view(now).doing.unwrap().done, 1000);

        second.progress(theirs, clock).step(step.clone());
        assert_eq!(*heard_there.lock().unwrap(), [step]);
        let view = second.view(now);
        assert_eq!((view.by.as_deref(), view.doing.unwrap().of), (Some("lin"), Some(2400)));
    }
}
