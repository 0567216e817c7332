//! `casebridge run`: the daemon, in the foreground, until a signal ends it.

use super::command::Desk;
use super::exit::{Exit, Failure, whole};
use super::firm;
use super::logging::{self, Form};
use crate::config::LogFormat;
use crate::daemon::{self, Signals};

/// Runs the daemon.
pub(super) async fn run(desk: &Desk) -> Result<Exit, Failure> {
    let (house, stop) = firm::house(desk)?;
    let form = match house.daemon.log_format {
        LogFormat::Auto => logging::automatic(),
        LogFormat::Text => Form::Text,
        LogFormat::Json => Form::Json,
        LogFormat::Journald => Form::Journald,
    };
    logging::start_as(desk.common.log.as_deref(), &house.daemon.log_level, form)?;
    let signals = Signals::of_process().map_err(|error| Failure::failed(format!("signals cannot be caught: {error}")))?;
    daemon::run(house, stop, signals).await.map_err(|error| Failure::failed(whole(&error)))?;
    Ok(Exit::Done)
}
