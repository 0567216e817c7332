//! What it means that a linked case is not shown: nothing, until it is proved (design: architecture, step 8).

use super::Observation;
use super::reasons;
use crate::config::{DeletedRule, Firm};
use crate::domain::{Link, Missing, Reason};
use crate::planted::{self, Plant};
use jiff::{Timestamp, ToSpan};

/// What is known of a linked case that a scan did not show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absence {
    /// Only that the scan did not show it.
    NotShown,
    /// MyCase answered 404 for the case itself.
    Answered404,
    /// MyCase still has the case.
    Shown,
}

/// What follows for one absent case, once the scan has proved to be whole.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Verdict {
    /// Nothing.
    Nothing,
    /// To be remembered, nothing said.
    Remember(Option<Missing>),
    /// Gone: remembered, and a person should look.
    Report(Missing, Reason),
    /// Gone, closed in MyCase before, and the firm wants its record closed.
    Close(Missing),
    /// Gone, and nobody wants to know.
    Ignore(Missing),
}

/// Missing in two runs at least this far apart.
fn apart(first: Timestamp, now: Timestamp) -> bool {
    first.checked_add(1.hour()).is_ok_and(|again| again <= now)
}

/// Whether MyCase should be asked for the case itself, because the rest of the proof is there.
pub(super) fn wants_proof(link: &Link, now: Timestamp) -> bool {
    link.missing.is_some_and(|missing| !missing.proved && apart(missing.first, now))
}

pub(super) fn judge(firm: &Firm, link: &Link, absence: Absence, now: Timestamp) -> Verdict {
    if planted::is(Plant::ClosesTheMissing) && link.open {
        return Verdict::Close(Missing { first: now, proved: true });
    }
    let known = match (absence, link.missing) {
        (Absence::Shown, None) => return Verdict::Nothing,
        (Absence::Shown, Some(_)) => return Verdict::Remember(None),
        (Absence::NotShown | Absence::Answered404, known) => known,
    };
    let Some(missing) = known else { return Verdict::Remember(Some(Missing { first: now, proved: false })) };
    let proved = missing.proved || (absence == Absence::Answered404 && apart(missing.first, now));
    if !proved {
        return Verdict::Nothing;
    }
    let missing = Missing { proved, ..missing };
    // A record that is closed already needs nobody.
    match firm.closure.deleted {
        DeletedRule::Ignore => Verdict::Ignore(missing),
        DeletedRule::Report | DeletedRule::Close if !link.open => Verdict::Ignore(missing),
        DeletedRule::Close if !link.seen.open => Verdict::Close(missing),
        DeletedRule::Report | DeletedRule::Close => Verdict::Report(missing, reasons::gone(link.seen.open)),
    }
}

/// The observation that carries a verdict, if the state has to remember something new.
pub(super) fn observation(link: &Link, verdict: &Verdict) -> Option<Observation> {
    let missing = match verdict {
        Verdict::Nothing => return None,
        Verdict::Remember(missing) => *missing,
        Verdict::Report(missing, _) | Verdict::Close(missing) | Verdict::Ignore(missing) => Some(*missing),
    };
    (missing != link.missing).then_some(Observation { case: link.case, seen: None, missing: Some(missing), unlink: false })
}
