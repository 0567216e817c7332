//! The daemon from its start to its end: lock, socket, loop.

use super::control::{ControlError, ControlSocket};
use super::event_loop::EventLoop;
use super::lock::{DaemonLock, LockError};
use super::signals::Signals;
use crate::operations::House;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::timeout;

/// How long answers that are on their way may take when the daemon ends.
const LAST_ANSWERS: Duration = Duration::from_secs(5);

/// Why the daemon could not start.
#[derive(Debug, thiserror::Error)]
pub enum DaemonError {
    /// The state folder is another daemon's, or cannot be used.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The socket cannot be had.
    #[error(transparent)]
    Control(#[from] ControlError),
}

/// Runs until a signal ends it. `stop` is the sender of what the house's runs watch.
pub async fn run(house: House, stop: watch::Sender<bool>, signals: Signals) -> Result<(), DaemonError> {
    let lock = DaemonLock::take(&house.paths.state)?;
    let socket = ControlSocket::open(&house.paths.socket).await?;
    tracing::info!(socket = %house.paths.socket, firms = %house.paths.firms, "casebridge {} runs", env!("CARGO_PKG_VERSION"));
    let (event_loop, messages) = EventLoop::new(house, signals, stop);
    let (end, ended) = watch::channel(false);
    let server = tokio::spawn(socket.serve(messages, ended));
    event_loop.run().await;
    end.send_replace(true);
    match timeout(LAST_ANSWERS, server).await {
        Ok(Ok(Ok(()))) => {}
        Ok(Ok(Err(error))) => tracing::warn!(%error, "the control socket ended with an error"),
        Ok(Err(error)) => tracing::warn!(%error, "the control socket failed"),
        Err(_) => tracing::warn!("somebody at the control socket did not take the last answer"),
    }
    drop(lock);
    Ok(())
}
