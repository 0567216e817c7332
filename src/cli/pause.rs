//! `casebridge pause` and `resume`, `reset`, `rebind`: one word to a firm, one sentence back.

use super::args::{FirmArgs, PauseArgs};
use super::command::Desk;
use super::exit::{Exit, Failure};
use super::firm::{self, unexpected};
use super::when;
use crate::operations::{Answer, Ask};

/// Nothing runs by itself until it is resumed, or until a time in the firm's zone.
pub(super) async fn pause(args: &PauseArgs, desk: &Desk) -> Result<Exit, Failure> {
    let firm = firm::reach(&args.firm, desk).await?;
    let until = match &args.until {
        None => None,
        Some(text) => {
            let Answer::Status(status) = firm.ask(Ask::Status, desk).await? else { return Err(unexpected()) };
            Some(when::typed(text, &when::zone(status.time_zone.as_deref())).map_err(Failure::usage)?)
        }
    };
    firm.done(Ask::Pause { reason: args.reason.clone(), until }, desk).await
}

/// Ends a pause.
pub(super) async fn resume(args: &FirmArgs, desk: &Desk) -> Result<Exit, Failure> {
    firm::reach(&args.firm, desk).await?.done(Ask::Resume, desk).await
}

/// The next run looks back `lookback.first` again.
pub(super) async fn reset(args: &FirmArgs, desk: &Desk) -> Result<Exit, Failure> {
    firm::reach(&args.firm, desk).await?.done(Ask::Reset, desk).await
}

/// The firm file points at other accounts, and that is meant.
pub(super) async fn rebind(args: &FirmArgs, desk: &Desk) -> Result<Exit, Failure> {
    firm::reach(&args.firm, desk).await?.done(Ask::Rebind, desk).await
}
