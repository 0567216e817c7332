//! `casebridge run`: the daemon, in the foreground, until a signal ends it; beside it the page, when casebridge.toml asks for one.

use super::command::Desk;
use super::exit::{Exit, Failure, whole};
use super::firm;
use super::logging::{self, Form};
use crate::config::{LogFormat, Web};
use crate::daemon::{Daemon, Signals};
use crate::operations::House;
use crate::web::{Listener, Settings};
use std::collections::BTreeSet;
use tokio::sync::watch;

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
    let settings = page(&house)?;
    let mut daemon = Daemon::open(house, stop, signals).await.map_err(|error| Failure::failed(whole(&error)))?;
    let Some(settings) = settings else {
        daemon.run().await;
        return Ok(Exit::Done);
    };
    // Bound before anything runs: whoever asked for a page is told at once that there is none.
    let page = Listener::bind(settings).await.map_err(|error| Failure::failed(whole(&error)))?;
    daemon.catches_at(page.doors());
    let (end, ended) = watch::channel(false);
    let page = tokio::spawn(page.serve(daemon.handle(), ended));
    daemon.run().await;
    end.send_replace(true);
    match page.await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(error = whole(&error), "the page ended with an error"),
        Err(error) => tracing::warn!(%error, "the page failed"),
    }
    Ok(Exit::Done)
}

/// What the page needs; `None` when there is none.
fn page(house: &House) -> Result<Option<Settings>, Failure> {
    let Some(Web { listen, public_url, token, show_names }) = house.daemon.web.clone() else { return Ok(None) };
    let read = |reference| house.secrets(BTreeSet::new()).resolve_own(&house.paths.config_dir, &reference);
    let token = token.map(read).transpose().map_err(|error| Failure::failed(format!("[web] token: {}", whole(&error))))?;
    Ok(Some(Settings { listen, public_url, token, show_names, clock: house.clock }))
}
