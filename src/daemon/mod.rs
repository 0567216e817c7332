//! When things run, hot reload, and the control socket.
//!
//! [`run`] is the whole of it. [`machine`] decides (pure: event in, actions out), `event_loop` waits and does, `firms`
//! holds what the house knows of each firm, `alerts` and `metrics` tell others, `when` says times as people do, [`watch`] says when to look at the folder, [`control`] and [`client`] are the
//! two ends of the socket, [`Handle`] asks from inside this process. It must not decide what a run does: that is `operations` and `sync`.

mod alerts;
pub mod client;
pub mod control;
mod doors;
mod event_loop;
mod firms;
mod handle;
pub mod lock;
pub mod machine;
pub mod message;
mod metrics;
mod own_file;
mod peer;
mod report;
mod signals;
mod start;
mod status_text;
mod systemd;
mod timetable;
pub mod watch;
mod watched;
mod when;

pub use client::{Client, RemoteError};
pub use doors::Doors;
pub use handle::Handle;
#[cfg(test)]
pub(crate) use message::STATUS_PAGE;
pub use message::{Alive, DaemonStatus, FileReport, Message, Refusal, ReloadAnswer, StatusAnswer, Verdict};
pub use metrics::CONTENT_TYPE as METRICS_CONTENT_TYPE;
pub use peer::this_user;
pub use signals::{Signal, Signals};
pub use start::{Daemon, DaemonError, run};
