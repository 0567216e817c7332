//! `casebridge disconnect FIRM`: the connection to MyCase is forgotten; links and history stay.

use super::args::FirmArgs;
use super::command::Desk;
use super::exit::{Exit, Failure};
use super::firm;
use crate::operations::Ask;

/// Forgets the connection; the firm's file need not be good for that.
pub(super) async fn disconnect(args: &FirmArgs, desk: &Desk) -> Result<Exit, Failure> {
    firm::reach_state(&args.firm, desk).await?.done(Ask::Disconnect, desk).await
}
