//! The signals that ask the program to end.

use super::exit::Failure;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// SIGINT and SIGTERM, caught from the moment this is made.
#[derive(Debug)]
pub(super) struct Stop {
    interrupt: Signal,
    terminate: Signal,
}

impl Stop {
    /// Begins to catch them. Must be called within a tokio runtime.
    pub(super) fn listen() -> Result<Stop, Failure> {
        let caught = |kind| signal(kind).map_err(|error| Failure::failed(format!("signals cannot be caught: {error}")));
        Ok(Stop { interrupt: caught(SignalKind::interrupt())?, terminate: caught(SignalKind::terminate())? })
    }

    /// Waits for the next of them.
    pub(super) async fn asked(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
