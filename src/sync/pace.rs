//! How fast a run goes, from its steps and when they came: what `status`, the page and the line of progress say. Pure: the
//! time comes with each step.

use super::progress::{Step, Tally, Work};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A rate needs so long to mean anything.
const SOONEST: SignedDuration = SignedDuration::from_millis(900);

/// Follows the steps of one run.
#[derive(Debug, Clone, Default)]
pub struct Pace {
    now: Option<Now>,
}

/// What is under way.
#[derive(Debug, Clone)]
enum Now {
    Work {
        /// When this work was first heard of, and how much was done then.
        began: (Timestamp, usize),
        /// The newest.
        tally: Tally,
        at: Timestamp,
    },
    Said(String),
}

/// What a run is doing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Doing {
    /// In words.
    pub text: String,
    /// What is worked on; `None` when only the words are known.
    pub work: Option<Work>,
    /// So much of it is done.
    pub done: usize,
    /// Of how many, if known.
    pub of: Option<usize>,
    /// So many a second, once that can be told.
    pub per_second: Option<f64>,
    /// About so many seconds are left of this work, once that can be told.
    pub seconds_left: Option<u64>,
}

impl fmt::Display for Doing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Pace {
    /// Takes in a step that came at `at`.
    pub fn takes(&mut self, step: Step, at: Timestamp) {
        self.now = Some(match step {
            Step::Said(sentence) => Now::Said(sentence.into_owned()),
            Step::Done(tally) => {
                let began = match self.now {
                    Some(Now::Work { began, tally: before, .. }) if before.work == tally.work && before.done <= tally.done => began,
                    _ => (at, tally.done),
                };
                Now::Work { began, tally, at }
            }
        });
    }

    /// What is under way at `now`; nothing before the first step.
    pub fn doing(&self, now: Timestamp) -> Option<Doing> {
        let doing = match self.now.as_ref()? {
            Now::Said(text) => Doing { text: text.clone(), work: None, done: 0, of: None, per_second: None, seconds_left: None },
            Now::Work { began, tally, at } => {
                let per_second = rate(*began, *tally, *at);
                let left = per_second.zip(tally.of).map(|(rate, of)| of.saturating_sub(tally.done) as f64 / rate);
                let left = left.map(|left| (left - seconds(at.duration_until(now))).max(0.0).ceil() as u64);
                let Tally { work, done, of, pages: _ } = *tally;
                Doing { text: words(tally, per_second, left), work: Some(work), done, of, per_second, seconds_left: left }
            }
        };
        Some(doing)
    }
}

/// So many a second since the work began.
fn rate((since, first): (Timestamp, usize), tally: Tally, at: Timestamp) -> Option<f64> {
    let took = since.duration_until(at);
    let done = tally.done.saturating_sub(first);
    (took >= SOONEST && done > 0).then(|| done as f64 / seconds(took))
}

fn seconds(span: SignedDuration) -> f64 {
    span.as_secs_f64().max(0.0)
}

/// `reading MyCase: 12000 of 40000 cases (12 pages), 3400 a second, about 8 seconds left`.
fn words(tally: &Tally, per_second: Option<f64>, left: Option<u64>) -> String {
    let Tally { work, done, of, pages } = *tally;
    let mut text = format!("{}: ", work.words());
    match of {
        Some(of) => text.push_str(&format!("{done} of {of} {}", work.unit())),
        None => text.push_str(&format!("{done} {}", work.unit())),
    }
    match pages {
        None | Some(0) => {}
        Some(1) => text.push_str(" (1 page)"),
        Some(pages) => text.push_str(&format!(" ({pages} pages)")),
    }
    if let Some(rate) = per_second {
        text.push_str(&if rate < 10.0 { format!(", {rate:.1} a second") } else { format!(", {rate:.0} a second") });
    }
    if let Some(left) = left.filter(|_| of.is_some_and(|of| done < of)) {
        text.push_str(&format!(", about {} left", about(left)));
    }
    text
}

/// A time as people say it.
fn about(seconds: u64) -> String {
    match seconds {
        0 | 1 => "a second".to_owned(),
        2..=90 => format!("{seconds} seconds"),
        91..=5400 => format!("{} minutes", seconds.div_ceil(60)),
        _ => format!("{:.1} hours", seconds as f64 / 3600.0),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn at(seconds: f64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs_f64(seconds)
    }

    fn read(done: usize, pages: usize) -> Step {
        Step::Done(Tally { work: Work::Reading, done, of: Some(40_000), pages: Some(pages) })
    }

    fn written(done: usize) -> Step {
        Step::Done(Tally { work: Work::Writing, done, of: Some(400), pages: None })
    }

    fn said(pace: &Pace, now: f64) -> String {
        pace.doing(at(now)).unwrap().text
    }

    #[test]
    fn a_rate_and_the_time_left_are_told_once_they_mean_something() {
        let mut pace = Pace::default();
        assert_eq!(pace.doing(at(0.0)), None);
        pace.takes(read(1000, 1), at(0.0));
        assert_eq!(said(&pace, 0.0), "reading MyCase: 1000 of 40000 cases (1 page)");
        pace.takes(read(2000, 2), at(0.3));
        assert_eq!(said(&pace, 0.3), "reading MyCase: 2000 of 40000 cases (2 pages)");
        pace.takes(read(11_000, 11), at(5.0));
        assert_eq!(said(&pace, 5.0), "reading MyCase: 11000 of 40000 cases (11 pages), 2000 a second, about 15 seconds left");
        assert_eq!(pace.doing(at(10.0)).unwrap().seconds_left, Some(10), "it goes on while nothing is heard");
        assert_eq!(pace.doing(at(100.0)).unwrap().seconds_left, Some(0));
    }

    #[test]
    fn another_work_has_a_pace_of_its_own() {
        let mut pace = Pace::default();
        pace.takes(read(40_000, 40), at(0.0));
        pace.takes(written(8), at(100.0));
        assert_eq!(said(&pace, 100.0), "writing to the portal: 8 of 400 cases");
        pace.takes(written(20), at(104.0));
        assert_eq!(said(&pace, 104.0), "writing to the portal: 20 of 400 cases, 3.0 a second, about 3 minutes left");
        pace.takes(written(400), at(200.0));
        assert_eq!(said(&pace, 200.0), "writing to the portal: 400 of 400 cases, 3.9 a second");
        pace.takes(written(2), at(201.0));
        assert_eq!(pace.doing(at(201.0)).unwrap().per_second, None, "a second batch begins anew");
        pace.takes(Step::Said("looking up".into()), at(202.0));
        assert_eq!(said(&pace, 202.0), "looking up");
    }

    #[test]
    fn long_times_are_said_roughly() {
        assert_eq!([1, 90, 91, 3600, 10_000].map(about), ["a second", "90 seconds", "2 minutes", "60 minutes", "2.8 hours"]);
    }
}
