//! The local page: how every firm stands, what waits with a button that says yes, MyCase's way back after "Allow Access",
//! `/metrics`, `/healthz`, `/readyz`. Off unless `[web] listen` says where.
//!
//! It holds a [`Handle`](crate::daemon::Handle) of the daemon and nothing else: what it shows it has asked for, what it does is
//! a request like any other, and it decides nothing. Pages are made here, whole, without a script; drawing is pure
//! (`chart`, `map`, `words` take values and give values).
//!
//! Who may come in (`guard`, `gates`): without a token only this machine's own browser, straight; with one, whoever typed it. Every
//! request must name an address of ours (a foreign name that leads here is somebody's trick), every POST must come from a
//! page of ours and bear its proof. Reading changes nothing. The one GET that does, MyCase's way back, counts only with the
//! state that nobody else can know, and is answered with a redirect to an address without the code.
//!
//! Start reading at `router`; `listen` is the socket, `guard` the door.

mod addresses;
mod approve;
mod asking;
mod cases;
mod chart;
mod connect;
mod firm;
mod front;
mod gates;
mod guard;
mod health;
mod listen;
mod login;
mod map;
mod pages;
mod router;
mod run;
mod session;
mod site;
#[cfg(test)]
mod tests;
mod throttle;
mod visitor;
mod words;

pub use listen::{Listener, WebError};
pub use site::Settings;
