//! What one version of a firm's file makes of cases that look alike: where the portal would show them, and why a person has
//! to look. Decided by what a run decides with (`Goal`, `absence`), so a measure cannot say otherwise than the run does.
//!
//! A link does not say whether a case has stood long enough for `settle`: here everything has.

use super::counts::{Looks, Side};
use super::effect::Closing;
use crate::config::{DeletedRule, Firm, OutOfScopeRule};
use crate::domain::Reason;
use crate::mapping::{Renames, Scope, Wanted, placed};
use crate::plan::closure::Door;
use crate::plan::compare::{Base, Goal};
use crate::plan::memory::Since;
use crate::plan::reasons;
use jiff::Timestamp;

/// Where the portal would show cases, and what a person has to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outlook {
    pub(super) side: Side,
    pub(super) why: Vec<Reason>,
    /// Why they would close, if they do.
    pub(super) closing: Closing,
}

impl Outlook {
    /// The portal stays as it is.
    pub(super) fn stays(portal: &Side) -> Outlook {
        Outlook { side: portal.clone(), why: Vec::new(), closing: Closing::Closed }
    }

    fn asks(portal: &Side, reason: Reason) -> Outlook {
        Outlook { why: vec![reason], ..Outlook::stays(portal) }
    }

    /// The record is closed, in the stage that the file sets before closing.
    fn closes(firm: &Firm, portal: &Side, closing: Closing) -> Outlook {
        let stage = firm.closure.stage.clone().or_else(|| portal.stage.clone());
        Outlook { side: Side { stage, open: false, ..portal.clone() }, why: Vec::new(), closing }
    }

    /// What the file wants of cases that look like this; `touched`: no rule about single cases leaves them alone.
    pub(super) fn of(firm: &Firm, renames: &Renames, looks: &Looks, touched: bool) -> Outlook {
        let Looks { mycase, portal, gone } = looks;
        if !touched {
            return Outlook::stays(portal);
        }
        if *gone {
            return gone_cases(firm, mycase, portal);
        }
        let wanted = placed(firm, renames, mycase.practice_area.as_deref(), mycase.stage.as_deref(), mycase.open);
        match wanted.scope {
            Scope::Out(_) if !portal.open => Outlook::stays(portal),
            Scope::Out(why) => match firm.closure.out_of_scope {
                OutOfScopeRule::Report => Outlook::asks(portal, reasons::out_of_scope(why)),
                OutOfScopeRule::Close => Outlook::closes(firm, portal, Closing::LeftOut),
            },
            Scope::In | Scope::Never => shown(firm, wanted, portal),
        }
    }
}

/// Where the portal shows cases that look like this once the file's rules have had their way.
pub fn shown_at(firm: &Firm, renames: &Renames, mycase: &Side, portal: &Side) -> Side {
    let looks = Looks { mycase: mycase.clone(), portal: portal.clone(), gone: false };
    Outlook::of(firm, renames, &looks, true).side
}

/// Cases in scope that MyCase shows.
fn shown(firm: &Firm, wanted: Wanted, portal: &Side) -> Outlook {
    let base = Base { practice_area: portal.practice_area.as_deref(), stage: portal.stage.as_deref(), open: portal.open };
    let since = Since { stage: Timestamp::MIN, open: Timestamp::MIN };
    let Goal { practice_area, stage, open, door, .. } = Goal::of(firm, &wanted, &base, &[], &since, Timestamp::MAX);
    let side = Side { practice_area: practice_area.map(str::to_owned), stage: stage.map(str::to_owned), open };
    let why = match door {
        // It is closed and stays so: nobody is asked anything.
        Door::Rests => Vec::new(),
        Door::ByHand => wanted.reasons.into_iter().chain([reasons::closed_by_hand()]).collect(),
        Door::StaysOpen | Door::Closes | Door::Opens => wanted.reasons,
    };
    Outlook { side, why, closing: Closing::Closed }
}

/// Cases that MyCase proved to have no more.
fn gone_cases(firm: &Firm, mycase: &Side, portal: &Side) -> Outlook {
    match firm.closure.deleted {
        DeletedRule::Ignore => Outlook::stays(portal),
        DeletedRule::Report | DeletedRule::Close if !portal.open => Outlook::stays(portal),
        DeletedRule::Close if !mycase.open => Outlook::closes(firm, portal, Closing::Gone),
        DeletedRule::Report | DeletedRule::Close => Outlook::asks(portal, reasons::gone(mycase.open)),
    }
}
