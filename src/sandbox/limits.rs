//! Rate limits as the vendors keep them: so many requests in any one second, the rest is answered 429.
//!
//! Measured on tokio's clock, which tests can stop; must not use the world's own clock, which people can move.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// MyCase: 25 requests a second per OAuth client (Getting-Started.md).
const MYCASE_PER_SECOND: usize = 25;
/// Neither portal publishes a limit; ten a second is what casebridge's own profiles keep to.
const PORTAL_PER_SECOND: usize = 10;

/// A sliding second.
#[derive(Debug)]
struct Window {
    most: usize,
    passed: VecDeque<Instant>,
}

impl Window {
    fn new(most: usize) -> Self {
        Self { most, passed: VecDeque::with_capacity(most) }
    }

    fn pass(&mut self, now: Instant) -> bool {
        while self.passed.front().is_some_and(|first| now.duration_since(*first) >= Duration::from_secs(1)) {
            self.passed.pop_front();
        }
        if self.passed.len() >= self.most {
            return false;
        }
        self.passed.push_back(now);
        true
    }
}

/// The three sides' limits.
#[derive(Debug)]
pub(super) struct Limits {
    mycase: Window,
    case_status: Window,
    hona: Window,
}

impl Default for Limits {
    fn default() -> Self {
        Self { mycase: Window::new(MYCASE_PER_SECOND), case_status: Window::new(PORTAL_PER_SECOND), hona: Window::new(PORTAL_PER_SECOND) }
    }
}

impl Limits {
    /// Whether MyCase takes one more request now.
    pub(super) fn mycase(&mut self) -> bool {
        self.mycase.pass(Instant::now())
    }

    /// Whether Case Status takes one more request now.
    pub(super) fn case_status(&mut self) -> bool {
        self.case_status.pass(Instant::now())
    }

    /// Whether Hona takes one more request now.
    pub(super) fn hona(&mut self) -> bool {
        self.hona.pass(Instant::now())
    }
}
