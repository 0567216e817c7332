//! How far a run is, for whoever watches. Says counts only. The same steps travel over the control socket.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// What is worked on. A run does one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Work {
    /// Cases are read from MyCase.
    Reading,
    /// Records are read from the portal's list.
    Listing,
    /// Cases are written to the portal.
    Writing,
    /// The portal's list of files or messages is read.
    Gathering,
    /// Files are carried into MyCase.
    Files,
    /// Messages are carried into MyCase.
    Messages,
}

impl Work {
    /// What is done, e.g. `reading MyCase`.
    pub(super) fn words(self) -> &'static str {
        match self {
            Work::Reading => "reading MyCase",
            Work::Listing => "reading the portal's list",
            Work::Writing => "writing to the portal",
            Work::Gathering => "reading what clients gave to the portal",
            Work::Files | Work::Messages => "carrying into MyCase",
        }
    }

    /// What is counted, e.g. `cases`.
    pub(super) fn unit(self) -> &'static str {
        match self {
            Work::Reading | Work::Writing => "cases",
            Work::Listing => "records",
            Work::Gathering => "entries",
            Work::Files => "files",
            Work::Messages => "messages",
        }
    }
}

/// One step of a run that a person may be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// So much of something is done.
    Done(Tally),
    /// A sentence.
    Said(Cow<'static, str>),
}

/// How much of something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Of what.
    pub work: Work,
    /// So many.
    pub done: usize,
    /// Of how many, if known.
    pub of: Option<usize>,
    /// In so many pages, when it is read page by page.
    pub pages: Option<usize>,
}

/// Hands steps to whoever watches; nobody by default.
#[derive(Clone, Default)]
pub struct Progress(Option<Arc<dyn Fn(Step) + Send + Sync>>);

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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

    /// Cases read from MyCase, of how many if known; page by page, in so many pages.
    pub(crate) fn read(&self, done: usize, of: Option<usize>, pages: Option<usize>) {
        self.tell(Tally { work: Work::Reading, done, of, pages });
    }

    /// Records or entries read from one of the portal's lists.
    pub(crate) fn listed(&self, work: Work, done: usize, pages: usize) {
        self.tell(Tally { work, done, of: None, pages: Some(pages) });
    }

    /// Changes applied, or items carried, of how many.
    pub(crate) fn applied(&self, work: Work, done: usize, of: usize) {
        self.tell(Tally { work, done, of: Some(of), pages: None });
    }

    pub(crate) fn say(&self, sentence: &'static str) {
        self.step(Step::Said(sentence.into()));
    }

    fn tell(&self, tally: Tally) {
        self.step(Step::Done(tally));
    }

    /// Hands on a step.
    pub fn step(&self, step: Step) {
        if let Some(watcher) = &self.0 {
            watcher(step);
        }
    }
}
