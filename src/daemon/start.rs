//! The daemon from its start to its end: lock, socket, loop. Between opening and running, others may take a [`Handle`].

use super::control::{ControlError, ControlSocket};
use super::doors::Doors;
use super::event_loop::EventLoop;
use super::handle::Handle;
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

/// A daemon that has its lock and its socket, and does nothing yet.
pub struct Daemon {
    lock: DaemonLock,
    socket: ControlSocket,
    event_loop: EventLoop,
    handle: Handle,
}

impl std::fmt::Debug for Daemon {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Daemon")
    }
}

impl Daemon {
    /// Takes lock and socket. `stop` is the sender of what the house's runs watch.
    pub async fn open(house: House, stop: watch::Sender<bool>, signals: Signals) -> Result<Daemon, DaemonError> {
        let lock = DaemonLock::take(&house.paths.state)?;
        let socket = ControlSocket::open(&house.paths.socket).await?;
        tracing::info!(socket = %house.paths.socket, firms = %house.paths.firms, "casebridge {} runs", env!("CARGO_PKG_VERSION"));
        let (event_loop, messages) = EventLoop::new(house, signals, stop);
        Ok(Daemon { lock, socket, event_loop, handle: Handle::new(messages) })
    }

    /// Asks it, once it runs.
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Where a page of this process catches redirects from MyCase.
    pub fn catches_at(&mut self, doors: Doors) {
        self.event_loop.catches_at(doors);
    }

    /// Runs until a signal ends it.
    pub async fn run(self) {
        let Daemon { lock, socket, event_loop, handle } = self;
        let (end, ended) = watch::channel(false);
        let server = tokio::spawn(socket.serve(handle, ended));
        event_loop.run().await;
        end.send_replace(true);
        match timeout(LAST_ANSWERS, server).await {
            Ok(Ok(Ok(()))) => {}
            Ok(Ok(Err(error))) => tracing::warn!(%error, "the control socket ended with an error"),
            Ok(Err(error)) => tracing::warn!(%error, "the control socket failed"),
            Err(_) => tracing::warn!("somebody at the control socket did not take the last answer"),
        }
        drop(lock);
    }
}

/// Opens a daemon and runs it, without a page.
pub async fn run(house: House, stop: watch::Sender<bool>, signals: Signals) -> Result<(), DaemonError> {
    Daemon::open(house, stop, signals).await?.run().await;
    Ok(())
}
