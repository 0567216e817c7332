//! When things run, hot reload, and the control socket.
//!
//! [`run`] is the whole of it. [`machine`] decides (pure: event in, actions out), `event_loop` waits and does, `firms`
//! holds what the house knows of each firm, `alerts` and `metrics` tell others, `when` says times as people do, [`watch`] says when to look at the folder, [`control`] and [`client`] are the
//! two ends of the socket. It must not decide what a run does: that is `operations` and `sync`.

mod alerts;
pub mod client;
pub mod control;
mod event_loop;
mod firms;
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
pub use message::{DaemonStatus, FileReport, Refusal, ReloadAnswer, StatusAnswer, Verdict};
pub use peer::this_user;
pub use signals::{Signal, Signals};
pub use start::{DaemonError, run};
