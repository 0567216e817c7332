//! How far a run is, for whoever watches. Says counts only.

use std::sync::Arc;

/// One step of a run that a person may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Cases read, of how many if known.
    Read(usize, Option<usize>),
    /// Changes applied, of how many.
    Applied(usize, usize),
    /// A sentence.
    Said(&'static str),
}

/// Hands steps to whoever watches; nobody by default.
#[derive(Clone, Default)]
pub struct Progress(Option<Arc<dyn Fn(Step) + Send + Sync>>);

impl std::fmt::Debug for Progress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Progress")
    }
}

impl Progress {
    /// Nobody watches.
    pub fn silent() -> Progress {
        Progress(None)
    }

    /// Steps go to `watcher`, which must be quick.
    pub fn to(watcher: impl Fn(Step) + Send + Sync + 'static) -> Progress {
        Progress(Some(Arc::new(watcher)))
    }

    pub(crate) fn read(&self, cases: usize, of: Option<usize>) {
        self.step(Step::Read(cases, of));
    }

    pub(crate) fn applied(&self, changes: usize, of: usize) {
        self.step(Step::Applied(changes, of));
    }

    pub(crate) fn say(&self, sentence: &'static str) {
        self.step(Step::Said(sentence));
    }

    fn step(&self, step: Step) {
        if let Some(watcher) = &self.0 {
            watcher(step);
        }
    }
}
