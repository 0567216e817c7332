//! When things run, hot reload, and the control socket.

pub mod machine;
mod timetable;
pub mod watch;
