//! The signals a daemon obeys.

use tokio::signal::unix::{Signal as Stream, SignalKind, signal};
use tokio::sync::mpsc;

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// SIGTERM, SIGINT: finish the change in flight and end; the second time: end.
    Stop,
    /// SIGHUP: read the folder now.
    Reload,
}

/// Listens for signals; or for none, in tests.
#[derive(Debug)]
pub struct Signals {
    source: Source,
}

#[derive(Debug)]
enum Source {
    Process([(Signal, Stream); 3]),
    /// Sent by whoever holds the other end: a window's close button, a test.
    Sent(mpsc::Receiver<Signal>),
    None,
}

impl Signals {
    /// The process's own. From now on they no longer end the process by themselves.
    pub fn of_process() -> std::io::Result<Signals> {
        let term = (Signal::Stop, signal(SignalKind::terminate())?);
        let interrupt = (Signal::Stop, signal(SignalKind::interrupt())?);
        let hang_up = (Signal::Reload, signal(SignalKind::hangup())?);
        Ok(Signals { source: Source::Process([term, interrupt, hang_up]) })
    }

    /// None ever come.
    pub fn none() -> Signals {
        Signals { source: Source::None }
    }

    /// Those that are sent.
    pub fn sent(signals: mpsc::Receiver<Signal>) -> Signals {
        Signals { source: Source::Sent(signals) }
    }

    /// The next one. Nothing is lost when the future is dropped and asked for again.
    pub(super) async fn next(&mut self) -> Signal {
        match &mut self.source {
            Source::Process([term, interrupt, hang_up]) => tokio::select! {
                _ = term.1.recv() => term.0,
                _ = interrupt.1.recv() => interrupt.0,
                _ = hang_up.1.recv() => hang_up.0,
            },
            Source::Sent(signals) => match signals.recv().await {
                Some(signal) => signal,
                None => std::future::pending().await,
            },
            Source::None => std::future::pending().await,
        }
    }
}
