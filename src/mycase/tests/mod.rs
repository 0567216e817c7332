//! The session and the reader against a hand-written stand-in of MyCase, in this process, under a paused clock.

mod reading;
mod session;
mod stand_in;
