//! The session, the reader and the writer against a hand-written stand-in of MyCase, in this process, under a paused clock.

mod held;
mod reading;
mod session;
mod stand_in;
mod writing;
