//! When things run, hot reload, and the control socket.

pub mod client;
pub mod control;
pub mod lock;
pub mod machine;
pub mod message;
mod peer;
mod timetable;
pub mod watch;
